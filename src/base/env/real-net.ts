import { lookup } from 'node:dns'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse as NodeResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { isIP, type AddressInfo, type LookupFunction } from 'node:net'
import type { TLSSocket } from 'node:tls'
import {
  Agent,
  buildConnector,
  errors,
  ProxyAgent,
  request as exchange,
  type Dispatcher,
} from 'undici'
import { Fault } from '../fault.ts'
import type {
  Handler,
  HttpHeaders,
  HttpRequest,
  HttpResponse,
  ListenOptions,
  Listener,
  Net,
  Pool,
  PoolOptions,
  ServerRequest,
} from './env.ts'

const defaultTimeoutMs = 30_000

/** The machine's network: undici for requests, node:http for listening. HTTP/1.1, kept connections. */
export const realNet: Net = {
  pool: (options = {}) => new RealPool(options),
  listen,
  lookup: (host) =>
    new Promise((resolve) => {
      lookup(host, { all: true }, (error, found) =>
        resolve(error === null ? found.map(({ address }) => address) : []),
      )
    }),
}

class RealPool implements Pool {
  readonly #options: PoolOptions
  readonly #shared: Dispatcher
  #opened = 0

  constructor(options: PoolOptions) {
    this.#options = options
    this.#shared = this.#agent(options.maxConnections ?? 32)
  }

  async request(request: HttpRequest): Promise<HttpResponse> {
    try {
      return await this.#once(request)
    } catch (error) {
      // The other side may close a kept connection at the very moment at which it is used again. Whether a
      // write was done then cannot be known; a read is asked for once more, as Go's programs do.
      const isRead = request.method === 'GET' || request.method === 'HEAD'
      if (!isRead || request.dedicated === true || !isCut(error)) throw error
      return await this.#once(request)
    }
  }

  async #once(request: HttpRequest): Promise<HttpResponse> {
    const own = request.dedicated === true ? this.#agent(1) : undefined
    try {
      const answer = await exchange(request.url, {
        dispatcher: own ?? this.#shared,
        method: request.method as 'GET',
        headers: (request.headers ?? {}) as Record<string, string | string[]>,
        ...(request.body === undefined ? {} : { body: request.body }),
        ...(request.signal === undefined ? {} : { signal: request.signal }),
        headersTimeout: request.headersTimeoutMs ?? defaultTimeoutMs,
        bodyTimeout: request.bodyTimeoutMs ?? defaultTimeoutMs,
      })
      return {
        status: answer.statusCode,
        headers: answer.headers as HttpHeaders,
        body: bodyOf(answer.body, request, own),
      }
    } catch (error) {
      void own?.destroy().catch(() => {})
      throw netFault(error, request)
    }
  }

  opened(): number {
    return this.#opened
  }

  async close(): Promise<void> {
    await this.#shared.destroy()
  }

  #agent(connections: number): Dispatcher {
    const { tls, connectTimeoutMs, allowAddress, proxy } = this.#options
    const socket = {
      timeout: connectTimeoutMs ?? 10_000,
      allowH2: false,
      keepAlive: true,
      keepAliveInitialDelay: 15_000, // notices a dead peer of a quiet watch
    }
    const trust = {
      ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
      ...(tls?.cert === undefined ? {} : { cert: tls.cert }),
      ...(tls?.key === undefined ? {} : { key: tls.key }),
      ...(tls?.serverName === undefined ? {} : { servername: tls.serverName }),
      ...(tls?.insecure === true ? { rejectUnauthorized: false } : {}),
    }
    const kept = {
      connections,
      pipelining: 1,
      keepAliveTimeout: 60_000,
      keepAliveMaxTimeout: 300_000,
    }
    if (proxy !== undefined) {
      this.#opened++ // the proxy's own; those behind it are not seen from here
      return new ProxyAgent({
        ...kept,
        uri: proxy,
        proxyTunnel: true,
        proxyTls: socket,
        requestTls: { ...socket, ...trust },
      })
    }
    const connector = buildConnector({
      ...socket,
      ...(allowAddress === undefined ? {} : { lookup: guardedLookup(allowAddress) }),
      ...trust,
    })
    return new Agent({
      ...kept,
      connect: (options, callback) => {
        // A literal address is not looked up, so it is asked about here.
        const host = options.hostname.replace(/^\[|\]$/g, '')
        if (allowAddress !== undefined && isIP(host) !== 0 && !allowAddress(host)) {
          callback(refusedAddress(host), null)
          return
        }
        this.#opened++
        connector(options, callback)
      },
    })
  }
}

