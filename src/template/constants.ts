import {
  formatGeneral,
  GoNamed,
  goString,
  int,
  runeAt,
  runeString,
  type ByteString,
  type GoValue,
} from '#go'

import type { NumberNode } from './nodes.ts'

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
])

interface Unquoted {
  readonly text: ByteString
  readonly code: number
  readonly width: number
}

/** One character of a Go literal, escapes resolved; `undefined` when it is none. */
function unquoteChar(text: ByteString, at: number, quote: string): Unquoted | undefined {
  const char = text[at]
  if (char === undefined || char === quote || char === '\n') return undefined
  if (char !== '\\') {
    const rune = runeAt(text, at)
    return { text: text.slice(at, at + rune.width), ...rune }
  }
  const next = text[at + 1] ?? ''
  const simple = simpleEscapes.get(next) ?? (next === quote && next !== '' ? next : undefined)
  if (simple !== undefined) return { text: simple, code: simple.charCodeAt(0), width: 2 }
  const octal = /^[0-3][0-7]{2}/.exec(text.slice(at + 1, at + 4))
  if (octal !== null) return byteEscape(Number.parseInt(octal[0], 8), 4)
  const digits = { x: 2, u: 4, U: 8 }[next]
  if (digits === undefined) return undefined
  const hex = text.slice(at + 2, at + 2 + digits)
  if (hex.length !== digits || !/^[\da-fA-F]+$/.test(hex)) return undefined
  const code = Number.parseInt(hex, 16)
  if (next === 'x') return byteEscape(code, 4)
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined
  return { text: runeString(code), code, width: digits + 2 }
}

function byteEscape(code: number, width: number): Unquoted {
  return { text: String.fromCharCode(code), code, width }
}

/** strconv.Unquote of a `"…"` or backquoted literal; `undefined` when it is not valid. */
export function unquote(literal: ByteString): ByteString | undefined {
  const inside = literal.slice(1, -1)
  if (literal.startsWith('`')) return inside.replaceAll('\r', '')
  if (!/["\\\n]/.test(inside)) return inside
  let out = ''
  for (let at = 0; at < inside.length;) {
    const char = unquoteChar(inside, at, '"')
    if (char === undefined) return undefined
    out += char.text
    at += char.width
  }
  return out
}

const maxInt = (1n << 63n) - 1n

/** What a numeric constant means, or the sentence that says why it means nothing. */
export function parseNumber(
  text: ByteString,
  at: number,
  kind: 'number' | 'complex' | 'charConstant',
): NumberNode | string {
  if (kind === 'charConstant') return parseCharConstant(text, at)
  if (text.endsWith('i')) return parseComplex(text, at)
  const whole = parseWhole(text)
  const float = whole === undefined ? parseFloatText(text) : Number(whole)
  if (float === undefined) return `illegal number syntax: ${JSON.stringify(text)}`
  if (whole === undefined && !/[.eEpP]/.test(text)) {
    return `integer overflow: ${JSON.stringify(text)}`
  }
  const exact = whole ?? (Number.isInteger(float) ? BigInt(float) : undefined)
  return number(text, at, exact, float)
}

function number(
  text: ByteString,
  at: number,
  whole: bigint | undefined,
  float: number,
): NumberNode {
  const fits = whole !== undefined && whole >= -maxInt - 1n && whole <= maxInt
  const fitsUint = whole !== undefined && whole >= 0n && whole < 1n << 64n
  const looksFloat =
    /[.eEpP]/.test(text) && !/^[+-]?0[xX][^.pP]*$/.test(text) && !text.startsWith("'")
  const ideal: GoValue | undefined = looksFloat ? float : fits ? int(whole) : undefined
  return {
    kind: 'number',
    at,
    text,
    int: fits ? whole : undefined,
    uint: fitsUint ? whole : undefined,
    float,
    complex: undefined,
    ideal,
  }
}

function parseCharConstant(text: ByteString, at: number): NumberNode | string {
  const char = unquoteChar(text, 1, "'")
  if (char === undefined) return 'invalid syntax'
  if (text.slice(1 + char.width) !== "'") return `malformed character constant: ${text}`
  return number(text, at, BigInt(char.code), char.code)
}

/** strconv.ParseInt and ParseUint with base 0: prefixes, `_` between digits; 64 bits. */
function parseWhole(text: ByteString): bigint | undefined {
  const [, sign = '', body = ''] = /^([+-]?)(.*)$/.exec(text) ?? []
  if (/^_|__|_$|\d*_(?=[xXoObB])/.test(body)) return undefined
  const digits = body.replaceAll('_', '').toLowerCase()
  const octal = /^0o?([0-7]+)$/.exec(digits)?.[1]
  if (octal === undefined && !/^(0|[1-9]\d*|0x[\da-f]+|0b[01]+)$/.test(digits)) return undefined
  if (body.includes('_') && /^[1-9]/.test(body) && !/^[1-9](_?\d)*$/.test(body)) return undefined
  const size = BigInt(octal === undefined ? digits : `0o${octal}`)
  if (sign === '') return size < 1n << 64n ? size : undefined
  if (sign === '+') return size <= maxInt ? size : undefined
  return size <= maxInt + 1n ? -size : undefined
}

/** strconv.ParseFloat of what the lexer takes for a number, hexadecimal floats included. */
function parseFloatText(text: ByteString): number | undefined {
  const hex = /^([+-]?)0[xX]([\da-fA-F_]*)\.?([\da-fA-F_]*)[pP]([+-]?\d+)$/.exec(text)
  if (hex !== null) {
    const [, sign = '', whole = '', fraction = '', power = ''] = hex
    const digits = (whole + fraction).replaceAll('_', '')
    if (digits === '') return undefined
    const places = 4 * fraction.replaceAll('_', '').length
    const size = Number(BigInt(`0x${digits}`)) * 2 ** (Number(power) - places)
    return sign === '-' ? -size : size
  }
  if (/^[+-]?_|__|_[.eE]|[.eE]_|_$/.test(text)) return undefined
  const digits = text.replaceAll('_', '')
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(digits)) return undefined
  const value = Number(digits)
  return Number.isFinite(value) ? value : undefined
}

function parseComplex(text: ByteString, at: number): NumberNode | string {
  const body = text.slice(0, -1)
  let split = body.length - 1
  while (split > 0 && !(/[+-]/.test(body[split]!) && !/[eEpP]/.test(body[split - 1]!))) split--
  const imaginary = realPart(body.slice(Math.max(split, 0)))
  const real = split <= 0 ? 0 : realPart(body.slice(0, split))
  if (imaginary === undefined || real === undefined) {
    return `illegal number syntax: ${JSON.stringify(text)}`
  }
  const node = { kind: 'number' as const, at, text, complex: [real, imaginary] as const }
  const isReal = imaginary === 0
  const whole = isReal && Number.isInteger(real) ? BigInt(real) : undefined
  return {
    ...node,
    int: whole,
    uint: whole !== undefined && whole >= 0n ? whole : undefined,
    float: isReal ? real : undefined,
    ideal: complexValue(real, imaginary),
  }
}

function realPart(text: ByteString): number | undefined {
  const whole = parseWhole(text)
  return whole === undefined ? parseFloatText(text) : Number(whole)
}

/** A complex128, which only printing and comparing ever see. */
function complexValue(real: number, imaginary: number): GoValue {
  const part = formatGeneral(imaginary)
  const text = goString(`(${formatGeneral(real)}${/^[+-]/.test(part) ? '' : '+'}${part}i)`)
  return new GoNamed({ kind: 'complex128', name: 'complex128' }, text, () => text)
}
