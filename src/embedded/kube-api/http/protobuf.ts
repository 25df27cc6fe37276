import { base64, parseTime, textOf, timeText } from '#base'
import { embeddedNumbers } from '../kinds/shapes.ts'
import type { Field, ScalarType, Shape, StructShape } from '../kinds/shape.ts'
import { put, type Fielded } from '../object.ts'
import { builtinShape } from '../kinds/shapes.ts'

/** A body that is no Kubernetes protobuf. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError'
}

interface Item {
  readonly number: number
  /** How it is written: 0 a number, 1 and 5 fixed, 2 with its length. */
  readonly wire: number
  readonly varint: bigint
  readonly bytes: Uint8Array
}

const nothing = new Uint8Array()

/** @param type What the message is, for refusals. */
function* itemsOf(bytes: Uint8Array, type = ''): Generator<Item> {
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]
      if (shift > 63n) throw new ProtobufError('proto: integer overflow')
      if (byte === undefined) throw new ProtobufError('unexpected EOF')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asIntN(64, value)
    }
  }
  const take = (size: number): Uint8Array => {
    if (size < 0 || at + size > bytes.length) throw new ProtobufError('unexpected EOF')
    at += size
    return bytes.subarray(at - size, at)
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const number = tag >> 3
    const wire = tag & 7
    if (number <= 0) {
      throw new ProtobufError(`proto: ${type}: illegal tag ${number} (wire type ${wire})`)
    }
    switch (wire) {
      case 0:
        yield { number, wire, varint: varint(), bytes: nothing }
        break
      case 1:
        yield { number, wire, varint: 0n, bytes: take(8) }
        break
      case 2:
        yield { number, wire, varint: 0n, bytes: take(Number(varint())) }
        break
      case 5:
        yield { number, wire, varint: 0n, bytes: take(4) }
        break
      default:
        // Who knows the field refuses it in words of its own.
        yield { number, wire, varint: 0n, bytes: nothing }
        throw new ProtobufError(`proto: illegal wireType ${wire}`)
    }
  }
}

export interface Envelope {
  readonly apiVersion: string
  readonly kind: string
  readonly raw: Uint8Array
}

/** Opens the wrapping that Kubernetes puts around its messages. @throws ProtobufError. */
export function openEnvelope(bytes: Uint8Array): Envelope {
  if (bytes.length === 0) throw new ProtobufError('empty data')
  const isOurs = bytes[0] === 0x6b && bytes[1] === 0x38 && bytes[2] === 0x73 && bytes[3] === 0
  if (!isOurs) {
    throw new ProtobufError(
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    )
  }
  if (bytes.length === 4) throw new ProtobufError('empty body')
  let apiVersion = ''
  let kind = ''
  let raw: Uint8Array = nothing
  for (const item of itemsOf(bytes.subarray(4), 'Unknown')) {
    if (item.number === 2) raw = item.bytes
    if (item.number !== 1) continue
    for (const inner of itemsOf(item.bytes)) {
      if (inner.number === 1) apiVersion = textOf(inner.bytes)
      if (inner.number === 2) kind = textOf(inner.bytes)
    }
  }
  return { apiVersion, kind, raw }
}

/** Reads a message as the JSON of its type. @throws ProtobufError. */
export function readMessage(bytes: Uint8Array, shape: Shape): Fielded {
  const result: Fielded = {}
  if (shape.kind === 'struct') readStruct(bytes, shape, result)
  return result
}

function readStruct(bytes: Uint8Array, shape: StructShape, result: Fielded): void {
  const byNumber = numbered(shape)
  for (const item of itemsOf(bytes, shape.name.split('.').pop())) {
    const field = byNumber.get(item.number)
    if (field !== undefined) readField(item, field[0], field[1], result)
    else readEmbedded(item, shape, result)
  }
}

const numbers = new WeakMap<StructShape, ReadonlyMap<number, readonly [string, Field]>>()

function numbered(shape: StructShape): ReadonlyMap<number, readonly [string, Field]> {
  let found = numbers.get(shape)
  if (found === undefined) {
    const pairs = [...shape.fields].filter(([, { number }]) => number !== undefined)
    found = new Map(pairs.map((pair) => [pair[1].number as number, pair]))
    numbers.set(shape, found)
  }
  return found
}

// Fields of a message that Go embeds are the holder's own.
function readEmbedded(item: Item, shape: StructShape, result: Fielded): void {
  const type = shape.embedded.get(item.number)
  if (type === undefined) return
  const inner = builtinShape(type)
  if (
    inner.kind === 'struct' &&
    [...inner.fields.values()].some((field) => field.number !== undefined)
  ) {
    readStruct(item.bytes, inner, result)
    return
  }
  const names = new Map([...embeddedNumbers(type)].map(([name, number]) => [number, name]))
  for (const one of itemsOf(item.bytes)) {
    const name = names.get(one.number)
    const field = name === undefined ? undefined : shape.fields.get(name)
    if (name !== undefined && field !== undefined) readField(one, name, field, result)
  }
}

