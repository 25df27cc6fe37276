import { backoffMs, Fault, faultOf, isObject, type Env, type FaultReason } from '#base'
import { keyOf, keyText, type KubeObject, type Resource } from '#api'
import type { Client, ListOptions, ListResult, MetadataOnly, WatchEvent } from '#kube'
import { isNewer, ObjectCache, type Arrived } from './cache.ts'
import type { Cache, Change, Informer } from './informer.ts'

/** What every informer takes. */
export interface InformerOptions<Raw extends KubeObject, Kept extends KubeObject> {
  readonly env: Env
  readonly client: Client
  /** Absent: all namespaces. */
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** Rebuilds a small object; what it leaves out is not held in memory. Pure. */
  readonly keep: (object: Raw) => Kept
  /** Names and functions of the indexes that `cache.by` looks in. Pure functions of what is kept. */
  readonly indexes?: Readonly<Record<string, (kept: Kept) => readonly string[]>>
  /** As in logs and metrics; default: the plural. */
  readonly name?: string
  /**
   * How long a watch alone is trusted, in milliseconds: after that the next one begins with a list,
   * so that an event that was lost on the way is made up for. Default six hours, a tenth of it jitter.
   */
  readonly relistMs?: number
  /** Told of each restart of the watch, for metrics. */
  readonly onRestart?: (name: string, why: string) => void
}

/** Watches whole objects. */
export function createInformer<T extends KubeObject, Kept extends KubeObject>(
  options: InformerOptions<T, Kept> & { readonly resource: Resource<T> },
): Informer<Kept> {
  const { client, resource } = options
  return new WatchingInformer(options, resource, {
    list: (call) => client.list(resource, call),
    watch: (call) => client.watch(resource, call),
  })
}

/** Watches metadata alone; the server sends nothing else. */
export function createMetadataInformer<Kept extends KubeObject>(
  options: InformerOptions<MetadataOnly, Kept> & { readonly resource: Resource<KubeObject> },
): Informer<Kept> {
  const { client, resource } = options
  return new WatchingInformer(options, resource, {
    list: (call) => client.listMetadata(resource, call),
    watch: (call) => client.watchMetadata(resource, call),
  })
}

interface Source<Raw> {
  list(options: ListOptions): Promise<ListResult<Raw>>
  watch(options: ListOptions & { readonly resourceVersion: string }): AsyncIterable<WatchEvent<Raw>>
}

// A dozen informers of one operator are no crowd: an outage should be over for them soon after it is.
const resumeBackoff = { firstMs: 800, capMs: 10_000 }
/** A watch that lived so long was no failure, however it ended. */
const goodWatchMs = 10_000
/** Failures that say nothing about the version we watch from. */
const passing: ReadonlySet<FaultReason> = new Set([
  'Unavailable',
  'RateLimited',
  'AccessDenied',
  'Cancelled',
])
/** So many other failures in a row, and the list is read anew. */
const unreadableWatches = 4
const relistMs = 6 * 3_600_000
/** How often a list older than what was seen is asked for again before it is believed. */
const doubtedLists = 5

class WatchingInformer<Raw extends KubeObject, Kept extends KubeObject> implements Informer<Kept> {
  readonly #options: InformerOptions<Raw, Kept>
  readonly #source: Source<Raw>
  readonly #name: string
  readonly #cache: ObjectCache<Kept>
  readonly #listeners: ((change: Change<Kept>) => void)[] = []
  #firstList: PromiseWithResolvers<void> = Promise.withResolvers<void>()
  #ranBefore = false
  #synced = false
  #failures = 0
  #doubted = 0
  #unreadable = 0
  #relistAtMs = Number.POSITIVE_INFINITY
  /** Where a watch can begin without missing anything: the list's version, then each bookmark's. */
  #resumeFrom: string | undefined
  /** The newest version seen at all. */
  #newest = ''

  constructor(
    options: InformerOptions<Raw, Kept>,
    resource: Resource<KubeObject>,
    source: Source<Raw>,
  ) {
    this.#options = options
    this.#source = source
    this.#name = options.name ?? resource.plural
    this.#cache = new ObjectCache(options.indexes)
  }

