import type { Secret } from '#api'
import { Fault, fromBase64, textOf, utf8 } from '#base'
import { gjson } from '#go'
import { marshalByteMap, marshalJson, rawMembers, type Entry } from '#provider'

/** An entry over the data of a Secret. */
export function secretEntry(secret: Secret): Entry {
  const data = dataOf(secret)
  const name = secret.metadata.name
  const valueAt = (property: string | undefined): Uint8Array =>
    property === undefined || property === ''
      ? marshalByteMap(data, false)
      : (propertyOf(data, property) ?? missing(property, 'data', name))
  return {
    ...versionOf(secret),
    value: valueAt,
    map: (property) =>
      property === undefined || property === '' ? data : spread(valueAt(property)),
  }
}

/** An entry over its labels and annotations, for `metadataPolicy: Fetch`. */
export function metadataEntry(secret: Secret): Entry {
  const parts = {
    annotations: secret.metadata.annotations ?? null,
    labels: secret.metadata.labels ?? null,
  }
  return {
    ...versionOf(secret),
    value: (property) => {
      if (property === undefined || property === '') return marshalJson(parts, false)
      const found = metadataAt(parts, property)
      return found ?? missing(property, 'metadata', secret.metadata.name)
    },
    map: () =>
      new Map(Object.entries(parts).map(([name, part]) => [name, marshalJson(part, false)])),
  }
}

type Texts = Readonly<Record<string, string>> | null

/** `labels`, `labels.app`, or a path into JSON inside an annotation. */
function metadataAt(
  parts: { readonly annotations: Texts; readonly labels: Texts },
  property: string,
): Uint8Array | undefined {
  const [first, second, ...rest] = property.split('.')
  if (first !== 'annotations' && first !== 'labels') return undefined
  const part = parts[first]
  if (second === undefined) return marshalJson(part, false)
  const text = part !== null && Object.hasOwn(part, second) ? part[second] : undefined
  if (text === undefined) return undefined
  if (rest.length === 0) return utf8(text)
  const found = gjson(text, rest.join('.'))
  return found.exists ? found.bytes : undefined
}

function versionOf(secret: Secret): { readonly version?: string } {
  const { resourceVersion } = secret.metadata
  return resourceVersion === undefined ? {} : { version: resourceVersion }
}

/** @throws Fault InvalidAnswer */
export function dataOf(secret: Secret): ReadonlyMap<string, Uint8Array> {
  const data = new Map<string, Uint8Array>()
  for (const [key, text] of Object.entries(secret.data ?? {})) {
    const bytes = typeof text === 'string' ? fromBase64(text) : undefined
    if (bytes === undefined) {
      throw new Fault('InvalidAnswer', `data of Secret "${secret.metadata.name}" is not base64`)
    }
    data.set(key, bytes)
  }
  return data
}

/** A key of that name; else, up to the first dot a key and behind it a path into its JSON. */
function propertyOf(
  data: ReadonlyMap<string, Uint8Array>,
  property: string,
): Uint8Array | undefined {
  const exact = data.get(property)
  if (exact !== undefined) return exact
  const dot = property.indexOf('.')
  if (dot <= 0 || dot === property.length - 1) return undefined
  const outer = data.get(property.slice(0, dot))
  if (outer === undefined) return undefined
  const found = gjson(outer, property.slice(dot + 1))
  return found.exists ? found.bytes : undefined
}

// To the peer a missing property is a failure, in these words.
function missing(property: string, part: 'data' | 'metadata', name: string): never {
  throw new Fault(
    'NotFound',
    `property ${property} does not exist in ${part} of secret "${name}"`,
    {
      at: 'remoteRef.property',
    },
  )
}

/** Members of a JSON object as their JSON text; the peer leaves strings in their quotes here. */
function spread(json: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const members = rawMembers(textOf(json))
  if (members !== undefined) {
    return new Map([...members].map(([key, raw]) => [key, utf8(raw)]))
  }
  throw new Fault('InvalidAnswer', 'the value is no JSON object', {
    hint: 'extract with a property needs a key that holds a JSON object.',
  })
}
