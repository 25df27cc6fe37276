import { goString, runeAt, runeString, type ByteString } from '../byte-string.ts'
import { formatPlain } from '../float.ts'

/**
 * Reading JSON the way gjson does: forward, without checking more than it needs, so that broken
 * JSON is searched all the same. Every function takes a byte string and an offset.
 */
export type ResultType = 'Null' | 'False' | 'Number' | 'String' | 'True' | 'JSON'

/** What a path found. A result without `raw` and of type Null does not exist. */
export interface Result {
  readonly type: ResultType
  /** The JSON text it stands for; empty for a count, which was calculated. */
  readonly raw: ByteString
  /** The unescaped text of a string. */
  readonly text: ByteString
  readonly number: number
}

/** Nothing was found. */
export const absent: Result = { type: 'Null', raw: '', text: '', number: 0 }

export function exists(result: Result): boolean {
  return result.type !== 'Null' || result.raw !== ''
}

export function isArray(result: Result): boolean {
  return result.type === 'JSON' && result.raw.startsWith('[')
}

export function isObjectResult(result: Result): boolean {
  return result.type === 'JSON' && result.raw.startsWith('{')
}

/** A result that is a piece of JSON text of its own making. */
export function jsonResult(raw: ByteString): Result {
  return { type: 'JSON', raw, text: '', number: 0 }
}

/** The text of a result as a person would want it: strings unescaped, objects as they stand. */
export function resultText(result: Result): ByteString {
  switch (result.type) {
    case 'Null':
      return ''
    case 'False':
      return 'false'
    case 'True':
      return 'true'
    case 'String':
      return result.text
    case 'JSON':
      return result.raw
    case 'Number':
      return /^-?\d*$/.test(result.raw) && result.raw !== ''
        ? result.raw
        : formatPlain(result.number)
  }
}

/** `raw`, or the text where the result was calculated. */
export function rawOf(result: Result): ByteString {
  return result.raw === '' ? resultText(result) : result.raw
}

/** Offset just behind the string that opens at `start` (its quote), and whether it was closed. */
export function stringEnd(json: ByteString, start: number): { end: number; closed: boolean } {
  for (let i = start + 1; i < json.length; i++) {
    const char = json[i]
    if (char === '\\') i++
    else if (char === '"') return { end: i + 1, closed: true }
  }
  return { end: json.length, closed: false }
}

/**
 * Offset behind the object, array or group that opens at `start`; the end when it is not closed, and one
 * more when a string in it is not.
 *
 * @param opened How many are open already.
 */
export function squashEnd(json: ByteString, start: number, opened = 0): number {
  let depth = opened
  for (let i = start; i < json.length; i++) {
    switch (json[i]) {
      case '"': {
        const { end, closed } = stringEnd(json, i)
        if (!closed) return json.length + 1
        if (depth === 0) return end
        i = end - 1
        break
      }
      case '{':
      case '[':
      case '(':
        depth++
        break
      case '}':
      case ']':
      case ')':
        depth--
        if (depth <= 0) return i + 1
        break
      default:
    }
  }
  return json.length
}

function literalEnd(json: ByteString, start: number): number {
  let i = start + 1
  while (i < json.length && json[i]! >= 'a' && json[i]! <= 'z') i++
  return i
}

function numberEnd(json: ByteString, start: number): number {
  let i = start + 1
  while (i < json.length && json[i]! > ' ' && !',]}'.includes(json[i]!)) i++
  return i
}

/** A number as strconv.ParseFloat reads it; 0 where that fails. */
export function numberOf(text: ByteString): number {
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return Number(text)
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text)
  if (special === null) return 0
  if (special[2]!.toLowerCase() === 'nan') return NaN
  return special[1] === '-' ? -Infinity : Infinity
}

/** gjson's own trim: blanks and control characters, no others. */
export function trimmed(text: ByteString): ByteString {
  let from = 0
  let to = text.length
  while (from < to && text[from]! <= ' ') from++
  while (to > from && text[to - 1]! <= ' ') to--
  return text.slice(from, to)
}

/** What kind of value opens with the character at `at`; undefined for what opens none. */
export function kindAt(json: ByteString, at: number): ResultType | undefined {
  const char = json[at]!
  switch (char) {
    case '"':
      return 'String'
    case '{':
    case '[':
      return 'JSON'
    case 't':
      return 'True'
    case 'f':
      return 'False'
    case 'n':
      // `nan` counts as a number
      return at + 1 < json.length && json[at + 1] !== 'u' ? 'Number' : 'Null'
    default:
      return '+-iIN'.includes(char) || (char >= '0' && char <= '9') ? 'Number' : undefined
  }
}

/** The value of a known kind that opens at `at`; `undefined` for a string that never ends. */
export function valueAt(
  json: ByteString,
  at: number,
  kind: ResultType,
): { readonly end: number; readonly result: Result } | undefined {
  switch (kind) {
    case 'String': {
      const { end, closed } = stringEnd(json, at)
      if (!closed) return undefined
      const raw = json.slice(at, end)
      return { end, result: { type: kind, raw, text: unescape(raw.slice(1, -1)), number: 0 } }
    }
    case 'JSON': {
      const end = squashEnd(json, at)
      return { end, result: jsonResult(json.slice(at, end)) }
    }
    case 'Number': {
      const end = numberEnd(json, at)
      const raw = json.slice(at, end)
      return { end, result: { type: kind, raw, text: '', number: numberOf(raw) } }
    }
    default: {
      const end = literalEnd(json, at)
      return { end, result: { type: kind, raw: json.slice(at, end), text: '', number: 0 } }
    }
  }
}

