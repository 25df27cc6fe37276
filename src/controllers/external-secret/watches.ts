/** Which event wakes which ExternalSecret. */
import { isDeleting, keyOf, keyText, type ExternalSecret, type KubeObject } from '#api'
import { equalJson } from '#base'
import type { Cache, Change, Controller, Informer, SecretMetadata } from '#runtime'
import { generatorTexts } from './generators.ts'
import { createdByLabel, targetKeyOf } from './names.ts'
import { readyOf } from './ready.ts'
import { referencesOf, storesOf, storeText, type Store } from './stores.ts'

/** Indexes of the ExternalSecrets' cache. */
export const indexes: Readonly<Record<string, (es: ExternalSecret) => readonly string[]>> = {
  target: (es) => [keyText(targetKeyOf(es))],
  store: (es) => storesOf(es).map(storeText),
  generator: generatorTexts,
}

/** Indexes of the Secrets' metadata. */
export const targetIndexes: Readonly<Record<string, (s: SecretMetadata) => readonly string[]>> = {
  createdBy: ({ metadata }) => {
    const label = metadata.labels?.[createdByLabel]
    return label === undefined ? [] : [`${metadata.namespace ?? ''}/${label}`]
  },
}

/** Indexes of the stores' caches. */
export const storeIndexes: Readonly<Record<string, (store: Store) => readonly string[]>> = {
  references: referencesOf,
}

/** The informers whose events wake this controller. */
export interface Watched {
  readonly externalSecrets: Informer<ExternalSecret>
  readonly targets: Informer<SecretMetadata>
  readonly stores: readonly Informer<Store>[]
}

type Wake = Pick<Controller, 'enqueue'>

/**
 * Connects events with keys. Call before the informers run.
 *
 * @param onCredential Told of a store when something that it refers to has changed; then those who
 *   wait for the store are woken.
 */
export function wire(
  watched: Watched,
  controller: Wake,
  onCredential: (store: Store) => void,
): void {
  const { cache } = watched.externalSecrets
  watched.externalSecrets.onChange((change) => wakeSelf(change, cache, controller))
  watched.targets.onChange((change) => {
    wakeByTarget(change.object, cache, controller)
    // Nobody can log in with what is gone; and the first list tells of what was there all along.
    if (change.kind === 'deleted' || !watched.targets.hasSynced()) return
    for (const store of usersOf(change.object, watched.stores)) {
      onCredential(store)
      wakeWaiting(store, cache, controller)
    }
  })
  for (const stores of watched.stores) {
    stores.onChange((change) => wakeByStore(change, cache, controller))
  }
}

function wakeSelf(
  change: Change<ExternalSecret>,
  cache: Cache<ExternalSecret>,
  controller: Wake,
): void {
  const { object } = change
  const key = keyText(keyOf(object))
  switch (change.kind) {
    case 'added':
      controller.enqueue(
        key,
        object.status?.syncedResourceVersion === undefined ? 'new' : 'periodic',
      )
      return
    case 'updated':
      if (isNews(change.previous, object)) controller.enqueue(key, 'changed')
      return
    case 'deleted':
      controller.enqueue(key, 'changed')
      // Whoever stood back for it may take the target over now.
      wakeByTarget({ metadata: { ...targetKeyOf(object) } }, cache, controller)
  }
}

/** Status alone wakes nobody: it is ours, or a person's mistake that the next refresh mends. */
function isNews(before: ExternalSecret, now: ExternalSecret): boolean {
  return (
    before.metadata.uid !== now.metadata.uid ||
    before.metadata.generation !== now.metadata.generation ||
    isDeleting(before) !== isDeleting(now) ||
    !equalJson(before.metadata.labels ?? {}, now.metadata.labels ?? {}) ||
    !equalJson(before.metadata.annotations ?? {}, now.metadata.annotations ?? {})
  )
}

function wakeByTarget(
  { metadata }: Pick<KubeObject, 'metadata'>,
  cache: Cache<ExternalSecret>,
  controller: Wake,
): void {
  for (const es of cache.by('target', keyText(keyOf({ metadata } as KubeObject)))) {
    controller.enqueue(keyText(keyOf(es)), 'changed')
  }
}

/**
 * A store that can be used now, or differently, is of interest to those who wait for it; the others
 * keep their time.
 */
function wakeByStore(change: Change<Store>, cache: Cache<ExternalSecret>, controller: Wake): void {
  const { object } = change
  const isSameToUs =
    change.kind === 'updated' &&
    change.previous.metadata.uid === object.metadata.uid &&
    change.previous.metadata.generation === object.metadata.generation &&
    readyOf(change.previous)?.status === readyOf(object)?.status
  if (isSameToUs || change.kind === 'deleted' || readyOf(object)?.status !== 'True') return
  wakeWaiting(object, cache, controller)
}

/** Whoever waits for a generator; the others keep their time, and what they have. */
export function wakeByGenerator(
  generator: string,
  cache: Cache<ExternalSecret>,
  controller: Wake,
): void {
  for (const es of cache.by('generator', generator)) {
    if (readyOf(es)?.status !== 'True') controller.enqueue(keyText(keyOf(es)), 'changed')
  }
}

/** The stores that refer to a Secret. */
function usersOf(
  { metadata: { namespace = '', name } }: Pick<KubeObject, 'metadata'>,
  stores: readonly Informer<Store>[],
): readonly Store[] {
  const texts = [`${namespace}/${name}`, `*/${name}`]
  return stores.flatMap(({ cache }) => texts.flatMap((text) => cache.by('references', text)))
}

/**
 * Whoever could not read from a store: its credential was renewed, say. Their own patience may have
 * grown to minutes by then.
 */
function wakeWaiting(store: Store, cache: Cache<ExternalSecret>, controller: Wake): void {
  const { namespace, name } = store.metadata
  const kind = store.kind === 'ClusterSecretStore' ? 'ClusterSecretStore' : 'SecretStore'
  const key = storeText({ kind, ...(namespace === undefined ? {} : { namespace }), name })
  for (const es of cache.by('store', key)) {
    if (readyOf(es)?.status !== 'True') controller.enqueue(keyText(keyOf(es)), 'changed')
  }
}
