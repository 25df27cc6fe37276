import {
  GoMap,
  GoSlice,
  printf,
  printValue,
  quoteGo,
  runesOf,
  runeString,
  stringList,
  types,
  type ByteString,
  type GoValue,
} from '#go'

import { FunctionError } from '../template-fault.ts'
import { camelCase, separatedCase } from './case-words.ts'
import type { Args, Context, Family } from './function.ts'
import { randomIndex } from './random.ts'
import {
  explode,
  isDigit,
  isLetter,
  isLower,
  isSpace,
  isTitle,
  isUpper,
  mapRunes,
  sliceText,
  splitText,
  stringListOf,
  stringsOf,
  toLower,
  toTitle,
  toUpper,
  trimSpace,
  trimWhere,
} from './text.ts'

/** sprig's functions on strings. */
export const stringFunctions: Family = {
  hello: () => 'Hello!',
  trim: (args) => trimSpace(args.string(0)),
  upper: (args) => mapRunes(args.string(0), toUpper),
  lower: (args) => mapRunes(args.string(0), toLower),
  title: (args) => title(args.string(0)),
  untitle: (args) => untitle(args.string(0)),
  nospace: (args) => noSpace(args.string(0)),
  initials: (args) => initials(args.string(0)),
  swapcase: (args) => swapCase(args.string(0)),
  snakecase: (args) => separatedCase(args.string(0), '_'),
  kebabcase: (args) => separatedCase(args.string(0), '-'),
  camelcase: (args) => camelCase(args.string(0)),
  abbrev: (args) => (args.int(0) < 4 ? args.string(1) : abbreviate(args.string(1), 0, args.int(0))),
  abbrevboth: (args) => abbreviateBoth(args.string(2), args.int(0), args.int(1)),
  trunc: (args) => truncate(args.string(1), args.int(0)),
  substr: (args) => substring(args.int(0), args.int(1), args.string(2)),
  repeat: (args, context) => repeat(args.int(0), args.string(1), context),
  trimall: (args) => trimAll(args.string(0), args.string(1)),
  trimAll: (args) => trimAll(args.string(0), args.string(1)),
  trimSuffix: (args) => trimSuffix(args.string(0), args.string(1)),
  trimPrefix: (args) => trimPrefix(args.string(0), args.string(1)),
  contains: (args) => args.string(1).includes(args.string(0)),
  hasPrefix: (args) => args.string(1).startsWith(args.string(0)),
  hasSuffix: (args) => args.string(1).endsWith(args.string(0)),
  wrap: (args) => wrap(args.string(1), args.int(0), '\n', false),
  wrapWith: (args, context) => {
    const text = args.string(2)
    context.charge((text.length / Math.max(args.int(0), 1)) * args.string(1).length)
    return wrap(text, args.int(0), args.string(1), true)
  },
  quote: (args) => quoted(args.values, (text) => quoteGo(text)),
  squote: (args) => quoted(args.values, (text) => `'${text}'`),
  cat: (args) => cat(args.values.filter((value) => value !== null)),
  indent: (args, context) => indent(args.int(0), args.string(1), context),
  nindent: (args, context) => `\n${indent(args.int(0), args.string(1), context)}`,
  replace: (args, context) => replace(args.string(0), args.string(1), args.string(2), context),
  plural: (args) => (args.int(2) === 1 ? args.string(0) : args.string(1)),
  toString: (args: Args) => printValue(args.any(0)),
  toStrings: (args) => stringListOf(args.any(0)),
  join: (args, context) => joined(args.string(0), stringsOf(args.any(1)), context),
  sortAlpha: (args) => sortAlpha(args.any(0)),
  split: (args) => numbered(splitText(args.string(1), args.string(0), -1)),
  splitList: (args) => stringList(splitText(args.string(1), args.string(0), -1)),
  splitn: (args) => numbered(splitText(args.string(2), args.string(0), args.int(1))),
  ternary: (args) => (args.bool(2) ? args.any(0) : args.any(1)),
  shuffle: (args, context) => shuffle(args.string(0), context),
}

/** strings.Title: a letter behind anything that is no letter, digit, or underscore. */
function title(text: ByteString): ByteString {
  let before = 0x20
  return mapRunes(text, (code) => {
    const starts = isSeparator(before)
    before = code
    return starts ? toTitle(code) : code
  })
}

function isSeparator(code: number): boolean {
  if (code < 0x80) return !/\w/.test(String.fromCharCode(code))
  return !isLetter(code) && !isDigit(code) && isSpace(code)
}

function untitle(text: ByteString): ByteString {
  let starts = true
  return mapRunes(text, (code) => {
    if (isSpace(code)) {
      starts = true
      return code
    }
    const made = starts ? toLower(code) : code
    starts = false
    return made
  })
}

/** The original takes bytes for characters once something was removed, and so do we. */
function noSpace(text: ByteString): ByteString {
  const kept = text.split('').filter((char) => !isSpace(char.charCodeAt(0)))
  if (kept.length === text.length) return text
  return kept.map((char) => runeString(char.charCodeAt(0))).join('')
}

