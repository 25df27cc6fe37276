import { field, type FieldError } from '../errors.ts'
import { get, isFielded } from '../object.ts'
import { valuesOf, type Schema } from './schema.ts'

/** Items that stand twice in a list that is a set or has keys. */
export function duplicateFaults(value: unknown, schema: Schema, path: string): FieldError[] {
  const errors: FieldError[] = []
  if (Array.isArray(value)) {
    const seen = new Set<string>()
    for (const [i, item] of (value as unknown[]).entries()) {
      const at = `${path}[${i}]`
      const id = identityOf(item, schema)
      if (id !== undefined) {
        const text = JSON.stringify(id)
        if (seen.has(text)) errors.push(field.duplicate(at, id))
        seen.add(text)
      }
      if (schema.items !== undefined) errors.push(...duplicateFaults(item, schema.items, at))
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

function identityOf(item: unknown, schema: Schema): unknown {
  const type = schema['x-kubernetes-list-type']
  if (type === 'set') return item
  if (type !== 'map') return undefined
  const keys = [...(schema['x-kubernetes-list-map-keys'] ?? [])].sort()
  return Object.fromEntries(keys.map((key) => [key, get(item, key)]))
}
