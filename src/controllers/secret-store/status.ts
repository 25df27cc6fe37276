/** What a user of External Secrets sees of a store's validation. */
import type { Condition, SecretStoreStatus } from '#api'
import type { Fault } from '#base'
import { setCondition, type EventNote } from '#runtime'
import type { Store } from './decide.ts'

/** How a validation ended. */
export type Checked =
  | { readonly kind: 'valid'; readonly capabilities: string }
  /** The provider tried and could not tell. */
  | { readonly kind: 'unknown'; readonly message: string }
  | { readonly kind: 'failed'; readonly step: 'open' | 'validate'; readonly fault: Fault }

type Ready = Pick<Condition, 'status' | 'reason' | 'message'>

function readyFor(checked: Checked): Ready {
  switch (checked.kind) {
    case 'valid':
      return { status: 'True', reason: 'Valid', message: 'store validated' }
    case 'unknown':
      return {
        status: 'True',
        reason: 'ValidationUnknown',
        message: 'could not determine validation status',
      }
    case 'failed':
      return {
        status: 'False',
        reason: 'InvalidProviderConfig',
        message: checked.step === 'open' ? 'unable to create client' : 'unable to validate store',
      }
  }
}

/** The status after a validation. */
export function nextStatus(store: Store, checked: Checked, nowMs: number): SecretStoreStatus {
  const now = store.status ?? {}
  const ready = { type: 'Ready', ...readyFor(checked) }
  return {
    ...now,
    conditions: isNews(store, checked)
      ? setCondition(now.conditions, ready, nowMs)
      : (now.conditions ?? []),
    ...(checked.kind === 'valid' ? { capabilities: checked.capabilities } : {}),
  }
}

/** Whether the condition says something else than before. */
export function isNews(store: Store, checked: Checked): boolean {
  const old = store.status?.conditions?.find((condition) => condition.type === 'Ready')
  const { status, reason, message } = readyFor(checked)
  return old?.status !== status || old.reason !== reason || old.message !== message
}

/** The events of a transition; ESO repeats them every few minutes, we do not. */
export function notesFor(checked: Checked, isUnmaintained: boolean): readonly EventNote[] {
  const { reason = '', message = '' } = readyFor(checked)
  switch (checked.kind) {
    case 'valid':
      return [...(isUnmaintained ? [unmaintained] : []), { type: 'Normal', reason, message }]
    case 'unknown':
      return [{ type: 'Warning', reason, message: checked.message }]
    case 'failed':
      return [{ type: 'Warning', reason, message: checked.fault.message }]
  }
}

const unmaintained: EventNote = {
  type: 'Warning',
  reason: 'StoreUnmaintained',
  message: "store isn't currently maintained. Please plan and prepare accordingly.",
}
