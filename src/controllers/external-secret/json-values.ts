import { BigNumber, isObject } from '#base'
import { formatJsonNumber, formatPlain } from '#go'

/** A JSON value as the peer puts it into a Secret: text as it is, numbers plain, the rest as JSON. */
export function plainValue(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (typeof value === 'number') return formatPlain(value)
  if (value instanceof BigNumber) return formatPlain(Number(value.digits))
  return jsonText(value)
}

/** Compact JSON with sorted keys and nothing escaped for HTML, as the peer's encoder writes it. */
export function jsonText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`
  if (value instanceof BigNumber) return formatJsonNumber(Number(value.digits))
  if (typeof value === 'number') return formatJsonNumber(value)
  if (!isObject(value)) return JSON.stringify(value ?? null)
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${jsonText(value[key])}`).join(',')}}`
}
