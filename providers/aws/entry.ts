import { Fault, textOf, utf8 } from '#base'
import { gjson } from '#go'
import { marshalByteMap, rawMembers, rawString, type Entry } from '#provider'

/** A value as Secrets Manager sends it. Both parts are optional on the wire. */
export interface SecretValue {
  readonly SecretString?: string | undefined
  readonly SecretBinary?: Uint8Array | undefined
  readonly VersionId?: string | undefined
}

/**
 * An entry over one version of a secret. Whole it is the text, or the bytes of a binary secret. A
 * property with dots is first taken for the name of a key, then, as every other, for a gjson path.
 *
 * @throws Fault InvalidAnswer when the answer holds neither text nor bytes.
 */
export function secretEntry(key: string, value: SecretValue): Entry {
  const { SecretString: text, SecretBinary: binary, VersionId: id } = value
  const version = typeof id === 'string' && id !== '' ? `uuid/${id}` : undefined
  if (typeof text === 'string') return entryOver(key, utf8(text), version)
  if (binary instanceof Uint8Array) return entryOver(key, Uint8Array.from(binary), version)
  throw new Fault(
    'InvalidAnswer',
    `invalid secret received. no secret string nor binary for key: ${key}`,
  )
}

/** An entry over a secret's tags, for `metadataPolicy: Fetch`. */
export function tagsEntry(key: string, tags: ReadonlyMap<string, string>): Entry {
  const bytes = new Map([...tags].map(([name, value]) => [name, utf8(value)]))
  return entryOver(key, marshalByteMap(bytes, true))
}

function entryOver(key: string, whole: Uint8Array, version?: string): Entry {
  const valueAt = (property: string | undefined): Uint8Array => {
    if (property === undefined || property === '') return whole
    const literal = property.includes('.')
      ? gjson(whole, property.replaceAll('.', '\\.'))
      : undefined
    const found = literal?.exists === true ? literal : gjson(whole, property)
    if (found.exists) return found.bytes
    // The peer's words; to it a missing property is a failure, so deletionPolicy does not act on it.
    throw new Fault('NotFound', `key ${property} does not exist in secret ${key}`, {
      retry: { kind: 'backoff' },
      at: 'remoteRef.property',
    })
  }
  return {
    ...(version === undefined ? {} : { version }),
    value: valueAt,
    map: (property) => spread(key, valueAt(property)),
  }
}

/** Members as bytes: strings without their quotes, everything else as the JSON text it is. */
function spread(key: string, json: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const members = rawMembers(textOf(json))
  if (members === undefined) {
    throw new Fault('InvalidAnswer', `unable to unmarshal secret ${key}: it is no JSON object`, {
      hint: 'extract needs a JSON object; name a property that holds one, or use data.',
    })
  }
  return new Map([...members].map(([name, raw]) => [name, utf8(rawString(raw) ?? raw)]))
}
