/**
 * The load on an API server: so many writers at once, each making, changing and removing Secrets of
 * 1 KiB, one after the other, while one watch takes every event. The same for every server.
 */
import { bareClient, type BareClient, type Identity } from '../bare.ts'

const namespace = 'bench-load'
const collection = `/api/v1/namespaces/${namespace}/secrets`

/** What came of one round. */
export interface Load {
  readonly writesPerSecond: number
  /** All of them, those before and after the time that counts included. */
  readonly writes: number
  /** From the sending of each write to its event at the watch, in milliseconds. */
  readonly latenciesMs: readonly number[]
}

/** What is done for how long. */
export interface LoadOptions {
  readonly inFlight: number
  readonly warmUpMs: number
  readonly ms: number
}

/** Secret number `i`, with 1 KiB of data. */
export function secretOf(name: string, note: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'bench' },
      annotations: { 'example.com/note': note },
    },
    type: 'Opaque',
    data: { blob: kibibyte },
  }
}

const kibibyte = Buffer.alloc(1024, 65).toString('base64')

/** A client of one server, as wide as the load. */
export function loadClient(url: string, identity: Identity, width: number): BareClient {
  return bareClient(url, identity, { width, http2: false })
}

/** Makes the namespace that the load is in. */
export async function prepareLoad(client: BareClient): Promise<void> {
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
  await client.call('POST', '/api/v1/namespaces', object)
}

/** Makes the Secrets of these numbers, `inFlight` at a time. */
export async function fill(
  client: BareClient,
  from: number,
  to: number,
  inFlight: number,
): Promise<void> {
  let next = from
  const writer = async (): Promise<void> => {
    while (next < to) {
      await client.call('POST', collection, secretOf(`filler-${next++}`, 'made'))
    }
  }
  await Promise.all(Array.from({ length: inFlight }, writer))
}

/**
 * One round of load.
 *
 * @throws Error when a write fails, or when the watch does not see each of them.
 */
export async function load(client: BareClient, options: LoadOptions): Promise<Load> {
  const round = new Round(options)
  const { metadata } = (await client.call('GET', `${collection}?limit=1`)) as {
    metadata: { resourceVersion: string }
  }
  const watching = client.watch(
    `${collection}?watch=1&resourceVersion=${metadata.resourceVersion}`,
    ({ type, object }) => round.saw(`${type} ${object.metadata.name}`),
  )
  await round.write(client)
  await Promise.race([watching, missed()])
  return round.result()
}

async function missed(): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, 30_000).unref())
  throw new Error('the watch did not see every write')
}

class Round {
  readonly #options: LoadOptions
  readonly #from = performance.now()
  readonly #sentAt = new Map<string, number>()
  readonly #latenciesMs: number[] = []
  #writes = 0
  #all = 0
  #isOver = false

  constructor(options: LoadOptions) {
    this.#options = options
  }

  async write(client: BareClient): Promise<void> {
    const { inFlight, warmUpMs, ms } = this.#options
    const until = this.#from + warmUpMs + ms
    const tag = Math.floor(this.#from).toString(36)
    const writer = async (_: unknown, number: number): Promise<void> => {
      for (let i = 0; performance.now() < until; i++) {
        const name = `load-${tag}-${number}-${i}`
        const path = `${collection}/${name}`
        await this.#send('ADDED', name, () =>
          client.call('POST', collection, secretOf(name, 'made')),
        )
        await this.#send('MODIFIED', name, () =>
          client.call('PUT', path, secretOf(name, 'changed')),
        )
        await this.#send('DELETED', name, () => client.call('DELETE', path))
      }
    }
    await Promise.all(Array.from({ length: inFlight }, writer))
    this.#isOver = true
    // The watch ends by the event of the last write of all, which may be there already.
    await this.#send('ADDED', `load-${tag}-end`, () =>
      client.call('POST', collection, secretOf(`load-${tag}-end`, 'made')),
    )
  }

  async #send(type: string, name: string, act: () => Promise<unknown>): Promise<void> {
    const sentAt = performance.now()
    this.#sentAt.set(`${type} ${name}`, sentAt)
    await act()
    this.#all++
    if (this.#counts(performance.now())) this.#writes++
  }

  /** An event has come. @returns whether it is the last that is waited for. */
  saw(what: string): boolean {
    const now = performance.now()
    const sentAt = this.#sentAt.get(what)
    if (sentAt === undefined) return false
    this.#sentAt.delete(what)
    if (this.#counts(now)) this.#latenciesMs.push(now - sentAt)
    return this.#isOver && this.#sentAt.size === 0
  }

  #counts(now: number): boolean {
    const at = now - this.#from - this.#options.warmUpMs
    return at >= 0 && at < this.#options.ms
  }

  result(): Load {
    return {
      writesPerSecond: (this.#writes * 1000) / this.#options.ms,
      writes: this.#all,
      latenciesMs: this.#latenciesMs,
    }
  }
}
