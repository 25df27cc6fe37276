import {
  formatGoNanos,
  GoInt,
  GoNamed,
  GoObject,
  goText,
  int,
  int64,
  parseGoNanos,
  quoteGo,
  types,
  type ByteString,
  type GoMethod,
  type GoValue,
} from '#go'

import { FunctionError } from '../template-fault.ts'
import { atoi } from './cast.ts'
import { typeNamed, type Body, type Context, type Family } from './function.ts'
import { nowMs } from './random.ts'
import { parseTime } from './time-parse.ts'
import { zoneNamed } from './time-zone.ts'
import {
  civilOf,
  formatTime,
  momentOf,
  months,
  timeString,
  utc,
  weekdays,
  zeroMoment,
  type Civil,
  type Moment,
} from './time.ts'

const timeType = typeNamed('time.Time')
const perSecond = 1_000_000_000n

function seconds(moment: Moment): bigint {
  const whole = moment.nanos / perSecond
  return moment.nanos % perSecond < 0n ? whole - 1n : whole
}

/**
 * A time.Time with the methods that templates call.
 *
 * @param reading What Go prints behind a time that was read off its clock, and off no other.
 */
function timeValue(moment: Moment, reading: string = ''): GoObject {
  const civil = (): Civil => civilOf(moment)
  const get = (make: () => GoValue): GoMethod => ({ in: [], call: () => make() })
  const numberOf = (pick: (civil: Civil) => number): GoMethod => get(() => int(pick(civil())))
  const against = (check: (other: Moment) => GoValue): GoMethod => ({
    in: [timeType],
    call: (other) => check(momentIn(other)),
  })
  return new GoObject(timeType, {
    text: () => timeString(moment) + reading,
    goText: () => constructorText(moment),
    inner: moment,
    fields: insidesOf(moment),
    methods: new Map<string, GoMethod>([
      ['Year', numberOf(({ year }) => year)],
      ['Day', numberOf(({ day }) => day)],
      ['Hour', numberOf(({ hour }) => hour)],
      ['Minute', numberOf(({ minute }) => minute)],
      ['Second', numberOf(({ second }) => second)],
      ['Nanosecond', numberOf(({ nano }) => nano)],
      ['YearDay', numberOf(({ yearDay }) => yearDay)],
      ['Month', get(() => namedNumber('time.Month', civil().month, months[civil().month - 1]))],
      [
        'Weekday',
        get(() => namedNumber('time.Weekday', civil().weekday, weekdays[civil().weekday])),
      ],
      ['Unix', get(() => int64(seconds(moment)))],
      ['UnixMilli', get(() => int64(moment.nanos / 1_000_000n))],
      ['UnixNano', get(() => int64(moment.nanos))],
      ['IsZero', get(() => moment.nanos === zeroMoment.nanos)],
      ['UTC', get(() => timeValue({ ...moment, zone: utc }))],
      ['Local', get(() => timeValue({ ...moment, zone: utc }))],
      ['String', get(() => timeString(moment) + reading)],
      ['MarshalJSON', get(() => `"${formatTime(moment, '2006-01-02T15:04:05.999999999Z07:00')}"`)],
      ['Equal', against((other) => moment.nanos === other.nanos)],
      ['Before', against((other) => moment.nanos < other.nanos)],
      ['After', against((other) => moment.nanos > other.nanos)],
      ['Format', { in: [types.string], call: (layout) => formatTime(moment, textOf(layout)) }],
      [
        'AddDate',
        {
          in: [types.int, types.int, types.int],
          call: (...by) => timeValue(addDate(moment, by.map(intOf))),
        },
      ],
    ]),
  })
}

const noLocation = new GoObject({ kind: 'ptr', name: '*time.Location' }, { isNil: true })

// Seconds from the first of January of year 1 to 1970, from where Go's time counts.
const toUnix = 62_135_596_800n

/** The struct's own fields, which a verb without a method shows. */
function insidesOf(moment: Moment): ReadonlyMap<string, GoValue> {
  const whole = seconds(moment)
  return new Map<string, GoValue>([
    ['wall', new GoInt(moment.nanos - whole * perSecond, types.uint64)],
    ['ext', int64(whole + toUnix)],
    ['loc', noLocation],
  ])
}

/** What `%#v` prints: the call that makes this time. */
function constructorText(moment: Moment): ByteString {
  const { year, month, day, hour, minute, second, nano, zone } = civilOf(moment)
  const place = moment.zone === utc ? 'time.UTC' : `time.Location(${quoteGo(zone, false)})`
  const date = `${year}, time.${months[month - 1]}, ${day}`
  return `time.Date(${date}, ${hour}, ${minute}, ${second}, ${nano}, ${place})`
}

function namedNumber(name: string, value: number, text = ''): GoNamed {
  return new GoNamed({ kind: 'int', name }, int(value), () => text)
}

