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

interface Watch {
  readonly informer: Informer<Kept>
  readonly control: AbortController
}

export class DriftWatch {
  readonly #options: DriftOptions
  readonly #watches = new Map<string, Watch>()
  readonly #starting = new Set<string>()
  /** Inventory ids by sync. */
  readonly #owned = new Map<string, ReadonlySet<string>>()
  #signal: AbortSignal | undefined

  constructor(options: DriftOptions) {
    this.#options = options
  }

  /** Watches until `signal` aborts. */
  start(signal: AbortSignal): void {
    this.#signal = signal
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
    const watch = this.#watches.get(`${target.group}/${target.kind}`)
    if (watch === undefined || !watch.informer.hasSynced()) return undefined
    const kept = watch.informer.cache.get(target.key)
    return kept?.owner === sync ? kept.marker : undefined
  }

  async #ensure(entry: InventoryEntry): Promise<void> {
    const { client, env } = this.#options
    const target = parseEntry(entry)
    const signal = this.#signal
    if (target === undefined || signal === undefined) return
    const id = `${target.group}/${target.kind}`
    if (this.#watches.has(id) || this.#starting.has(id)) return
    this.#starting.add(id)
    try {
      const apiVersion = target.group === '' ? target.version : `${target.group}/${target.version}`
      const resource = await client.resourceOf(apiVersion, target.kind, { signal })
      if (resource !== null) this.#watch(id, resource, signal)
    } catch (thrown) {
      // Nobody waits for this: what it throws would end the process.
      if (signal.aborted) return
      // The next pass tries again; until then the interval looks after drift.
      const fields = { kind: target.kind, error: faultOf(thrown) }
      env.log.warn('drift of a kind is not watched', fields)
    } finally {
      this.#starting.delete(id)
    }
  }

  #watch(id: string, resource: Resource<KubeObject>, signal: AbortSignal): void {
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
    const control = new AbortController()
    this.#watches.set(id, { informer, control })
    void informer.run(AbortSignal.any([signal, control.signal]))
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
