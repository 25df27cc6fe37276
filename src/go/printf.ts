import { runeAt, runeCount, runeString, type ByteString } from './byte-string.ts'
import {
  formatBinary,
  formatFixed,
  formatHex,
  formatScientific,
  formatShortest,
} from './float-exact.ts'
import { canBackquote, isPrint, quoteGo } from './quote.ts'
import { GoInt, GoMap, GoNamed, GoObject, GoSlice, typeOf, types, type GoValue } from './value.ts'
import { printValue } from './print.ts'

/** Asks before much is made: widths come from templates. */
export interface Charge {
  charge(bytes: number): void
}

const uncharged: Charge = { charge: () => undefined }

/** fmt.Sprint: a blank only between two operands neither of which is a string. */
export function sprint(values: readonly GoValue[]): ByteString {
  let out = ''
  for (const [i, value] of values.entries()) {
    const before = values[i - 1]
    if (i > 0 && !isString(value) && before !== undefined && !isString(before)) out += ' '
    out += printValue(value)
  }
  return out
}

function isString(value: GoValue): boolean {
  return typeOf(value).kind === 'string'
}

/** fmt.Sprintln. */
export function sprintln(values: readonly GoValue[]): ByteString {
  return `${values.map(printValue).join(' ')}\n`
}

/** fmt.Sprintf, with every verb, flag, width, precision and argument index. */
export function printf(
  format: ByteString,
  values: readonly GoValue[],
  charge: Charge = uncharged,
): ByteString {
  return new Printer(format, values, charge).print()
}

interface Flags {
  sharp: boolean
  zero: boolean
  plus: boolean
  minus: boolean
  space: boolean
  sharpV: boolean
  plusV: boolean
  width: number | undefined
  precision: number | undefined
}

function noFlags(): Flags {
  return {
    sharp: false,
    zero: false,
    plus: false,
    minus: false,
    space: false,
    sharpV: false,
    plusV: false,
    width: undefined,
    precision: undefined,
  }
}

// Go's own bound on widths and precisions.
const largest = 1_000_000

// An address differs from run to run in Go; here it is the same for all.
const somewhere = '0xc000012345'

class Printer {
  readonly #format: ByteString
  readonly #values: readonly GoValue[]
  readonly #charge: Charge
  #out = ''
  #at = 0
  #next = 0
  #isReordered = false
  #isGoodIndex = true
  #flags: Flags = noFlags()

  constructor(format: ByteString, values: readonly GoValue[], charge: Charge) {
    this.#format = format
    this.#values = values
    this.#charge = charge
  }

  print(): ByteString {
    while (this.#at < this.#format.length) {
      const percent = this.#format.indexOf('%', this.#at)
      const end = percent < 0 ? this.#format.length : percent
      this.#out += this.#format.slice(this.#at, end)
      this.#at = end + 1
      if (percent >= 0) this.#directive()
    }
    if (!this.#isReordered && this.#next < this.#values.length) this.#extra()
    return this.#out
  }

  #extra(): void {
    this.#flags = noFlags()
    const texts = this.#values
      .slice(this.#next)
      .map((value) =>
        value === null ? '<nil>' : `${typeOf(value).name}=${this.#value(value, 'v', 0)}`,
      )
    this.#out += `%!(EXTRA ${texts.join(', ')})`
  }

  #directive(): void {
    this.#flags = noFlags()
    this.#isGoodIndex = true
    const flags = this.#flags
    this.#readFlags()
    let afterIndex = this.#argumentIndex()
    if (this.#format[this.#at] === '*') {
      this.#at++
      const width = this.#intArgument()
      if (width === undefined) this.#out += '%!(BADWIDTH)'
      else if (width < 0) {
        flags.minus = true
        flags.zero = false
      }
      flags.width = width === undefined ? undefined : Math.abs(width)
      afterIndex = false
    } else {
      flags.width = this.#number()
      if (afterIndex && flags.width !== undefined) this.#isGoodIndex = false
    }
    // A point that ends the format is a verb, not a precision.
    const isLast = this.#at + 1 >= this.#format.length
    if (this.#format[this.#at] === '.' && !isLast) afterIndex = this.#readPrecision(afterIndex)
    if (!afterIndex) this.#argumentIndex()
    this.#verb()
  }

  #readFlags(): void {
    const flags = this.#flags
    for (; this.#at < this.#format.length; this.#at++) {
      switch (this.#format[this.#at]) {
        case '#':
          flags.sharp = true
          break
        case '0':
          flags.zero = true
          break
        case '+':
          flags.plus = true
          break
        case '-':
          flags.minus = true
          break
        case ' ':
          flags.space = true
          break
        default:
          return
      }
    }
  }

