import { field, type FieldError } from '../errors.ts'
import { get, isFielded, type Fielded } from '../object.ts'
import { valueFaults } from './values.ts'

/** What is wrong with a schema as the schema of a custom kind. */
export function schemaFaults(schema: Fielded, at: string): FieldError[] {
  const errors: FieldError[] = []
  if (schema['type'] !== 'object') {
    errors.push(field.invalid(`${at}.type`, schema['type'] ?? '', 'must be object at the root'))
    return errors
  }
  const metadata = get(schema, 'properties', 'metadata')
  if (isFielded(metadata)) {
    const extra = Object.keys(fielded(metadata['properties'])).filter(
      (name) => name !== 'name' && name !== 'generateName',
    )
    const others = Object.keys(metadata).filter(
      (name) => !['type', 'properties', 'description'].includes(name),
    )
    if (extra.length > 0 || others.length > 0) {
      errors.push(
        field.forbidden(
          `${at}.properties[metadata]`,
          'must not specify anything other than name and generateName, but metadata is implicitly specified',
        ),
      )
    }
  }
  walk(schema, at, errors)
  return errors
}

const formats: ReadonlySet<string> = new Set(
  'byte,date,date-time,datetime,duration,int32,int64,float,double,uri,email,hostname,ipv4,ipv6,cidr,mac,uuid,uuid3,uuid4,uuid5,isbn,isbn10,isbn13,creditcard,ssn,hexcolor,rgbcolor,password,bsonobjectid,k8s-short-name,k8s-long-name'.split(
    ',',
  ),
)

/** Formats that mean nothing, as warnings. */
export function formatWarnings(schema: Fielded): string[] {
  const format = schema['format']
  const own =
    typeof format === 'string' && !formats.has(format) ? [`unrecognized format "${format}"`] : []
  const inner = [
    ...Object.values(fielded(schema['properties'])),
    schema['items'],
    schema['additionalProperties'],
  ]
  return [...own, ...inner.flatMap((one) => (isFielded(one) ? formatWarnings(one) : []))]
}

// What a schema needs to be structural.
function structureFaults(schema: Fielded, at: string, errors: FieldError[]): void {
  if (schema['$ref'] !== undefined) {
    errors.push(field.forbidden(`${at}.$ref`, '$ref is not supported'))
    return
  }
  const preserves = schema['x-kubernetes-preserve-unknown-fields'] === true
  const isTyped = schema['type'] !== undefined || schema['x-kubernetes-int-or-string'] === true
  if (!isTyped && !preserves) {
    errors.push(field.required(`${at}.type`, 'must not be empty for specified object fields'))
  }
  if (schema['type'] === 'array' && schema['items'] === undefined) {
    errors.push(field.required(`${at}.items`, 'must be specified'))
  }
  if (schema['uniqueItems'] === true) {
    errors.push(
      field.forbidden(
        `${at}.uniqueItems`,
        'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
      ),
    )
  }
  const hasProperties = Object.keys(fielded(schema['properties'])).length > 0
  if (hasProperties && schema['additionalProperties'] !== undefined) {
    errors.push(
      field.forbidden(
        `${at}.additionalProperties`,
        'additionalProperties and properties are mutual exclusive',
      ),
    )
  }
  for (const part of ['allOf', 'anyOf', 'oneOf'] as const) {
    const list = schema[part]
    for (const [i, one] of (Array.isArray(list) ? (list as unknown[]) : []).entries()) {
      if (get(one, 'type') !== undefined && schema['x-kubernetes-int-or-string'] !== true) {
        errors.push(field.forbidden(`${at}.${part}[${i}].type`, 'must be empty to be structural'))
      }
    }
  }
  if (schema['x-kubernetes-embedded-resource'] === true) {
    if (!hasProperties && !preserves) {
      errors.push(
        field.required(
          `${at}.properties`,
          'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
        ),
      )
    }
    if (schema['type'] !== 'object') {
      errors.push(
        field.invalid(
          `${at}.type`,
          schema['type'],
          'must be object if x-kubernetes-embedded-resource is true',
        ),
      )
    }
  }
  if (schema['default'] !== undefined) {
    for (const fault of valueFaults(schema['default'], schema, '')) {
      errors.push({
        ...fault,
        field: `${at}.default${fault.field === '' ? '' : `.${fault.field}`}`,
      })
    }
  }
}

function walk(schema: Fielded, at: string, errors: FieldError[], isRoot = true): void {
  if (!isRoot) structureFaults(schema, at, errors)
  const pattern = get(schema, 'pattern')
  if (typeof pattern === 'string' && !isPattern(pattern)) {
    errors.push(
      field.invalid(
        `${at}.pattern`,
        pattern,
        `must be a valid regular expression, but isn't: error parsing regexp: ${why(pattern)}`,
      ),
    )
  }
  for (const [name, inner] of Object.entries(fielded(schema['properties']))) {
    if (isFielded(inner)) walk(inner, `${at}.properties[${name}]`, errors, false)
  }
  for (const part of ['items', 'additionalProperties', 'not'] as const) {
    const inner = get(schema, part)
    if (isFielded(inner)) walk(inner, `${at}.${part}`, errors, part === 'not')
  }
  listFaults(schema, at, errors)
}

function fielded(value: unknown): Fielded {
  return isFielded(value) ? value : {}
}

function listFaults(schema: Fielded, at: string, errors: FieldError[]): void {
  const type = get(schema, 'x-kubernetes-list-type')
  const keys = get(schema, 'x-kubernetes-list-map-keys')
  const items = fielded(schema['items'])
  if (type === 'map') {
    if (!Array.isArray(keys) || keys.length === 0) {
      errors.push(
        field.required(
          `${at}.x-kubernetes-list-map-keys`,
          'must not be empty if x-kubernetes-list-type is map',
        ),
      )
      return
    }
    const required = Array.isArray(items['required']) ? (items['required'] as string[]) : []
    for (const key of keys as string[]) {
      const property = get(items, 'properties', key)
      if (get(property, 'default') === undefined && !required.includes(key)) {
        errors.push(
          field.required(
            `${at}.items.properties[${key}].default`,
            'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
          ),
        )
      }
    }
  } else if (
    type === 'set' &&
    items['type'] === 'object' &&
    items['x-kubernetes-map-type'] !== 'atomic'
  ) {
    errors.push(
      field.invalid(
        `${at}.items.x-kubernetes-map-type`,
        items['x-kubernetes-map-type'],
        'must be atomic as item of a list with x-kubernetes-list-type=set',
      ),
    )
  }
}

function isPattern(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u') instanceof RegExp
  } catch {
    try {
      return new RegExp(pattern) instanceof RegExp
    } catch {
      return false
    }
  }
}

function why(pattern: string): string {
  return /\((?![^(]*\))/.test(pattern)
    ? `missing closing ): \`${pattern}\``
    : `invalid: \`${pattern}\``
}
