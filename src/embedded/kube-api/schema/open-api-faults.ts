/** What is wrong with each part of a schema by itself, and with the rules in it. */
import { field, type FieldError } from '../errors.ts'
import { get, isFielded, listAt, type Fielded } from '../object.ts'
import {
  compiledFaults,
  totalFaults,
  wordFaults,
  type Priced,
  type RulePlace,
} from './rule-declarations.ts'
import { fielded, schemasIn } from './structural.ts'

interface Place extends RulePlace {
  /** Whether this is (or is in) apiVersion, kind or metadata of an object. */
  readonly isMeta: boolean
  /** Why a default may not stand here. */
  readonly noDefault: string | undefined
  /** Whether rules are compiled here. */
  readonly hasRules: boolean
}

interface Found {
  readonly schema: FieldError[]
  readonly rules: FieldError[]
}

/**
 * Faults of a schema, then of its rules.
 *
 * @param isStructural Only then can its rules be understood.
 */
export function openApiFaults(schema: object, at: string, isStructural: boolean): FieldError[] {
  const prices: Priced[] = []
  const place: Place = {
    at,
    isRoot: true,
    times: 1,
    uncorrelated: undefined,
    isMeta: false,
    noDefault: undefined,
    hasRules: isStructural,
  }
  const found = walk(fielded(schema), place, prices)
  return [...found.schema, ...found.rules, ...totalFaults(prices, at)]
}

function walk(schema: Fielded, place: Place, prices: Priced[]): Found {
  const { at } = place
  const errors = [...ownFaults(schema, place), ...exclusiveFaults(schema, at)]
  const rules: FieldError[] = []
  for (const [inner, where] of partsOf(schema, place)) {
    const found = walk(inner, where, prices)
    errors.push(...found.schema)
    rules.push(...found.rules)
  }
  errors.push(...extensionFaults(schema, at))
  errors.push(...wordFaults(schema, at))
  // A schema that is wrong here or further in leads rules astray.
  if (
    errors.length === 0 &&
    place.hasRules &&
    listAt(schema, 'x-kubernetes-validations').length > 0
  )
    rules.push(...compiledFaults(schema, place, prices))
  return { schema: errors, rules }
}

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string']

function ownFaults(schema: Fielded, { at, isMeta, noDefault }: Place): FieldError[] {
  const errors: FieldError[] = []
  const type = schema['type']
  if (typeof type === 'string' && type !== '' && !types.includes(type)) {
    errors.push(field.notSupported(`${at}.type`, type, types))
  }
  if (schema['default'] !== undefined && noDefault !== undefined) {
    errors.push(field.forbidden(`${at}.default`, `must not be set ${noDefault}`))
  }
  for (const key of [
    'id',
    'additionalItems',
    'patternProperties',
    'definitions',
    'dependencies',
    '$ref',
  ]) {
    const value = schema[key]
    const isVoid = value === undefined || value === '' || value === null
    if (isVoid || (isFielded(value) && Object.keys(value).length === 0)) continue
    errors.push(field.forbidden(`${at}.${key}`, `${key} is not supported`))
  }
  if (type === 'null') {
    const why = 'type cannot be set to null, use nullable as an alternative'
    errors.push(field.forbidden(`${at}.type`, why))
  }
  if (Array.isArray(schema['items'])) {
    errors.push(field.forbidden(`${at}.items`, 'items must be a schema object and not an array'))
  }
  if (isMeta && schema['x-kubernetes-embedded-resource'] === true) {
    const why = 'must not be used inside of resource meta'
    errors.push(field.forbidden(`${at}.x-kubernetes-embedded-resource`, why))
  }
  return errors
}

function exclusiveFaults(schema: Fielded, at: string): FieldError[] {
  const errors: FieldError[] = []
  if (schema['uniqueItems'] === true) {
    const why = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'
    errors.push(field.forbidden(`${at}.uniqueItems`, why))
  }
  const additional = schema['additionalProperties']
  const hasProperties = Object.keys(fielded(schema['properties'])).length > 0
  if (hasProperties && additional !== undefined && additional !== true) {
    const why = 'additionalProperties and properties are mutual exclusive'
    errors.push(field.forbidden(`${at}.additionalProperties`, why))
  }
  return errors
}

