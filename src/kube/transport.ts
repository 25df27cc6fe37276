import {
  concatBytes,
  Fault,
  limits,
  parseTime,
  type Env,
  type HttpHeaders,
  type HttpResponse,
  type Pool,
  type TlsOptions,
} from '#base'
import { Gate } from './gate.ts'
import type { ServerAccess } from './server-access.ts'

/** One exchange with the API server. */
export interface Call {
  readonly method: string
  /** Path with query. */
  readonly target: string
  readonly headers?: HttpHeaders
  readonly body?: Uint8Array | string
  readonly signal?: AbortSignal
  /** Most bytes of the answer. */
  readonly mostBytes?: number
  /** Bound on the whole exchange in milliseconds; default {@link limits.kubeTimeoutMs}. */
  readonly timeoutMs?: number
  /** Large by nature (a list): how long it takes says nothing about how busy the server is. */
  readonly bulk?: boolean
  /** Does not stand in line and does not wait out a Retry-After: a lease must not be lost to a crowd. */
  readonly urgent?: boolean
  /** Asked when nothing but the sending is left; what it throws is thrown in place of sending. */
  readonly maySend?: () => void
}

/** An answer with its whole body. */
export interface Answer {
  readonly status: number
  readonly headers: HttpHeaders
  readonly body: Uint8Array
}

/** What is counted of each call; see `createMetrics` in #runtime. */
export interface CallSeen {
  readonly method: string
  /** 0: no answer. */
  readonly status: number
  readonly tookMs: number
}

export interface TransportOptions {
  readonly env: Env
  readonly server: ServerAccess
  readonly onCall?: (seen: CallSeen) => void
}

/** A pause that the server asked for is waited out up to here, and told to the caller beyond it. */
const longestWaitMs = 5_000
const longestPauseMs = 300_000
/** Failures of a shorter time have left nobody with patience for longer than they lasted. */
const outageMs = 5_000
// Roomy beyond an object's limit: managedFields and escapes count in an answer, not in etcd.
const answerBytes = 4 * limits.objectBytes

interface Held {
  readonly pool: Pool
  readonly tls: TlsOptions | undefined
}

/**
 * The connections of one identity: kept, bounded, opened anew when what they trust has changed.
 * Shared by a client and those it impersonates.
 */
export class Connections {
  readonly gate: Gate
  readonly #env: Env
  readonly #server: ServerAccess
  readonly #onCall: ((seen: CallSeen) => void) | undefined
  #pool: Held | undefined
  #openedBefore = 0
  readonly #onRecovered: (() => void)[] = []
  /** Since when nothing but failures was heard. */
  #downSinceMs: number | undefined

  constructor(options: TransportOptions) {
    this.#env = options.env
    this.#server = options.server
    this.#onCall = options.onCall
    this.gate = new Gate({ clock: options.env.clock })
  }

  get env(): Env {
    return this.#env
  }

  /** How many connections were opened in all. */
  opened(): number {
    return this.#openedBefore + (this.#pool?.pool.opened() ?? 0)
  }

  /** Tells of the first answer after an outage: five seconds or more in which every call failed. */
  onRecovered(listener: () => void): void {
    this.#onRecovered.push(listener)
  }

