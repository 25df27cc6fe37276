import { field, type FieldError } from '../errors.ts'
import { get, isFielded } from '../object.ts'
import { valuesOf, type Schema } from './schema.ts'

/** Items that stand twice in a list that is a set or has keys. */
export function duplicateFaults(value: unknown, schema: Schema, path: string): FieldError[] {
  const errors: FieldError[] = []
  if (Array.isArray(value)) {
    const type = schema['x-kubernetes-list-type']
    const odd = type === 'map' ? value.findIndex((one) => one !== null && !isFielded(one)) : -1
    if (odd !== -1) {
      const why = 'must be an object for an array of list-type map'
      errors.push(field.invalid(`${path}[${odd}]`, value[odd], why))
    } else errors.push(...repetitions(value, schema, path))
    for (const [i, item] of (value as unknown[]).entries()) {
      const { items } = schema
      if (items !== undefined) errors.push(...duplicateFaults(item, items, `${path}[${i}]`))
    }
    return errors
  }
  if (!isFielded(value)) return errors
  const values = valuesOf(schema)
  for (const key of Object.keys(value)) {
    const properties = schema.properties
    const inner =
      properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : values
    if (inner !== undefined) {
      errors.push(...duplicateFaults(get(value, key), inner, path === '' ? key : `${path}.${key}`))
    }
  }
  return errors
}

// What stands there three times is told once, too.
function repetitions(value: readonly unknown[], schema: Schema, path: string): FieldError[] {
  const seen = new Map<string, number>()
  return value.flatMap((item, i) => {
    const id = identityOf(item, schema)
    if (id === undefined) return []
    const text = JSON.stringify(id)
    const times = seen.get(text) ?? 0
    seen.set(text, times + 1)
    return times === 1 ? [field.duplicate(`${path}[${i}]`, id)] : []
  })
}

function identityOf(item: unknown, schema: Schema): unknown {
  const type = schema['x-kubernetes-list-type']
  if (type === 'set') return item
  if (type !== 'map') return undefined
  const keys = [...(schema['x-kubernetes-list-map-keys'] ?? [])].sort()
  return Object.fromEntries(keys.map((key) => [key, get(item, key)]))
}