/** A whole JSON text as one result: an object or array takes all that follows as its raw text. */
export function parseResult(json: ByteString): Result {
  let at = 0
  while (at < json.length && json[at]! <= ' ') at++
  if (at === json.length) return absent
  const kind = kindAt(json, at)
  if (kind === undefined) return absent
  if (kind === 'JSON') return jsonResult(json.slice(at))
  if (kind === 'String' && !stringEnd(json, at).closed) {
    const raw = json.slice(at)
    return { type: kind, raw, text: unescape(raw.slice(1)), number: 0 }
  }
  return valueAt(json, at, kind)?.result ?? absent
}

/** Calls `each` for the entries of an object or array until it answers false. */
export function forEach(
  result: Result,
  each: (key: Result, value: Result) => boolean | void,
): void {
  if (!exists(result)) return
  if (result.type !== 'JSON') {
    each(absent, result)
    return
  }
  const json = result.raw
  let at = json.search(/[{[]/)
  if (at < 0) return
  const isMap = json[at] === '{'
  at++
  while (at < json.length) {
    let key: Result = absent
    if (isMap) {
      while (at < json.length && json[at] !== '"') at++
      const read = at < json.length ? valueAt(json, at, 'String') : undefined
      if (read === undefined) return
      key = read.result
      at = read.end
    }
    while (at < json.length && (json[at]! <= ' ' || json[at] === ',' || json[at] === ':')) at++
    const value = anyValue(json, at)
    if (value === undefined) return
    if (each(key, value.result) === false) return
    // One character behind a value is passed over, whatever it is.
    at = value.end + 1
  }
}

/** The first value at or behind `at`, whatever stands before it. */
export function anyValue(
  json: ByteString,
  at: number,
): { readonly end: number; readonly result: Result } | undefined {
  for (let i = at; i < json.length; i++) {
    const kind = kindAt(json, i)
    if (kind !== undefined) return valueAt(json, i, kind)
  }
  return undefined
}

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['"', '"'],
])

/** The text of a JSON string's inside; stops where an escape or a control character is wrong. */
export function unescape(inside: ByteString): ByteString {
  if (!inside.includes('\\')) return inside
  let text = ''
  for (let i = 0; i < inside.length; i++) {
    const char = inside[i]!
    if (char < ' ') return text
    if (char !== '\\') {
      text += char
      continue
    }
    i++
    if (i >= inside.length) return text
    if (inside[i] !== 'u') {
      const plain = simpleEscapes.get(inside[i]!)
      if (plain === undefined) return text
      text += plain
      continue
    }
    if (i + 5 > inside.length) return text
    let code = parseHex(inside.slice(i + 1, i + 5))
    i += 4
    if (code >= 0xd800 && code <= 0xdfff && inside.slice(i + 1, i + 3) === '\\u') {
      const low = parseHex(inside.slice(i + 3, i + 7))
      if (code < 0xdc00 && low >= 0xdc00 && low <= 0xdfff) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
      } else code = 0xfffd
      i += 6
    }
    text += runeString(code)
  }
  return text
}

function parseHex(digits: string): number {
  return /^[0-9a-fA-F]+$/.test(digits) ? Number.parseInt(digits, 16) : 0
}

/** A JSON string as gjson writes it: `<`, `>` and `&` escaped, bad UTF-8 as `\ufffd`. */
export function quote(text: ByteString): ByteString {
  let out = '"'
  for (let at = 0; at < text.length;) {
    const rune = runeAt(text, at)
    out += quotedRune(rune.code, rune.width, text.slice(at, at + rune.width))
    at += rune.width
  }
  return `${out}"`
}

const shortEscapes: ReadonlyMap<number, string> = new Map([
  [0x08, '\\b'],
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0c, '\\f'],
  [0x0d, '\\r'],
  [0x22, '\\"'],
  [0x5c, '\\\\'],
])

function quotedRune(code: number, width: number, bytes: ByteString): ByteString {
  const short = shortEscapes.get(code)
  if (short !== undefined) return short
  const isSpecial = code < 0x20 || code === 0x3c || code === 0x3e || code === 0x26
  if (isSpecial || code === 0x2028 || code === 0x2029) {
    return `\\u${code.toString(16).padStart(4, '0')}`
  }
  if (code === 0xfffd && width === 1) return '\\ufffd'
  return bytes
}

/** Whether a text is one valid JSON value, checked as gjson's Valid does. */
export function isValid(json: ByteString): boolean {
  try {
    // Bytes beyond ASCII are allowed anywhere in strings and nowhere else, in both.
    JSON.parse(json)
    return !json.startsWith(goString('\ufeff'))
  } catch {
    return false
  }
}
