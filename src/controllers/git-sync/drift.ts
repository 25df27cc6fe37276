/**
 * Sees within seconds when somebody changes or deletes what a sync owns: one metadata watch for each
 * kind that is owned, by owner label, shared by all syncs.
 */
import { faultOf, type Env } from '#base'
import { keyText, type KubeObject, type ObjectMeta, type Resource } from '#api'
import {
  entryOf,
  markerOf,
  ownerNameLabel,
  ownerOf,
  parseEntry,
  type InventoryEntry,
} from '#inventory'
import type { Client } from '#kube'
import { createMetadataInformer, type Change, type Informer } from '#runtime'

/** What is kept of an owned object. */
interface Kept extends KubeObject {
  readonly marker: string
  readonly owner: string | undefined
  readonly id: string
}

export interface DriftOptions {
  readonly env: Env
  readonly client: Client
  /** `interval`: nothing is watched; a pass looks at every object. */
  readonly mode: 'watch' | 'interval'
  /** Told which sync owns something that moved. */
  readonly onDrift: (sync: string) => void
  readonly onRestart?: (name: string, why: string) => void
}

/** From a start to its abort; after a lease that was lost and won again, another one. */
interface Watching {
  readonly signal: AbortSignal
  /** By group and kind. */
  readonly informers: Map<string, Informer<Kept>>
  readonly starting: Set<string>
}

export class DriftWatch {
  readonly #options: DriftOptions
  /** Inventory ids by sync. */
  readonly #owned = new Map<string, ReadonlySet<string>>()
  #watching: Watching | undefined

  constructor(options: DriftOptions) {
    this.#options = options
  }

  /** Watches until `signal` aborts, all anew: what was seen before proves nothing now. */
  start(signal: AbortSignal): void {
    this.#watching = { signal, informers: new Map(), starting: new Set() }
  }

  /** The sync owns exactly these from now on. */
  follow(sync: string, entries: readonly InventoryEntry[]): void {
    this.#owned.set(sync, new Set(entries.map((entry) => entry.id)))
    if (this.#options.mode === 'interval') return
    for (const entry of entries) void this.#ensure(entry)
  }

  forget(sync: string): void {
    this.#owned.delete(sync)
  }

  /** The marker of what the watch shows for an entry; undefined when nothing can be said. */
  markerOf(sync: string, id: string): string | undefined {
    const target = parseEntry({ id, v: 'v' })
    if (target === undefined) return undefined
    const informer = this.#watching?.informers.get(`${target.group}/${target.kind}`)
    if (informer === undefined || !informer.hasSynced()) return undefined
    const kept = informer.cache.get(target.key)
    return kept?.owner === sync ? kept.marker : undefined
  }

  async #ensure(entry: InventoryEntry): Promise<void> {
    const { client, env } = this.#options
    const target = parseEntry(entry)
    const watching = this.#watching
    if (target === undefined || watching === undefined) return
    const { signal, informers, starting } = watching
    const id = `${target.group}/${target.kind}`
    if (informers.has(id) || starting.has(id)) return
    starting.add(id)
    try {
      const apiVersion = target.group === '' ? target.version : `${target.group}/${target.version}`
      const resource = await client.resourceOf(apiVersion, target.kind, { signal })
      if (resource !== null) informers.set(id, this.#watch(resource, signal))
    } catch (thrown) {
      // Nobody waits for this: what it throws would end the process.
      if (signal.aborted) return
      // The next pass tries again; until then the interval looks after drift.
      const fields = { kind: target.kind, error: faultOf(thrown) }
      env.log.warn('drift of a kind is not watched', fields)
    } finally {
      starting.delete(id)
    }
  }

  #watch(resource: Resource<KubeObject>, signal: AbortSignal): Informer<Kept> {
    const { env, client, onRestart } = this.#options
    const informer = createMetadataInformer<Kept>({
      env,
      client,
      resource,
      labelSelector: ownerNameLabel,
      name: `owned-${resource.plural}`,
      keep: (object) => keep(object, resource),
      ...(onRestart === undefined ? {} : { onRestart }),
    })
    informer.onChange((change) => this.#changed(change))
    void informer.run(signal)
    return informer
  }

  #changed(change: Change<Kept>): void {
    const owners = new Set([change.object.owner])
    if (change.kind === 'updated') {
      if (change.previous.marker === change.object.marker) return
      owners.add(change.previous.owner)
    }
    for (const owner of owners) {
      if (owner !== undefined && this.#owned.get(owner)?.has(change.object.id) === true) {
        this.#options.onDrift(owner)
      }
    }
  }
}

function keep(object: KubeObject, resource: Resource<KubeObject>): Kept {
  const { name, namespace, uid, resourceVersion } = object.metadata
  const metadata: ObjectMeta = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  }
  const owner = ownerOf(object)
  const apiVersion =
    resource.group === '' ? resource.version : `${resource.group}/${resource.version}`
  const identity = { apiVersion, kind: resource.kind, metadata }
  return {
    ...identity,
    marker: markerOf(object),
    owner: owner === undefined ? undefined : keyText(owner),
    id: entryOf(identity).id,
  }
}
