import { GoInt, GoNamed, int64, printValue, type GoValue } from '#go'

const lowest = -(1n << 63n)
const highest = (1n << 63n) - 1n

/** A number as a Go conversion to int64 on amd64 leaves it. */
function truncated(value: number): bigint {
  if (!Number.isFinite(value)) return lowest
  const whole = BigInt(Math.trunc(value))
  return whole >= lowest && whole < 1n << 63n ? whole : lowest
}

/** cast.ToInt64: what is no number is 0. */
export function toInt64(value: GoValue): bigint {
  if (value instanceof GoInt) return BigInt.asIntN(64, value.value)
  if (value instanceof GoNamed) return typeof value.base === 'string' ? 0n : toInt64(value.base)
  if (typeof value === 'number') return truncated(value)
  if (typeof value === 'boolean') return value ? 1n : 0n
  return typeof value === 'string' ? wholeOf(value) : 0n
}

function wholeOf(text: string): bigint {
  const decimal = /^([-+]?\d*)\.\d*$/.exec(text)?.[1]
  const [, sign = '', body = ''] = /^([-+]?)(.*)$/s.exec(decimal ?? text) ?? []
  if (/__|_$|^_|^0[xXoObB]$/.test(body)) return 0n
  const digits = body.replaceAll('_', '').toLowerCase()
  const octal = /^0o?([0-7]+)$/.exec(digits)?.[1]
  if (octal === undefined && !/^(0|[1-9]\d*|0x[\da-f]+|0b[01]+)$/.test(digits)) return 0n
  const size = BigInt(octal === undefined ? digits : `0o${octal}`)
  const number = sign === '-' ? -size : size
  return number >= lowest && number < 1n << 63n ? number : 0n
}

/** cast.ToFloat64: what is no number is 0. */
export function toFloat(value: GoValue): number {
  if (typeof value === 'number') return value
  if (value instanceof GoInt) return Number(value.value)
  if (value instanceof GoNamed) return typeof value.base === 'string' ? 0 : toFloat(value.base)
  if (typeof value === 'boolean') return value ? 1 : 0
  return typeof value === 'string' ? parseFloatText(value) : 0
}

/** strconv.ParseFloat; 0 where it fails. */
export function parseFloatText(text: string): number {
  const special = /^([-+]?)(inf|infinity|nan)$/i.exec(text)
  if (special !== null) {
    if (special[2]?.toLowerCase() === 'nan') return NaN
    return special[1] === '-' ? -Infinity : Infinity
  }
  const hex = /^([-+]?)0[xX]([\da-fA-F]*)\.?([\da-fA-F]*)[pP]([-+]?\d+)$/.exec(text)
  if (hex !== null) {
    const [, sign = '', whole = '', fraction = '', power = ''] = hex
    if (whole + fraction === '') return 0
    const size =
      Number(BigInt(`0x${whole}${fraction}`)) * 2 ** (Number(power) - 4 * fraction.length)
    return sign === '-' ? -size : size
  }
  const digits = text.replace(/(?<=\d)_(?=\d)/g, '')
  if (!/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(digits)) return 0
  const number = Number(digits)
  return Number.isFinite(number) ? number : 0
}

/** strconv.Atoi: 0 for what is no number, the nearest one for what is too large. */
export function atoi(text: string): bigint {
  if (!/^[-+]?\d+$/.test(text)) return 0n
  const number = BigInt(text.replace(/^\+/, ''))
  return number < lowest ? lowest : number > highest ? highest : number
}

/** sprig's toDecimal: reads octal digits. */
export function fromOctal(value: GoValue): GoValue {
  const [, sign = '', digits = ''] = /^([-+]?)([0-7]+)$/.exec(printValue(value)) ?? []
  if (digits === '') return int64(0)
  const number = BigInt(`0o${digits}`) * (sign === '-' ? -1n : 1n)
  return int64(number >= lowest && number < 1n << 63n ? number : 0n)
}