  get cache(): Cache<Kept> {
    return this.#cache
  }

  hasSynced(): boolean {
    return this.#synced
  }

  async synced(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason as Error)
      signal.addEventListener('abort', onAbort, { once: true })
      void this.#firstList.promise.then(() => {
        signal.removeEventListener('abort', onAbort)
        resolve()
      })
    })
  }

  onChange(listener: (change: Change<Kept>) => void): void {
    this.#listeners.push(listener)
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options.env
    if (this.#ranBefore) this.#forgetSynced()
    this.#ranBefore = true
    while (!signal.aborted) {
      if (clock.monotonic() >= this.#relistAtMs) this.#resumeFrom = undefined
      const isListed = this.#resumeFrom === undefined
      try {
        this.#resumeFrom ??= await this.#list(signal)
        await this.#watch(this.#resumeFrom, signal)
      } catch (thrown) {
        if (signal.aborted) return
        const fault = faultOf(thrown)
        this.#note(fault)
        // A server that was restarted knows no history: all that helps is a list, and it helps at once.
        if (fault.reason === 'Expired' && !isListed) continue
      }
      if (this.#failures === 0 || signal.aborted) continue
      const waitMs = backoffMs(this.#failures, resumeBackoff, random)
      await clock.sleep(waitMs, signal).catch(() => {})
    }
  }

  // Nobody watched meanwhile (the lease was another's), so the cache proves nothing until a new list.
  #forgetSynced(): void {
    this.#resumeFrom = undefined
    this.#synced = false
    this.#firstList = Promise.withResolvers<void>()
  }

  async #list(signal: AbortSignal): Promise<string> {
    const { items, resourceVersion } = await this.#source.list({ ...this.#selection(), signal })
    if (this.#newest !== '' && isOlder(resourceVersion, this.#newest) && this.#doubt()) {
      throw new Fault('Unavailable', 'the list is older than what was seen before')
    }
    this.#doubted = 0
    this.#newest = resourceVersion
    const { env, relistMs: trustedMs = relistMs } = this.#options
    this.#relistAtMs = env.clock.monotonic() + trustedMs * (1 - env.random.next() / 10)
    const arrived = items.map((item) => this.#arrived(item))
    this.#tell(this.#cache.replaceAll(arrived))
    if (!this.#synced) {
      this.#synced = true
      this.#firstList.resolve()
    }
    return resourceVersion
  }

  // A replica that lags behind shows objects as gone that are not. It catches up; a server restored
  // from a backup does not, and is believed in the end.
  #doubt(): boolean {
    this.#doubted++
    return this.#doubted <= doubtedLists
  }

  async #watch(resourceVersion: string, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options.env
    const startedMs = clock.monotonic()
    const lived = (): boolean => clock.monotonic() - startedMs >= goodWatchMs
    try {
      await this.#follow(resourceVersion, signal)
    } catch (thrown) {
      // Quiet is how most watches are: without this the failures of each outage would add up.
      if (lived()) this.#progress()
      throw thrown
    }
    signal.throwIfAborted()
    // It ended as it should, so everything up to the newest event has been told; a cut gives no such
    // promise and resumes from the last bookmark.
    if (this.#newest !== '') this.#resumeFrom = this.#newest
    if (lived()) this.#progress()
    else this.#failures++ // a server that ends each watch at once must not be asked in a tight loop
    this.#options.onRestart?.(this.#name, 'ended')
  }

  async #follow(resourceVersion: string, signal: AbortSignal): Promise<void> {
    const events = this.#source.watch({ ...this.#selection(), resourceVersion, signal })
    for await (const event of events) {
      if (event.type === 'BOOKMARK') {
        this.#resumeFrom = event.resourceVersion
        if (this.#seen(event.resourceVersion)) this.#progress()
        continue
      }
      const arrived = this.#arrived(event.object)
      // What is told again after a cut is no progress: the same event may be what cannot be got past.
      const isNews = this.#seen(arrived.resourceVersion)
      const changes =
        event.type === 'DELETED'
          ? this.#cache.delete(arrived.key, arrived.resourceVersion)
          : this.#cache.set(arrived)
      if (isNews || changes.length > 0) this.#progress()
      this.#tell(changes)
    }
  }

  #progress(): void {
    this.#failures = 0
    this.#unreadable = 0
  }

  #note(fault: Fault): void {
    this.#failures++
    // 410: the history after our version is gone. Where the server answers but never with events that
    // can be read (one that does not parse, a version it does not know), a fresh list gets past it.
    // An outage or a refusal is waited out without one: all informers at once would list.
    if (
      !passing.has(fault.reason) ||
      (fault.reason === 'Unavailable' && fault.status !== undefined)
    ) {
      this.#unreadable++
    }
    if (fault.reason === 'Expired' || this.#unreadable >= unreadableWatches) {
      this.#resumeFrom = undefined
      this.#unreadable = 0
    }
    const log = this.#options.env.log
    const fields = { informer: this.#name, failures: this.#failures, error: fault }
    if (fault.reason === 'InternalError') log.error('informer failed', fields)
    else if (fault.reason === 'Expired') log.info('informer lists anew', fields)
    else log.warn('informer was interrupted', fields)
    this.#options.onRestart?.(this.#name, fault.reason)
  }

  /** @returns whether nothing as new was seen before. */
  #seen(resourceVersion: string): boolean {
    if (this.#newest !== '' && !isNewer(resourceVersion, this.#newest)) return false
    this.#newest = resourceVersion
    return true
  }

  #arrived(object: Raw): Arrived<Kept> {
    return {
      key: keyOf(object),
      uid: object.metadata.uid ?? '',
      resourceVersion: object.metadata.resourceVersion ?? '',
      kept: this.#kept(object),
    }
  }

  // One object that our own function stumbles over must not hide all the others.
  #kept(object: Raw): Kept | undefined {
    const { keep, indexes = {}, env } = this.#options
    try {
      const kept = keep(withReadableStatus(object))
      for (const valuesOf of Object.values(indexes)) valuesOf(kept)
      return kept
    } catch (thrown) {
      const fields = { informer: this.#name, key: keyText(keyOf(object)), error: faultOf(thrown) }
      env.log.error('an object could not be kept', fields)
      return undefined
    }
  }

  #tell(changes: readonly Change<Kept>[]): void {
    for (const change of changes) {
      for (const listener of this.#listeners) {
        try {
          listener(change)
        } catch (thrown) {
          this.#options.env.log.error('a listener of an informer threw', {
            informer: this.#name,
            error: faultOf(thrown),
          })
        }
      }
    }
  }

  #selection(): ListOptions {
    const { namespace, labelSelector, fieldSelector } = this.#options
    return {
      ...(namespace === undefined ? {} : { namespace }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
    }
  }
}

/**
 * The object with a status that can be read as what it should be. Definitions without a schema let
 * anything through, and nobody but controllers should have written it.
 */
function withReadableStatus<T extends KubeObject>(object: T): T {
  if (!('status' in object)) return object
  const status: unknown = object.status
  const conditions = isObject(status) ? status['conditions'] : undefined
  const isReadable = Array.isArray(conditions) ? conditions.every(isCondition) : conditions == null
  if (isObject(status) && isReadable) return object
  const { status: _, ...rest } = object
  if (!isObject(status)) return rest as unknown as T
  const found: readonly unknown[] = Array.isArray(conditions) ? conditions : []
  const readable = { ...status, conditions: found.filter(isCondition) }
  return { ...rest, status: readable } as unknown as T
}

const conditionFields = ['type', 'status', 'reason', 'message', 'lastTransitionTime']

function isCondition(value: unknown): boolean {
  if (!isObject(value) || typeof value['type'] !== 'string') return false
  return conditionFields.every((name) => ['string', 'undefined'].includes(typeof value[name]))
}

function isOlder(a: string, b: string): boolean {
  return /^\d+$/.test(a) && /^\d+$/.test(b) && isNewer(b, a)
}
