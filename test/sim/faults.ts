/**
 * What goes wrong in a simulation: every exchange of the operator may be refused, delayed, answered
 * wrongly, lost after it was done, or be the last thing that a process did.
 */
import {
  concatBytes,
  Fault,
  utf8,
  type Env,
  type HttpRequest,
  type HttpResponse,
  type Net,
  type Pool,
  type Random,
} from '#base'
import { simProcess, type SimProcess } from '#base/env'

/** Every kind of fault, and how often it strikes among the exchanges it can strike, at its worst. */
const worst = {
  'api: connection refused': 0.1,
  'api: reply lost after commit': 0.15,
  'api: slow': 0.3,
  'api: 403': 0.05,
  'api: 409': 0.2,
  'api: 429': 0.1,
  'api: 429 with Retry-After': 0.1,
  'api: 500': 0.1,
  'api: 503 as HTML': 0.1,
  'api: body cut short': 0.1,
  'api: list of a replica that lags': 0.5,
  'watch: refused': 0.3,
  'watch: 410 as status': 0.3,
  'watch: 410 in the stream': 0.05,
  'watch: cut': 0.05,
  'watch: cut inside an event': 0.05,
  'watch: silent stall': 0.02,
  'watch: event delayed': 0.3,
  'watch: event repeated': 0.3,
  'crash: before a write is sent': 0.01,
  'crash: write done, reply lost': 0.02,
  'crash: after a reply': 0.01,
  'vault: connection refused': 0.2,
  'vault: slow': 0.3,
  'vault: 403': 0.1,
  'vault: 429': 0.2,
  'vault: 500': 0.2,
  'vault: sealed': 0.2,
  'vault: HTML': 0.2,
  'vault: empty body': 0.2,
  'vault: empty list': 0.5,
  'vault: cut JSON': 0.2,
  'git: unavailable': 0.5,
  'git: refused': 0.3,
  'git: slow': 0.5,
} as const

export type FaultKind = keyof typeof worst

export const faultKinds: readonly FaultKind[] = Object.keys(worst) as FaultKind[]

/** Which faults are on, drawn from a seed, and how often each has struck. */
export class Faults {
  readonly #rates = new Map<FaultKind, number>()
  readonly #random: Random
  readonly counts: Map<FaultKind, number> = new Map()
  /** Set once nothing is to go wrong any more. */
  calm = false
  /** Everything of a place fails while it is set. */
  readonly outages: Set<'vault' | 'git'> = new Set()
  /** Told of each fault that strikes. */
  onFault: (kind: FaultKind, what: string) => void = () => {}

  constructor(random: Random) {
    this.#random = random
    for (const kind of faultKinds) {
      if (random.next() < 0.5) continue // swarm: a fault that is always on hides what others would show
      this.#rates.set(kind, worst[kind] * random.next())
    }
  }

  /** Whether this fault strikes now. */
  strikes(kind: FaultKind, what: string): boolean {
    const rate = this.#rates.get(kind)
    if (this.calm || rate === undefined || this.#random.next() >= rate) return false
    this.#note(kind, what)
    return true
  }

  /** The first of `kinds` that strikes; in an outage of `place`, one of them always does. */
  first<K extends FaultKind>(
    kinds: readonly K[],
    what: string,
    place?: 'vault' | 'git',
  ): K | undefined {
    if (!this.calm && place !== undefined && this.outages.has(place)) {
      const kind = this.pick(kinds)
      this.#note(kind, what)
      return kind
    }
    return kinds.find((kind) => this.strikes(kind, what))
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random.next() * from.length)] as T
  }

  /** A whole number of 1 … most. */
  upTo(most: number): number {
    return 1 + Math.floor(this.#random.next() * most)
  }

  #note(kind: FaultKind, what: string): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1)
    this.onFault(kind, what)
  }
}

/** One process of the operator. */
export interface Life extends SimProcess {
  readonly name: string
}

export interface LifeOptions {
  readonly name: string
  readonly env: Env
  readonly faults: Faults
  /** Port of the API server; everything else is Vault. */
  readonly apiPort: number
  /** Answers to lists, as a lagging replica would still give them; shared by all lives. */
  readonly oldLists: Map<string, HttpResponse & { readonly bytes: Uint8Array }>
  /** Told of each request for the API server at the moment the process sends it. */
  readonly onRequest: (request: HttpRequest) => void
  readonly onCrash: () => void
  /** A planted bug: the last word on what Vault answered. */
  readonly misread?: (answer: HttpResponse, request: HttpRequest) => HttpResponse
}

/** Starts a process: the world as it sees it, with its faults. */
export function startLife(options: LifeOptions): Life {
  const kill = (): void => process.kill()
  const process = simProcess({ ...options.env, net: faultyNet(options, kill) })
  return { ...process, name: options.name }
}

