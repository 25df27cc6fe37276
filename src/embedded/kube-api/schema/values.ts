import { BigNumber, equalJson } from '#base'
import { field, shown, type FieldError } from '../errors.ts'
import { get, isFielded, textAt } from '../object.ts'
import { fitsFormat } from './formats.ts'
import { fitsPattern } from './patterns.ts'
import { propertyOf, valuesOf, type Schema } from './schema.ts'

/**
 * Faults of a value by its schema, in the words of kube-openapi's validator and in its order: type,
 * combinations, texts, numbers, lists, enum, fields.
 */
export function valueFaults(
  value: unknown,
  schema: Schema,
  path: string,
  place: 'root' | 'inside' = 'inside',
): FieldError[] {
  if (value === null && schema.nullable === true) return []
  const errors = typeFaults(value, schema, path)
  errors.push(...combinationFaults(value, schema, path))
  if (typeof value === 'string') errors.push(...textFaults(value, schema, path))
  if (typeof value === 'number') errors.push(...numberFaults(value, schema, path))
  if (Array.isArray(value)) errors.push(...listFaults(value, schema, path))
  errors.push(...enumFaults(value, schema, path))
  if (isFielded(value) && !(value instanceof BigNumber)) {
    errors.push(
      ...mapFaults(
        value,
        schema,
        path,
        place === 'root' || schema['x-kubernetes-embedded-resource'] === true,
      ),
    )
  }
  return errors
}

