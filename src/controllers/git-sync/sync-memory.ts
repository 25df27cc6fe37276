import type { ApplyItem, InventoryEntry, Proof, Proofs } from '#inventory'

/** A rendered set, and what it was rendered from. */
export interface Rendering {
  readonly from: string
  readonly items: readonly ApplyItem[]
  /** The author said what belongs to it; see `Rendered`. */
  readonly isDeliberate: boolean
}

/** What is remembered of one sync between its passes; all of it can be lost. */
export interface SyncMemory {
  readonly uid: string
  /** The newest inventory written, which the informer's copy may not show yet. */
  inventory: readonly InventoryEntry[] | undefined
  /** Why a crowd of objects is held back from deletion; kept in status as the condition PruneHeld. */
  crowd: string | undefined
  /** What was rendered last, and from what. */
  rendered: Rendering | undefined
  readonly proofs: Map<string, Proof>
  /** When drift was put back, on the monotonic clock. */
  readonly corrections: number[]
}

/** Memories by sync key. An object of the same name made anew starts with an empty one. */
export class SyncMemories {
  readonly #byKey = new Map<string, SyncMemory>()

  of(key: string, uid: string): SyncMemory {
    const found = this.#byKey.get(key)
    if (found?.uid === uid) return found
    const memory: SyncMemory = {
      uid,
      inventory: undefined,
      crowd: undefined,
      rendered: undefined,
      proofs: new Map(),
      corrections: [],
    }
    this.#byKey.set(key, memory)
    return memory
  }

  peek(key: string): SyncMemory | undefined {
    return this.#byKey.get(key)
  }

  forget(key: string): void {
    this.#byKey.delete(key)
  }
}

/** A sync's proofs, with what a watch shows now. */
export function proofsOf(memory: SyncMemory, seen: (id: string) => string | undefined): Proofs {
  return {
    get: (id) => memory.proofs.get(id),
    set: (id, proof) => void memory.proofs.set(id, proof),
    delete: (id) => void memory.proofs.delete(id),
    seen,
  }
}
