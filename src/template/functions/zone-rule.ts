import { daysOf } from './time.ts'

/** What clocks show for a part of the year. */
export interface Season {
  /** Seconds east of Greenwich. */
  readonly offset: number
  readonly isSummer: boolean
  readonly name: string
}

/** When clocks change: seconds since the start of a year, by the clock that ends there. */
type Turn = (year: number) => number

/** How a zone goes on behind the last change on record; POSIX's TZ variable. */
export interface ZoneRule {
  readonly winter: Season
  readonly summer?: { readonly season: Season; readonly begins: Turn; readonly ends: Turn }
}

const hour = 3600
const day = 86_400

const rulePattern =
  /^(<[^>]+>|[A-Za-z]{3,})([-+]?\d+(?::\d+){0,2})(?:(<[^>]+>|[A-Za-z]{3,})([-+]?\d+(?::\d+){0,2})?,([^,]+),([^,]+))?$/

/**
 * Reads `CET-1CEST,M3.5.0,M10.5.0/3`: names, how far west, and when summer begins and ends.
 *
 * @returns `undefined` for an empty rule: the last season then stays.
 */
export function parseZoneRule(text: string): ZoneRule | undefined {
  const found = rulePattern.exec(text)
  if (found === null) return undefined
  const [, winterName = '', west = '', summerName, summerWest, begins = '', ends = ''] = found
  const winter = { offset: -secondsOf(west), isSummer: false, name: bare(winterName) }
  if (summerName === undefined) return { winter }
  const offset = summerWest === undefined ? winter.offset + hour : -secondsOf(summerWest)
  const season = { offset, isSummer: true, name: bare(summerName) }
  return { winter, summer: { season, begins: turnOf(begins), ends: turnOf(ends) } }
}

/** The season at a moment of a year. @param second Since the start of that year in UTC. */
export function seasonAt({ winter, summer }: ZoneRule, year: number, second: number): Season {
  if (summer === undefined) return winter
  const begins = summer.begins(year) - winter.offset
  const ends = summer.ends(year) - summer.season.offset
  // In the south, and in Ireland, whose winter is the exception, the year ends as it begins.
  if (ends < begins) return second < ends || second >= begins ? summer.season : winter
  return second >= begins && second < ends ? summer.season : winter
}

function bare(name: string): string {
  return name.replace(/^<|>$/g, '')
}

/** `[+-]hours[:minutes[:seconds]]`. */
function secondsOf(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.replace(/^[-+]/, '').split(':').map(Number)
  const size = hours * hour + minutes * 60 + seconds
  return text.startsWith('-') ? -size : size
}

/** `Mmonth.week.weekday`, `Jday` (never the 29th of February) or `day`, each with `/time`. */
function turnOf(text: string): Turn {
  const [date = '', clock = '2'] = text.split('/')
  const time = secondsOf(clock)
  const [, month = '1', week = '1', weekday = '0'] = /^M(\d+)\.(\d)\.(\d)$/.exec(date) ?? []
  if (date.startsWith('M')) {
    return (year) => nthWeekday(year, Number(month), Number(week), Number(weekday)) * day + time
  }
  if (!date.startsWith('J')) return () => Number(date) * day + time
  const number = Number(date.slice(1))
  return (year) => (number - 1 + (isLeap(year) && number >= 60 ? 1 : 0)) * day + time
}

/** Days since the start of the year to a month's n-th weekday; the fifth is the last one. */
function nthWeekday(year: number, month: number, week: number, weekday: number): number {
  const first = daysOf(year, month, 1)
  const next = daysOf(year, month + 1, 1)
  const firstWeekday = Number((((first + 4n) % 7n) + 7n) % 7n)
  let at = first + BigInt((weekday - firstWeekday + 7) % 7)
  for (let i = 1; i < week && at + 7n < next; i++) at += 7n
  return Number(at - daysOf(year, 1, 1))
}

function isLeap(year: number): boolean {
  return daysOf(year + 1, 1, 1) - daysOf(year, 1, 1) === 366n
}
