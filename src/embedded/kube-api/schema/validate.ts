import type { FieldError } from '../errors.ts'
import type { Kind } from '../kinds/kind.ts'
import type { Obj } from '../object.ts'
import { hasRules, ruleFaults } from './cel.ts'
import { duplicateFaults } from './list-types.ts'
import { propertyOf, type Schema } from './schema.ts'
import { valueFaults } from './values.ts'

const skipped: FieldError = {
  type: 'Invalid',
  field: '<nil>',
  message:
    'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
}

/**
 * Faults of a custom object by its schema: types and bounds, keys of lists, then the rules.
 *
 * @param statusOnly Only `status` was written; the rest is not looked at.
 */
export function validateCustom(
  kind: Kind,
  object: Obj,
  before: Obj | undefined,
  statusOnly = false,
): FieldError[] {
  const schema = kind.custom?.schema
  if (schema === undefined) return []
  const own = statusOnly ? onlyStatus(schema) : schema
  const found = valueFaults(object, own, '', 'root')
  // A status alone is validated from itself on: its messages name fields as seen from there.
  const faults = statusOnly ? found.map(fromStatus) : found
  const errors = [...faults, ...duplicateFaults(object, own, '')]
  if (!hasRules(own)) return errors
  if (errors.length > 0) return [...errors, skipped]
  return ruleFaults(object, before, own)
}

function fromStatus(fault: FieldError): FieldError {
  const { field, message } = fault
  if (!field.startsWith('status.') || !message.includes(`${field} in body`)) return fault
  const inner = field.slice('status.'.length)
  return { ...fault, message: message.replace(`${field} in body`, `${inner} in body`) }
}

function onlyStatus(schema: Schema): Schema {
  const status = propertyOf(schema, 'status')
  const { required: _, ...rest } = schema
  return { ...rest, properties: status === undefined ? {} : { status } }
}