function wordOf(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  if (value instanceof BigNumber) return 'integer'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

function typeFaults(value: unknown, schema: Schema, path: string): FieldError[] {
  const is = wordOf(value)
  if (schema['x-kubernetes-int-or-string'] === true) {
    if (is === 'integer' || is === 'string') return []
    return [field.typeInvalid(path, is, `${path} in body must be of type integer,string: "${is}"`)]
  }
  const { type } = schema
  if (type === undefined || type === is || (type === 'number' && is === 'integer')) {
    const isBadText =
      typeof value === 'string' && schema.format !== undefined && !fitsFormat(value, schema.format)
    if (!isBadText) return []
    return [
      field.typeInvalid(
        path,
        value,
        `${path} in body must be of type ${schema.format}: ${shown(value)}`,
      ),
    ]
  }
  return [field.typeInvalid(path, is, `${path} in body must be of type ${type}: "${is}"`)]
}

// What the real validator says without a path of its own.
function nameless(detail: string): FieldError {
  return { type: 'Invalid', field: '<nil>', message: `Invalid value: "": ${detail}` }
}

function combinationFaults(value: unknown, schema: Schema, path: string): FieldError[] {
  const errors: FieldError[] = []
  const tried = (schemas: readonly Schema[]): FieldError[][] =>
    schemas.map((one) => valueFaults(value, one, path))
  if (schema.anyOf !== undefined) {
    const results = tried(schema.anyOf)
    if (!results.some((one) => one.length === 0)) {
      errors.push(
        nameless(`"${path}" must validate at least one schema (anyOf)`),
        ...(results[0] ?? []),
      )
    }
  }
  if (schema.oneOf !== undefined) {
    const results = tried(schema.oneOf)
    const valid = results.filter((one) => one.length === 0).length
    const must = `"${path}" must validate one and only one schema (oneOf).`
    if (valid === 0) errors.push(nameless(`${must} Found none valid`), ...(results[0] ?? []))
    else if (valid > 1) errors.push(nameless(`${must} Found ${valid} valid alternatives`))
  }
  if (schema.allOf !== undefined) {
    const results = tried(schema.allOf)
    if (results.some((one) => one.length > 0)) {
      errors.push(...results.flat(), nameless(`"${path}" must validate all the schemas (allOf)`))
    }
  }
  if (schema.not !== undefined && valueFaults(value, schema.not, path).length === 0) {
    errors.push(nameless(`"${path}" must not validate the schema (not)`))
  }
  return errors
}

function textFaults(value: string, schema: Schema, path: string): FieldError[] {
  const errors: FieldError[] = []
  const length = Array.from(value).length
  if (schema.maxLength !== undefined && length > schema.maxLength) {
    errors.push(field.tooLong(path, schema.maxLength))
  }
  if (schema.minLength !== undefined && length < schema.minLength) {
    errors.push(
      field.invalid(
        path,
        value,
        `${path} in body should be at least ${schema.minLength} chars long`,
      ),
    )
  }
  if (schema.pattern !== undefined && !fitsPattern(schema.pattern, value) && errors.length === 0) {
    errors.push(field.invalid(path, value, `${path} in body should match '${schema.pattern}'`))
  }
  return errors
}

function numberFaults(value: number, schema: Schema, path: string): FieldError[] {
  if (schema.type !== 'integer' && schema.type !== 'number' && schema.type !== undefined) return []
  const errors: FieldError[] = []
  if (schema.type === 'integer' && !Number.isInteger(value)) {
    errors.push(nameless(`Checked value must be of type integer (default format) in ${path}`))
  } else if (schema.format === 'int32' && Math.abs(value) > 2 ** 31) {
    errors.push(nameless(`Checked value must be of type integer with format int32 in ${path}`))
  }
  const wrong = (detail: string): void =>
    void errors.push(field.invalid(path, value, `${path} in body should be ${detail}`))
  const { multipleOf, maximum, minimum } = schema
  if (multipleOf !== undefined) {
    if (value === 0) {
      errors.push(
        field.invalid(
          path,
          value,
          `factor MultipleOf declared for ${path} must be positive: ${value}`,
        ),
      )
    } else if (!Number.isInteger(value / multipleOf)) wrong(`a multiple of ${multipleOf}`)
  }
  if (maximum !== undefined) {
    if (schema.exclusiveMaximum === true && value >= maximum) wrong(`less than ${maximum}`)
    else if (value > maximum) wrong(`less than or equal to ${maximum}`)
  }
  if (minimum !== undefined) {
    if (schema.exclusiveMinimum === true && value <= minimum) wrong(`greater than ${minimum}`)
    else if (value < minimum) wrong(`greater than or equal to ${minimum}`)
  }
  return errors
}

function listFaults(value: readonly unknown[], schema: Schema, path: string): FieldError[] {
  const errors: FieldError[] = []
  const { items } = schema
  if (items !== undefined) {
    value.forEach((item, i) => errors.push(...valueFaults(item, items, `${path}[${i}]`)))
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
  if (schema.enum === undefined || schema.enum.some((one) => equalJson(one, value))) return []
  const texts = schema.enum.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
  return [field.notSupported(path, value, texts)]
}

const objectFields: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata'])

function mapFaults(
  value: Record<string, unknown>,
  schema: Schema,
  path: string,
  isObject: boolean,
): FieldError[] {
  const errors: FieldError[] = []
  const size = Object.keys(value).length
  if (schema.minProperties !== undefined && size < schema.minProperties) {
    errors.push(
      field.invalid(
        path,
        size,
        `${path} in body should have at least ${schema.minProperties} properties`,
      ),
    )
  }
  if (schema.maxProperties !== undefined && size > schema.maxProperties) {
    errors.push(field.tooMany(path, size, schema.maxProperties))
  }
  const at = (key: string): string => (path === '' ? key : `${path}.${key}`)
  for (const key of schema.required ?? []) {
    if (!Object.hasOwn(value, key)) errors.push(field.required(at(key)))
  }
  if (path !== '' && isObject) errors.push(...embeddedFaults(value, path))
  const values = valuesOf(schema)
  for (const key of Object.keys(value)) {
    if (isObject && objectFields.has(key) && key === 'metadata') continue
    const inner = propertyOf(schema, key) ?? values
    if (inner !== undefined) errors.push(...valueFaults(get(value, key), inner, at(key)))
  }
  return errors
}

function embeddedFaults(value: object, path: string): FieldError[] {
  const errors: FieldError[] = []
  for (const key of ['apiVersion', 'kind'] as const) {
    if (textAt(value, key) === '') errors.push(field.required(`${path}.${key}`))
  }
  return errors
}