/** What lies between a process and everybody else: it goes on while the process stands still. */
function faultyNet(options: LifeOptions, kill: () => void): Net {
  const { net } = options.env
  return {
    listen: (handler, at) => net.listen(handler, at),
    lookup: (host) => net.lookup(host),
    pool: (poolOptions): Pool => {
      const inner = net.pool(poolOptions)
      return {
        opened: () => inner.opened(),
        close: () => inner.close(),
        request: (request) => {
          const headers = { ...request.headers, 'x-life': options.name }
          const named = { ...request, headers }
          if (new URL(request.url).port !== String(options.apiPort)) {
            return vaultExchange(inner, named, options)
          }
          options.onRequest(named)
          return apiExchange(inner, named, options, kill)
        },
      }
    },
  }
}

/** How an exchange is named in the trace: without the query's long tail. */
export function nameOf(request: HttpRequest): string {
  const url = new URL(request.url)
  const watch = url.searchParams.get('watch') === 'true'
  return `${watch ? 'WATCH' : request.method} ${url.pathname}`
}

async function apiExchange(
  pool: Pool,
  request: HttpRequest,
  options: LifeOptions,
  kill: () => void,
): Promise<HttpResponse> {
  const { faults, env } = options
  const what = nameOf(request)
  if (what.startsWith('WATCH')) return await watchExchange(pool, request, options)
  const isWrite = request.method !== 'GET'
  const crash = (): Promise<never> => {
    kill()
    options.onCrash()
    return new Promise(() => {})
  }
  if (isWrite && faults.strikes('crash: before a write is sent', what)) return await crash()
  if (faults.strikes('api: slow', what)) await env.clock.sleep(faults.upTo(8_000), request.signal)
  const put = faultyAnswer(request, what, faults)
  if (put !== undefined) return put
  const isList = request.method === 'GET' && request.url.includes('limit=')
  const old = options.oldLists.get(`${request.url} ${String(request.headers?.['accept'])}`)
  if (isList && old !== undefined && faults.strikes('api: list of a replica that lags', what)) {
    return { ...old, body: once(old.bytes) }
  }
  const answer = await pool.request(request)
  const bytes = await wholeOf(answer.body)
  await env.clock.sleep(faults.calm ? 1 : faults.upTo(20), request.signal)
  if (isWrite && faults.strikes('crash: write done, reply lost', what)) return await crash()
  if (faults.strikes('api: reply lost after commit', what)) {
    throw new Fault('Unavailable', 'connection cut')
  }
  if (isWrite && faults.strikes('crash: after a reply', what))
    env.clock.timer(0, () => void crash())
  if (isList && faults.upTo(3) === 1) {
    const key = `${request.url} ${String(request.headers?.['accept'])}`
    options.oldLists.set(key, { ...answer, bytes })
  }
  if (!isWrite && faults.strikes('api: body cut short', what)) {
    return { ...answer, body: cutAfter(bytes, Math.floor(bytes.length / 2)) }
  }
  return { ...answer, body: once(bytes) }
}

function faultyAnswer(
  request: HttpRequest,
  what: string,
  faults: Faults,
): HttpResponse | undefined {
  const isUpdate = request.method === 'PUT' || request.method === 'PATCH'
  const kind = faults.first(
    [
      'api: connection refused',
      'api: 403',
      'api: 429',
      'api: 429 with Retry-After',
      'api: 500',
      'api: 503 as HTML',
      ...(isUpdate ? (['api: 409'] as const) : []),
    ],
    what,
  )
  switch (kind) {
    case undefined:
      return undefined
    case 'api: connection refused':
      throw new Fault('Unavailable', 'connection refused')
    case 'api: 403':
      return status(403, 'Forbidden')
    case 'api: 409':
      return status(409, 'Conflict')
    case 'api: 429':
      return status(429, 'TooManyRequests')
    case 'api: 429 with Retry-After':
      return status(429, 'TooManyRequests', { 'retry-after': '2' })
    case 'api: 500':
      return status(500, 'InternalError')
    case 'api: 503 as HTML':
      return html(503)
  }
}

async function watchExchange(
  pool: Pool,
  request: HttpRequest,
  options: LifeOptions,
): Promise<HttpResponse> {
  const { faults } = options
  const what = nameOf(request)
  if (faults.strikes('watch: refused', what)) throw new Fault('Unavailable', 'connection refused')
  if (faults.strikes('watch: 410 as status', what)) return status(410, 'Expired')
  const answer = await pool.request(request)
  return { ...answer, body: faultyWatch(answer.body, what, options, request.signal) }
}