const wires: Readonly<Partial<Record<ScalarType, number>>> = {
  bool: 0,
  int32: 0,
  int64: 0,
  double: 1,
}

function checkWire({ wire }: Item, name: string, shape: Shape): void {
  const element = shape.kind === 'list' ? shape.element() : shape
  const wanted = element.kind === 'scalar' ? (wires[element.type] ?? 2) : 2
  if (wire === wanted) return
  const goName = name === 'metadata' ? 'ObjectMeta' : `${name[0]?.toUpperCase()}${name.slice(1)}`
  throw new ProtobufError(`proto: wrong wireType = ${wire} for field ${goName}`)
}

function readField(item: Item, name: string, field: Field, result: Fielded): void {
  const shape = field.shape()
  checkWire(item, name, shape)
  if (shape.kind === 'list') {
    const list = Array.isArray(result[name]) ? (result[name] as unknown[]) : []
    list.push(readValue(item, shape.element()))
    put(result, name, list)
  } else if (shape.kind === 'map') {
    const map = (result[name] ?? {}) as Fielded
    const [key, value] = readEntry(item.bytes, shape.element())
    put(map, key, value)
    put(result, name, map)
  } else {
    const value = readValue(item, shape)
    // A zero behind a pointer says something.
    const isSilent = (value === 0 || value === false) && field.always !== '%'
    if (value !== undefined && !isSilent) put(result, name, value)
  }
}

function readEntry(bytes: Uint8Array, shape: Shape): readonly [string, unknown] {
  let key = ''
  let value: unknown = shape.kind === 'scalar' ? '' : {}
  for (const item of itemsOf(bytes)) {
    if (item.number === 1) key = textOf(item.bytes)
    else if (item.number === 2) {
      value =
        shape.kind === 'list'
          ? [...itemsOf(item.bytes)].map((one) => readValue(one, shape.element()))
          : readValue(item, shape)
    }
  }
  return [key, value]
}

function readValue(item: Item, shape: Shape): unknown {
  if (shape.kind === 'struct') return readMessage(item.bytes, shape)
  if (shape.kind === 'any') return readRaw(item.bytes)
  if (shape.kind !== 'scalar') return undefined
  switch (shape.type) {
    case 'string':
      return textOf(item.bytes)
    case 'bytes':
      return base64(item.bytes)
    case 'bool':
      return item.varint !== 0n
    case 'int32':
    case 'int64':
      return Number(item.varint)
    case 'double':
      return new DataView(item.bytes.buffer, item.bytes.byteOffset, 8).getFloat64(0, true)
    case 'time':
    case 'microtime':
      return readTime(item.bytes, shape.type === 'microtime')
    case 'quantity':
      return firstText(item.bytes)
    case 'intstr':
      return readIntOrString(item.bytes)
  }
}

function readRaw(bytes: Uint8Array): unknown {
  const text = firstText(bytes)
  try {
    return text === undefined || text === '' ? undefined : (JSON.parse(text) as unknown)
  } catch {
    throw new ProtobufError('invalid JSON inside a message')
  }
}

function firstText(bytes: Uint8Array): string | undefined {
  for (const item of itemsOf(bytes)) if (item.number === 1) return textOf(item.bytes)
  return undefined
}

const zeroTime = parseTime('0001-01-01T00:00:00Z')
// What can be written with four digits for the year, as Go's JSON has it.
const firstSecond = -62_167_219_200n
const lastSecond = 253_402_300_799n
const million = 1_000_000n

function readTime(bytes: Uint8Array, isMicro: boolean): string | undefined {
  let seconds = 0n
  let nanos = 0n
  let isSet = false
  for (const item of itemsOf(bytes)) {
    isSet = true
    if (item.number === 1) seconds = item.varint
    if (item.number === 2) nanos = item.varint
  }
  // Cut to what the type shows; more than a second of them are seconds, too, and so are less than none.
  const micros = isMicro ? nanos / 1000n : 0n
  const rest = ((micros % million) + million) % million
  const second = seconds + (micros - rest) / million
  if (second < firstSecond || second > lastSecond) {
    throw new ProtobufError('year outside of range [0,9999]')
  }
  const ms = Number(second) * 1000
  if (!isSet || ms === zeroTime) return undefined
  const text = timeText(ms)
  return isMicro ? text.replace(/Z$/, `.${String(rest).padStart(6, '0')}Z`) : text
}

function readIntOrString(bytes: Uint8Array): unknown {
  let isText = false
  let number = 0
  let text = ''
  for (const item of itemsOf(bytes)) {
    if (item.number === 1) isText = item.varint === 1n
    if (item.number === 2) number = Number(item.varint)
    if (item.number === 3) text = textOf(item.bytes)
  }
  return isText ? text : number
}
