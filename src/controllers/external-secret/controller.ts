import {
  clusterSecretStores,
  externalSecrets,
  isDeleting,
  keyText,
  secrets,
  secretStores,
  type ExternalSecret,
} from '#api'
import { parseTime, type Env } from '#base'
import { parseYaml } from '#go'
import type { Client } from '#kube'
import { generate, type ReadPlanner, type StoreView } from '#provider'
import {
  createController,
  createInformer,
  createMetadataInformer,
  createStatusWriter,
  keepSecretMetadata,
  withoutManagedFields,
  type Controller,
  type EventRecorder,
  type RunningController,
  type Informer,
  type Metrics,
  type SecretMetadata,
} from '#runtime'
import type { Deps } from './deps.ts'
import { gather } from './gather.ts'
import { generatorKinds, readGenerators } from './generators.ts'
import { GeneratorWatch } from './generator-watch.ts'
import { AbsenceGuard } from './guard.ts'
import { Memories } from './memory.ts'
import { registerMetrics } from './metrics.ts'
import { fieldManagerOf, targetKeyOf } from './names.ts'
import { cachedStore, LiveStores, openStore, type StoreCaches } from './open-store.ts'
import { overlayOf } from './overlay.ts'
import type { CreationPolicy, Policy } from './policy.ts'
import { reconcile } from './reconciler.ts'
import { renderer, transformKey } from './render.ts'
import { isOfClass, storesOf, storeText, type Store, type StoreKey } from './stores.ts'
import { indexes, storeIndexes, targetIndexes, wakeByGenerator, wire } from './watches.ts'

/** What {@link externalSecretController} takes. */
export interface ExternalSecretParts {
  readonly env: Env
  readonly client: Client
  readonly planner: ReadPlanner
  readonly events: EventRecorder
  readonly metrics?: Metrics
  readonly options?: ExternalSecretOptions
  /** Told of a store when a Secret that it refers to was made or changed. */
  readonly onCredential?: (store: Store) => void
}

export interface ExternalSecretOptions {
  /** Stores of another class, and whoever uses them, are left alone. Default `default`. */
  readonly controllerClass?: string
  /** Absent: all namespaces. */
  readonly namespace?: string
  /**
   * Whether ClusterSecretStores are used; default true. Without them no right beyond the namespace is
   * needed, and an ExternalSecret that refers to one is left alone, as the peer does.
   */
  readonly clusterStores?: boolean
  /** Default 32. */
  readonly workers?: number
}

/** Keeps the targets of ExternalSecrets. Has to run together with the controllers of their stores. */
export function externalSecretController(
  parts: ExternalSecretParts,
): RunningController & { readonly controller: Controller } {
  const { env, metrics, options = {} } = parts
  const informers = informersOf(parts)
  const deps = depsOf(parts, informers)
  if (metrics !== undefined) registerMetrics(metrics, deps.cache, deps.memories)
  const controller = createController({
    env,
    client: parts.client,
    name: 'externalsecret',
    reconcile: (key, signal) => reconcile(key, deps, signal),
    ...(metrics === undefined ? {} : { metrics }),
    ...(options.workers === undefined ? {} : { workers: options.workers }),
  })
  wire(
    {
      externalSecrets: informers.externalSecrets,
      targets: informers.targets,
      stores: storesIn(informers),
    },
    controller,
    (store) => {
      parts.planner.forget(store.metadata.uid ?? '')
      parts.onCredential?.(store)
    },
  )
  const generators = new GeneratorWatch({
    env,
    client: parts.client,
    ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
    clusterWide: options.clusterStores !== false,
    onChange: (generator) =>
      wakeByGenerator(generator, informers.externalSecrets.cache, controller),
  })
  informers.externalSecrets.onChange(({ kind, object }) => {
    if (kind !== 'deleted') generatorKinds(object).forEach((each) => generators.want(each))
  })
  const all = watchedOf(informers)
  return {
    name: controller.name,
    controller,
    ready: () => all.every((informer) => informer.hasSynced()),
    run: async (signal) => {
      const watching = Promise.all([...all, generators].map((each) => each.run(signal)))
      // Before the caches are full, what is not in them proves nothing.
      const full = Promise.all(all.map((informer) => informer.synced(signal)))
      await full.then(
        () => controller.run(signal),
        () => {},
      )
      await watching
    },
  }
}

interface Informers {
  readonly externalSecrets: Informer<ExternalSecret>
  readonly targets: Informer<SecretMetadata>
  readonly namespaced: Informer<Store>
  readonly cluster: Informer<Store> | undefined
}

function storesIn({ namespaced, cluster }: Informers): readonly Informer<Store>[] {
  return cluster === undefined ? [namespaced] : [namespaced, cluster]
}

