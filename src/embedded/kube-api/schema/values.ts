import { BigNumber, equalJson } from '#base'
import { field, shown, type FieldError } from '../errors.ts'
import { get, isFielded } from '../object.ts'
import { fitsFormat, isKnownFormat } from './formats.ts'
import { fitsPattern } from './patterns.ts'
import { propertyOf, valuesOf, type Schema } from './schema.ts'

/** What the value there was allows: what is wrong and was there before is let be. */
export interface Past {
  readonly value: unknown
}

/**
 * Faults of a value by its schema, in the words of kube-openapi's validator and in its order: type,
 * combinations, texts, numbers, lists, enum, fields.
 *
 * @param past The value that it replaces, where the two correspond: a part that is as it was is not at fault.
 */
export function valueFaults(
  value: unknown,
  schema: Schema,
  path: string,
  past?: Past,
): FieldError[] {
  const errors = freshFaults(value, schema, path, past)
  return errors.length > 0 && past !== undefined && equalJson(value, past.value) ? [] : errors
}

function freshFaults(
  value: unknown,
  schema: Schema,
  path: string,
  past: Past | undefined,
): FieldError[] {
  const errors = typeFaults(value, schema, path)
  if (value === null) return [...errors, ...enumFaults(value, schema, path)]
  errors.push(...combinationFaults(value, schema, path))
  if (typeof value === 'string') errors.push(...textFaults(value, schema, path))
  const number = numberOf(value)
  if (number !== undefined) errors.push(...numberFaults(number, schema, path))
  if (Array.isArray(value)) errors.push(...listFaults(value, schema, path, past))
  errors.push(...enumFaults(value, schema, path))
  if (isFielded(value)) errors.push(...mapFaults(value, schema, path, past))
  return errors
}

function numberOf(value: unknown): number | undefined {
  if (value instanceof BigNumber) return Number(value.digits)
  return typeof value === 'number' ? value : undefined
}

const mostInt64 = 2n ** 63n

// Go reads a whole number as one only where it has room for it.
function isWhole(value: unknown): boolean {
  if (!(value instanceof BigNumber)) return Number.isSafeInteger(value)
  if (!/^-?\d+$/.test(value.digits)) return false
  const exact = BigInt(value.digits)
  return exact < mostInt64 && exact >= -mostInt64
}

function wordOf(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  if (numberOf(value) !== undefined) return isWhole(value) ? 'integer' : 'number'
  return typeof value
}

function typeFaults(value: unknown, schema: Schema, path: string): FieldError[] {
  const is = wordOf(value)
  const isEither = schema['x-kubernetes-int-or-string'] === true
  const types = isEither ? ['integer', 'string'] : schema.type === undefined ? [] : [schema.type]
  if (is === 'null' && schema.nullable === true) return []
  if (types.length === 0) return formatFaults(value, schema, path)
  // A whole number is a number, and 1.0 a whole number.
  const fits =
    types.includes(is) ||
    (is === 'integer' && types.includes('number')) ||
    (is === 'number' && types.includes('integer') && Number.isSafeInteger(numberOf(value)))
  if (fits) return formatFaults(value, schema, path)
  const wrong = (wanted: string, found: string): FieldError[] => [
    field.typeInvalid(path, found, `${path} in body must be of type ${wanted}: "${found}"`),
  ]
  const format = isKnownFormat(schema.type, schema.format ?? '') ? (schema.format ?? '') : ''
  const isPlain = is === 'string' || is === 'array' || is === 'null'
  if (format === '' || isPlain) return wrong(types.join(','), is)
  const found = is === 'integer' ? 'int64' : is === 'number' ? 'float64' : ''
  return found === format ? wrong(types.join(','), is) : wrong(format, found)
}

function formatFaults(value: unknown, schema: Schema, path: string): FieldError[] {
  const { format } = schema
  if (typeof value !== 'string' || format === undefined || fitsFormat(value, format)) return []
  const why = `${path} in body must be of type ${format}: ${shown(value)}`
  return [field.typeInvalid(path, value, why)]
}

// What the real validator says without a path of its own.
function nameless(detail: string): FieldError {
  return { type: 'Invalid', field: '<nil>', message: `Invalid value: "": ${detail}` }
}

