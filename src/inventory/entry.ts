/**
 * The peer's inventory format: `<namespace>_<name>_<group>_<kind>` and the version. Kept to the
 * byte, so that a sync can be taken over and given back.
 */
import { parseApiVersion, type AnyObject, type ObjectKey } from '#api'

/** One line of `status.inventory.entries`. */
export interface InventoryEntry {
  readonly id: string
  /** Version of the group. */
  readonly v: string
}

/** What an entry is about. */
export interface EntryTarget {
  readonly key: ObjectKey
  readonly group: string
  readonly version: string
  readonly kind: string
}

/** The entry of an object, whose namespace is already the one it lives in. */
export function entryOf(object: AnyObject): InventoryEntry {
  const { group, version } = parseApiVersion(object.apiVersion)
  const { namespace = '', name } = object.metadata
  // Names of RBAC objects may hold colons, which the peer writes as two underscores.
  const written = name.replaceAll(':', '__')
  return { id: `${namespace}_${written}_${group}_${object.kind}`, v: version }
}

/** What an entry is about; undefined for one that cannot be read. */
export function parseEntry(entry: InventoryEntry): EntryTarget | undefined {
  const first = entry.id.indexOf('_')
  const last = entry.id.lastIndexOf('_')
  const middle = entry.id.lastIndexOf('_', last - 1)
  if (first < 0 || middle <= first || last <= middle) return undefined
  const namespace = entry.id.slice(0, first)
  const name = entry.id.slice(first + 1, middle).replaceAll('__', ':')
  const group = entry.id.slice(middle + 1, last)
  const kind = entry.id.slice(last + 1)
  if (name === '' || kind === '' || entry.v === '') return undefined
  const key = namespace === '' ? { name } : { namespace, name }
  return { key, group, version: entry.v, kind }
}

/** Both sets in one, sorted by id; of two versions of one object, that of `newer`. */
export function unionOf(
  older: readonly InventoryEntry[],
  newer: readonly InventoryEntry[],
): readonly InventoryEntry[] {
  const byId = new Map<string, InventoryEntry>()
  for (const entry of [...older, ...newer]) byId.set(entry.id, entry)
  return sorted([...byId.values()])
}

/** Those of `entries` whose object is not in `kept`. */
export function without(
  entries: readonly InventoryEntry[],
  kept: readonly InventoryEntry[],
): readonly InventoryEntry[] {
  const ids = new Set(kept.map((entry) => entry.id))
  return entries.filter((entry) => !ids.has(entry.id))
}

/** The same entries in the order they are written. */
export function sorted(entries: readonly InventoryEntry[]): readonly InventoryEntry[] {
  return entries.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
}

/** Whether two inventories name the same objects in the same versions. */
export function sameEntries(a: readonly InventoryEntry[], b: readonly InventoryEntry[]): boolean {
  if (a.length !== b.length) return false
  const text = (entries: readonly InventoryEntry[]): string =>
    sorted(entries)
      .map((entry) => `${entry.id} ${entry.v}`)
      .join('\n')
  return text(a) === text(b)
}

/** `Kind/namespace/name`, as messages and events name an object. */
export function subjectOf(object: { readonly kind: string; readonly metadata: ObjectKey }): string {
  const { namespace, name } = object.metadata
  return namespace === undefined ? `${object.kind}/${name}` : `${object.kind}/${namespace}/${name}`
}
