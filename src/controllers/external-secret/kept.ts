/**
 * Whether what a target holds may stay, where a refresh would make new values in place of it.
 *
 * A generated value cannot be read again: whoever makes a new one takes the old one from all who use it.
 * So a refresh that only seems due (the status of the last one was never written, its answer was lost,
 * a label was taken off) is held against the target itself first.
 */
import { secrets, type ExternalSecret, type ObjectMeta } from '#api'
import { parseTime } from '#base'
import { dataHash } from '#go'
import { isOwnedBy, whyRefresh, type Due, type Seen } from './decide.ts'
import type { Deps } from './deps.ts'
import { provenBy, type Memory } from './memory.ts'
import { dataHashAnnotation, fieldManagerOf, managedLabel, targetKeyOf } from './names.ts'
import { dataOf } from './target.ts'
import { markTarget } from './write.ts'

/** A target that stays as it is. */
export interface Kept {
  /** When its values were made, as far as that is known. */
  readonly refreshedMs: number
}

/** What may only seem to be due; the rest is what somebody did or asked for. */
const doubtful: ReadonlySet<Due> = new Set([
  'NeverSynced',
  'LastTryFailed',
  'SpecChanged',
  'IntervalElapsed',
  'TargetUnlabelled',
])

/** For an object whose values are generated. @returns undefined when the refresh is due. @throws Fault when the target cannot be read now. */
export async function keptTarget(
  es: ExternalSecret,
  due: Due,
  seen: Seen,
  memory: Memory,
  { client }: Pick<Deps, 'client'>,
  signal: AbortSignal,
): Promise<Kept | undefined> {
  if (!doubtful.has(due) || seen.policy.creation === 'None') return undefined
  // What this process did itself it knows, and only a restart or a lost answer leaves a doubt.
  if (due === 'IntervalElapsed' && isSure(memory)) return undefined
  if (due === 'SpecChanged' && memory.syncedVersion !== seen.currentVersion) return undefined
  const secret = await client.get(secrets, targetKeyOf(es), { signal })
  if (secret === null) return undefined
  const { metadata } = secret
  const writtenMs = writtenAt(es, metadata)
  if (writtenMs === undefined) return undefined
  if (metadata.annotations?.[dataHashAnnotation] !== dataHash(dataOf(secret))) return undefined
  const better = asTargetTells(es, seen, memory, { metadata, writtenMs })
  if (whyRefresh(better) !== undefined) return undefined
  await markTarget(es, client, signal)
  memory.proven = provenBy(metadata)
  return { refreshedMs: better.lastRefreshMs ?? writtenMs }
}

function isSure(memory: Memory): boolean {
  return memory.refreshedMs !== undefined && memory.isWriting !== true
}

/** When we last wrote the Secret, by the server's clock; undefined: we never did. */
function writtenAt(es: ExternalSecret, { managedFields = [] }: ObjectMeta): number | undefined {
  const manager = fieldManagerOf(es.metadata.name)
  const times = managedFields
    .filter((entry) => entry.manager === manager && entry.operation === 'Update')
    .map(({ time }) => parseTime(time))
    .filter((ms) => ms !== undefined)
  return times.length === 0 ? undefined : Math.max(...times)
}

/** What was seen, with what the target adds to it: that it was written, and when. */
function asTargetTells(
  es: ExternalSecret,
  seen: Seen,
  memory: Memory,
  { metadata, writtenMs }: { readonly metadata: ObjectMeta; readonly writtenMs: number },
): Seen {
  const labels = { ...metadata.labels, [managedLabel]: 'true' }
  const isOfThisSpec = isFirst(es, seen, metadata, writtenMs)
  const syncedVersion =
    memory.syncedVersion ?? seen.syncedVersion ?? (isOfThisSpec ? seen.currentVersion : undefined)
  const lastRefreshMs =
    isSure(memory) || syncedVersion === undefined
      ? seen.lastRefreshMs
      : Math.max(seen.lastRefreshMs ?? 0, Math.min(writtenMs, seen.nowMs))
  return {
    ...seen,
    ready: undefined,
    target: { metadata: { ...metadata, labels }, hasForeignData: false },
    syncedVersion,
    lastRefreshMs,
  }
}

/** Whether the target was written for this very spec, although no status says so. */
function isFirst(
  es: ExternalSecret,
  { uid, policy }: Seen,
  metadata: ObjectMeta,
  writtenMs: number,
): boolean {
  const bornMs = parseTime(es.metadata.creationTimestamp) ?? Infinity
  // One that no owner reference ties to this object may be left from another of its name.
  if (!isOwnedBy(metadata, uid) && writtenMs <= bornMs) return false
  const followsSpec = policy.refresh !== 'CreatedOnce' && policy.intervalMs > 0
  return !followsSpec || es.metadata.generation === 1
}
