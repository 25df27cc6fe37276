import { errors } from 'undici'
import { Fault } from '../fault.ts'

/** Where a request went. */
export interface Route {
  readonly url: string
  /** The proxy that it goes through. */
  readonly proxy?: string | undefined
  /** Whether the proxy itself could not be spoken to, so that nothing is known of the server. */
  readonly isOfProxy: boolean
}

/** What a failed exchange is called: `Unavailable`, `Timeout`, or what the configuration did wrong. */
export function netFault(error: unknown, route: Route): Fault {
  const host = nameOf(route)
  const isLate = error instanceof errors.ConnectTimeoutError
  // A proxy that answers no CONNECT: nothing was sent to the server.
  if (isLate || (route.isOfProxy && error instanceof errors.HeadersTimeoutError)) {
    return new Fault('Unavailable', `${host} could not be reached in time`, { cause: error })
  }
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError) {
    return new Fault('Timeout', `${host} did not answer in time`, { cause: error })
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'EREFUSEDADDRESS') {
    return new Fault('Forbidden', `${host} is an address that this configuration may not reach`, {
      cause: error,
      hint: 'link-local, metadata and loopback addresses are refused unless the operator allows them',
    })
  }
  if (
    code.includes('CERT') ||
    code.includes('TLS') ||
    code.startsWith('ERR_SSL') ||
    code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'
  ) {
    return new Fault('Unavailable', `${host}: its certificate is not trusted (${code})`, {
      cause: error,
      hint: 'check the CA that this connection is configured to trust',
    })
  }
  if (code.startsWith('ERR_OSSL') || code === 'ERR_INVALID_ARG_TYPE') {
    return new Fault('InvalidSpec', `${host}: the certificates or key for it cannot be read`, {
      cause: error,
      retry: { kind: 'backoff' },
      hint: 'check that the CA, client certificate and key are PEM, and belong together',
    })
  }
  const what: Record<string, string> = {
    ECONNREFUSED: 'connection refused',
    ECONNRESET: 'connection cut',
    UND_ERR_SOCKET: 'connection cut',
    ENOTFOUND: 'no such host',
    EAI_AGAIN: 'host name could not be looked up',
    UND_ERR_ABORTED: 'the proxy refused to connect',
    UND_ERR_PRX_CONN: 'the proxy broke the connection',
    UND_ERR_CLOSED: 'connection closed',
    UND_ERR_DESTROYED: 'connection closed',
  }
  // Whatever code a socks proxy gives: it did not let us through.
  const said = code.startsWith('UND_ERR_SOCKS5') ? what['UND_ERR_ABORTED'] : what[code]
  return new Fault('Unavailable', `${host}: ${said ?? 'connection failed'}`, { cause: error })
}

function nameOf({ url, proxy, isOfProxy }: Route): string {
  const server = hostOf(url)
  if (proxy === undefined) return server
  if (isOfProxy) return `the proxy ${hostOf(proxy)} for ${server}`
  return `${server} through the proxy ${hostOf(proxy)}`
}

// Never the whole URL: its user part or query may hold a credential.
function hostOf(url: string): string {
  try {
    return new URL(url).host
  } catch {
    return 'the given address'
  }
}
