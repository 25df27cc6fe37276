/** What is wrong with the numbers that `scale` of a custom kind reads and writes. */
import { BigNumber } from '#base'
import { field, type FieldError } from '../errors.ts'
import type { ScalePaths } from '../kinds/custom.ts'
import { isFielded, scalarText } from '../object.ts'

type Part = 'spec' | 'status'

/** Faults of the fields that the paths lead to. @param parts Which of them. */
export function scaleFaults(
  object: unknown,
  scale: ScalePaths,
  parts: readonly Part[],
): FieldError[] {
  const errors = parts.flatMap((part) => replicaFaults(object, scale[part]))
  if (!parts.includes('status') || scale.selector === undefined) return errors
  const found = follow(object, scale.selector)
  if (found.kind === 'found' && typeof found.value !== 'string' && found.value !== undefined) {
    errors.push(field.invalid(scale.selector, '', accessor(scale.selector, found.value, 'string')))
  }
  return errors
}

const mostReplicas = 2_147_483_647

function replicaFaults(object: unknown, path: string): FieldError[] {
  const found = follow(object, path)
  if (found.kind === 'wrong') return [field.invalid(path, 0, found.why)]
  const { value } = found
  if (value === undefined) return []
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    return [field.invalid(path, 0, accessor(path, value, 'int64'))]
  }
  if (value < 0) return [field.invalid(path, value, 'should be a non-negative integer')]
  if (value <= mostReplicas) return []
  return [field.invalid(path, value, `should be less than or equal to ${mostReplicas}`)]
}

type Followed =
  | { readonly kind: 'found'; readonly value: unknown }
  | { readonly kind: 'wrong'; readonly why: string }

function follow(object: unknown, path: string): Followed {
  const steps = path.replace(/^\./, '').split('.')
  let at = object
  for (const [i, step] of steps.entries()) {
    if (at === undefined || at === null) return { kind: 'found', value: undefined }
    if (!isFielded(at)) {
      const where = `.${steps.slice(0, i + 1).join('.')}`
      return { kind: 'wrong', why: accessor(where, at, 'map[string]interface{}') }
    }
    at = Object.hasOwn(at, step) ? at[step] : undefined
  }
  return { kind: 'found', value: at }
}

function accessor(path: string, value: unknown, wanted: string): string {
  return `${path} accessor error: ${goText(value)} is of the type ${goType(value)}, expected ${wanted}`
}

function goType(value: unknown): string {
  if (value === null) return '<nil>'
  if (Array.isArray(value)) return '[]interface {}'
  if (isFielded(value)) return 'map[string]interface {}'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'string'
  return typeof value === 'number' && Number.isInteger(value) ? 'int64' : 'float64'
}

function goText(value: unknown): string {
  if (value === null) return '<nil>'
  if (Array.isArray(value)) return `[${value.map((one: unknown) => goText(one)).join(' ')}]`
  if (value instanceof BigNumber) return value.digits
  if (!isFielded(value)) return scalarText(value)
  const pairs = Object.keys(value).sort()
  return `map[${pairs.map((key) => `${key}:${goText(value[key])}`).join(' ')}]`
}
