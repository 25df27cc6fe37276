/** What a Kustomization's status says, in the peer's words. */
import type { Condition, Kustomization, KustomizationStatus } from '#api'
import { formatGoDuration } from '#go'
import type { InventoryEntry } from '#inventory'
import { setCondition } from '#runtime'
import { durationMs } from './durations.ts'
import { requestOf, without } from './source-status.ts'

/** How far a pass has come; also names the reason when it fails there. */
export type Phase =
  | 'access'
  | 'shape'
  | 'spec'
  | 'dependency'
  | 'source'
  | 'fetch'
  | 'build'
  | 'apply'
  | 'prune'
  | 'health'

export type SyncReason =
  | 'AccessDenied'
  | 'ArtifactFailed'
  | 'BuildFailed'
  | 'DependencyNotReady'
  | 'HealthCheckFailed'
  | 'InvalidSpec'
  | 'PruneFailed'
  | 'ReconciliationFailed'
  | 'ReconciliationSucceeded'
  | 'UnsupportedField'

/** The peer's reason for a failure in a phase. */
export const reasonOfPhase: Readonly<Record<Phase, SyncReason>> = {
  access: 'AccessDenied',
  shape: 'InvalidSpec',
  spec: 'UnsupportedField',
  dependency: 'DependencyNotReady',
  source: 'ArtifactFailed',
  fetch: 'ArtifactFailed',
  build: 'BuildFailed',
  apply: 'ReconciliationFailed',
  prune: 'PruneFailed',
  health: 'HealthCheckFailed',
}

const doing: Readonly<Partial<Record<Phase, string>>> = {
  fetch: 'Fetching manifests',
  build: 'Building manifests',
  apply: 'Detecting drift',
  prune: 'Garbage collecting stale resources',
  health: 'Running health checks',
}

/** How long health may be waited for: as asked for, else half a minute less than the interval. */
export function timeoutMsOf(sync: Kustomization): number {
  const fallback = Math.max(durationMs(sync.spec?.interval, 600_000) - 30_000, 30_000)
  return durationMs(sync.spec?.timeout, fallback)
}

/** What a pass knows by now. */
export interface PassFacts {
  readonly phase: Phase
  readonly revision: string | undefined
  readonly inventory: readonly InventoryEntry[] | undefined
  /** What outlives the pass: whether a crowd is held back. */
  readonly memory: { readonly crowd: string | undefined }
  readonly nowMs: number
}

const held = 'PruneHeld'

/**
 * Why a crowd is held back from deletion, as status says it. What was there before a revision and what it
 * brought stand in one inventory, so that there was a crowd is noted before anything is applied.
 */
export function crowdIn(sync: Kustomization): string | undefined {
  const found = sync.status?.conditions?.find(({ type }) => type === held)
  return found?.status === 'True' ? found.message : undefined
}

/** Status while a pass is under way. */
export function progressingStatus(sync: Kustomization, facts: PassFacts): KustomizationStatus {
  const message = progressOf(sync, facts)
  const generation = sync.metadata.generation ?? 0
  const set = setter(facts.nowMs, generation)
  let conditions = without(noted(sync, facts), ['Stalled', 'Healthy'])
  conditions = set(conditions, 'Ready', 'Unknown', 'Progressing', 'Reconciliation in progress')
  conditions = set(conditions, 'Reconciling', 'True', 'Progressing', message)
  if (facts.phase === 'health') {
    conditions = set(conditions, 'Healthy', 'Unknown', 'Progressing', message)
  }
  return {
    ...carried(sync, facts),
    observedGeneration: sync.status?.observedGeneration ?? -1,
    conditions,
  }
}