function watchedOf(
  informers: Informers,
): readonly Pick<Informer<Store>, 'run' | 'synced' | 'hasSynced'>[] {
  return [informers.externalSecrets, informers.targets, ...storesIn(informers)]
}

function informersOf({ env, client, options = {} }: ExternalSecretParts): Informers {
  const where = options.namespace === undefined ? {} : { namespace: options.namespace }
  const prefix = fieldManagerOf('')
  return {
    externalSecrets: createInformer({
      env,
      client,
      ...where,
      resource: externalSecrets,
      keep: (es) => ({ ...es, metadata: withoutManagedFields(es.metadata) }),
      indexes,
    }),
    targets: createMetadataInformer({
      env,
      client,
      ...where,
      resource: secrets,
      // Metadata alone: no byte of anybody's Secret is held here, nor ever asked for.
      keep: keepSecretMetadata((manager) => manager.startsWith(prefix)),
      indexes: targetIndexes,
    }),
    namespaced: createInformer({
      env,
      client,
      ...where,
      resource: secretStores,
      keep: (store): Store => ({ ...store, metadata: withoutManagedFields(store.metadata) }),
      indexes: storeIndexes,
    }),
    cluster:
      options.clusterStores === false
        ? undefined
        : createInformer({
            env,
            client,
            resource: clusterSecretStores,
            keep: (store): Store => ({ ...store, metadata: withoutManagedFields(store.metadata) }),
            indexes: storeIndexes,
          }),
  }
}

function depsOf(parts: ExternalSecretParts, informers: Informers): Deps {
  const { env, client, planner, events, options = {} } = parts
  const controllerClass = options.controllerClass ?? 'default'
  const { cache } = informers.externalSecrets
  const caches: StoreCaches = {
    namespaced: informers.namespaced.cache,
    cluster: informers.cluster?.cache,
  }
  const live = new LiveStores(client)
  const openFor = (key: StoreKey, of: ExternalSecret, signal: AbortSignal): Promise<StoreView> =>
    openStore(key, of, { caches, client, live, nowMs: env.clock.now() }, signal)
  const overlayDeps = { client, render: renderer(env), parseYaml }
  return {
    env,
    client,
    cache,
    targets: informers.targets.cache,
    status: createStatusWriter({ env, client, resource: externalSecrets }),
    events,
    memories: new Memories(),
    isOurs: (es) =>
      storesOf(es).every((key) => {
        if (key.kind === 'ClusterSecretStore' && caches.cluster === undefined) return false
        const store = cachedStore(caches, key)
        return store === undefined || isOfClass(store, controllerClass)
      }),
    gather: (es, policy, generators, signal) =>
      gather(
        es,
        policy.deletion,
        {
          planner,
          openStore: openFor,
          transform: transformKey,
          generators,
          generate: (generator) => generate(generator, env, signal),
        },
        signal,
      ),
    generators: (es, signal) =>
      readGenerators(
        es,
        { client, controllerClass, clusterWide: options.clusterStores !== false },
        signal,
      ),
    guard: new AbsenceGuard({
      env,
      events,
      client,
      planner,
      openStore: openFor,
      targets: informers.targets.cache,
      users: (key) => cache.by('store', storeText(key)),
      cachedStore: (key) => cachedStore(caches, key),
    }),
    overlay: (es, values, signal) => overlayOf(es, values, overlayDeps, signal),
    senior: (es, policy) => seniorOf(es, policy, cache.by('target', keyText(targetKeyOf(es)))),
  }
}

/**
 * Who has a target that no owner reference decides about: of two that would each replace it without
 * owning it, the older; and before one that only merges, the one that will own it, even where it has
 * not made it yet.
 */
export function seniorOf(
  es: ExternalSecret,
  policy: Policy,
  others: readonly ExternalSecret[],
): ExternalSecret | undefined {
  const goesFirst = (other: ExternalSecret): boolean => {
    const theirs = creationOf(other)
    if (policy.creation === 'Merge') return theirs === 'Owner'
    return policy.creation === 'Orphan' && theirs === 'Orphan' && isOlder(other, es)
  }
  return others
    .filter((other) => other.metadata.uid !== es.metadata.uid && !isDeleting(other))
    .filter(goesFirst)
    .sort((a, b) => (isOlder(a, b) ? -1 : 1))[0]
}

function creationOf(es: ExternalSecret): CreationPolicy {
  return es.spec?.target?.creationPolicy ?? 'Owner'
}

function isOlder(a: ExternalSecret, b: ExternalSecret): boolean {
  const bornA = parseTime(a.metadata.creationTimestamp) ?? 0
  const bornB = parseTime(b.metadata.creationTimestamp) ?? 0
  return bornA === bornB ? a.metadata.name < b.metadata.name : bornA < bornB
}