// How much of a value a schema was held to: of several that fail, the one that went furthest is spoken of.
function reachOf(value: unknown, schema: Schema): number {
  if (Array.isArray(value)) {
    const { items } = schema
    return items === undefined
      ? 1
      : value.reduce((sum: number, one) => sum + reachOf(one, items), 1)
  }
  if (!isFielded(value)) return 1
  const values = valuesOf(schema)
  return Object.keys(value).reduce((sum, key) => {
    const inner = propertyOf(schema, key) ?? values
    return inner === undefined ? sum : sum + reachOf(get(value, key), inner)
  }, 1)
}

function combinationFaults(value: unknown, schema: Schema, path: string): FieldError[] {
  const errors: FieldError[] = []
  const tried = (schemas: readonly Schema[]): FieldError[][] =>
    schemas.map((one) => valueFaults(value, one, path))
  const best = (schemas: readonly Schema[], results: readonly FieldError[][]): FieldError[] => {
    const reaches = schemas.map((one) => reachOf(value, one))
    return results[reaches.indexOf(Math.max(...reaches))] ?? []
  }
  if (schema.anyOf !== undefined && schema.anyOf.length > 0) {
    const results = tried(schema.anyOf)
    if (!results.some((one) => one.length === 0)) {
      errors.push(
        nameless(`"${path}" must validate at least one schema (anyOf)`),
        ...best(schema.anyOf, results),
      )
    }
  }
  if (schema.oneOf !== undefined && schema.oneOf.length > 0) {
    const results = tried(schema.oneOf)
    const valid = results.filter((one) => one.length === 0).length
    const must = `"${path}" must validate one and only one schema (oneOf).`
    if (valid === 0) {
      errors.push(nameless(`${must} Found none valid`), ...best(schema.oneOf, results))
    } else if (valid > 1) errors.push(nameless(`${must} Found ${valid} valid alternatives`))
  }
  if (schema.allOf !== undefined) {
    const results = tried(schema.allOf)
    const failed = results.filter((one) => one.length > 0).length
    const none = failed === results.length ? '. None validated' : ''
    if (failed > 0) {
      const why = `"${path}" must validate all the schemas (allOf)${none}`
      errors.push(...results.flat(), nameless(why))
    }
  }
  if (schema.not !== undefined && valueFaults(value, schema.not, path).length === 0) {
    errors.push(nameless(`"${path}" must not validate the schema (not)`))
  }
  return errors
}

// The first thing that is wrong is all that is said.
function textFaults(value: string, schema: Schema, path: string): FieldError[] {
  const { maxLength, minLength, pattern } = schema
  const length = Array.from(value).length
  if (maxLength !== undefined && length > maxLength) return [field.tooLong(path, maxLength)]
  if (minLength !== undefined && length < minLength) {
    const why = `${path} in body should be at least ${minLength} chars long`
    return [field.invalid(path, value, why)]
  }
  if (pattern === undefined || fitsPattern(pattern, value)) return []
  return [field.invalid(path, value, `${path} in body should match '${pattern}'`)]
}

function rangeFaults(value: number, schema: Schema, path: string): FieldError[] {
  const { type, format = '' } = schema
  const has32 = Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31
  const has64 = Number.isInteger(value) && Math.abs(value) <= 2 ** 63
  const isOut =
    type === 'integer'
      ? format === 'int32'
        ? !has32
        : !has64
      : format === 'float' && !Number.isFinite(Math.fround(value))
  if (!isOut) return []
  const how = format === '' ? '(default format)' : `with format ${format}`
  return [nameless(`Checked value must be of type ${type ?? ''} ${how} in ${path}`)]
}

// Within what is lost where numbers are no decimals.
function isMultiple(value: number, factor: number): boolean {
  const times = factor < 1 ? (1 / factor) * value : value / factor
  return Math.abs(times - Math.round(times)) <= Math.max(Math.abs(times), 1) * 1e-9
}

