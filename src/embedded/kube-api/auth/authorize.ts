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
