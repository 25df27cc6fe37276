import {
  clusterSecretStores,
  isDeleting,
  keyOf,
  keyText,
  secretStores,
  type ClusterSecretStore,
  type Resource,
  type SecretStore,
} from '#api'
import { equalJson, type Env } from '#base'
import type { Client } from '#kube'
import type { ReadPlanner } from '#provider'
import {
  createController,
  createInformer,
  createStatusWriter,
  withoutManagedFields,
  type Cache,
  type Change,
  type EventRecorder,
  type RunningController,
  type Metrics,
} from '#runtime'
import type { Store } from './decide.ts'
import { reconcile, type Deps } from './reconciler.ts'

/** What {@link secretStoreControllers} takes. */
export interface SecretStoreParts {
  readonly env: Env
  readonly client: Client
  readonly planner: ReadPlanner
  readonly events: EventRecorder
  readonly metrics?: Metrics
  readonly options?: SecretStoreOptions
}

export interface SecretStoreOptions {
  /** Stores of another class are left alone. Default `default`. */
  readonly controllerClass?: string
  /** Absent: all namespaces. Of namespaced stores only. */
  readonly namespace?: string
  /** Whether ClusterSecretStores are looked after; default true. */
  readonly clusterStores?: boolean
}

/** A controller of stores, which can be told to look at one of them. */
export interface StoreController extends RunningController {
  /** Validates the store soon, when it is one of its kind: something that it refers to has changed. */
  revalidate(store: Store): void
}

/** One controller for SecretStores, and unless told otherwise one for ClusterSecretStores. */
export function secretStoreControllers(parts: SecretStoreParts): readonly StoreController[] {
  const namespaced = storeController<SecretStore>(parts, 'secretstore', secretStores)
  if (parts.options?.clusterStores === false) return [namespaced]
  return [
    namespaced,
    storeController<ClusterSecretStore>(parts, 'clustersecretstore', clusterSecretStores),
  ]
}

function storeController<S extends Store>(
  parts: SecretStoreParts,
  name: string,
  resource: Resource<S>,
): StoreController {
  const { env, client, planner, events, metrics, options = {} } = parts
  const where =
    resource.namespaced && options.namespace !== undefined ? { namespace: options.namespace } : {}
  const informer = createInformer<S, S>({
    env,
    client,
    ...where,
    resource,
    keep: (store) => ({ ...store, metadata: withoutManagedFields(store.metadata) }),
  })
  if (metrics !== undefined) registerCondition(metrics, name, informer.cache)
  const deps: Deps<S> = {
    env,
    cache: informer.cache,
    planner,
    status: createStatusWriter({ env, client, resource }),
    events,
    controllerClass: options.controllerClass ?? 'default',
    told: new Map(),
  }
  const controller = createController({
    env,
    client,
    name,
    reconcile: (key, signal) => reconcile(key, deps, signal),
    ...(metrics === undefined ? {} : { metrics }),
  })
  informer.onChange((change) => {
    if (change.kind === 'deleted') {
      const uid = change.object.metadata.uid ?? ''
      deps.told.delete(uid)
      planner.forget(uid)
    }
    if (isNews(change)) controller.enqueue(keyText(keyOf(change.object)), laneOf(change))
  })
  return {
    name,
    ready: () => informer.hasSynced(),
    revalidate: (store) => {
      const held = store.kind === resource.kind ? informer.cache.get(keyOf(store)) : undefined
      // A store that works learns of a new credential at its next read.
      if (held !== undefined && !isReady(held)) controller.enqueue(keyText(keyOf(held)), 'changed')
    },
    run: async (signal) => {
      const watching = informer.run(signal)
      await informer.synced(signal).then(
        () => controller.run(signal),
        () => {},
      )
      await watching
    },
  }
}

/** The metric that dashboards made for External Secrets read. */
function registerCondition(
  metrics: Pick<Metrics, 'collected'>,
  name: string,
  cache: Cache<Store>,
): void {
  metrics.collected(
    {
      name: `${name}_status_condition`,
      help: 'The condition of each store: 1 for the status it has, 0 for the other.',
      labels: ['name', 'namespace', 'condition', 'status'],
    },
    (set) => {
      for (const { metadata, status: state } of cache.list()) {
        const ready = state?.conditions?.find(({ type }) => type === 'Ready')
        if (ready === undefined) continue
        const { name: store, namespace = '' } = metadata
        for (const status of ['True', 'False']) {
          const labels = { name: store, namespace, condition: 'Ready', status }
          set(ready.status === status ? 1 : 0, labels)
        }
      }
    },
  )
}

function isReady({ status }: Store): boolean {
  return status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') === true
}

function laneOf(change: Change<Store>): 'new' | 'changed' | 'periodic' {
  if (change.kind !== 'added') return 'changed'
  return change.object.status?.conditions === undefined ? 'new' : 'periodic'
}

/** Status alone wakes nobody: it is ours. */
function isNews(change: Change<Store>): boolean {
  if (change.kind !== 'updated') return true
  const { metadata: before } = change.previous
  const { metadata: now } = change.object
  return (
    before.uid !== now.uid ||
    before.generation !== now.generation ||
    isDeleting(change.previous) !== isDeleting(change.object) ||
    !equalJson(before.annotations ?? {}, now.annotations ?? {})
  )
}
