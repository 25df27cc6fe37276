import { Fault, faultOf, type Env } from '#base'
import type {
  Capabilities,
  ClusterReader,
  EntryOutcome,
  EntryRef,
  Find,
  ProviderKind,
  ProviderLoader,
  StoreContext,
  Validation,
} from './provider.ts'
import { Lane, type Call, type LaneDeps } from './lane.ts'
import { ownMap, ownOutcome } from './own-entry.ts'
import { assertBuilt, isReferent, type StoreView } from './store-view.ts'

export interface PlannerOptions {
  readonly env: Env
  /** By the key under `spec.provider`. */
  readonly loaders: Readonly<Record<string, ProviderLoader>>
  readonly clusterReader: (context: StoreContext) => ClusterReader
  /** Which addresses a store may dial; asked with the store, so that cluster stores may be freer. */
  readonly allowAddress?: (address: string, store: StoreContext) => boolean
  readonly metrics?: PlannerMetrics
  /** How long equal and batchable reads are gathered; default 2 ms. */
  readonly windowMs?: number
  /** Calls under way at once for one store; default 16. */
  readonly concurrency?: number
  /** How old a look at the credentials may be; default 1,000 ms, 0: before every call. */
  readonly credentialsMs?: number
  /** Identities without a reader for so long are closed; default 30 minutes. */
  readonly idleMs?: number
}

/** Told of what the planner does; never of a value. */
export interface PlannerMetrics {
  /** One call to a provider ended. */
  onCall?(call: Call & { readonly provider: string; readonly store: string }): void
  onLogin?(login: { readonly provider: string; readonly store: string }): void
}

/** What was done so far. */
export interface PlannerStats {
  /** Refs asked of providers. */
  readonly reads: number
  /** Calls to providers: a batch counts once. */
  readonly calls: number
  readonly finds: number
  /** Refs that joined a read somebody else had asked for. */
  readonly joined: number
  readonly logins: number
  /** Identities open now. */
  readonly open: number
}

