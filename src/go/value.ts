import type { ByteString } from './byte-string.ts'

/** Go's kinds, as `kindOf` prints them. */
export type Kind =
  | 'invalid'
  | 'bool'
  | 'int'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'uintptr'
  | 'float32'
  | 'float64'
  | 'complex128'
  | 'string'
  | 'slice'
  | 'array'
  | 'map'
  | 'struct'
  | 'ptr'
  | 'interface'
  | 'func'

/** A Go type: its kind, its name as `%T` prints it, and what it is made of. */
export interface GoType {
  readonly kind: Kind
  readonly name: string
  readonly elem?: GoType
}

const basic = (kind: Kind): GoType => ({ kind, name: kind })

const any: GoType = { kind: 'interface', name: 'interface {}' }
const string: GoType = basic('string')
const uint8: GoType = basic('uint8')

/** The slice type of an element type. */
export function sliceOf(elem: GoType): GoType {
  return { kind: 'slice', name: `[]${elem.name}`, elem }
}

/** The type of maps from string to an element type. */
export function mapOf(elem: GoType): GoType {
  return { kind: 'map', name: `map[string]${elem.name}`, elem }
}

/** The types that values here have. One object a type: compare by `name`. */
export const types: Readonly<
  Record<
    | 'any'
    | 'bool'
    | 'bytes'
    | 'error'
    | 'float64'
    | 'int'
    | 'int32'
    | 'int64'
    | 'listOfAny'
    | 'listOfString'
    | 'mapOfAny'
    | 'mapOfBytes'
    | 'mapOfString'
    | 'string'
    | 'uint32'
    | 'uint64'
    | 'uint8',
    GoType
  >
> = {
  any,
  bool: basic('bool'),
  bytes: sliceOf(uint8),
  error: { kind: 'interface', name: 'error' },
  float64: basic('float64'),
  int: basic('int'),
  int32: basic('int32'),
  int64: basic('int64'),
  listOfAny: sliceOf(any),
  listOfString: sliceOf(string),
  mapOfAny: mapOf(any),
  mapOfBytes: mapOf(sliceOf(uint8)),
  mapOfString: mapOf(string),
  string,
  uint32: basic('uint32'),
  uint64: basic('uint64'),
  uint8,
}

/** A whole number of a certain Go type. Floats are plain JavaScript numbers. */
export class GoInt {
  readonly type: GoType
  readonly value: bigint

  constructor(value: bigint | number, type: GoType = types.int) {
    this.type = type
    this.value = BigInt(value)
  }
}

/** A Go map with string keys. Changed in place, as Go's are. */
export class GoMap {
  readonly type: GoType
  readonly entries: Map<ByteString, GoValue>
  /** A nil map reads as empty; writing to it fails. */
  readonly isNil: boolean

  constructor(type: GoType, entries: Iterable<readonly [ByteString, GoValue]> = [], isNil = false) {
    this.type = type
    this.entries = new Map(entries)
    this.isNil = isNil
  }

  /** Keys in the order in which Go's `range` and printing walk a map: bytewise. */
  sortedKeys(): ByteString[] {
    return [...this.entries.keys()].sort(compareBytes)
  }
}

/** A Go slice. `items` is shared by those who share the slice, as in Go. */
export class GoSlice {
  readonly type: GoType
  readonly items: GoValue[]
  readonly isNil: boolean

  constructor(type: GoType, items: GoValue[] = [], isNil = false) {
    this.type = type
    this.items = items
    this.isNil = isNil
  }
}

/** A method a template may call on an object: takes values, gives a value. */
export interface GoMethod {
  readonly in: readonly GoType[]
  readonly variadic?: boolean
  readonly call: (...args: GoValue[]) => GoValue
}

/**
 * A struct or pointer to one that a function returned: a time, a version, a certificate, a URL.
 * What a template can see of it are its fields, its methods and its printed form.
 */
export class GoObject {
  readonly type: GoType
  readonly fields: ReadonlyMap<string, GoValue>
  readonly methods: ReadonlyMap<string, GoMethod>
  /** What its String method answers; absent when it has none. */
  readonly text: (() => ByteString) | undefined
  /** What its GoString method answers, for `%#v`. */
  readonly goText: (() => ByteString) | undefined
  /** A nil pointer: `%v` prints it as `<nil>`. */
  readonly isNil: boolean
  /** What the functions of its family keep in it. */
  readonly inner: unknown

  constructor(
    type: GoType,
    parts: {
      readonly fields?: ReadonlyMap<string, GoValue>
      readonly methods?: ReadonlyMap<string, GoMethod>
      readonly text?: () => ByteString
      readonly goText?: () => ByteString
      readonly isNil?: boolean
      readonly inner?: unknown
    },
  ) {
    this.type = type
    this.fields = parts.fields ?? new Map<string, GoValue>()
    this.methods = parts.methods ?? new Map<string, GoMethod>()
    this.text = parts.text
    this.goText = parts.goText
    this.isNil = parts.isNil ?? false
    this.inner = parts.inner
  }
}

/** A value of a named type over a basic one, such as time.Month: prints by its String method. */
export class GoNamed {
  readonly type: GoType
  readonly base: GoInt | ByteString
  readonly text: (() => ByteString) | undefined

  constructor(type: GoType, base: GoInt | ByteString, text?: () => ByteString) {
    this.type = type
    this.base = base
    this.text = text
  }
}

/**
 * A Go value as templates and printing see it. null: nil; boolean: bool; number: float64;
 * string: a Go string, one character a byte ({@link ByteString}).
 */
export type GoValue =
  | null
  | boolean
  | number
  | ByteString
  | GoInt
  | GoMap
  | GoSlice
  | GoObject
  | GoNamed

/** Order of byte strings, as Go's `<` on strings. */
export function compareBytes(a: ByteString, b: ByteString): number {
  return a < b ? -1 : a > b ? 1 : 0
}

const invalid: GoType = { kind: 'invalid', name: '<nil>' }

/** The type of a value; nil has kind `invalid`. */
export function typeOf(value: GoValue): GoType {
  if (value === null) return invalid
  switch (typeof value) {
    case 'boolean':
      return types.bool
    case 'number':
      return types.float64
    case 'string':
      return types.string
    default:
      return value.type
  }
}

/** A Go `int`. */
export function int(value: bigint | number): GoInt {
  return new GoInt(value)
}

/** A Go `int64`, wrapped around at 64 bits. */
export function int64(value: bigint | number): GoInt {
  return new GoInt(BigInt.asIntN(64, BigInt(value)), types.int64)
}

/** A `[]string`. */
export function stringList(items: readonly ByteString[]): GoSlice {
  return new GoSlice(types.listOfString, [...items])
}

/** A `[]interface {}`. */
export function list(items: readonly GoValue[]): GoSlice {
  return new GoSlice(types.listOfAny, [...items])
}

/** A `map[string]interface {}`. */
export function dict(entries: Iterable<readonly [ByteString, GoValue]> = []): GoMap {
  return new GoMap(types.mapOfAny, entries)
}

/** A `[]byte`. */
export function byteList(bytes: Uint8Array): GoSlice {
  return new GoSlice(
    types.bytes,
    Array.from(bytes, (byte) => new GoInt(byte, types.uint8)),
  )
}
