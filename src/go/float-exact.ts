import { formatExponent, formatGeneral, formatPlain, notFinite } from './float.ts'

/** A float as a whole number of decimal digits with `scale` of them behind the point, exactly. */
function exactDecimal(size: number): { readonly digits: bigint; readonly scale: number } {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, size)
  const bits = view.getBigUint64(0)
  const biased = Number((bits >> 52n) & 0x7ffn)
  const fraction = bits & ((1n << 52n) - 1n)
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n)
  const power = Math.max(biased, 1) - 1075
  if (power >= 0) return { digits: mantissa << BigInt(power), scale: 0 }
  return { digits: mantissa * 5n ** BigInt(-power), scale: -power }
}

/** Drops the last `places` digits, rounding half to even. */
function roundOff(digits: bigint, places: number): bigint {
  if (places <= 0) return digits * 10n ** BigInt(-places)
  const unit = 10n ** BigInt(places)
  const [whole, rest] = [digits / unit, digits % unit]
  const twice = rest * 2n
  return twice > unit || (twice === unit && whole % 2n === 1n) ? whole + 1n : whole
}

function signOf(value: number): string {
  return value < 0 || Object.is(value, -0) ? '-' : ''
}

/** `strconv.FormatFloat(value, 'f', places, 64)`, exact and rounded half to even. */
export function formatFixed(value: number, places: number): string {
  const special = notFinite(value)
  if (special !== undefined) return special
  if (places < 0) return formatPlain(value)
  const { digits, scale } = exactDecimal(Math.abs(value))
  const text = roundOff(digits, scale - places)
    .toString()
    .padStart(places + 1, '0')
  const whole = text.slice(0, text.length - places)
  return signOf(value) + (places === 0 ? whole : `${whole}.${text.slice(text.length - places)}`)
}

/** Exactly `count` significant digits and the exponent of the first one. */
function significant(value: number, count: number): { digits: string; exponent: number } {
  if (value === 0) return { digits: '0'.repeat(count), exponent: 0 }
  const { digits, scale } = exactDecimal(Math.abs(value))
  const length = digits.toString().length
  const text = roundOff(digits, length - count).toString()
  const grown = text.length - count
  return { digits: text.slice(0, count), exponent: length - scale - 1 + grown }
}

/** `strconv.FormatFloat(value, 'e', places, 64)`. */
export function formatScientific(value: number, places: number): string {
  const special = notFinite(value)
  if (special !== undefined) return special
  if (places < 0) return formatExponent(value)
  const { digits, exponent } = significant(value, places + 1)
  return signOf(value) + scientific(digits, exponent)
}

function scientific(digits: string, exponent: number): string {
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
  const power = String(Math.abs(exponent)).padStart(2, '0')
  return `${digits.slice(0, 1)}${fraction}e${exponent < 0 ? '-' : '+'}${power}`
}

/** `strconv.FormatFloat(value, 'g', precision, 64)`; shortest when the precision is negative. */
export function formatShortest(value: number, precision: number): string {
  if (precision < 0) return formatGeneral(value)
  const special = notFinite(value)
  if (special !== undefined) return special
  const count = Math.max(precision, 1)
  const { digits: all, exponent } = significant(value, count)
  const digits = all.replace(/0+$/, '') || '0'
  const point = exponent + 1
  let limit = count
  if (limit > digits.length && digits.length >= point) limit = digits.length
  if (exponent < -4 || exponent >= limit) return signOf(value) + scientific(digits, exponent)
  const sign = signOf(value)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  if (digits.length <= point) return sign + digits + '0'.repeat(point - digits.length)
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}

/** `%b`: mantissa and power of two. */
export function formatBinary(value: number): string {
  const special = notFinite(value)
  if (special !== undefined) return special
  const { mantissa, power } = binaryParts(value)
  return `${signOf(value)}${mantissa}p${power < 0 ? '-' : '+'}${Math.abs(power)}`
}

function binaryParts(value: number): { readonly mantissa: bigint; readonly power: number } {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, Math.abs(value))
  const bits = view.getBigUint64(0)
  const biased = Number((bits >> 52n) & 0x7ffn)
  const fraction = bits & ((1n << 52n) - 1n)
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n)
  return { mantissa, power: Math.max(biased, 1) - 1075 }
}

/** `%x`: hexadecimal mantissa, power of two: `0x1.8p+01`. */
export function formatHex(value: number, places: number): string {
  const special = notFinite(value)
  if (special !== undefined) return special
  let { mantissa, power } = binaryParts(value)
  if (mantissa === 0n) {
    const zeros = places > 0 ? `.${'0'.repeat(places)}` : ''
    return `${signOf(value)}0x0${zeros}p+00`
  }
  while (mantissa < 1n << 52n) {
    mantissa <<= 1n
    power--
  }
  power += 52
  if (places >= 0 && places < 13) {
    const drop = BigInt(4 * (13 - places))
    const half = 1n << (drop - 1n)
    const rest = mantissa & ((1n << drop) - 1n)
    mantissa >>= drop
    if (rest > half || (rest === half && mantissa % 2n === 1n)) mantissa += 1n
    mantissa <<= drop
    if (mantissa >= 1n << 53n) {
      mantissa >>= 1n
      power++
    }
  }
  const hex = (mantissa & ((1n << 52n) - 1n)).toString(16).padStart(13, '0')
  const fraction = places < 0 ? hex.replace(/0+$/, '') : hex.padEnd(places, '0').slice(0, places)
  const size = String(Math.abs(power)).padStart(2, '0')
  const point = fraction === '' ? '' : `.${fraction}`
  return `${signOf(value)}0x1${point}p${power < 0 ? '-' : '+'}${size}`
}
