import type { ByteString } from '#go'

import {
  daysOf,
  fixedZone,
  layoutPieces,
  momentOf,
  months,
  utc,
  weekdays,
  type Moment,
} from './time.ts'

interface Fields {
  year: number
  month: number
  day: number
  yearDay: number
  hour: number
  minute: number
  second: number
  nano: number
  isPm: boolean | undefined
  offset: number | undefined
  zone: string | undefined
}

/** A text read by a Go layout, in UTC where it names no zone; `undefined` when it does not fit. */
export function parseTime(layout: ByteString, text: ByteString): Moment | undefined {
  const fields: Fields = {
    year: 0,
    month: -1,
    day: -1,
    yearDay: -1,
    hour: 0,
    minute: 0,
    second: 0,
    nano: 0,
    isPm: undefined,
    offset: undefined,
    zone: undefined,
  }
  let rest: ByteString | undefined = text
  let at = 0
  for (const found of layout.matchAll(layoutPieces)) {
    rest = skipLiteral(rest, layout.slice(at, found.index))
    at = found.index + found[0].length
    const hasFraction = /^[.,][09]+(?!\d)/.test(layout.slice(at))
    rest = rest === undefined ? undefined : readPiece(rest, found[0], fields, hasFraction)
    if (rest === undefined) return undefined
  }
  rest = skipLiteral(rest, layout.slice(at))
  return rest === '' ? momentFrom(fields) : undefined
}

/** Blanks in the layout fit any number of blanks. */
function skipLiteral(text: ByteString | undefined, literal: ByteString): ByteString | undefined {
  let rest = text
  for (let i = 0; i < literal.length && rest !== undefined; i++) {
    if (literal[i] === ' ') {
      if (rest.length > 0 && !rest.startsWith(' ')) return undefined
      rest = rest.replace(/^ +/, '')
      while (literal[i + 1] === ' ') i++
    } else rest = rest.startsWith(literal[i]!) ? rest.slice(1) : undefined
  }
  return rest
}

type Reader = (match: RegExpExecArray, fields: Fields) => boolean

const number =
  (set: (fields: Fields, value: number) => void, low: number, high: number): Reader =>
  ([, digits], fields) => {
    const value = Number(digits)
    set(fields, value)
    return value >= low && value <= high
  }

const setMonth = number((fields, value) => (fields.month = value), 1, 12)
const setDay = number((fields, value) => (fields.day = value), 0, 99)
const setYearDay = number((fields, value) => (fields.yearDay = value), 1, 366)
const setHour = number((fields, value) => (fields.hour = value), 0, 23)
const setHour12 = number((fields, value) => (fields.hour = value), 0, 12)
const setMinute = number((fields, value) => (fields.minute = value), 0, 59)
const setSecond = number((fields, value) => (fields.second = value), 0, 59)

const named =
  (
    names: readonly string[],
    length: number | undefined,
    set: (fields: Fields, index: number) => void,
  ): Reader =>
  ([, word = ''], fields) => {
    const index = names.findIndex(
      (name) => name.slice(0, length).toLowerCase() === word.toLowerCase(),
    )
    set(fields, index)
    return index >= 0
  }

const monthNames = months.map((name) => name).join('|')
const weekdayNames = weekdays.join('|')
const short = (names: readonly string[]): string => names.map((name) => name.slice(0, 3)).join('|')
const ignore = (): void => undefined

const readers: ReadonlyMap<string, readonly [RegExp, Reader]> = new Map<
  string,
  readonly [RegExp, Reader]
