import { ApiError } from '../errors.ts'
import type { Exchange } from '../http/exchange.ts'
import { administrator, anonymous, type User } from './user.ts'

/** Finds out who a request comes from. */
export interface Authenticator {
  /** @throws ApiError 401 for credentials that are not known. */
  user(exchange: Exchange): User
  /** Whom one of the tokens given at the start stands for. */
  byToken(token: string): User | undefined
}

/** What a token stands for; undefined when it is not known. */
export type TokenLookup = (token: string) => User | undefined

/**
 * Whoever the door vouches for (a client certificate) first, then bearer tokens, then nobody.
 *
 * @param open Requests without credentials are the administrator's: for the server in a process
 *   of its own user, where there is nobody to tell apart.
 */
export function createAuthenticator(
  fixed: TokenLookup,
  issued: TokenLookup,
  open: boolean,
): Authenticator {
  return {
    byToken: fixed,
    user(exchange) {
      if (exchange.vouched !== undefined) return exchange.vouched
      const header = exchange.headers.get('authorization') ?? ''
      const bearer = /^Bearer (\S+)/i.exec(header)?.[1]
      if (bearer !== undefined) {
        const user = fixed(bearer.trim()) ?? issued(bearer.trim())
        if (user === undefined) throw new ApiError(401, 'Unauthorized', 'Unauthorized')
        return user
      }
      if (header !== '') return anonymous
      return open ? administrator : anonymous
    },
  }
}
