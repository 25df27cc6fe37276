import {
  GoInt,
  GoMap,
  GoNamed,
  GoObject,
  GoSlice,
  typeOf,
  types,
  type ByteString,
  type GoType,
  type GoValue,
} from '#go'

import type { KeyKind } from '../generate-key.ts'
import { FunctionError } from '../template-fault.ts'

/** What a function that is not pure needs; absent, such functions are refused. */
export interface TemplateDeps {
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** Bytes from `env.entropy`: for passwords, salts and keys. */
  readonly randomBytes?: (count: number) => Uint8Array
  /** A new private key, PKCS#8 in DER; see `generateKey`. */
  readonly generateKey?: (kind: KeyKind) => Uint8Array
}

/** What a running template offers its functions. */
export interface Context {
  readonly deps: TemplateDeps
  /** Counts a value of so many bytes, about to be made. @throws FunctionError beyond a bound. */
  charge(bytes: number): void
  /** Counts work that makes no single value of that size. @throws FunctionError beyond the bound. */
  spend(bytes: number): void
}

/** The arguments of one call, already checked against the function's signature. */
export class Args {
  readonly values: readonly GoValue[]

  constructor(values: readonly GoValue[]) {
    this.values = values
  }

  get length(): number {
    return this.values.length
  }

  any(index: number): GoValue {
    return this.values[index] ?? null
  }

  string(index: number): ByteString {
    const value = this.values[index]
    if (typeof value === 'string') return value
    if (value instanceof GoNamed && typeof value.base === 'string') return value.base
    throw wrongType('string')
  }

  int(index: number): number {
    const value = this.values[index]
    if (value instanceof GoInt) return Number(value.value)
    throw wrongType('int')
  }

  bool(index: number): boolean {
    const value = this.values[index]
    if (typeof value === 'boolean') return value
    throw wrongType('bool')
  }

  float(index: number): number {
    const value = this.values[index]
    if (typeof value === 'number') return value
    throw wrongType('float64')
  }

  map(index: number): GoMap {
    const value = this.values[index]
    if (value instanceof GoMap) return value
    throw wrongType('map')
  }

  slice(index: number): GoSlice {
    const value = this.values[index]
    if (value instanceof GoSlice) return value
    throw wrongType('slice')
  }

  object(index: number): GoObject {
    const value = this.values[index]
    if (value instanceof GoObject) return value
    throw wrongType('struct')
  }

  rest(from: number): readonly GoValue[] {
    return this.values.slice(from)
  }
}

function wrongType(wanted: string): FunctionError {
  return new FunctionError(`wrong type for value; expected ${wanted}`, 'wrong-type')
}

/** What a function does; how many arguments of which types it takes stands in `signatures.ts`. */
export type Body = (args: Args, context: Context) => GoValue

/** A family of functions by name. */
export type Family = Readonly<Record<string, Body>>

/** A function as the evaluator calls it. */
export interface TemplateFunction {
  readonly name: string
  readonly fixed: readonly GoType[]
  /** Type of the further arguments, when it takes any number. */
  readonly variadic: GoType | undefined
  readonly body: Body
  /** Go's own: takes values as they are, nil included. */
  readonly isBuiltin: boolean
}

const byName: ReadonlyMap<string, GoType> = new Map<string, GoType>([
  ['any', types.any],
  ['bool', types.bool],
  ['float64', types.float64],
  ['func', { kind: 'func', name: 'func' }],
  ['int', types.int],
  ['string', types.string],
  ['uint32', types.uint32],
  ['[]any', types.listOfAny],
  ['map[string]any', types.mapOfAny],
  ['time.Time', { kind: 'struct', name: 'time.Time' }],
  ['sprig.certificate', { kind: 'struct', name: 'sprig.certificate' }],
  ['sprig.HashAlgorithm', { kind: 'string', name: 'sprig.HashAlgorithm' }],
])

/** The Go type that a signature's word names. */
export function typeNamed(name: string): GoType {
  const type = byName.get(name)
  if (type === undefined) throw new Error(`no such type in a signature: ${name}`)
  return type
}

/** Reads a signature: `int,string` or `any,...any`. */
export function defineFunction(
  name: string,
  signature: string,
  body: Body,
  isBuiltin: boolean,
): TemplateFunction {
  const words = signature === '' ? [] : signature.split(',')
  const last = words.at(-1)
  const variadic = last?.startsWith('...') === true ? typeNamed(last.slice(3)) : undefined
  const fixed = (variadic === undefined ? words : words.slice(0, -1)).map(typeNamed)
  return { name, fixed, variadic, body, isBuiltin }
}

/** The name of a value's type for an error text. */
export function typeName(value: GoValue): string {
  return value === null ? 'nil' : typeOf(value).name
}
