import { isMapLike, List, numeric, Optional, type Value } from './values.ts'

/** What stands in a value under a key or an index; undefined: nothing. */
export function member(of: Value, key: Value): Value | undefined {
  if (of instanceof Optional) return of.value === undefined ? undefined : member(of.value, key)
  if (isMapLike(of)) return of.find(key)
  if (!(of instanceof List)) return undefined
  const index = numeric(key)
  return typeof index === 'bigint' ? of.items[Number(index)] : undefined
}