function numberFaults(value: number, schema: Schema, path: string): FieldError[] {
  if (schema.type !== 'integer' && schema.type !== 'number' && schema.type !== undefined) return []
  const errors = rangeFaults(value, schema, path)
  const wrong = (detail: string): void =>
    void errors.push(field.invalid(path, goNumber(value), `${path} in body should be ${detail}`))
  const { multipleOf, maximum, minimum } = schema
  if (multipleOf !== undefined) {
    // Of a whole number, Go takes the whole part of the factor.
    const factor = Number.isInteger(value) ? Math.trunc(multipleOf) : multipleOf
    if (factor <= 0) {
      const why = `factor MultipleOf declared for ${path} must be positive: ${factor}`
      errors.push(field.invalid(path, factor, why))
    } else if (!isMultiple(value, factor)) wrong(`a multiple of ${factor}`)
  }
  if (minimum !== undefined) {
    if (schema.exclusiveMinimum === true && value <= minimum) wrong(`greater than ${minimum}`)
    else if (value < minimum) wrong(`greater than or equal to ${minimum}`)
  }
  if (maximum !== undefined) {
    if (schema.exclusiveMaximum === true && value >= maximum) wrong(`less than ${maximum}`)
    else if (value > maximum) wrong(`less than or equal to ${maximum}`)
  }
  return errors
}

// Go writes large numbers with an exponent of two digits, from 1e+21 on, or from int64's end.
function goNumber(value: number): unknown {
  if (Number.isSafeInteger(value) || Math.abs(value) < 2 ** 63) return value
  return new BigNumber(value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2'))
}

function listFaults(
  value: readonly unknown[],
  schema: Schema,
  path: string,
  past: Past | undefined,
): FieldError[] {
  const errors: FieldError[] = []
  const { items } = schema
  if (items !== undefined) {
    value.forEach((item, i) => {
      errors.push(...valueFaults(item, items, `${path}[${i}]`, pastItem(item, schema, past)))
    })
  }
  if (schema.minItems !== undefined && value.length < schema.minItems) {
    errors.push(
      field.invalid(
        path,
        value.length,
        `${path} in body should have at least ${schema.minItems} items`,
      ),
    )
  }
  if (schema.maxItems !== undefined && value.length > schema.maxItems) {
    errors.push(field.tooMany(path, value.length, schema.maxItems))
  }
  if (
    schema.uniqueItems === true &&
    value.some((item, i) => value.findIndex((one) => equalJson(one, item)) < i)
  ) {
    errors.push(field.duplicate(path, value))
  }
  return errors
}

function enumFaults(value: unknown, schema: Schema, path: string): FieldError[] {
  // Null is in no list, whatever stands in it.
  const isIn = value !== null && schema.enum?.some((one) => equalJson(one, value)) === true
  if (schema.enum === undefined || isIn) return []
  const texts = schema.enum.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
  return [field.notSupported(path, value, texts)]
}

/** The item that an item with keys replaces; other items have no past. */
export function pastItem(item: unknown, schema: Schema, past: Past | undefined): Past | undefined {
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  if (schema['x-kubernetes-list-type'] !== 'map' || keys.length === 0) return undefined
  if (past === undefined || !Array.isArray(past.value)) return undefined
  const found = (past.value as unknown[]).find((one) =>
    keys.every((key) => equalJson(get(one, key), get(item, key))),
  )
  return found === undefined ? undefined : { value: found }
}

/** The field that a field replaces. */
export function pastField(key: string, past: Past | undefined): Past | undefined {
  const found = past === undefined ? undefined : get(past.value, key)
  return found === undefined ? undefined : { value: found }
}

function mapFaults(
  value: Record<string, unknown>,
  schema: Schema,
  path: string,
  past: Past | undefined,
): FieldError[] {
  const errors: FieldError[] = []
  const size = Object.keys(value).length
  if (schema.minProperties !== undefined && size < schema.minProperties) {
    const why = `${path} in body should have at least ${schema.minProperties} properties`
    errors.push(field.invalid(path, size, why))
  }
  if (schema.maxProperties !== undefined && size > schema.maxProperties) {
    errors.push(field.tooMany(path, size, schema.maxProperties))
  }
  const at = (key: string): string => (path === '' ? key : `${path}.${key}`)
  const values = valuesOf(schema)
  for (const key of Object.keys(value)) {
    const inner = propertyOf(schema, key) ?? values
    if (inner === undefined) continue
    errors.push(...valueFaults(get(value, key), inner, at(key), pastField(key, past)))
  }
  for (const key of schema.required ?? []) {
    if (!Object.hasOwn(value, key)) errors.push(field.required(at(key)))
  }
  return errors
}
