import { Fault, isObject } from '#base'
import { compareBytes, fromBytes, goBytes, goString, quoteJson, type ByteString } from '#go'

/** A number as it was written: what Go's json.Number keeps. */
export class JsonNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/**
 * Parses JSON as Go does with UseNumber: a number that JavaScript would print otherwise (`1.50`,
 * `1e3`, twenty digits) stays as it was written.
 *
 * @throws Fault InvalidAnswer, which quotes nothing.
 */
export function parseKeepingNumbers(text: string): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) => {
      const source = context?.source
      if (typeof value !== 'number' || source === undefined) return value
      return String(value) === source ? value : new JsonNumber(source)
    }) as unknown
  } catch {
    throw new Fault('InvalidAnswer', `not valid JSON (${text.length} characters)`)
  }
}

/**
 * JSON text as Go's json.Marshal writes a map: no blanks, keys in the order of their bytes, numbers as
 * they came. `escapeHtml`: `<`, `>` and `&` become `\u003c` and so on, Go's default.
 */
export function marshalJson(value: unknown, escapeHtml: boolean): Uint8Array {
  return goBytes(marshal(value, escapeHtml))
}

function marshal(value: unknown, escapeHtml: boolean): ByteString {
  if (typeof value === 'string') return quoteJson(goString(value), escapeHtml)
  if (value instanceof JsonNumber) return value.text
  if (Array.isArray(value)) return `[${value.map((item) => marshal(item, escapeHtml)).join(',')}]`
  if (!isObject(value)) return value === undefined ? 'null' : JSON.stringify(value)
  const entries = Object.entries(value).map(([key, entry]) => [goString(key), entry] as const)
  entries.sort(([a], [b]) => compareBytes(a, b))
  const members = entries.map(
    ([key, entry]) => `${quoteJson(key, escapeHtml)}:${marshal(entry, escapeHtml)}`,
  )
  return `{${members.join(',')}}`
}

/** A map of byte strings as Go marshals `map[string]string`: what is no UTF-8 becomes `\ufffd`. */
export function marshalByteMap(
  map: ReadonlyMap<string, Uint8Array>,
  escapeHtml: boolean,
): Uint8Array {
  const entries = [...map].map(([key, bytes]) => [goString(key), fromBytes(bytes)] as const)
  entries.sort(([a], [b]) => compareBytes(a, b))
  const members = entries.map(
    ([key, text]) => `${quoteJson(key, escapeHtml)}:${quoteJson(text, escapeHtml)}`,
  )
  return goBytes(`{${members.join(',')}}`)
}
