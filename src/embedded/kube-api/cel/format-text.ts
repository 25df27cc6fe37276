/** Texts put together from values, by clauses such as `%s` and `%.3f`. */
import { textIfUtf8 } from '#base'
import { CelError } from './cel-error.ts'
import { doubleText, durationText, momentText } from './value-text.ts'
import {
  Duration,
  isMapLike,
  List,
  Moment,
  TypeName,
  typeNameOf,
  Uint,
  type Value,
} from './values.ts'

/** One clause of a text, and the types that it takes. */
export interface Clause {
  readonly verb: string
  readonly digits: number | undefined
  readonly takes: readonly string[]
  /** What is said of any other. */
  readonly why: string
}

const verbs: Readonly<Record<string, readonly [takes: string, why: string]>> = {
  s: [
    'string,bool,bytes,int,uint,double,map,list,type,duration,timestamp,null',
    'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
  ],
  d: ['int,uint', 'decimal clause can only be used on integers'],
  f: ['double', 'fixed-point clause can only be used on doubles'],
  e: ['double', 'scientific clause can only be used on doubles'],
  x: ['int,uint,string,bytes', 'only integers, byte buffers, and strings can be formatted as hex'],
  X: ['int,uint,string,bytes', 'only integers, byte buffers, and strings can be formatted as hex'],
  o: ['int,uint', 'octal clause can only be used on integers'],
  b: ['int,uint,bool', 'only integers and bools can be formatted as binary'],
}

/** The parts of a text: what stands as it is, and clauses. @throws CelError for a clause that is none. */
function partsOf(text: string): (string | Clause)[] {
  const parts: (string | Clause)[] = []
  for (let at = 0; at < text.length;) {
    const next = text.indexOf('%', at)
    if (next === -1) return [...parts, text.slice(at)]
    parts.push(text.slice(at, next))
    at = next + 1
    if (at >= text.length) throw new CelError('unexpected end of string')
    if (text[at] === '%') {
      parts.push('%')
      at++
      continue
    }
    const [, dot, digits = ''] = /^(\.(\d*))?/.exec(text.slice(at)) ?? []
    if (dot === '.') throw new CelError(badPrecision)
    at += dot?.length ?? 0
    const verb = String.fromCodePoint(text.codePointAt(at) ?? 0x20)
    if (at >= text.length)
      throw new CelError('could not parse formatting clause: unexpected end of string')
    const known = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined
    if (known === undefined) {
      const why = `unrecognized formatting clause ${JSON.stringify(verb)}`
      throw new CelError(`could not parse formatting clause: ${why}`)
    }
    const [takes, why] = known
    parts.push({
      verb,
      digits: digits === '' ? undefined : Number(digits),
      takes: takes.split(','),
      why,
    })
    at += verb.length
  }
  return parts
}

const badPrecision =
  'could not parse formatting clause: error while parsing precision: error while converting precision to integer: strconv.Atoi: parsing "": invalid syntax'

/** The clauses of a text. @throws CelError for one that is none. */
export function clausesOf(text: string): readonly Clause[] {
  return partsOf(text).filter((part) => typeof part !== 'string')
}

/** @throws CelError for a clause that is none, or that its value does not fit. */
export function formatted(text: string, args: readonly Value[]): string {
  let next = 0
  const texts = partsOf(text).map((part) => {
    if (typeof part === 'string') return part
    const value = args[next]
    if (value === undefined) throw new CelError(`index ${next} out of range`)
    next++
    const name = shortName(value)
    if (!part.takes.includes(name) && !(part.verb === 's' && isMapLike(value))) {
      throw new CelError(`error during formatting: ${part.why}, was given ${typeNameOf(value)}`)
    }
    return clauseText(value, part.verb, part.digits)
  })
  return texts.join('')
}

function shortName(value: Value): string {
  if (value === null) return 'null'
  if (value instanceof Duration) return 'duration'
  return value instanceof Moment ? 'timestamp' : typeNameOf(value)
}

