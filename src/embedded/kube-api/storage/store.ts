import type { Obj } from '../object.ts'
import { SortedKeys } from './sorted-keys.ts'

/** One version of one object. Never changed; shared by lists, watches and the log. */
export interface Entry {
  readonly object: Obj
  readonly revision: number
}

/** What a list is made of. */
export interface Listing {
  /** Keys with their entries, in key order. */
  readonly entries: Iterable<[string, Entry]>
  readonly count: number
}

export interface LogEvent {
  readonly revision: number
  readonly bucket: string
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly entry: Entry
  readonly previous: Entry | undefined
}

export type Listener = (event: LogEvent) => void

interface Bucket {
  readonly entries: Map<string, Entry>
  /** What lists are read in. */
  readonly keys: SortedKeys
  readonly listeners: Set<Listener>
  /** The revision the bucket was opened at: what was before is not known to it. */
  openedAt: number
}

/** `namespace/name`, or `/name` for a cluster-scoped object. */
export function entryKey(namespace: string, name: string): string {
  return `${namespace}/${name}`
}

/**
 * All objects, and the one ordered log of what happened to them. Every write takes the next
 * revision; lists, watches and resourceVersions come from the log.
 *
 * It knows nothing of HTTP, kinds or rules: whoever writes has checked before.
 */
export class Store {
  #revision: number
  #compacted = 0
  #restartedAt = 0
  readonly #buckets = new Map<string, Bucket>()
  #log: LogEvent[] = []
  readonly #everything = new Set<Listener>()
  readonly #undelivered: { readonly bucket: Bucket; readonly event: LogEvent }[] = []
  #delivering = false

  constructor(firstRevision = 1) {
    this.#revision = firstRevision
  }

  /** The revision of the newest write. */
  get revision(): number {
    return this.#revision
  }

  /** Events up to this revision are forgotten. */
  get compacted(): number {
    return this.#compacted
  }

