/**
 * Times as Go's API types read and write them.
 *
 * Source: k8s.io/apimachinery pkg/apis/meta/v1 (time.go, micro_time.go), time.Parse.
 */
import { parseTime, timeText } from '#base'
import { fitsFormat } from '../schema/formats.ts'

const layouts = {
  time: '2006-01-02T15:04:05Z07:00',
  microtime: '2006-01-02T15:04:05.000000Z07:00',
} as const

/** The parts of the layout, and what each takes. */
const parts: readonly (readonly [string, RegExp])[] = [
  ['2006', /^\d{4}/],
  ['-', /^-/],
  ['01', /^\d\d/],
  ['-', /^-/],
  ['02', /^\d\d/],
  ['T', /^T/],
  ['15', /^\d\d/],
  [':', /^:/],
  ['04', /^\d\d/],
  [':', /^:/],
  ['05', /^\d\d/],
]
const zone = ['Z07:00', /^(?:Z|[-+]\d\d:\d\d)$/] as const

/** Why Go would not read the text as a time; undefined when it would. The empty text is no time at all. */
export function goTimeFault(text: string, type: 'time' | 'microtime'): string | undefined {
  if (text === '') return undefined
  const layout = layouts[type]
  const about = `parsing time ${JSON.stringify(text)}`
  let rest = text
  for (const [name, form] of [...parts, fraction(type), zone]) {
    const taken = form.exec(rest)?.[0]
    if (taken === undefined) {
      return `${about} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(name)}`
    }
    const limit = limits[name]
    if (limit !== undefined && (Number(taken) < limit[1] || Number(taken) > limit[2])) {
      return `${about}: ${limit[0]} out of range`
    }
    rest = rest.slice(taken.length)
  }
  // The day comes last, when month and year are known.
  return fitsFormat(text.slice(0, 10), 'date') ? undefined : `${about}: day out of range`
}

const limits: Readonly<Partial<Record<string, readonly [string, number, number]>>> = {
  '01': ['month', 1, 12],
  '15': ['hour', 0, 23],
  '04': ['minute', 0, 59],
  '05': ['second', 0, 59],
}

// Six digits behind the second, no more and no fewer; in plain times any number, which is forgotten.
function fraction(type: 'time' | 'microtime'): readonly [string, RegExp] {
  return type === 'time' ? ['', /^(?:[.,]\d+)?/] : ['.000000', /^\.\d{6}(?!\d)/]
}

/** The time as it is written again: in UTC, with as many digits as its type has. */
export function goTimeText(text: string, type: 'time' | 'microtime'): string | undefined {
  if (text === '') return undefined
  const epochMs = parseTime(text.replace(/[.,]\d+/, ''))
  if (epochMs === undefined) return text
  const seconds = timeText(epochMs).slice(0, 19)
  return type === 'time' ? `${seconds}Z` : `${seconds}${/\.\d{6}/.exec(text)?.[0] ?? ''}Z`
}
