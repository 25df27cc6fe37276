/** Functions of texts. Places are counted in characters. */
import { re2 } from '../re2.ts'
import { CelError } from './cel-error.ts'
import { formatted } from './format-text.ts'
import { List, type Value, type Run } from './values.ts'

const ascii = /^[\0-\x7f]*$/

/** The characters of a text. */
function letters(text: string): ArrayLike<string> & { slice(from: number, to?: number): unknown } {
  return ascii.test(text) ? text : Array.from(text)
}

function cut(text: string, from: number, to?: number): string {
  if (ascii.test(text)) return text.slice(from, to)
  return Array.from(text).slice(from, to).join('')
}

function outOfRange(index: bigint): never {
  throw new CelError(`index out of range: ${index}`)
}

function placeOf(text: string, sought: string, from: number, isLast: boolean): bigint {
  if (ascii.test(text)) {
    return BigInt(isLast ? text.lastIndexOf(sought, from) : text.indexOf(sought, from))
  }
  const all = Array.from(text)
  const start = all.slice(0, from).join('').length
  const at = isLast ? text.lastIndexOf(sought, start) : text.indexOf(sought, start)
  return at === -1 ? -1n : BigInt(Array.from(text.slice(0, at)).length)
}

function index(isLast: boolean): Run {
  return ([text, sought, from]) => {
    if (typeof text !== 'string' || typeof sought !== 'string') return undefined
    const { length } = letters(text)
    if (from === undefined) return placeOf(text, sought, isLast ? length : 0, isLast)
    if (typeof from !== 'bigint') return undefined
    if (sought === '') return from
    if (from < 0n) return outOfRange(from)
    return from >= length ? -1n : placeOf(text, sought, Number(from), isLast)
  }
}

function replaced([text, from, to, most]: readonly Value[]): Value | undefined {
  if (typeof text !== 'string' || typeof from !== 'string' || typeof to !== 'string') {
    return undefined
  }
  if (most !== undefined && typeof most !== 'bigint') return undefined
  const limit = most === undefined || most < 0n ? Number.POSITIVE_INFINITY : Number(most)
  const parts = from === '' ? ['', ...Array.from(text), ''] : text.split(from)
  return parts.reduce((all, part, i) => all + (i <= limit ? to : from) + part)
}

function split([text, by, most]: readonly Value[]): Value | undefined {
  if (typeof text !== 'string' || typeof by !== 'string') return undefined
  if (most !== undefined && typeof most !== 'bigint') return undefined
  if (most === 0n) return new List([])
  const parts = by === '' ? Array.from(text) : text.split(by)
  if (most === undefined || most < 0n || parts.length <= most) return new List(parts)
  const kept = Number(most) - 1
  return new List([...parts.slice(0, kept), parts.slice(kept).join(by)])
}

function substring([text, from, to]: readonly Value[]): Value | undefined {
  if (typeof text !== 'string' || typeof from !== 'bigint') return undefined
  if (to !== undefined && typeof to !== 'bigint') return undefined
  const { length } = letters(text)
  if (to !== undefined && from > to) {
    throw new CelError(`invalid substring range. start: ${from}, end: ${to}`)
  }
  if (from < 0n || from > length) return outOfRange(from)
  if (to !== undefined && (to < 0n || to > length)) return outOfRange(to)
  return cut(text, Number(from), to === undefined ? undefined : Number(to))
}

/** All places where a pattern matches, at most so many. */
function findings(text: string, pattern: string, most: number): string[] {
  const found: string[] = []
  const matcher = matcherOf(pattern).matcher(text)
  for (; found.length < most && matcher.find();) found.push(matcher.group() ?? '')
  return found
}

function matcherOf(pattern: string): ReturnType<typeof re2> {
  try {
    return re2(pattern)
  } catch (error) {
    throw new CelError(error instanceof Error ? error.message : '', { cause: error })
  }
}

const both =
  (work: (a: string, b: string) => Value | undefined): Run =>
  ([a, b]) =>
    typeof a === 'string' && typeof b === 'string' ? work(a, b) : undefined

const alone =
  (work: (a: string) => Value | undefined): Run =>
  ([a]) =>
    typeof a === 'string' ? work(a) : undefined

const escapes: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
}

/** A text in quotes, with what does not show written out. */
export function quoted(text: string): string {
  return `"${Array.from(text, (one) => escapes[one] ?? one).join('')}"`
}

// From both ends: an expression for the end of a text would start over at every space inside of it.
function trimmed(text: string): string {
  let [start, end] = [0, text.length]
  while (start < end && isSpace(text[start])) start++
  while (end > start && isSpace(text[end - 1])) end--
  return text.slice(start, end)
}

// Go's spaces: those of the language, and one more, and one less.
function isSpace(letter = ''): boolean {
  return letter === '\x85' || (letter !== '\ufeff' && /\s/.test(letter))
}

export const texts: Readonly<Record<string, Run>> = {
  startsWith: both((text, start) => text.startsWith(start)),
  endsWith: both((text, end) => text.endsWith(end)),
  contains: both((text, part) => text.includes(part)),
  matches: both((text, pattern) => matcherOf(pattern).matcher(text).find()),
  find: both((text, pattern) => findings(text, pattern, 1)[0] ?? ''),
  findAll: ([text, pattern, most]) => {
    if (typeof text !== 'string' || typeof pattern !== 'string') return undefined
    const limit = typeof most === 'bigint' && most >= 0n ? Number(most) : Number.POSITIVE_INFINITY
    return new List(findings(text, pattern, limit))
  },
  charAt: ([text, at]) => {
    if (typeof text !== 'string' || typeof at !== 'bigint') return undefined
    const all = letters(text)
    return at < 0n || at > all.length ? outOfRange(at) : (all[Number(at)] ?? '')
  },
  indexOf: index(false),
  lastIndexOf: index(true),
  lowerAscii: alone((text) => text.replace(/[A-Z]+/g, (part) => part.toLowerCase())),
  upperAscii: alone((text) => text.replace(/[a-z]+/g, (part) => part.toUpperCase())),
  trim: alone(trimmed),
  replace: replaced,
  split,
  substring,
  format: ([text, args]) =>
    typeof text === 'string' && args instanceof List ? formatted(text, args.items) : undefined,
  'strings.quote': alone(quoted),
  join: ([list, by = '']) => {
    if (!(list instanceof List) || typeof by !== 'string') return undefined
    return list.items.every((one) => typeof one === 'string') ? list.items.join(by) : undefined
  },
}
