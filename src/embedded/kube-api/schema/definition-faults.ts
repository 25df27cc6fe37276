import { field, type FieldError } from '../errors.ts'
import { get, isFielded, type Fielded } from '../object.ts'

/** What is wrong with a schema as the schema of a custom kind. */
export function schemaFaults(schema: Fielded, at: string): FieldError[] {
  const errors: FieldError[] = []
  walk(schema, at, errors)
  return errors
}

function walk(schema: Fielded, at: string, errors: FieldError[]): void {
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
    if (isFielded(inner)) walk(inner, `${at}.properties[${name}]`, errors)
  }
  for (const part of ['items', 'additionalProperties', 'not'] as const) {
    const inner = get(schema, part)
    if (isFielded(inner)) walk(inner, `${at}.${part}`, errors)
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
