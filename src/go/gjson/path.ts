import type { ByteString } from '../byte-string.ts'
import { stringEnd, squashEnd, trimmed, unescape } from './scan.ts'
import { isModifier } from './modifier-names.ts'

/** What follows the part of a path that one object or array answers. */
export interface Rest {
  /** A `.`: the rest is looked up inside the value found. */
  readonly more?: ByteString
  /** A `|`, or a `.` before a modifier or a multipath: the rest is asked of the whole result. */
  readonly pipe?: ByteString
}

export interface ObjectPart extends Rest {
  readonly part: ByteString
  /** The part holds `*` or `?`. */
  readonly isWild: boolean
}

/** A `.` before `@modifier`, `[` or `{` works like a `|`. */
function startsPipe(rest: ByteString): boolean {
  if (rest.startsWith('[') || rest.startsWith('{')) return true
  if (!rest.startsWith('@')) return false
  return isModifier(/^@([^.|:]*)/.exec(rest)?.[1] ?? '')
}

function restAfter(path: ByteString, at: number): Rest {
  const rest = path.slice(at + 1)
  if (path[at] === '|' || (rest !== '' && startsPipe(rest))) return { pipe: rest }
  return { more: rest }
}

/** The first part of a path, to be compared with the keys of an object. */
export function objectPart(path: ByteString): ObjectPart {
  let part = ''
  let isWild = false
  for (let i = 0; i < path.length; i++) {
    const char = path[i]!
    if (char === '.' || char === '|') return { part, isWild, ...restAfter(path, i) }
    if (char === '\\') {
      i++
      if (i < path.length) part += path[i]!
      continue
    }
    if (char === '*' || char === '?') isWild = true
    part += char
  }
  return { part, isWild }
}

/** `#(path op value)`, with `#` behind it when all matches are wanted. */
export interface Query {
  readonly path: ByteString
  readonly op: string
  readonly value: ByteString
  readonly isAll: boolean
}

export interface ArrayPart extends Rest {
  readonly part: ByteString
  /** The part holds a `#`: a count, a query or a walk. */
  readonly isCounting: boolean
  /** `#.key`: the path asked of every element. */
  readonly each?: ByteString
  readonly query?: Query
}

/** The first part of a path, to be answered by an array. */
export function arrayPart(path: ByteString): ArrayPart {
  let isCounting = false
  let query: Query | undefined
  for (let i = 0; i < path.length; i++) {
    const char = path[i]!
    const found = query === undefined ? { isCounting } : { isCounting, query }
    if (char === '|') return { part: path.slice(0, i), ...found, pipe: path.slice(i + 1) }
    if (char === '.') {
      const rest = isCounting ? { more: path.slice(i + 1) } : restAfter(path, i)
      return { part: path.slice(0, i), ...found, ...rest }
    }
    if (char !== '#') continue
    isCounting = true
    if (i !== 0 || path.length === 1) continue
    if (path[1] === '.') return { part: '#', isCounting, each: path.slice(2) }
    if (path[1] !== '[' && path[1] !== '(') continue
    const parsed = parseQuery(path)
    if (parsed === undefined) {
      // A query that does not end asks nothing, and the first element is its answer.
      return { part: path, isCounting, query: { path: '', op: '', value: '', isAll: false } }
    }
    i = parsed.end - 1
    query = { ...parsed.query, isAll: path[i + 1] === '#' }
  }
  return { part: path, isCounting, ...(query === undefined ? {} : { query }) }
}

