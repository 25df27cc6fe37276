import { BigNumber, Fault, isObject, parseJson } from '#base'

import { encodeBase64 } from './base64.ts'
import { goBytes, goString, goText, runeAt, type ByteString } from './byte-string.ts'
import { formatJsonNumber, formatPlain, notFinite } from './float.ts'
import { goValueOf } from './hash.ts'
import { GoInt, GoMap, GoNamed, type GoObject, GoSlice, types, type GoValue } from './value.ts'

const shortEscapes: ReadonlyMap<number, string> = new Map([
  [0x08, '\\b'],
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0c, '\\f'],
  [0x0d, '\\r'],
  [0x22, '\\"'],
  [0x5c, '\\\\'],
])

// What is written as it is, in either form; everything else is looked at one by one.
const plainRun = /[\x20\x21\x23-\x25\x27-\x3b\x3d\x3f-\x5b\x5d-\x7f]+/y

/** A JSON string as encoding/json writes it. `escapeHtml`: `<`, `>`, `&` too. */
export function quoteJson(text: ByteString, escapeHtml: boolean): ByteString {
  const out: ByteString[] = []
  // Pieces are joined now and then: a long text made a character at a time takes thirty times its size.
  let pieces: ByteString[] = ['"']
  for (let at = 0; at < text.length;) {
    plainRun.lastIndex = at
    const run = plainRun.exec(text)?.[0]
    const { piece, width } =
      run === undefined ? quotedAt(text, at, escapeHtml) : { piece: run, width: run.length }
    if (pieces.push(piece) > 1000) {
      out.push(pieces.join(''))
      pieces = []
    }
    at += width
  }
  pieces.push('"')
  return out.join('') + pieces.join('')
}

function quotedAt(
  text: ByteString,
  at: number,
  escapeHtml: boolean,
): { readonly piece: ByteString; readonly width: number } {
  const { code, width } = runeAt(text, at)
  const short = shortEscapes.get(code)
  if (short !== undefined) return { piece: short, width }
  const isHtml = escapeHtml && (code === 0x3c || code === 0x3e || code === 0x26)
  if (isHtml || code < 0x20 || code === 0x2028 || code === 0x2029) {
    return { piece: unicodeEscape(code), width }
  }
  if (code === 0xfffd && width === 1) return { piece: '\\ufffd', width }
  return { piece: text.slice(at, at + width), width }
}

function unicodeEscape(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`
}

/**
 * json.Marshal: keys sorted bytewise, `[]byte` as base64.
 *
 * @returns `undefined` for what JSON cannot hold: NaN, an infinity.
 */
export function encodeJson(value: GoValue, escapeHtml: boolean = true): ByteString | undefined {
  try {
    return encode(value, escapeHtml)
  } catch (thrown) {
    if (thrown === unsupported) return undefined
    throw thrown
  }
}

const unsupported = new Error('JSON cannot hold it')

function encode(value: GoValue, escapeHtml: boolean): ByteString {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return quoteJson(value, escapeHtml)
  if (typeof value === 'number') {
    if (notFinite(value) !== undefined) throw unsupported
    return formatJsonNumber(value)
  }
  if (value instanceof GoInt) return value.value.toString()
  if (value instanceof GoSlice) {
    if (value.isNil) return 'null'
    if (value.type.name === types.bytes.name) {
      const codes = value.items.map((item) => (item instanceof GoInt ? Number(item.value) : 0))
      return `"${encodeBase64(Buffer.from(codes).toString('latin1'))}"`
    }
    return `[${value.items.map((item) => encode(item, escapeHtml)).join(',')}]`
  }
  if (value instanceof GoMap) {
    if (value.isNil) return 'null'
    const pair = (key: ByteString): ByteString =>
      `${quoteJson(key, escapeHtml)}:${encode(value.entries.get(key) ?? null, escapeHtml)}`
    return `{${value.sortedKeys().map(pair).join(',')}}`
  }
  if (value instanceof GoNamed) {
    if (value.type.kind === 'complex128') throw unsupported
    return encode(value.base, escapeHtml)
  }
  return encodeObject(value, escapeHtml)
}

function encodeObject(value: GoObject, escapeHtml: boolean): ByteString {
  const custom = value.methods.get('MarshalJSON')
  if (custom !== undefined) {
    const made = custom.call()
    if (typeof made === 'string') return made
  }
  const pairs = [...value.fields].map(
    ([key, entry]) => `${quoteJson(key, escapeHtml)}:${encode(entry, escapeHtml)}`,
  )
  return `{${pairs.join(',')}}`
}

/**
 * json.Unmarshal into `interface{}`: numbers are float64, objects `map[string]interface {}`.
 *
 * @throws Fault InvalidAnswer for what is no JSON or holds a number beyond float64; never quotes it.
 */
export function decodeJson(text: ByteString): GoValue {
  const parsed = parseJson(goText(text))
  checkNumbers(parsed)
  return goValueOf(parsed, 'float64')
}

/**
 * {@link decodeJson} as it is where its error is passed over: numbers beyond float64 are nil.
 *
 * @throws Fault InvalidAnswer for what is no JSON.
 */
export function decodeJsonLoosely(text: ByteString): GoValue {
  return withoutHuge(goValueOf(parseJson(goText(text)), 'float64'))
}

function withoutHuge(value: GoValue): GoValue {
  if (value instanceof GoSlice) {
    for (const [i, item] of value.items.entries()) value.items[i] = withoutHuge(item)
  } else if (value instanceof GoMap) {
    for (const [key, entry] of value.entries) value.entries.set(key, withoutHuge(entry))
  }
  return typeof value === 'number' && !Number.isFinite(value) ? null : value
}

function checkNumbers(value: unknown): void {
  const number = value instanceof BigNumber ? Number(value.digits) : value
  if (typeof number === 'number' && !Number.isFinite(number)) {
    throw new Fault('InvalidAnswer', 'JSON number beyond float64')
  }
  if (Array.isArray(value)) for (const item of value) checkNumbers(item)
  else if (isObject(value)) for (const item of Object.values(value)) checkNumbers(item)
}

/**
 * A JSON value as the bytes External Secrets puts into a Secret: strings as they are, numbers
 * as decimals without an exponent, null as nothing, objects and lists as compact JSON with sorted
 * keys. Whole numbers beyond 2^53 lose digits there, and so they do here.
 *
 * @throws Fault InvalidAnswer for a number beyond float64.
 */
export function valueBytes(value: unknown): Uint8Array {
  return goBytes(valueText(value))
}

function valueText(value: unknown): ByteString {
  checkNumbers(value)
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return goString(value)
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return formatPlain(value)
  if (value instanceof BigNumber) return formatPlain(Number(value.digits))
  return encodeJson(goValueOf(value, 'float64')) ?? ''
}
