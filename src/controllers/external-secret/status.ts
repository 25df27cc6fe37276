/**
 * What a user of External Secrets sees of a reconcile: one condition `Ready` in ESO's words, and
 * the cause of a failure as an event beside it.
 */
import type { Condition, ExternalSecret, ExternalSecretStatus } from '#api'
import { parseTime, timeText, type Fault } from '#base'
import { setCondition, type EventNote } from '#runtime'
import type { Source } from './source.ts'
import { provenanceOf } from './provenance.ts'

/** ESO's fixed sentences; scripts and alerts match on them. */
export const messages = {
  synced: 'secret synced',
  retained: 'secret retained due to DeletionPolicy=Retain',
  deleted: 'secret deleted due to DeletionPolicy=Delete',
  missing: 'secret will not be created due to CreationPolicy=Merge',
} as const

/** Where in a reconcile something failed; each has its sentence. */
export type Step =
  | 'read'
  | 'held'
  | 'delete'
  | 'deleteLeftOver'
  | 'write'
  | 'immutable'
  | 'own'
  | 'owned'

const failures: Readonly<Record<Exclude<Step, 'held'>, string>> = {
  read: 'could not get secret data from provider',
  delete: 'could not delete secret',
  deleteLeftOver: 'could not delete orphaned secrets',
  write: 'could not update secret',
  immutable: 'could not update secret, target is immutable',
  own: 'failed to take ownership of target secret',
  owned: 'target is owned by another ExternalSecret',
}

/** How a refresh ended. */
export type Result =
  | {
      readonly kind: 'synced'
      /** Where the values came from. */
      readonly sources: readonly Source[]
      /** Whether the target is another than before. */
      readonly isWritten?: true
      /** Nothing was read: the target stays as it was found. */
      readonly isKept?: true
    }
  | { readonly kind: 'retained' | 'deleted' | 'missing' }
  | { readonly kind: 'failed'; readonly step: Step; readonly fault: Fault }

const reasons = {
  synced: 'SecretSynced',
  retained: 'SecretSynced',
  deleted: 'SecretDeleted',
  missing: 'SecretMissing',
} as const

/** What {@link nextStatus} needs beside the result. */
export interface Finished {
  readonly result: Result
  readonly nowMs: number
  /** When the values were read, if they were. */
  readonly refreshedMs: number
  readonly syncedVersion: string
  /** Name of the Secret, once there is one that is or would be ours. */
  readonly binding: string | undefined
  /** The interval; bounds how often a refresh without a change is written down. */
  readonly intervalMs: number
}

/** The status after a refresh. Equal to the present one when a reader could see no difference. */
export function nextStatus(es: ExternalSecret, finished: Finished): ExternalSecretStatus {
  const { result, syncedVersion } = finished
  const now = es.status ?? {}
  const conditions = withReady(now.conditions ?? [], readyFor(result), finished.nowMs)
  const binding = finished.binding === undefined ? now.binding : { name: finished.binding }
  const base: ExternalSecretStatus = {
    ...now,
    conditions,
    ...(binding === undefined || binding.name === now.binding?.name ? {} : { binding }),
  }
  if (result.kind === 'failed') return base
  const isWritten = result.kind === 'synced' && result.isWritten === true
  const isNews =
    isWritten ||
    conditions !== now.conditions ||
    base.binding?.name !== now.binding?.name ||
    syncedVersion !== now.syncedResourceVersion
  if (!isNews && !isRefreshTimeDue(now.refreshTime, finished)) return base
  return {
    ...base,
    ...withProvenance(now, finished),
    refreshTime: timeText(finished.refreshedMs),
    syncedResourceVersion: syncedVersion,
  }
}

/** Goes along with what is written anyway: a status is never written for its sake. */
function withProvenance(
  { provenance: before = [] }: ExternalSecretStatus,
  { result, refreshedMs }: Finished,
): Pick<ExternalSecretStatus, 'provenance'> {
  if (result.kind !== 'synced' && result.kind !== 'deleted') return {}
  if (result.kind === 'synced' && result.isKept === true) return {}
  const sources = result.kind === 'synced' ? result.sources : []
  const provenance = provenanceOf(sources, before, refreshedMs)
  return before.length === 0 && provenance.length === 0 ? {} : { provenance }
}

/** A refresh that changed nothing is written down at most once per interval, and once an hour. */
const refreshTimeEveryMs = 3_600_000

function isRefreshTimeDue(text: string | null | undefined, finished: Finished): boolean {
  const writtenMs = parseTime(text ?? undefined)
  if (writtenMs === undefined || writtenMs > finished.refreshedMs) return true
  return finished.refreshedMs - writtenMs >= Math.max(refreshTimeEveryMs, finished.intervalMs)
}

function readyFor(result: Result): Pick<Condition, 'status' | 'reason' | 'message'> {
  if (result.kind === 'failed') {
    const { step, fault } = result
    // Held back is nothing the peer knows; the message is ours, and says how to go on.
    const message = step === 'held' ? fault.message : failures[step]
    return { status: 'False', reason: 'SecretSyncedError', message }
  }
  return { status: 'True', reason: reasons[result.kind], message: messages[result.kind] }
}

/** The same array when nothing a reader can see differs; the time moves only with the status. */
function withReady(
  conditions: readonly Condition[],
  ready: Pick<Condition, 'status' | 'reason' | 'message'>,
  nowMs: number,
): readonly Condition[] {
  const old = conditions.find((condition) => condition.type === 'Ready')
  const isSame =
    old?.status === ready.status && old.reason === ready.reason && old.message === ready.message
  return isSame ? conditions : setCondition(conditions, { type: 'Ready', ...ready }, nowMs)
}

/** Events, in ESO's words. */
export const created: EventNote = { type: 'Normal', reason: 'Created', message: 'secret created' }
export const updated: EventNote = { type: 'Normal', reason: 'Updated', message: 'secret updated' }
export const deleted: EventNote = { type: 'Normal', reason: 'Deleted', message: messages.deleted }
export const leftOverDeleted: EventNote = {
  type: 'Normal',
  reason: 'Deleted',
  message: 'secret deleted because it was orphaned',
}

/** An entry that the provider does not have, under deletionPolicy Delete or Merge. */
export function missingAtProvider(index: number, key?: string): EventNote {
  // The peer says dataFrom for data entries as well.
  const entry = `spec.dataFrom[${index}]${key === undefined ? '' : ` (key=${key})`}`
  return {
    type: 'Normal',
    reason: 'MissingProviderSecret',
    message: `secret does not exist at provider using ${entry}`,
  }
}

/** The cause of a failure: names fields and keys, never a value. */
export function updateFailed(message: string): EventNote {
  return { type: 'Warning', reason: 'UpdateFailed', message }
}

/** Nothing is deleted for being absent until a person says that it is meant. */
export function heldBack(message: string): EventNote {
  return { type: 'Warning', reason: 'DeletionHeld', message }
}

/** Somebody else changes the target again and again. */
export const contested: EventNote = {
  type: 'Warning',
  reason: 'TargetContested',
  message: 'secret is changed by somebody else again and again; it is put back once a minute',
}
