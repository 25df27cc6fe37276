import { equalJson } from '#base'
import { ApiError } from '../errors.ts'
import type { Shape } from '../kinds/shape.ts'
import type { ManagedEntry, Obj } from '../object.ts'
import { FieldSet, pathText } from './field-set.ts'
import { compare, fieldsOf, merge, removeFields, withNamedFields } from './typed.ts'

/** Who writes, how, and through what. */
export interface Writer {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly subresource: string
}

export interface Owned {
  readonly entry: ManagedEntry
  readonly set: FieldSet
}

export type Owners = Map<string, Owned>

/** What apply and update need to know of the kind. */
export interface Ownership {
  readonly shape: Shape
  /** Fields that this path of writing never touches, such as `status` on the main resource. */
  readonly ignored: FieldSet
  readonly now: string
  /** What an object of the kind holds before anything is set. */
  readonly newborn?: object
}

const neverOwned: readonly (readonly string[])[] = [
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata'],
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map((name) => ['f:metadata', `f:${name}`]),
]

const stripped = new FieldSet()
for (const path of neverOwned) stripped.insert(path)

function ownable(set: FieldSet, ignored: FieldSet): FieldSet {
  return set.difference(stripped).recursiveDifference(ignored)
}

// Appliers are known by name whatever version they use; updaters by version too.
export function identity(entry: ManagedEntry): string {
  const version = entry.operation === 'Apply' ? '' : (entry.apiVersion ?? '')
  return JSON.stringify([entry.manager ?? '', entry.operation, version, entry.subresource ?? ''])
}

/** Reads managedFields; entries that make no sense void them all, as the server has it. */
export function readOwners(entries: readonly ManagedEntry[] | undefined): Owners {
  const owners: Owners = new Map()
  for (const entry of entries ?? []) {
    if (!isUsable(entry)) return new Map()
    owners.set(identity(entry), { entry, set: FieldSet.parse(entry.fieldsV1) })
  }
  return owners
}

function isUsable(entry: ManagedEntry): boolean {
  return (
    (entry.operation === 'Apply' || entry.operation === 'Update') &&
    entry.fieldsType === 'FieldsV1' &&
    typeof entry.fieldsV1 === 'object'
  )
}

export function writeOwners(owners: Owners): ManagedEntry[] {
  return [...owners.values()]
    .map(({ entry, set }) => ({ ...entry, fieldsV1: set.toFields() }))
    .sort(byOrder)
}

function byOrder(a: ManagedEntry, b: ManagedEntry): number {
  const rank = (entry: ManagedEntry): string[] => [
    entry.operation ?? '',
    entry.time ?? '',
    entry.manager ?? '',
    entry.apiVersion ?? '',
    entry.subresource ?? '',
  ]
  const [x, y] = [rank(a), rank(b)]
  for (let i = 0; i < x.length; i++) {
    if (x[i] !== y[i]) return (x[i] as string) < (y[i] as string) ? -1 : 1
  }
  return 0
}

export function entryFor(writer: Writer, time: string | undefined): ManagedEntry {
  return {
    manager: writer.manager,
    operation: writer.operation,
    apiVersion: writer.apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    ...(writer.subresource === '' ? {} : { subresource: writer.subresource }),
  }
}

