import { BigNumber } from '#base'
import { get, isFielded, put, sortFew, type Fielded } from '../object.ts'
import { goTimeFault, goTimeText } from './go-time.ts'
import { canonicalQuantity } from './quantity.ts'
import { childShape, type Field, type Lazy, type Shape, type StructShape } from './shape.ts'

/** A value that has the wrong type for its field; the text is Go's. */
export class TypeMismatch extends Error {
  override readonly name = 'TypeMismatch'
}

/**
 * A copy of `value` as a typed kind reads it: unknown fields go (and are named), nulls go, empty
 * maps and lists of known fields stay.
 *
 * @throws TypeMismatch when a field has another JSON type.
 */
export function readTyped(
  value: unknown,
  shape: Shape,
  unknown: string[],
  typeName: string,
): unknown {
  return read(value, shape, '', unknown, typeName)
}

function read(
  value: unknown,
  shape: Shape,
  path: string,
  unknown: string[],
  owner: string,
): unknown {
  switch (shape.kind) {
    case 'any':
      return value
    case 'scalar':
      return scalar(value, shape.type, path, owner, shape.goType)
    case 'list': {
      if (value === null) return undefined
      if (!Array.isArray(value)) throw mismatch(value, path, owner, `[]${goName(shape.element())}`)
      return value.map(
        (item: unknown, i) =>
          read(item, shape.element(), `${path}[${i}]`, unknown, owner) ?? zero(shape.element()),
      )
    }
    case 'map':
    case 'struct':
      return readMap(value, shape, path, unknown, owner)
  }
}

function zero(shape: Shape): unknown {
  if (shape.kind === 'struct' || shape.kind === 'map') return {}
  if (shape.kind === 'list') return []
  if (shape.kind === 'any') return null
  return shape.type === 'bool'
    ? false
    : ['string', 'bytes', 'quantity'].includes(shape.type)
      ? ''
      : 0
}

function readMap(
  value: unknown,
  shape: Shape,
  path: string,
  unknown: string[],
  owner: string,
): unknown {
  if (value === null) return undefined
  const name = shape.kind === 'struct' ? shortType(shape.name) : owner
  if (!isFielded(value)) throw mismatch(value, path, owner, goName(shape))
  const result: Fielded = {}
  // Go writes the keys of maps in order.
  const keys = shape.kind === 'map' ? sortFew(Object.keys(value)) : Object.keys(value)
  for (const key of keys) {
    const inner = childShape(shape, key)
    // Go names the field that holds the map, not the key in it.
    const at = placeOf(shape, inner, path, key)
    if (inner === undefined) {
      unknown.push(`unknown field "${at.replaceAll(keyStart, '').replaceAll(keyEnd, '')}"`)
      continue
    }
    const held = get(value, key)
    const item =
      name === 'JSONSchemaProps' && shape.kind === 'struct' && schemaOr.has(key)
        ? readSchemaOr(held, key, shape, at)
        : read(held, inner(), at, unknown, name)
    if (item !== undefined) {
      // An empty managedFields says something: it wipes the ownership.
      const field =
        shape.kind === 'struct' && key !== 'managedFields' ? shape.fields.get(key) : undefined
      if (field !== undefined && isNothing(field, item)) put(result, key, null)
      else if (field === undefined || pointed.has(key) || !leavesOut(field, item)) {
        put(result, key, item)
      }
    } else if (shape.kind === 'map') put(result, key, zero(inner()))
  }
  if (shape.kind === 'struct') addPresent(result, shape)
  return result
}

// Nothing is put together for texts in a map, of which most are read.
function placeOf(shape: Shape, inner: Lazy | undefined, path: string, key: string): string {
  if (shape.kind === 'map' && inner?.().kind === 'scalar') return path
  const part = shape.kind === 'map' ? `${keyStart}${key}${keyEnd}` : key
  return path === '' ? part : `${path}.${part}`
}

// Marks of keys in a path, which no key has in it.
const keyStart = '\u{f8ff0}'
const keyEnd = '\u{f8ff1}'

const schemaOr: ReadonlySet<string> = new Set(['items', 'additionalProperties', 'additionalItems'])

// Some fields of a schema hold a schema or something else. Go reads them on their own: what it does not know
// there it passes over in silence.
function readSchemaOr(value: unknown, key: string, shape: Shape, path: string): unknown {
  const schema = (one: unknown): unknown => read(one, shape, path, [], 'JSONSchemaProps')
  if (isFielded(value)) return schema(value)
  if (key === 'items') {
    return Array.isArray(value) && value.length > 0 ? value.map(schema) : undefined
  }
  if (typeof value === 'boolean' || value === null) return value ?? undefined
  throw new TypeMismatch('boolean or JSON schema expected')
}

/** Whether Go reads an empty list or map back as none, and writes that. */
function isNothing(field: Field, value: unknown): boolean {
  if (field.always !== '+' || typeof value !== 'object' || value === null) return false
  const { kind } = field.shape()
  return (kind === 'list' || kind === 'map') && Object.keys(value).length === 0
}

// Texts that Go holds by a pointer: an empty one is not the same as none.
const pointed: ReadonlySet<string> = new Set(['deprecationWarning', 'labelSelectorPath'])

/** Whether Go writes nothing for a field of this value: optional fields that are empty. */
function leavesOut(field: Field, value: unknown): boolean {
  if (field.required || field.always === '+') return false
  const shape = field.shape()
  if (shape.kind === 'list') return Array.isArray(value) && value.length === 0
  if (shape.kind === 'map') return isFielded(value) && Object.keys(value).length === 0
  if (shape.kind !== 'scalar') return false
  if (field.always === undefined) return value === '' && shape.type === 'string'
  return field.always === '' && (value === '' || value === 0 || value === false)
}

