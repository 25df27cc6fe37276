import { GoMap, GoNamed, GoObject, GoSlice, type ByteString, type GoValue } from '#go'

import { FunctionError } from './template-fault.ts'

/** How deep values may nest where a function goes through all of them. */
const deepest = 500

/** Functions that look at no more than the first layer of what they are given. */
const shallow: ReadonlySet<string> = new Set(
  `
  list tuple dict index get set unset hasKey keys values pick omit pluck dig first last
  rest initial append push prepend concat chunk slice reverse compact mustFirst mustLast
  mustRest mustInitial mustAppend mustPush mustPrepend mustChunk mustSlice mustReverse
  mustCompact len not and or any all empty default coalesce ternary kindOf kindIs typeOf
  typeIs typeIsLike required fail
`
    .trim()
    .split(/\s+/),
)

/**
 * What it costs to hand these values to a function, in bytes of work. A value that stands in many
 * places counts in each, since whoever prints or compares it goes there each time: thirty lists of
 * two can stand for a billion.
 *
 * @throws FunctionError when that is more than `most`, or too deep (a map may hold itself).
 */
export function readingCost(name: string, values: readonly GoValue[], most: number): number {
  let cost = 0
  for (const value of values) {
    if (typeof value === 'string') cost += value.length / 8
    else if (!shallow.has(name)) cost = walk(value, cost, most, 0)
    else if (value instanceof GoSlice) cost += value.items.length
    else if (value instanceof GoMap) cost += value.entries.size
  }
  return cost
}

/** What it costs to hold a value beside its entries, in bytes of work; about a quarter of the memory. */
export function keepingCost(value: GoValue): number {
  if (value instanceof GoMap) return mapCost
  return value instanceof GoSlice ? listCost : 0
}

const mapCost = 96
const listCost = 24

/** What a text of JSON or YAML comes to when it is read, in bytes of work. */
export function decodingCost(text: ByteString): number {
  let cost = text.length
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x7b) cost += mapCost
    else if (code === 0x5b || code === 0x0a) cost += listCost
    else if (code === 0x2c || code === 0x2d) cost += 4
  }
  return cost
}

function walk(value: GoValue, before: number, most: number, depth: number): number {
  if (typeof value === 'string') return before + value.length
  if (typeof value !== 'object' || value === null) return before + 1
  let cost = before + 1
  if (depth > deepest) throw new FunctionError('nested too deeply', 'limit')
  if (cost > most) throw new FunctionError(`goes through more than ${most} bytes`, 'limit')
  if (value instanceof GoSlice) {
    for (const item of value.items) cost = walk(item, cost, most, depth + 1)
  } else if (value instanceof GoMap) {
    for (const [key, entry] of value.entries) {
      cost = walk(entry, cost + key.length, most, depth + 1)
    }
  } else if (value instanceof GoNamed) return walk(value.base, cost, most, depth + 1)
  else if (value instanceof GoObject) {
    for (const entry of value.fields.values()) cost = walk(entry, cost, most, depth + 1)
  }
  return cost
}
