import type { ObjectMeta } from '#api'
import type { Proven } from './decide.ts'

/**
 * What a process remembers of one ExternalSecret between two reconciles. All of it can be lost: a
 * restart then trusts status and metadata.
 */
export interface Memory {
  readonly uid: string
  /** When the values were last read, in wall time; exact, where status is only as new as it must be. */
  refreshedMs?: number
  proven?: Proven
  /** What the last refresh was for, as in `status.syncedResourceVersion`. */
  syncedVersion?: string
  /** A write was begun whose end is not known. */
  isWriting?: boolean
  /** Text of the last failure told in an event. */
  failure?: string
  /** Entries told to be absent at the provider, as their events say it. */
  missing?: ReadonlySet<string>
  /** When the target was put back lately. */
  repairsMs: readonly number[]
  /** That somebody fights for the target has been told. */
  isContested: boolean
  /** Refreshes since the start of the process, and how many of them failed. */
  syncs: number
  errors: number
}

/** The memories of one controller, by key. */
export class Memories {
  readonly #byKey = new Map<string, Memory>()

  /** The memory of that very object; one of an earlier object of the same name is dropped. */
  of(key: string, uid: string): Memory {
    const known = this.#byKey.get(key)
    if (known?.uid === uid) return known
    const fresh: Memory = { uid, repairsMs: [], isContested: false, syncs: 0, errors: 0 }
    this.#byKey.set(key, fresh)
    return fresh
  }

  forget(key: string): void {
    this.#byKey.delete(key)
  }

  each(visit: (key: string, memory: Memory) => void): void {
    for (const [key, memory] of this.#byKey) visit(key, memory)
  }
}

/** That the data of this version is what its hash annotation says. */
export function provenBy(metadata: ObjectMeta, replaced?: string): Proven {
  const { uid = '', resourceVersion = '' } = metadata
  return { uid, resourceVersion, ...(replaced === undefined ? {} : { replaced }) }
}
