import type { Random } from './env/env.ts'

/** Shape of an exponential backoff, in milliseconds. */
export interface BackoffOptions {
  /** Upper bound of the first delay. */
  readonly firstMs: number
  /** Upper bound of every delay. */
  readonly capMs: number
}

/**
 * Delay before attempt number `failures + 1`: full jitter, so uniform between 0 and
 * min(cap, first × 2^(failures-1)); see "Exponential Backoff And Jitter" (AWS Architecture Blog).
 *
 * @param failures How often it has failed in a row, 1 or more.
 * @returns Milliseconds, a whole number, at least 1.
 */
export function backoffMs(failures: number, options: BackoffOptions, random: Random): number {
  const bound = Math.min(options.capMs, options.firstMs * 2 ** Math.min(failures - 1, 30))
  return Math.max(1, Math.round(random.next() * bound))
}