>([
  [
    'January',
    [new RegExp(`^(${monthNames})`, 'i'), named(months, undefined, (f, i) => (f.month = i + 1))],
  ],
  ['Jan', [new RegExp(`^(${short(months)})`, 'i'), named(months, 3, (f, i) => (f.month = i + 1))]],
  ['Monday', [new RegExp(`^(${weekdayNames})`, 'i'), named(weekdays, undefined, ignore)]],
  ['Mon', [new RegExp(`^(${short(weekdays)})`, 'i'), named(weekdays, 3, ignore)]],
  ['01', [/^(\d\d)/, setMonth]],
  ['1', [/^(\d\d?)/, setMonth]],
  ['02', [/^(\d\d)/, setDay]],
  ['_2', [/^ ?(\d\d?)/, setDay]],
  ['2', [/^(\d\d?)/, setDay]],
  ['002', [/^(\d\d\d)/, setYearDay]],
  ['__2', [/^ {0,2}(\d{1,3})/, setYearDay]],
  ['15', [/^(\d\d?)/, setHour]],
  ['03', [/^(\d\d)/, setHour12]],
  ['3', [/^(\d\d?)/, setHour12]],
  ['04', [/^(\d\d)/, setMinute]],
  ['4', [/^(\d\d?)/, setMinute]],
  ['05', [/^(\d\d)/, setSecond]],
  ['5', [/^(\d\d?)/, setSecond]],
  ['2006', [/^(\d{4})/, number((f, value) => (f.year = value), 0, 9999)]],
  ['06', [/^(\d\d)/, number((f, value) => (f.year = value + (value >= 69 ? 1900 : 2000)), 0, 99)]],
  ['PM', [/^(AM|PM)/, ([, word], f) => ((f.isPm = word === 'PM'), true)]],
  ['pm', [/^(am|pm)/, ([, word], f) => ((f.isPm = word === 'pm'), true)]],
  ['_', [/^_/, () => true]],
  ['MST', [/^(UTC|ChST|MeST|GMT[+-]\d{1,2}|[A-Z]{3}T|[A-Z]{3}|[+-]\d\d)/, readZone]],
])

function readZone([, name = '']: RegExpExecArray, fields: Fields): boolean {
  if (name === 'UTC') fields.offset = 0
  else fields.zone = name
  return true
}

function readPiece(
  text: ByteString,
  piece: string,
  fields: Fields,
  hasFraction: boolean,
): ByteString | undefined {
  if (/^[.,]/.test(piece)) return readFraction(text, piece, fields)
  if (/^[-Z]0/.test(piece)) return readOffset(text, piece, fields)
  const reader = readers.get(piece)
  const found = reader?.[0].exec(text)
  if (reader === undefined || found == null || !reader[1](found, fields)) return undefined
  const rest = text.slice(found[0].length)
  const isSecond = piece === '05' || piece === '5'
  return isSecond && !hasFraction && /^[.,]\d/.test(rest) ? readFraction(rest, '.9', fields) : rest
}

function readFraction(text: ByteString, piece: string, fields: Fields): ByteString | undefined {
  const isExact = piece[1] === '0'
  const found = isExact
    ? new RegExp(`^[.,]\\d{${piece.length - 1}}`).exec(text)
    : /^[.,]\d+/.exec(text)
  if (found === null) return isExact ? undefined : text
  fields.nano = Number(found[0].slice(1, 10).padEnd(9, '0'))
  return text.slice(found[0].length)
}

function readOffset(text: ByteString, piece: string, fields: Fields): ByteString | undefined {
  if (piece.startsWith('Z') && text.startsWith('Z')) {
    fields.offset = 0
    return text.slice(1)
  }
  const form = piece.slice(1).replace(/\d\d/g, '(\\d\\d)')
  const found = new RegExp(`^([+-])${form}`).exec(text)
  if (found === null) return undefined
  const [whole, sign, hours = '0', minutes = '0', seconds = '0'] = found
  if (Number(hours) > 24 || Number(minutes) > 60 || Number(seconds) > 60) return undefined
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  fields.offset = sign === '-' ? -size : size
  return text.slice(whole.length)
}

function momentFrom(fields: Fields): Moment | undefined {
  let { year, month, day, hour } = fields
  if (fields.isPm === true && hour < 12) hour += 12
  else if (fields.isPm === false && hour === 12) hour = 0
  if (fields.yearDay >= 0) {
    if (fields.yearDay > daysIn(year)) return undefined
    if (month < 0) {
      month = 1
      day = fields.yearDay
    }
  } else {
    if (month < 0) month = 1
    if (day < 0) day = 1
    if (day < 1 || day > Number(daysOf(year, month + 1, 1) - daysOf(year, month, 1)))
      return undefined
  }
  const local = momentOf([year, month, day], [hour, fields.minute, fields.second, fields.nano])
  if (fields.offset !== undefined) {
    const nanos = local - BigInt(fields.offset) * 1_000_000_000n
    const isUtc = fields.offset === 0 && (fields.zone === undefined || fields.zone === 'UTC')
    return { nanos, zone: isUtc ? utc : fixedZone(fields.zone ?? '', fields.offset) }
  }
  if (fields.zone === undefined) return { nanos: local, zone: utc }
  const hours = /^GMT([+-]\d+)$/.exec(fields.zone)?.[1] ?? '0'
  return { nanos: local, zone: fixedZone(fields.zone, Number(hours) * 3600) }
}

function daysIn(year: number): number {
  return Number(daysOf(year + 1, 1, 1) - daysOf(year, 1, 1))
}
