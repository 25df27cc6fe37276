import { createHash } from 'node:crypto'

import { BigNumber, isObject } from '#base'

import { fromBytes, goBytes, goString, type ByteString } from './byte-string.ts'
import { printValue } from './print.ts'
import { compareBytes, dict, GoInt, list, types, type GoValue } from './value.ts'

/**
 * External Secrets' ObjectHash: SHA3-224, in hex, over what Go prints for a value with `%+v`.
 * A take-over changes nothing only while these digests are equal to the peer's.
 *
 * @param text The printed value, as {@link goObjectText} or JavaScript text gives it.
 */
export function objectHash(text: string): string {
  return sha3(goString(text))
}

function sha3(text: ByteString): string {
  return createHash('sha3-224').update(goBytes(text)).digest('hex')
}

/**
 * The hash of a Secret's data, for the annotation `reconcile.external-secrets.io/data-hash`:
 * of `map[key:[104 105] …]`, keys bytewise.
 */
export function dataHash(data: ReadonlyMap<string, Uint8Array>): string {
  const entries = [...data].map(([key, bytes]) => [goString(key), bytes] as const)
  entries.sort(([a], [b]) => compareBytes(a, b))
  const hash = createHash('sha3-224')
  let separator = ''
  hash.update('map[')
  for (const [key, bytes] of entries) {
    hash
      .update(goBytes(`${separator}${key}:[`))
      .update(bytes.join(' '))
      .update(']')
    separator = ' '
  }
  return hash.update(']').digest('hex')
}

/** The hash of labels and annotations in `status.syncedResourceVersion`. */
export function metadataHash(metadata: {
  readonly labels?: Readonly<Record<string, string>> | undefined
  readonly annotations?: Readonly<Record<string, string>> | undefined
}): string {
  const annotations = mapText(metadata.annotations)
  return sha3(`{annotations:${annotations} labels:${mapText(metadata.labels)}}`)
}

function mapText(map: Readonly<Record<string, string>> = {}): ByteString {
  return printValue(
    dict(Object.entries(map).map(([key, value]) => [goString(key), goString(value)] as const)),
  )
}

/** The hash of a JSON value; see {@link goValueOf} for what `integers` chooses. */
export function jsonHash(value: unknown, integers: 'int64' | 'float64'): string {
  return sha3(printValue(goValueOf(value, integers)))
}

/**
 * A JSON value as Go holds it: whole numbers are int64 in an API object (unstructured), and
 * float64 where encoding/json decoded into `interface{}`.
 */
export function goValueOf(value: unknown, integers: 'int64' | 'float64' = 'float64'): GoValue {
  if (typeof value === 'string') return goString(value)
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') {
    const isWhole = integers === 'int64' && Number.isSafeInteger(value) && !Object.is(value, -0)
    return isWhole ? new GoInt(value, types.int64) : value
  }
  if (value instanceof BigNumber) return bigValue(value.digits, integers)
  if (Array.isArray(value)) return list(value.map((item: unknown) => goValueOf(item, integers)))
  if (value instanceof Uint8Array) return fromBytes(value)
  if (!isObject(value)) return null
  return dict(
    Object.entries(value).map(([key, entry]) => [goString(key), goValueOf(entry, integers)]),
  )
}

function bigValue(digits: string, integers: 'int64' | 'float64'): GoValue {
  // No 64-bit number has more, and a BigInt of a million digits takes its time.
  if (integers === 'float64' || digits.length > 20) return Number(digits)
  const value = BigInt(digits)
  return BigInt.asIntN(64, value) === value ? new GoInt(value, types.int64) : Number(value)
}
