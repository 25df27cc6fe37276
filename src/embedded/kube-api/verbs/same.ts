import { equalJson } from '#base'
import { get, type ManagedEntry, type Obj } from '../object.ts'

/** Whether two versions of an object say the same; times of ownership do not make them different. */
export function isSame(a: Obj, b: Obj): boolean {
  return (
    sameFields(a, b, 'metadata') &&
    sameFields(a.metadata, b.metadata, 'managedFields') &&
    sameOwners(a.metadata.managedFields ?? [], b.metadata.managedFields ?? [])
  )
}

function sameOwners(a: readonly ManagedEntry[], b: readonly ManagedEntry[]): boolean {
  return a.length === b.length && a.every((entry, i) => sameFields(entry, b[i] ?? {}, 'time'))
}

// A field that is undefined is not there.
function sameFields(a: object, b: object, but: string): boolean {
  return isWithin(a, b, but) && isWithin(b, a, but)
}

function isWithin(a: object, b: object, but: string): boolean {
  for (const name of Object.keys(a)) {
    if (name !== but && !equalJson(get(a, name), get(b, name))) return false
  }
  return true
}
