/** What is known of a sync when a pass begins. */
import { Fault } from '#base'
import { keyOf, kustomizations, type Kustomization } from '#api'
import type { InventoryEntry } from '#inventory'
import type { Pass, SyncDeps } from './pass.ts'
import { entriesIn, readable } from './shape.ts'
import type { SyncMemory } from './sync-memory.ts'
import { crowdIn } from './sync-status.ts'

/** A pass that has done nothing yet; `control` ends it. @throws Fault as {@link inventoryOf}. */
export async function newPass(
  text: string,
  sync: Kustomization,
  control: AbortController,
  deps: SyncDeps,
  signal: AbortSignal,
): Promise<Pass> {
  const memory = deps.memories.of(text, sync.metadata.uid ?? '')
  const before = await inventoryOf(sync, memory, deps, signal)
  return {
    phase: 'access',
    object: sync,
    revision: undefined,
    inventory: undefined,
    changes: [],
    healthyMs: undefined,
    control,
    before,
    wasCrowd: memory.crowd !== undefined,
    memory,
    startedMs: deps.env.clock.monotonic(),
  }
}

/**
 * The inventory that counts: as we wrote it, else as the server has it, never as a cache shows it.
 *
 * @throws Fault Conflict when the Kustomization is not there any more.
 */
export async function inventoryOf(
  sync: Kustomization,
  memory: SyncMemory,
  deps: SyncDeps,
  signal: AbortSignal,
): Promise<readonly InventoryEntry[]> {
  if (memory.inventory === undefined) {
    const live = await deps.client.get(kustomizations, keyOf(sync), { signal })
    if (live === null || live.metadata.uid !== sync.metadata.uid) {
      throw new Fault('Conflict', 'the Kustomization was deleted or made anew meanwhile')
    }
    memory.inventory = entriesIn(live)
    memory.crowd = crowdIn(readable(live))
  }
  return memory.inventory
}