const metaFields = ['metadata', 'kind', 'apiVersion']

// In the order in which faults are told: map values, fields, combinations, items.
function* partsOf(schema: Fielded, place: Place): Generator<readonly [Fielded, Place]> {
  const { at } = place
  const inside = { ...place, isRoot: false }
  const additional = schema['additionalProperties']
  if (isFielded(additional)) {
    const times = product(place.times, schema['maxProperties'])
    const noDefault = place.isMeta
      ? 'inside additionalProperties applying to object metadata'
      : place.noDefault
    yield [additional, { ...inside, at: `${at}.additionalProperties`, times, noDefault }]
  }
  for (const [name, inner] of Object.entries(fielded(schema['properties']))) {
    const isObject = place.isRoot || schema['x-kubernetes-embedded-resource'] === true
    const isMeta = place.isMeta || (isObject && metaFields.includes(name))
    const noDefault =
      place.isRoot && metaFields.includes(name) ? `in top-level ${name}` : place.noDefault
    const where = `${at}.properties[${name}]`
    yield [fielded(inner), { ...inside, at: where, isMeta, noDefault }]
  }
  const apart = { ...inside, hasRules: false }
  if (isFielded(schema['not'])) yield [schema['not'], { ...apart, at: `${at}.not` }]
  for (const part of ['allOf', 'oneOf', 'anyOf']) {
    for (const [i, inner] of schemasIn(schema, part).entries()) {
      yield [inner, { ...apart, at: `${at}.${part}[${i}]` }]
    }
  }
  const items = schema['items']
  if (items === undefined) return
  const isKeyed = schema['x-kubernetes-list-type'] === 'map'
  const times = product(place.times, schema['maxItems'])
  const below = {
    ...inside,
    times,
    uncorrelated: place.uncorrelated ?? (isKeyed ? undefined : at),
  }
  if (isFielded(items)) yield [items, { ...below, at: `${at}.items` }]
}

function product(times: number | undefined, most: unknown): number | undefined {
  return times === undefined || typeof most !== 'number' ? undefined : times * most
}

function extensionFaults(schema: Fielded, at: string): FieldError[] {
  const preserve = 'x-kubernetes-preserve-unknown-fields'
  const errors: FieldError[] = []
  if (schema[preserve] === false) {
    errors.push(field.invalid(`${at}.${preserve}`, false, 'must be true or undefined'))
  }
  kindOfFaults(schema, at, 'object', 'x-kubernetes-map-type', errors)
  const mapType = schema['x-kubernetes-map-type']
  if (mapType !== undefined && mapType !== 'atomic' && mapType !== 'granular') {
    errors.push(field.notSupported(`${at}.x-kubernetes-map-type`, mapType, ['atomic', 'granular']))
  }
  const listType = schema['x-kubernetes-list-type']
  if (!kindOfFaults(schema, at, 'array', 'x-kubernetes-list-type', errors) && listType === 'set') {
    errors.push(...atomFaults(schema['items'], `${at}.items`))
  }
  const known = ['atomic', 'set', 'map']
  if (typeof listType === 'string' && !known.includes(listType)) {
    errors.push(field.notSupported(`${at}.x-kubernetes-list-type`, listType, known))
  }
  errors.push(...keyFaults(schema, at, listType))
  return errors
}

/** @returns whether the schema is of another type than its extension is for. */
function kindOfFaults(
  schema: Fielded,
  at: string,
  wanted: 'object' | 'array',
  extension: string,
  errors: FieldError[],
): boolean {
  const type = schema['type'] ?? ''
  if (schema[extension] === undefined || type === wanted) return false
  const why = `must be ${wanted} if ${extension} is specified`
  const where = `${at}.type`
  errors.push(type === '' ? field.required(where, why) : field.invalid(where, type, why))
  return true
}

