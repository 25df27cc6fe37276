import { copy, drop, isFielded, put, type Fielded } from '../object.ts'

/** RFC 7386: maps merge, null removes, everything else replaces. Works on a copy. */
export function mergePatch(document: unknown, patch: unknown): unknown {
  if (!isFielded(patch)) return copy(patch)
  const result: Fielded = isFielded(document) ? { ...document } : {}
  for (const key of Object.keys(patch)) {
    const value = patch[key]
    if (value === null) drop(result, key)
    else {
      const before = Object.hasOwn(result, key) ? result[key] : undefined
      put(result, key, mergePatch(before, value))
    }
  }
  return result
}
