/** Conversions between types. */
import { textIfUtf8, utf8 } from '#base'
import { durationNanos } from '../schema/formatted.ts'
import { CelError } from './cel-error.ts'
import { durationOf, momentOf } from './run-operators.ts'
import { doubleText, durationText, momentText, momentNanosOf } from './value-text.ts'
import { Duration, isExtra, Moment, Uint, type Value, type Run } from './values.ts'

function notConverted(from: string, to: string): never {
  throw new CelError(`type conversion error from '${from}' to '${to}'`)
}

const mostDouble = 2 ** 63

function intOf(value: Value): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') {
    if (!(value > -mostDouble && value < mostDouble)) throw new CelError('integer overflow')
    return BigInt(Math.trunc(value))
  }
  if (value instanceof Uint) {
    if (value.value >= 2n ** 63n) throw new CelError('integer overflow')
    return value.value
  }
  if (value instanceof Moment) {
    const seconds = value.nanos / 1_000_000_000n
    return value.nanos < seconds * 1_000_000_000n ? seconds - 1n : seconds
  }
  if (value instanceof Duration) return value.nanos
  if (typeof value !== 'string') return undefined
  const found = /^[-+]?\d+$/.test(value) ? BigInt(value.replace(/^\+/, '')) : undefined
  if (found === undefined || BigInt.asIntN(64, found) !== found)
    return notConverted('string', 'int')
  return found
}

function uintOf(value: Value): Uint | undefined {
  if (value instanceof Uint) return value
  if (typeof value === 'bigint') {
    if (value < 0n) throw new CelError('unsigned integer overflow')
    return new Uint(value)
  }
  if (typeof value === 'number') {
    if (!(value > -1 && value < 2 ** 64)) throw new CelError('unsigned integer overflow')
    return new Uint(BigInt(Math.trunc(value)))
  }
  if (typeof value !== 'string') return undefined
  const found = /^\d+$/.test(value) ? BigInt(value) : undefined
  if (found === undefined || BigInt.asUintN(64, found) !== found) {
    return notConverted('string', 'uint')
  }
  return new Uint(found)
}

const decimal = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/

function doubleOf(value: Value): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Uint) return Number(value.value)
  if (typeof value !== 'string') return undefined
  const word = /^([-+]?)(inf|infinity|nan)$/i.exec(value)
  if (word !== null) {
    if (word[2]?.toLowerCase() === 'nan') {
      return word[1] === '' ? Number.NaN : notConverted('string', 'double')
    }
    return word[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  }
  const found = decimal.test(value) ? Number(value) : Number.NaN
  return Number.isFinite(found) ? found : notConverted('string', 'double')
}

const truths = ['1', 't', 'T', 'true', 'TRUE', 'True']
const falsehoods = ['0', 'f', 'F', 'false', 'FALSE', 'False']

function boolOf(value: Value): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (typeof value !== 'string') return undefined
  if (truths.includes(value)) return true
  return falsehoods.includes(value) ? false : notConverted('string', 'bool')
}

function textOfValue(value: Value): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return doubleText(value)
  if (value instanceof Uint) return String(value.value)
  if (value instanceof Moment) return momentText(value)
  if (value instanceof Duration) return durationText(value)
  if (value instanceof Uint8Array) {
    const text = textIfUtf8(value)
    if (text === undefined) throw new CelError('invalid UTF-8 in bytes, cannot convert to string')
    return text
  }
  return isExtra(value) ? value.text() : undefined
}

function spanOf(value: Value): Duration | undefined {
  if (value instanceof Duration) return value
  if (typeof value === 'bigint') return durationOf(value)
  if (typeof value !== 'string') return undefined
  const nanos = goDuration.test(value) ? durationNanos(value) : undefined
  return nanos === undefined
    ? notConverted('string', 'google.protobuf.Duration')
    : new Duration(nanos)
}

const goDuration = /^[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/

function timeOf(value: Value): Moment | undefined {
  if (value instanceof Moment) return value
  if (typeof value === 'bigint') return momentOf(value * 1_000_000_000n)
  if (typeof value !== 'string') return undefined
  const nanos = momentNanosOf(value)
  return nanos === undefined
    ? notConverted('string', 'google.protobuf.Timestamp')
    : momentOf(nanos, /(?:Z|[-+]\d\d:\d\d)$/.exec(value)?.[0])
}

export const conversions: Readonly<Record<string, Run>> = {
  int: ([value = null]) => intOf(value),
  uint: ([value = null]) => uintOf(value),
  double: ([value = null]) => doubleOf(value),
  bool: ([value = null]) => boolOf(value),
  string: ([value = null]) => textOfValue(value),
  bytes: ([value = null]) =>
    value instanceof Uint8Array ? value : typeof value === 'string' ? utf8(value) : undefined,
  duration: ([value = null]) => spanOf(value),
  timestamp: ([value = null]) => timeOf(value),
}
