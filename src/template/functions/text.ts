import {
  GoSlice,
  printValue,
  runesOf,
  runeString,
  stringList,
  types,
  type ByteString,
  type GoValue,
} from '#go'

import { FunctionError } from '../template-fault.ts'

/** unicode.IsSpace. */
export function isSpace(code: number): boolean {
  if (code < 0x100)
    return (code >= 9 && code <= 13) || code === 32 || code === 0x85 || code === 0xa0
  return /\p{Zs}|\u2028|\u2029/u.test(String.fromCodePoint(code))
}

/** A mapping that stays within one character, as Go's simple case mappings do. */
function simple(code: number, mapped: string): number {
  const to = mapped.codePointAt(0) ?? code
  return mapped.length === String.fromCodePoint(to).length ? to : code
}

function isCased(code: number): boolean {
  return code < 0xd800 || (code > 0xdfff && code <= 0x10ffff)
}

/** unicode.ToUpper. */
export function toUpper(code: number): number {
  return isCased(code) ? simple(code, String.fromCodePoint(code).toUpperCase()) : code
}

/** unicode.ToLower. */
export function toLower(code: number): number {
  if (code === 0x130) return 0x69
  return isCased(code) ? simple(code, String.fromCodePoint(code).toLowerCase()) : code
}

/** unicode.ToTitle: unlike upper case only for the four Latin digraphs. */
export function toTitle(code: number): number {
  for (const title of [0x1c5, 0x1c8, 0x1cb, 0x1f2]) {
    if (Math.abs(code - title) <= 1) return title
  }
  return toUpper(code)
}

const property = (pattern: RegExp) => (code: number) => pattern.test(String.fromCodePoint(code))

export const isUpper: (code: number) => boolean = property(/\p{Lu}/u)
export const isLower: (code: number) => boolean = property(/\p{Ll}/u)
export const isTitle: (code: number) => boolean = property(/\p{Lt}/u)
export const isLetter: (code: number) => boolean = property(/\p{L}/u)
export const isDigit: (code: number) => boolean = property(/\p{Nd}/u)
export const isPunctuation: (code: number) => boolean = property(/\p{P}/u)
export const isNumber: (code: number) => boolean = property(/\p{N}/u)

/** Every character through `each`. */
export function mapRunes(text: ByteString, each: (code: number) => number): ByteString {
  return runesOf(text)
    .map((code) => runeString(each(code)))
    .join('')
}

/** strings.TrimSpace. */
export function trimSpace(text: ByteString): ByteString {
  return trimWhere(text, isSpace)
}

/** strings.TrimFunc. */
export function trimWhere(text: ByteString, cut: (code: number) => boolean): ByteString {
  const runes = runesOf(text)
  if (runes.includes(0xfffd)) return trimBytes(text, cut)
  let start = 0
  let end = runes.length
  while (start < end && cut(runes[start] ?? 0)) start++
  while (end > start && cut(runes[end - 1] ?? 0)) end--
  return runes.slice(start, end).map(runeString).join('')
}

function trimBytes(text: ByteString, cut: (code: number) => boolean): ByteString {
  let start = 0
  let end = text.length
  while (start < end && text.charCodeAt(start) < 0x80 && cut(text.charCodeAt(start))) start++
  while (end > start && text.charCodeAt(end - 1) < 0x80 && cut(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

/** Characters of a text, each with its own bytes. */
export function explode(text: ByteString): ByteString[] {
  const parts: ByteString[] = []
  for (let at = 0; at < text.length;) {
    const width = widthAt(text, at)
    parts.push(text.slice(at, at + width))
    at += width
  }
  return parts
}

function widthAt(text: ByteString, at: number): number {
  if (text.charCodeAt(at) < 0x80) return 1
  const [code = 0xfffd] = runesOf(text.slice(at, at + 4))
  return code === 0xfffd && text.slice(at, at + 3) !== '\xef\xbf\xbd' ? 1 : runeString(code).length
}

/** strings.SplitN: all parts when `limit` is negative, none when it is 0. */
export function splitText(text: ByteString, separator: ByteString, limit: number): ByteString[] {
  if (limit === 0) return []
  const all = separator === '' ? explode(text) : text.split(separator)
  if (limit < 0 || all.length <= limit) return all
  return [...all.slice(0, limit - 1), all.slice(limit - 1).join(separator)]
}

/** sprig's strslice: any list as strings, without nil; anything else as a list of one. */
export function stringsOf(value: GoValue): ByteString[] {
  if (value === null) return []
  if (!(value instanceof GoSlice)) return [printValue(value)]
  return value.items.filter((item) => item !== null).map(printValue)
}

/** The list itself when it is one of strings already, else a new one. */
export function stringListOf(value: GoValue): GoSlice {
  if (value instanceof GoSlice && value.type.name === types.listOfString.name) return value
  return stringList(stringsOf(value))
}

/** `text[start:end]` with Go's panic as an error. */
export function sliceText(text: ByteString, start: number, end: number): ByteString {
  if (start < 0 || end < start || end > text.length) {
    throw new FunctionError('slice bounds out of range')
  }
  return text.slice(start, end)
}
