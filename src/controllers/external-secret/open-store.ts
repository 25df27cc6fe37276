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
import { readyOf } from './status.ts'
import { assertAdmitted, assertReady, type Store, type StoreKey } from './stores.ts'

/** The caches of stores. */
export interface StoreCaches {
  readonly namespaced: Cache<Store>
  readonly cluster: Cache<Store>
}

/** The store as the cache has it. */
export function cachedStore(caches: StoreCaches, key: StoreKey): Store | undefined {
  const cache = key.kind === 'SecretStore' ? caches.namespaced : caches.cluster
  return cache.get(objectKey(key))
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
  caches: StoreCaches,
  client: Client,
  nowMs: number,
  signal: AbortSignal,
): Promise<StoreView> {
  const store = await newestStore(key, caches, client, signal)
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

/** A cache that is behind must not fail anybody: what looks missing or not Ready is asked for again. */
async function newestStore(
  key: StoreKey,
  caches: StoreCaches,
  client: Client,
  signal: AbortSignal,
): Promise<Store> {
  const cached = cachedStore(caches, key)
  if (cached !== undefined && readyOf(cached)?.status === 'True') return cached
  const live: Store | null =
    key.kind === 'SecretStore'
      ? await client.get(secretStores, objectKey(key), { signal })
      : await client.get(clusterSecretStores, objectKey(key), { signal })
  if (live !== null) return live
  const { kind, name } = key
  throw new Fault(
    'InvalidRef',
    `could not get ${kind} "${name}", ${kind}.external-secrets.io "${name}" not found`,
    { hint: `Create the ${kind}, or correct the reference.`, retry: { kind: 'backoff' } },
  )
}
