import { utf8 } from '../bytes.ts'
import { Fault } from '../fault.ts'
import type {
  Clock,
  Handler,
  HttpHeaders,
  HttpRequest,
  HttpResponse,
  ListenOptions,
  Listener,
  Net,
  Pool,
  PoolOptions,
  ServerResponse,
} from './env.ts'

/** What befalls one exchange. */
export type NetFault =
  | { readonly kind: 'refuse' }
  /** The server acts, its answer is lost: the caller cannot know what happened. */
  | { readonly kind: 'loseReply' }
  /** The answer arrives `ms` late. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The body breaks off after so many bytes. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** An answer is put in the server's place. */
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly body: string
      readonly headers?: HttpHeaders
    }

/** Decides what befalls an exchange; undefined: nothing. */
export type FaultPlan = (request: HttpRequest) => NetFault | undefined

interface Host {
  readonly handler: Handler
  readonly stopping: AbortController
}

/** A network inside the process: listeners are handlers, exchanges are calls. */
export class SimNet implements Net {
  readonly #clock: Clock
  readonly #hosts = new Map<string, Host>()
  #port = 20_000
  /** Set by a test or a simulation. */
  plan: FaultPlan = () => undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  pool(options: PoolOptions = {}): Pool {
    let opened = 0
    return {
      request: (request) => {
        opened = Math.min(opened + 1, options.maxConnections ?? 32)
        return this.#exchange(request, options)
      },
      opened: () => opened,
      close: async () => {},
    }
  }

  lookup(host: string): Promise<readonly string[]> {
    return Promise.resolve([host === 'localhost' ? '127.0.0.1' : host])
  }

  listen(handler: Handler, options: ListenOptions = {}): Promise<Listener> {
    const host = options.host ?? '127.0.0.1'
    const port = options.port === undefined || options.port === 0 ? this.#port++ : options.port
    const at = `${host}:${port}`
    if (this.#hosts.has(at)) {
      return Promise.reject(new Fault('Unavailable', `port ${port} on ${host} is taken`))
    }
    const stopping = new AbortController()
    this.#hosts.set(at, { handler, stopping })
    return Promise.resolve({
      host,
      port,
      url: `${options.tls === undefined ? 'http' : 'https'}://${at}`,
      close: () => {
        this.#hosts.delete(at)
        stopping.abort(new Fault('Unavailable', `${at}: connection cut`))
        return Promise.resolve()
      },
    })
  }

  async #exchange(request: HttpRequest, options: PoolOptions): Promise<HttpResponse> {
    request.signal?.throwIfAborted()
    const url = new URL(request.url)
    const at = `${url.hostname}:${url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port}`
    if (options.allowAddress?.(url.hostname) === false) {
      throw new Fault('Forbidden', `${at} is an address that this configuration may not reach`)
    }
    const fault = this.plan(request)
    if (fault?.kind === 'delay') await this.#clock.sleep(fault.ms, request.signal)
    if (fault?.kind === 'answer') {
      return {
        status: fault.status,
        headers: fault.headers ?? { 'content-type': 'text/plain' },
        body: once(utf8(fault.body)),
      }
    }
    const host = this.#hosts.get(at)
    if (host === undefined || fault?.kind === 'refuse') {
      throw new Fault('Unavailable', `${at}: connection refused`)
    }
    const hangUp = new AbortController()
    const signals = [hangUp.signal, host.stopping.signal]
    if (request.signal !== undefined) signals.push(request.signal)
    const signal = AbortSignal.any(signals)
    const headers: Record<string, string | readonly string[]> = { host: at }
    for (const [name, value] of Object.entries(request.headers ?? {}))
      headers[name.toLowerCase()] = value
    const reply = await raced(
      host.handler({
        method: request.method,
        target: `${url.pathname}${url.search}`,
        headers,
        body: once(typeof request.body === 'string' ? utf8(request.body) : request.body),
        remoteAddress: '127.0.0.1',
        signal,
      }),
      signal,
      this.#clock,
      request,
    )
    if (fault?.kind === 'loseReply') throw new Fault('Unavailable', `${at}: connection cut`)
    const cutAfter = fault?.kind === 'cut' ? fault.afterBytes : undefined
    return {
      status: reply.status,
      headers: lowerCased(reply.headers ?? {}),
      body: streamed(reply, signal, hangUp, cutAfter, at),
    }
  }
}

async function raced(
  reply: Promise<ServerResponse>,
  signal: AbortSignal,
  clock: Clock,
  request: HttpRequest,
): Promise<ServerResponse> {
  reply.catch(() => {}) // may lose the race and fail unseen
  const timeoutMs = request.headersTimeoutMs ?? 30_000
  return await new Promise<ServerResponse>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error)
    if (signal.aborted) return onAbort()
    const timer = clock.timer(timeoutMs, () =>
      reject(new Fault('Timeout', `${new URL(request.url).host} did not answer in time`)),
    )
    signal.addEventListener('abort', onAbort, { once: true })
    reply.then(resolve, reject).finally(() => {
      timer.cancel()
      signal.removeEventListener('abort', onAbort)
    })
  })
}

async function* once(bytes: Uint8Array | undefined): AsyncGenerator<Uint8Array> {
  if (bytes !== undefined && bytes.length > 0) yield bytes
}

async function* streamed(
  reply: ServerResponse,
  signal: AbortSignal,
  hangUp: AbortController,
  cutAfter: number | undefined,
  at: string,
): AsyncGenerator<Uint8Array> {
  const { body } = reply
  const source =
    body === undefined || typeof body === 'string' || body instanceof Uint8Array
      ? once(typeof body === 'string' ? utf8(body) : body)
      : body
  const iterator = source[Symbol.asyncIterator]()
  let left = cutAfter ?? Number.POSITIVE_INFINITY
  try {
    for (;;) {
      const step = await abortable(iterator.next(), signal)
      if (step.done === true) return
      if (step.value.length > left) {
        if (left > 0) yield step.value.subarray(0, left)
        throw new Fault('Unavailable', `${at}: connection cut`)
      }
      left -= step.value.length
      yield step.value
    }
  } finally {
    hangUp.abort(new Fault('Cancelled', 'the peer hung up'))
    iterator.return?.(undefined)?.catch(() => {})
  }
}

function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => {})
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error)
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

function lowerCased(headers: HttpHeaders): HttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
}
