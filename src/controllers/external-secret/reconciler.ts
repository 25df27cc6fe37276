/**
 * Keeps the target Secret equal to what its stores hold.
 *
 * Ensures, in order: the stores are ours to use; when a refresh is due, the values are read and the
 * target is written; Secrets left by a rename are gone; status says so.
 * Woken by: the ExternalSecret (spec, labels, annotations, deletion), its stores and, while it is not
 * Ready, the Secrets they log in with; its target's metadata, the refresh wheel.
 * Writes: the target Secret (create, update of the version seen, delete with uid and version); the
 * finalizer, where a deletion needs one; this object's status; events.
 *
 * Contents: reconcile · attempt · statusFor · tell · nextFor. What is seen and whether a refresh is due:
 * observe.ts, decide.ts; the refresh itself: refresh.ts; deletion: finalizer.ts.
 */
import { isDeleting, keyOf, parseKey, type ExternalSecret } from '#api'
import { faultOf, parseTime, type Env, type Fault } from '#base'
import { settled, type EventRecorder, type Next } from '#runtime'
import {
  dueAt,
  isInFuture,
  isRepair,
  recentRepairs,
  repairPauseMs,
  type Due,
  type Seen,
} from './decide.ts'
import type { Deps } from './deps.ts'
import { holdDeletion, release } from './finalizer.ts'
import { drawsOneValue, isGenerated, namesGenerator, noGenerators } from './generators.ts'
import { keptTarget } from './kept.ts'
import type { Memory } from './memory.ts'
import { syncedVersionOf, targetKeyOf, targetNameOf } from './names.ts'
import { observe, whyDue } from './observe.ts'
import { policyOf, type Policy } from './policy.ts'
import { deleteLeftOvers, refresh } from './refresh.ts'
import { readyOf } from './ready.ts'
import { contested, heldBack, nextStatus, updateFailed, type Result } from './status.ts'
import { StepFailed } from './step.ts'

/** Brings one ExternalSecret's world to its spec. */
export async function reconcile(key: string, deps: Deps, signal: AbortSignal): Promise<Next> {
  const cached = deps.cache.get(parseKey(key))
  if (cached === undefined) {
    deps.memories.forget(key)
    return settled
  }
  const es = deps.status.newest(cached)
  if (isDeleting(es)) {
    await release(es, deps.client, signal)
    return settled
  }
  // Silently: another operator is in charge of it, and its status is that operator's.
  if (!deps.isOurs(es)) return settled
  if (drawsOneValue(es)) {
    const why = 'spec.data[].sourceRef.generatorRef is not possible; use spec.dataFrom[]'
    deps.env.log.warn('left alone, as External Secrets does', { key, why })
    return settled
  }

  const memory = deps.memories.of(key, es.metadata.uid ?? '')
  const tried = await attempt(es, memory, deps, signal)
  if (tried.result === undefined) return nextFor(tried, memory, deps.env)
  tell(tried.es, tried.result, memory, deps.events)
  await deps.status.write(tried.es, statusFor(tried, tried.result, deps), signal)
  if (tried.result.kind === 'failed') return { kind: 'failed', retry: tried.result.fault.retry }
  return nextFor(tried, memory, deps.env)
}

/** What one look at an object came to. */
interface Tried {
  /** With the finalizer, if it was set just now. */
  readonly es: ExternalSecret
  /** Absent when the spec is wrong before anything else. */
  readonly policy?: Policy
  readonly startedMs: number
  /** What the target was made for, where that was earlier. */
  readonly syncedVersion?: string
  /** Absent: nothing was due, or nothing worth telling came of it. */
  readonly result?: Result
  /** When to come back in place of the wheel. */
  readonly next?: Next
}

/** Refreshes if that is due; a failure becomes a value here. */
async function attempt(
  cached: ExternalSecret,
  memory: Memory,
  deps: Deps,
  signal: AbortSignal,
): Promise<Tried> {
  const startedMs = deps.env.clock.now()
  let tried: Tried = { es: cached, startedMs }
  try {
    const policy = policyOf(cached)
    tried = { ...tried, policy }
    const seen = observe(cached, policy, memory, deps)
    const due = await whyDue(cached, seen, memory, deps, signal)
    if (due === undefined) return tried
    const generators = namesGenerator(cached) ? await deps.generators(cached, signal) : noGenerators
    if (!generators.areOurs) return { ...tried, next: settled }
    if (isRepair(due)) {
      const pauseMs = pauseBeforeRepair(cached, memory, startedMs, deps.events)
      if (pauseMs > 0) return { ...tried, next: { kind: 'after', ms: pauseMs } }
    }
    const kept = isGenerated(cached)
      ? await keep(tried, due, seen, memory, deps, signal)
      : undefined
    if (kept !== undefined) return kept
    deps.env.log.debug('refresh', { key: keyOf(cached), due })
    memory.syncs++
    tried = { ...tried, es: await holdDeletion(cached, policy, deps.client, signal) }
    const result = await refresh(tried.es, policy, generators, memory, deps, signal)
    memory.refreshedMs = startedMs
    memory.syncedVersion = syncedVersionOf(tried.es.metadata)
    return { ...tried, result }
  } catch (thrown) {
    signal.throwIfAborted()
    const step = thrown instanceof StepFailed ? thrown.step : 'read'
    const fault = thrown instanceof StepFailed ? thrown.fault : faultOf(thrown)
    if (isPassing(fault)) return { ...tried, next: { kind: 'failed', retry: fault.retry } }
    memory.errors++
    if (fault.reason === 'InternalError') {
      deps.env.log.error('refresh failed on a bug', { key: keyOf(cached), error: fault })
    }
    const sinceMs = thrown instanceof StepFailed ? thrown.sinceMs : undefined
    return { ...tried, startedMs: sinceMs ?? startedMs, result: { kind: 'failed', step, fault } }
  }
}

