import { Fault, textOf, utf8 } from '#base'
import { gjson } from '#go'
import { marshalByteMap, rawMembers, rawString, type Entry } from '#provider'
import type { VaultSecret } from './client.ts'

/**
 * An entry over one version of a secret. A property is a gjson path; where that leads nowhere, the name
 * of a key, dots and all.
 */
export function secretEntry(key: string, secret: VaultSecret): Entry {
  const valueAt = (property: string | undefined): Uint8Array =>
    propertyOf(utf8(secret.value), property ?? '', key)
  return { ...versionOf(secret), value: valueAt, map: (property) => spread(valueAt(property)) }
}

/**
 * An entry over a secret's tags, for `metadataPolicy: Fetch`. Spread out, each tag's name has the
 * secret's in front; a tag that holds a JSON object of texts becomes one key for each of them.
 */
export function tagsEntry(key: string, name: string, secret: VaultSecret): Entry {
  const { tags } = secret
  const valueAt = (property: string | undefined): Uint8Array => {
    if (property === undefined || property === '') {
      return marshalByteMap(new Map([...tags].map(([tag, text]) => [tag, utf8(text)])), true)
    }
    const whole = tags.get(property)
    if (whole !== undefined) return utf8(whole)
    const dot = property.indexOf('.')
    const part = dot > 0 ? tags.get(property.slice(0, dot)) : undefined
    if (part !== undefined) return propertyOf(utf8(part), property.slice(dot + 1), property)
    throw missing(`tag ${property} does not exist`)
  }
  return {
    ...versionOf(secret),
    value: valueAt,
    map: (property) => {
      valueAt(property) // fails where the tag is missing
      const all = spreadTags(name, tags)
      if (property === undefined || property === '') return all
      const one = `${key}_${property}`
      return new Map([[one, all.get(one) ?? new Uint8Array()]])
    },
  }
}

function propertyOf(whole: Uint8Array, property: string, key: string): Uint8Array {
  if (property === '') return whole
  const found = gjson(whole, property)
  if (found.exists) return found.bytes
  const literal = property.includes('.') ? gjson(whole, property.replaceAll('.', '\\.')) : found
  if (literal.exists) return literal.bytes
  throw missing(`property ${property} does not exist in key ${key}`)
}

function spreadTags(
  name: string,
  tags: ReadonlyMap<string, string>,
): ReadonlyMap<string, Uint8Array> {
  const spread = new Map<string, Uint8Array>()
  for (const [tag, text] of tags) {
    const parts = textMembers(text)
    if (parts === undefined) spread.set(`${name}_${tag}`, utf8(text))
    else for (const [part, value] of parts) spread.set(`${name}_${tag}_${part}`, utf8(value))
  }
  return spread
}

/** Members of a JSON object that has texts only. */
function textMembers(text: string): ReadonlyMap<string, string> | undefined {
  const members = [...(rawMembers(text) ?? [])].map(
    ([part, raw]) => [part, rawString(raw)] as const,
  )
  if (rawMembers(text) === undefined) return undefined
  const texts = new Map<string, string>()
  for (const [part, value] of members) {
    if (value === undefined) return undefined
    texts.set(part, value)
  }
  return texts
}

/** Members as bytes: strings without their quotes, everything else as the JSON text it is. */
function spread(json: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const members = rawMembers(textOf(json))
  if (members === undefined) {
    throw new Fault('InvalidAnswer', 'error unmarshalling json data: it is no JSON object', {
      hint: 'extract needs a JSON object; name a property that holds one, or use data.',
    })
  }
  return new Map([...members].map(([name, raw]) => [name, utf8(rawString(raw) ?? raw)]))
}

function versionOf(secret: VaultSecret): { readonly version?: string } {
  return secret.version === '' ? {} : { version: secret.version }
}

// The peer's words; to it a missing property is a failure, so deletionPolicy does not act on it.
function missing(message: string): Fault {
  return new Fault('NotFound', message, { retry: { kind: 'backoff' }, at: 'remoteRef.property' })
}
