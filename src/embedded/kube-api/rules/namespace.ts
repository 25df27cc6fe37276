import { field } from '../errors.ts'
import type { Rules } from '../kinds/rules.ts'
import { listAt, textAt, type Obj } from '../object.ts'

function complete(object: Obj): void {
  const { name } = object.metadata
  if (name !== undefined) {
    object.metadata.labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': name }
  }
  object['spec'] ??= {}
  object['status'] ??= {}
  if (textAt(object, 'status', 'phase') === '') {
    object['status'] = { ...Object(object['status']), phase: 'Active' }
  }
}

export const namespaceRules: Rules = {
  names: 'label',
  complete,
  prepareCreate: (object) => {
    complete(object) // a name that was just made up is labelled, too
    const held = listAt(object, 'spec', 'finalizers')
    object['spec'] = { finalizers: held.includes('kubernetes') ? held : [...held, 'kubernetes'] }
    object['status'] = { phase: 'Active' }
  },
  prepareUpdate: (object, before) => {
    // Only /finalize changes what holds a namespace.
    if (before['spec'] !== undefined) object['spec'] = before['spec']
  },
  validateUpdate: (object) => {
    const { deletionTimestamp } = object.metadata
    const phase = textAt(object, 'status', 'phase')
    if (deletionTimestamp === undefined && phase !== 'Active') {
      const why = "may only be 'Active' if `deletionTimestamp` is empty"
      return [field.invalid('status.Phase', phase, why)]
    }
    if (deletionTimestamp !== undefined && phase !== 'Terminating') {
      const why = "may only be 'Terminating' if `deletionTimestamp` is not empty"
      return [field.invalid('status.Phase', phase, why)]
    }
    return []
  },
  selectable: ['status.phase'],
}
