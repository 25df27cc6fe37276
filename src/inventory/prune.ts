/**
 * Deletes what a sync applied before and does not want any more.
 *
 * Ensures: only what still carries the sync's labels and no opt-out, exactly the object that was
 * looked at (uid and version), one after the other in the reverse of the order of writing. Whoever calls has
 * fetched, rendered and applied the whole set; the guards below hold even then.
 */
import { Fault, faultOf } from '#base'
import type { ObjectKey } from '#api'
import type { Client, MetadataOnly } from '#kube'
import { parseEntry, subjectOf, type EntryTarget, type InventoryEntry } from './entry.ts'
import { isOwnedBy, isPruneDisabled, isReconcileDisabled } from './marks.ts'
import { stagesOf } from './order.ts'

export interface PruneOptions {
  readonly discovery: Client
  readonly client: Client
  readonly sync: ObjectKey
  readonly signal: AbortSignal
}

export interface Pruned {
  /** Deleted, as `Kind/namespace/name`. */
  readonly deleted: readonly string[]
  /** What could not be deleted and stays in the inventory, with why. */
  readonly failed: readonly { readonly entry: InventoryEntry; readonly fault: Fault }[]
}

/** Why a prune needs a person first; undefined when it does not. */
export interface Guarded {
  readonly message: string
  readonly entries: readonly InventoryEntry[]
}

const precious = new Set(['CustomResourceDefinition', 'Namespace', 'PersistentVolumeClaim'])
const manyObjects = 20
const tries = 5

/** What a prune is judged by. */
export interface Going {
  /** The inventory before this revision added anything to it: what is new says nothing of what was. */
  readonly before: readonly InventoryEntry[]
  /** What is rendered now. */
  readonly after: readonly InventoryEntry[]
  /** What would be deleted. */
  readonly gone: readonly InventoryEntry[]
  /** The author said what belongs to the set, so that nothing means nothing. */
  readonly isDeliberate?: boolean
  /** A crowd was held back before: the inventory has both what was and what is new by now. */
  readonly wasCrowd?: boolean
}

/**
 * The part of a prune that only a person may allow: everything when nothing was rendered or when
 * more than half of a sync of some size would go, else namespaces, definitions and volume claims,
 * which take other people's things with them.
 */
export function guardOf(going: Going): Guarded | undefined {
  const { before, after, gone, isDeliberate = false, wasCrowd = false } = going
  if (gone.length === 0) return undefined
  if (after.length === 0 && !isDeliberate) {
    return {
      message: `nothing was rendered, so ${gone.length} objects would be deleted`,
      entries: gone,
    }
  }
  if (isCrowd(gone, wasCrowd ? [] : before)) {
    const many = wasCrowd ? `${gone.length} objects` : `${gone.length} of ${before.length} objects`
    return { message: `${many} would be deleted at once`, entries: gone }
  }
  const held = gone.filter((entry) => precious.has(parseEntry(entry)?.kind ?? ''))
  if (held.length === 0) return undefined
  const names = held.map((entry) => nameOf(entry)).join(', ')
  return { message: `${names} would be deleted, with all that depends on them`, entries: held }
}

/** Whether these are many, and more than half of what was there before. */
export function isCrowd(
  gone: readonly InventoryEntry[],
  before: readonly InventoryEntry[],
): boolean {
  return gone.length > manyObjects && gone.length * 2 > before.length
}

function nameOf(entry: InventoryEntry): string {
  const target = parseEntry(entry)
  return target === undefined ? entry.id : subjectOf({ kind: target.kind, metadata: target.key })
}

/** Deletes what `entries` name; see the file's head. */
export async function prune(
  entries: readonly InventoryEntry[],
  options: PruneOptions,
): Promise<Pruned> {
  const deleted: string[] = []
  const failed: { entry: InventoryEntry; fault: Fault }[] = []
  for (const { entry, target } of reversed(entries)) {
    options.signal.throwIfAborted()
    try {
      if (await removed(target, options)) deleted.push(nameOf(entry))
    } catch (thrown) {
      options.signal.throwIfAborted()
      failed.push({ entry, fault: faultOf(thrown) })
    }
  }
  return { deleted, failed }
}

interface Doomed {
  readonly entry: InventoryEntry
  readonly target: EntryTarget
}

function reversed(entries: readonly InventoryEntry[]): readonly Doomed[] {
  const doomed = entries.flatMap((entry) => {
    const target = parseEntry(entry)
    return target === undefined ? [] : [{ entry, target }]
  })
  const stages = stagesOf(doomed, ({ target }) => ({
    apiVersion: target.group === '' ? target.version : `${target.group}/${target.version}`,
    kind: target.kind,
    metadata: target.key,
  }))
  return stages.flat(2).toReversed()
}

/** @returns Whether it was there, ours, and is now being deleted. */
async function removed(target: EntryTarget, options: PruneOptions): Promise<boolean> {
  const { client, discovery, signal, sync } = options
  const apiVersion = target.group === '' ? target.version : `${target.group}/${target.version}`
  // A kind that is not served any more has no objects any more: its definition took them along.
  const resource = await resourceOfKind(discovery, apiVersion, target, signal)
  if (resource === null) return false
  for (let turn = 1; ; turn++) {
    const live = await client.getMetadata(resource, target.key, { signal })
    if (live === null || !isOurs(live, sync)) return false
    const { uid, resourceVersion } = live.metadata
    if (uid === undefined || resourceVersion === undefined) {
      throw new Fault('InvalidAnswer', 'the server names no uid or version')
    }
    try {
      const seen = { uid, resourceVersion, propagation: 'Background', signal } as const
      return await client.delete(resource, target.key, seen)
    } catch (thrown) {
      // It changed since it was looked at: another sync may just have claimed it.
      if (turn >= tries || !(thrown instanceof Fault && thrown.reason === 'Conflict')) throw thrown
    }
  }
}

async function resourceOfKind(
  discovery: Client,
  apiVersion: string,
  target: EntryTarget,
  signal: AbortSignal,
): Promise<Awaited<ReturnType<Client['resourceOf']>>> {
  const exact = await discovery.resourceOf(apiVersion, target.kind, { signal })
  if (exact !== null) return exact
  // The version it was applied as may be retired while the objects live on in another.
  const all = await discovery.discover({ signal })
  return all.find((found) => found.group === target.group && found.kind === target.kind) ?? null
}

function isOurs(live: MetadataOnly, sync: ObjectKey): boolean {
  return isOwnedBy(live, sync) && !isPruneDisabled(live) && !isReconcileDisabled(live)
}
