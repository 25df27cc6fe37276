import { equalJson } from '#base'
import { field, type FieldError } from '../errors.ts'
import { get, isFielded, textAt, type Fielded } from '../object.ts'
import { defaultFaults } from './default-faults.ts'
import { goSchema } from './go-schema.ts'
import { openApiFaults } from './open-api-faults.ts'
import { isKnownFormat } from './formats.ts'
import { followPath } from './rule-path.ts'
import { fielded, structuralFaults, unreadablePart } from './structural.ts'

/**
 * What is wrong with the schema of a custom kind.
 *
 * @param at Path of what holds `openAPIV3Schema`.
 * @param hasStatus Whether the kind's status is written through a path of its own.
 */
export function schemaFaults(schema: Fielded, at: string, hasStatus: boolean): FieldError[] {
  const where = `${at}.openAPIV3Schema`
  const errors = hasStatus ? rootFaults(schema, where) : []
  if (schema['nullable'] === true) {
    errors.push(field.forbidden(`${where}.nullable`, 'nullable cannot be true at the root'))
  }
  const unreadable = unreadablePart(schema)
  const structure = unreadable === undefined ? structuralFaults(schema, where) : []
  if (structure.length === 0 && unreadable === undefined) {
    structure.push(...defaultFaults(schema, where))
  }
  errors.push(...structure)
  const isStructural = unreadable === undefined && structure.length === 0
  errors.push(...openApiFaults(schema, where, isStructural))
  if (errors.length === 0 && unreadable !== undefined) {
    errors.push(field.invalid(where, '', unreadable))
  }
  return errors
}

const rootFields: ReadonlyMap<string, string> = new Map([
  ['Description', 'description'],
  ['Type', 'type'],
  ['Format', 'format'],
  ['Title', 'title'],
  ['Maximum', 'maximum'],
  ['ExclusiveMaximum', 'exclusiveMaximum'],
  ['Minimum', 'minimum'],
  ['ExclusiveMinimum', 'exclusiveMinimum'],
  ['MaxLength', 'maxLength'],
  ['MinLength', 'minLength'],
  ['Pattern', 'pattern'],
  ['MaxItems', 'maxItems'],
  ['MinItems', 'minItems'],
  ['UniqueItems', 'uniqueItems'],
  ['MultipleOf', 'multipleOf'],
  ['Required', 'required'],
  ['Items', 'items'],
  ['Properties', 'properties'],
  ['ExternalDocs', 'externalDocs'],
  ['Example', 'example'],
  ['XPreserveUnknownFields', 'x-kubernetes-preserve-unknown-fields'],
  ['XValidations', 'x-kubernetes-validations'],
])

// Status is cut out of the schema to be validated alone; nothing at its root may be lost by that.
function rootFaults(schema: Fielded, at: string): FieldError[] {
  const type = schema['type'] ?? ''
  if (type !== '' && type !== 'object') {
    const why =
      'only "object" is allowed as the type at the root of the schema if the status subresource is enabled'
    return [field.invalid(`${at}.type`, type, why)]
  }
  const allowed = new Set(rootFields.values())
  const other = Object.keys(schema).find((key) => !allowed.has(key) && isSet(schema[key]))
  if (other === undefined) return []
  const names = [...rootFields.keys()].join(' ')
  const why = `only [${names}] fields are allowed at the root of the schema if the status subresource is enabled`
  return [field.invalid(at, goSchema(schema), why)]
}

function isSet(value: unknown): boolean {
  if (value === undefined || value === false || value === '' || value === null) return false
  return Array.isArray(value) ? value.length > 0 : true
}

/** Formats that mean nothing. */
export function unknownFormats(schema: Fielded): string[] {
  const { format, type } = schema
  const own =
    typeof format === 'string' && format !== '' && !isKnownFormat(type, format) ? [format] : []
  const inner = [
    ...Object.values(fielded(schema['properties'])),
    schema['items'],
    schema['additionalProperties'],
  ]
  return [...own, ...inner.flatMap((one) => (isFielded(one) ? unknownFormats(one) : []))]
}

/** What is wrong with the `status` and `scale` that a version has. @param at Their path. */
export function subresourceFaults(subresources: unknown, at: string): FieldError[] {
  const scale = get(subresources, 'scale')
  if (!isFielded(scale)) return []
  const errors: FieldError[] = []
  for (const [key, root] of [
    ['specReplicasPath', '.spec.'],
    ['statusReplicasPath', '.status.'],
  ] as const) {
    const path = textAt(scale, key)
    const where = `${at}.scale.${key}`
    if (path === '') errors.push(field.required(where))
    else if (!path.startsWith('.')) errors.push(notSimple(where, path))
    else if (!path.startsWith(root)) {
      errors.push(field.invalid(where, path, `should be a json path under ${root.slice(0, -1)}`))
    }
  }
  const selector = textAt(scale, 'labelSelectorPath')
  const where = `${at}.scale.labelSelectorPath`
  if (selector !== '' && !selector.startsWith('.')) errors.push(notSimple(where, selector))
  else if (selector !== '' && !/^\.(?:spec|status)\./.test(selector)) {
    const why = 'should be a json path under either .spec or .status'
    errors.push(field.invalid(where, selector, why))
  }
  return errors
}

