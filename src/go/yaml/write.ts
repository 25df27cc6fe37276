import { BigNumber, isObject } from '#base'

import { formatGeneral } from '../float.ts'
import { resolvePlain } from './scalar.ts'

// The width behind which the peer's YAML writer folds.
const bestWidth = 80
// Longer keys are written in the `? key` form.
const longestSimpleKey = 128

/**
 * YAML of a JSON value exactly as Kubernetes' yaml package (yaml.v2 underneath) writes it: keys in
 * natural order, lists not indented, text quoted where it would be read as something else, folded at
 * 80 columns. Ends with a line break.
 */
export function writeYaml(value: unknown): string {
  const text = node(value, 0, 0)
  return text.endsWith('\n') ? text : `${text}\n`
}

/** A node at an indent, whose first character stands in `column`; no line break in front. */
function node(value: unknown, indent: number, column: number): string {
  if (Array.isArray(value)) {
    return value.length === 0 ? '[]\n' : sequence(value as readonly unknown[], indent)
  }
  if (isObject(value) && !(value instanceof BigNumber)) {
    return Object.keys(value).length === 0 ? '{}\n' : mapping(value, indent)
  }
  return scalar(value, indent + 2, column, false)
}

function sequence(items: readonly unknown[], indent: number): string {
  const pad = ' '.repeat(indent)
  const lines = items.map((item) => `- ${ended(node(item, indentOf(item, indent), indent + 2))}`)
  return lines.join(pad)
}

/** Collections inside a list item stand two columns further in; text is indented from the item. */
function indentOf(item: unknown, indent: number): number {
  return typeof item === 'object' && item !== null ? indent + 2 : indent
}

function ended(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`
}

function mapping(object: Readonly<Record<string, unknown>>, indent: number): string {
  const pad = ' '.repeat(indent)
  const lines = Object.keys(object)
    .sort(naturalOrder)
    .map((key) => pair(key, object[key], indent))
  return lines.join(pad)
}

function pair(key: string, value: unknown, indent: number): string {
  const isSimple = Buffer.byteLength(key) <= longestSimpleKey && !anyBreak.test(key)
  const name = scalar(key, indent + 2, isSimple ? indent : indent + 2, isSimple)
  const start = isSimple ? `${name}:` : `? ${ended(name)}${' '.repeat(indent)}:`
  const isFull = typeof value === 'object' && value !== null && !(value instanceof BigNumber)
  if (!isFull || Object.keys(value).length === 0) {
    const column = indent + (isSimple ? Array.from(start).length + 1 : 2)
    return ended(`${start} ${node(value, indent, column)}`)
  }
  const inner = Array.isArray(value) && isSimple ? indent : indent + 2
  const body = node(value, inner, inner)
  return isSimple ? `${start}\n${' '.repeat(inner)}${body}` : `${start} ${body}`
}

function scalar(value: unknown, indent: number, column: number, isKey: boolean): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return numberText(value)
  if (value instanceof BigNumber) return numberText(value)
  return typeof value === 'string' ? text(value, indent, column, isKey) : 'null'
}

function numberText(value: number | BigNumber): string {
  if (typeof value === 'number' && !Number.isInteger(value)) return formatGeneral(value)
  const whole = BigInt(value instanceof BigNumber ? value.digits : value)
  const fits = whole >= -(1n << 63n) && whole < 1n << 64n
  if (!fits) return formatGeneral(Number(whole))
  return Object.is(value, -0) ? '-0' : whole.toString()
}

/** What a text allows, by yaml's rules for scalars. */
interface Analysis {
  readonly plain: boolean
  readonly single: boolean
  readonly literal: boolean
}

// What yaml.v2 prints as it is: nothing beyond 16 bits, no control characters, no byte order mark.
const special = /[^\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/
const breaks = /[\n\u2028\u2029]/
const anyBreak = /[\n\r\x85\u2028\u2029]/

function analyze(value: string): Analysis {
  const isSpecial = special.test(value) || / [\n\u2028\u2029]/.test(value)
  const edges = /^[ \n\u2028\u2029]|[ \n\u2028\u2029]$/.test(value)
  const indicator =
    /^[#,[\]{}&*!|>'"%@`]|^-(?= |$)|^[?:](?= |$)|^(---|\.\.\.)|:(?= |$)|[ \n\u2028\u2029]#/.test(
      value,
    )
  return {
    plain: !isSpecial && !breaks.test(value) && !edges && !indicator,
    single: !isSpecial && !/[\n\u2028\u2029] /.test(value),
    literal: !isSpecial && !value.endsWith(' '),
  }
}

const timestamp = /^\d{4}-\d\d?-\d\d?([Tt ]|$)/
const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/

function needsQuotes(value: string): boolean {
  if (typeof resolvePlain(value) !== 'string' || base60.test(value)) return true
  return timestamp.test(value) && isTimestamp(value)
}

function isTimestamp(value: string): boolean {
  return /^\d{4}-\d\d?-\d\d?(?:[Tt ]\d\d?:\d\d?:\d\d?(?:\.\d+)?(?: ?(?:Z|[-+]\d\d?(?::\d\d)?))?)?$/.test(
    value,
  )
}

function text(value: string, indent: number, column: number, isKey: boolean): string {
  const allowed = analyze(value)
  if (value.includes('\n')) {
    if (!isKey && allowed.literal) return literal(value, indent)
    return doubleQuoted(value, indent, column, !isKey)
  }
  if (needsQuotes(value)) return doubleQuoted(value, indent, column, !isKey)
  if (allowed.plain) return folded(value, indent, column, !isKey)
  if (allowed.single) return singleQuoted(value, indent, column, !isKey)
  return doubleQuoted(value, indent, column, !isKey)
}

