/** A structural schema and the CRD around it, as far as the generator looks at them. */

export interface Schema {
  type?: string
  format?: string
  description?: string
  default?: unknown
  enum?: unknown[]
  required?: string[]
  nullable?: boolean
  properties?: Record<string, Schema>
  items?: Schema
  additionalProperties?: Schema
  'x-kubernetes-preserve-unknown-fields'?: boolean
  'x-kubernetes-int-or-string'?: boolean
  'x-kubernetes-validations'?: { rule: string; message: string }[]
  [keyword: string]: unknown
}

export interface PrinterColumn {
  name: string
  type: string
  jsonPath: string
}

export interface Version {
  name: string
  served: boolean
  storage: boolean
  deprecated?: boolean
  deprecationWarning?: string
  subresources: Record<string, unknown>
  selectableFields: { jsonPath: string }[]
  additionalPrinterColumns: PrinterColumn[]
  schema: Schema
}

/** One kind, in the form of `test/conformance/crds`. */
export interface Crd {
  group: string
  scope: 'Namespaced' | 'Cluster'
  names: {
    kind: string
    listKind: string
    plural: string
    singular: string
    categories?: string[]
    shortNames?: string[]
  }
  versions: Version[]
}

/** A schema with its path: `spec.data[].remoteRef`, `[]` for list items, `{}` for map values. */
export interface Field {
  path: string
  schema: Schema
  isRequired: boolean
}

/** The fields right below `schema`, in the order of the recorded shape, which is alphabetical. */
export function fieldsOf(schema: Schema, path = ''): Field[] {
  const required = new Set(schema.required)
  return Object.entries(schema.properties ?? {}).map(([name, child]) => ({
    path: path === '' ? name : `${path}.${name}`,
    schema: child,
    isRequired: required.has(name),
  }))
}

/** What lies inside `field`: properties, list items or map values. */
export function childrenOf(field: Field): Field[] {
  const { schema, path } = field
  const inner: Field[] = fieldsOf(schema, path)
  if (schema.items) inner.push({ path: `${path}[]`, schema: schema.items, isRequired: true })
  if (schema.additionalProperties) {
    inner.push({ path: `${path}{}`, schema: schema.additionalProperties, isRequired: true })
  }
  return inner
}

/** Every field of a schema, parents before children. */
export function* walk(schema: Schema): Generator<Field> {
  const waiting = fieldsOf(schema)
  for (let field = waiting.shift(); field !== undefined; field = waiting.shift()) {
    yield field
    waiting.unshift(...childrenOf(field))
  }
}

/** The version that objects are stored as; every kind has exactly one. */
export function storedVersion(crd: Crd): Version {
  const stored = crd.versions.find((version) => version.storage)
  if (stored === undefined) throw new Error(`${crd.names.kind}: no version is stored`)
  return stored
}
