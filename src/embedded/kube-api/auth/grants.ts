/** Whoever writes Roles and Bindings may not grant more than they have. */
import type { Call } from '../core.ts'
import { equalJson } from '#base'
import { badRequest, forbidden, notFound } from '../errors.ts'
import { get, listAt, textAt, type Obj } from '../object.ts'
import { entryKey, type Store } from '../storage/store.ts'
import { grantsOf, listed, masters, RoleMissing } from './rbac.ts'

const group = 'rbac.authorization.k8s.io'

interface Rule {
  readonly verbs: readonly string[]
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly resourceNames: readonly string[]
  readonly nonResourceURLs: readonly string[]
}

/**
 * Ends the writing of a Role or ClusterRole by somebody who lacks what it allows.
 *
 * The verb `escalate` on the role lifts this.
 *
 * @param before What it replaces; a change of owners and finalizers alone is everybody's.
 * @throws ApiError 403 that lists what is lacking.
 */
export function assertMayDefine(role: Obj, before: Obj | undefined, call: Call): void {
  const { user, kind, target, core } = call
  if (user.groups.includes(masters)) return
  const asked = { user, verb: 'escalate', group, version: '*', resource: kind.plural }
  const where = { subresource: '', namespace: target.namespace, name: target.name, path: '' }
  if (core.authorizer.decide({ ...asked, ...where }).allowed) return
  if (before !== undefined && onlyForCollection(role, before)) return
  const name = role.metadata.name ?? ''
  assertHeld(call, listAt(role, 'rules').map(ruleOf), name)
  const gathers = (one: Obj | undefined): boolean =>
    listAt(one, 'aggregationRule', 'clusterRoleSelectors').length > 0
  if (!gathers(role) && !gathers(before)) return
  if (missingFor(call, everything).missing.length === 0) return
  throw forbidden(kind, name, 'must have cluster-admin privileges to use the aggregationRule')
}

const star = ['*']
const nothing = { apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [] }
const everything: readonly Rule[] = [
  { ...nothing, verbs: star, apiGroups: star, resources: star },
  { ...nothing, verbs: star, nonResourceURLs: star },
]

/**
 * Ends the writing of a binding by somebody who lacks what its role allows.
 *
 * The verb `bind` on the role lifts this.
 *
 * @throws ApiError 403, or 404 for a role that is not there.
 */
export function assertMayBind(binding: Obj, before: Obj | undefined, call: Call): void {
  const { user, kind, target, core } = call
  if (user.groups.includes(masters)) return
  if (before !== undefined && onlyForCollection(binding, before)) return
  const ref = get(binding, 'roleRef')
  const isCluster = textAt(ref, 'kind') === 'ClusterRole'
  const resource = isCluster ? 'clusterroles' : 'roles'
  const name = textAt(ref, 'name')
  if (isCluster || textAt(ref, 'kind') === 'Role') {
    const asked = { user, verb: 'bind', group, version: '*', resource }
    const where = { subresource: '', namespace: target.namespace, name, path: '' }
    if (core.authorizer.decide({ ...asked, ...where }).allowed) return
  } else throw badRequest(`unsupported role reference kind: ${JSON.stringify(textAt(ref, 'kind'))}`)
  const key = entryKey(isCluster ? '' : target.namespace, name)
  const role = core.store.get(`${resource}.${group}`, key)
  // The real server names the kind that is written, not the one that is missing.
  if (role === undefined) throw notFound(kind, name)
  assertHeld(call, listAt(role.object, 'rules').map(ruleOf), binding.metadata.name ?? '')
}

// What the collector of garbage changes takes no rights.
function onlyForCollection(next: Obj, before: Obj): boolean {
  const bare = ({ metadata, ...rest }: Obj): unknown => {
    const { ownerReferences: _, finalizers: __, managedFields: ___, ...meta } = metadata
    return { ...rest, metadata: { ...meta, resourceVersion: undefined } }
  }
  const plain = (one: Obj): unknown => JSON.parse(JSON.stringify(bare(one))) as unknown
  return equalJson(plain(next), plain(before)) && !equalJson(next, before)
}

function ruleOf(rule: unknown): Rule {
  const list = (key: keyof Rule): readonly string[] => listAt(rule, key) as readonly string[]
  return {
    verbs: list('verbs'),
    apiGroups: list('apiGroups'),
    resources: list('resources'),
    resourceNames: list('resourceNames'),
    nonResourceURLs: list('nonResourceURLs'),
  }
}