/** Status after a pass that did everything. */
export function succeededStatus(
  sync: Kustomization,
  facts: PassFacts & { readonly healthyMs: number | undefined },
): KustomizationStatus {
  const generation = sync.metadata.generation ?? 0
  const set = setter(facts.nowMs, generation)
  const revision = facts.revision ?? ''
  const gone = facts.healthyMs === undefined ? ['Healthy'] : []
  let conditions = without(noted(sync, facts), ['Stalled', 'Reconciling', ...gone])
  if (facts.healthyMs !== undefined && !isHealthy(conditions)) {
    const message = `Health check passed in ${formatGoDuration(Math.round(facts.healthyMs))}`
    conditions = set(conditions, 'Healthy', 'True', 'Succeeded', message)
  }
  const message = `Applied revision: ${revision}`
  conditions = set(conditions, 'Ready', 'True', 'ReconciliationSucceeded', message)
  return {
    ...carried(sync, facts),
    observedGeneration: generation,
    lastAppliedRevision: revision,
    conditions,
  }
}

/** Status after a pass that failed; what was applied before stays as it is. */
export function failedSyncStatus(
  sync: Kustomization,
  facts: PassFacts,
  message: string,
  stalled: boolean,
): KustomizationStatus {
  const reason = reasonOfPhase[facts.phase]
  const generation = sync.metadata.generation ?? 0
  const set = setter(facts.nowMs, generation)
  let conditions = without(noted(sync, facts), ['Stalled', 'Reconciling'])
  if (facts.phase === 'health') {
    conditions = set(
      conditions,
      'Healthy',
      'False',
      reason,
      message.replace(/^health check failed after [^:]*: /, ''),
    )
  } else conditions = without(conditions, ['Healthy'])
  conditions = set(conditions, 'Ready', 'False', reason, message)
  const isRetried = doing[facts.phase] !== undefined
  if (stalled) conditions = set(conditions, 'Stalled', 'True', reason, message)
  else if (isRetried) {
    const progress = progressOf(sync, facts)
    conditions = set(conditions, 'Reconciling', 'True', 'ProgressingWithRetry', progress)
  }
  return {
    ...carried(sync, facts),
    observedGeneration: stalled ? generation : (sync.status?.observedGeneration ?? -1),
    conditions,
  }
}

/** Whether the status' Ready already says this. */
export function saysAlready(sync: Kustomization, reason: string, message: string): boolean {
  const ready = sync.status?.conditions?.find(({ type }) => type === 'Ready')
  return ready?.reason === reason && ready.message === message
}

function isHealthy(conditions: readonly Condition[]): boolean {
  return conditions.some(({ type, status }) => type === 'Healthy' && status === 'True')
}

function progressOf(sync: Kustomization, facts: PassFacts): string {
  const what = doing[facts.phase] ?? 'Reconciling'
  const timeout = formatGoDuration(timeoutMsOf(sync))
  return `${what} for revision ${facts.revision ?? ''} with a timeout of ${timeout}`
}

/** The conditions so far, with or without the one that a crowd is held back. */
function noted(sync: Kustomization, { memory, nowMs }: PassFacts): readonly Condition[] {
  const others = without(sync.status?.conditions, memory.crowd === undefined ? [held] : [])
  if (memory.crowd === undefined) return others
  const set = setter(nowMs, sync.metadata.generation ?? 0)
  return set(others, held, 'True', 'TooManyAtOnce', memory.crowd)
}

type Set = (
  conditions: readonly Condition[],
  type: string,
  status: Condition['status'],
  reason: string,
  message: string,
) => readonly Condition[]

function setter(nowMs: number, observedGeneration: number): Set {
  return (conditions, type, status, reason, message) =>
    setCondition(conditions, { type, status, reason, message, observedGeneration }, nowMs)
}

const attempted: ReadonlySet<Phase> = new Set(['build', 'apply', 'prune', 'health'])

function carried(sync: Kustomization, facts: PassFacts): KustomizationStatus {
  const request = requestOf(sync)
  const wasTried = facts.revision !== undefined && attempted.has(facts.phase)
  return {
    ...sync.status,
    ...(wasTried ? { lastAttemptedRevision: facts.revision } : {}),
    ...(facts.inventory === undefined ? {} : { inventory: { entries: facts.inventory } }),
    ...(request === undefined ? {} : { lastHandledReconcileAt: request }),
  }
}