/** A target with generated values that needs no others; undefined: a refresh is due. */
async function keep(
  tried: Tried,
  due: Due,
  seen: Seen,
  memory: Memory,
  deps: Deps,
  signal: AbortSignal,
): Promise<Tried | undefined> {
  const { es } = tried
  const kept = await keptTarget(es, due, seen, memory, deps, signal)
  if (kept === undefined) return undefined
  const { refreshedMs } = kept
  deps.env.log.info('kept what was generated', { key: keyOf(es), seemed: due })
  if (seen.policy.creation === 'Owner') await deleteLeftOvers(es, deps, signal)
  memory.refreshedMs = refreshedMs
  memory.syncedVersion ??= es.status?.syncedResourceVersion ?? seen.currentVersion
  delete memory.isWriting
  const { syncedVersion } = memory
  const result = { kind: 'synced', sources: [], isKept: true } as const
  return { ...tried, startedMs: refreshedMs, syncedVersion, result }
}

/** Puts the target back at once, but does not fight over it. @returns milliseconds to wait first. */
function pauseBeforeRepair(
  es: ExternalSecret,
  memory: Memory,
  nowMs: number,
  events: Pick<EventRecorder, 'record'>,
): number {
  const pauseMs = repairPauseMs(memory.repairsMs, nowMs)
  if (pauseMs > 0) {
    if (!memory.isContested) events.record(es, contested)
    memory.isContested = true
    return pauseMs
  }
  memory.repairsMs = [...recentRepairs(memory.repairsMs, nowMs), nowMs]
  if (memory.repairsMs.length === 1) memory.isContested = false
  return 0
}

/**
 * Not worth telling anybody: somebody else was quicker again and again, or the store was made a
 * moment ago and is being validated.
 */
function isPassing({ reason, retry }: Fault): boolean {
  return reason === 'Conflict' || (reason === 'StoreNotReady' && retry.kind === 'after')
}

function statusFor(tried: Tried, result: Result, deps: Pick<Deps, 'targets'>): object {
  const { es, policy, startedMs, syncedVersion = syncedVersionOf(es.metadata) } = tried
  return nextStatus(es, {
    result,
    nowMs: startedMs,
    refreshedMs: startedMs,
    syncedVersion,
    binding: isBound(tried, result, deps) ? targetNameOf(es) : undefined,
    intervalMs: policy?.intervalMs ?? 0,
  })
}

/** Whether status names the target: once it was written, or there is one that it was to be written to. */
function isBound({ es, policy }: Tried, result: Result, deps: Pick<Deps, 'targets'>): boolean {
  if (policy === undefined || policy.creation === 'None') return false
  if (result.kind !== 'failed') return result.kind === 'synced'
  if (result.step === 'read' || result.step === 'delete') return false
  return result.step === 'owned' || deps.targets.get(targetKeyOf(es)) !== undefined
}

/** The cause of a failure as an event, once; a steady state is told by the condition alone. */
function tell(
  es: ExternalSecret,
  result: Result,
  memory: Memory,
  events: Pick<EventRecorder, 'record'>,
): void {
  if (result.kind !== 'failed') {
    delete memory.failure
    return
  }
  const { message } = result.fault
  if (memory.failure === message && readyOf(es)?.status === 'False') return
  memory.failure = message
  events.record(es, result.step === 'held' ? heldBack(message) : updateFailed(message))
}

function nextFor({ es, policy, next }: Tried, memory: Memory, env: Env): Next {
  if (next !== undefined) return next
  if (policy === undefined) return settled
  const nowMs = env.clock.now()
  const lastRefreshMs = memory.refreshedMs ?? parseTime(es.status?.refreshTime ?? undefined)
  const dueMs = dueAt({ uid: es.metadata.uid ?? '', policy, lastRefreshMs })
  if (dueMs === undefined) return settled
  const isAhead = isInFuture({
    policy,
    nowMs,
    isGenerated: isGenerated(es),
    ...(lastRefreshMs === undefined ? {} : { lastRefreshMs }),
  })
  return { kind: 'after', ms: isAhead ? 1 : Math.max(1, dueMs - nowMs) }
}
