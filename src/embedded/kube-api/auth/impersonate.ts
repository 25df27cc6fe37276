import { ApiError } from '../errors.ts'
import type { Exchange } from '../http/exchange.ts'
import type { Authorizer } from './authorize.ts'
import type { User } from './user.ts'

const extraPrefix = 'impersonate-extra-'

/**
 * The user that a request is made as.
 *
 * @throws ApiError 403 when its author may not act as that one.
 */
export function impersonated(exchange: Exchange, user: User, authorizer: Authorizer): User {
  const name = exchange.headers.get('impersonate-user')
  const given = exchange.headers.get('impersonate-group')
  if (name === undefined || name === '') {
    if (given === undefined) return user
    throw new ApiError(
      500,
      'InternalError',
      'Internal error occurred: requested [{Group  }] without impersonating a user',
    )
  }
  const groups = given === undefined ? [] : given.split(',').map((one) => one.trim())
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name)
  check(
    authorizer,
    user,
    account === null ? 'users' : 'serviceaccounts',
    account?.[2] ?? name,
    account?.[1] ?? '',
  )
  for (const group of groups) check(authorizer, user, 'groups', group, '')
  const extra: Record<string, readonly string[]> = {}
  for (const [header, value] of exchange.headers) {
    if (header.startsWith(extraPrefix)) {
      extra[decodeURIComponent(header.slice(extraPrefix.length))] = [value]
    }
  }
  const uid = exchange.headers.get('impersonate-uid')
  return {
    name,
    ...(uid === undefined ? {} : { uid }),
    groups: withDefaults(name, groups, account?.[1]),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  }
}

function withDefaults(
  name: string,
  groups: readonly string[],
  namespace: string | undefined,
): string[] {
  const all = [...groups]
  if (namespace !== undefined && groups.length === 0) {
    all.push('system:serviceaccounts', `system:serviceaccounts:${namespace}`)
  }
  const last = name === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated'
  if (!all.includes(last)) all.push(last)
  return all
}

function check(
  authorizer: Authorizer,
  user: User,
  resource: string,
  name: string,
  namespace: string,
): void {
  const decision = authorizer.decide({
    user,
    verb: 'impersonate',
    group: '',
    version: 'v1',
    resource,
    subresource: '',
    namespace,
    name,
    path: '',
  })
  if (decision.allowed) return
  const where = namespace === '' ? ' at the cluster scope' : ` in the namespace "${namespace}"`
  throw new ApiError(
    403,
    'Forbidden',
    `${resource} "${name}" is forbidden: User ${JSON.stringify(user.name)} cannot impersonate resource ${JSON.stringify(resource)} in API group ""${where}`,
    { name, kind: resource },
  )
}
