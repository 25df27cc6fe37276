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
  Pool as Connections,
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
import { netFault } from './net-fault.ts'

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
  readonly #ofProxy = new WeakSet<object>() // failures to speak to the proxy itself
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
      // write was done then cannot be known; a read is asked for once more. Go's programs do so only where
      // the connection had answered before, which is not told here: a read does no harm (RFC 9110, 9.2.2).
      const isRead = request.method === 'GET' || request.method === 'HEAD'
      if (!isRead || request.dedicated === true || !isCut(error)) throw error
      return await this.#once(request)
    }
  }

  async #once(request: HttpRequest): Promise<HttpResponse> {
    request.signal?.throwIfAborted()
    const own = request.dedicated === true ? this.#agent(1) : undefined
    try {
      const sent = exchange(request.url, {
        dispatcher: own ?? this.#shared,
        method: request.method as 'GET',
        headers: (request.headers ?? {}) as Record<string, string | string[]>,
        ...(request.body === undefined ? {} : { body: request.body }),
        ...(request.signal === undefined ? {} : { signal: request.signal }),
        headersTimeout: request.headersTimeoutMs ?? defaultTimeoutMs,
        bodyTimeout: request.bodyTimeoutMs ?? defaultTimeoutMs,
      })
      const answer = await unlessAborted(sent, request.signal)
      return {
        status: answer.statusCode,
        headers: answer.headers as HttpHeaders,
        body: bodyOf(answer.body, own, (error) => this.#failure(error, request)),
      }
    } catch (error) {
      void own?.destroy().catch(() => {})
      throw this.#failure(error, request)
    }
  }

  #failure(error: unknown, { url, signal }: HttpRequest): unknown {
    if (signal?.aborted === true) return signal.reason
    const isOfProxy = error instanceof Error && this.#ofProxy.has(error)
    return netFault(error, { url, proxy: this.#options.proxy, isOfProxy })
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
        ...(/^socks/i.test(proxy) ? socksOptions(proxy, socket.timeout) : { proxyTls: socket }),
        uri: proxy,
        proxyTunnel: true,
        requestTls: { ...socket, ...trust },
        clientFactory: (origin, options) => this.#tunnels(origin, options, socket.timeout),
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

  // A proxy that takes a connection and answers no CONNECT would be waited for as long as for headers.
  #tunnels(origin: URL, options: object, timeoutMs: number): Dispatcher {
    const client = new Connections(origin, { ...options, headersTimeout: timeoutMs })
    const opener: TunnelOpener = client
    const open = opener.connect.bind(client)
    return Object.assign(client, {
      connect: async (asked: Dispatcher.ConnectOptions) => {
        try {
          return await open(asked)
        } catch (error) {
          if (error instanceof Error) this.#ofProxy.add(error)
          throw error
        }
      },
    })
  }
}

interface TunnelOpener {
  connect(options: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData>
}

// Given `proxyTls`, undici speaks TLS to a socks proxy; the user part it would send as it stands in the URL.
function socksOptions(proxy: string, connectTimeout: number): object {
  const { username, password } = new URL(proxy)
  return {
    connectTimeout,
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
  }
}

/**
 * What `sent` brings, or the signal's reason at once: undici looks at a signal only when it has a
 * connection to send on, which takes its time where a peer is silent or all connections are busy.
 */
function unlessAborted(
  sent: Promise<Dispatcher.ResponseData>,
  signal: AbortSignal | undefined,
): Promise<Dispatcher.ResponseData> {
  if (signal === undefined) return sent
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', abort, { once: true })
    sent
      .then((answer) => {
        if (signal.aborted) answer.body.on('error', () => {}).destroy() // too late: nobody reads it
        else resolve(answer)
      }, reject)
      .finally(() => signal.removeEventListener('abort', abort))
  })
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
  own: Dispatcher | undefined,
  failure: (error: unknown) => unknown,
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
            throw failure(error)
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

const cuts: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

function isCut(error: unknown): boolean {
  const cause = error instanceof Fault ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && cuts.has(cause.code)
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
