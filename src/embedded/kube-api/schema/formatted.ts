/**
 * What a text of a format is, read as generously as the format is judged: rules work with the value.
 *
 * Source: kube-openapi's strfmt, which the API server reads such texts with.
 */
import { parseTime } from '#base'
import { isGoDuration } from '../kinds/go-duration.ts'
import { fitsFormat } from './formats.ts'

const minute = 60_000_000_000n
const units: readonly (readonly [words: readonly string[], longer: string, nanos: bigint])[] = [
  [['ns'], 'nano', 1n],
  [['us', 'µs', 'μs'], 'micro', 1000n],
  [['ms'], 'milli', 1_000_000n],
  [['s'], 'sec', 1_000_000_000n],
  [['m'], 'min', minute],
  [['h', 'hr'], 'hour', 60n * minute],
  [['d'], 'day', 24n * 60n * minute],
  [['w', 'wk'], 'week', 7n * 24n * 60n * minute],
]

function nanosOfUnit(word: string): bigint | undefined {
  return units.find(([words, longer]) => words.includes(word) || word.startsWith(longer))?.[2]
}

/** The billionths of a second in a duration such as `1h30m` or `3 days`; undefined when it is none. */
export function durationNanos(text: string): bigint | undefined {
  return goNanos(text) ?? nanosInWords(text)
}

function goNanos(text: string): bigint | undefined {
  if (!isGoDuration(text)) return undefined
  let sum = 0n
  for (const [, whole = '', part = '', unit = ''] of text.matchAll(/(\d*)\.?(\d*)([a-zµμ]+)/g)) {
    const nanos = nanosOfUnit(unit) ?? 0n
    sum += (BigInt(`${whole}${part}`) * nanos) / 10n ** BigInt(part.length)
  }
  const signed = text.startsWith('-') ? -sum : sum
  return BigInt.asIntN(64, signed) === signed ? signed : undefined
}

function nanosInWords(text: string): bigint | undefined {
  let sum: bigint | undefined
  for (const [, digits = '', word = ''] of text.matchAll(/(?<!\d)(\d+)\s*([A-Za-zµ]+)/g)) {
    const count = BigInt(digits)
    if (BigInt.asIntN(64, count) !== count) return undefined
    const nanos = nanosOfUnit(word.toLowerCase())
    if (nanos !== undefined) sum = BigInt.asIntN(64, (sum ?? 0n) + count * nanos)
  }
  return sum
}

const dateTime =
  /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:[.,](\d+))?(?:Z|([-+])(\d\d):(\d\d))?$/

/** The moment of a date and time, in billionths of a second since 1970; undefined when no clock shows it. */
export function momentNanos(text: string): bigint | undefined {
  const found = dateTime.exec(text)
  if (found === null) return undefined
  const [, date = '', hour, minutes, second, part = '', sign = '+', ...zone] = found
  const [zoneHours = 0, zoneMinutes = 0] = zone.map((one) => Number(one ?? 0))
  if (!fitsFormat(date, 'date') || zoneHours > 24 || zoneMinutes > 60) return undefined
  const local = parseTime(`${date}T${hour}:${minutes}:${second}Z`)
  if (local === undefined) return undefined
  const offset = (zoneHours * 60 + zoneMinutes) * 60_000
  const ms = sign === '-' ? local + offset : local - offset
  return BigInt(ms) * 1_000_000n + BigInt(part.slice(0, 9).padEnd(9, '0'))
}
