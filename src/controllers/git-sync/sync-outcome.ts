/** What a pass comes to: status, events, and when to come back. */
import type { Fault } from '#base'
import type { Kustomization } from '#api'
import { formatGoDuration } from '#go'
import type { InventoryEntry } from '#inventory'
import type { Next } from '#runtime'
import { durationMs } from './durations.ts'
import type { Pass, SyncDeps } from './pass.ts'
import { sentenceOf } from './source-status.ts'
import {
  failedSyncStatus,
  reasonOfPhase,
  saysAlready,
  succeededStatus,
  type Phase,
} from './sync-status.ts'

/** Everything was done. */
export async function succeeded(pass: Pass, deps: SyncDeps, signal: AbortSignal): Promise<Next> {
  const sync = pass.object
  const message = `Applied revision: ${pass.revision ?? ''}`
  const status = succeededStatus(sync, { ...pass, nowMs: deps.env.clock.now() })
  const isNews = !saysAlready(sync, 'ReconciliationSucceeded', message)
  await deps.status.write(sync, status, signal)
  pass.memory.inventory = pass.inventory
  const intervalMs = durationMs(sync.spec?.interval, 600_000)
  if (isNews) {
    const took = formatGoDuration(Math.round(deps.env.clock.monotonic() - pass.startedMs))
    const next = formatGoDuration(intervalMs)
    deps.events.record(sync, {
      type: 'Normal',
      reason: 'ReconciliationSucceeded',
      message: `Reconciliation finished in ${took}, next run in ${next}`,
    })
  }
  return { kind: 'after', ms: intervalMs }
}

/** Nothing but another spec, or another rule, helps. */
const stalling: ReadonlySet<Phase> = new Set(['access', 'shape', 'spec'])

/** It ended with a Fault; what was applied before is still there and still noted. */
export async function failed(
  pass: Pass,
  fault: Fault,
  deps: SyncDeps,
  signal: AbortSignal,
): Promise<Next> {
  const sync = pass.object
  const message = steadyMessage(sync, sentenceOf(fault))
  const reason = reasonOfPhase[pass.phase]
  const inventory = failedInventory(pass)
  const facts = { ...pass, inventory, nowMs: deps.env.clock.now() }
  const stalled = stalling.has(pass.phase)
  if (
    !saysAlready(sync, reason, message) &&
    !(pass.phase === 'source' && sync.status === undefined)
  ) {
    deps.events.record(sync, { type: 'Warning', reason, message })
  }
  await deps.status.write(sync, failedSyncStatus(sync, facts, message, stalled), signal)
  if (inventory !== undefined) pass.memory.inventory = inventory
  if (fault.reason === 'InternalError') throw fault
  const retryMs = durationMs(sync.spec?.retryInterval, 0)
  if (retryMs > 0) return { kind: 'after', ms: retryMs }
  if (fault.retry.kind === 'onChange') {
    return { kind: 'after', ms: Math.min(durationMs(sync.spec?.interval, 600_000), 3_600_000) }
  }
  return { kind: 'failed', retry: fault.retry }
}

/** The message as status has it already, when only a duration in it differs. */
function steadyMessage(sync: Kustomization, message: string): string {
  const before = sync.status?.conditions?.find(({ type }) => type === 'Ready')?.message
  const bare = (text: string): string => text.replace(/failed after [^:]*:/, 'failed:')
  return before !== undefined && bare(before) === bare(message) ? before : message
}

/** After a pass that stopped half-way: all that is or may be there. Pruning alone makes it shorter. */
function failedInventory(pass: Pass): readonly InventoryEntry[] | undefined {
  if (pass.phase === 'prune' || pass.phase === 'health') return pass.inventory
  const known = pass.memory.inventory
  return known === undefined || known.length === 0 ? undefined : known
}
