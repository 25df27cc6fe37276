import type { TlsOptions } from '#base'
import type { Impersonation } from './client.ts'

/** Where the API server is and how we prove who we are. */
export interface ServerAccess {
  /** `https://host:port`, perhaps with a path in front of everything; no query, no user part. */
  readonly url: string
  /**
   * What to trust, and the client certificate. A function is asked before each call, so that a
   * rotated file is seen; a change opens new connections.
   *
   * A function is given `refused`, what the server has just answered 401 to without any Authorization
   * header: the client certificate is read anew, not from memory.
   */
  readonly tls?: TlsOptions | ((refused?: TlsOptions) => Promise<TlsOptions>)
  /**
   * The value of the Authorization header, asked before each call so that a rotated token is seen.
   *
   * @param refused The value that the server has just answered 401 to: read it anew, not from memory.
   */
  readonly authorization?: (refused?: string) => Promise<string | undefined>
  /** Whom every call is made as, where the configuration says so (`--as` of a kubeconfig's user). */
  readonly as?: Impersonation
  /** Through whom to speak to it: an http, https or socks5 address, perhaps with a user part. */
  readonly proxy?: string
  /** The namespace that the configuration names, if it does. */
  readonly namespace?: string
}
