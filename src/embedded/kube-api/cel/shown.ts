/** Values of custom objects as rules see them: by their schema, and read no further than rules look. */
import { BigNumber, equalJson, fromBase64 } from '#base'
import { get, isFielded, type Fielded } from '../object.ts'
import { durationNanos, momentNanos } from '../schema/formatted.ts'
import { valuesOf, type Schema } from '../schema/schema.ts'
import { CelError } from './cel-error.ts'
import { fieldsOf, namesInRules } from './declare.ts'
import { Duration, equal, equalMaps, List, Moment, type MapLike, type Value } from './values.ts'

/**
 * `raw` as a rule at `schema` sees it.
 *
 * @param isRoot An object of the kind itself, which has the fields that every object has.
 * @throws CelError when a text is not of the format that it should be of.
 */
export function shownValue(raw: unknown, schema: Schema | undefined, isRoot = false): Value {
  if (raw === null || raw === undefined) return null
  if (typeof raw === 'boolean') return raw
  if (typeof raw === 'string') return formatted(raw, schema)
  if (typeof raw === 'number') {
    return schema?.type === 'number' || !Number.isInteger(raw) ? raw : BigInt(raw)
  }
  if (raw instanceof BigNumber) return shownNumber(raw, schema)
  if (Array.isArray(raw)) return shownList(raw, schema)
  if (!isFielded(raw)) return null
  const values = schema === undefined ? undefined : valuesOf(schema)
  const isUntyped = schema === undefined || schema.type === undefined
  if (values !== undefined || isUntyped) return new ShownMap(raw, values)
  return new ShownObject(raw, fieldNames(schema, isRoot))
}

function shownList(raw: readonly unknown[], schema: Schema | undefined): List {
  const type = schema?.['x-kubernetes-list-type']
  const keys = type === 'map' ? (schema?.['x-kubernetes-list-map-keys'] ?? []) : undefined
  const items = raw.map((one) => shownValue(one, schema?.items))
  return new List(items, type === 'set' ? 'set' : keys, true)
}

// Beyond int64, Go has read a double.
function shownNumber({ digits }: BigNumber, schema: Schema | undefined): bigint | number {
  const isWhole = schema?.type !== 'number' && /^-?\d+$/.test(digits)
  const exact = isWhole ? BigInt(digits) : undefined
  return exact !== undefined && BigInt.asIntN(64, exact) === exact ? exact : Number(digits)
}

function formatted(text: string, schema: Schema | undefined): Value {
  switch (schema?.type === 'string' ? schema.format : undefined) {
    case 'date-time':
    case 'datetime':
      return momentOf(text) ?? unreadable(`Invalid date-time formatted string ${text}`)
    case 'date':
      return momentOf(`${text}T00:00:00Z`) ?? unreadable(`Invalid date formatted string ${text}`)
    case 'duration': {
      const nanos = durationNanos(text)
      if (nanos !== undefined) return new Duration(nanos)
      return unreadable(`Invalid duration ${text}: unable to parse ${text} as duration`)
    }
    case 'byte':
      return fromBase64(text) ?? text
    default:
      return text
  }
}

function momentOf(text: string): Moment | undefined {
  const nanos = momentNanos(text)
  return nanos === undefined ? undefined : new Moment(nanos)
}

function unreadable(why: string): never {
  throw new CelError(why)
}

/** Names in rules, with the field that each stands for. */
type Names = ReadonlyMap<string, readonly [key: string, schema: Schema]>

const namesOf = new WeakMap<Schema, Names>()
const namesOfRoots = new WeakMap<Schema, Names>()

function fieldNames(schema: Schema, isRoot: boolean): Names {
  const held = isRoot ? namesOfRoots : namesOf
  const known = held.get(schema)
  if (known !== undefined) return known
  const names = new Map<string, readonly [string, Schema]>()
  for (const [key, inner] of fieldsOf(schema, isRoot)) {
    const known = namesInRules(key)
    for (const name of known.length === 0 ? [key] : known) names.set(name, [key, inner])
  }
  held.set(schema, names)
  return names
}

// Each field is read once, and only when it is asked for.
abstract class Read {
  readonly isMap = true
  readonly isShown = true
  readonly raw: Fielded
  readonly #known = new Map<string, Value>()

  constructor(raw: Fielded) {
    this.raw = raw
  }

  get size(): number {
    return Object.keys(this.raw).length
  }

  protected read(key: string, schema: Schema | undefined): Value | undefined {
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const held = get(this.raw, key)
    // Null is as good as absent where the schema says what there is.
    if (held === undefined || (held === null && schema?.type !== undefined)) return undefined
    const value = shownValue(held, schema)
    this.#known.set(key, value)
    return value
  }
}

class ShownMap extends Read implements MapLike {
  readonly #values: Schema | undefined

  constructor(raw: Fielded, values: Schema | undefined) {
    super(raw)
    this.#values = values
  }

  find(key: Value): Value | undefined {
    return typeof key === 'string' ? this.read(key, this.#values) : undefined
  }

  keys(): readonly Value[] {
    return Object.keys(this.raw)
  }

  equals(other: MapLike): boolean {
    return equalMaps(this, other)
  }
}

class ShownObject extends Read implements MapLike {
  readonly #names: Names

  constructor(raw: Fielded, names: Names) {
    super(raw)
    this.#names = names
  }

  find(key: Value): Value | undefined {
    const field = typeof key === 'string' ? this.#names.get(key) : undefined
    return field === undefined ? undefined : this.read(field[0], field[1])
  }

  keys(): readonly Value[] {
    const all = Array.from(this.#names, ([name, [key]]) => [name, key] as const)
    const there = all.filter(([, key]) => (get(this.raw, key) ?? null) !== null)
    // A reserved word has two names, the escaped one of which counts.
    return there
      .filter(([name, key]) => all.findLast((one) => one[1] === key)?.[0] === name)
      .map(([name]) => name)
  }

  // Fields that the schema does not name are compared as they are.
  equals(other: MapLike): boolean {
    if (!(other instanceof ShownObject)) return equalMaps(this, other)
    const keys = Object.keys(this.raw)
    if (keys.length !== other.size) return false
    const schemas = new Map(Array.from(this.#names.values()))
    return keys.every((key) => {
      const schema = schemas.get(key)
      const [ours, theirs] = [get(this.raw, key), get(other.raw, key)]
      if (schema === undefined) return theirs === undefined || equalJson(ours, theirs)
      if (theirs === undefined) return false
      return equal(shownValue(ours, schema), shownValue(theirs, schema))
    })
  }
}
