/**
 * When a target is refreshed: the whole policy, as a list of pure checks. Nothing here reads
 * anything; the reconciler hands over what it has seen.
 */
import type { Condition, ObjectMeta } from '#api'
import { createdByLabel, dataHashAnnotation, managedLabel } from './names.ts'
import { nextDueMs } from '#runtime'
import type { Policy } from './policy.ts'
import { messages } from './status.ts'

/** The target as its metadata shows it. */
export interface SeenTarget {
  readonly metadata: ObjectMeta
  /** A manager that is not ours owns something under `data`. */
  readonly hasForeignData: boolean
}

/** The version of the target whose data is known to be what its hash annotation says. */
export interface Proven {
  readonly uid: string
  readonly resourceVersion: string
  /** The version our own write replaced: a cache may show it for a moment longer. */
  readonly replaced?: string
}

/** All that a decision rests on. */
export interface Seen {
  readonly nowMs: number
  readonly uid: string
  readonly policy: Policy
  /** `status.syncedResourceVersion`; absent: never synced. */
  readonly syncedVersion: string | undefined
  /** What it would be now. */
  readonly currentVersion: string
  /** Whether values are made, not read: those that are replaced are lost. */
  readonly isGenerated: boolean
  /** When the values were last read. */
  readonly lastRefreshMs: number | undefined
  readonly ready: Condition | undefined
  readonly target: SeenTarget | undefined
  readonly proven: Proven | undefined
}

/** Why the values are read again. */
export type Due =
  | 'NeverSynced'
  | 'LastTryFailed'
  | 'SpecChanged'
  | 'IntervalElapsed'
  | 'TargetMissing'
  | 'TargetAppeared'
  | 'TargetUnlabelled'
  /** Found by comparing data and hash, after {@link needsCheck} said so. */
  | 'TargetDrifted'

/** One reason to refresh, or `undefined` when this check is content. */
type Check = (seen: Seen) => Due | undefined

const neverSynced: Check = ({ syncedVersion, lastRefreshMs }) =>
  syncedVersion === undefined || lastRefreshMs === undefined ? 'NeverSynced' : undefined

const lastTryFailed: Check = ({ ready }) =>
  ready?.status === 'False' ? 'LastTryFailed' : undefined

const specChanged: Check = ({ policy, syncedVersion, currentVersion }) => {
  if (policy.refresh === 'CreatedOnce') return undefined
  // As the peer has it: with interval 0 not even a changed spec is followed.
  if (policy.refresh === 'Periodic' && policy.intervalMs === 0) return undefined
  return syncedVersion === currentVersion ? undefined : 'SpecChanged'
}

const intervalElapsed: Check = (seen) => {
  const dueMs = dueAt(seen)
  if (dueMs === undefined) return undefined
  return isInFuture(seen) || seen.nowMs >= dueMs ? 'IntervalElapsed' : undefined
}

/**
 * Whether the last refresh is said to lie ahead: the clock was set back since, and what is due by it may be
 * hours away. Two machines' clocks always differ a little, though; what was made is not given up for that.
 */
export function isInFuture({
  lastRefreshMs = 0,
  nowMs,
  isGenerated,
  policy,
}: Pick<Seen, 'nowMs' | 'isGenerated' | 'policy'> & Partial<Pick<Seen, 'lastRefreshMs'>>): boolean {
  return lastRefreshMs - nowMs > (isGenerated ? policy.intervalMs : 0)
}

const targetMissing: Check = ({ policy, ready, target }) => {
  if (target !== undefined || policy.creation === 'None' || policy.creation === 'Orphan') return
  return isAbsenceOnRecord(ready) ? undefined : 'TargetMissing'
}

const targetAppeared: Check = ({ policy, ready, target }) =>
  policy.creation === 'Merge' && target !== undefined && ready?.reason === 'SecretMissing'
    ? 'TargetAppeared'
    : undefined

const targetUnlabelled: Check = ({ policy, target }) => {
  if (target === undefined || policy.creation === 'None' || policy.creation === 'Orphan') return
  return target.metadata.labels?.[managedLabel] === 'true' ? undefined : 'TargetUnlabelled'
}

