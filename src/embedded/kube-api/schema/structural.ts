/**
 * What keeps a schema from being structural: types that are missing, what may not stand inside anyOf
 * and its kin, what is said there of fields that the schema itself does not name.
 */
import { equalJson } from '#base'
import { field, type FieldError } from '../errors.ts'
import { get, isFielded, type Fielded } from '../object.ts'
import { patternMistake } from './patterns.ts'

type Level = 'root' | 'item' | 'field'

const untyped: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
}

/** Faults of a schema's structure, by their text. @param at Path of the schema, for messages. */
export function structuralFaults(schema: Fielded, at: string): FieldError[] {
  const errors: FieldError[] = []
  invariants(schema, at, 'root', errors)
  completeness(schema, schema, at, at, errors)
  const text = (one: FieldError): string => `${one.field}: ${one.message}`
  return errors.sort((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0))
}

/** A part that no structural schema can hold, whose presence keeps it from being read as one. */
export function unreadablePart(schema: Fielded): string | undefined {
  const unsupported = unsupportedPart(schema)
  if (unsupported !== undefined) return unsupported
  for (const inner of partsOf(schema)) {
    const found = unreadablePart(inner)
    if (found !== undefined) return found
  }
  return undefined
}

function unsupportedPart(schema: Fielded): string | undefined {
  const isFull = (value: unknown): boolean =>
    isFielded(value) ? Object.keys(value).length > 0 : value !== undefined && value !== ''
  const texts = [
    ['id', 'id'],
    ['$schema', 'schema'],
    ['$ref', '$ref'],
    ['patternProperties', 'patternProperties'],
    ['dependencies', 'dependencies'],
    ['definitions', 'definitions'],
  ] as const
  const found = texts.find(([key]) => isFull(schema[key]))
  if (found !== undefined) return `OpenAPIV3Schema '${found[1]}' is not supported`
  if (schema['additionalItems'] !== undefined) {
    return "OpenAPIV3Schema 'additionalItems' is not supported"
  }
  if (Array.isArray(schema['items'])) {
    return "OpenAPIV3Schema 'items' must be a schema, but is an array"
  }
  return schema['x-kubernetes-preserve-unknown-fields'] === false
    ? "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined"
    : undefined
}

function partsOf(schema: Fielded): Fielded[] {
  const lists = ['allOf', 'anyOf', 'oneOf'].flatMap((part) => schemasIn(schema, part))
  const alone = [schema['not'], schema['items'], schema['additionalProperties']]
  return [...lists, ...alone, ...Object.values(fielded(schema['properties']))].filter(isFielded)
}

/** The schemas of `allOf`, `anyOf` or `oneOf`. */
export function schemasIn(schema: Fielded, part: string): Fielded[] {
  const list = schema[part]
  return Array.isArray(list) ? list.map((one: unknown) => fielded(one)) : []
}

/** `value` when it has fields, else nothing with fields. */
export function fielded(value: unknown): Fielded {
  return isFielded(value) ? value : {}
}

function invariants(schema: Fielded, at: string, level: Level, errors: FieldError[]): void {
  const type = typeof schema['type'] === 'string' ? schema['type'] : ''
  if (type === 'array' && schema['items'] === undefined) {
    errors.push(field.required(`${at}.items`, 'must be specified'))
  }
  if (isFielded(schema['items'])) invariants(schema['items'], `${at}.items`, 'item', errors)
  for (const [name, inner] of Object.entries(fielded(schema['properties']))) {
    invariants(fielded(inner), `${at}.properties[${name}]`, 'field', errors)
  }
  const additional = schema['additionalProperties']
  if (additional !== undefined && level === 'root') {
    errors.push(field.forbidden(`${at}.additionalProperties`, 'must not be used at the root'))
  }
  if (isFielded(additional)) invariants(additional, `${at}.additionalProperties`, 'field', errors)
  extensions(schema, at, errors)
  combinations(schema, at, errors)
  typeFaults(schema, type, at, level, errors)
  objectFields(schema, at, level, errors)
}

function extensions(schema: Fielded, at: string, errors: FieldError[]): void {
  if (schema['x-kubernetes-int-or-string'] !== true) return
  for (const other of ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource']) {
    if (schema[other] !== true) continue
    const why = 'must be false if x-kubernetes-int-or-string is true'
    errors.push(field.invalid(`${at}.${other}`, true, why))
  }
}

function typeFaults(
  schema: Fielded,
  type: string,
  at: string,
  level: Level,
  errors: FieldError[],
): void {
  const isEmbedded = schema['x-kubernetes-embedded-resource'] === true
  const preserves = schema['x-kubernetes-preserve-unknown-fields'] === true
  if (isEmbedded && type !== 'object') {
    const why = 'must be object if x-kubernetes-embedded-resource is true'
    errors.push(
      type === '' ? field.required(`${at}.type`, why) : field.invalid(`${at}.type`, type, why),
    )
  } else if (type === '' && schema['x-kubernetes-int-or-string'] !== true && !preserves) {
    errors.push(field.required(`${at}.type`, untyped[level]))
  }
  if (isEmbedded && schema['additionalProperties'] !== undefined) {
    const why = 'must not be used if x-kubernetes-embedded-resource is set'
    errors.push(field.forbidden(`${at}.additionalProperties`, why))
  }
  if (level === 'root' && type !== '' && type !== 'object') {
    errors.push(field.invalid(`${at}.type`, type, 'must be object at the root'))
  }
  if (isEmbedded && !preserves && Object.keys(fielded(schema['properties'])).length === 0) {
    const why =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields'
    errors.push(field.required(`${at}.properties`, why))
  }
}

