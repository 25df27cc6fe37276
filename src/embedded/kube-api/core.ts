import type { Env } from '#base'
import { timeText } from '#base'
import type { User } from './auth/user.ts'
import type { Authenticator } from './auth/authenticate.ts'
import type { Tokens } from './auth/tokens.ts'
import type { Authorizer } from './auth/authorize.ts'
import type { Faults } from './faults/faults.ts'
import type { Exchange } from './http/exchange.ts'
import type { Target } from './http/target.ts'
import type { Kind } from './kinds/kind.ts'
import type { Kinds } from './kinds/registry.ts'
import type { Store } from './storage/store.ts'
import type { ServiceProxy } from './service-proxy.ts'

/** What every part of the server works on. */
export interface Core {
  readonly env: Env
  readonly store: Store
  readonly kinds: Kinds
  readonly authenticator: Authenticator
  readonly authorizer: Authorizer
  readonly tokens: Tokens
  /** PEM of the certificate authority that clients of this server trust. */
  readonly rootCa: string
  readonly serviceProxy: ServiceProxy | undefined
  /** Aborted when the server is closed: ends every watch. */
  readonly closed: AbortSignal
  /** What goes wrong. */
  readonly faults: Faults
  /** Break the connections of all open watches. */
  readonly cuts: Set<() => void>
  /** End the open watches of custom kinds, by the name of their definition. */
  readonly customWatches: Map<string, Set<() => void>>
}

/** One request on its way through the verbs. */
export interface Call {
  readonly core: Core
  readonly exchange: Exchange
  readonly user: User
  readonly kind: Kind
  readonly target: Target
  readonly query: URLSearchParams
  /** Collected on the way; sent with the answer. */
  readonly warnings: string[]
}

/** Now, as objects carry it. */
export function nowText(core: Core): string {
  return timeText(core.env.clock.now())
}

const suffixLetters = 'bcdfghjklmnpqrstvwxz2456789'

/** Five letters that spell nothing, as generateName appends them. */
export function nameSuffix(core: Core): string {
  let suffix = ''
  for (let i = 0; i < 5; i++) {
    suffix += suffixLetters[Math.floor(core.env.random.next() * suffixLetters.length)]
  }
  return suffix
}

/** A Go bool in a query: present and not false. */
export function flag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name)
  return value !== null && value !== 'false' && value !== '0'
}