function notSimple(at: string, path: string): FieldError {
  return field.invalid(at, path, 'must be a simple json path starting with .')
}

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string']
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password']

/** What is wrong with a printer column. @param at Its path. */
export function columnFaults(column: unknown, at: string): FieldError[] {
  const errors: FieldError[] = []
  if (textAt(column, 'name') === '') errors.push(field.required(`${at}.name`))
  const type = textAt(column, 'type')
  const oneOf = (all: readonly string[]): string => `must be one of ${all.join(',')}`
  if (type === '') errors.push(field.required(`${at}.type`, oneOf(columnTypes)))
  else if (!columnTypes.includes(type)) {
    errors.push(field.invalid(`${at}.type`, type, oneOf(columnTypes)))
  }
  const format = textAt(column, 'format')
  if (format !== '' && !columnFormats.includes(format)) {
    errors.push(field.invalid(`${at}.format`, format, oneOf(columnFormats)))
  }
  const path = textAt(column, 'jsonPath')
  if (path === '') errors.push(field.required(`${at}.JSONPath`))
  else if (!path.startsWith('.')) errors.push(notSimple(`${at}.JSONPath`, path))
  return errors
}

const mostSelectable = 8

/** What is wrong with the fields that selectors may name. @param at Their path. */
export function selectableFaults(
  selectable: readonly unknown[],
  schema: unknown,
  at: string,
): FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  for (const [i, one] of selectable.entries()) {
    const path = textAt(one, 'jsonPath')
    const where = `${at}[${i}].jsonPath`
    if (path === '') {
      errors.push(field.required(where))
      continue
    }
    const followed = followPath(path, fielded(schema), false)
    if (followed.kind === 'lost') {
      errors.push(field.invalid(where, path, `is an invalid path: ${followed.why}`))
      continue
    }
    if (/^metadata(?:\.|$)/.test(followed.path)) {
      errors.push(field.invalid(where, path, 'must not point to fields in metadata'))
    }
    if (!['string', 'boolean', 'integer'].includes(followed.schema?.type ?? '')) {
      const why =
        'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.'
      errors.push(field.invalid(where, path, why))
    }
    if (seen.has(followed.path)) errors.push(field.duplicate(where, path))
    seen.add(followed.path)
  }
  if (seen.size > mostSelectable) errors.push(field.tooMany(at, seen.size, mostSelectable))
  return errors
}

/** The parts of versions that kube-apiserver speaks of as one when all versions have them alike. */
export type SharedPart = 'schema' | 'subresources' | 'additionalPrinterColumns' | 'selectableFields'

/** Whether all versions have the same part, so that messages speak of the definition's. */
export function isShared(versions: readonly unknown[], part: SharedPart): boolean {
  const first = get(versions[0], part) ?? null
  return versions.every((one) => equalJson(get(one, part) ?? null, first))
}

/** A version as Go shows it in messages: what all share is not in it. */
export function goVersion(version: unknown, versions: readonly unknown[]): object {
  const own = (part: SharedPart): unknown =>
    isShared(versions, part) ? undefined : get(version, part)
  const schema = own('schema')
  const columns = own('additionalPrinterColumns')
  const selectable = own('selectableFields')
  const subresources = own('subresources')
  return {
    Name: textAt(version, 'name'),
    Served: get(version, 'served') === true,
    Storage: get(version, 'storage') === true,
    Deprecated: get(version, 'deprecated') === true,
    DeprecationWarning: get(version, 'deprecationWarning') ?? null,
    Schema:
      schema === undefined ? null : { OpenAPIV3Schema: goSchema(get(schema, 'openAPIV3Schema')) },
    Subresources: subresources === undefined ? null : goSubresources(subresources),
    AdditionalPrinterColumns: Array.isArray(columns) ? columns.map(goColumn) : null,
    SelectableFields: Array.isArray(selectable)
      ? selectable.map((one: unknown) => ({ JSONPath: textAt(one, 'jsonPath') }))
      : null,
  }
}

function goSubresources(subresources: unknown): object {
  const scale = get(subresources, 'scale')
  return {
    Status: get(subresources, 'status') === undefined ? null : {},
    Scale: isFielded(scale)
      ? {
          SpecReplicasPath: textAt(scale, 'specReplicasPath'),
          StatusReplicasPath: textAt(scale, 'statusReplicasPath'),
          LabelSelectorPath: scale['labelSelectorPath'] ?? null,
        }
      : null,
  }
}

function goColumn(column: unknown): object {
  const priority = get(column, 'priority')
  return {
    Name: textAt(column, 'name'),
    Type: textAt(column, 'type'),
    Format: textAt(column, 'format'),
    Description: textAt(column, 'description'),
    Priority: typeof priority === 'number' ? priority : 0,
    JSONPath: textAt(column, 'jsonPath'),
  }
}
