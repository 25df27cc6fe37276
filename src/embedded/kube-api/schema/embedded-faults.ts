/** What is wrong with objects inside objects, as objects. */
import { field, type FieldError } from '../errors.ts'
import { builtinShape } from '../kinds/shapes.ts'
import { readTyped, TypeMismatch } from '../kinds/strict.ts'
import { get, isFielded, type Fielded, type Meta } from '../object.ts'
import { annotationFaults, labelMapFaults } from '../validate/meta.ts'
import { labelFaults, segmentFaults } from '../validate/qualified.ts'
import { finalizerFaults, ownerFaults } from '../validate/references.ts'
import { propertyOf, valuesOf, type Schema } from './schema.ts'

/** Faults of apiVersion, kind and metadata of every object in a value. @param path Where the value stands. */
export function embeddedFaults(value: unknown, schema: Schema, path: string): FieldError[] {
  if (Array.isArray(value)) {
    const { items } = schema
    if (items === undefined) return []
    return value.flatMap((one: unknown, i) => embeddedFaults(one, items, `${path}[${i}]`))
  }
  if (!isFielded(value)) return []
  const isObject = path !== '' && schema['x-kubernetes-embedded-resource'] === true
  const own = isObject ? objectFaults(value, path) : []
  const values = valuesOf(schema)
  const inner = Object.keys(value).flatMap((key) => {
    const property = propertyOf(schema, key)
    const at = path === '' ? key : `${path}.${key}`
    if (property !== undefined) return embeddedFaults(get(value, key), property, at)
    return values === undefined ? [] : embeddedFaults(get(value, key), values, `${path}[${key}]`)
  })
  return [...own, ...inner]
}

const label1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/
const kindHelp =
  "may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"

function objectFaults(value: Fielded, path: string): FieldError[] {
  const { apiVersion, kind } = value
  const errors: FieldError[] = []
  const versionAt = `${path}.apiVersion`
  if (apiVersion === undefined) errors.push(field.required(versionAt))
  else if (apiVersion === '') errors.push(field.invalid(versionAt, '', 'must not be empty'))
  else if (typeof apiVersion === 'string' && apiVersion.split('/').length > 2) {
    const why = `unexpected GroupVersion string: ${apiVersion}`
    errors.push(field.invalid(versionAt, apiVersion, why))
  }
  const kindAt = `${path}.kind`
  if (kind === undefined) errors.push(field.required(kindAt))
  else if (kind === '') errors.push(field.invalid(kindAt, '', 'must not be empty'))
  else if (typeof kind === 'string' && !label1035.test(kind.toLowerCase())) {
    errors.push(field.invalid(kindAt, kind, kindHelp))
  }
  return [...errors, ...metadataFaults(get(value, 'metadata'), `${path}.metadata`)]
}

function metadataFaults(metadata: unknown, path: string): FieldError[] {
  if (!isFielded(metadata)) return []
  try {
    readTyped(metadata, builtinShape('meta.v1.ObjectMeta'), [], 'ObjectMeta')
  } catch (error) {
    if (error instanceof TypeMismatch) return [field.invalid(path, metadata, error.message)]
    throw error
  }
  // What has been read as metadata is metadata.
  const {
    name = '',
    namespace = '',
    labels,
    annotations,
    finalizers,
    ownerReferences,
  } = metadata as Meta
  const named = (key: string, text: string, faults: readonly string[]): FieldError[] =>
    text === '' ? [] : faults.map((fault) => field.invalid(`${path}.${key}`, text, fault))
  const shared = [
    ...annotationFaults(annotations ?? {}),
    ...ownerFaults(ownerReferences ?? []),
    ...finalizerFaults(finalizers ?? [], true),
  ]
  return [
    ...named('name', name, segmentFaults(name)),
    ...named('namespace', namespace, labelFaults(namespace)),
    ...labelMapFaults(labels ?? {}, `${path}.labels`),
    ...shared.map((fault) => ({ ...fault, field: fault.field.replace(/^metadata/, path) })),
  ]
}
