import { field, type FieldError } from '../errors.ts'
import { get, isFielded, listAt, textAt } from '../object.ts'
import { qualifiedFaults, word } from '../validate/qualified.ts'

/** Faults of a label selector, as workloads have them. */
export function queryFaults(query: unknown, at: string): FieldError[] {
  const errors = labelFaults(get(query, 'matchLabels'), `${at}.matchLabels`)
  for (const [i, one] of listAt(query, 'matchExpressions').entries()) {
    const here = `${at}.matchExpressions[${i}]`
    const operator = textAt(one, 'operator')
    const count = listAt(one, 'values').length
    if (operator === 'In' || operator === 'NotIn') {
      const why = "must be specified when `operator` is 'In' or 'NotIn'"
      if (count === 0) errors.push(field.required(`${here}.values`, why))
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
      if (count > 0) errors.push(field.forbidden(`${here}.values`, why))
    } else {
      errors.push(field.invalid(`${here}.operator`, operator, 'not a valid selector operator'))
    }
    const key = textAt(one, 'key')
    for (const fault of qualifiedFaults(key)) errors.push(field.invalid(`${here}.key`, key, fault))
  }
  return errors
}

/** Faults of labels: their keys, then their values. */
export function labelFaults(labels: unknown, at: string): FieldError[] {
  if (!isFielded(labels)) return []
  return Object.entries(labels).flatMap(([key, value]) => [
    ...qualifiedFaults(key).map((fault) => field.invalid(at, key, fault)),
    ...(typeof value === 'string' && value !== '' && !word.test(value)
      ? [field.invalid(at, value, valueHelp)]
      : []),
  ])
}

const valueHelp =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

/** Whether labels are what a selector asks for. */
export function matchesLabels(
  selector: unknown,
  labels: Readonly<Record<string, string>>,
): boolean {
  const own = (key: string): string | undefined =>
    Object.hasOwn(labels, key) ? labels[key] : undefined
  const wanted = get(selector, 'matchLabels')
  const pairs = isFielded(wanted) ? Object.entries(wanted) : []
  return (
    pairs.every(([key, value]) => own(key) === value) &&
    listAt(selector, 'matchExpressions').every((one) => fits(one, own(textAt(one, 'key'))))
  )
}

function fits(expression: unknown, value: string | undefined): boolean {
  const values = listAt(expression, 'values')
  switch (textAt(expression, 'operator')) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    default:
      return value === undefined
  }
}
