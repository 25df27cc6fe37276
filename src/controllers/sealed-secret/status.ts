/** Says outcomes in the words of Sealed Secrets: one condition, `Synced`, and three event reasons. */
import { timeText, type Fault } from '#base'
import type { Condition, SealedSecret, SealedSecretStatus } from '#api'
import { apiStatusOf } from '#kube'
import { setCondition, type EventNote } from '#runtime'
import { conditionsOf } from './decide.ts'

/** At which step it failed; decides the event's reason. */
export type FailedStep = 'unseal' | 'update' | 'unmanaged' | 'immutable'

/** How a pass ended. */
export type Result =
  | { readonly kind: 'unsealed' }
  | { readonly kind: 'failed'; readonly step: FailedStep; readonly fault: Fault }

/** The event of a result, with the reason and message that users' scripts look for. */
export function noteOf(result: Result, sealed: SealedSecret): EventNote {
  if (result.kind === 'unsealed') {
    return { type: 'Normal', reason: 'Unsealed', message: 'SealedSecret unsealed successfully' }
  }
  const { step, fault } = result
  const warning = (reason: string, message: string): EventNote => ({
    type: 'Warning',
    reason,
    message,
  })
  switch (step) {
    case 'unseal':
      return warning('ErrUnsealFailed', `Failed to unseal: ${fault.message}`)
    case 'update':
      return warning('ErrUpdateFailed', apiText(fault))
    case 'unmanaged':
      return warning('ErrUpdateFailed', fault.message)
    case 'immutable': {
      const { namespace, name } = sealed.metadata
      return warning('ErrUpdateFailed', `Error updating ${namespace}/${name}: ${immutableText}`)
    }
  }
}

const immutableText =
  'the target Secret is immutable. Once a Secret is marked as immutable, it is not possible to revert this change nor to mutate the contents of the data field. You can only delete and recreate the Secret.'

/** The message of `Synced`; empty when all is well. */
export function messageOf(result: Result): string {
  if (result.kind === 'unsealed') return ''
  switch (result.step) {
    case 'unseal':
      return result.fault.message
    case 'update':
    case 'immutable':
      return apiText(result.fault)
    case 'unmanaged':
      return `failed update: ${result.fault.message}`
  }
}

// The original passes the API server's own words on, without what was being done.
function apiText(fault: Fault): string {
  return apiStatusOf(fault)?.message ?? fault.message
}

/**
 * The status after a result. Further conditions stay as they are; `Synced` is the first when it is
 * new, since the printer columns show the first.
 */
export function nextStatus(
  sealed: SealedSecret,
  result: Result,
  nowMs: number,
): SealedSecretStatus {
  const message = messageOf(result)
  const before = conditionsOf(sealed)
  const known = before.find(({ type }) => type === 'Synced')
  const status = result.kind === 'unsealed' ? 'True' : 'False'
  const isSame =
    known?.status === status &&
    (known.message ?? '') === message &&
    sealed.status?.observedGeneration === sealed.metadata.generation
  // Times alone are no reason to write.
  if (isSame && sealed.status !== undefined) return sealed.status
  const synced: Omit<Condition, 'lastTransitionTime'> = {
    type: 'Synced',
    status,
    lastUpdateTime: timeText(nowMs),
    ...(message === '' ? {} : { message }),
  }
  const conditions = setCondition(before, synced, nowMs)
  const { generation } = sealed.metadata
  return {
    ...sealed.status,
    conditions: known === undefined ? syncedFirst(conditions) : conditions,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  }
}

function syncedFirst(conditions: readonly Condition[]): readonly Condition[] {
  const isSynced = ({ type }: Condition): boolean => type === 'Synced'
  return [...conditions.filter(isSynced), ...conditions.filter((one) => !isSynced(one))]
}
