import { Fault } from '#base'
import { parseApiVersion } from '#api'
import type { CallOptions, DiscoveredResource } from './client.ts'
import { discoverAll, type Discovered } from './discovery.ts'
import type { Transport } from './transport.ts'

/** What a server serves, asked once and remembered. */
export class ServedKinds {
  readonly #transport: Transport
  #discovered: Promise<Discovered> | undefined
  /** Counts questions, so that an answer is known to be newer than one. */
  #turn = 0
  #askedAtTurn = 0

  constructor(transport: Transport) {
    this.#transport = transport
  }

  async all(
    options: CallOptions & { readonly refresh?: boolean } = {},
  ): Promise<readonly DiscoveredResource[]> {
    return (await this.#kinds(options)).resources
  }

  /** The resource of a kind, asking anew once when it is unknown; null: not served. */
  async find(
    apiVersion: string,
    kind: string,
    options: CallOptions = {},
  ): Promise<DiscoveredResource | null> {
    const turn = ++this.#turn
    const cached = this.#discovered !== undefined
    const found = pick(await this.#kinds(options), apiVersion, kind)
    if (found !== undefined || !cached) return found ?? null
    // What another has asked since then will do: a set of a hundred unknown objects asks a few times.
    const refresh = this.#askedAtTurn <= turn
    return pick(await this.#kinds({ ...options, refresh }), apiVersion, kind) ?? null
  }

  #kinds(options: CallOptions & { readonly refresh?: boolean }): Promise<Discovered> {
    if (this.#discovered === undefined || options.refresh === true) {
      // Shared by all who ask, so no one's signal may end it; its calls have bounds of their own.
      this.#askedAtTurn = ++this.#turn
      const asked = discoverAll(this.#transport)
      this.#discovered = asked
      asked.catch(() => {
        if (this.#discovered === asked) this.#discovered = undefined
      })
    }
    return waitFor(this.#discovered, options.signal)
  }
}

function pick(
  discovered: Discovered,
  apiVersion: string,
  kind: string,
): DiscoveredResource | undefined {
  const { group, version } = parseApiVersion(apiVersion)
  const found = discovered.resources.find(
    (entry) => entry.kind === kind && entry.group === group && entry.version === version,
  )
  if (found === undefined && discovered.unknown.has(apiVersion)) {
    throw new Fault('Unavailable', `discover ${apiVersion}: its API server does not answer now`)
  }
  return found
}

async function waitFor<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work
  signal.throwIfAborted()
  return await new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
