import type { ByteString } from '../byte-string.ts'
import { matches } from './match.ts'
import { isModifier } from './modifier-names.ts'
import { applyModifier } from './modifiers.ts'
import {
  arrayPart,
  impliedName,
  objectPart,
  selectors,
  splitAtPipe,
  type ArrayPart,
  type Query,
} from './path.ts'
import {
  absent,
  anyValue,
  exists,
  isValid,
  jsonResult,
  kindAt,
  numberOf,
  parseResult,
  quote,
  rawOf,
  squashEnd,
  stringEnd,
  unescape,
  valueAt,
  type Result,
} from './scan.ts'

/** What one search has found so far, and what is to be asked of it afterwards. */
interface Search {
  readonly json: ByteString
  value: Result
  pipe: ByteString | undefined
}

// A path can nest; each level costs stack.
const deepest = 1000

/** Asks a path of a JSON text. Never fails: a path that leads nowhere does not exist. */
export function get(json: ByteString, path: ByteString, depth = 0): Result {
  if (depth > deepest) return absent
  const again = (text: ByteString, rest: ByteString): Result => get(text, rest, depth + 1)
  if (path.length > 1) {
    const special = getSpecial(json, path, again)
    if (special !== undefined) return special
    // Behind a multipath that is none, or in which something does not close, only what follows it counts.
    if (path[0] === '[' || path[0] === '{')
      return getOrdinary(json, selectors(path).rest ?? '', depth)
  }
  return getOrdinary(json, path, depth)
}

