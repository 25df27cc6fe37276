import { base64, utf8 } from '#base'
import { noRules, type Rules } from '../kinds/rules.ts'
import type { Kind } from '../kinds/kind.ts'
import { drop, isFielded, put, type Fielded, type Obj } from '../object.ts'

function foldStringData(object: Obj): void {
  const text = object['stringData']
  if (!isFielded(text)) return
  const data: Fielded = isFielded(object['data']) ? { ...object['data'] } : {}
  for (const key of Object.keys(text)) put(data, key, base64(utf8(String(text[key] as string))))
  if (Object.keys(data).length > 0) object['data'] = data
  drop(object, 'stringData')
}

const secret: Rules = {
  complete: (object) => {
    foldStringData(object)
    if (object['type'] === undefined || object['type'] === '') object['type'] = 'Opaque'
  },
  selectable: ['type'],
}

const namespace: Rules = {
  names: 'label',
  complete: (object) => {
    const labels = { ...object.metadata.labels }
    if (object.metadata.name !== undefined) labels['kubernetes.io/metadata.name'] = object.metadata.name
    object.metadata.labels = labels
  },
  prepareCreate: (object) => {
    object['spec'] = { finalizers: ['kubernetes'] }
    object['status'] = { phase: 'Active' }
  },
  selectable: ['status.phase'],
}

const rules: Readonly<Record<string, Rules>> = {
  secrets: secret,
  namespaces: namespace,
}

/** The rules of a kind, by its bucket. */
export function rulesOf(kind: Kind): Rules {
  return (kind.custom === undefined && Object.hasOwn(rules, kind.bucket) ? rules[kind.bucket] : undefined) ?? noRules
}
