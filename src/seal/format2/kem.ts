/**
 * DHKEM(X25519, HKDF-SHA256).
 *
 * Source: RFC 9180 §4.1; HKDF is RFC 5869.
 */
import { concatBytes, utf8 } from '#base'
import type { BoxCrypto } from './crypto.ts'

const version = utf8('HPKE-v1')
const suiteId = concatBytes([utf8('KEM'), Uint8Array.of(0x00, 0x20)])
const secretBytes = 32

/** A shared secret, and the ephemeral public key that lets the recipient compute it. */
export interface Encapsulated {
  readonly secret: Uint8Array
  readonly ephemeral: Uint8Array
}

/** Makes a shared secret with a public key. Null for a public key of small order. */
export async function encapsulate(
  crypto: BoxCrypto,
  publicKey: Uint8Array,
  ephemeralPrivate: Uint8Array = crypto.random(32),
): Promise<Encapsulated | null> {
  const ephemeral = await crypto.publicKeyOf(ephemeralPrivate)
  const shared = await crypto.agree(ephemeralPrivate, publicKey)
  if (shared === null) return null
  const context = concatBytes([ephemeral, publicKey])
  return { secret: await extractAndExpand(crypto, shared, context), ephemeral }
}

/** The shared secret on the recipient's side; null for an ephemeral key of small order. */
export async function decapsulate(
  crypto: BoxCrypto,
  privateKey: Uint8Array,
  ephemeral: Uint8Array,
): Promise<Uint8Array | null> {
  const shared = await crypto.agree(privateKey, ephemeral)
  if (shared === null) return null
  const context = concatBytes([ephemeral, await crypto.publicKeyOf(privateKey)])
  return extractAndExpand(crypto, shared, context)
}

async function extractAndExpand(
  crypto: BoxCrypto,
  shared: Uint8Array,
  context: Uint8Array,
): Promise<Uint8Array> {
  const key = await labeledExtract(crypto, 'eae_prk', shared)
  shared.fill(0)
  return labeledExpand(crypto, key, 'shared_secret', context, secretBytes)
}

/** LabeledExtract without salt, in the KEM's suite. */
export function labeledExtract(
  crypto: BoxCrypto,
  label: string,
  material: Uint8Array,
): Promise<Uint8Array> {
  const labeled = concatBytes([version, suiteId, utf8(label), material])
  return crypto.hmacSha256(new Uint8Array(), labeled)
}

/** LabeledExpand in the KEM's suite. */
export function labeledExpand(
  crypto: BoxCrypto,
  key: Uint8Array,
  label: string,
  info: Uint8Array,
  size: number,
): Promise<Uint8Array> {
  const length = Uint8Array.of(size >> 8, size & 0xff)
  return expand(crypto, key, concatBytes([length, version, suiteId, utf8(label), info]), size)
}

/** HKDF-SHA256 with an empty salt: extract, then expand. */
export async function hkdf(
  crypto: BoxCrypto,
  material: Uint8Array,
  info: Uint8Array,
  size: number,
): Promise<Uint8Array> {
  return expand(crypto, await crypto.hmacSha256(new Uint8Array(), material), info, size)
}

async function expand(
  crypto: BoxCrypto,
  key: Uint8Array,
  info: Uint8Array,
  size: number,
): Promise<Uint8Array> {
  const blocks: Uint8Array[] = []
  let last: Uint8Array = new Uint8Array()
  for (let made = 0; made < size; made += last.length) {
    const counter = Uint8Array.of(blocks.length + 1)
    last = await crypto.hmacSha256(key, concatBytes([last, info, counter]))
    blocks.push(last)
  }
  return concatBytes(blocks).subarray(0, size)
}
