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
  const rate = (act: (world: World, i: number) => Promise<void>): Promise<number> =>
    onFreshServer((world) => perSecond(ms, (i) => act(world, i)))
  return {
    get: await rate((world, i) => world.get(i)),
    list: await rate((world) => world.list()),
    create: await rate((world) => world.create()),
    update: await rate((world, i) => world.update(i)),
    patch: await rate((world, i) => world.patch(i)),
    mix: await rate((world, i) => world.mixed(i)),
    json: await perSecond(ms, throughJson),
  }
}

// One for each, or the last would pay for collecting what the first have left in the log.
async function onFreshServer(measure: (world: World) => Promise<number>): Promise<number> {
  const api = createKubeApi({ env: realEnv() })
  const world = new World(api.handler)
  for (let i = 0; i < held; i++) await world.create()
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

async function perSecond(ms: number, act: (i: number) => Promise<void>): Promise<number> {
  let calls = 0
  const many = async (): Promise<void> => {
    for (let i = 0; i < 100; i++) await act(calls++)
  }
  await spend(ms / 2, many) // compiled by now
  const before = calls
  const spent = await spend(ms, many)
  return ((calls - before) * 1000) / spent
}

/** @returns milliseconds of CPU that it took. */
async function spend(ms: number, act: () => Promise<void>): Promise<number> {
  const from = cpuMs()
  while (cpuMs() - from < ms) await act()
  return cpuMs() - from
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

  async create(): Promise<void> {
    const name = `call-${this.#made++}`
    await this.#call('POST', path, secretOf(name, 'made'))
  }

  async get(i: number): Promise<void> {
    await this.#call('GET', `${path}/call-${i % held}`)
  }

  async list(): Promise<void> {
    await this.#call('GET', `${path}?limit=${held}`)
  }

  async update(i: number): Promise<void> {
    const name = `call-${i % held}`
    await this.#call('PUT', `${path}/${name}`, secretOf(name, `round ${i}`))
  }

  async patch(i: number): Promise<void> {
    const change = { metadata: { annotations: { 'example.com/note': `patch ${i}` } } }
    await this.#call('PATCH', `${path}/call-${i % held}`, change, 'application/merge-patch+json')
  }

  async remove(): Promise<void> {
    await this.#call('DELETE', `${path}/call-${this.#removed++}`)
  }

  // As operators are in a simulation: informers list once and watch from then on, what is looked at is
  // looked at again and again, and of the writes most change what is there.
  async mixed(i: number): Promise<void> {
    const turn = i % 100
    if (turn < 56) await this.get(i)
    else if (turn < 57) await this.list()
    else if (turn < 67) await this.create()
    else if (turn < 87) await this.update(i)
    else if (turn < 95) await this.patch(i)
    else await this.remove()
  }

  async #call(
    method: string,
    target: string,
    body?: object,
    type = 'application/json',
  ): Promise<void> {
    const answer = await this.#handler({
      method,
      target,
      headers: { 'content-type': type, accept: 'application/json', 'user-agent': 'bench' },
      body: once(body === undefined ? undefined : utf8(JSON.stringify(body))),
      remoteAddress: '127.0.0.1',
      signal: never,
    })
    if (answer.status < 400) return
    throw new Error(`${method} ${target}: ${await bodyText(answer.body)}`)
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
