import { isFielded, scalarText, type Fielded } from '../object.ts'

/** A JSON value as Go's `%v` prints it: `map[a:1 b:[x y]]`, keys in order. */
export function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one: unknown) => goText(one)).join(' ')}]`
  if (value === null) return '<nil>'
  return isFielded(value) ? goMap(value) : scalarText(value)
}

function goMap(map: Fielded): string {
  const parts = Object.keys(map)
    .sort()
    .map((key) => `${key}:${goText(map[key])}`)
  return `map[${parts.join(' ')}]`
}
