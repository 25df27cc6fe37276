import { expect, it } from 'vitest'
import { builtinShape } from '../kinds/shapes.ts'
import { ProtobufError, readMessage } from './protobuf.ts'

const lease = builtinShape('coordination.v1.LeaseSpec')
const meta = builtinShape('meta.v1.ObjectMeta')

function varint(value: bigint): number[] {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return [...bytes, Number(rest)]
}

function moment(number: number, seconds: bigint, nanos: bigint): Uint8Array {
  const inner = [0x08, ...varint(seconds), 0x10, ...varint(nanos)]
  return Uint8Array.from([(number << 3) | 2, inner.length, ...inner])
}

const acquired = (seconds: bigint, nanos: bigint): unknown =>
  readMessage(moment(3, seconds, nanos), lease)['acquireTime']
const created = (seconds: bigint, nanos: bigint): unknown =>
  readMessage(moment(8, seconds, nanos), meta)['creationTimestamp']

it.each([
  [20n, 123_456_789n, '1970-01-01T00:00:20.123456Z'],
  [20n, 999n, '1970-01-01T00:00:20.000000Z'],
  [20n, 0n, '1970-01-01T00:00:20.000000Z'],
  [20n, 1_500_000_000n, '1970-01-01T00:00:21.500000Z'],
  [20n, -500_000_000n, '1970-01-01T00:00:19.500000Z'],
  [253_402_300_799n, 999_999_999n, '9999-12-31T23:59:59.999999Z'],
])('%i seconds and %i billionths are cut to millionths: %s', (seconds, nanos, text) => {
  expect(acquired(seconds, nanos)).toBe(text)
})

it('times of a second forget what is behind it', () => {
  expect(created(20n, 123_456_789n)).toBe('1970-01-01T00:00:20Z')
  expect(created(-62_135_596_800n, 0n)).toBeUndefined()
})

it.each([1n << 50n, -(1n << 50n), 253_402_300_800n, (1n << 63n) - 1n])(
  '%i seconds are no time',
  (seconds) => {
    expect(() => acquired(seconds, 0n)).toThrow(ProtobufError)
    expect(() => created(seconds, 0n)).toThrow(ProtobufError)
  },
)
