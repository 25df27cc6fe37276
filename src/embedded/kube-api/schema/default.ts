import { copy, get, isFielded, put, type Fielded } from '../object.ts'
import { valuesOf, type Schema } from './schema.ts'

/**
 * `value` with the defaults of its schema; the same value when there is nothing to fill in.
 * Null where null is not allowed counts as absent when there is a default.
 */
export function withDefaults<T>(value: T, schema: Schema): T {
  return fill(value, schema) as T
}

function fill(value: unknown, schema: Schema): unknown {
  if (isFielded(value)) return fillMap(value, schema)
  if (Array.isArray(value) && schema.items !== undefined) {
    const items = schema.items
    let changed = false
    const filled = value.map((item: unknown) => {
      const next =
        item === null && items.default !== undefined && items.nullable !== true
          ? copy(items.default)
          : fill(item, items)
      if (next !== item) changed = true
      return next
    })
    return changed ? filled : value
  }
  return value
}

function fillMap(value: Fielded, schema: Schema): Fielded {
  let result = value
  const change = (key: string, next: unknown): void => {
    if (result === value) result = { ...value }
    put(result, key, next)
  }
  for (const [key, inner] of Object.entries(schema.properties ?? {})) {
    const held = get(value, key)
    const isVoid = held === undefined || (held === null && inner.nullable !== true)
    if (isVoid && inner.default !== undefined) change(key, fill(copy(inner.default), inner))
    else if (held !== undefined) {
      const next = fill(held, inner)
      if (next !== held) change(key, next)
    }
  }
  const values = valuesOf(schema)
  if (values !== undefined) {
    for (const key of Object.keys(value)) {
      if (schema.properties !== undefined && Object.hasOwn(schema.properties, key)) continue
      const held = value[key]
      const next =
        held === null && values.default !== undefined && values.nullable !== true
          ? copy(values.default)
          : fill(held, values)
      if (next !== held) change(key, next)
    }
  }
  return result
}
