import type { ByteString } from '../byte-string.ts'
import { compareBytes } from '../value.ts'
import { forEach, isArray, isObjectResult, parseResult, unescape, type Result } from './scan.ts'

// eslint-disable-next-line no-control-regex
const stringOrBlanks = /("(?:[^"\\]|\\.)*"?)|[\x00-\x20]+/gs

/** The JSON text without blanks outside of strings. */
export function ugly(json: ByteString): ByteString {
  return json.replace(stringOrBlanks, (_all, text?: string) => text ?? '')
}

export interface PrettyOptions {
  readonly indent: string
  readonly prefix: string
  readonly sortKeys: boolean
  /** Lists that fit into so many columns stay on one line. */
  readonly width: number
}

/** The JSON text laid out over lines, as tidwall/pretty does. */
export function pretty(json: ByteString, options: PrettyOptions): ByteString {
  const text = layOut(parseResult(json), options, 0, 0)
  return text === '' ? '' : `${options.prefix}${text}\n`
}

function layOut(value: Result, options: PrettyOptions, depth: number, column: number): ByteString {
  if (isArray(value)) return layOutArray(value, options, depth, column)
  if (!isObjectResult(value)) return value.raw
  const pairs: { readonly key: Result; readonly value: Result }[] = []
  forEach(value, (key, entry) => void pairs.push({ key, value: entry }))
  if (pairs.length === 0) return '{}'
  if (options.sortKeys) {
    pairs.sort((a, b) => compareBytes(unescape(a.key.text), unescape(b.key.text)))
  }
  const inner = options.prefix + options.indent.repeat(depth + 1)
  const lines = pairs.map(({ key, value: entry }) => {
    const start = `${inner}${key.raw}: `
    return start + layOut(entry, options, depth + 1, start.length)
  })
  return `{\n${lines.join(',\n')}\n${options.prefix}${options.indent.repeat(depth)}}`
}

function layOutArray(
  value: Result,
  options: PrettyOptions,
  depth: number,
  column: number,
): ByteString {
  const items: Result[] = []
  forEach(value, (_key, item) => void items.push(item))
  if (items.length === 0) return '[]'
  if (!items.some((item) => item.type === 'JSON' && isObjectResult(item))) {
    const line = oneLine(value)
    if (column + line.length <= options.width) return line
  }
  const inner = options.prefix + options.indent.repeat(depth + 1)
  const lines = items.map((item) => inner + layOut(item, options, depth + 1, inner.length))
  return `[\n${lines.join(',\n')}\n${options.prefix}${options.indent.repeat(depth)}]`
}

function oneLine(value: Result): ByteString {
  if (!isArray(value)) return value.type === 'JSON' ? ugly(value.raw) : value.raw
  const items: ByteString[] = []
  forEach(value, (_key, item) => void items.push(oneLine(item)))
  return `[${items.join(', ')}]`
}