function clauseText(value: Value, verb: string, digits: number | undefined): string {
  switch (verb) {
    case 's':
      return shown(value)
    case 'f':
    case 'e':
      return brokenText(Number(value), verb, digits ?? 6)
    case 'x':
      return hexText(value)
    case 'X':
      return hexText(value).toUpperCase()
    case 'o':
      return wholeText(value, 8)
    case 'b':
      return typeof value === 'boolean' ? String(Number(value)) : wholeText(value, 2)
    default:
      return wholeText(value, 10)
  }
}

function shown(value: Value): string {
  if (typeof value === 'string') return value
  if (value === null) return 'null'
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return doubleText(value)
  if (value instanceof Uint) return String(value.value)
  if (value instanceof Uint8Array) return textOfBytes(value)
  if (value instanceof Duration) return durationText(value)
  if (value instanceof Moment) return momentText(value)
  if (value instanceof TypeName) return value.name
  if (value instanceof List) return `[${value.items.map(inside).join(', ')}]`
  if (!isMapLike(value)) return ''
  const pairs = value.keys().map((key) => `${inside(key)}:${inside(value.find(key) ?? null)}`)
  return `{${pairs.sort().join(', ')}}`
}

// In a list or map each value shows of what type it is.
function inside(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number')
    return Number.isFinite(value) ? fixed(value, 6) : `"${shown(value)}"`
  if (value instanceof Uint8Array) return `b${JSON.stringify(textOfBytes(value))}`
  if (value instanceof Duration) return `duration("${shown(value)}")`
  if (value instanceof Moment) return `timestamp("${shown(value)}")`
  return shown(value)
}

function textOfBytes(bytes: Uint8Array): string {
  const text = textIfUtf8(bytes)
  if (text !== undefined) return text
  const why = 'invalid UTF-8 in bytes, cannot convert to string'
  throw new CelError(`error during formatting: could not convert argument "${why}" to string`)
}

function brokenText(number: number, verb: 'f' | 'e', digits: number): string {
  if (Number.isNaN(number)) return 'NaN'
  if (!Number.isFinite(number)) return number > 0 ? '∞' : '-∞'
  // Only numbers without an exponent are cut to so many digits.
  return verb === 'f' ? grouped(fixed(number, digits)) : scientific(number, 6)
}

const mostDigits = 100

function grouped(text: string): string {
  return text.replace(/^(-?)(\d+)/, (_, sign: string, whole: string) => {
    return sign + whole.replace(/(?<=\d)(?=(?:\d{3})+$)/g, ',')
  })
}

// Half of a digit goes to the even one.
function fixed(number: number, digits: number): string {
  const places = Math.min(digits, mostDigits)
  const text = number.toFixed(places)
  const scaled = Math.abs(number) * 10 ** places
  if (scaled % 1 !== 0.5 || Math.floor(scaled) % 2 !== 0) return text
  return (Math.sign(number) * (Math.floor(scaled) / 10 ** places)).toFixed(places)
}

const raised: Readonly<Record<string, string>> = {
  '-': '⁻',
  0: '⁰',
  1: '¹',
  2: '²',
  3: '³',
  4: '⁴',
  5: '⁵',
  6: '⁶',
  7: '⁷',
  8: '⁸',
  9: '⁹',
}

function scientific(number: number, digits: number): string {
  const [mantissa = '', power = '0'] = number.toExponential(Math.min(digits, mostDigits)).split('e')
  const exponent = Number(power)
  const text = `${exponent < 0 ? '-' : ''}${String(Math.abs(exponent)).padStart(2, '0')}`
  return `${mantissa}×10${Array.from(text, (one) => raised[one] ?? one).join('')}`
}

function wholeText(value: Value, base: number): string {
  if (typeof value === 'bigint') return value.toString(base)
  return value instanceof Uint ? value.value.toString(base) : ''
}

function hexText(value: Value): string {
  if (typeof value === 'string') return Buffer.from(value).toString('hex')
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : wholeText(value, 16)
}