// Items of a set are equal or not, and nothing in between.
function atomFaults(items: unknown, at: string): FieldError[] {
  const why = 'must be atomic as item of a list with x-kubernetes-list-type=set'
  const listType = get(items, 'x-kubernetes-list-type')
  if (get(items, 'type') === 'array' && listType !== undefined && listType !== 'atomic') {
    return [field.invalid(`${at}.x-kubernetes-list-type`, listType, why)]
  }
  if (get(items, 'type') === 'object' && get(items, 'x-kubernetes-map-type') !== 'atomic') {
    // The real server shows the list type in this message, too.
    return [field.invalid(`${at}.x-kubernetes-map-type`, listType, why)]
  }
  return []
}

function keyFaults(schema: Fielded, at: string, listType: unknown): FieldError[] {
  const errors: FieldError[] = []
  const keys = listAt(schema, 'x-kubernetes-list-map-keys') as readonly string[]
  const typeAt = `${at}.x-kubernetes-list-type`
  const mustBeMap = 'must be map if x-kubernetes-list-map-keys is non-empty'
  if (keys.length > 0 && listType === undefined) errors.push(field.required(typeAt, mustBeMap))
  else if (keys.length > 0 && listType !== 'map') {
    errors.push(field.invalid(typeAt, listType, mustBeMap))
  }
  if (listType === 'map') errors.push(...keyedFaults(schema, keys, at))
  if (listType === 'map' || listType === 'set') {
    const items = fielded(schema['items'])
    if (items['nullable'] === true) {
      const why = `cannot be nullable when x-kubernetes-list-type is ${listType}`
      errors.push(field.forbidden(`${at}.items.nullable`, why))
    }
    if (listType === 'map') errors.push(...presenceFaults(items, keys, `${at}.items`))
  }
  return errors
}

function keyedFaults(schema: Fielded, keys: readonly string[], at: string): FieldError[] {
  const errors: FieldError[] = []
  const keysAt = `${at}.x-kubernetes-list-map-keys`
  if (keys.length === 0) {
    errors.push(field.required(keysAt, 'must not be empty if x-kubernetes-list-type is map'))
  }
  const { items } = schema
  if (items === undefined) {
    const why = 'must have a schema if x-kubernetes-list-type is map'
    return [...errors, field.required(`${at}.items`, why)]
  }
  const type = get(items, 'type') ?? ''
  if (type !== 'object') {
    const why = "must be object if parent array's x-kubernetes-list-type is map"
    return isFielded(items) ? [...errors, field.invalid(`${at}.items.type`, type, why)] : errors
  }
  const seen = new Set<string>()
  for (const key of keys) {
    const property = get(items, 'properties', key)
    const keyType = get(property, 'type')
    if (property === undefined) {
      errors.push(field.invalid(keysAt, keys, 'entries must all be names of item properties'))
    } else if (keyType === 'array' || keyType === 'object') {
      const why = "must be a scalar type if parent array's x-kubernetes-list-type is map"
      errors.push(field.invalid(`${at}.items.properties[${key}].type`, type, why))
    }
    if (seen.has(key))
      errors.push(field.invalid(keysAt, keys, 'must not contain duplicate entries'))
    seen.add(key)
  }
  return errors
}

function presenceFaults(items: Fielded, keys: readonly string[], at: string): FieldError[] {
  const errors: FieldError[] = []
  const required = listAt(items, 'required')
  for (const key of keys) {
    const property = get(items, 'properties', key)
    if (property === undefined) continue
    const where = `${at}.properties[${key}]`
    if (get(property, 'default') === undefined && !required.includes(key)) {
      const why =
        'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property'
      errors.push(field.required(`${where}.default`, why))
    }
    if (get(property, 'nullable') === true) {
      const why = 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable'
      errors.push(field.forbidden(`${where}.nullable`, why))
    }
  }
  return errors
}
