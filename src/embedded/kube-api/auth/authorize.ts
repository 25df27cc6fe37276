import { ApiError, forbidden } from '../errors.ts'
import type { User } from './user.ts'

/** What somebody wants to do. */
export interface Attributes {
  readonly user: User
  readonly verb: string
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  /** Set instead of a resource for paths such as /metrics. */
  readonly path: string
}

export interface Decision {
  readonly allowed: boolean
  readonly reason: string
}

export interface Authorizer {
  decide(attributes: Attributes): Decision
}

export const allowAll: Authorizer = { decide: () => ({ allowed: true, reason: '' }) }

/** Ends a request that its author has no right to. @throws ApiError 403 in the API server's words. */
export function assertAllowed(authorizer: Authorizer, asked: Attributes): void {
  const decision = authorizer.decide(asked)
  if (!decision.allowed) throw refusal(asked, decision.reason)
}

const plainly = { 'x-content-type-options': 'nosniff' }

/** 403 for what its author has no right to, in the API server's words. @param reason May be empty. */
export function refusal(asked: Attributes, reason: string): ApiError {
  const { user, verb, group, resource, subresource, namespace, name, path } = asked
  const who = `User ${JSON.stringify(user.name)} cannot ${verb}`
  if (path !== '') {
    const message = `forbidden: ${who} path ${JSON.stringify(path)}`
    return new ApiError(403, 'Forbidden', message, {}, plainly)
  }
  const what = subresource === '' ? resource : `${resource}/${subresource}`
  const where = namespace === '' ? ' at the cluster scope' : ` in the namespace "${namespace}"`
  const why = `${who} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)}${where}`
  const kind = { group, plural: resource, kind: '' }
  const { message, details } = forbidden(kind, name, reason === '' ? why : `${why}: ${reason}`)
  return new ApiError(403, 'Forbidden', message, details, plainly)
}
