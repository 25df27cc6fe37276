import { equalJson } from '#base'
import { get, type ManagedEntry, type Obj } from '../object.ts'
import { FieldSet } from './field-set.ts'
import { conflictOf, entryFor, identity, readOwners, writeOwners, type Writer } from './manager.ts'

/**
 * managedFields after a write through `scale`: who changes the number of replicas takes that one
 * field from whoever owned it. A field that nobody owned stays nobody's, unless it was applied.
 *
 * @throws ApiError 409 when another manager owns the field with another value and `force` is off.
 */
export function afterScale(
  before: Obj,
  next: Obj,
  writer: Writer,
  path: readonly string[],
  force: boolean,
): ManagedEntry[] {
  const owners = readOwners(before.metadata.managedFields)
  if (equalJson(get(before, ...path) ?? 0, get(next, ...path) ?? 0)) return writeOwners(owners)
  const field = new FieldSet()
  field.insert(path.map((name) => `f:${name}`))
  const holders = [...owners].filter(([, { set }]) => !set.intersection(field).isEmpty())
  const entry = entryFor(writer, undefined)
  const id = identity(entry)
  const others = holders.filter(([key]) => key !== id)
  if (others.length > 0 && !force) {
    throw conflictOf(others.map(([, owned]) => ({ owned, set: field })))
  }
  for (const [key, owned] of others) {
    const set = owned.set.difference(field)
    if (set.isEmpty()) owners.delete(key)
    else owners.set(key, { ...owned, set })
  }
  if (holders.length > 0 || writer.operation === 'Apply') owners.set(id, { entry, set: field })
  return writeOwners(owners)
}
