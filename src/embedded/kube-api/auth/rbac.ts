import { get, listAt, textAt, type Obj } from '../object.ts'
import { entryKey, type Store } from '../storage/store.ts'
import type { Attributes, Authorizer, Decision } from './authorize.ts'
import type { User } from './user.ts'

const group = 'rbac.authorization.k8s.io'

export interface Grant {
  readonly rule: unknown
  /** `RoleBinding "b/ns" of Role "r" to User "u"`. */
  readonly by: string
  /** Empty: everywhere. */
  readonly namespace: string
}

/** A binding whose role is not there. */
export class RoleMissing {
  /** In the words of the API server. */
  readonly message: string

  constructor(kind: string, name: string) {
    this.message = `${kind.toLowerCase()}.${group} ${JSON.stringify(name)} not found`
  }
}

/** Whoever is in this group may do anything. */
export const masters = 'system:masters'

/** Authorisation by the Roles and ClusterRoles that are stored now. */
export function createRbac(store: Store): Authorizer {
  return {
    decide: (attributes) => decide(store, attributes),
  }
}

function decide(store: Store, attributes: Attributes): Decision {
  if (attributes.user.groups.includes(masters)) return { allowed: true, reason: '' }
  const missing: string[] = []
  for (const grant of grantsOf(store, attributes.user, attributes.namespace)) {
    if (grant instanceof RoleMissing) missing.push(grant.message)
    else if (covers(grant.rule, attributes)) {
      return { allowed: true, reason: `RBAC: allowed by ${grant.by}` }
    }
  }
  return { allowed: false, reason: missing.length === 0 ? '' : `RBAC: ${listed(missing)}` }
}

/** Several errors as one text, each once. */
export function listed(errors: readonly string[]): string {
  const distinct = [...new Set(errors)]
  return distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]`
}

/** All that a user is granted in a namespace; the empty one: across the cluster. */
export function* grantsOf(
  store: Store,
  user: User,
  namespace: string,
): Generator<Grant | RoleMissing> {
  for (const [, { object }] of store.entries(`clusterrolebindings.${group}`)) {
    yield* granted(store, object, user, '')
  }
  if (namespace === '') return
  for (const [, { object }] of store.entries(`rolebindings.${group}`, `${namespace}/`)) {
    yield* granted(store, object, user, namespace)
  }
}

function* granted(
  store: Store,
  binding: Obj,
  user: User,
  namespace: string,
): Generator<Grant | RoleMissing> {
  const subject = listAt(binding, 'subjects').find((one) => isSubject(one, user, namespace))
  if (subject === undefined) return
  const role = textAt(binding, 'roleRef', 'name')
  const kind = textAt(binding, 'roleRef', 'kind')
  const entry =
    kind === 'ClusterRole'
      ? store.get(`clusterroles.${group}`, entryKey('', role))
      : store.get(`roles.${group}`, entryKey(namespace, role))
  if (entry === undefined) {
    yield new RoleMissing(kind, role)
    return
  }
  const name = binding.metadata.name ?? ''
  const bindingName = namespace === '' ? name : `${name}/${namespace}`
  const subjectName =
    textAt(subject, 'kind') === 'ServiceAccount'
      ? `${textAt(subject, 'name')}/${textAt(subject, 'namespace') || namespace}`
      : textAt(subject, 'name')
  const by = `${binding.kind} "${bindingName}" of ${kind} "${role}" to ${textAt(subject, 'kind')} "${subjectName}"`
  for (const rule of listAt(entry.object, 'rules')) yield { rule, by, namespace }
}

function isSubject(subject: unknown, user: User, namespace: string): boolean {
  const name = textAt(subject, 'name')
  switch (textAt(subject, 'kind')) {
    case 'User':
      return name === user.name
    case 'Group':
      return user.groups.includes(name)
    case 'ServiceAccount': {
      const home = textAt(subject, 'namespace') || namespace
      return home !== '' && user.name === `system:serviceaccount:${home}:${name}`
    }
    default:
      return false
  }
}

function has(rule: unknown, key: string, wanted: string): boolean {
  const list = listAt(rule, key)
  return list.includes('*') || list.includes(wanted)
}

function covers(rule: unknown, attributes: Attributes): boolean {
  if (!has(rule, 'verbs', attributes.verb)) return false
  if (attributes.path !== '') {
    return listAt(rule, 'nonResourceURLs').some((one) => fitsPath(String(one), attributes.path))
  }
  if (!has(rule, 'apiGroups', attributes.group)) return false
  const { resource, subresource } = attributes
  const full = subresource === '' ? resource : `${resource}/${subresource}`
  const resources = listAt(rule, 'resources')
  const fits =
    resources.includes('*') ||
    resources.includes(full) ||
    (subresource !== '' && resources.includes(`*/${subresource}`))
  if (!fits) return false
  const names = get(rule, 'resourceNames')
  return !Array.isArray(names) || names.length === 0 || names.includes(attributes.name)
}

function fitsPath(pattern: string, path: string): boolean {
  if (pattern === '*' || pattern === path) return true
  return pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1))
}
