/** Functions of lists. */
import { CelError } from './cel-error.ts'
import { keyText, operators } from './run-operators.ts'
import {
  Duration,
  Entries,
  equal,
  isMapLike,
  List,
  Moment,
  Optional,
  order,
  Uint,
  type Value,
  type Run,
} from './values.ts'

const ofList =
  (work: (items: readonly Value[], args: readonly Value[]) => Value | undefined): Run =>
  ([list, ...args]) =>
    list instanceof List ? work(list.items, args) : undefined

const ofLists =
  (work: (a: readonly Value[], b: readonly Value[]) => Value): Run =>
  ([a, b]) =>
    a instanceof List && b instanceof List ? work(a.items, b.items) : undefined

function extreme(items: readonly Value[], sign: number, name: string): Value | undefined {
  const [first, ...rest] = items
  if (first === undefined) throw new CelError(`${name} called on empty list`)
  let best = first
  for (const one of rest) {
    const found = order(one, best)
    if (found === undefined) return undefined
    if (found * sign > 0) best = one
  }
  return best
}

function total(items: readonly Value[]): Value | undefined {
  const [first, ...rest] = items
  if (first === undefined) return 0n
  let sum: Value = first
  for (const one of rest) {
    const next = operators['_+_']?.([sum, one])
    if (next === undefined) return undefined
    sum = next
  }
  return sum
}

const holds = (items: readonly Value[], one: Value): boolean =>
  items.some((item) => equal(item, one))
const contains = (a: readonly Value[], b: readonly Value[]): boolean =>
  b.every((one) => holds(a, one))

// What has an identity is looked up; only the rest is held against one another.
function distinct(items: readonly Value[]): Value[] {
  const seen = new Set<string>()
  const others: Value[] = []
  return items.filter((one) => {
    const id = identityOf(one)
    if (id !== undefined && seen.has(id)) return false
    if (holds(others, one)) return false
    if (id === undefined) others.push(one)
    else seen.add(id)
    return true
  })
}

/** A text that equal scalars share, and no others; undefined for what is no scalar, and for what equals nothing. */
function identityOf(value: Value): string | undefined {
  if (typeof value === 'string') return `text ${value}`
  if (typeof value === 'boolean' || value === null) return String(value)
  if (typeof value === 'number') return numberIdentity(value)
  if (typeof value === 'bigint') return `number ${value}`
  if (value instanceof Uint) return `number ${value.value}`
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`
  if (value instanceof Duration) return `duration ${value.nanos}`
  if (value instanceof Moment) return `moment ${value.nanos}`
  return undefined
}

// Numbers are compared by what they are, whatever their type.
function numberIdentity(value: number): string | undefined {
  if (Number.isNaN(value)) return undefined
  return `number ${Number.isInteger(value) ? BigInt(value) : value}`
}

function sliced(items: readonly Value[], [from, to]: readonly Value[]): Value | undefined {
  if (typeof from !== 'bigint' || typeof to !== 'bigint') return undefined
  const [start, end] = [Number(from), Number(to)]
  if (start < 0 || end < 0) {
    throw new CelError(`cannot slice(${start}, ${end}), negative indexes not supported`)
  }
  if (start > end) {
    throw new CelError(
      `cannot slice(${start}, ${end}), start index must be less than or equal to end index`,
    )
  }
  if (items.length < end) {
    throw new CelError(`cannot slice(${start}, ${end}), list is length ${items.length}`)
  }
  return new List(items.slice(start, end))
}

function flat(items: readonly Value[], depth: bigint): Value[] {
  return items.flatMap((one) =>
    one instanceof List && depth > 0n ? flat(one.items, depth - 1n) : [one],
  )
}

function sorted(items: readonly Value[], keys: readonly Value[]): Value {
  const pairs = items.map((item, i): readonly [Value, Value] => [item, keys[i] ?? null])
  return new List(
    pairs
      .sort(([, a], [, b]) => {
        const found = order(a, b)
        if (found === undefined) throw new CelError('no such overload')
        return found
      })
      .map(([item]) => item),
  )
}

// What a loop gathers grows in place: nobody else has seen it yet.
function insert(map: Entries, key: Value, value: Value): void {
  if (map.find(key) !== undefined) {
    throw new CelError(`insert failed: key ${keyText(key)} already exists`)
  }
  map.add(key, value)
}

const mostRange = 1_000_000

export const lists: Readonly<Record<string, Run>> = {
  isSorted: ofList((items) => {
    for (let i = 1; i < items.length; i++) {
      const found = order(items[i - 1] ?? null, items[i] ?? null)
      if (found === undefined) return undefined
      if (found > 0) return false
    }
    return true
  }),
  sum: ofList(total),
  min: ofList((items) => extreme(items, -1, 'min')),
  max: ofList((items) => extreme(items, 1, 'max')),
  indexOf: ofList((items, [one = null]) => BigInt(items.findIndex((item) => equal(item, one)))),
  lastIndexOf: ofList((items, [one = null]) =>
    BigInt(items.findLastIndex((item) => equal(item, one))),
  ),
  'sets.contains': ofLists(contains),
  'sets.equivalent': ofLists((a, b) => contains(a, b) && contains(b, a)),
  'sets.intersects': ofLists((a, b) => a.some((one) => holds(b, one))),
  'lists.range': ([count]) =>
    typeof count === 'bigint'
      ? new List(Array.from({ length: Math.min(Number(count), mostRange) }, (_, i) => BigInt(i)))
      : undefined,
  slice: ofList(sliced),
  flatten: ofList((items, [depth = 1n]) => {
    if (typeof depth !== 'bigint') return undefined
    if (depth < 0n) throw new CelError('level must be non-negative')
    return new List(flat(items, depth))
  }),
  distinct: ofList((items) => new List(distinct(items))),
  reverse: ofList((items) => new List(items.toReversed())),
  sort: ofList((items) => sorted(items, items)),
  '@sortByAssociatedKeys': ofList((items, [keys]) =>
    keys instanceof List ? sorted(items, keys.items) : undefined,
  ),
  first: ofList((items) => new Optional(items[0])),
  last: ofList((items) => new Optional(items[items.length - 1])),
  'cel.@mapInsert': ([map, key = null, value]) => {
    if (!(map instanceof Entries)) return undefined
    if (value !== undefined) insert(map, key, value)
    else if (isMapLike(key)) for (const one of key.keys()) insert(map, one, key.find(one) ?? null)
    else return undefined
    return map
  },
}