function parseQuery(
  path: ByteString,
): { readonly query: Omit<Query, 'isAll'>; readonly end: number } | undefined {
  let valueAt = 0
  let depth = 1
  let hasEscape = false
  let i = 2
  scan: for (; i < path.length; i++) {
    const char = path[i]!
    if (depth === 1 && valueAt === 0 && '!=<>%'.includes(char)) {
      valueAt = i
      continue
    }
    switch (char) {
      case '\\':
        i++
        break
      case '[':
      case '(':
        depth++
        break
      case ']':
      case ')':
        depth--
        if (depth === 0) break scan
        break
      case '"': {
        const { end } = stringEnd(path, i)
        hasEscape ||= path.slice(i, end).includes('\\')
        i = end - 1
        break
      }
      default:
    }
  }
  if (depth > 0) return undefined
  if (valueAt === 0) {
    return { query: { path: trimmed(path.slice(2, i)), op: '', value: '' }, end: i + 1 }
  }
  let text = trimmed(path.slice(valueAt, i))
  if (text.startsWith('==')) text = text.slice(1)
  const isLong = /^(!=|!%|<=|>=)/.test(text) && text.length > 1
  // A lone `!` with something behind it is no operator: what exists passes.
  const isNone = text.startsWith('!') && !isLong && text.length > 1
  const op = isNone ? '' : text.slice(0, isLong ? 2 : 1)
  let value = trimmed(text.slice(op.length))
  if (/^".*"$/s.test(value) && value.length >= 2) {
    value = hasEscape ? unescape(value.slice(1, -1)) : value.slice(1, -1)
  }
  return { query: { path: trimmed(path.slice(2, valueAt)), op, value }, end: i + 1 }
}

/**
 * Splits at the first `|` that is not inside a query: what is left of it is asked of every
 * element, what is right of it of the list of answers.
 */
export function splitAtPipe(path: ByteString): readonly [ByteString, ByteString | undefined] {
  if (!path.includes('|')) return [path, undefined]
  if (path.startsWith('{')) {
    const end = path[1] === '"' ? squashEnd(path, 1) : squashEnd(path, 2, 1)
    return path[end] === '|' ? [path.slice(0, end), path.slice(end + 1)] : [path, undefined]
  }
  for (let i = 0; i < path.length; i++) {
    const char = path[i]
    if (char === '\\') i++
    else if (char === '|') return [path.slice(0, i), path.slice(i + 1)]
    else if (char === '.' && path[i + 1] === '#') {
      // What follows a `#` that opens no query is passed over, even a `|`.
      i += 2
      if (path[i] === '(' || path[i] === '[') i = groupEnd(path, i)
    }
  }
  return [path, undefined]
}

/** Offset of what closes the group that opens at `start`: brackets of its own kind count. */
function groupEnd(path: ByteString, start: number): number {
  const open = path[start]
  const close = open === '(' ? ')' : ']'
  let depth = 1
  for (let i = start + 1; i < path.length; i++) {
    if (path[i] === '\\') i++
    else if (path[i] === open) depth++
    else if (path[i] === close && --depth === 0) return i
    else if (path[i] === '"') i = stringEnd(path, i).end - 1
  }
  return path.length
}

/** One entry of a multipath: `{name:path}` or `[path]`. */
export interface Selector {
  readonly name: ByteString
  readonly path: ByteString
}

/** The entries of `{a,b}` or `[a,b]` and what follows it; no rest when it does not close. */
export function selectors(path: ByteString): {
  readonly list: readonly Selector[]
  readonly rest: ByteString | undefined
} {
  const list: Selector[] = []
  let depth = 1
  let colon = 0
  let start = 1
  let inModifier = false
  const push = (end: number): void => {
    if (colon === 0) list.push({ name: '', path: path.slice(start, end) })
    else list.push({ name: path.slice(start, colon), path: path.slice(colon + 1, end) })
    colon = 0
    inModifier = false
    start = end + 1
  }
  for (let i = 1; i < path.length; i++) {
    switch (path[i]) {
      case '\\':
        i++
        break
      case '@':
        if (path[i - 1] === '.' || path[i - 1] === '|') inModifier = true
        break
      case ':':
        if (!inModifier && colon === 0 && depth === 1) colon = i
        break
      case ',':
        if (depth === 1) push(i)
        break
      case '"':
        i = stringEnd(path, i).end - 1
        break
      case '[':
      case '(':
      case '{':
        depth++
        break
      case ']':
      case ')':
      case '}':
        depth--
        if (depth === 0) {
          push(i)
          return { list, rest: path.slice(i + 1) }
        }
        break
      default:
    }
  }
  return { list, rest: undefined }
}

/** The name that an entry of a multipath gets from its path. */
export function impliedName(path: ByteString): ByteString {
  let at = path.length - 1
  while (at >= 0 && !((path[at] === '|' || path[at] === '.') && path[at - 1] !== '\\')) at--
  const last = path.slice(at + 1)
  // eslint-disable-next-line no-control-regex
  return /[\x00-\x1f[\]{}()#|!]/.test(last) ? '_' : last
}
