/**
 * Wakes a sync when the namespace that its objects lack appears. One metadata watch of namespaces, for as
 * long as somebody waits for one.
 */
import type { Env } from '#base'
import { namespaces, type KubeObject } from '#api'
import type { Client } from '#kube'
import { createMetadataInformer, type Informer } from '#runtime'

export interface BlockedOptions {
  readonly env: Env
  readonly client: Client
  /** Told which sync may go on. */
  readonly onFree: (sync: string) => void
  readonly onRestart?: (name: string, why: string) => void
}

interface Waiting {
  readonly names: ReadonlySet<string>
  /** Uids of namespaces that have let it go on already: one lets it only once. */
  readonly tried: Set<string>
}

interface Watching {
  readonly control: AbortController
  readonly informer: Informer<KubeObject>
}

export class Blocked {
  readonly #options: BlockedOptions
  /** By sync. */
  readonly #waiting = new Map<string, Waiting>()
  #signal: AbortSignal | undefined
  #watching: Watching | undefined

  constructor(options: BlockedOptions) {
    this.#options = options
  }

  /** Watches, where somebody waits, until `signal` aborts. */
  start(signal: AbortSignal): void {
    this.#signal = signal
    this.#watching = undefined
    this.#waiting.clear() // who waited looks again anyway, and says so again
  }

  /** `sync` goes on as soon as one of these appears. */
  waits(sync: string, names: ReadonlySet<string>): void {
    const tried = this.#waiting.get(sync)?.tried ?? new Set()
    this.#waiting.set(sync, { names, tried })
    if (this.#signal?.aborted !== false) return
    this.#watching ??= this.#watch(this.#signal)
    // It may have appeared after it was found lacking and before this.
    for (const name of names) {
      const found = this.#watching.informer.cache.get({ name })
      if (found !== undefined) this.#appeared(found)
    }
  }

  /** `sync` waits for no namespace. */
  free(sync: string): void {
    this.#waiting.delete(sync)
    if (this.#waiting.size > 0) return
    this.#watching?.control.abort()
    this.#watching = undefined
  }

  #watch(signal: AbortSignal): Watching {
    const { env, client, onRestart } = this.#options
    const control = new AbortController()
    const informer = createMetadataInformer<KubeObject>({
      env,
      client,
      resource: namespaces,
      name: 'awaited-namespaces',
      keep: ({ apiVersion, kind, metadata }) => {
        const { name, uid = '', resourceVersion = '', deletionTimestamp } = metadata
        const leaving = deletionTimestamp === undefined ? {} : { deletionTimestamp }
        return { apiVersion, kind, metadata: { name, uid, resourceVersion, ...leaving } }
      },
      ...(onRestart === undefined ? {} : { onRestart }),
    })
    // The first list tells of those that are there already, too: one may have come a moment ago.
    informer.onChange(({ kind, object }) => {
      if (kind === 'added') this.#appeared(object)
    })
    void informer.run(AbortSignal.any([signal, control.signal]))
    return { control, informer }
  }

  #appeared({ metadata: { name, uid = '', deletionTimestamp } }: KubeObject): void {
    if (deletionTimestamp !== undefined) return
    for (const [sync, { names, tried }] of this.#waiting) {
      if (!names.has(name) || tried.has(uid)) continue
      tried.add(uid)
      this.#options.onFree(sync)
    }
  }
}