function textOf(value: GoValue | undefined): ByteString {
  return typeof value === 'string' ? value : ''
}

function intOf(value: GoValue): number {
  return value instanceof GoInt ? Number(value.value) : 0
}

function addDate(moment: Moment, by: readonly number[]): Moment {
  const [years = 0, monthsMore = 0, days = 0] = by
  const { year, month, day, hour, minute, second, nano, offset } = civilOf(moment)
  const local = momentOf(
    [year + years, month + monthsMore, day + days],
    [hour, minute, second, nano],
  )
  return { ...moment, nanos: local - BigInt(offset) * perSecond }
}

function momentIn(value: GoValue | undefined): Moment {
  const inner = value instanceof GoObject ? value.inner : undefined
  if (typeof inner === 'object' && inner !== null && 'nanos' in inner) return inner as Moment
  throw new FunctionError('not a time')
}

/** A time, or whole seconds since 1970; anything else means now. */
function momentFrom(value: GoValue, context: Context): Moment {
  if (value instanceof GoObject && value.type.name === timeType.name) return momentIn(value)
  const isSeconds = value instanceof GoInt && ['int', 'int64', 'int32'].includes(value.type.name)
  if (isSeconds) return { nanos: value.value * perSecond, zone: utc }
  return { nanos: BigInt(Math.round(nowMs(context) * 1e6)), zone: utc }
}

function inZone(
  layout: ByteString,
  value: GoValue,
  zone: ByteString,
  context: Context,
): ByteString {
  const moment = momentFrom(value, context)
  return formatTime({ ...moment, zone: zoneNamed(goText(zone)) ?? utc }, layout)
}

const dateInZone: Body = (args, context) =>
  inZone(args.string(0), args.any(1), args.string(2), context)

const dateModify: Body = (args) => {
  const moment = momentIn(args.any(1))
  const by = parseGoNanos(goText(args.string(0)))
  return timeValue(by === undefined ? moment : { ...moment, nanos: moment.nanos + by })
}

const mustDateModify: Body = (args) => {
  if (parseGoNanos(goText(args.string(0))) === undefined) {
    throw new FunctionError('time: invalid duration')
  }
  return dateModify(args, { deps: {}, charge: () => undefined, spend: () => undefined })
}

/** sprig's functions on dates. */
export const dateFunctions: Family = {
  now: (_args, context) => timeValue(momentFrom(null, context), ' m=+0.000000001'),
  toDate: (args) => timeValue(parseTime(args.string(0), args.string(1)) ?? zeroMoment),
  mustToDate: (args) => {
    const moment = parseTime(args.string(0), args.string(1))
    if (moment === undefined) throw new FunctionError('parsing time: it does not fit the layout')
    return timeValue(moment)
  },
  date: (args, context) => inZone(args.string(0), args.any(1), 'Local', context),
  dateInZone,
  date_in_zone: dateInZone,
  htmlDate: (args, context) => inZone('2006-01-02', args.any(0), 'Local', context),
  htmlDateInZone: (args, context) => inZone('2006-01-02', args.any(0), args.string(1), context),
  dateModify,
  date_modify: dateModify,
  mustDateModify,
  must_date_modify: mustDateModify,
  unixEpoch: (args) => seconds(momentIn(args.any(0))).toString(),
  duration: (args) => {
    const value = args.any(0)
    const isInt64 = value instanceof GoInt && value.type.name === 'int64'
    const count = typeof value === 'string' ? atoi(value) : isInt64 ? value.value : 0n
    return formatGoNanos(BigInt.asIntN(64, count * perSecond))
  },
  durationRound: (args, context) => durationRound(args.any(0), context),
  ago: (args, context) => {
    const now = momentFrom(null, context).nanos
    const passed = now - momentFrom(args.any(0), context).nanos
    return formatGoNanos(((passed + perSecond / 2n) / perSecond) * perSecond)
  },
}

const units: readonly (readonly [bigint, string])[] = [
  [365n * 24n * 3600n * perSecond, 'y'],
  [30n * 24n * 3600n * perSecond, 'mo'],
  [24n * 3600n * perSecond, 'd'],
  [3600n * perSecond, 'h'],
  [60n * perSecond, 'm'],
  [perSecond, 's'],
]

/** The largest unit of which there is more than one; its limits are exclusive. */
function durationRound(value: GoValue, context: Context): ByteString {
  let nanos = 0n
  if (typeof value === 'string') nanos = parseGoNanos(goText(value)) ?? 0n
  else if (value instanceof GoInt && value.type.name === 'int64') nanos = value.value
  else if (value instanceof GoObject && value.type.name === timeType.name) {
    nanos = momentFrom(null, context).nanos - momentIn(value).nanos
  }
  const size = nanos < 0n ? -nanos : nanos
  const unit = units.find(([length]) => size > length)
  return unit === undefined ? '0s' : `${size / unit[0]}${unit[1]}`
}
