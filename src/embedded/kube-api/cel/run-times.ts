/** What clocks and calendars show of moments, and parts of lengths of time. */
import { CelError } from './cel-error.ts'
import { timeText } from '#base'
import { secondsOf } from './value-text.ts'
import { Duration, Moment, type Value, type Run } from './values.ts'

/** A moment as a clock and a calendar show it. */
interface Shown {
  readonly year: number
  /** From 1. */
  readonly month: number
  readonly day: number
  /** Seconds since midnight, and days since 1970. */
  readonly second: number
  readonly days: number
  readonly ms: number
}

const dayS = 86_400
// Beyond four digits, where a zone may lead, a year has a sign.
const calendar = /^([-+]?\d+)-(\d\d)-(\d\d)/

function shownIn(moment: Moment, zone: Value | undefined): Shown | undefined {
  if (zone !== undefined && typeof zone !== 'string') return undefined
  const { seconds, rest } = secondsOf(moment)
  const here = Number(seconds) + (zone === undefined ? 0 : offsetS(zone, Number(seconds)))
  const days = Math.floor(here / dayS)
  const [year = 0, month = 0, day = 0] = (calendar.exec(timeText(here * 1000)) ?? [])
    .slice(1)
    .map(Number)
  return { year, month, day, days, second: here - days * dayS, ms: Number(rest / 1_000_000n) }
}

// From the first of January to where it is.
function dayOfYear({ year, days }: Shown): number {
  const before = year - 1
  const leaps = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400)
  return days - (before * 365 + leaps - 719_162)
}

function offsetS(zone: string, seconds: number): number {
  const [, sign, hours = '0', minutes = '0'] = /^([-+]?)(\d\d?):(\d\d)$/.exec(zone) ?? []
  if (sign !== undefined) {
    const offset = (Number(hours) * 60 + Number(minutes)) * 60
    return sign === '-' ? -offset : offset
  }
  if (zone === '' || zone === 'UTC') return 0
  try {
    return namedOffsetS(zone, seconds)
  } catch (error) {
    throw new CelError(`unknown time zone ${zone}`, { cause: error })
  }
}

function namedOffsetS(timeZone: string, seconds: number): number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  const parts = format.formatToParts(seconds * 1000)
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign, hours = '0', minutes = '0', rest = '0'] =
    /GMT([-+])(\d\d):(\d\d)(?::(\d\d))?/.exec(name) ?? []
  const offset = (Number(hours) * 60 + Number(minutes)) * 60 + Number(rest)
  return sign === '-' ? -offset : offset
}

function reading(of: (shown: Shown) => number, part?: bigint): Run {
  return ([value, zone]) => {
    if (value instanceof Moment) {
      const shown = shownIn(value, zone)
      return shown === undefined ? undefined : BigInt(of(shown))
    }
    if (!(value instanceof Duration) || part === undefined || zone !== undefined) return undefined
    return value.nanos / part
  }
}

export const times: Readonly<Record<string, Run>> = {
  getFullYear: reading(({ year }) => year),
  getMonth: reading(({ month }) => month - 1),
  getDayOfYear: reading(dayOfYear),
  getDayOfMonth: reading(({ day }) => day - 1),
  getDate: reading(({ day }) => day),
  getDayOfWeek: reading(({ days }) => (((days + 4) % 7) + 7) % 7),
  getHours: reading(({ second }) => Math.floor(second / 3600), 3_600_000_000_000n),
  getMinutes: reading(({ second }) => Math.floor((second % 3600) / 60), 60_000_000_000n),
  getSeconds: reading(({ second }) => second % 60, 1_000_000_000n),
  getMilliseconds: reading(({ ms }) => ms, 1_000_000n),
}
