/** Numbers, moments and lengths of time as Go writes them. */
import { parseTime, timeText } from '#base'
import { fitsFormat } from '../schema/formats.ts'
import type { Duration, Moment } from './values.ts'

/** As `%g`: with an exponent from 1e+06 on. */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const [mantissa = '', power = '0'] = value.toExponential().split('e')
  const exponent = Number(power)
  if (exponent >= -4 && exponent < 6) return plainText(value)
  const digits = String(Math.abs(exponent)).padStart(2, '0')
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`
}

/** Without an exponent, with as many digits as it takes. */
export function plainText(value: number): string {
  const text = String(value)
  const [, sign = '', whole = '', part = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?e([-+]\d+)$/.exec(text) ?? []
  if (whole === '') return text
  const digits = whole + part
  const point = whole.length + Number(power)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return sign + digits.padEnd(point, '0')
}

/** Seconds with as many digits as it takes: `1.5s`. */
export function durationText({ nanos }: Duration): string {
  const size = nanos < 0n ? -nanos : nanos
  const part = fractionOf(size % 1_000_000_000n)
  return `${nanos < 0n ? '-' : ''}${size / 1_000_000_000n}${part}s`
}

function fractionOf(nanos: bigint): string {
  return nanos === 0n ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`
}

/** Whole seconds since 1970, and what is left of a second. */
export function secondsOf({ nanos }: Moment): { readonly seconds: bigint; readonly rest: bigint } {
  const rest = BigInt.asUintN(64, ((nanos % billion) + billion) % billion)
  return { seconds: (nanos - rest) / billion, rest }
}

const billion = 1_000_000_000n

/** As RFC 3339 has it, in the zone that it was written in. */
export function momentText(moment: Moment): string {
  const { seconds, rest } = secondsOf(moment)
  const [, sign, hours = '0', minutes = '0'] = /^([-+])(\d\d):(\d\d)$/.exec(moment.zone) ?? []
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60 : 60)
  const zone = offset === 0 ? 'Z' : moment.zone
  const text = timeText((Number(seconds) + offset) * 1000)
  return text.replace(/(?:\.\d+)?Z$/, `${fractionOf(rest)}${zone}`)
}

const rfc3339 = /^((\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):\d\d:\d\d)(?:\.(\d+))?(Z|[-+]\d\d:\d\d)$/

/** The moment that a text of RFC 3339 names, in billionths of a second since 1970; undefined: none. */
export function momentNanosOf(text: string): bigint | undefined {
  const [, local = '', date = '', part = '', zone = ''] = rfc3339.exec(text) ?? []
  const ms = fitsFormat(date, 'date') ? parseTime(`${local}${zone}`) : undefined
  if (ms === undefined) return undefined
  return BigInt(ms) * 1_000_000n + BigInt(part.slice(0, 9).padEnd(9, '0'))
}