/** Adds what Go writes even when nobody has set it: structs, and fields that omit nothing. */
function addPresent(object: Fielded, shape: StructShape): void {
  for (const [name, field] of shape.present ?? []) {
    if (Object.hasOwn(object, name)) continue
    put(object, name, field.always === '?' ? null : emptyOf(field.shape()))
  }
}

function emptyOf(shape: Shape): unknown {
  if (shape.kind === 'struct') return present(shape)
  if (shape.kind !== 'scalar') return null
  switch (shape.type) {
    case 'string':
      return ''
    case 'bool':
      return false
    case 'quantity':
      return '0'
    case 'time':
    case 'microtime':
    case 'bytes':
      return null
    default:
      return 0
  }
}

/** A struct in which nothing is set, as Go writes it. */
export function present(shape: Shape): Fielded {
  const object: Fielded = {}
  if (shape.kind === 'struct') addPresent(object, shape)
  return object
}

function shortType(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}

const goTypes: Readonly<Record<string, string>> = {
  string: 'string',
  bytes: '[]uint8',
  int32: 'int32',
  int64: 'int64',
  double: 'float64',
  bool: 'bool',
  time: 'Time',
  microtime: 'MicroTime',
}

function scalar(
  value: unknown,
  type: string,
  path: string,
  owner: string,
  goType: string = goTypes[type] ?? type,
): unknown {
  if (value === null) return undefined
  if (type === 'intstr') return numberOrText(value, path, owner)
  if (type === 'quantity') return quantity(value)
  if (type === 'bool') {
    if (typeof value === 'boolean') return value
    throw mismatch(value, path, owner, 'bool')
  }
  if (type === 'int32' || type === 'int64' || type === 'double') {
    const fits = isNumber(value) && (type === 'double' || hasRoom(value, type))
    if (fits) return value
    throw mismatch(value, path, owner, goType)
  }
  if (typeof value === 'string')
    return type === 'time' || type === 'microtime' ? time(value, type) : value
  throw mismatch(value, path, owner, goType)
}

function isNumber(value: unknown): value is number | BigNumber {
  return typeof value === 'number' || value instanceof BigNumber
}

/** Whether Go's type holds the number exactly. */
function hasRoom(value: number | BigNumber, type: 'int32' | 'int64'): boolean {
  if (typeof value === 'number' && !Number.isInteger(value)) return false
  const exact = BigInt(value instanceof BigNumber ? value.digits : value)
  return BigInt.asIntN(type === 'int32' ? 32 : 64, exact) === exact
}

function numberOrText(value: unknown, path: string, owner: string): unknown {
  if (typeof value === 'string') return value
  if (!isNumber(value)) throw mismatch(value, path, owner, 'int32')
  if (hasRoom(value, 'int32')) return value
  // It reads itself, and knows of no field.
  throw new TypeMismatch(
    `json: cannot unmarshal number ${String(value)} into Go value of type int32`,
  )
}

function quantity(value: unknown): unknown {
  const text = isNumber(value) ? String(value) : value
  const canonical = typeof text === 'string' ? canonicalQuantity(text.trim()) : undefined
  if (canonical !== undefined) return canonical
  throw new TypeMismatch(
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  )
}

// Most times have been read before: an object carries its own from write to write.
const goodTimes = new Set<string>()
const mostTimes = 1_000

function time(text: string, type: 'time' | 'microtime'): string | undefined {
  if (type === 'time' && goodTimes.has(text)) return text
  const fault = goTimeFault(text, type)
  if (fault !== undefined) throw new TypeMismatch(fault)
  const shown = goTimeText(text, type)
  if (type === 'time' && shown === text) {
    if (goodTimes.size >= mostTimes) goodTimes.clear()
    goodTimes.add(text)
  }
  return shown
}

function goName(shape: Shape): string {
  if (shape.kind === 'scalar') return shape.goType ?? goTypes[shape.type] ?? shape.type
  if (shape.kind === 'list') return `[]${goName(shape.element())}`
  if (shape.kind === 'map') return `map[string]${goName(shape.element())}`
  if (shape.kind === 'struct') return shape.name.split('.').slice(-2).join('.')
  return 'interface {}'
}

function mismatch(value: unknown, path: string, owner: string, wanted: string): TypeMismatch {
  const word = wordOf(value)
  // Only where a whole number is wanted does Go tell which it has found.
  const isShown = word === 'number' && (wanted === 'int32' || wanted === 'int64')
  const found = isShown ? `number ${String(value)}` : word
  return new TypeMismatch(
    `json: cannot unmarshal ${found} into Go ${path === '' ? 'value' : `struct field ${owner}.${fieldPath(path)}`} of type ${goField(owner, path, value) ?? wanted}`,
  )
}

// Of lists and maps Go names the field that holds them.
function fieldPath(path: string): string {
  const indexes = path.replace(/\[\d+\]/g, '')
  if (!indexes.includes(keyStart)) return indexes
  return indexes.replace(new RegExp(`\\.?${keyStart}.*?${keyEnd}`, 'gsu'), '')
}

// Types that have names of their own.
function goField(owner: string, path: string, value: unknown): string | undefined {
  if (owner !== 'JSONSchemaProps' || Array.isArray(value)) return undefined
  if (path.endsWith('.enum')) return '[]v1.JSON'
  return path.endsWith('.x-kubernetes-validations') ? 'v1.ValidationRules' : undefined
}

function wordOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (isFielded(value)) return 'object'
  if (isNumber(value)) return 'number'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
