import { createHash } from 'node:crypto'
import type { Fielded, Fields, ManagedEntry, Obj } from '../object.ts'
import { bootstrapText } from './bootstrap-text.ts'

const group = 'rbac.authorization.k8s.io'

/**
 * The roles and bindings that an API server makes of itself. Roles that gather those of others come without
 * rules. Their uids follow from their names, so that they draw on nobody's randomness.
 *
 * @param now When they were made, as objects carry it.
 */
export function bootstrapObjects(now: string): Obj[] {
  const objects: Obj[] = []
  for (const line of bootstrapText.trim().split('\n')) {
    if (!line.startsWith(' ')) objects.push(objectOf(line, now))
    else addTo(objects[objects.length - 1] as Obj, line.trim())
  }
  for (const object of objects) object.metadata.managedFields = managedFields(object, now)
  return objects
}

function managedFields({ metadata, ...object }: Obj, time: string): ManagedEntry[] {
  const entry = { apiVersion: `${group}/v1`, time, fieldsType: 'FieldsV1' }
  const keysOf = (map: object): Fields =>
    Object.fromEntries([['.', {}], ...Object.keys(map).map((key) => [`f:${key}`, {}])]) as Fields
  const gathers = object['aggregationRule'] !== undefined
  const parts = gathers ? [] : ['rules', 'roleRef', 'subjects']
  const own = parts.filter((part) => object[part] !== undefined).map((part) => [`f:${part}`, {}])
  const fieldsV1 = {
    ...(gathers ? { 'f:aggregationRule': { '.': {}, 'f:clusterRoleSelectors': {} } } : {}),
    'f:metadata': {
      'f:annotations': keysOf(metadata.annotations ?? {}),
      'f:labels': keysOf(metadata.labels ?? {}),
    },
    ...(Object.fromEntries(own) as Fields),
  }
  const gathered = {
    manager: 'clusterrole-aggregation-controller',
    operation: 'Apply',
    ...entry,
    fieldsV1: { 'f:rules': {} },
  }
  const made = { manager: 'kube-apiserver', operation: 'Update', ...entry, fieldsV1 }
  return gathers ? [gathered, made] : [made]
}

function objectOf(line: string, now: string): Obj {
  const [kind = '', path = '', ...pairs] = line.split(' ')
  const [name = '', namespace] = path.split('/').reverse()
  const labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...mapOf(pairs) }
  return {
    apiVersion: `${group}/v1`,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid: uidOf(line),
      creationTimestamp: now,
      labels,
      annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
    },
    ...(kind.endsWith('Role') ? { rules: null } : {}),
  }
}

function mapOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(pairs.map((pair) => pair.split('=') as [string, string]))
}

function uidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
  ]
  return [...parts, hex.slice(20, 32)].join('-')
}

// A rule, what a role gathers, or what a binding binds to whom.
function addTo(object: Obj, line: string): void {
  const [words, subjects] = line.split(' -> ')
  if (subjects !== undefined) {
    const [kind = '', name = ''] = (words ?? '').split(' ')
    object['subjects'] = subjects.split(' ').map(subjectOf)
    object['roleRef'] = { apiGroup: group, kind, name }
  } else if (line.startsWith('from ')) {
    const matchLabels = mapOf(line.split(' ').slice(1))
    const held = object['aggregationRule'] as { clusterRoleSelectors: object[] } | undefined
    const selectors = [...(held?.clusterRoleSelectors ?? []), { matchLabels }]
    object['aggregationRule'] = { clusterRoleSelectors: selectors }
  } else object['rules'] = [...((object['rules'] ?? []) as object[]), ruleOf(line)]
}

function subjectOf(text: string): Fielded {
  const [kind = ''] = text.split(':')
  const who = text.slice(kind.length + 1)
  if (kind !== 'ServiceAccount') return { kind, apiGroup: group, name: who }
  const [namespace = '', name = ''] = who.split('/')
  return { kind, name, namespace }
}

const parts = ['verbs', 'apiGroups', 'resources', 'resourceNames', 'nonResourceURLs'] as const

function ruleOf(line: string): Fielded {
  const lists = line.split('|').map((part) =>
    part
      .trim()
      .split(' ')
      .filter((one) => one !== ''),
  )
  const named = parts.map((name, i): [string, string[]] => [
    name,
    (lists[i] ?? []).map((one) => (one === '""' ? '' : one)),
  ])
  return Object.fromEntries(named.filter(([, list]) => list.length > 0))
}
