/**
 * What values a kind's fields may have, as data: values grow from it, and edits of a value that is there
 * already follow it. Pools are small, so that two authors often say the same, and often something else.
 */
import type { Dice } from '../fuzz/random.ts'

export type Json = null | boolean | number | string | readonly Json[] | JsonMap
export interface JsonMap {
  readonly [key: string]: Json
}

export type Grammar =
  | { readonly is: 'one'; readonly of: readonly Json[] }
  | {
      readonly is: 'map'
      readonly fields: Readonly<Record<string, Grammar>>
      /** What a whole object cannot be without. */
      readonly always: readonly string[]
    }
  | {
      readonly is: 'list'
      readonly of: Grammar
      /** What tells items apart; empty: the item itself. Absent: nothing does. */
      readonly keys?: readonly string[]
      /** The one key a strategic merge patch goes by. */
      readonly mergeKey?: string
      readonly most: number
      /** Items are whole in parts of an object, too. */
      readonly whole?: boolean
    }

/** One of some values. */
export const one = (...of: readonly Json[]): Grammar => ({ is: 'one', of })

/** Named fields; those whose name ends in `!` are always in a whole object. */
export function map(fields: Readonly<Record<string, Grammar>>): Grammar {
  const bare = Object.entries(fields).map(([name, inner]): [string, Grammar] => [
    name.replace(/!$/, ''),
    inner,
  ])
  const always = Object.keys(fields).filter((name) => name.endsWith('!'))
  return { is: 'map', fields: Object.fromEntries(bare), always: always.map((n) => n.slice(0, -1)) }
}

/** A list that is one value. */
export const list = (of: Grammar, most = 3): Grammar => ({ is: 'list', of, most })
/** A list of values, each once. */
export const set = (of: Grammar, most = 3): Grammar => ({ is: 'list', of, keys: [], most })
/** A list of items told apart by `keys`. */
export function keyed(keys: readonly string[], of: Grammar, mergeKey = '', most = 3): Grammar {
  const whole = of.is === 'map' ? { ...of, always: [...new Set([...of.always, ...keys])] } : of
  return { is: 'list', of: whole, keys, most, ...(mergeKey === '' ? {} : { mergeKey }) }
}

/** How a value grows. */
export interface Growth {
  readonly dice: Dice
  /** How likely each field that may be absent is there. */
  readonly density: number
  /** A part of an object, as appliers send it: no field must be there. */
  readonly partial: boolean
  /** How likely each value is one that does not belong there. */
  readonly oddity: number
}

const odd: readonly Json[] = [null, {}, [], '', 'odd', 7, true, { odd: 'x' }, ['odd']]

export function grow(grammar: Grammar, growth: Growth): Json {
  const { dice, oddity } = growth
  if (oddity > 0 && dice.chance(oddity)) return dice.pick(odd)
  switch (grammar.is) {
    case 'one':
      return dice.pick(grammar.of)
    case 'map':
      return growMap(grammar, growth)
    case 'list':
      return growList(grammar, growth)
  }
}

function growMap(
  grammar: Grammar & { is: 'map' },
  growth: Growth,
  needed: readonly string[] = [],
): JsonMap {
  const { dice, density, partial, oddity } = growth
  const isThere = (name: string): boolean =>
    needed.includes(name) || (!partial && grammar.always.includes(name)) || dice.chance(density)
  const drawn = Object.entries(grammar.fields).filter(([name]) => isThere(name))
  const isBare = drawn.length === 0 && grammar.always.length > 0
  const entries = (isBare ? Object.entries(pickOf(grammar.fields, grammar.always)) : drawn).map(
    ([name, inner]): [string, Json] => [name, grow(inner, growth)],
  )
  if (oddity > 0 && dice.chance(oddity)) entries.push(['unheard', dice.pick(odd)])
  return Object.fromEntries(entries)
}

function pickOf<T>(from: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)))
}

function growList(grammar: Grammar & { is: 'list' }, growth: Growth): Json {
  const { dice } = growth
  const least = growth.partial ? 0 : 1
  const count = dice.chance(0.06) ? 0 : least + dice.below(grammar.most + 1 - least)
  const items: Json[] = []
  for (let i = 0; i < count; i++) {
    const item = growItem(grammar, growth)
    const isTwice = items.some((other) => idOf(grammar, other) === idOf(grammar, item))
    if (grammar.keys === undefined || !isTwice || dice.chance(growth.oddity)) items.push(item)
  }
  return items
}

/** An item of a list: with its keys, if it has some. */
export function growItem(grammar: Grammar & { is: 'list' }, growth: Growth): Json {
  if (grammar.of.is !== 'map' || growth.dice.chance(growth.oddity)) return grow(grammar.of, growth)
  if (grammar.whole === true) return growMap(grammar.of, { ...growth, partial: false })
  return growMap(grammar.of, growth, grammar.keys)
}

/** What tells an item of a list with keys from others. */
export function idOf(grammar: Grammar & { is: 'list' }, item: Json): string {
  const keys = grammar.keys ?? []
  if (keys.length === 0 || !isMap(item)) return JSON.stringify(item)
  return JSON.stringify(keys.map((key) => item[key] ?? null))
}

export function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}
