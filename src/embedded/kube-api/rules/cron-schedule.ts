/**
 * What is wrong with the schedule of a CronJob, in the words of the parser that kube-apiserver asks.
 *
 * Source: robfig/cron v3, standard form: minute, hour, day of month, month, day of week.
 */
import { isGoDuration } from '../kinds/go-duration.ts'

interface Bounds {
  readonly min: number
  readonly max: number
  readonly names?: readonly string[]
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

const bounds: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: months },
  { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
]

const descriptors = [
  '@yearly',
  '@annually',
  '@monthly',
  '@weekly',
  '@daily',
  '@midnight',
  '@hourly',
]

/** Why a schedule cannot be read; undefined when it can. It names no time zone of its own. */
export function scheduleFault(schedule: string): string | undefined {
  if (schedule.includes('TZ')) {
    return 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'
  }
  if (schedule.startsWith('@')) return descriptorFault(schedule)
  const fields = schedule.split(/\s+/).filter((one) => one !== '')
  if (fields.length !== bounds.length) {
    return `expected exactly ${bounds.length} fields, found ${fields.length}: [${fields.join(' ')}]`
  }
  for (const [i, text] of fields.entries()) {
    for (const range of text.split(',').filter((one) => one !== '')) {
      const fault = rangeFault(range, bounds[i] as Bounds)
      if (fault !== undefined) return fault
    }
  }
  return undefined
}

function descriptorFault(schedule: string): string | undefined {
  if (descriptors.includes(schedule)) return undefined
  const every = /^@every (.*)$/.exec(schedule)?.[1]
  if (every === undefined) return `unrecognized descriptor: ${schedule}`
  if (isGoDuration(every)) return undefined
  const why = `time: invalid duration ${JSON.stringify(every)}`
  return `failed to parse duration ${schedule}: ${why}`
}

// `*`, `5`, `1-5`, `mon`, each also with a step: `*/15`.
function rangeFault(text: string, within: Bounds): string | undefined {
  const [range = '', ...steps] = text.split('/')
  const ends = range.split('-')
  const isAny = ends[0] === '*' || ends[0] === '?'
  if (!isAny && ends.length > 2) return `too many hyphens: ${text}`
  const numbers = isAny ? [within.min, within.max] : ends.map((one) => numberOf(one, within.names))
  const wrong = numbers.find((one) => typeof one === 'string')
  if (typeof wrong === 'string') return wrong
  if (steps.length > 1) return `too many slashes: ${text}`
  const step = steps.length === 0 ? 1 : numberOf(steps[0] ?? '')
  if (typeof step === 'string') return step
  const [start = 0, to = start] = numbers as number[]
  const end = steps.length > 0 && ends.length === 1 ? within.max : to
  if (start < within.min) {
    return `beginning of range (${start}) below minimum (${within.min}): ${text}`
  }
  if (end > within.max) return `end of range (${end}) above maximum (${within.max}): ${text}`
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${text}`
  return step === 0 ? `step of range should be a positive number: ${text}` : undefined
}

/** A number, or why it is none. */
function numberOf(text: string, names: readonly string[] = []): number | string {
  const named = names.indexOf(text.toLowerCase())
  if (named >= 0) return names === months ? named + 1 : named
  if (!/^[-+]?\d+$/.test(text)) {
    const why = `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`
    return `failed to parse int from ${text}: ${why}`
  }
  const number = Number(text)
  return number < 0 ? `negative number (${number}) not allowed: ${text}` : number
}