function literal(value: string, indent: number): string {
  const hint = /^[ \n\u2028\u2029]/.test(value) ? '2' : ''
  const chomp = !breaks.test(value.slice(-1))
    ? '-'
    : /(^|[\n\u2028\u2029]).$/su.test(value)
      ? '+'
      : ''
  let out = `|${hint}${chomp}\n`
  let isNewLine = true
  for (const char of value) {
    const isBreak = breaks.test(char)
    if (!isBreak && isNewLine) out += ' '.repeat(indent)
    out += char
    isNewLine = isBreak
  }
  return out
}

/** Plain text; lines break at single blanks behind column 80. */
function folded(value: string, indent: number, start: number, mayFold: boolean): string {
  if (!mayFold || start + value.length <= bestWidth) return value
  let out = ''
  let column = start
  const chars = Array.from(value)
  for (const [i, char] of chars.entries()) {
    const isAlone = char === ' ' && chars[i - 1] !== ' ' && chars[i + 1] !== ' '
    if (isAlone && column > bestWidth) {
      out += `\n${' '.repeat(indent)}`
      column = indent
    } else {
      out += char
      column++
    }
  }
  return out
}

function singleQuoted(value: string, indent: number, start: number, mayFold: boolean): string {
  const pad = ' '.repeat(indent)
  const chars = Array.from(value)
  const last = chars.length - 1
  let out = "'"
  let column = start + 1
  let isNewLine = false
  for (const [i, char] of chars.entries()) {
    if (breaks.test(char)) {
      out += char
      column = 0
      isNewLine = true
      continue
    }
    if (isNewLine) {
      out += pad
      column = indent
      isNewLine = false
    }
    const isAlone = char === ' ' && chars[i - 1] !== ' ' && chars[i + 1] !== ' '
    if (isAlone && mayFold && i > 0 && i < last && column > bestWidth) {
      out += `\n${pad}`
      column = indent
    } else {
      out += char === "'" ? "''" : char
      column += char === "'" ? 2 : 1
    }
  }
  return `${out}'`
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['\0', '\\0'],
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\v', '\\v'],
  ['\f', '\\f'],
  ['\r', '\\r'],
  ['\x1b', '\\e'],
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\x85', '\\N'],
  ['\xa0', '\\_'],
  ['\u2028', '\\L'],
  ['\u2029', '\\P'],
])

function doubleQuoted(value: string, indent: number, start: number, mayFold: boolean): string {
  let out = '"'
  let column = start + 1
  const chars = Array.from(value)
  // Behind a byte order mark the peer takes every character for one.
  const isMarked = value.startsWith('\ufeff')
  let afterBlank = false
  for (const [i, char] of chars.entries()) {
    const canFold =
      mayFold && !isMarked && char === ' ' && !afterBlank && i > 0 && i < chars.length - 1
    if (canFold && column > bestWidth) {
      out += `\n${' '.repeat(indent)}${chars[i + 1] === ' ' ? '\\' : ''}`
      column = indent
    } else {
      const made = escaped(char, isMarked)
      out += made
      column += made.length
    }
    afterBlank = char === ' '
  }
  return `${out}"`
}

function escaped(char: string, always: boolean): string {
  if (!always && !/["\\\n\u2028\u2029]/.test(char) && !special.test(char)) return char
  const short = escapes.get(char)
  if (short !== undefined) return short
  const code = char.codePointAt(0) ?? 0
  const hex = code.toString(16).toUpperCase()
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

const letter = /\p{L}/u
const digit = /\p{Nd}/u

/** yaml.v2's order of keys: numbers within text by value, other signs before letters. */
export function naturalOrder(left: string, right: string): number {
  const a = Array.from(left)
  const b = Array.from(right)
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [x = '', y = ''] = [a[i], b[i]]
    if (x === y) continue
    const [isLetterX, isLetterY] = [letter.test(x), letter.test(y)]
    if (isLetterX && isLetterY) return byCode(x, y)
    if (isLetterX || isLetterY) return isLetterY ? -1 : 1
    return compareRuns(a, b, i)
  }
  return a.length - b.length
}

function byCode(x: string, y: string): number {
  return (x.codePointAt(0) ?? 0) - (y.codePointAt(0) ?? 0)
}

function compareRuns(a: readonly string[], b: readonly string[], at: number): number {
  let lead = 0n
  if (a[at] === '0' || b[at] === '0') {
    for (let j = at - 1; j >= 0 && digit.test(a[j] ?? ''); j--) {
      if (a[j] === '0') continue
      lead = 1n
      break
    }
  }
  const [x, y] = [runAt(a, at, lead), runAt(b, at, lead)]
  if (x.value !== y.value) return x.value < y.value ? -1 : 1
  if (x.end !== y.end) return x.end - y.end
  return byCode(a[at] ?? '', b[at] ?? '')
}

function runAt(
  chars: readonly string[],
  start: number,
  lead: bigint,
): { readonly value: bigint; readonly end: number } {
  let value = lead
  let end = start
  for (; digit.test(chars[end] ?? ''); end++) {
    const code = (chars[end]?.codePointAt(0) ?? 48) - 48
    value = BigInt.asIntN(64, value * 10n + BigInt(code))
  }
  return { value, end }
}
