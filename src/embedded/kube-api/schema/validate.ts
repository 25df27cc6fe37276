import type { FieldError } from '../errors.ts'
import type { Kind } from '../kinds/kind.ts'
import type { Obj } from '../object.ts'
import { qualifiedFaults } from '../validate/qualified.ts'
import { hasRules, objectRuleFaults } from './cel.ts'
import { embeddedFaults } from './embedded-faults.ts'
import { duplicateFaults } from './list-types.ts'
import { scaleFaults } from './scale-faults.ts'
import { propertyOf, type Schema } from './schema.ts'
import { valueFaults } from './values.ts'

const skipped: FieldError = {
  type: 'Invalid',
  field: '<nil>',
  message:
    'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
}

/** Faults after which rules might not find what they count on. */
const blocking: readonly FieldError['type'][] = [
  'NotSupported',
  'Required',
  'TooLong',
  'TooMany',
  'TypeInvalid',
]

/** What validation of a custom object comes to. */
export interface Judged {
  readonly errors: readonly FieldError[]
  /** Rules that fail for what was so before; the change is let through. */
  readonly warnings: readonly string[]
}

/**
 * Faults of a custom object by its schema: types and bounds, numbers of its scale, objects inside it, keys
 * of lists, then the rules. What is wrong and unchanged is let be.
 *
 * @param before What it replaces, as this version shows it.
 * @param statusOnly Only `status` was written; the rest is looked at by rules alone.
 */
export function validateCustom(
  kind: Kind,
  object: Obj,
  before: Obj | undefined,
  statusOnly = false,
): Judged {
  const warnings = finalizerWarnings(object, before)
  const schema = kind.custom?.schema
  if (schema === undefined) return { errors: [], warnings }
  const own = statusOnly ? onlyStatus(schema) : schema
  const past = before === undefined ? undefined : { value: before }
  const found = valueFaults(object, own, '', past)
  // A status alone is validated from itself on: its messages name fields as seen from there.
  const errors = statusOnly ? found.map(fromStatus) : found
  const scale = kind.custom?.scale
  if (scale !== undefined) {
    errors.push(...scaleFaults(object, scale, statusOnly ? ['status'] : ['spec', 'status']))
  }
  errors.push(...embeddedFaults(object, own, ''))
  if (before === undefined || duplicateFaults(before, own, '').length === 0) {
    errors.push(...duplicateFaults(object, own, ''))
  }
  if (!hasRules(schema)) return { errors, warnings }
  if (errors.some(({ type }) => blocking.includes(type))) {
    return { errors: [...errors, skipped], warnings }
  }
  const judged = objectRuleFaults(object, before, schema)
  return {
    errors: [...errors, ...judged.errors],
    warnings: [...warnings, ...judged.warnings],
  }
}

const standardFinalizers = ['orphan', 'foregroundDeletion', 'kubernetes']

function finalizerWarnings(object: Obj, before: Obj | undefined): string[] {
  const had = before?.metadata.finalizers ?? []
  const added = (object.metadata.finalizers ?? []).filter((one) => !had.includes(one))
  return [...new Set(added)].sort().flatMap((name) => {
    const why = qualifiedFaults(name)
    if (!name.includes('/') && !standardFinalizers.includes(name)) {
      const path = name.includes('.') ? ' including a path (/)' : ''
      why.push(
        `prefer a domain-qualified finalizer name${path} to avoid accidental conflicts with other finalizer writers`,
      )
    }
    return why.map((one) => `metadata.finalizers: ${JSON.stringify(name)}: ${one}`)
  })
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