  /** The oldest revision a watch of the bucket may start from. */
  floor(bucket: string): number {
    const openedAt = this.#buckets.get(bucket)?.openedAt ?? 0
    return Math.max(this.#compacted, this.#restartedAt, openedAt)
  }

  /** What watches are served from begins anew, as after a restart; lists still know what is stored. */
  restart(): void {
    this.#restartedAt = this.#revision
  }

  /** Opens a bucket; opening twice changes nothing. `fresh`: nothing before now is known to it. */
  open(name: string, fresh = false): void {
    this.#bucket(name, fresh)
  }

  /** What watches of one bucket are served from begins anew, as when its kind is served anew. */
  reopen(name: string): void {
    this.#bucket(name).openedAt = this.#revision
  }

  get(bucket: string, key: string): Entry | undefined {
    return this.#buckets.get(bucket)?.entries.get(key)
  }

  size(bucket: string): number {
    return this.#buckets.get(bucket)?.keys.size ?? 0
  }

  /** Entries in key order, whose key begins with `prefix`; from the key `from` on. */
  *entries(bucket: string, prefix = '', from: string = prefix): Generator<[string, Entry]> {
    const found = this.#buckets.get(bucket)
    if (found === undefined) return
    for (const key of found.keys.from(from > prefix ? from : prefix)) {
      if (prefix !== '' && !key.startsWith(prefix)) return
      yield [key, found.entries.get(key) as Entry]
    }
  }

  /**
   * The bucket as it was after `revision`, in key order.
   *
   * @returns undefined when that revision is compacted.
   */
  entriesAt(bucket: string, prefix: string, revision: number): [string, Entry][] | undefined {
    if (revision >= this.#revision) return [...this.entries(bucket, prefix)]
    if (revision < this.#compacted) return undefined
    const state = new Map(this.entries(bucket, prefix))
    for (let i = this.#log.length - 1; i >= 0; i--) {
      const event = this.#log[i] as LogEvent
      if (event.revision <= revision) break
      if (event.bucket !== bucket) continue
      const { namespace = '', name = '' } = event.entry.object.metadata
      const key = entryKey(namespace, name)
      if (!key.startsWith(prefix)) continue
      if (event.previous === undefined) state.delete(key)
      else state.set(key, event.previous)
    }
    return [...state].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  }

  /**
   * What a list of the bucket as it was after `revision` shows from the key `from` on. Of the newest
   * state no more is looked at than is taken.
   *
   * @returns undefined when that revision is compacted.
   */
  listing(bucket: string, prefix: string, revision: number, from: string): Listing | undefined {
    if (revision >= this.#revision) {
      const count = this.#count(bucket, prefix, from)
      return { entries: this.entries(bucket, prefix, from), count }
    }
    const entries = this.entriesAt(bucket, prefix, revision)?.filter(([key]) => key >= from)
    return entries === undefined ? undefined : { entries, count: entries.length }
  }

  /** The bucket's events after `revision`, oldest first. */
  since(bucket: string, revision: number): LogEvent[] {
    const events: LogEvent[] = []
    for (let i = this.#log.length - 1; i >= 0; i--) {
      const event = this.#log[i] as LogEvent
      if (event.revision <= revision) break
      if (event.bucket === bucket) events.push(event)
    }
    return events.reverse()
  }

  /**
   * Writes an object; its resourceVersion becomes the new revision.
   *
   * @param object Given away: the store keeps it as it is.
   */
  put(bucket: string, object: Obj): Entry {
    const { namespace = '', name = '' } = object.metadata
    const key = entryKey(namespace, name)
    const held = this.#bucket(bucket)
    const previous = held.entries.get(key)
    const revision = ++this.#revision
    object.metadata.resourceVersion = String(revision)
    const entry: Entry = { object, revision }
    if (previous === undefined) held.keys.add(key)
    held.entries.set(key, entry)
    this.#commit(held, {
      revision,
      bucket,
      type: previous === undefined ? 'ADDED' : 'MODIFIED',
      entry,
      previous,
    })
    return entry
  }

  /** Removes an object. The event carries its last state under a new resourceVersion. */
  remove(bucket: string, key: string): Entry | undefined {
    const held = this.#bucket(bucket)
    const previous = held.entries.get(key)
    if (previous === undefined) return undefined
    const revision = ++this.#revision
    held.entries.delete(key)
    held.keys.remove(key)
    const object: Obj = {
      ...previous.object,
      metadata: { ...previous.object.metadata, resourceVersion: String(revision) },
    }
    const entry: Entry = { object, revision }
    this.#commit(held, { revision, bucket, type: 'DELETED', entry, previous })
    return entry
  }

  /** Calls `listener` with each later event of the bucket, in order. @returns how to stop. */
  subscribe(bucket: string, listener: Listener): () => void {
    const held = this.#bucket(bucket)
    held.listeners.add(listener)
    return () => held.listeners.delete(listener)
  }

  /** Calls `listener` with every later event. @returns how to stop. */
  subscribeAll(listener: Listener): () => void {
    this.#everything.add(listener)
    return () => this.#everything.delete(listener)
  }

  /** Forgets the events up to and including `revision`. */
  compact(revision: number): void {
    if (revision <= this.#compacted) return
    this.#compacted = Math.min(revision, this.#revision)
    this.#log = this.#log.filter((event) => event.revision > this.#compacted)
  }

  #count(bucket: string, prefix: string, from: string): number {
    const keys = this.#buckets.get(bucket)?.keys
    if (keys === undefined) return 0
    // A prefix ends in a slash: the next character is the first that comes after all that it begins.
    const end = prefix === '' ? keys.size : keys.before(`${prefix.slice(0, -1)}0`)
    return Math.max(0, end - keys.before(from > prefix ? from : prefix))
  }

  #bucket(name: string, fresh = false): Bucket {
    let bucket = this.#buckets.get(name)
    if (bucket === undefined) {
      const openedAt = fresh ? this.#revision : 0
      bucket = { entries: new Map(), keys: new SortedKeys(), listeners: new Set(), openedAt }
      this.#buckets.set(name, bucket)
    }
    return bucket
  }

  #commit(bucket: Bucket, event: LogEvent): void {
    this.#log.push(event)
    this.#undelivered.push({ bucket, event })
    if (this.#delivering) return
    // A listener may write; whoever listens after it must still hear the first event first.
    this.#delivering = true
    try {
      for (let next = this.#undelivered.shift(); next !== undefined;) {
        for (const listener of next.bucket.listeners) listener(next.event)
        for (const listener of this.#everything) listener(next.event)
        next = this.#undelivered.shift()
      }
    } finally {
      this.#delivering = false
    }
  }
}
