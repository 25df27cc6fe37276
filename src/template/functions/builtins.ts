import {
  GoInt,
  GoMap,
  GoSlice,
  int,
  printf,
  printValue,
  runeAt,
  sprint,
  sprintln,
  typeOf,
  types,
  type ByteString,
  type GoValue,
} from '#go'

import { equalsAny, isLess, isTrue } from '../compare.ts'
import { FunctionError } from '../template-fault.ts'
import type { Args, Context, Family } from './function.ts'

function isLessOrEqual(a: GoValue, b: GoValue): boolean {
  return isLess(a, b) || equalsAny(a, [b])
}

/** Go's own functions. `and` and `or` stop early, so the evaluator runs them itself. */
export const builtins: Family = {
  and: (args) => args.values.find((value) => !isTrue(value)) ?? args.values.at(-1) ?? null,
  or: (args) => args.values.find(isTrue) ?? args.values.at(-1) ?? null,
  not: (args) => !isTrue(args.any(0)),
  len: (args) => int(lengthOf(args.any(0))),
  index: (args) => args.rest(1).reduce<GoValue>(indexOne, indexable(args.any(0))),
  call: () => {
    throw new FunctionError('non-function of type')
  },
  print: (args, context) => charged(sprint(args.values), context),
  printf: (args, context) => printf(args.string(0), args.rest(1), context),
  println: (args, context) => charged(sprintln(args.values), context),
  html: (args) => escapeHtml(joined(args)),
  js: (args) => escapeJs(joined(args)),
  urlquery: (args) => escapeQuery(joined(args)),
  eq: (args) => equalsAny(args.any(0), args.rest(1)),
  ne: (args) => !equalsAny(args.any(0), [args.any(1)]),
  lt: (args) => isLess(args.any(0), args.any(1)),
  le: (args) => isLessOrEqual(args.any(0), args.any(1)),
  gt: (args) => !isLessOrEqual(args.any(0), args.any(1)),
  ge: (args) => !isLess(args.any(0), args.any(1)),
}

function charged(text: ByteString, context: Context): ByteString {
  context.charge(text.length)
  return text
}

function lengthOf(value: GoValue): number {
  if (typeof value === 'string') return value.length
  if (value instanceof GoMap) return value.entries.size
  if (value instanceof GoSlice) return value.items.length
  throw new FunctionError(`len of type ${typeOf(value).name}`)
}

function indexable(value: GoValue): GoValue {
  if (value === null) throw new FunctionError('index of untyped nil')
  return value
}

function indexOne(item: GoValue, index: GoValue): GoValue {
  if (item === null) throw new FunctionError('index of nil pointer')
  if (item instanceof GoMap) {
    if (typeof index !== 'string') {
      throw new FunctionError(`value has type ${typeOf(index).name}; should be string`)
    }
    const found = item.entries.get(index)
    if (found !== undefined) return found
    return zeroOf(item)
  }
  if (typeof item !== 'string' && !(item instanceof GoSlice)) {
    throw new FunctionError(`can't index item of type ${typeOf(item).name}`)
  }
  if (!(index instanceof GoInt)) {
    throw new FunctionError(`cannot index slice/array with type ${typeOf(index).name}`)
  }
  const size = typeof item === 'string' ? item.length : item.items.length
  if (index.value < 0n || index.value >= BigInt(size)) throw new FunctionError('index out of range')
  const at = Number(index.value)
  if (typeof item === 'string') return new GoInt(item.charCodeAt(at), types.uint8)
  return item.items[at] ?? null
}

/** The zero value of a map's element type. */
function zeroOf(map: GoMap): GoValue {
  return map.type.elem?.kind === 'string' ? '' : null
}

/** One text of all arguments, as html, js and urlquery take them. */
function joined(args: Args): ByteString {
  const [first] = args.values
  if (args.length === 1 && typeof first === 'string') return first
  return sprint(args.values.map((value) => value ?? '<no value>'))
}

const htmlEscapes: ReadonlyMap<string, string> = new Map([
  ['\0', '\xef\xbf\xbd'],
  ['"', '&#34;'],
  ["'", '&#39;'],
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
])

function escapeHtml(text: ByteString): ByteString {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\0"'&<>]/g, (char) => htmlEscapes.get(char) ?? char)
}

const jsEscapes: ReadonlyMap<number, string> = new Map([
  [0x5c, '\\\\'],
  [0x27, "\\'"],
  [0x22, '\\"'],
  [0x3c, '\\u003C'],
  [0x3e, '\\u003E'],
  [0x26, '\\u0026'],
  [0x3d, '\\u003D'],
])

const unprintable = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Zl}\p{Zp}\p{Zs}]/u

function escapeJs(text: ByteString): ByteString {
  const out: ByteString[] = []
  for (let at = 0; at < text.length;) {
    const { code, width } = runeAt(text, at)
    const isPlain = code >= 0x20 && !(code >= 0x80 && unprintable.test(String.fromCodePoint(code)))
    out.push(
      jsEscapes.get(code) ??
        (isPlain
          ? text.slice(at, at + width)
          : `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`),
    )
    at += width
  }
  return out.join('')
}

/** url.QueryEscape. */
export function escapeQuery(text: ByteString): ByteString {
  return text.replace(/[^A-Za-z0-9\-_.~]/g, (char) =>
    char === ' ' ? '+' : `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}

/** The text that a value is printed as, nil as Go's templates print it. */
export function printable(value: GoValue): ByteString {
  return value === null ? '<no value>' : printValue(value)
}