function guardedLookup(allowAddress: (address: string) => boolean): LookupFunction {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, '')
      const refused = found.find(({ address }) => !allowAddress(address))
      const first = found[0]
      if (refused !== undefined) return callback(refusedAddress(host), '')
      if (first === undefined) return callback(refusedAddress(host), '')
      // Node asks for all of them when it means to try them in turn.
      if (options.all === true) callback(null, found)
      else callback(null, first.address, first.family)
    })
  }
}

function refusedAddress(host: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${host} is not an allowed address`), { code: 'EREFUSEDADDRESS' })
}

type Body = AsyncIterable<Uint8Array> & {
  destroy(): unknown
  on(event: 'error', listener: () => void): unknown
}

// An iterator written out: a generator that was never started runs no `finally`, so cancelling a body
// before its first chunk would keep the connection.
function bodyOf(
  body: Body,
  request: HttpRequest,
  own: Dispatcher | undefined,
): AsyncIterable<Uint8Array> {
  body.on('error', () => {}) // reported through the iterator; unheard it would end the process
  const release = (): void => {
    body.destroy()
    void own?.destroy().catch(() => {})
  }
  return {
    [Symbol.asyncIterator]: () => {
      const chunks = body[Symbol.asyncIterator]()
      return {
        next: async () => {
          try {
            const step = await chunks.next()
            if (step.done === true) release()
            return step
          } catch (error) {
            release()
            throw netFault(error, request)
          }
        },
        return: () => {
          release()
          return Promise.resolve({ done: true, value: undefined })
        },
      }
    },
  }
}

function netFault(error: unknown, request: HttpRequest): unknown {
  if (request.signal?.aborted === true) return request.signal.reason
  const host = hostOf(request.url)
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError) {
    return new Fault('Timeout', `${host} did not answer in time`, { cause: error })
  }
  if (error instanceof errors.ConnectTimeoutError) {
    return new Fault('Unavailable', `${host} could not be reached in time`, { cause: error })
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
  return new Fault('Unavailable', `${host}: ${what[code] ?? 'connection failed'}`, { cause: error })
}

const cuts: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

function isCut(error: unknown): boolean {
  const cause = error instanceof Fault ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && cuts.has(cause.code)
}

// Never the whole URL: its user part or query may hold a credential.
function hostOf(url: string): string {
  try {
    return new URL(url).host
  } catch {
    return 'the given address'
  }
}

function listen(handler: Handler, options: ListenOptions = {}): Promise<Listener> {
  const host = options.host ?? '127.0.0.1'
  const stopping = new AbortController()
  const serve: RequestListener = (request, response) => {
    void answer(handler, request, response, stopping.signal)
  }
  const tls = options.tls
  const server =
    tls === undefined
      ? createServer(serve)
      : createTlsServer(
          {
            cert: tls.cert,
            key: tls.key,
            ...(tls.clientCa === undefined
              ? {}
              : { ca: tls.clientCa, requestCert: true, rejectUnauthorized: false }),
          },
          serve,
        )
  server.requestTimeout = 0 // a watch stays open
  server.keepAliveTimeout = 90_000
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new Fault(
          'Unavailable',
          error.code === 'EADDRINUSE'
            ? `port ${options.port} on ${host} is taken`
            : `cannot listen on ${host}:${options.port ?? 0}`,
          { cause: error, hint: 'choose another port' },
        ),
      ),
    )
    server.listen(options.port ?? 0, host, () => {
      const { port } = server.address() as AddressInfo
      const shown = host.includes(':') ? `[${host}]` : host
      resolve({
        host,
        port,
        url: `${tls === undefined ? 'http' : 'https'}://${shown}:${port}`,
        close: (graceMs = 0) =>
          new Promise((done) => {
            server.close(() => done())
            const end = (): void => {
              stopping.abort()
              server.closeAllConnections()
            }
            server.closeIdleConnections()
            if (graceMs === 0) end()
            else setTimeout(end, graceMs).unref()
          }),
      })
    })
  })
}

