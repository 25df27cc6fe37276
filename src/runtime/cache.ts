import type { KubeObject, ObjectKey } from '#api'
import type { Cache, Change } from './informer.ts'

interface Entry<Kept> {
  readonly kept: Kept
  readonly uid: string
  readonly resourceVersion: string
}

/** One index. Most values have one object, and a Set for each of those would outweigh the objects. */
type Values<Kept> = Map<string, Entry<Kept> | Set<Entry<Kept>>>

type IndexFunctions<Kept> = Readonly<Record<string, (kept: Kept) => readonly string[]>>

/** Identity and version of what came over the wire, before `keep` made it small. */
export interface Arrived<Kept> {
  readonly key: ObjectKey
  readonly uid: string
  readonly resourceVersion: string
  /** Undefined when `keep` failed on it: the object is there, but what is in it cannot be told. */
  readonly kept: Kept | undefined
}

/**
 * The objects an informer keeps, under their keys and indexes. Takes events in any order and any
 * number of times: an older version never takes the place of a newer one, nor does it bring back
 * what was deleted.
 */
export class ObjectCache<Kept extends KubeObject> implements Cache<Kept> {
  readonly #byNamespace = new Map<string, Map<string, Entry<Kept>>>()
  readonly #indexes = new Map<string, Values<Kept>>()
  readonly #functions: IndexFunctions<Kept>
  /** Versions at which lately deleted objects went, by key text. */
  readonly #gone = new Map<string, string>()
  #size = 0

  constructor(functions: IndexFunctions<Kept> = {}) {
    this.#functions = functions
    for (const name of Object.keys(functions)) this.#indexes.set(name, new Map())
  }

  get size(): number {
    return this.#size
  }

  get(key: ObjectKey): Kept | undefined {
    return this.#entry(key)?.kept
  }