async function* faultyWatch(
  body: AsyncIterable<Uint8Array>,
  what: string,
  { faults, env }: LifeOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const line of linesOf(body)) {
    if (faults.strikes('watch: silent stall', what)) await hang(signal)
    if (faults.strikes('watch: cut', what)) throw new Fault('Unavailable', 'connection cut')
    if (faults.strikes('watch: 410 in the stream', what)) {
      yield utf8(`${JSON.stringify({ type: 'ERROR', object: statusBody(410, 'Expired') })}\n`)
      return
    }
    if (faults.strikes('watch: event delayed', what)) {
      await env.clock.sleep(faults.upTo(10_000), signal)
    }
    if (faults.strikes('watch: cut inside an event', what)) {
      yield line.subarray(0, line.length >> 1)
      throw new Fault('Unavailable', 'connection cut')
    }
    yield line
    if (faults.strikes('watch: event repeated', what)) yield line
  }
}

async function vaultExchange(
  pool: Pool,
  request: HttpRequest,
  options: LifeOptions,
): Promise<HttpResponse> {
  const answer = await vaultAnswer(pool, request, options)
  return options.misread === undefined ? answer : options.misread(answer, request)
}

async function vaultAnswer(
  pool: Pool,
  request: HttpRequest,
  { faults, env, misread }: LifeOptions,
): Promise<HttpResponse> {
  const what = nameOf(request)
  const isList = request.method === 'LIST' || request.url.includes('list=true')
  if (faults.strikes('vault: slow', what)) {
    await env.clock.sleep(faults.upTo(40_000), request.signal)
  }
  if (isList && faults.strikes('vault: empty list', what)) return json(200, { data: { keys: [] } })
  const kind = faults.first(
    [
      'vault: connection refused',
      'vault: 403',
      'vault: 429',
      'vault: 500',
      'vault: sealed',
      'vault: HTML',
      'vault: empty body',
      'vault: cut JSON',
    ],
    what,
    'vault',
  )
  switch (kind) {
    case undefined:
      break
    case 'vault: connection refused':
      if (misread !== undefined) return html(502)
      throw new Fault('Unavailable', 'connection refused')
    case 'vault: 403':
      return json(403, { errors: ['permission denied'] })
    case 'vault: 429':
      return json(429, { errors: ['request limit reached'] })
    case 'vault: 500':
      return json(500, { errors: ['internal error'] })
    case 'vault: sealed':
      return json(503, { errors: ['Vault is sealed'] })
    case 'vault: HTML':
      return html(200)
    case 'vault: empty body':
      return json(200, undefined)
    case 'vault: cut JSON': {
      const answer = await pool.request(request)
      const bytes = await wholeOf(answer.body)
      return { ...answer, body: once(bytes.subarray(0, bytes.length >> 1)) }
    }
  }
  const answer = await pool.request(request)
  const bytes = await wholeOf(answer.body)
  await env.clock.sleep(faults.calm ? 1 : faults.upTo(50), request.signal)
  return { ...answer, body: once(bytes) }
}

/** What befalls an exchange with Git. */
export async function gitExchange(
  { faults, env }: { readonly faults: Faults; readonly env: Env },
  what: string,
  signal: AbortSignal,
): Promise<void> {
  if (faults.strikes('git: slow', what)) await env.clock.sleep(faults.upTo(30_000), signal)
  await env.clock.sleep(5, signal)
  const kind = faults.first(['git: unavailable', 'git: refused'], what, 'git')
  if (kind === 'git: unavailable') throw new Fault('Unavailable', 'the Git server is not there')
  if (kind === 'git: refused') throw new Fault('AccessDenied', 'the Git server refused us')
}

function statusBody(code: number, reason: string): object {
  const message = `simulated ${reason}`
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code,
  }
}

function status(
  code: number,
  reason: string,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return json(code, statusBody(code, reason), headers)
}

function json(
  code: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  const text = body === undefined ? '' : JSON.stringify(body)
  return {
    status: code,
    headers: { 'content-type': 'application/json', ...headers },
    body: once(utf8(text)),
  }
}

function html(code: number): HttpResponse {
  const page = '<html><body><h1>Bad gateway</h1></body></html>'
  return { status: code, headers: { 'content-type': 'text/html' }, body: once(utf8(page)) }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes
}

async function* cutAfter(bytes: Uint8Array, count: number): AsyncGenerator<Uint8Array> {
  yield bytes.subarray(0, count)
  throw new Fault('Unavailable', 'connection cut')
}

async function wholeOf(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of body) parts.push(part)
  return concatBytes(parts)
}

async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array = new Uint8Array()
  for await (const part of body) {
    held = held.length === 0 ? part : concatBytes([held, part])
    for (let end = held.indexOf(10); end >= 0; end = held.indexOf(10)) {
      yield held.subarray(0, end + 1)
      held = held.subarray(end + 1)
    }
  }
  if (held.length > 0) yield held
}

function hang(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted === true) return reject(signal.reason as Error)
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}
