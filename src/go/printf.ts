import { runeAt, type ByteString } from './byte-string.ts'
import { noFlags, type Flags } from './printf-flags.ts'
import { OperandFormat } from './printf-operand.ts'
import { GoInt, GoNamed, typeOf, type GoValue } from './value.ts'
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

// Go's own bound on widths and precisions.
const largest = 1_000_000

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
    const plain = new OperandFormat()
    const texts = this.#values
      .slice(this.#next)
      .map((value) =>
        value === null ? '<nil>' : `${typeOf(value).name}=${plain.format(value, 'v')}`,
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
      const made = new OperandFormat(flags).format(value, verb)
      this.#charge.charge(made.length)
      this.#out += made
      this.#next++
    }
  }
}