function getOrdinary(json: ByteString, path: ByteString, depth: number): Result {
  const search: Search = { json, value: absent, pipe: undefined }
  if (path.startsWith('..')) searchArray(search, 0, path.slice(2), depth)
  else {
    const at = json.search(/[{[]/)
    if (at >= 0) {
      if (json[at] === '{') searchObject(search, at + 1, path, depth)
      else searchArray(search, at + 1, path, depth)
    }
  }
  if (search.pipe !== undefined) return get(search.value.raw, search.pipe, depth + 1)
  return search.value
}

type Again = (json: ByteString, path: ByteString) => Result

/** Modifiers, literals and multipaths; `undefined` when the path is an ordinary one. */
function getSpecial(json: ByteString, path: ByteString, again: Again): Result | undefined {
  const made =
    path[0] === '@'
      ? modified(json, path, again)
      : path[0] === '!'
        ? literal(path)
        : path[0] === '[' || path[0] === '{'
          ? selected(json, path, again)
          : undefined
  if (made === undefined) return undefined
  if (/^[.|]/.test(made.rest)) return again(made.raw, made.rest.slice(1))
  return made.isSelection === true ? jsonResult(made.raw) : parseResult(made.raw)
}

interface Made {
  readonly raw: ByteString
  readonly rest: ByteString
  readonly isSelection?: boolean
}

function modified(json: ByteString, path: ByteString, again: Again): Made | undefined {
  const [head = '', name = ''] = /^@([^:|.]*)/.exec(path) ?? []
  if (!isModifier(name)) return undefined
  let rest = path.slice(head.length)
  let argument = ''
  if (rest.startsWith(':')) {
    rest = rest.slice(1)
    const end = /^[{["]/.test(rest) ? squashEnd(rest, 0) : plainArgumentEnd(rest)
    argument = rest.slice(0, end)
    rest = rest.slice(end)
  }
  return { raw: applyModifier(name, json, argument, again), rest }
}

/** Up to the first `|` outside of brackets and strings. */
function plainArgumentEnd(text: ByteString): number {
  let at = 0
  while (at < text.length && text[at] !== '|') {
    at = /[{["(]/.test(text[at]!) ? squashEnd(text, at) : at + 1
  }
  return at
}

function literal(path: ByteString): Made | undefined {
  const text = path.slice(1)
  if (/^[{["+\-0-9]/.test(text)) {
    // Whatever it begins with counts as an open bracket: it ends behind the one that is too many.
    const end = squashEnd(text, 1, 1)
    return { raw: text.slice(0, end), rest: text.slice(end) }
  }
  const name = /^[^|.]*/.exec(text)?.[0] ?? ''
  if (!/^(true|false|null|nan|inf)$/i.test(name)) return undefined
  return { raw: name, rest: text.slice(name.length) }
}

function selected(json: ByteString, path: ByteString, again: Again): Made | undefined {
  const found = selectors(path)
  if (found.rest === undefined || !/^([.|]|$)/.test(found.rest)) return undefined
  const isMap = path[0] === '{'
  const parts: ByteString[] = []
  for (const selector of found.list) {
    const result = again(json, selector.path)
    if (!exists(result)) continue
    const raw = rawOf(result)
    const value = raw === '' ? 'null' : raw
    parts.push(isMap ? `${selectedName(selector.name, selector.path)}:${value}` : value)
  }
  const inside = parts.join(',')
  return { raw: isMap ? `{${inside}}` : `[${inside}]`, rest: found.rest, isSelection: true }
}

function selectedName(name: ByteString, path: ByteString): ByteString {
  if (name === '') return quote(impliedName(path))
  return name.startsWith('"') && isValid(name) ? name : quote(name)
}

/** Where a search of an object or array ended, and whether it found the value. */
interface Ended {
  readonly at: number
  readonly hit: boolean
}

function searchObject(search: Search, start: number, path: ByteString, depth: number): Ended {
  const { json } = search
  const wanted = objectPart(path)
  if (wanted.pipe !== undefined) search.pipe = wanted.pipe
  let at = start
  while (at < json.length) {
    while (at < json.length && json[at] !== '"') {
      if (json[at] === '}') return { at: at + 1, hit: false }
      at++
    }
    if (at >= json.length) return { at, hit: false }
    const { end, closed } = stringEnd(json, at)
    if (!closed) return { at: end, hit: false }
    const key = unescape(json.slice(at + 1, end - 1))
    const fits = wanted.isWild ? matches(key, wanted.part) : key === wanted.part
    at = end
    while (at < json.length && kindAt(json, at) === undefined) at++
    if (at >= json.length) return { at, hit: false }
    const step = searchValue(search, at, fits, wanted.more, depth)
    if (step.hit || step.at < 0) return step.at < 0 ? { at: json.length, hit: false } : step
    at = step.at
  }
  return { at, hit: false }
}

/** One value: into it when the path goes on, taken when it ends here, else passed over. */
function searchValue(
  search: Search,
  at: number,
  fits: boolean,
  more: ByteString | undefined,
  depth: number,
): Ended {
  const { json } = search
  const kind = kindAt(json, at)
  if (kind === undefined) return { at: -1, hit: false }
  if (kind === 'JSON' && fits && more !== undefined) {
    if (depth > deepest) return { at: -1, hit: false }
    return json[at] === '{'
      ? searchObject(search, at + 1, more, depth + 1)
      : searchArray(search, at + 1, more, depth + 1)
  }
  const value = valueAt(json, at, kind)
  if (value === undefined) return { at: -1, hit: false }
  if (fits && more === undefined) {
    search.value = value.result
    return { at: value.end, hit: true }
  }
  return { at: value.end, hit: false }
}

function searchArray(search: Search, start: number, path: ByteString, depth: number): Ended {
  const { json } = search
  const wanted = arrayPart(path)
  if (wanted.pipe !== undefined) search.pipe = wanted.pipe
  if (wanted.query !== undefined) return runQuery(search, start, wanted, wanted.query, depth)
  const index = /^\d+$/.test(wanted.part) && !wanted.isCounting ? Number(wanted.part) : -1
  const starts: number[] = []
  let at = start
  for (let count = 0; ; count++) {
    starts.push(at)
    while (at < json.length && json[at] !== ']' && kindAt(json, at) === undefined) at++
    if (at > json.length) return { at, hit: false }
    if (at === json.length || json[at] === ']') {
      if (wanted.part !== '#') return { at: at + 1, hit: false }
      if (wanted.each === undefined) {
        search.value = { type: 'Number', raw: String(count), text: '', number: count }
      } else walkEach(search, starts, wanted.each, depth)
      return { at: at + 1, hit: true }
    }
    const step = searchValue(search, at, count === index, wanted.more, depth)
    if (step.at < 0) return { at: json.length, hit: false }
    if (step.hit) return step
    at = step.at
  }
}

function walkEach(
  search: Search,
  starts: readonly number[],
  path: ByteString,
  depth: number,
): void {
  const [each, pipe] = splitAtPipe(path)
  if (pipe !== undefined) search.pipe = pipe
  const parts: ByteString[] = []
  for (const start of starts) {
    const value = firstElement(search.json, start)
    if (value === undefined) continue
    const result = get(value.result.raw, each, depth + 1)
    if (exists(result)) parts.push(rawOf(result))
  }
  search.value = jsonResult(`[${parts.join(',')}]`)
}

function firstElement(json: ByteString, start: number): ReturnType<typeof anyValue> {
  let at = start
  while (at < json.length && ' \t\r\n'.includes(json[at]!)) at++
  return json[at] === ']' ? undefined : anyValue(json, at)
}

function runQuery(
  search: Search,
  start: number,
  wanted: ArrayPart,
  query: Query,
  depth: number,
): Ended {
  const { json } = search
  const [each, pipe] = wanted.more === undefined ? [undefined] : splitAtPipe(wanted.more)
  const all: ByteString[] = []
  let at = start
  for (;;) {
    while (at < json.length && json[at] !== ']' && kindAt(json, at) === undefined) at++
    if (at > json.length) return { at, hit: false }
    if (at === json.length || json[at] === ']') break
    const value = valueAt(json, at, kindAt(json, at) ?? 'Null')
    if (value === undefined) return { at: json.length, hit: false }
    at = value.end
    if (!passes(value.result, query, depth)) continue
    // What stands behind the pipe is asked only when something was found.
    if (pipe !== undefined) search.pipe = pipe
    const result = each === undefined ? value.result : get(value.result.raw, each, depth + 1)
    if (!query.isAll) {
      search.value = result
      return { at, hit: true }
    }
    const raw = rawOf(result)
    if (raw !== '') all.push(raw)
  }
  if (query.isAll && !exists(search.value)) search.value = jsonResult(`[${all.join(',')}]`)
  return { at: at + 1, hit: false }
}

function passes(element: Result, query: Query, depth: number): boolean {
  if (element.type !== 'JSON') return query.path === '' && compares(element, query)
  return compares(get(element.raw, query.path, depth + 1), query)
}

function compares(found: Result, query: Query): boolean {
  let value = found
  let wanted = query.value
  if (wanted.startsWith('~')) {
    const holds = likeness(found, wanted.slice(1))
    if (holds === undefined) return false
    value = { type: holds ? 'True' : 'False', raw: '', text: '', number: 0 }
    wanted = 'true'
  }
  if (!exists(value)) return false
  if (query.op === '') return true
  switch (value.type) {
    case 'String':
      return query.op.endsWith('%')
        ? matches(value.text, wanted) === (query.op === '%')
        : ordered(query.op, value.text, wanted)
    case 'Number':
      return ordered(query.op, value.number, numberOf(wanted))
    case 'True':
    case 'False':
      return orderedBool(query.op, value.type === 'True', wanted)
    default:
      return false
  }
}

function ordered<T extends string | number>(op: string, a: T, b: T): boolean {
  switch (op) {
    case '=':
      return a === b
    case '!=':
      return a !== b
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    case '>=':
      return a >= b
    default:
      return false
  }
}

/** gjson's own rules: false sorts before true, and only those two words compare. */
function orderedBool(op: string, value: boolean, wanted: ByteString): boolean {
  const own = String(value)
  const other = String(!value)
  if (op === '=') return wanted === own
  if (op === '!=') return wanted !== own
  if (op === (value ? '>' : '<')) return wanted === other
  return op === (value ? '>=' : '<=')
}

/** `~true`, `~false`, `~null`, `~*`: whether a value is like that; `undefined` for other words. */
function likeness(value: Result, word: string): boolean | undefined {
  switch (word) {
    case '*':
      return exists(value)
    case 'null':
      return value.type === 'Null'
    case 'true':
      return truth(value) === true
    case 'false':
      return value.type === 'Null' || truth(value) === false
    default:
      return undefined
  }
}

function truth(value: Result): boolean | undefined {
  switch (value.type) {
    case 'True':
      return true
    case 'False':
      return false
    case 'Number':
      return value.number !== 0
    case 'String':
      if (/^(1|t|true)$/i.test(value.text)) return true
      return /^(0|f|false)$/i.test(value.text) ? false : undefined
    default:
      return undefined
  }
}
