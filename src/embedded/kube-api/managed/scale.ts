import { internal } from '../errors.ts'
import { get, type ManagedEntry, type Obj } from '../object.ts'
import { FieldSet } from './field-set.ts'
import { conflictOf, entryFor, identity, readOwners, type Owners, type Writer } from './manager.ts'

/** What is asked of the number of replicas. */
export interface ScaleChange {
  readonly writer: Writer
  /** Where the number stands in the object. */
  readonly path: readonly string[]
  /** The number that is asked for; undefined: an applied Scale says nothing of it. */
  readonly wanted: number | undefined
  /** Whether what others own is taken from them. */
  readonly force: boolean
  readonly isCustom: boolean
  /** `namespace/name` as the Scale that is applied has them. */
  readonly named: string
}

/** What comes of it. */
export interface Scaled {
  readonly owners: Owners
  readonly replicas: number
}

const scaleVersion = 'autoscaling/v1'
const inScale = new FieldSet()
inScale.insert(['f:spec', 'f:replicas'])

/**
 * Who owns what after a write through `scale`, and how many replicas are asked for then.
 *
 * Ownership is looked at as that of a Scale, whose version is another one: whoever updated the object
 * itself counts as somebody else, so that his replicas move to an entry of their own without a time.
 *
 * Source: k8s.io/apimachinery pkg/util/managedfields/scalehandler.go
 * @throws ApiError 409 when another manager owns the field with another value and `force` is off.
 */
export function afterScale(before: Obj, change: ScaleChange): Scaled {
  const { writer, path } = change
  const parents = readOwners(before.metadata.managedFields)
  const field = new FieldSet()
  field.insert(path.map((name) => `f:${name}`))
  const has = (set: FieldSet): boolean => !set.intersection(field).isEmpty()
  const holders = new Map<string, ManagedEntry>()
  for (const { entry, set } of parents.values()) {
    if (!has(set)) continue
    const shown = { ...entry, apiVersion: scaleVersion }
    holders.set(identity(shown), shown)
  }
  const held = get(before, ...path)
  const replicas = settle(holders, typeof held === 'number' ? held : 0, change)
  const owners: Owners = new Map()
  for (const [id, { entry, set }] of parents) {
    const left = has(set) && !holders.has(id) ? set.difference(field) : set
    if (has(set)) holders.delete(id)
    if (!left.isEmpty()) owners.set(id, { entry, set: left })
  }
  for (const [id, entry] of holders) {
    const { time: _, ...rest } = entry
    const time = parents.get(id)?.entry.time
    const own = { ...rest, apiVersion: writer.apiVersion, ...(time === undefined ? {} : { time }) }
    owners.set(id, { entry: own, set: field })
  }
  return { owners, replicas }
}

/** Makes `holders` those that own the number afterwards. @returns the number. */
function settle(
  holders: Map<string, ManagedEntry>,
  held: number,
  { writer, wanted, force, isCustom, named }: ScaleChange,
): number {
  const me = entryFor({ ...writer, apiVersion: scaleVersion }, undefined)
  const id = identity(me)
  if (writer.operation === 'Update') {
    const replicas = wanted ?? 0
    if (holders.size === 0 || held === replicas) return replicas
    holders.clear()
    // A Scale of none has no such field: nobody can own it.
    if (replicas !== 0) holders.set(id, me)
    return replicas
  }
  if (holders.size === 0) adopt(holders, held, writer, isCustom)
  const isMine = holders.has(id)
  if (wanted === undefined) {
    holders.delete(id)
    return isMine && holders.size === 0 ? 0 : held
  }
  holders.set(id, me)
  if (held === wanted && held !== 0) return wanted
  const others = [...holders].filter(([other]) => other !== id)
  if (others.length > 0 && !force) {
    throw conflictOf(others.map(([, entry]) => ({ owned: { entry, set: inScale }, set: inScale })))
  }
  if (isCustom) throw notConverted(`failed to convert new object (${named}`)
  for (const [other] of others) holders.delete(other)
  return wanted
}

// Replicas that nobody owns belong to one made-up manager; the real server cannot make him for custom kinds.
function adopt(
  holders: Map<string, ManagedEntry>,
  held: number,
  writer: Writer,
  isCustom: boolean,
): void {
  if (isCustom) {
    const what = 'failed to create manager for existing fields: failed to convert live object (/'
    throw notConverted(what)
  }
  if (held === 0) return
  const first: Writer = { ...writer, manager: 'before-first-apply', operation: 'Update' }
  const entry = entryFor({ ...first, apiVersion: scaleVersion }, undefined)
  holders.set(identity(entry), entry)
}

// Its applied Scales fail where they would change anything.
function notConverted(what: string): Error {
  return internal(
    `${what}; ${scaleVersion}, Kind=Scale) to proper version: request to convert CR to an invalid group/version: ${scaleVersion}`,
  )
}
