import { createHash } from 'node:crypto'

/** Share of an interval over which refreshes that were set off together are spread. */
const spread = 0.1

/**
 * When a refresh is due: one interval after the last, brought forward once by less than a tenth of
 * it, by hash of the uid. From then on the due times are one interval apart exactly, so objects that
 * were applied together stay spread out, and none is ever refreshed later than it asked for.
 *
 * @returns Wall time in milliseconds; infinite for an interval of 0 or less (never again).
 */
export function nextDueMs(lastRefreshMs: number, intervalMs: number, uid: string): number {
  if (intervalMs <= 0) return Number.POSITIVE_INFINITY
  const latestMs = lastRefreshMs + intervalMs
  // Due times of one object lie on a grid of its own; the last point not after the latest is taken.
  const stepMs = intervalMs * spread
  const phaseMs = fractionOf(uid) * stepMs
  const dueMs = Math.floor((latestMs - phaseMs) / stepMs) * stepMs + phaseMs
  // Status holds whole seconds, so a refresh on the grid is recorded a little before it and would
  // be pulled a whole step back each time.
  return latestMs - dueMs > stepMs - Math.min(2_000, stepMs / 2)
    ? latestMs
    : Math.min(latestMs, Math.ceil(dueMs))
}

// Uniform in [0, 1), the same for the same uid in every process.
function fractionOf(uid: string): number {
  return createHash('sha256').update(uid).digest().readUIntBE(0, 6) / 2 ** 48
}