  /** Sends one request, on a kept connection or one of its own; a 401 is tried once more when token or certificate have changed meanwhile. */
  async send(
    call: Call,
    signal: AbortSignal,
    on: 'kept' | 'own' | 'watch',
    seen?: (tookMs: number, status: number) => void,
  ): Promise<HttpResponse> {
    const first = await unlessAborted(this.#server.authorization?.(), signal)
    const pool = await this.#current(signal)
    const answer = await this.#once(call, signal, on, { pool, authorization: first }, seen)
    if (answer.status !== 401) return answer
    // Who sent no token was known by its certificate, if at all.
    const next =
      first === undefined
        ? undefined
        : await unlessAborted(this.#server.authorization?.(first), signal)
    const renewed = await this.#current(signal, first === undefined ? pool : undefined)
    if (next === first && sameTls(pool.tls, renewed.tls)) return answer
    if (next === undefined && first !== undefined) return answer
    await discard(answer)
    return await this.#once(call, signal, on, { pool: renewed, authorization: next }, seen)
  }

  async #once(
    call: Call,
    signal: AbortSignal,
    on: 'kept' | 'own' | 'watch',
    { pool: { pool }, authorization }: { pool: Held; authorization: string | undefined },
    seen: ((tookMs: number, status: number) => void) | undefined,
  ): Promise<HttpResponse> {
    call.maySend?.()
    const watch = on === 'watch'
    const started = this.#env.clock.monotonic()
    let status = 0
    try {
      const answer = await pool.request({
        method: call.method,
        url: this.#server.url.replace(/\/+$/, '') + call.target,
        headers: {
          'user-agent': 'lockstep',
          ...call.headers,
          ...(authorization === undefined ? {} : { authorization }),
        },
        ...(call.body === undefined ? {} : { body: call.body }),
        signal,
        headersTimeoutMs: call.timeoutMs ?? limits.kubeTimeoutMs,
        bodyTimeoutMs: watch ? 0 : (call.timeoutMs ?? limits.kubeTimeoutMs),
        dedicated: on !== 'kept',
      })
      status = answer.status
      this.#heard(status)
      return answer
    } catch (thrown) {
      // A caller who hangs up says nothing about the server, one whose patience is at its end does.
      if (!signal.aborted || isTimeout(signal.reason)) this.#missed()
      throw thrown
    } finally {
      const tookMs = this.#env.clock.monotonic() - started
      seen?.(tookMs, status)
      this.#onCall?.({ method: watch ? 'WATCH' : call.method, status, tookMs })
    }
  }

  // A server that starts, or a proxy with nothing behind it, answers with 5xx. So does a healthy one whose
  // admission webhook is down, for some objects beside others: that is no outage, and its end none either.
  #heard(status: number): void {
    if (status >= 500) return this.#missed()
    const sinceMs = this.#downSinceMs
    this.#downSinceMs = undefined
    if (sinceMs === undefined || this.#env.clock.monotonic() - sinceMs < outageMs) return
    for (const listener of this.#onRecovered) listener()
  }

  #missed(): void {
    this.#downSinceMs ??= this.#env.clock.monotonic()
  }

  /** @param refused Those over which the server has just answered 401: their certificate is asked for anew. */
  async #current(signal: AbortSignal, refused?: Held): Promise<Held> {
    const { tls: given, proxy } = this.#server
    const tls =
      typeof given === 'function' ? await unlessAborted(given(refused?.tls), signal) : given
    const held = this.#pool
    if (held !== undefined && sameTls(held.tls, tls)) return held
    const pool = this.#env.net.pool({
      maxConnections: 32,
      ...(tls === undefined ? {} : { tls }),
      ...(proxy === undefined ? {} : { proxy }),
    })
    const opened = { pool, tls }
    this.#pool = opened
    if (held !== undefined) this.#retire(held.pool)
    return opened
  }

  // Calls under way on the old connections get their time to end.
  #retire(pool: Pool): void {
    this.#openedBefore += pool.opened()
    this.#env.clock.timer(2 * limits.kubeTimeoutMs, () => void pool.close().catch(() => {}))
  }

  async close(): Promise<void> {
    const held = this.#pool
    this.#pool = undefined
    if (held === undefined) return
    this.#openedBefore += held.pool.opened()
    await held.pool.close()
  }
}

/** Calls as one identity: its headers, its own pause after a 429, and what it asks before it writes. */
export class Transport {
  readonly connections: Connections
  readonly #headers: HttpHeaders
  readonly #mayWrite: (() => void) | undefined
  #pausedUntilMs = 0

  constructor(connections: Connections, headers: HttpHeaders = {}, mayWrite?: () => void) {
    this.connections = connections
    this.#headers = headers
    this.#mayWrite = mayWrite
  }

