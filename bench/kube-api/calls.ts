/**
 * Calls of the embedded API server from within its process, through the door that a simulated network
 * uses: how many a second, each verb for itself, and a mix as the simulation makes it.
 */
import { concatBytes, textOf, utf8, type Handler } from '#base'
import { realEnv } from '#base/env'
import { createKubeApi } from '#embedded/kube-api'
import { answerCalls } from '../ipc.ts'
import { secretOf } from './load.ts'

/** Calls per second of the process's CPU, by what is done. */
export interface CallRates {
  readonly get: number
  readonly list: number
  readonly create: number
  readonly update: number
  readonly patch: number
  readonly mix: number
  /** A Secret parsed and written again, by Node alone. */
  readonly json: number
}

/** What the other side may ask. */
export interface CallsOfServer {
  /** Measures each for `ms` milliseconds of CPU. @throws Error when the server refuses a call. */
  rates(ms: number): Promise<CallRates>
}

const path = '/api/v1/namespaces/default/secrets'
const held = 100

async function callRates(ms: number): Promise<CallRates> {
  const rate = (call: (world: World, i: number) => Prepared): Promise<number> =>
    onFreshServer((world) => perSecond(ms, (i) => call(world, i)))
  return {
    get: await rate((world, i) => world.get(i)),
    list: await rate((world) => world.list()),
    create: await rate((world) => world.create()),
    update: await rate((world, i) => world.update(i)),
    patch: await rate((world, i) => world.patch(i)),
    mix: await rate((world, i) => world.mixed(i)),
    json: await perSecond(ms, () => throughJson),
  }
}

/** A call whose request is written already: what a client does is its own. */
type Prepared = () => Promise<void>

// One for each, or the last would pay for collecting what the first have left in the log.
async function onFreshServer(measure: (world: World) => Promise<number>): Promise<number> {
  const api = createKubeApi({ env: realEnv() })
  const world = new World(api.handler)
  for (let i = 0; i < held; i++) await world.create()()
  const rate = await measure(world)
  api.close()
  globalThis.gc?.()
  return rate
}

// What nobody can do without: a body is read, an answer is written.
const body = JSON.stringify(secretOf('any', 'made'))
let written = 0
async function throughJson(): Promise<void> {
  written += JSON.stringify(JSON.parse(body)).length
}

async function perSecond(ms: number, prepare: (i: number) => Prepared): Promise<number> {
  let next = 0
  const many = (): readonly Prepared[] => Array.from({ length: 100 }, () => prepare(next++))
  await spend(ms / 2, many) // compiled by now
  const before = next
  const spent = await spend(ms, many)
  return ((next - before) * 1000) / spent
}

/** @returns milliseconds of CPU that the calls took, without their preparation. */
async function spend(ms: number, prepare: () => readonly Prepared[]): Promise<number> {
  let spent = 0
  while (spent < ms) {
    const calls = prepare()
    const from = cpuMs()
    for (const call of calls) await call()
    spent += cpuMs() - from
  }
  return spent
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

export class World {
  readonly #handler: Handler
  #made = 0
  #removed = held

  constructor(handler: Handler) {
    this.#handler = handler
  }

  create(): Prepared {
    const name = `call-${this.#made++}`
    return this.#call('POST', path, secretOf(name, 'made'))
  }

  get(i: number): Prepared {
    return this.#call('GET', `${path}/call-${i % held}`)
  }

  list(): Prepared {
    return this.#call('GET', `${path}?limit=${held}`)
  }

  update(i: number): Prepared {
    const name = `call-${i % held}`
    return this.#call('PUT', `${path}/${name}`, secretOf(name, `round ${i}`))
  }

  patch(i: number): Prepared {
    const change = { metadata: { annotations: { 'example.com/note': `patch ${i}` } } }
    return this.#call('PATCH', `${path}/call-${i % held}`, change, 'application/merge-patch+json')
  }

  remove(): Prepared {
    return this.#call('DELETE', `${path}/call-${this.#removed++}`)
  }

  // As operators are in a simulation: informers list once and watch from then on, what is looked at is
  // looked at again and again, and of the writes most change what is there.
  mixed(i: number): Prepared {
    const turn = i % 100
    if (turn < 56) return this.get(i)
    if (turn < 57) return this.list()
    if (turn < 67) return this.create()
    if (turn < 87) return this.update(i)
    return turn < 95 ? this.patch(i) : this.remove()
  }

  #call(method: string, target: string, body?: object, type = 'application/json'): Prepared {
    const request = {
      method,
      target,
      headers: { 'content-type': type, accept: 'application/json', 'user-agent': 'bench' },
      body: once(body === undefined ? undefined : utf8(JSON.stringify(body))),
      remoteAddress: '127.0.0.1',
      signal: never,
    }
    return async () => {
      const answer = await this.#handler(request)
      if (answer.status < 400) return
      throw new Error(`${method} ${target}: ${await bodyText(answer.body)}`)
    }
  }
}

const never = new AbortController().signal

async function* once(bytes: Uint8Array | undefined): AsyncGenerator<Uint8Array> {
  if (bytes !== undefined) yield bytes
}

async function bodyText(
  body: string | Uint8Array | AsyncIterable<Uint8Array> = '',
): Promise<string> {
  if (typeof body === 'string') return body
  if (body instanceof Uint8Array) return textOf(body)
  const parts: Uint8Array[] = []
  for await (const part of body) parts.push(part)
  return textOf(concatBytes(parts))
}

answerCalls({ rates: callRates } satisfies CallsOfServer, {})