// The fields that every object has, at the root and in objects inside objects.
function objectFields(schema: Fielded, at: string, level: Level, errors: FieldError[]): void {
  const isObject = level === 'root' || schema['x-kubernetes-embedded-resource'] === true
  for (const [name, wanted] of [
    ['kind', 'string'],
    ['apiVersion', 'string'],
    ['metadata', 'object'],
  ] as const) {
    const inner = get(schema, 'properties', name)
    if (!isFielded(inner)) continue
    const where = `${at}.properties[${name}]`
    const type = inner['type'] ?? ''
    if (isObject && type !== wanted) {
      errors.push(field.invalid(`${where}.type`, type, `must be ${wanted}`))
    }
    if (name === 'metadata' && level === 'root' && saysMore(inner)) {
      errors.push(
        field.forbidden(
          where,
          'must not specify anything other than name and generateName, but metadata is implicitly specified',
        ),
      )
    }
  }
}

function saysMore(metadata: Fielded): boolean {
  const { type: _type, default: _default, properties, ...rest } = metadata
  const names = Object.keys(fielded(properties))
  if (names.some((name) => name !== 'name' && name !== 'generateName')) return true
  return Object.values(rest).some((value) => value !== false && value !== '')
}

const eitherType = [{ type: 'integer' }, { type: 'string' }]

function combinations(schema: Fielded, at: string, errors: FieldError[], skipsAnyOf = false): void {
  if (!skipsAnyOf && !equalJson(schema['anyOf'], eitherType)) {
    for (const [i, inner] of schemasIn(schema, 'anyOf').entries()) {
      nested(inner, `${at}.anyOf[${i}]`, errors)
    }
  }
  const all = schemasIn(schema, 'allOf')
  for (const [i, inner] of all.entries()) {
    nested(inner, `${at}.allOf[${i}]`, errors, i === 0 && equalJson(inner['anyOf'], eitherType))
  }
  for (const [i, inner] of schemasIn(schema, 'oneOf').entries()) {
    nested(inner, `${at}.oneOf[${i}]`, errors)
  }
  if (isFielded(schema['not'])) nested(schema['not'], `${at}.not`, errors)
  const pattern = schema['pattern']
  const mistake =
    typeof pattern === 'string' && pattern !== '' ? patternMistake(pattern) : undefined
  if (mistake !== undefined) {
    const why = `must be a valid regular expression, but isn't: ${mistake}`
    errors.push(field.invalid(`${at}.pattern`, pattern, why))
  }
}

const noneNested: readonly (readonly [key: string, detail: string])[] = [
  ['type', 'must be empty to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
]

// What stands in a combination may only narrow values, never say what there is.
function nested(schema: Fielded, at: string, errors: FieldError[], skipsAnyOf = false): void {
  combinations(schema, at, errors, skipsAnyOf)
  if (isFielded(schema['items'])) nested(schema['items'], `${at}.items`, errors)
  const properties = fielded(schema['properties'])
  for (const [name, inner] of Object.entries(properties)) {
    nested(fielded(inner), `${at}.properties[${name}]`, errors)
  }
  for (const [key, detail] of noneNested) {
    const value = schema[key]
    const isVoid = value === undefined || value === null || value === '' || value === false
    if (isVoid || (Array.isArray(value) && value.length === 0)) continue
    errors.push(field.forbidden(`${at}.${key}`, detail))
  }
  const additional = schema['additionalProperties']
  if (additional !== undefined && additional !== false) {
    const why = 'must be undefined to be structural'
    errors.push(field.forbidden(`${at}.additionalProperties`, why))
  }
  if (Object.hasOwn(properties, 'metadata')) {
    const why = 'must not be specified in a nested context'
    errors.push(field.forbidden(`${at}.properties[metadata]`, why))
  }
}

// All that a combination speaks of must stand in the schema itself.
function completeness(
  values: Fielded,
  schema: Fielded,
  schemaAt: string,
  at: string,
  errors: FieldError[],
): void {
  const parts = ['allOf', 'anyOf', 'oneOf'].flatMap((part) =>
    schemasIn(values, part).map((inner, i): [Fielded, string] => [inner, `${at}.${part}[${i}]`]),
  )
  if (isFielded(values['not'])) parts.push([values['not'], `${at}.not`])
  for (const [inner, where] of parts) nestedCompleteness(inner, schema, schemaAt, where, errors)
}

function nestedCompleteness(
  values: Fielded,
  schema: unknown,
  schemaAt: string,
  at: string,
  errors: FieldError[],
): void {
  if (!isFielded(schema)) {
    errors.push(field.required(schemaAt, `because it is defined in ${at}`))
    return
  }
  completeness(values, schema, schemaAt, at, errors)
  if (isFielded(values['items'])) {
    const where = `${at}.items`
    nestedCompleteness(values['items'], schema['items'], `${schemaAt}.items`, where, errors)
  }
  for (const [name, inner] of Object.entries(fielded(values['properties']))) {
    const part = `.properties[${name}]`
    const own = get(schema, 'properties', name)
    nestedCompleteness(fielded(inner), own, `${schemaAt}${part}`, `${at}${part}`, errors)
  }
}
