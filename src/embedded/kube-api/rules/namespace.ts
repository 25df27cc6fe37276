import type { Rules } from '../kinds/rules.ts'
import type { Obj } from '../object.ts'

function complete(object: Obj): void {
  const { name } = object.metadata
  if (name !== undefined) {
    object.metadata.labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': name }
  }
  object['spec'] ??= {}
  object['status'] ??= {}
}

export const namespaceRules: Rules = {
  names: 'label',
  complete,
  prepareCreate: (object) => {
    object['spec'] = { finalizers: ['kubernetes'] }
    object['status'] = { phase: 'Active' }
  },
  prepareUpdate: (object, before) => {
    // Only /finalize changes what holds a namespace.
    if (before['spec'] !== undefined) object['spec'] = before['spec']
  },
  selectable: ['status.phase'],
}
