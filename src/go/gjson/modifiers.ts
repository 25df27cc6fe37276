import type { ByteString } from '../byte-string.ts'
import { pretty, ugly } from './pretty.ts'
import {
  exists,
  forEach,
  isArray,
  isObjectResult,
  isValid,
  parseResult,
  quote,
  rawOf,
  trimmed,
  resultText,
  type Result,
} from './scan.ts'

/** Asks a path of a JSON text; given by the caller, since modifiers and paths need each other. */
export type Get = (json: ByteString, path: ByteString) => Result

/** What `@name:argument` makes of a JSON text. */
export function applyModifier(
  name: string,
  json: ByteString,
  argument: ByteString,
  get: Get,
): ByteString {
  switch (name) {
    case 'pretty':
      return prettyBy(json, argument)
    case 'ugly':
      return ugly(json)
    case 'reverse':
      return reversed(json)
    case 'flatten':
      return flatten(json, flag(argument, 'deep'))
    case 'join':
      return join(json, flag(argument, 'preserve'))
    case 'valid':
      return isValid(json) ? json : ''
    case 'keys':
      return keys(json)
    case 'values':
      return values(json)
    case 'tostr':
      return quote(json)
    case 'fromstr':
      return isValid(json) ? resultText(parseResult(json)) : ''
    case 'group':
      return group(json)
    case 'dig':
      return `[${dig(parseResult(json), argument, get, 0).map(rawOf).join(',')}]`
    default:
      return json
  }
}

/** Options of a modifier: every entry of its JSON argument. */
function options(argument: ByteString): ReadonlyMap<string, Result> {
  const found = new Map<string, Result>()
  const parsed = parseResult(argument)
  if (isObjectResult(parsed)) forEach(parsed, (key, value) => void found.set(key.text, value))
  return found
}

function flag(argument: ByteString, name: string): boolean {
  const value = options(argument).get(name)
  if (value === undefined) return false
  if (value.type === 'String') return /^(1|t|true)$/i.test(value.text)
  return value.type === 'True' || (value.type === 'Number' && value.number !== 0)
}

function prettyBy(json: ByteString, argument: ByteString): ByteString {
  const given = options(argument)
  const indent = given.get('indent')
  const prefix = given.get('prefix')
  return pretty(json, {
    indent: indent === undefined ? '  ' : resultText(indent).replace(/[^ \t\r\n]/g, ''),
    prefix: prefix === undefined ? '' : resultText(prefix).replace(/[^ \t\r\n]/g, ''),
    sortKeys: flag(argument, 'sortKeys'),
    width: wholeOf(given.get('width'), 80),
  })
}

function wholeOf(value: Result | undefined, otherwise: number): number {
  if (value === undefined) return otherwise
  if (value.type === 'String') return /^-?\d+$/.test(value.text) ? Number(value.text) : 0
  return value.type === 'True' ? 1 : Math.trunc(value.number)
}

function reversed(json: ByteString): ByteString {
  const result = parseResult(json)
  const isMap = isObjectResult(result)
  if (!isMap && !isArray(result)) return json
  const parts: ByteString[] = []
  forEach(result, (key, value) => void parts.push(isMap ? `${key.raw}:${value.raw}` : value.raw))
  const inside = parts.reverse().join(',')
  return isMap ? `{${inside}}` : `[${inside}]`
}

/** A JSON text without its outer brackets. */
function inside(json: ByteString): ByteString {
  const text = trimmed(json)
  return /^[[{]/.test(text) && text.length >= 2 ? text.slice(1, -1) : text
}

function flatten(json: ByteString, isDeep: boolean): ByteString {
  const result = parseResult(json)
  if (!isArray(result)) return json
  const parts: ByteString[] = []
  forEach(result, (_key, value) => {
    const raw = isArray(value) ? inside(isDeep ? flatten(value.raw, true) : value.raw) : value.raw
    if (trimmed(raw) !== '') parts.push(trimmed(raw))
  })
  return `[${parts.join(',')}]`
}

function join(json: ByteString, preserve: boolean): ByteString {
  const result = parseResult(json)
  if (!isArray(result)) return json
  const all: ByteString[] = []
  const byKey = new Map<ByteString, readonly [ByteString, ByteString]>()
  forEach(result, (_key, value) => {
    if (!isObjectResult(value)) return
    all.push(inside(value.raw))
    forEach(value, (key, entry) => {
      byKey.set(key.text, [byKey.get(key.text)?.[0] ?? key.raw, entry.raw])
    })
  })
  const parts = preserve ? all : [...byKey.values()].map(([key, raw]) => `${key}:${raw}`)
  return `{${parts.join(',')}}`
}

function keys(json: ByteString): ByteString {
  const result = parseResult(json)
  if (!exists(result)) return '[]'
  const isMap = isObjectResult(result)
  const parts: ByteString[] = []
  forEach(result, (key) => void parts.push(isMap ? key.raw : 'null'))
  return `[${parts.join(',')}]`
}

function values(json: ByteString): ByteString {
  const result = parseResult(json)
  if (!exists(result)) return '[]'
  if (isArray(result)) return json
  const parts: ByteString[] = []
  forEach(result, (_key, value) => void parts.push(value.raw))
  return `[${parts.join(',')}]`
}

function group(json: ByteString): ByteString {
  const result = parseResult(json)
  if (!isObjectResult(result)) return ''
  const rows: ByteString[][] = []
  forEach(result, (key, value) => {
    if (!isArray(value)) return
    let index = 0
    forEach(value, (_key, item) => {
      const row = (rows[index] ??= [])
      row.push(`${key.raw}:${item.raw}`)
      index++
    })
  })
  return `[${rows.map((row) => `{${row.join(',')}}`).join(',')}]`
}

// Deeper than any JSON a person means, and far from the end of the stack.
const deepest = 500

function dig(value: Result, path: ByteString, get: Get, depth: number): Result[] {
  const own = get(value.raw, path)
  const found = exists(own) ? [own] : []
  if (depth < deepest && (isArray(value) || isObjectResult(value))) {
    forEach(value, (_key, child) => void found.push(...dig(child, path, get, depth + 1)))
  }
  return found
}
