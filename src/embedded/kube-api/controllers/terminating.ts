import { nowText, type Core } from '../core.ts'
import { get, listAt, textAt, type Obj } from '../object.ts'

/** How far the deletion of a definition's objects has come. */
export interface Progress {
  readonly reason: string
  readonly message: string
}

export const pending: Progress = {
  reason: 'InstanceDeletionPending',
  message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
}

export const inProgress: Progress = {
  reason: 'InstanceDeletionInProgress',
  message: 'CustomResource deletion is in progress',
}

/** Whether the definition says that much of itself. */
export function isTerminating(definition: Obj, { reason }: Progress): boolean {
  return listAt(definition, 'status', 'conditions').some(
    (one) => textAt(one, 'type') === 'Terminating' && textAt(one, 'reason') === reason,
  )
}

/** The definition with its Terminating condition. */
export function withTerminating(core: Core, definition: Obj, progress: Progress): Obj {
  const others = listAt(definition, 'status', 'conditions').filter(
    (one) => textAt(one, 'type') !== 'Terminating',
  )
  const condition = {
    type: 'Terminating',
    status: 'True',
    lastTransitionTime: nowText(core),
    ...progress,
  }
  const status = get(definition, 'status') as object
  return { ...definition, status: { ...status, conditions: [...others, condition] } }
}