function bare(object: Obj): Obj {
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

/**
 * managedFields after a plain write. The writer comes to own what it added or changed; whoever
 * owned that through another way of writing loses it; what is gone belongs to nobody.
 *
 * @param live The object before; undefined for a create.
 */
export function afterUpdate(
  live: Obj | undefined,
  next: Obj,
  writer: Writer,
  about: Ownership,
  newborn: object = {},
): ManagedEntry[] {
  const given = next.metadata.managedFields
  // A list that is there but empty wipes the ownership; an absent one keeps it.
  const wipes =
    Array.isArray(given) && given.length === 1 && Object.keys(given[0] ?? {}).length === 0
  if (wipes) return []
  const change = changeOf(live, next, about, newborn)
  const held = live?.metadata.managedFields
  if (held !== undefined && (given === undefined || equalJson(given, held))) {
    if (staysSo(held, writer, change)) return withTime(held, writer, change, about.now)
  }
  if (live === undefined && given === undefined) {
    if (change.touched.isEmpty()) return []
    return [{ ...entryFor(writer, about.now), fieldsV1: change.touched.toFields() }]
  }
  const fromNext = readOwners(given)
  const owners = given === undefined || fromNext.size === 0 ? readOwners(held) : fromNext
  if (given !== undefined && given.length === 0) return []
  if (live !== undefined && owners.size === 0) return []
  return handedOver(owners, writer, change, about.now)
}

/** What a plain write did, as far as somebody can own it. */
interface Change {
  readonly touched: FieldSet
  readonly removed: FieldSet
}

function changeOf(live: Obj | undefined, next: Obj, about: Ownership, newborn: object): Change {
  const { added, modified, removed } = compare(
    live === undefined ? { metadata: {}, ...newborn } : bare(live),
    bare(next),
    about.shape,
  )
  return {
    touched: ownable(added, about.ignored).union(ownable(modified, about.ignored)),
    removed: removed.recursiveDifference(about.ignored),
  }
}

// Most writes change the values of what their writer owns already, alone: then nothing moves. Seen in the
// stored text of the fields, as reading that into sets and writing it again is half of what ownership costs.
function staysSo(
  held: readonly ManagedEntry[],
  writer: Writer,
  { touched, removed }: Change,
): boolean {
  if (held.length === 0) return false
  const id = identity(entryFor(writer, undefined))
  let isCovered = touched.isEmpty()
  for (const entry of held) {
    if (!isUsable(entry) || removed.meets(entry.fieldsV1)) return false
    if (identity(entry) === id) isCovered ||= touched.isWithin(entry.fieldsV1)
    else if (touched.meets(entry.fieldsV1)) return false
  }
  return isCovered
}

// Who changes anything has the time of it.
function withTime(
  held: ManagedEntry[],
  writer: Writer,
  { touched }: Change,
  now: string,
): ManagedEntry[] {
  if (touched.isEmpty()) return held
  const id = identity(entryFor(writer, undefined))
  const isMine = (entry: ManagedEntry): boolean => identity(entry) === id
  if (held.every((entry) => entry.time === now || !isMine(entry))) return held
  return held.map((entry) => (isMine(entry) ? { ...entry, time: now } : entry)).sort(byOrder)
}

// The writer comes to own what it touched; all others lose that, and what is gone.
function handedOver(owners: Owners, writer: Writer, change: Change, now: string): ManagedEntry[] {
  const { touched, removed } = change
  const id = identity(entryFor(writer, undefined))
  for (const [key, owned] of owners) {
    const left = owned.set.difference(touched).difference(removed)
    if (left.isEmpty()) owners.delete(key)
    else owners.set(key, { ...owned, set: left })
  }
  if (!touched.isEmpty()) {
    const mine = (owners.get(id)?.set ?? FieldSet.empty).union(touched)
    owners.set(id, { entry: entryFor(writer, now), set: mine })
  }
  capUpdaters(owners)
  return writeOwners(owners)
}

const mostUpdaters = 10

// Many short-lived updaters are folded into one entry, oldest first.
function capUpdaters(owners: Owners): void {
  if (owners.size <= mostUpdaters) return
  const updaters = [...owners].filter(([, { entry }]) => entry.operation === 'Update')
  if (updaters.length <= mostUpdaters) return
  updaters.sort(([, a], [, b]) => byOrder(a.entry, b.entry))
  for (const [key, owned] of updaters.slice(0, updaters.length - mostUpdaters + 1)) {
    const entry = { ...owned.entry, manager: 'ancient-changes' }
    const id = identity(entry)
    owners.delete(key)
    const held = owners.get(id)
    owners.set(id, { entry, set: held === undefined ? owned.set : held.set.union(owned.set) })
  }
}

export interface Applied {
  readonly object: Obj
  /** Whether anything but ownership differs from the live object. */
  readonly changed: boolean
}

/**
 * Server-side apply: `config` merged into `live`, fields that the manager applied before and now
 * leaves out taken away unless another owns them.
 *
 * @throws ApiError 409 naming each field that another manager owns with another value.
 */
export function apply(
  live: Obj,
  config: Obj,
  writer: Writer,
  force: boolean,
  about: Ownership,
): Applied {
  const owners = readOwners(live.metadata.managedFields)
  const before = bare(live)
  if (owners.size === 0 && live.metadata.uid !== undefined) adopt(owners, before, writer, about)
  const id = identity(entryFor(writer, undefined))
  const last = owners.get(id)
  const said = fieldsOf(config, about.shape).recursiveDifference(about.ignored)
  const merged = merge(before, config, about.shape)
  // While it is found out what goes, a name counts as said: what it stands in stays.
  const entry = last?.entry ?? entryFor(writer, undefined)
  owners.set(id, { entry, set: said })
  const pruned = prune(merged, owners, last?.set, about.shape) as Obj
  owners.set(id, { entry, set: said.difference(stripped) })
  const allowed = (): FieldSet =>
    writer.manager === 'kubectl' ? lastAppliedFields(before, about.shape) : FieldSet.empty
  settle(owners, id, before, pruned, force ? 'all' : allowed, about)
  if (owners.get(id)?.set.isEmpty() === true) owners.delete(id)
  const changed = !equalJson(before, pruned)
  const mine = owners.get(id)
  if (mine !== undefined) {
    const time = changed ? about.now : last?.entry.time
    owners.set(id, { ...mine, entry: entryFor(writer, time) })
  }
  const managedFields = writeOwners(owners)
  const metadata = { ...pruned.metadata, ...(managedFields.length === 0 ? {} : { managedFields }) }
  return { object: { ...pruned, metadata }, changed }
}

// An object that nobody's apply has touched belongs, as it is, to one made-up manager.
function adopt(owners: Owners, live: Obj, writer: Writer, about: Ownership): void {
  const set = ownable(
    compare({ metadata: {}, ...about.newborn }, live, about.shape).added,
    about.ignored,
  )
  if (set.isEmpty()) return
  const entry = entryFor(
    { ...writer, manager: 'before-first-apply', operation: 'Update' },
    about.now,
  )
  owners.set(identity(entry), { entry, set })
}

function prune(merged: unknown, owners: Owners, last: FieldSet | undefined, shape: Shape): unknown {
  if (last === undefined || last.isEmpty()) return merged
  const lastNamed = withNamedFields(last, shape)
  let owned = new FieldSet()
  for (const { set } of owners.values()) owned = owned.union(set)
  const all = withNamedFields(fieldsOf(merged, shape), shape)
  const left = (value: unknown): FieldSet => withNamedFields(fieldsOf(value, shape), shape)
  let pruned = removeFields(merged, lastNamed, shape)
  pruned = removeFields(
    merged,
    all.difference(left(pruned)).difference(withNamedFields(owned, shape)),
    shape,
  )
  return removeFields(merged, all.difference(left(pruned)).intersection(lastNamed), shape)
}

function settle(
  owners: Owners,
  id: string,
  before: Obj,
  after: Obj,
  allowed: 'all' | (() => FieldSet),
  about: Ownership,
): void {
  const difference = compare(before, after, about.shape)
  const touched = difference.added.union(difference.modified).recursiveDifference(about.ignored)
  const removed = difference.removed.recursiveDifference(about.ignored)
  const clashes: { owned: Owned; set: FieldSet; key: string }[] = []
  for (const [key, owned] of owners) {
    if (key === id) continue
    const set = owned.set.intersection(touched).recursiveDifference(about.ignored)
    if (!set.isEmpty()) clashes.push({ owned, set, key })
  }
  if (clashes.length > 0 && allowed !== 'all') {
    const free = allowed()
    const left = clashes.map((one) => ({ ...one, set: one.set.difference(free) }))
    const real = left.filter(({ set }) => !set.isEmpty())
    if (real.length > 0) throw conflictOf(real)
  }
  for (const [key, owned] of owners) {
    if (key === id) continue
    const set = owned.set.difference(touched).difference(removed)
    if (set.isEmpty()) owners.delete(key)
    else owners.set(key, { ...owned, set })
  }
}

// What kubectl applied from its own side and still stands so is its own to take over.
function lastAppliedFields(live: Obj, shape: Shape): FieldSet {
  const text = live.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration']
  if (text === undefined) return FieldSet.empty
  try {
    const config: unknown = JSON.parse(text)
    const { added, modified, removed } = compare(config, live, shape)
    return fieldsOf(config, shape).difference(added).difference(modified).difference(removed)
  } catch {
    return FieldSet.empty // whoever wrote that was not kubectl
  }
}

export function conflictOf(clashes: readonly { owned: Owned; set: FieldSet }[]): ApiError {
  const groups = new Map<string, { readonly name: string; readonly fields: string[] }>()
  const causes = []
  for (const { owned, set } of clashes) {
    const name = managerText(owned.entry)
    const fields = [...set.paths()].map(pathText)
    groups.set(orderOf(owned.entry), { name, fields })
    for (const one of fields) {
      causes.push({ reason: 'FieldManagerConflict', message: `conflict with ${name}`, field: one })
    }
  }
  const count = causes.length
  const parts = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { name, fields }]) =>
      fields.length === 1 && groups.size === 1
        ? `conflict with ${name}: ${fields[0]}`
        : `conflicts with ${name}:\n${fields.map((one) => `- ${one}`).join('\n')}`,
    )
  const message = `Apply failed with ${count} conflict${count === 1 ? '' : 's'}: ${parts.join('\n')}`
  return new ApiError(409, 'Conflict', message, { causes })
}

// Managers in the order of what the real server knows them by.
function orderOf({ manager, operation, apiVersion, subresource }: ManagedEntry): string {
  const version = operation === 'Apply' ? {} : { apiVersion }
  return JSON.stringify({ manager, operation, ...version, subresource })
}

function managerText(entry: ManagedEntry): string {
  const manager = JSON.stringify(entry.manager ?? '')
  const through = entry.subresource === undefined ? '' : ` with subresource "${entry.subresource}"`
  const using = entry.operation === 'Update' ? ` using ${entry.apiVersion ?? ''}` : ''
  return `${manager}${through}${using}`
}