function assertHeld(call: Call, wanted: readonly Rule[], name: string): void {
  const { missing, unresolved } = missingFor(call, wanted)
  if (missing.length === 0) return
  const lines = [...new Set(compact(missing).map(textOf))].sort()
  const groups = call.user.groups.map((one) => JSON.stringify(one)).join(' ')
  const who = `user ${JSON.stringify(call.user.name)} (groups=[${groups}])`
  const what = `${who} is attempting to grant RBAC permissions not currently held:\n${lines.join('\n')}`
  const errors = unresolved.length === 0 ? '' : `; resolution errors: [${listed(unresolved)}]`
  throw forbidden(call.kind, name, `${what}${errors}`)
}

function missingFor(
  { core, user, target }: Call,
  wanted: readonly Rule[],
): { readonly missing: readonly Rule[]; readonly unresolved: readonly string[] } {
  const { held, unresolved } = heldBy(core.store, user, target.namespace)
  const missing = wanted.flatMap(broken).filter((one) => !held.some((rule) => covers(rule, one)))
  return { missing, unresolved }
}

function heldBy(
  store: Store,
  user: Call['user'],
  namespace: string,
): { readonly held: readonly Rule[]; readonly unresolved: readonly string[] } {
  const held: Rule[] = []
  const unresolved: string[] = []
  for (const grant of grantsOf(store, user, namespace)) {
    if (grant instanceof RoleMissing) unresolved.push(grant.message)
    else held.push(ruleOf(grant.rule))
  }
  return { held, unresolved }
}

/** A rule as rules of one verb, one resource, one name each. */
function broken(rule: Rule): Rule[] {
  const names = rule.resourceNames.length === 0 ? [undefined] : rule.resourceNames
  const forResources = rule.apiGroups.flatMap((one) =>
    rule.resources.flatMap((resource) =>
      rule.verbs.flatMap((verb) =>
        names.map((name) => ({
          ...nothing,
          verbs: [verb],
          apiGroups: [one],
          resources: [resource],
          resourceNames: name === undefined ? [] : [name],
        })),
      ),
    ),
  )
  const forPaths = rule.nonResourceURLs.flatMap((url) =>
    rule.verbs.map((verb) => ({ ...nothing, verbs: [verb], nonResourceURLs: [url] })),
  )
  return [...forResources, ...forPaths]
}

function hasAll(list: readonly string[], wanted: readonly string[], all = '*'): boolean {
  return list.includes(all) || wanted.every((one) => list.includes(one))
}

function covers(held: Rule, wanted: Rule): boolean {
  const { resourceNames, resources, nonResourceURLs } = held
  const coversNames =
    resourceNames.length === 0 ||
    (wanted.resourceNames.length > 0 &&
      wanted.resourceNames.every((one) => resourceNames.includes(one)))
  const coversResource = (one: string): boolean =>
    resources.includes(one) || (one.includes('/') && resources.includes(`*/${one.split('/')[1]}`))
  const coversUrl = (one: string): boolean =>
    nonResourceURLs.some(
      (own) => own === one || (own.endsWith('*') && one.startsWith(own.replace(/\*+$/, ''))),
    )
  return (
    hasAll(held.verbs, wanted.verbs) &&
    hasAll(held.apiGroups, wanted.apiGroups) &&
    coversNames &&
    (resources.includes('*') || wanted.resources.every(coversResource)) &&
    wanted.nonResourceURLs.every(coversUrl)
  )
}

// Verbs on the same thing are told together.
function compact(rules: readonly Rule[]): Rule[] {
  const simple = new Map<string, Rule>()
  const others: Rule[] = []
  for (const rule of rules) {
    if (rule.nonResourceURLs.length > 0) {
      others.push(rule)
      continue
    }
    const key = JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames])
    const held = simple.get(key)
    simple.set(key, held === undefined ? rule : { ...held, verbs: [...held.verbs, ...rule.verbs] })
  }
  return [...others, ...simple.values()]
}

function textOf(rule: Rule): string {
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['NonResourceURLs', rule.nonResourceURLs],
    ['ResourceNames', rule.resourceNames],
    ['Verbs', rule.verbs],
  ]
  const shown = parts
    .filter(([, list]) => list.length > 0)
    .map(([name, list]) => `${name}:[${list.map((one) => JSON.stringify(one)).join(' ')}]`)
  return `{${shown.join(', ')}}`
}
