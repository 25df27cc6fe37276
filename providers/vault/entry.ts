import { Fault, isObject, parseJson, textOf, utf8 } from '#base'
import { gjson, valueBytes } from '#go'
import { JsonNumber, marshalJson, type Entry } from '#provider'

/**
 * An entry over the map that a path holds.
 *
 * Without a property: the map as Go writes it, keys sorted and `<>&` escaped. With one: a key of that
 * name, else a gjson path into that text.
 */
export function mapEntry(data: Readonly<Record<string, unknown>>, version?: string): Entry {
  let whole: Uint8Array | undefined
  const text = (): Uint8Array => (whole ??= marshalJson(data, true))
  const valueAt = (property: string | undefined): Uint8Array => {
    if (property === undefined || property === '') return text()
    if (Object.hasOwn(data, property)) return bytesOf(data[property])
    const found = gjson(text(), property)
    if (found.exists) return found.bytes
    // The peer's words; to it a missing property is a failure, so deletionPolicy does not act on it.
    throw new Fault('NotFound', `cannot find secret data for key: "${property}"`, {
      retry: { kind: 'backoff' },
      at: 'remoteRef.property',
    })
  }
  return {
    ...(version === undefined ? {} : { version }),
    value: valueAt,
    map: (property) => spread(valueAt(property)),
  }
}

function bytesOf(value: unknown): Uint8Array {
  if (value instanceof JsonNumber) return utf8(value.text)
  if (isObject(value) || Array.isArray(value)) return marshalJson(value, true)
  return valueBytes(value)
}

/** Members of a JSON object. Their numbers pass through float64, as they do in the peer. */
function spread(json: Uint8Array): ReadonlyMap<string, Uint8Array> {
  let parsed: unknown
  try {
    parsed = parseJson(textOf(json))
  } catch {
    parsed = undefined
  }
  if (!isObject(parsed)) {
    throw new Fault('InvalidAnswer', 'the value is no JSON object', {
      hint: 'extract needs an object; name a property that holds one, or use data.',
    })
  }
  return new Map(Object.entries(parsed).map(([key, value]) => [key, valueBytes(value)]))
}
