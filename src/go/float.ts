/** A float's shortest decimal digits and the place of its point: 0.d₁d₂… × 10^exponent. */
interface Digits {
  readonly negative: boolean
  readonly digits: string
  readonly exponent: number
}

function shortest(value: number): Digits {
  const negative = value < 0 || Object.is(value, -0)
  if (value === 0) return { negative, digits: '0', exponent: 1 }
  const [mantissa = '', power = '0'] = Math.abs(value).toExponential().split('e')
  return { negative, digits: mantissa.replace('.', ''), exponent: Number(power) + 1 }
}

/** NaN and the infinities as Go prints them, or `undefined` for a finite number. */
export function notFinite(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN'
  if (value === Infinity) return '+Inf'
  return value === -Infinity ? '-Inf' : undefined
}

/** `strconv.FormatFloat(value, 'f', -1, 64)`: never an exponent. */
export function formatPlain(value: number): string {
  const special = notFinite(value)
  if (special !== undefined) return special
  const { negative, digits, exponent } = shortest(value)
  const sign = negative ? '-' : ''
  if (exponent <= 0) return `${sign}0.${'0'.repeat(-exponent)}${digits}`
  if (digits.length <= exponent) return sign + digits + '0'.repeat(exponent - digits.length)
  return `${sign}${digits.slice(0, exponent)}.${digits.slice(exponent)}`.replace(/\.0$/, '')
}

/** `strconv.FormatFloat(value, 'e', -1, 64)`: `1.5e+06`. */
export function formatExponent(value: number): string {
  const special = notFinite(value)
  if (special !== undefined) return special
  const { negative, digits, exponent } = shortest(value)
  const power = value === 0 ? 0 : exponent - 1
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
  const size = String(Math.abs(power)).padStart(2, '0')
  return `${negative ? '-' : ''}${digits.slice(0, 1)}${fraction}e${power < 0 ? '-' : '+'}${size}`
}

/** `%v` of a float64 (shortest 'g'): plain from 1e-4 up to 1e6, in exponent form outside. */
export function formatGeneral(value: number): string {
  const special = notFinite(value)
  if (special !== undefined) return special
  const power = value === 0 ? 0 : shortest(value).exponent - 1
  return power < -4 || power >= 6 ? formatExponent(value) : formatPlain(value)
}

/** A float as encoding/json writes it: plain between 1e-6 and 1e21. */
export function formatJsonNumber(value: number): string {
  const size = Math.abs(value)
  if (size === 0 || (size >= 1e-6 && size < 1e21)) return formatPlain(value)
  return formatExponent(value).replace(/e-0(\d)$/, 'e-$1')
}