  #readPrecision(afterIndex: boolean): boolean {
    this.#at++
    if (afterIndex) this.#isGoodIndex = false
    const hasIndex = this.#argumentIndex()
    if (this.#format[this.#at] === '*') {
      this.#at++
      const precision = this.#intArgument()
      if (precision === undefined || precision < 0) this.#out += '%!(BADPREC)'
      else this.#flags.precision = precision
      return false
    }
    this.#flags.precision = this.#number() ?? 0
    return hasIndex
  }

  /** `[n]`: chooses the next argument. */
  #argumentIndex(): boolean {
    if (this.#format[this.#at] !== '[') return false
    this.#isReordered = true
    const close = this.#format.indexOf(']', this.#at)
    if (close < 0) {
      this.#isGoodIndex = false
      this.#at++
      return false
    }
    const text = this.#format.slice(this.#at + 1, close)
    this.#at = close + 1
    const isNumber = /^\d{1,7}$/.test(text) && Number(text) <= largest
    const index = Number(text) - 1
    if (isNumber && index >= 0 && index < this.#values.length) {
      this.#next = index
      return true
    }
    this.#isGoodIndex = false
    return isNumber
  }

  #number(): number | undefined {
    const digits = /^\d+/.exec(this.#format.slice(this.#at, this.#at + 32))?.[0]
    if (digits === undefined) return undefined
    if (Number(digits) > largest) {
      this.#at = this.#format.length
      return undefined
    }
    this.#at += digits.length
    return Number(digits)
  }

  #intArgument(): number | undefined {
    const given = this.#values[this.#next]
    const value = given instanceof GoNamed ? given.base : given
    if (this.#next < this.#values.length) this.#next++
    if (!(value instanceof GoInt)) return undefined
    const number = Number(value.value)
    return Math.abs(number) > largest ? undefined : number
  }

  #verb(): void {
    if (this.#at >= this.#format.length) {
      this.#out += '%!(NOVERB)'
      return
    }
    const { width } = runeAt(this.#format, this.#at)
    const verb = this.#format.slice(this.#at, this.#at + width)
    this.#at += width
    if (verb === '%') this.#out += '%'
    else if (!this.#isGoodIndex) this.#out += `%!${verb}(BADINDEX)`
    else if (this.#next >= this.#values.length) this.#out += `%!${verb}(MISSING)`
    else {
      const flags = this.#flags
      if (verb === 'v' || verb === 'w') {
        flags.sharpV = flags.sharp
        flags.plusV = flags.plus
        flags.sharp = false
        flags.plus = false
      }
      this.#charge.charge((flags.width ?? 0) + (flags.precision ?? 0))
      const value = this.#values[this.#next] ?? null
      // Only Errorf knows %w.
      const made = verb === 'w' ? this.#bad(value, verb) : this.#value(value, verb, 0)
      this.#charge.charge(made.length)
      this.#out += made
      this.#next++
    }
  }

  #bad(value: GoValue, verb: string): ByteString {
    if (value === null) return `%!${verb}(<nil>)`
    return `%!${verb}(${typeOf(value).name}=${this.#value(value, 'v', 0, true)})`
  }

  #value(value: GoValue, verb: string, depth: number, isError = false): ByteString {
    if (value === null) {
      if (depth > 0) return this.#flags.sharpV ? 'interface {}(nil)' : '<nil>'
      return verb === 'T' || verb === 'v' ? this.#pad('<nil>') : this.#bad(value, verb)
    }
    if (verb === 'T' && depth === 0) return this.#text(typeOf(value).name)
    const method = this.#byMethod(value, verb, isError)
    if (method !== undefined) return method
    if (typeof value === 'boolean') {
      return verb === 't' || verb === 'v' ? this.#pad(String(value)) : this.#bad(value, verb)
    }
    if (typeof value === 'number') return this.#float(value, verb)
    if (typeof value === 'string') return this.#string(value, verb)
    if (value instanceof GoInt) return this.#integer(value, verb)
    if (value instanceof GoNamed) {
      if (value.type.kind === 'complex128') return this.#complex(value, verb)
      const { base } = value
      if (base instanceof GoInt) return this.#integer(new GoInt(base.value, value.type), verb)
      return this.#value(base, verb, depth, isError)
    }
    if (value instanceof GoSlice) return this.#slice(value, verb, depth)
    if (value instanceof GoMap) return this.#map(value, verb, depth)
    return this.#object(value, verb, depth)
  }

  /** What a String method says, for the verbs that text has. */
  #byMethod(value: GoValue, verb: string, isError: boolean): ByteString | undefined {
    if (isError || !(value instanceof GoObject || value instanceof GoNamed)) return undefined
    if (this.#flags.sharpV) {
      const text = value instanceof GoObject ? value.goText?.() : undefined
      return text === undefined ? undefined : this.#text(text)
    }
    if (!'vsxXq'.includes(verb)) return undefined
    if (value.type.kind === 'complex128') return undefined
    return value.text === undefined ? undefined : this.#string(value.text(), verb)
  }

  #string(value: ByteString, verb: string): ByteString {
    switch (verb) {
      case 'v':
        return this.#flags.sharpV ? this.#quote(value) : this.#text(value)
      case 's':
        return this.#text(value)
      case 'x':
      case 'X':
        return this.#hexText(value, verb)
      case 'q':
        return this.#quote(value)
      default:
        return this.#bad(value, verb)
    }
  }

  #truncated(value: ByteString): ByteString {
    const { precision } = this.#flags
    if (precision === undefined) return value
    let at = 0
    for (let i = 0; i < precision && at < value.length; i++) at += runeAt(value, at).width
    return value.slice(0, at)
  }

  #text(value: ByteString): ByteString {
    return this.#pad(this.#truncated(value))
  }

  #quote(value: ByteString): ByteString {
    const text = this.#truncated(value)
    const isRaw = (this.#flags.sharp || this.#flags.sharpV) && canBackquote(text)
    if (isRaw && this.#flags.sharp) return this.#pad(`\`${text}\``)
    return this.#pad(quoteGo(text, this.#flags.plus))
  }

  #hexText(value: ByteString, verb: string): ByteString {
    const { precision, space, sharp } = this.#flags
    const bytes = value.slice(0, precision ?? value.length)
    if (bytes === '') return this.#pad('')
    const prefix = sharp ? `0${verb}` : ''
    const between = space ? ` ${prefix}` : ''
    const digits = Array.from(bytes, (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0'))
    const out = prefix + digits.join(between)
    return this.#pad(verb === 'X' ? out.toUpperCase() : out)
  }

  #pad(text: ByteString, zero = this.#flags.zero): ByteString {
    const { width, minus } = this.#flags
    if (width === undefined || width === 0) return text
    const missing = width - runeCount(text)
    if (missing <= 0) return text
    if (minus) return text + ' '.repeat(missing)
    return (zero ? '0' : ' ').repeat(missing) + text
  }

  #integer(value: GoInt, verb: string): ByteString {
    switch (verb) {
      case 'v':
        if (this.#flags.sharpV && value.type.kind.startsWith('uint')) {
          this.#flags.sharp = true
          const text = this.#digits(value.value, 16, verb)
          this.#flags.sharp = false
          return text
        }
        return this.#digits(value.value, 10, verb)
      case 'd':
        return this.#digits(value.value, 10, verb)
      case 'b':
        return this.#digits(value.value, 2, verb)
      case 'o':
      case 'O':
        return this.#digits(value.value, 8, verb)
      case 'x':
      case 'X':
        return this.#digits(value.value, 16, verb)
      case 'c':
        return this.#pad(runeString(runeCode(value.value)))
      case 'q':
        return this.#pad(quoteGo(runeString(runeCode(value.value)), this.#flags.plus, "'"))
      case 'U':
        return this.#unicode(value.value)
      default:
        return this.#bad(value, verb)
    }
  }

  #digits(value: bigint, base: number, verb: string): ByteString {
    const { precision, width, zero, minus, plus, space, sharp } = this.#flags
    const isNegative = value < 0n
    const size = isNegative ? -value : value
    let wanted = precision ?? 0
    if (precision === 0 && value === 0n) return this.#pad('', false)
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
    return this.#pad(sign + text, false)
  }

  #unicode(value: bigint): ByteString {
    const code = BigInt.asUintN(64, value)
    const digits = Math.max(this.#flags.precision ?? 4, 4)
    let text = `U+${code.toString(16).toUpperCase().padStart(digits, '0')}`
    if (this.#flags.sharp && code <= 0x10ffffn && isPrint(Number(code))) {
      text += ` '${runeString(Number(code))}'`
    }
    return this.#pad(text, false)
  }

  #float(value: number, verb: string): ByteString {
    const { precision } = this.#flags
    switch (verb) {
      case 'v':
        return this.#signed(formatShortest(value, precision ?? -1), 'g', precision ?? -1)
      case 'g':
      case 'G':
        return this.#signed(formatShortest(value, precision ?? -1), verb, precision ?? -1)
      case 'e':
      case 'E':
        return this.#signed(formatScientific(value, precision ?? 6), verb, precision ?? 6)
      case 'f':
      case 'F':
        return this.#signed(formatFixed(value, precision ?? 6), 'f', precision ?? 6)
      case 'x':
      case 'X':
        return this.#signed(formatHex(value, precision ?? -1), verb, precision ?? -1)
      case 'b':
        return this.#signed(formatBinary(value), verb, -1)
      default:
        return this.#bad(value, verb)
    }
  }

  #signed(text: string, verb: string, precision: number): ByteString {
    const { plus, space, sharp, zero, minus, width } = this.#flags
    const isNegative = text.startsWith('-')
    let body = text.replace(/^[-+]/, '')
    const sign = isNegative ? '-' : plus ? '+' : space ? ' ' : ''
    if (body === 'Inf') return this.#pad((sign === '' ? '+' : sign) + body, false)
    if (body === 'NaN') return this.#pad(sign + body, false)
    if (sharp && verb !== 'b') body = withPoint(body, verb, precision)
    if (/[EGX]/.test(verb)) body = body.toUpperCase()
    if (sign === '') return this.#pad(body)
    const length = body.length + 1
    if (zero && !minus && width !== undefined && width > length) {
      return sign + '0'.repeat(width - length) + body
    }
    return this.#pad(sign + body)
  }

  #complex(value: GoNamed, verb: string): ByteString {
    const parts = /^\((.*?[^e(])([+-][^+-]*(?:e[+-]\d+)?)i\)$/.exec(
      typeof value.base === 'string' ? value.base : '',
    )
    if (parts === null || !'vbgGxXfFeE'.includes(verb)) return this.#bad(value, verb)
    const [, real = '', imaginary = ''] = parts
    const before = this.#flags.plus
    const first = this.#float(Number(real), verb)
    this.#flags.plus = true
    const second = this.#float(Number(imaginary), verb)
    this.#flags.plus = before
    return `(${first}${second}i)`
  }

  #slice(value: GoSlice, verb: string, depth: number): ByteString {
    const { sharpV } = this.#flags
    if (value.type.name === types.bytes.name && 'sqxX'.includes(verb)) {
      const bytes = value.items.map((item) => (item instanceof GoInt ? Number(item.value) : 0))
      return this.#string(Buffer.from(bytes).toString('latin1'), verb)
    }
    if (verb === 'p') return this.#pad(value.isNil ? '0x0' : somewhere)
    if (sharpV && value.isNil) return `${value.type.name}(nil)`
    const items = value.items.map((item) => this.#element(item, verb, depth))
    return sharpV ? `${value.type.name}{${items.join(', ')}}` : `[${items.join(' ')}]`
  }

  #element(item: GoValue, verb: string, depth: number): ByteString {
    return this.#value(item, verb, depth + 1)
  }

  #map(value: GoMap, verb: string, depth: number): ByteString {
    const { sharpV } = this.#flags
    if (verb === 'p') return this.#pad(somewhere)
    if (sharpV && value.isNil) return `${value.type.name}(nil)`
    const entries = value.sortedKeys().map((key) => {
      const entry = value.entries.get(key) ?? null
      return `${this.#value(key, verb, depth + 1)}:${this.#value(entry, verb, depth + 1)}`
    })
    return sharpV ? `${value.type.name}{${entries.join(', ')}}` : `map[${entries.join(' ')}]`
  }

  #object(value: GoObject, verb: string, depth: number): ByteString {
    const { sharpV, plusV } = this.#flags
    if (value.isNil) return this.#nilPointer(value, verb)
    if (verb === 'p' && depth === 0 && value.type.kind !== 'ptr') return this.#bad(value, verb)
    // Behind the first level Go prints where a struct is, not what.
    if (value.type.kind === 'ptr' && (depth > 0 || verb === 'p')) return this.#pointer(value, verb)
    const entries = [...value.fields].map(([name, field]) => {
      const text = this.#value(field, verb, depth + 1)
      return sharpV || plusV ? `${name}:${text}` : text
    })
    const mark = value.type.kind === 'ptr' ? '&' : ''
    const name = value.type.name.replace(/^\*/, '')
    return sharpV ? `${mark}${name}{${entries.join(', ')}}` : `${mark}{${entries.join(' ')}}`
  }

  #pointer(value: GoObject, verb: string): ByteString {
    return 'pvbodxX'.includes(verb) ? this.#pad(somewhere) : this.#bad(value, verb)
  }

  #nilPointer(value: GoObject, verb: string): ByteString {
    if (verb === 'v') {
      return this.#flags.sharpV ? `(${value.type.name})(nil)` : this.#pad('<nil>')
    }
    if (verb === 'p') return this.#pad(this.#flags.sharp ? '0' : '0x0')
    if ('bodxX'.includes(verb)) return this.#integer(new GoInt(0, types.uint64), verb)
    return this.#bad(value, verb)
  }
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
