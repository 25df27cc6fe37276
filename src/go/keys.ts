import { Fault } from '#base'

import { decodeBase64 } from './base64.ts'
import { fromBytes, goBytes, goString, goText } from './byte-string.ts'

/** Bytes by key. */
export type DataMap = ReadonlyMap<string, Uint8Array>

/** What `conversionStrategy` may say; absent and empty mean Default. */
export type ConversionStrategy = 'Default' | 'Unicode' | 'None' | ''

const plainKeyChar = /^[\p{L}\p{N}._-]$/u

/**
 * Renames keys that a Secret would not take, as `conversionStrategy` says: Default puts `_` for
 * each character, Unicode `_U0020_`. Letters and numbers of any script stay, as in the peer.
 *
 * @throws Fault InvalidSpec when two keys become one.
 */
export function convertKeys(data: DataMap, strategy: ConversionStrategy = 'Default'): DataMap {
  return renamed(data, 'secret name collision during conversion', (key) => {
    if (strategy === 'None') return key
    return mapChars(key, (char) => {
      if (plainKeyChar.test(char)) return char
      return strategy === 'Unicode' ? `_U${hexOf(char)}_` : '_'
    })
  })
}

/** The way back for a push: `_U0020_` becomes a blank again; other strategies change nothing. */
export function reverseKeys(data: DataMap, strategy: string = ''): DataMap {
  return renamed(data, 'secret name collision during conversion', (key) => {
    if (strategy !== 'ReverseUnicode') return key
    return key.replace(/_U([0-9a-fA-F]{4,5})_/g, (_whole, digits: string) =>
      String.fromCodePoint(Number.parseInt(digits, 16)),
    )
  })
}

function renamed(data: DataMap, collision: string, rename: (key: string) => string): DataMap {
  const result = new Map<string, Uint8Array>()
  for (const [key, value] of data) {
    const name = rename(key)
    if (result.has(name)) throw new Fault('InvalidSpec', `${collision}: ${name}`)
    result.set(name, value)
  }
  return result
}

function mapChars(text: string, each: (char: string) => string): string {
  let out = ''
  for (const char of text) out += each(char)
  return out
}

function hexOf(char: string): string {
  return (char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')
}

/**
 * Checks that keys could be keys of a Secret, with the peer's rule, which takes letters of any
 * script (the API server refuses those later).
 *
 * @throws Fault InvalidSpec with the peer's message.
 */
export function validateKeys(data: DataMap): void {
  for (const key of data.keys()) {
    for (const char of key) {
      if (plainKeyChar.test(char)) continue
      throw new Fault(
        'InvalidSpec',
        `key has invalid character ${char}, only alphanumeric, '-', '.' and '_' are allowed: ${key}`,
        { hint: 'set a conversionStrategy or rewrite the key' },
      )
    }
  }
}

/** What `decodingStrategy` may say; absent and empty mean None. */
export type DecodingStrategy = 'None' | 'Base64' | 'Base64URL' | 'Auto' | ''

/**
 * Decodes a value as `decodingStrategy` says. Auto keeps it as it is only when neither alphabet
 * fits: so does the peer, and `test` is mangled.
 *
 * @throws Fault InvalidSpec with the offset of the first bad byte, never the value.
 */
export function decodeValue(value: Uint8Array, strategy: string = 'None'): Uint8Array {
  switch (strategy) {
    case '':
    case 'None':
      return value
    case 'Base64':
    case 'Base64URL': {
      const alphabet = strategy === 'Base64' ? 'standard' : 'url'
      const decoded = decodeBase64(fromBytes(value), alphabet)
      if (decoded.ok) return goBytes(decoded.value)
      throw new Fault('InvalidSpec', `illegal base64 data at input byte ${decoded.at}`)
    }
    case 'Auto': {
      const text = fromBytes(value)
      const standard = decodeBase64(text)
      if (standard.ok) return goBytes(standard.value)
      const url = decodeBase64(text, 'url')
      return url.ok ? goBytes(url.value) : value
    }
    default:
      throw new Fault('InvalidSpec', `decoding strategy ${strategy} is not supported`)
  }
}

/** Decodes every value of a map. @throws Fault InvalidSpec that names the key. */
export function decodeValues(data: DataMap, strategy: string = 'None'): DataMap {
  const result = new Map<string, Uint8Array>()
  for (const [key, value] of data) {
    try {
      result.set(key, decodeValue(value, strategy))
    } catch (thrown) {
      if (thrown instanceof Fault) throw thrown.within(`failure decoding key "${key}"`)
      throw thrown
    }
  }
  return result
}

/** Text of a key as Go holds it, and back: map order is bytewise. */
export function sortedEntries(data: DataMap): readonly (readonly [string, Uint8Array])[] {
  const entries = [...data].map(([key, value]) => [goString(key), value] as const)
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return entries.map(([key, value]) => [goText(key), value] as const)
}