function initials(text: ByteString): ByteString {
  const out: ByteString[] = []
  let starts = true
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (isSpace(code)) starts = true
    else if (starts) {
      out.push(runeString(code))
      starts = false
    }
  }
  return out.join('')
}

function swapCase(text: ByteString): ByteString {
  let afterSpace = true
  return mapRunes(text, (code) => {
    if (isUpper(code) || isTitle(code)) {
      afterSpace = false
      return toLower(code)
    }
    if (!isLower(code)) {
      afterSpace = isSpace(code)
      return code
    }
    const made = afterSpace ? toTitle(code) : toUpper(code)
    afterSpace = false
    return made
  })
}

function abbreviateBoth(text: ByteString, left: number, right: number): ByteString {
  if (right < 4 || (left > 0 && right < 7)) return text
  return abbreviate(text, left, right)
}

function abbreviate(text: ByteString, from: number, width: number): ByteString {
  if (text.length <= width) return text
  let offset = Math.min(from, text.length)
  if (text.length - offset < width - 3) offset = text.length - (width - 3)
  if (offset <= 4) return `${text.slice(0, width - 3)}...`
  if (width < 7) return ''
  if (offset + width - 3 < text.length) return `...${abbreviate(text.slice(offset), 0, width - 3)}`
  return `...${text.slice(text.length - (width - 3))}`
}

function truncate(text: ByteString, count: number): ByteString {
  if (count < 0) return text.length + count > 0 ? text.slice(count) : text
  return text.slice(0, count)
}

function substring(start: number, end: number, text: ByteString): ByteString {
  if (start < 0) return sliceText(text, 0, end)
  if (end < 0 || end > text.length) return sliceText(text, start, text.length)
  return sliceText(text, start, end)
}

function repeat(count: number, text: ByteString, context: Context): ByteString {
  if (count < 0) throw new FunctionError('strings: negative Repeat count')
  context.charge(count * text.length)
  return text.repeat(count)
}

function trimAll(cutset: ByteString, text: ByteString): ByteString {
  const cut = new Set(runesOf(cutset))
  return trimWhere(text, (code) => cut.has(code))
}

function trimSuffix(suffix: ByteString, text: ByteString): ByteString {
  return suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text
}

function trimPrefix(prefix: ByteString, text: ByteString): ByteString {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text
}

function wrap(
  text: ByteString,
  length: number,
  lineBreak: ByteString,
  cutWords: boolean,
): ByteString {
  const width = Math.max(length, 1)
  const newLine = lineBreak === '' ? '\n' : lineBreak
  const out: ByteString[] = []
  let at = 0
  while (text.length - at > width) {
    if (text[at] === ' ') {
      at++
      continue
    }
    const blank = text.slice(at, at + width + 1).lastIndexOf(' ')
    if (blank >= 0) {
      out.push(text.slice(at, at + blank), newLine)
      at += blank + 1
    } else if (cutWords) {
      out.push(text.slice(at, at + width), newLine)
      at += width
    } else {
      const next = text.indexOf(' ', at + width)
      if (next < 0) break
      out.push(text.slice(at, next), newLine)
      at = next + 1
    }
  }
  out.push(text.slice(at))
  return out.join('')
}

function quoted(values: Args['values'], quote: (text: ByteString) => ByteString): ByteString {
  return values
    .filter((value) => value !== null)
    .map((value) => quote(printValue(value)))
    .join(' ')
}

function cat(values: readonly GoValue[]): ByteString {
  const format = values.map(() => '%v').join(' ')
  return printf(format, values)
}

function indent(count: number, text: ByteString, context: Context): ByteString {
  if (count < 0) throw new FunctionError('strings: negative Repeat count')
  const lines = text.split('\n')
  context.charge(count * lines.length)
  const pad = ' '.repeat(count)
  return pad + lines.join(`\n${pad}`)
}

function replace(from: ByteString, to: ByteString, text: ByteString, context: Context): ByteString {
  const parts = from === '' ? ['', ...explode(text), ''] : text.split(from)
  context.charge(parts.length * to.length)
  return from === '' && text === '' ? to : parts.join(to)
}

function joined(separator: ByteString, parts: readonly ByteString[], context: Context): ByteString {
  context.charge(separator.length * parts.length)
  return parts.join(separator)
}

function sortAlpha(value: GoValue): GoSlice {
  if (value === null || !(value instanceof GoSlice)) return stringList([printValue(value)])
  const strings = stringListOf(value)
  strings.items.sort((a, b) => (printValue(a) < printValue(b) ? -1 : 1))
  return strings
}

/** `_0`, `_1` …, as split and splitn name their parts. */
function numbered(parts: readonly ByteString[]): GoMap {
  return new GoMap(
    types.mapOfString,
    parts.map((part, i) => [`_${i}`, part] as const),
  )
}

function shuffle(text: ByteString, context: Context): ByteString {
  const runes = runesOf(text)
  for (let i = runes.length - 1; i > 0; i--) {
    const other = randomIndex(i + 1, context)
    const kept = runes[i] ?? 0
    runes[i] = runes[other] ?? 0
    runes[other] = kept
  }
  return runes.map(runeString).join('')
}
