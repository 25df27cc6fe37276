import { runeString, type ByteString } from './byte-string.ts'
import {
  formatBinary,
  formatFixed,
  formatHex,
  formatScientific,
  formatShortest,
} from './float-exact.ts'
import { pad, type Flags } from './printf-flags.ts'
import { isPrint, quoteGo } from './quote.ts'
import type { GoInt, GoNamed } from './value.ts'

/** A whole number under a verb; `undefined` when it has no such verb. */
export function formatInteger(flags: Flags, value: GoInt, verb: string): ByteString | undefined {
  switch (verb) {
    case 'v':
      if (flags.sharpV && value.type.kind.startsWith('uint')) {
        return digits({ ...flags, sharp: true }, value.value, 16, verb)
      }
      return digits(flags, value.value, 10, verb)
    case 'd':
      return digits(flags, value.value, 10, verb)
    case 'b':
      return digits(flags, value.value, 2, verb)
    case 'o':
    case 'O':
      return digits(flags, value.value, 8, verb)
    case 'x':
    case 'X':
      return digits(flags, value.value, 16, verb)
    case 'c':
      return pad(flags, runeString(runeCode(value.value)))
    case 'q':
      return pad(flags, quoteGo(runeString(runeCode(value.value)), flags.plus, "'"))
    case 'U':
      return unicode(flags, value.value)
    default:
      return undefined
  }
}

function digits(flags: Flags, value: bigint, base: number, verb: string): ByteString {
  const { precision, width, zero, minus, plus, space, sharp } = flags
  const isNegative = value < 0n
  const size = isNegative ? -value : value
  let wanted = precision ?? 0
  if (precision === 0 && value === 0n) return pad(flags, '', false)
  if (precision === undefined && zero && !minus && width !== undefined) {
    wanted = width - (isNegative || plus || space ? 1 : 0)
  }
  let text = size.toString(base).padStart(wanted, '0')
  if (sharp) {
    if (base === 2) text = `0b${text}`
    else if (base === 8) text = text.startsWith('0') ? text : `0${text}`
    else if (base === 16) text = `0x${text}`
  }
  if (verb === 'O') text = `0o${text}`
  if (verb === 'X') text = text.toUpperCase()
  const sign = isNegative ? '-' : plus ? '+' : space ? ' ' : ''
  return pad(flags, sign + text, false)
}

function unicode(flags: Flags, value: bigint): ByteString {
  const code = BigInt.asUintN(64, value)
  const digits = Math.max(flags.precision ?? 4, 4)
  let text = `U+${code.toString(16).toUpperCase().padStart(digits, '0')}`
  if (flags.sharp && code <= 0x10ffffn && isPrint(Number(code))) {
    text += ` '${runeString(Number(code))}'`
  }
  return pad(flags, text, false)
}

/** A float under a verb; `undefined` when it has no such verb. */
export function formatFloat(flags: Flags, value: number, verb: string): ByteString | undefined {
  const { precision } = flags
  switch (verb) {
    case 'v':
      return signed(flags, formatShortest(value, precision ?? -1), 'g', precision ?? -1)
    case 'g':
    case 'G':
      return signed(flags, formatShortest(value, precision ?? -1), verb, precision ?? -1)
    case 'e':
    case 'E':
      return signed(flags, formatScientific(value, precision ?? 6), verb, precision ?? 6)
    case 'f':
    case 'F':
      return signed(flags, formatFixed(value, precision ?? 6), 'f', precision ?? 6)
    case 'x':
    case 'X':
      return signed(flags, formatHex(value, precision ?? -1), verb, precision ?? -1)
    case 'b':
      return signed(flags, formatBinary(value), verb, -1)
    default:
      return undefined
  }
}

function signed(flags: Flags, text: string, verb: string, precision: number): ByteString {
  const { plus, space, sharp, zero, minus, width } = flags
  const isNegative = text.startsWith('-')
  let body = text.replace(/^[-+]/, '')
  const sign = isNegative ? '-' : plus ? '+' : space ? ' ' : ''
  if (body === 'Inf') return pad(flags, (sign === '' ? '+' : sign) + body, false)
  if (body === 'NaN') return pad(flags, sign + body, false)
  if (sharp && verb !== 'b') body = withPoint(body, verb, precision)
  if (/[EGX]/.test(verb)) body = body.toUpperCase()
  if (sign === '') return pad(flags, body)
  const length = body.length + 1
  if (zero && !minus && width !== undefined && width > length) {
    return sign + '0'.repeat(width - length) + body
  }
  return pad(flags, sign + body)
}

/** A complex number, kept as its text, under a verb; `undefined` when it has no such verb. */
export function formatComplex(flags: Flags, value: GoNamed, verb: string): ByteString | undefined {
  const parts = /^\((.*?[^e(])([+-][^+-]*(?:e[+-]\d+)?)i\)$/.exec(
    typeof value.base === 'string' ? value.base : '',
  )
  if (parts === null || !'vbgGxXfFeE'.includes(verb)) return undefined
  const [, real = '', imaginary = ''] = parts
  const first = formatFloat(flags, Number(real), verb)
  const second = formatFloat({ ...flags, plus: true }, Number(imaginary), verb)
  return `(${first}${second}i)`
}

function runeCode(value: bigint): number {
  return value < 0n || value > 0x10ffffn ? 0xfffd : Number(value)
}

/** The `#` flag: always a point, and for %g the trailing zeros as well. */
function withPoint(text: string, verb: string, precision: number): string {
  let digits = /[vgGx]/.test(verb) ? (precision === -1 ? 6 : precision) : 0
  const exponent = /[xX]/.test(verb) ? text.search(/[pP]/) : text.search(/[eE]/)
  const tail = exponent < 0 ? '' : text.slice(exponent)
  let body = exponent < 0 ? text : text.slice(0, exponent)
  let sawDigit = false
  for (const char of body) {
    if (char === '.') continue
    if (char !== '0') sawDigit = true
    if (sawDigit) digits--
  }
  if (!body.includes('.')) {
    if (body === '0') digits--
    body += '.'
  }
  return body + '0'.repeat(Math.max(digits, 0)) + tail
}
