/** What substitution does to the value of a variable. Values are Go's strings: bytes. */
import { runesOf, runeString, type ByteString } from '#go'

import { maxBytes, SubstitutionFault } from './envsubst.ts'
import type { Budget } from './budget.ts'
import { fittingStart } from './glob.ts'

/** @throws SubstitutionFault when it takes more than is left. */
export function operate(
  operation: string,
  value: ByteString,
  operands: readonly ByteString[],
  budget: Budget,
): ByteString {
  const [first = '', second = ''] = operands
  const isDefault = operation === '' || /^:?[-+=?]$/.test(operation)
  if (!isDefault) budget.step(value.length + searchSteps(value, first))
  const cut = (text: ByteString, pattern: ByteString, which: 'shortest' | 'longest'): ByteString =>
    text.slice(fittingStart(pattern, text, which, (count) => budget.step(count)))
  switch (operation) {
    case ',':
      return onFirst(value, lower)
    case ',,':
      return onAll(value, lower)
    case '^':
      return onFirst(value, upper)
    case '^^':
      return onAll(value, upper)
    case '#':
      return operands.length === 0 ? String(value.length) : cut(value, first, 'shortest')
    case '##':
      return cut(value, first, 'longest')
    case '%':
      return reverse(cut(reverse(value), reverse(first), 'shortest'))
    case '%%':
      return reverse(cut(reverse(value), reverse(first), 'longest'))
    case ':':
      return part(value, operands)
    case '/':
      return value.replace(first, () => second)
    case '//':
      return replaceAll(value, first, second)
    case '/#':
      return operands.length === 2 && value.startsWith(first)
        ? second + value.slice(first.length)
        : value
    case '/%':
      return operands.length === 2 && value.endsWith(first)
        ? value.slice(0, value.length - first.length) + second
        : value
    default:
      return value === '' ? operands.join('') : value
  }
}

/** An empty pattern, which a variable may hold, stands before every character and behind the last. */
function replaceAll(value: ByteString, pattern: ByteString, by: ByteString): ByteString {
  const parts = pattern === '' ? ['', ...runesOf(value).map(runeString), ''] : value.split(pattern)
  const size = value.length + (parts.length - 1) * by.length
  if (size > maxBytes) throw new SubstitutionFault('exec', `makes more than ${maxBytes} bytes`)
  return parts.join(by)
}

function upper(code: number): number {
  return single(String.fromCodePoint(code).toUpperCase()) ?? code
}

function lower(code: number): number {
  return single(String.fromCodePoint(code).toLowerCase()) ?? code
}

/** Go maps a character to one character; where JavaScript gives several, it stays. */
function single(text: string): number | undefined {
  const code = text.codePointAt(0)
  return code !== undefined && String.fromCodePoint(code) === text ? code : undefined
}

function onAll(value: ByteString, map: (code: number) => number): ByteString {
  return runesOf(value)
    .map((code) => runeString(map(code)))
    .join('')
}

function onFirst(value: ByteString, map: (code: number) => number): ByteString {
  const [code, ...rest] = runesOf(value)
  return code === undefined ? '' : [map(code), ...rest].map(runeString).join('')
}

function reverse(value: ByteString): ByteString {
  return runesOf(value).reverse().map(runeString).join('')
}

/** To look for a long text may take as long as both together, multiplied. */
function searchSteps(value: ByteString, wanted: ByteString): number {
  return wanted.length < 1024 ? 0 : Math.ceil((value.length * wanted.length) / 256)
}

function integer(text: ByteString): number | undefined {
  return /^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined
}

/** `${var:offset}` and `${var:offset:length}`, in bytes; what is no number leaves the value. */
function part(value: ByteString, [offset = '', length]: readonly ByteString[]): ByteString {
  const wanted = integer(offset)
  if (wanted === undefined) return value
  const from = wanted < 0 ? Math.max(0, value.length + wanted) : wanted
  if (length === undefined) return value.slice(from)
  const size = integer(length)
  if (size === undefined) return value
  const to = size < 0 ? value.length + size : from + size
  return to < from ? '' : value.slice(from, to)
}
