/** Values of the expression language while an expression is evaluated, and how they compare. */
import { CelError, noOverload } from './cel-error.ts'

/** Whole numbers without a sign are a type of their own. */
export class Uint {
  readonly value: bigint

  constructor(value: bigint) {
    this.value = value
  }
}

/** A length of time, in billionths of a second. */
export class Duration {
  readonly nanos: bigint

  constructor(nanos: bigint) {
    this.nanos = nanos
  }
}

/** A moment, in billionths of a second since 1970. */
export class Moment {
  readonly nanos: bigint
  /** The zone that it was written in. */
  readonly zone: string

  constructor(nanos: bigint, zone = 'Z') {
    this.nanos = nanos
    this.zone = zone
  }
}

/** A value that may be missing. */
export class Optional {
  readonly value: Value | undefined

  constructor(value: Value | undefined) {
    this.value = value
  }
}

/** A type, as `type()` tells it. */
export class TypeName {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

/** A list. A schema may say that its order means nothing, or that its items have keys. */
export class List {
  readonly items: Value[]
  readonly keys: readonly string[] | 'set' | undefined
  /** Whether it is an object's own, and not of an expression's making. */
  readonly isShown: boolean

  constructor(items: Value[], keys?: readonly string[] | 'set', isShown = false) {
    this.items = items
    this.keys = keys
    this.isShown = isShown
  }
}

/** A map, or an object with fields. */
export interface MapLike {
  readonly isMap: true
  /** Whether it is an object's own, and not of an expression's making. */
  readonly isShown: boolean
  readonly size: number
  /** @throws CelError when what stands there cannot be read. */
  find(key: Value): Value | undefined
  keys(): readonly Value[]
  equals(other: MapLike): boolean
}

/** A value of a type that a library brings. */
export interface Extra {
  readonly isExtra: true
  readonly typeName: string
  equals(other: Extra): boolean
  /** Bytes it counts for where the cost goes by size. */
  readonly size: number
  /** How `string()` writes it; undefined where it does not. */
  text(): string | undefined
}

export type Value =
  | bigint
  | number
  | boolean
  | string
  | null
  | Uint8Array
  | Uint
  | Duration
  | Moment
  | Optional
  | TypeName
  | List
  | MapLike
  | Extra

/** A function; the target of a member call is its first argument. Undefined: it does not take these. */
export type Run = (args: readonly Value[]) => Value | undefined

/** Whether a value is a map or an object. */
export function isMapLike(value: Value | undefined): value is MapLike {
  return typeof value === 'object' && value !== null && 'isMap' in value
}

/** Whether a value is of a type that a library brings. */
export function isExtra(value: Value | undefined): value is Extra {
  return typeof value === 'object' && value !== null && 'isExtra' in value
}

/** The name of a value's type. */
export function typeNameOf(value: Value): string {
  if (typeof value === 'bigint') return 'int'
  if (typeof value === 'number') return 'double'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'string'
  if (value === null) return 'null_type'
  if (value instanceof Uint8Array) return 'bytes'
  if (value instanceof Uint) return 'uint'
  if (value instanceof Duration) return 'google.protobuf.Duration'
  if (value instanceof Moment) return 'google.protobuf.Timestamp'
  if (value instanceof Optional) return 'optional_type'
  if (value instanceof TypeName) return 'type'
  if (value instanceof List) return 'list'
  return isExtra(value) ? value.typeName : 'map'
}

/** How many characters, bytes, items or entries; undefined for what has no size. */
export function sizeOf(value: Value): number | undefined {
  if (typeof value === 'string') return lengthOf(value)
  if (value instanceof Uint8Array) return value.length
  if (value instanceof List) return value.items.length
  return isMapLike(value) ? value.size : undefined
}

const beyondPlane = /[\ud800-\udfff]/

/** Characters of a text, as Go counts them. */
export function lengthOf(text: string): number {
  return beyondPlane.test(text) ? Array.from(text).length : text.length
}

/** A map that stands in an expression. */
export class Entries implements MapLike {
  readonly isMap = true
  readonly isShown = false
  readonly #entries = new Map<string, readonly [Value, Value]>()

  get size(): number {
    return this.#entries.size
  }

  /** The later of two takes the place of the earlier. @throws CelError for what can be no key. */
  add(key: Value, value: Value): void {
    const id = keyOf(key)
    if (id === undefined) throw new CelError('unsupported key type')
    this.#entries.set(id, [key, value])
  }

  find(key: Value): Value | undefined {
    return this.#entries.get(keyOf(key) ?? '')?.[1]
  }

