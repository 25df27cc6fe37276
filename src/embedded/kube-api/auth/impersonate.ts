import { badRequest } from '../errors.ts'
import type { Exchange } from '../http/exchange.ts'
import { assertAllowed, refusal, type Attributes, type Authorizer } from './authorize.ts'
import { masters } from './rbac.ts'
import type { User } from './user.ts'

const extraPrefix = 'impersonate-extra-'

/**
 * The user that a request is made as.
 *
 * Since Kubernetes 1.36 two ways lead there: the right to do this very thing as such a user
 * (`impersonate-on:serviceaccount:patch` and the like) together with `impersonate:serviceaccount` on the
 * user, or the older `impersonate`, which allows everything that the user may. Who has neither is told of
 * the first.
 *
 * @param asked What is requested, with its author.
 * @throws ApiError 403 when its author may not act as that one.
 */
export function impersonated(exchange: Exchange, asked: Attributes, authorizer: Authorizer): User {
  const wanted = wantedUser(exchange)
  if (wanted === undefined) return asked.user
  const account = accountOf(wanted.name)
  const mode = modeFor(wanted)
  if (mode === undefined) {
    assertMayBe(wanted, 'impersonate', asked.user, authorizer)
    return withDefaults(wanted, account?.namespace)
  }
  try {
    assertAllowed(authorizer, { ...asked, verb: `impersonate-on:${mode}:${asked.verb}` })
    assertMayBe(wanted, `impersonate:${mode}`, asked.user, authorizer)
    const groups = mode === 'arbitrary-node' ? ['system:nodes'] : wanted.groups
    return withDefaults({ ...wanted, groups }, account?.namespace)
  } catch (narrow) {
    if (!mayBe(wanted, asked.user, authorizer)) throw narrow
    return withDefaults(wanted, account?.namespace)
  }
}

/** What the headers ask for; undefined: nothing. @throws ApiError 400 for all but a name. */
function wantedUser({ headers }: Exchange): User | undefined {
  const name = headers.get('impersonate-user') ?? ''
  const uid = headers.get('impersonate-uid') ?? ''
  const given = headers.get('impersonate-group')
  const groups = given === undefined ? [] : valuesOf(given)
  const extra: Record<string, readonly string[]> = {}
  for (const [header, value] of headers) {
    if (!header.startsWith(extraPrefix)) continue
    extra[unescaped(header.slice(extraPrefix.length))] = valuesOf(value)
  }
  const hasExtra = Object.keys(extra).length > 0
  if (name === '') {
    if (uid === '' && groups.length === 0 && !hasExtra) return undefined
    const shown = goUser(uid, groups, hasExtra ? extra : undefined)
    throw badRequest(`requested ${shown} without impersonating a user name`)
  }
  return {
    name,
    ...(uid === '' ? {} : { uid }),
    groups,
    ...(hasExtra ? { extra } : {}),
  }
}

// A header that was sent several times comes with its values joined so.
function valuesOf(header: string): string[] {
  return header.split(', ')
}

function unescaped(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}

function goUser(uid: string, groups: readonly string[], extra: User['extra']): string {
  const list = (all: readonly string[]): string =>
    `[]string{${all.map((one) => JSON.stringify(one)).join(', ')}}`
  const pairs = Object.entries(extra ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, values]) => `${JSON.stringify(key)}:${list(values)}`)
  const shownGroups = groups.length === 0 ? '[]string(nil)' : list(groups)
  const shownExtra =
    extra === undefined ? 'map[string][]string(nil)' : `map[string][]string{${pairs.join(', ')}}`
  return `&user.DefaultInfo{Name:"", UID:${JSON.stringify(uid)}, Groups:${shownGroups}, Extra:${shownExtra}}`
}

type Mode = 'arbitrary-node' | 'serviceaccount' | 'user-info'

/** Nodes and accounts are taken by name alone: the API server knows the rest. */
function modeFor({ name, uid, groups, extra }: User): Mode | undefined {
  const isNode = nodeOf(name) !== undefined
  if (!isNode && accountOf(name) === undefined) return 'user-info'
  if (uid !== undefined || groups.length > 0 || extra !== undefined) return undefined
  return isNode ? 'arbitrary-node' : 'serviceaccount'
}

function nodeOf(name: string): string | undefined {
  return /^system:node:(.+)$/.exec(name)?.[1]
}

function accountOf(
  name: string,
): { readonly namespace: string; readonly name: string } | undefined {
  const [, namespace, account] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name) ?? []
  return namespace === undefined || account === undefined ? undefined : { namespace, name: account }
}

function mayBe(wanted: User, author: User, authorizer: Authorizer): boolean {
  try {
    assertMayBe(wanted, 'impersonate', author, authorizer)
    return true
  } catch {
    return false
  }
}

/** Name, uid, groups and extra values: each takes a right of its own. */
function assertMayBe(wanted: User, verb: string, author: User, authorizer: Authorizer): void {
  const authentication = 'authentication.k8s.io'
  const group = verb === 'impersonate' ? '' : authentication
  const asking = (what: Partial<Attributes>): Attributes => {
    const rest = { version: 'v1', subresource: '', namespace: '', path: '' }
    const about = { group: authentication, resource: '', name: '' }
    return { user: author, verb, ...rest, ...about, ...what }
  }
  const assert = (what: Partial<Attributes>): void => assertAllowed(authorizer, asking(what))
  const account = accountOf(wanted.name)
  const node = group === '' ? undefined : nodeOf(wanted.name)
  if (account !== undefined) assert({ group, resource: 'serviceaccounts', ...account })
  else if (node !== undefined) assert({ group, resource: 'nodes', name: node })
  else assert({ group, resource: 'users', name: wanted.name })
  if (wanted.uid !== undefined) assert({ resource: 'uids', name: wanted.uid })
  if (verb !== 'impersonate') {
    // No right to do one thing may lead to the right to do everything, whatever its role lists.
    for (const [name, called] of [
      ['', 'empty string'],
      [masters, masters],
    ] as const) {
      if (!wanted.groups.includes(name)) continue
      const why = `impersonating the ${called} group is not allowed`
      throw refusal(asking({ group, resource: 'groups', name }), why)
    }
  }
  for (const name of wanted.groups) assert({ group, resource: 'groups', name })
  for (const [key, values] of Object.entries(wanted.extra ?? {})) {
    for (const name of values) assert({ resource: 'userextras', subresource: key, name })
  }
}

function withDefaults(wanted: User, namespace: string | undefined): User {
  const all = [...wanted.groups]
  if (namespace !== undefined && all.length === 0) {
    all.push('system:serviceaccounts', `system:serviceaccounts:${namespace}`)
  }
  const nobody = 'system:unauthenticated'
  const last = wanted.name === 'system:anonymous' ? nobody : 'system:authenticated'
  if (!all.includes(last) && (last === nobody || !all.includes(nobody))) all.push(last)
  return { ...wanted, groups: all }
}
