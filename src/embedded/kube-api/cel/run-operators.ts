/** Operators: arithmetic that never wraps around, comparisons, and looking things up. */
import { CelError } from './cel-error.ts'
import { member } from './member.ts'
import {
  Duration,
  equal,
  hasSameKeys,
  isMapLike,
  List,
  Moment,
  numeric,
  Optional,
  order,
  sizeOf,
  TypeName,
  typeNameOf,
  Uint,
  type Value,
  type Run,
} from './values.ts'

const int64 = (value: bigint): bigint => {
  if (BigInt.asIntN(64, value) !== value) throw new CelError('integer overflow')
  return value
}

const uint64 = (value: bigint): Uint => {
  if (BigInt.asUintN(64, value) !== value) throw new CelError('unsigned integer overflow')
  return new Uint(value)
}

/** A length of time that int64 has room for. @throws CelError when it has none. */
export function durationOf(nanos: bigint): Duration {
  if (BigInt.asIntN(64, nanos) !== nanos) throw new CelError('integer overflow')
  return new Duration(nanos)
}

const firstMoment = -62_135_596_800n * 1_000_000_000n
const lastMoment = 253_402_300_799n * 1_000_000_000n + 999_999_999n

/** A moment of the years 1 to 9999. @throws CelError for any other. */
export function momentOf(nanos: bigint, zone?: string): Moment {
  if (nanos < firstMoment || nanos > lastMoment) throw new CelError('timestamp overflow')
  return new Moment(nanos, zone)
}

interface Arithmetic {
  readonly whole: (a: bigint, b: bigint) => bigint
  readonly broken?: (a: number, b: number) => number
}

function arithmetic({ whole, broken }: Arithmetic): Run {
  return ([a = null, b = null]) => {
    if (typeof a === 'bigint' && typeof b === 'bigint') return int64(whole(a, b))
    if (a instanceof Uint && b instanceof Uint) return uint64(whole(a.value, b.value))
    if (typeof a === 'number' && typeof b === 'number') return broken?.(a, b)
    return undefined
  }
}

const sum = arithmetic({ whole: (a, b) => a + b, broken: (a, b) => a + b })
const difference = arithmetic({ whole: (a, b) => a - b, broken: (a, b) => a - b })

function added([a = null, b = null]: readonly Value[]): Value | undefined {
  if (typeof a === 'string' && typeof b === 'string') return a + b
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Uint8Array.from([...a, ...b])
  if (a instanceof List && b instanceof List) return joined(a, b)
  if (a instanceof Duration && b instanceof Duration) return durationOf(a.nanos + b.nanos)
  if (a instanceof Moment && b instanceof Duration) return momentOf(a.nanos + b.nanos, a.zone)
  if (a instanceof Duration && b instanceof Moment) return momentOf(a.nanos + b.nanos, b.zone)
  return sum([a, b])
}

// To a set what is new is added; of items with keys the later ones take the place of the earlier.
function joined(a: List, b: List): List {
  const { keys } = a
  if (keys === undefined) return new List([...a.items, ...b.items])
  const items = [...a.items]
  for (const one of b.items) {
    const at = items.findIndex((held) =>
      keys === 'set' ? equal(held, one) : hasSameKeys(held, one, keys),
    )
    if (at === -1) items.push(one)
    else if (keys !== 'set') items[at] = one
  }
  return new List(items, keys, true)
}

function subtracted([a = null, b = null]: readonly Value[]): Value | undefined {
  if (a instanceof Duration && b instanceof Duration) return durationOf(a.nanos - b.nanos)
  if (a instanceof Moment && b instanceof Duration) return momentOf(a.nanos - b.nanos, a.zone)
  if (a instanceof Moment && b instanceof Moment) return durationOf(a.nanos - b.nanos)
  return difference([a, b])
}

function dividing(word: string, whole: (a: bigint, b: bigint) => bigint): Arithmetic['whole'] {
  return (a, b) => {
    if (b === 0n) throw new CelError(`${word} by zero`)
    return whole(a, b)
  }
}

// Of the least number there is no quotient by -1, and so no remainder.
function remainder(a: bigint, b: bigint): bigint {
  if (b === -1n) int64(a / b)
  return a % b
}

function comparison(holds: (order: number) => boolean): Run {
  return ([a = null, b = null]) => {
    const found = order(a, b)
    return found === undefined ? undefined : holds(found)
  }
}

function indexed([of = null, key = null]: readonly Value[]): Value | undefined {
  if (of instanceof Optional) return new Optional(member(of, key))
  if (of instanceof List) {
    const index = numeric(key)
    if (typeof index !== 'bigint') {
      if (typeof key === 'number') throw new CelError(`unsupported index value ${key} in list`)
      throw new CelError(`unsupported index type '${typeNameOf(key)}' in list`)
    }
    if (of.isShown && typeof key !== 'bigint') throw new CelError(`unsupported index: ${index}`)
    if (index < 0n || index >= of.items.length) {
      throw new CelError(`index out of bounds: ${index}`)
    }
    return of.items[Number(index)]
  }
  if (isMapLike(of) && of.isShown && typeof key !== 'string') return undefined
  const found = member(of, key)
  if (found === undefined) throw new CelError(`no such key: ${keyText(key)}`)
  return found
}

/** A key as messages show it. */
export function keyText(key: Value): string {
  if (key instanceof Uint) return String(key.value)
  return typeof key === 'object' ? typeNameOf(key) : String(key)
}

export const operators: Readonly<Record<string, Run>> = {
  '_+_': added,
  '_-_': subtracted,
  '_*_': arithmetic({ whole: (a, b) => a * b, broken: (a, b) => a * b }),
  '_/_': arithmetic({ whole: dividing('division', (a, b) => a / b), broken: (a, b) => a / b }),
  '_%_': arithmetic({ whole: dividing('modulus', remainder) }),
  '-_': ([a = null]) =>
    typeof a === 'bigint' ? int64(-a) : typeof a === 'number' ? -a : undefined,
  '!_': ([a]) => (typeof a === 'boolean' ? !a : undefined),
  '_==_': ([a = null, b = null]) => equal(a, b),
  '_!=_': ([a = null, b = null]) => !equal(a, b),
  '_<_': comparison((found) => found < 0),
  '_<=_': comparison((found) => found <= 0),
  '_>_': comparison((found) => found > 0),
  '_>=_': comparison((found) => found >= 0),
  '@in': ([item = null, of = null]) => {
    if (of instanceof List) return of.items.some((one) => equal(one, item))
    return isMapLike(of) ? of.find(item) !== undefined : undefined
  },
  '_[_]': indexed,
  '_[?_]': ([of = null, key = null]) => new Optional(member(of, key)),
  size: ([of = null]) => {
    const size = sizeOf(of)
    if (size === undefined) throw new CelError('no such overload: size')
    return BigInt(size)
  },
  type: ([of = null]) => new TypeName(typeNameOf(of)),
  dyn: ([of = null]) => of,
}