  keys(): readonly Value[] {
    return Array.from(this.#entries.values(), ([key]) => key)
  }

  equals(other: MapLike): boolean {
    return equalMaps(this, other)
  }
}

/** Whether two maps hold the same under the same keys. */
export function equalMaps(a: MapLike, b: MapLike): boolean {
  return (
    a.size === b.size &&
    a.keys().every((key) => {
      const [ours, theirs] = [a.find(key), b.find(key)]
      return ours !== undefined && theirs !== undefined && equal(ours, theirs)
    })
  )
}

function keyOf(key: Value): string | undefined {
  if (typeof key === 'string') return `s${key}`
  if (typeof key === 'boolean') return `b${key}`
  const number = numeric(key)
  return number === undefined ? undefined : `n${number}`
}

/** The number that a value is, of any of the three types; undefined for what is no number. */
export function numeric(value: Value): bigint | number | undefined {
  if (typeof value === 'bigint') return value
  if (value instanceof Uint) return value.value
  if (typeof value !== 'number') return undefined
  return Number.isSafeInteger(value) ? BigInt(value) : value
}

/**
 * Whether two values are one: numbers of any type by what they are, everything else within its type.
 *
 * @throws CelError when an object's own list or map, or a value of a library, is held against another type.
 */
export function equal(a: Value, b: Value): boolean {
  if (typeof a === typeof b && typeof a !== 'object') return a === b
  const [left, right] = [numeric(a), numeric(b)]
  // The language compares numbers of different types on purpose.
  // oxlint-disable-next-line eqeqeq
  if (left !== undefined && right !== undefined) return left == right
  if (a === null || b === null) return a === b
  if (a instanceof List && b instanceof List) return equalLists(a, b)
  if (a instanceof List) return a.isShown && notComparable()
  if (a instanceof Uint8Array) {
    return b instanceof Uint8Array && a.length === b.length && a.every((one, i) => one === b[i])
  }
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos
  if (a instanceof Moment) return b instanceof Moment && a.nanos === b.nanos
  if (a instanceof TypeName) return b instanceof TypeName && a.name === b.name
  if (a instanceof Optional) return b instanceof Optional && equalOptionals(a, b)
  if (isMapLike(a)) return isMapLike(b) ? a.equals(b) : a.isShown && notComparable()
  if (!isExtra(a)) return false
  return isExtra(b) && a.typeName === b.typeName ? a.equals(b) : notComparable()
}

function notComparable(): never {
  throw new CelError(noOverload)
}

function equalOptionals({ value: a }: Optional, { value: b }: Optional): boolean {
  return a === undefined || b === undefined ? a === b : equal(a, b)
}

function equalLists(a: List, b: List): boolean {
  if (a.items.length !== b.items.length) return false
  const { keys } = a
  if (keys === undefined) {
    return a.items.every((one, i) => equal(one, b.items[i] ?? null))
  }
  if (keys === 'set') return b.items.every((one) => a.items.some((other) => equal(one, other)))
  return a.items.every((one) => {
    const other = b.items.find((item) => hasSameKeys(one, item, keys))
    return other !== undefined && equal(one, other)
  })
}

/** Whether two items of a list with keys are the same item. */
export function hasSameKeys(a: Value, b: Value, keys: readonly string[]): boolean {
  if (!isMapLike(a) || !isMapLike(b)) return false
  return keys.every((key) => {
    const [ours, theirs] = [a.find(key), b.find(key)]
    return ours === undefined || theirs === undefined ? ours === theirs : equal(ours, theirs)
  })
}

/** Which of two values comes first: less than 0, 0, more than 0; undefined where there is no order. */
export function order(a: Value, b: Value): number | undefined {
  if (typeof a === 'string' && typeof b === 'string') return textOrder(a, b)
  const [left, right] = [numeric(a), numeric(b)]
  if (left !== undefined && right !== undefined) return by(left, right)
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  if (a instanceof Duration && b instanceof Duration) return by(a.nanos, b.nanos)
  if (a instanceof Moment && b instanceof Moment) return by(a.nanos, b.nanos)
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b)
  return undefined
}

function by(a: bigint | number, b: bigint | number): number {
  if (a < b) return -1
  if (a > b) return 1
  // What is no number at all is neither.
  return a >= b ? 0 : Number.NaN
}

function textOrder(a: string, b: string): number {
  if (beyondPlane.test(a) || beyondPlane.test(b))
    return Buffer.compare(Buffer.from(a), Buffer.from(b))
  return a < b ? -1 : a > b ? 1 : 0
}
