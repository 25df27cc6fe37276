import { anything, anyShape, type Field, type Lazy, type Shape } from '../kinds/shape.ts'
import { builtinShape } from '../kinds/shapes.ts'
import { valuesOf, type Schema } from './schema.ts'

/** The shape of a custom kind, for merging and ownership. Without a schema anything goes. */
export function shapeOfSchema(schema: Schema | undefined): Shape {
  const shape = schema === undefined ? anyShape : shapeOf(schema)
  const meta: Field = plain(() => builtinShape('meta.v1.ObjectMeta'))
  const text: Field = plain(() => ({ kind: 'scalar', type: 'string' }))
  const fields = new Map(shape.kind === 'struct' ? shape.fields : [])
  fields.set('metadata', meta)
  fields.set('apiVersion', text)
  fields.set('kind', text)
  return {
    kind: 'struct',
    name: '',
    fields,
    atomic: false,
    rest: shape.kind === 'struct' ? shape.rest : anything,
    embedded: new Map(),
  }
}

function plain(shape: Lazy): Field {
  return { shape, required: false, number: undefined, patch: undefined, fallback: undefined }
}

function shapeOf(schema: Schema): Shape {
  if (schema['x-kubernetes-int-or-string'] === true) return { kind: 'scalar', type: 'intstr' }
  switch (schema.type) {
    case 'object':
      return objectShape(schema)
    case 'array':
      return listShape(schema)
    case 'string':
      return { kind: 'scalar', type: 'string' }
    case 'integer':
      return { kind: 'scalar', type: 'int64' }
    case 'number':
      return { kind: 'scalar', type: 'double' }
    case 'boolean':
      return { kind: 'scalar', type: 'bool' }
    default:
      return anyShape
  }
}

function objectShape(schema: Schema): Shape {
  const atomic = schema['x-kubernetes-map-type'] === 'atomic'
  const values = valuesOf(schema)
  if (values !== undefined) {
    const element = shapeOf(values)
    return { kind: 'map', element: () => element, atomic }
  }
  const preserves = schema['x-kubernetes-preserve-unknown-fields'] === true
  const fields = new Map<string, Field>()
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    const shape = shapeOf(inner)
    const fallback = inner.default
    const isScalar = ['string', 'number', 'boolean'].includes(typeof fallback)
    fields.set(name, {
      ...plain(() => shape),
      fallback: isScalar ? (fallback as string | number | boolean) : undefined,
    })
  }
  if (schema['x-kubernetes-embedded-resource'] === true) {
    fields.set(
      'metadata',
      plain(() => builtinShape('meta.v1.ObjectMeta')),
    )
    fields.set(
      'apiVersion',
      plain(() => ({ kind: 'scalar', type: 'string' })),
    )
    fields.set(
      'kind',
      plain(() => ({ kind: 'scalar', type: 'string' })),
    )
  }
  if (fields.size === 0 && preserves) return atomic ? atomicAny : anyShape
  return {
    kind: 'struct',
    name: '',
    fields,
    atomic,
    rest: preserves ? anything : undefined,
    embedded: new Map(),
  }
}

const atomicAny: Shape = { kind: 'map', element: anything, atomic: true }

function listShape(schema: Schema): Shape {
  const element = shapeOf(schema.items ?? {})
  const type = schema['x-kubernetes-list-type']
  return {
    kind: 'list',
    element: () => element,
    relation: type === 'map' || type === 'set' ? type : 'atomic',
    keys: schema['x-kubernetes-list-map-keys'] ?? [],
  }
}
