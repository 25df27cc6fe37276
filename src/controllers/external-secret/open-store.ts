/** From a store reference to a store that may be read from. */
import {
  clusterSecretStores,
  namespaces,
  secretStores,
  type ExternalSecret,
  type ObjectKey,
} from '#api'
import { Fault } from '#base'
import { goString } from '#go'
import type { Client } from '#kube'
import { storeView, type StoreView } from '#provider'
import type { Cache } from '#runtime'
import { regexpOf } from './regexp.ts'
import { readyOf } from './ready.ts'
import { assertAdmitted, assertReady, storeText, type Store, type StoreKey } from './stores.ts'

/** The caches of stores. */
export interface StoreCaches {
  readonly namespaced: Cache<Store>
  /** Absent: cluster stores are not used. */
  readonly cluster: Cache<Store> | undefined
}

/** The store as the cache has it. */
export function cachedStore(caches: StoreCaches, key: StoreKey): Store | undefined {
  const cache = key.kind === 'SecretStore' ? caches.namespaced : caches.cluster
  return cache?.get(objectKey(key))
}

function objectKey({ namespace, name }: StoreKey): ObjectKey {
  return namespace === undefined ? { name } : { namespace, name }
}

/**
 * The store, there, admitting this namespace, and Ready.
 *
 * @throws Fault InvalidRef, Forbidden, StoreNotReady, in the peer's words; Unsupported, InvalidSpec.
 */
export async function openStore(
  key: StoreKey,
  es: ExternalSecret,
  { caches, client, live, nowMs }: OpenDeps,
  signal: AbortSignal,
): Promise<StoreView> {
  const cached = cachedStore(caches, key)
  // A cache that is behind must not fail anybody: what looks missing or not Ready is asked for again.
  const isReady = cached !== undefined && readyOf(cached)?.status === 'True'
  const store = isReady ? cached : await live.get(key, nowMs, signal)
  const namespace = es.metadata.namespace ?? ''
  await assertAdmitted(store, {
    namespace,
    object: () => client.get(namespaces, { name: namespace }, { signal }),
    matches: (source, text) =>
      regexpOf(source, 'could not compile namespaceRegexes').matches(goString(text)),
  })
  assertReady(store, nowMs)
  return storeView(store)
}

/** What {@link openStore} needs. */
export interface OpenDeps {
  readonly caches: StoreCaches
  readonly client: Client
  readonly live: LiveStores
  readonly nowMs: number
}

/** How long an answer about a store is good for whoever else waits for it. */
const sharedMs = 250

/** Stores read past the cache; thousands that wait for one store ask for it once. */
export class LiveStores {
  readonly #client: Client
  readonly #asked = new Map<string, { readonly atMs: number; readonly store: Promise<Store> }>()

  constructor(client: Client) {
    this.#client = client
  }

  /** @throws Fault InvalidRef, in the peer's words, when there is none. */
  async get(key: StoreKey, nowMs: number, signal: AbortSignal): Promise<Store> {
    const id = storeText(key)
    const known = this.#asked.get(id)
    if (known !== undefined && nowMs - known.atMs < sharedMs) return await known.store
    // One caller's end must not end the others'; the client bounds the call.
    const store = this.#read(key)
    this.#asked.set(id, { atMs: nowMs, store })
    store.catch(() => {}).finally(() => this.#forget(id, store))
    signal.throwIfAborted()
    return await store
  }

  #forget(id: string, store: Promise<Store>): void {
    const known = this.#asked.get(id)
    if (known?.store === store && this.#asked.size > 1_000) this.#asked.delete(id)
  }

  async #read(key: StoreKey): Promise<Store> {
    const client = this.#client
    const store: Store | null =
      key.kind === 'SecretStore'
        ? await client.get(secretStores, objectKey(key))
        : await client.get(clusterSecretStores, objectKey(key))
    if (store !== null) return store
    const { kind, name } = key
    throw new Fault(
      'InvalidRef',
      `could not get ${kind} "${name}", ${kind}.external-secrets.io "${name}" not found`,
      { hint: `Create the ${kind}, or correct the reference.`, retry: { kind: 'backoff' } },
    )
  }
}