async function answer(
  handler: Handler,
  request: IncomingMessage,
  response: NodeResponse,
  stopping: AbortSignal,
): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort(hungUp))
  response.on('error', () => gone.abort(hungUp))
  try {
    const certificate = certificateOf(request)
    const reply = await handler({
      method: request.method ?? 'GET',
      target: request.url ?? '/',
      headers: request.headers as HttpHeaders,
      // Whoever stops reading in the middle has an answer to give: the connection must outlive that.
      body: request.iterator({ destroyOnReturn: false }),
      remoteAddress: request.socket.remoteAddress ?? '',
      ...(certificate === undefined ? {} : { certificate }),
      signal: AbortSignal.any([gone.signal, stopping]),
    })
    response.writeHead(reply.status, { ...reply.headers } as Record<string, string | string[]>)
    if (!request.complete) passOver(request)
    if (reply.body === undefined) response.end()
    else if (typeof reply.body === 'string' || reply.body instanceof Uint8Array) {
      response.end(reply.body)
    } else {
      response.flushHeaders()
      for await (const chunk of reply.body) {
        if (gone.signal.aborted) break
        const isFull = !response.write(chunk) && response.writableLength > mostWaitingBytes
        if (isFull) await drained(response, gone.signal)
      }
      response.end()
    }
  } catch {
    // The handler's own failures are its to answer; what arrives here is a cut or a bug.
    if (!response.headersSent) response.writeHead(500)
    response.destroy()
  }
}

// One for all: to make one takes as long as a small answer, and its stack says nothing.
const hungUp = new DOMException('This operation was aborted', 'AbortError')

// What may wait for a reader. Node asks to pause at 64 KiB, which takes a turn of the loop each time: a
// watch that is told of fifty objects in one turn would fall behind by more and more of them.
const mostWaitingBytes = 1_048_576

const mostUnreadBytes = 16_777_216

// The rest of a body that nobody wants is read and dropped, so that the connection can be used again;
// one without end is cut.
function passOver(request: IncomingMessage): void {
  let left = mostUnreadBytes
  request.on('data', (chunk: Uint8Array) => {
    left -= chunk.length
    if (left < 0) request.socket.destroy()
  })
}

function drained(response: NodeResponse, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done)
      gone.removeEventListener('abort', done)
      resolve()
    }
    response.on('drain', done)
    gone.addEventListener('abort', done)
  })
}

type Certificate = NonNullable<ServerRequest['certificate']>

// A connection keeps its certificate, and Node reads it anew whenever it is asked.
const certificates = new WeakMap<object, Certificate>()

function certificateOf(request: IncomingMessage): Certificate | undefined {
  const socket = request.socket as Partial<TLSSocket>
  const held = certificates.get(socket)
  if (held !== undefined) return held
  const read = readCertificate(socket)
  if (read !== undefined) certificates.set(socket, read)
  return read
}

function readCertificate(socket: Partial<TLSSocket>): Certificate | undefined {
  if (socket.authorized !== true || socket.getPeerCertificate === undefined) return undefined
  const given = socket.getPeerCertificate()
  const subject = given.subject as { CN?: string; O?: string | string[] } | undefined
  if (subject?.CN === undefined) return undefined
  const { O: organizations = [] } = subject
  return {
    commonName: subject.CN,
    organizations: Array.isArray(organizations) ? organizations : [organizations],
    sha256: given.fingerprint256.replaceAll(':', '').toLowerCase(),
  }
}
