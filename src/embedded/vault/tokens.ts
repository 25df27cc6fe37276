import { hex, timeText, type Env } from '#base'

/** What a token stands for. */
export interface Token {
  readonly id: string
  readonly accessor: string
  /** '' is the root namespace; others as `team/sub/`. */
  readonly namespace: string
  readonly policies: readonly string[]
  readonly metadata: Readonly<Record<string, string>>
  readonly displayName: string
  readonly path: string
  readonly createdMs: number
  readonly lifeMs: number
  readonly renewable: boolean
  /** Of who logged in; '' for a token that a token made. */
  readonly entityId: string
  /** Whether it outlives the token that made it. */
  readonly orphan: boolean
  /** Infinity: never. */
  expiresMs: number
}

/** The tokens Vault has given out and not taken back. */
export interface Tokens {
  /** The token while it is valid. */
  find(id: string | undefined): Token | undefined
  issue(options: IssueOptions): Token
  /** Extends its life from now; never beyond what it was issued with. */
  renew(token: Token): void
  revoke(id: string): boolean
  revokeAll(): void
}

export interface IssueOptions {
  readonly id?: string
  readonly namespace: string
  readonly policies: readonly string[]
  readonly metadata?: Readonly<Record<string, string>>
  readonly displayName: string
  readonly path: string
  /** 0: never expires. */
  readonly lifeMs: number
  readonly renewable?: boolean
  readonly entityId?: string
  readonly orphan?: boolean
}

export function createTokens(env: Env): Tokens {
  const tokens = new Map<string, Token>()
  const end = (lifeMs: number): number =>
    lifeMs === 0 ? Number.POSITIVE_INFINITY : env.clock.now() + lifeMs
  return {
    find: (id) => {
      const token = id === undefined ? undefined : tokens.get(id)
      if (token === undefined || token.expiresMs > env.clock.now()) return token
      tokens.delete(token.id)
      return undefined
    },
    issue: (options) => {
      const token: Token = {
        id: options.id ?? `hvs.${hex(env.entropy.bytes(12))}`,
        accessor: hex(env.entropy.bytes(12)),
        namespace: options.namespace,
        policies: [...new Set(options.policies)].sort(),
        metadata: options.metadata ?? {},
        displayName: options.displayName,
        path: options.path,
        createdMs: env.clock.now(),
        lifeMs: options.lifeMs,
        renewable: options.renewable ?? options.lifeMs !== 0,
        entityId: options.entityId ?? '',
        orphan: options.orphan ?? true,
        expiresMs: end(options.lifeMs),
      }
      tokens.set(token.id, token)
      return token
    },
    renew: (token) => {
      token.expiresMs = end(token.lifeMs)
    },
    revoke: (id) => tokens.delete(id),
    revokeAll: () => tokens.clear(),
  }
}

/** A token as `lookup-self` shows it. */
export function lookup(env: Env, token: Token): Readonly<Record<string, unknown>> {
  const ttl = Number.isFinite(token.expiresMs)
    ? Math.max(0, Math.floor((token.expiresMs - env.clock.now()) / 1000))
    : 0
  return {
    accessor: token.accessor,
    creation_time: Math.floor(token.createdMs / 1000),
    creation_ttl: token.lifeMs / 1000,
    display_name: token.displayName,
    entity_id: token.entityId,
    expire_time: Number.isFinite(token.expiresMs) ? timeText(token.expiresMs) : null,
    explicit_max_ttl: 0,
    id: token.id,
    issue_time: timeText(token.createdMs),
    meta: Object.keys(token.metadata).length === 0 ? null : token.metadata,
    num_uses: 0,
    orphan: token.orphan,
    path: token.path,
    policies: token.policies,
    renewable: token.renewable,
    ttl,
    type: 'service',
  }
}

/** A token as a login's answer has it. */
export function authOf(token: Token): Readonly<Record<string, unknown>> {
  return {
    client_token: token.id,
    accessor: token.accessor,
    policies: token.policies,
    token_policies: token.policies,
    metadata: Object.keys(token.metadata).length === 0 ? null : token.metadata,
    lease_duration: token.lifeMs / 1000,
    renewable: token.renewable,
    entity_id: token.entityId,
    token_type: 'service',
    orphan: token.orphan,
    mfa_requirement: null,
    num_uses: 0,
  }
}