  /** The same connections under other identity headers. */
  under(headers: HttpHeaders): Transport {
    return new Transport(this.connections, headers, this.#mayWrite)
  }

  /** The same connections and identity; `mayWrite` is asked before every call that is no read. */
  behind(mayWrite: () => void): Transport {
    return new Transport(this.connections, this.#headers, mayWrite)
  }

  /** One exchange with its whole answer, in its turn and within its time. */
  async exchange(call: Call): Promise<Answer> {
    const { env, gate } = this.connections
    const timeoutMs = call.timeoutMs ?? limits.kubeTimeoutMs
    return await bounded(env, call.signal, timeoutMs, async (signal) => {
      const leave = await this.#enter(call.urgent === true, signal)
      let result: { tookMs: number; busy: boolean } | undefined
      try {
        const response = await this.connections.send(
          this.#named(call),
          signal,
          gate.crowded ? 'own' : 'kept', // else an urgent call would wait for a free connection
          (tookMs, status) => {
            const busy = status === 429
            if (busy || (status !== 0 && call.bulk !== true)) result = { tookMs, busy }
          },
        )
        if (response.status === 429) this.#noteBusy(response)
        const body = await wholeBody(response, call.mostBytes ?? answerBytes)
        return { status: response.status, headers: response.headers, body }
      } finally {
        leave(result)
      }
    })
  }

  /** A stream on a connection of its own; `signal` cuts it at any time. */
  async stream(call: Call, signal: AbortSignal): Promise<HttpResponse> {
    await this.#pause(signal)
    const response = await this.connections.send(this.#named(call), signal, 'watch')
    if (response.status === 429) this.#noteBusy(response)
    return response
  }

  // Whoever stood in line while another was told to wait, waits as well.
  async #enter(urgent: boolean, signal: AbortSignal): ReturnType<Gate['enter']> {
    const { env, gate } = this.connections
    for (;;) {
      if (!urgent) await this.#pause(signal)
      const leave = await gate.enter(urgent, signal)
      if (urgent || this.#pausedUntilMs <= env.clock.monotonic()) return leave
      leave()
    }
  }

  #named(call: Call): Call {
    const headers = { ...call.headers, ...this.#headers }
    const isFenced = this.#mayWrite !== undefined && call.method !== 'GET'
    return { ...call, headers, ...(isFenced ? { maySend: this.#mayWrite } : {}) }
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.connections.env
    const leftMs = this.#pausedUntilMs - clock.monotonic()
    if (leftMs > longestWaitMs) {
      throw new Fault('RateLimited', 'the API server asked to be left alone for a while', {
        retry: { kind: 'after', ms: leftMs },
      })
    }
    if (leftMs > 0) await clock.sleep(leftMs * (1 + random.next() / 4), signal)
  }

  #noteBusy(response: HttpResponse): void {
    const { clock } = this.connections.env
    const seconds = retryAfterSeconds(response.headers)
    if (seconds === undefined) return
    const untilMs = clock.monotonic() + Math.min(seconds * 1000, longestPauseMs)
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, untilMs)
  }
}

/**
 * Whole seconds of a Retry-After header. Its date form, which a proxy may send, is counted from the
 * answer's own `Date`, so that no two clocks are compared.
 */
export function retryAfterSeconds(headers: HttpHeaders): number | undefined {
  const value = headerText(headers, 'retry-after')
  if (/^\d{1,9}$/.test(value)) return Number(value)
  const untilMs = httpDateMs(value)
  const nowMs = httpDateMs(headerText(headers, 'date'))
  if (untilMs === undefined || nowMs === undefined) return undefined
  return Math.max(0, Math.ceil((untilMs - nowMs) / 1000))
}

function headerText(headers: HttpHeaders, name: string): string {
  const value = headers[name]
  return typeof value === 'string' ? value.trim() : ''
}

// RFC 9110's preferred form: `Sun, 06 Nov 1994 08:49:37 GMT`.
function httpDateMs(text: string): number | undefined {
  return /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)
    ? parseTime(text)
    : undefined
}

/** Reads a body to its end. @throws Fault TooLarge, after which the connection is dropped. */
export async function wholeBody(response: HttpResponse, mostBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body) {
    size += part.length
    if (size > mostBytes) {
      throw new Fault('TooLarge', `the API server's answer is larger than ${mostBytes} bytes`)
    }
    parts.push(part)
  }
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : concatBytes(parts)
}

async function discard(response: HttpResponse): Promise<void> {
  await response.body[Symbol.asyncIterator]().return?.(undefined)
}

/** Runs `work` under a signal that also fires after `timeoutMs`, with a Fault Timeout. */
export async function bounded<T>(
  env: Env,
  outer: AbortSignal | undefined,
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  outer?.throwIfAborted()
  const own = new AbortController()
  const onAbort = (): void => own.abort(outer?.reason)
  outer?.addEventListener('abort', onAbort, { once: true })
  const timer = env.clock.timer(timeoutMs, () =>
    own.abort(new Fault('Timeout', `no answer within ${Math.round(timeoutMs / 1000)} s`)),
  )
  try {
    return await work(own.signal)
  } finally {
    timer.cancel()
    outer?.removeEventListener('abort', onAbort)
  }
}

// A file or a program that gives no answer must not hold a call beyond its time.
async function unlessAborted<T>(
  work: Promise<T> | undefined,
  signal: AbortSignal,
): Promise<T | undefined> {
  if (work === undefined) return undefined
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const onAbort = (): void => aborted.reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof Fault && reason.reason === 'Timeout'
}

function sameTls(a: TlsOptions | undefined, b: TlsOptions | undefined): boolean {
  return (
    a === b ||
    (a?.ca === b?.ca &&
      a?.cert === b?.cert &&
      a?.key === b?.key &&
      a?.serverName === b?.serverName &&
      (a?.insecure === true) === (b?.insecure === true))
  )
}