const checks: readonly Check[] = [
  neverSynced,
  lastTryFailed,
  specChanged,
  intervalElapsed,
  targetMissing,
  targetAppeared,
  targetUnlabelled,
]

/** The first reason to read the values again, or `undefined`: nothing to do. */
export function whyRefresh(seen: Seen): Due | undefined {
  for (const check of checks) {
    const due = check(seen)
    if (due !== undefined) return due
  }
  return undefined
}

/** The status itself says that there is no Secret, and that this is right. */
function isAbsenceOnRecord(ready: Condition | undefined): boolean {
  if (ready?.status !== 'True') return false
  if (ready.reason === 'SecretDeleted' || ready.reason === 'SecretMissing') return true
  return ready.message === messages.retained
}

/**
 * Whether the target's data has to be read and compared with its hash annotation.
 *
 * A version that we wrote or compared is known to be good. At the first look in a process's life
 * the metadata is enough (owner, hash, no foreign manager under `data`); so a restart reads no
 * Secret. Any later version that is not ours is compared: managedFields tell who set a key, but not
 * that somebody removed one.
 */
export function needsCheck({ uid, policy, target, proven }: Seen): boolean {
  if (target === undefined || policy.creation === 'None' || policy.creation === 'Orphan')
    return false
  const { metadata, hasForeignData } = target
  if (proven !== undefined && proven.uid === metadata.uid) {
    const version = metadata.resourceVersion
    return version !== proven.resourceVersion && version !== proven.replaced
  }
  if (proven !== undefined || hasForeignData) return true
  if (metadata.annotations?.[dataHashAnnotation] === undefined) return true
  return policy.creation === 'Owner' && !isOwnedBy(metadata, uid)
}

/** Whether the object of this uid is the controller owner. */
export function isOwnedBy(metadata: ObjectMeta, uid: string): boolean {
  return metadata.ownerReferences?.some((o) => o.controller === true && o.uid === uid) === true
}

/** Secrets made for `ownerLabel` whose owner is `uid`, other than the target: left by a rename. */
export function isLeftOver(
  metadata: ObjectMeta,
  owner: { readonly uid: string; readonly label: string; readonly targetName: string },
): boolean {
  if (metadata.name === owner.targetName) return false
  // The label alone proves nothing: anybody can copy it.
  return metadata.labels?.[createdByLabel] === owner.label && isOwnedBy(metadata, owner.uid)
}

/** When the interval is over, or `undefined` when no interval applies. */
export function dueAt({ uid, policy, lastRefreshMs }: DueInput): number | undefined {
  if (policy.refresh !== 'Periodic' || policy.intervalMs === 0) return undefined
  if (lastRefreshMs === undefined) return undefined
  return nextDueMs(lastRefreshMs, policy.intervalMs, uid)
}

type DueInput = Pick<Seen, 'uid' | 'policy' | 'lastRefreshMs'>

/** Reasons that lie in what somebody else did to the target. */
const repairs: ReadonlySet<Due> = new Set(['TargetMissing', 'TargetUnlabelled', 'TargetDrifted'])

/** Whether refreshing for this reason puts something back. */
export function isRepair(due: Due): boolean {
  return repairs.has(due)
}

const contestWindowMs = 600_000
const freeRepairs = 5
const contestPauseMs = 60_000

/** The repairs that still count, the latest last. */
export function recentRepairs(repairsMs: readonly number[], nowMs: number): readonly number[] {
  return repairsMs.filter((atMs) => atMs <= nowMs && nowMs - atMs < contestWindowMs)
}

/**
 * How long to wait before a target is put back once more: not at all, until it was put back five
 * times within ten minutes; then somebody fights for it, and once a minute has to do.
 *
 * @returns Milliseconds, 0 for at once.
 */
export function repairPauseMs(repairsMs: readonly number[], nowMs: number): number {
  const recent = recentRepairs(repairsMs, nowMs)
  const lastMs = recent.at(-1)
  if (lastMs === undefined || recent.length < freeRepairs) return 0
  return Math.max(0, lastMs + contestPauseMs - nowMs)
}
