import { builtinShape } from '../kinds/shapes.ts'
import { readTyped, TypeMismatch } from '../kinds/strict.ts'
import { get, isFielded, put, type Fielded } from '../object.ts'
import { propertyOf, valuesOf, type Schema } from './schema.ts'

/**
 * `value` without the fields its schema does not know; their paths are added to `dropped`.
 * Nulls go where the schema has a default or does not allow them.
 */
export function prune(value: unknown, schema: Schema, dropped: string[]): unknown {
  const embedded: string[] = []
  const result = pruneAt(value, schema, '', dropped, embedded, true)
  dropped.sort()
  dropped.push(...embedded)
  return result
}

// The metadata of an object inside an object is read as metadata is.
function embeddedMeta(value: unknown, path: string, dropped: string[]): unknown {
  const found: string[] = []
  try {
    const read = readTyped(value, builtinShape('meta.v1.ObjectMeta'), found, 'ObjectMeta')
    dropped.push(...found.map((one) => `${path}.${/"(.*)"/.exec(one)?.[1] ?? ''}`))
    return read
  } catch (error) {
    if (!(error instanceof TypeMismatch)) throw error
    const shown = JSON.stringify(isFielded(value) ? inKeyOrder(value) : value)
    throw new TypeMismatch(`${path}: Invalid value: ${shown}: ${error.message}`)
  }
}

function inKeyOrder(map: Fielded): Fielded {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))
}

// Of a map of anything, nothing is known that null could not be.
function anyValue(schema: Schema, next: Schema): Schema | undefined {
  return schema.additionalProperties === true && Object.keys(next).length === 0 ? next : undefined
}

const objectFields: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata'])

function pruneAt(
  value: unknown,
  schema: Schema,
  path: string,
  dropped: string[],
  embedded: string[],
  isObject: boolean,
): unknown {
  if (Array.isArray(value)) {
    const items = schema.items
    if (items === undefined) return value
    return value.map((item: unknown, i) =>
      pruneAt(
        item,
        items,
        `${path}[${i}]`,
        dropped,
        embedded,
        items['x-kubernetes-embedded-resource'] === true,
      ),
    )
  }
  if (!isFielded(value)) return value
  const preserves = schema['x-kubernetes-preserve-unknown-fields'] === true
  const values = valuesOf(schema)
  const result: Fielded = {}
  for (const key of Object.keys(value)) {
    const at = path === '' ? key : `${path}.${key}`
    const held = get(value, key)
    const next = propertyOf(schema, key) ?? values
    if (isObject && key === 'metadata' && path !== '')
      put(result, key, embeddedMeta(held, at, embedded))
    else if (isObject && objectFields.has(key)) {
      if (path !== '' && typeof held !== 'string') {
        throw new TypeMismatch(`${at}: Invalid value: ${JSON.stringify(held)}: must be a string`)
      }
      put(result, key, held)
    } else if (next !== undefined) {
      const isEmbedded = next['x-kubernetes-embedded-resource'] === true
      // Null where it is not allowed is as good as absent.
      if (held === null && next.nullable !== true && next !== anyValue(schema, next)) continue
      put(result, key, pruneAt(held, next, at, dropped, embedded, isEmbedded))
    } else if (preserves) put(result, key, held)
    else dropped.push(at)
  }
  return result
}
