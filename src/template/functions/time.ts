import type { ByteString } from '#go'

/** A moment with the zone it is shown in. */
export interface Moment {
  /** Nanoseconds since 1970, any size. */
  readonly nanos: bigint
  readonly zone: Zone
}

/** Offset in seconds and abbreviation at a moment; an empty abbreviation prints as the offset. */
export type Zone = (seconds: bigint) => { readonly offset: number; readonly name: string }

export const utc: Zone = () => ({ offset: 0, name: 'UTC' })

/** A zone of one offset. */
export function fixedZone(name: string, offset: number): Zone {
  return () => ({ offset, name })
}

const perSecond = 1_000_000_000n
const perDay = 86_400n

/** Floor division. */
function floor(a: bigint, b: bigint): bigint {
  return a / b - (a % b < 0n ? 1n : 0n)
}

/** Days since 1970 of a date in the Gregorian calendar; months and days may overflow. */
export function daysOf(year: number, month: number, day: number): bigint {
  const y = year + Math.floor((month - 1) / 12)
  const m = ((((month - 1) % 12) + 12) % 12) + 1
  const shifted = m <= 2 ? y - 1 : y
  const era = Math.floor(shifted / 400)
  const ofEra = shifted - era * 400
  const ofYear = Math.floor((153 * (m + (m > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const days = ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear
  return BigInt(era) * 146_097n + BigInt(days) - 719_468n
}

interface Day {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** The date of a day since 1970: the way back from {@link daysOf}. */
function dateOf(days: bigint): Day {
  const shifted = days + 719_468n
  const era = floor(shifted, 146_097n)
  const ofEra = Number(shifted - era * 146_097n)
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) /
      365,
  )
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const m = Math.floor((5 * ofYear + 2) / 153)
  const month = m < 10 ? m + 3 : m - 9
  const year = yearOfEra + Number(era) * 400 + (month <= 2 ? 1 : 0)
  return { year, month, day: ofYear - Math.floor((153 * m + 2) / 5) + 1 }
}

/** The year in which a day since 1970 lies. */
export function yearOfDay(days: bigint): number {
  return dateOf(days).year
}

/** A moment in its zone, as a calendar and a clock show it. */
export interface Civil {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly nano: number
  /** 0 is Sunday. */
  readonly weekday: number
  readonly yearDay: number
  readonly offset: number
  readonly zone: string
}

/** What calendar and clock show. */
export function civilOf({ nanos, zone }: Moment): Civil {
  const seconds = floor(nanos, perSecond)
  const { offset, name } = zone(seconds)
  const local = seconds + BigInt(offset)
  const days = floor(local, perDay)
  const clock = Number(local - days * perDay)
  const date = dateOf(days)
  return {
    ...date,
    hour: Math.floor(clock / 3600),
    minute: Math.floor(clock / 60) % 60,
    second: clock % 60,
    nano: Number(nanos - seconds * perSecond),
    weekday: Number((((days + 4n) % 7n) + 7n) % 7n),
    yearDay: Number(days - daysOf(date.year, 1, 1)) + 1,
    offset,
    zone: name,
  }
}

/** The moment that a clock in UTC shows. */
export function momentOf(
  date: readonly [number, number, number],
  clock: readonly [number, number, number, number] = [0, 0, 0, 0],
): bigint {
  const [hour, minute, second, nano] = clock
  const seconds = daysOf(...date) * perDay + BigInt(hour * 3600 + minute * 60 + second)
  return seconds * perSecond + BigInt(nano)
}

/** Go's zero time: the first of January of year 1, UTC. */
export const zeroMoment: Moment = { nanos: momentOf([1, 1, 1]), zone: utc }

export const months: readonly string[] = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

export const weekdays: readonly string[] = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
]

/** The pieces of a Go layout, in the order in which Go looks for them. */
export const layoutPieces: RegExp =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|15|1|2006|2|_(?=2006)|_2|__2|3|4|5|PM|pm|-07:00:00|-070000|-07:00|-0700|-07|Z07:00:00|Z070000|Z07:00|Z0700|Z07|[.,]0+(?!\d)|[.,]9+(?!\d)/g

/** A moment written by a Go layout. */
export function formatTime(moment: Moment, layout: ByteString): ByteString {
  const civil = civilOf(moment)
  return layout.replace(layoutPieces, (piece) => formatPiece(civil, piece))
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

function formatPiece(civil: Civil, piece: string): string {
  const hour12 = civil.hour % 12 === 0 ? 12 : civil.hour % 12
  switch (piece) {
    case 'January':
      return months[civil.month - 1] ?? ''
    case 'Jan':
      return (months[civil.month - 1] ?? '').slice(0, 3)
    case 'Monday':
      return weekdays[civil.weekday] ?? ''
    case 'Mon':
      return (weekdays[civil.weekday] ?? '').slice(0, 3)
    case '01':
      return two(civil.month)
    case '1':
      return String(civil.month)
    case '02':
      return two(civil.day)
    case '_2':
      return String(civil.day).padStart(2)
    case '2':
      return String(civil.day)
    case '002':
      return String(civil.yearDay).padStart(3, '0')
    case '__2':
      return String(civil.yearDay).padStart(3)
    case '15':
      return two(civil.hour)
    case '03':
      return two(hour12)
    case '3':
      return String(hour12)
    case '04':
      return two(civil.minute)
    case '4':
      return String(civil.minute)
    case '05':
      return two(civil.second)
    case '5':
      return String(civil.second)
    case '2006':
      return civil.year < 0
        ? `-${String(-civil.year).padStart(4, '0')}`
        : String(civil.year).padStart(4, '0')
    case '06':
      return two(((civil.year % 100) + 100) % 100)
    case 'PM':
      return civil.hour >= 12 ? 'PM' : 'AM'
    case 'pm':
      return civil.hour >= 12 ? 'pm' : 'am'
    case 'MST':
      return civil.zone === '' ? offsetText(civil.offset, '-0700') : civil.zone
    case '_':
      return '_'
    default:
      if (/^[.,]/.test(piece)) return fraction(civil.nano, piece)
      return piece.startsWith('Z') && civil.offset === 0
        ? 'Z'
        : offsetText(civil.offset, piece.replace('Z', '-'))
  }
}

function fraction(nano: number, piece: string): string {
  const digits = String(nano)
    .padStart(9, '0')
    .padEnd(piece.length - 1, '0')
    .slice(0, piece.length - 1)
  if (piece[1] === '0') return piece[0] + digits
  const trimmed = digits.replace(/0+$/, '')
  return trimmed === '' ? '' : piece[0] + trimmed
}

function offsetText(offset: number, form: string): string {
  // Go takes the sign from the minutes: 52 seconds west of Greenwich are `+00:00:-52` there.
  const isWest = offset <= -60
  const size = Math.abs(offset)
  const parts = [
    two(Math.floor(size / 3600)),
    two(Math.floor(size / 60) % 60),
    (isWest || offset >= 0 ? '' : '-') + two(size % 60),
  ]
  const count = form.replace(/[^\d]/g, '').length / 2
  return (isWest ? '-' : '+') + parts.slice(0, count).join(form.includes(':') ? ':' : '')
}

/** A moment as Go's String method prints it. */
export function timeString(moment: Moment): ByteString {
  return formatTime(moment, '2006-01-02 15:04:05.999999999 -0700 MST')
}