  list(namespace?: string): readonly Kept[] {
    const all: Kept[] = []
    if (namespace !== undefined) {
      for (const entry of this.#byNamespace.get(namespace)?.values() ?? []) all.push(entry.kept)
      return all
    }
    for (const names of this.#byNamespace.values()) {
      for (const entry of names.values()) all.push(entry.kept)
    }
    return all
  }

  by(index: string, value: string): readonly Kept[] {
    const values = this.#indexes.get(index)
    if (values === undefined) throw new Error(`no index named ${index} was declared`)
    const found = values.get(value)
    if (found === undefined) return []
    return found instanceof Set ? Array.from(found, (entry) => entry.kept) : [found.kept]
  }

  /** Takes an added or modified object. @returns what changed, in order; nothing for old news. */
  set(arrived: Arrived<Kept>): readonly Change<Kept>[] {
    if (arrived.kept === undefined) return []
    const held = this.#entry(arrived.key)
    if (held !== undefined && !isNewer(arrived.resourceVersion, held.resourceVersion)) return []
    const goneAt = this.#gone.get(goneKey(arrived.key))
    if (goneAt !== undefined && !isNewer(arrived.resourceVersion, goneAt)) return []
    return this.#replace(arrived, held)
  }

  /** Takes a deletion. @returns what changed; nothing when it was of an earlier object of that name. */
  delete(key: ObjectKey, resourceVersion: string): readonly Change<Kept>[] {
    const held = this.#entry(key)
    if (held !== undefined && isNewer(held.resourceVersion, resourceVersion)) return []
    this.#remember(key, resourceVersion)
    if (held === undefined) return []
    this.#remove(key, held)
    return [{ kind: 'deleted', object: held.kept }]
  }

  /** Takes a whole list as the truth. @returns everything that differs from what was known. */
  replaceAll(list: readonly Arrived<Kept>[]): readonly Change<Kept>[] {
    this.#gone.clear()
    const changes: Change<Kept>[] = []
    const listed = new Map<string, Set<string>>()
    for (const arrived of list) {
      const namespace = arrived.key.namespace ?? ''
      let names = listed.get(namespace)
      if (names === undefined) listed.set(namespace, (names = new Set()))
      names.add(arrived.key.name)
    }
    for (const [namespace, names] of this.#byNamespace) {
      for (const [name, entry] of names) {
        if (listed.get(namespace)?.has(name) === true) continue
        this.#remove(namespace === '' ? { name } : { namespace, name }, entry)
        changes.push({ kind: 'deleted', object: entry.kept })
      }
    }
    for (const arrived of list) {
      if (arrived.kept === undefined) continue // what was known of it stands
      const held = this.#entry(arrived.key)
      const same = held?.uid === arrived.uid && held.resourceVersion === arrived.resourceVersion
      if (!same) changes.push(...this.#replace(arrived, held))
    }
    return changes
  }

  #replace(arrived: Arrived<Kept>, held: Entry<Kept> | undefined): readonly Change<Kept>[] {
    const { key, uid, resourceVersion, kept } = arrived
    if (kept === undefined) return []
    if (held !== undefined) this.#remove(key, held)
    const entry: Entry<Kept> = { kept, uid, resourceVersion }
    const namespace = key.namespace ?? ''
    let names = this.#byNamespace.get(namespace)
    if (names === undefined) this.#byNamespace.set(namespace, (names = new Map()))
    names.set(key.name, entry)
    this.#size++
    this.#eachIndexed(entry, (values, value) => {
      const found = values.get(value)
      if (found === undefined) values.set(value, entry)
      else if (found instanceof Set) found.add(entry)
      else if (found !== entry) values.set(value, new Set([found, entry]))
    })
    if (held === undefined) return [{ kind: 'added', object: kept }]
    if (held.uid === uid) return [{ kind: 'updated', object: kept, previous: held.kept }]
    // Deleted and made again while nobody watched: whoever cleans up after the old one must hear it.
    return [
      { kind: 'deleted', object: held.kept },
      { kind: 'added', object: kept },
    ]
  }

  #remove(key: ObjectKey, entry: Entry<Kept>): void {
    const namespace = key.namespace ?? ''
    const names = this.#byNamespace.get(namespace)
    if (names?.delete(key.name) !== true) return
    if (names.size === 0) this.#byNamespace.delete(namespace)
    this.#size--
    this.#eachIndexed(entry, (values, value) => {
      const found = values.get(value)
      if (found === entry) values.delete(value)
      else if (found instanceof Set && found.delete(entry) && found.size === 0) values.delete(value)
    })
  }

  #eachIndexed(entry: Entry<Kept>, each: (values: Values<Kept>, value: string) => void): void {
    for (const [name, values] of this.#indexes) {
      const valuesOf = this.#functions[name]
      if (valuesOf !== undefined) for (const value of valuesOf(entry.kept)) each(values, value)
    }
  }

  #entry(key: ObjectKey): Entry<Kept> | undefined {
    return this.#byNamespace.get(key.namespace ?? '')?.get(key.name)
  }

  #remember(key: ObjectKey, resourceVersion: string): void {
    const text = goneKey(key)
    const before = this.#gone.get(text)
    if (before !== undefined && !isNewer(resourceVersion, before)) return
    this.#gone.delete(text) // so that the newest stand last
    this.#gone.set(text, resourceVersion)
    if (this.#gone.size <= mostGone) return
    for (const oldest of this.#gone.keys()) {
      this.#gone.delete(oldest)
      break
    }
  }
}

// Late events trail by seconds; that many deletions take longer.
const mostGone = 1_000

function goneKey(key: ObjectKey): string {
  return `${key.namespace ?? ''}/${key.name}`
}

/**
 * Whether version `a` was written after `b`. Kubernetes promises that versions of one kind compare
 * as whole numbers; where they are none, anything different counts as newer.
 */
export function isNewer(a: string, b: string): boolean {
  if (!/^\d+$/.test(a) || !/^\d+$/.test(b)) return a !== b
  return a.length === b.length ? a > b : a.length > b.length
}