/** Turns the refs of everything that is due into the fewest calls; see DESIGN §7. */
export interface ReadPlanner {
  /**
   * One outcome for each ref, in their order. What the whole read failed of (login, connection) is
   * each ref's own failure.
   *
   * @param consumerNamespace Namespace of the object the values are for.
   * @throws the signal's reason, nothing else.
   */
  read(
    store: StoreView,
    consumerNamespace: string,
    refs: readonly EntryRef[],
    signal: AbortSignal,
  ): Promise<readonly EntryOutcome[]>
  /** @throws Fault; a list that could not be read to its end is never a shorter list. */
  find(
    store: StoreView,
    consumerNamespace: string,
    find: Find,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Uint8Array>>
  /** @throws OpenFault when it cannot be opened, another Fault when it does not validate. */
  validate(store: StoreView, signal: AbortSignal): Promise<Validation>
  capabilities(store: StoreView): Promise<Capabilities>
  /** Ends all logins of a store: it or something it refers to has changed. */
  forget(storeUid: string): void
  stats(): PlannerStats
  /** Ends all logins. Reads meanwhile fail; later ones log in anew (a lease that was lost comes back). */
  close(): Promise<void>
}

/** The lanes of one store, and the calls they may have under way together. */
interface StoreLanes {
  readonly lanes: Map<string, Lane>
  /** No longer used for new reads; finishing what was asked of them. */
  readonly retired: Set<Lane>
  readonly gate: { running: number }
}

/** The one place where reads meet. Holds logins and connections, no values. */
export function createPlanner(options: PlannerOptions): ReadPlanner {
  const stores = new Map<string, StoreLanes>()
  const kinds = new Map<string, Promise<ProviderKind>>()
  const built = new Set(Object.keys(options.loaders))
  const counts = { reads: 0, calls: 0, finds: 0, joined: 0, logins: 0 }
  let closed = false

  function kindOf(store: StoreView): Promise<ProviderKind> {
    const name = store.providerName
    const known = kinds.get(name)
    if (known !== undefined) return known
    const loader = Object.hasOwn(options.loaders, name) ? options.loaders[name] : undefined
    if (loader === undefined) assertBuilt(name, built)
    const loading = (loader as ProviderLoader)()
    kinds.set(name, loading)
    loading.catch(() => kinds.delete(name))
    return loading
  }

  function laneOf(store: StoreView, consumerNamespace: string | undefined): Lane {
    if (closed) throw new Fault('Cancelled', 'the planner is closed')
    const lanes = stores.get(store.uid) ?? newStoreLanes()
    stores.set(store.uid, lanes)
    const namespace = isReferent(store) ? (consumerNamespace ?? '') : ''
    const id = `${store.generation}/${namespace}`
    const known = lanes.lanes.get(id)
    if (known !== undefined) return known
    retireOld(store)
    const lane = new Lane(laneDeps(store, namespace, lanes))
    lanes.lanes.set(id, lane)
    return lane
  }

  function laneDeps(store: StoreView, namespace: string, lanes: StoreLanes): LaneDeps {
    const consumer = store.kind === 'SecretStore' ? store.namespace : namespace || undefined
    const context: StoreContext = {
      kind: store.kind,
      name: store.name,
      ...(store.namespace === undefined ? {} : { namespace: store.namespace }),
      ...(consumer === undefined ? {} : { consumerNamespace: consumer }),
    }
    const { allowAddress, metrics, env } = options
    const label = { provider: store.providerName, store: nameOf(store) }
    return {
      env,
      store,
      mayUseConsumer: store.kind === 'SecretStore' || namespace !== '',
      kind: () => kindOf(store),
      reader: options.clusterReader(context),
      providerDeps: {
        env,
        log: env.log.child(label),
        store: context,
        ...(allowAddress === undefined
          ? {}
          : { allowAddress: (address: string) => allowAddress(address, context) }),
        onLogin: () => {
          counts.logins++
          metrics?.onLogin?.(label)
        },
      },
      windowMs: options.windowMs ?? 2,
      concurrency: options.concurrency ?? 16,
      credentialsMs: options.credentialsMs ?? 1_000,
      gate: lanes.gate,
      counts,
      onCall: (call) => metrics?.onCall?.({ ...label, ...call }),
      onFree: () => {
        for (const lane of [...lanes.lanes.values(), ...lanes.retired]) lane.pump()
      },
    }
  }

  /** Ends lanes of the store's earlier generations, and of any store those that nobody uses. */
  function retireOld(store: StoreView): void {
    const oldestMs = options.env.clock.monotonic() - (options.idleMs ?? 30 * 60_000)
    for (const [uid, { lanes, retired, gate }] of stores) {
      for (const [id, lane] of lanes) {
        const isOld = uid === store.uid && lane.generation < store.generation
        if (!isOld && lane.usedMs >= oldestMs) continue
        lanes.delete(id)
        finish({ lanes, retired, gate }, lane)
      }
      if (uid !== store.uid && lanes.size + retired.size === 0) stores.delete(uid)
    }
  }

  return {
    read: async (store, consumerNamespace, refs, signal) => {
      signal.throwIfAborted()
      let lane: Lane
      try {
        lane = laneOf(store, consumerNamespace)
      } catch (thrown) {
        const fault = faultOf(thrown)
        return refs.map(() => ({ kind: 'failed', fault }))
      }
      const outcomes = await Promise.all(refs.map((ref) => lane.read(ref, signal)))
      return outcomes.map(ownOutcome)
    },
    find: async (store, consumerNamespace, find, signal) =>
      ownMap(await laneOf(store, consumerNamespace).find(find, signal)),
    validate: async (store, signal) => {
      if (isReferent(store)) {
        await kindOf(store)
        return { kind: 'unknown' }
      }
      return await laneOf(store, store.namespace).validate(signal)
    },
    capabilities: async (store) => (await kindOf(store)).capabilities,
    forget: (storeUid) => {
      const lanes = stores.get(storeUid)
      if (lanes === undefined) return
      stores.delete(storeUid)
      for (const lane of lanes.lanes.values()) finish(lanes, lane)
      lanes.lanes.clear()
    },
    stats: () => ({
      ...counts,
      open: [...stores.values()].reduce(
        (sum, { lanes }) => sum + [...lanes.values()].filter((lane) => lane.isOpen).length,
        0,
      ),
    }),
    close: async () => {
      closed = true
      const all = [...stores.values()].flatMap(({ lanes, retired }) => [
        ...lanes.values(),
        ...retired,
      ])
      stores.clear()
      try {
        await Promise.all(all.map((lane) => lane.close()))
      } finally {
        closed = false
      }
    },
  }
}

function newStoreLanes(): StoreLanes {
  return { lanes: new Map(), retired: new Set(), gate: { running: 0 } }
}

function finish(lanes: StoreLanes, lane: Lane): void {
  lanes.retired.add(lane)
  lane.retire(() => lanes.retired.delete(lane))
}

function nameOf(store: StoreView): string {
  return store.namespace === undefined ? store.name : `${store.namespace}/${store.name}`
}
