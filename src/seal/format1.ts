/**
 * Sealed value, format 1: kubeseal's, byte for byte.
 *
 *     offset 0      2 bytes  length L of the wrapped key, big-endian
 *     offset 2      L bytes  RSA-OAEP-SHA256(session key of 32 bytes, label of the scope)
 *     offset 2 + L  n bytes  AES-256-GCM(plaintext) under the session key, nonce of twelve zero bytes
 *     the last 16 bytes      GCM tag
 *
 * The zero nonce is sound only because each value has a session key of its own.
 */
import { concatBytes } from '#base'
import type { OpenCrypto, SealCrypto } from './crypto.ts'

/** Bytes of a GCM tag; a shorter one is refused. */
export const tagBytes = 16

const sessionKeyBytes = 32

/** The two parts of a sealed value. */
export interface Parts {
  readonly wrapped: Uint8Array
  /** Ciphertext and tag. */
  readonly box: Uint8Array
}

/** Seals one value to an RSA public key (SubjectPublicKeyInfo, DER) under a label. */
export async function sealBytes(
  crypto: SealCrypto,
  publicKey: Uint8Array,
  label: Uint8Array,
  plaintext: Uint8Array,
): Promise<Uint8Array> {
  const sessionKey = crypto.random(sessionKeyBytes)
  try {
    const wrapped = await crypto.wrap(publicKey, label, sessionKey)
    const length = Uint8Array.of(wrapped.length >> 8, wrapped.length & 0xff)
    return concatBytes([length, wrapped, await crypto.encrypt(sessionKey, plaintext)])
  } finally {
    sessionKey.fill(0)
  }
}

/** Takes a sealed value apart; `undefined` when it is too short to be one. */
export function partsOf(sealed: Uint8Array): Parts | undefined {
  if (sealed.length < 2) return undefined
  const end = 2 + (sealed[0] as number) * 256 + (sealed[1] as number)
  if (sealed.length < end + tagBytes) return undefined
  return { wrapped: sealed.subarray(2, end), box: sealed.subarray(end) }
}

/**
 * Opens one value with one key. Null says no more than that it did not open: wrong key, wrong
 * label and damage look alike.
 */
export async function openBytes<PrivateKey>(
  crypto: OpenCrypto<PrivateKey>,
  privateKey: PrivateKey,
  label: Uint8Array,
  { wrapped, box }: Parts,
): Promise<Uint8Array | null> {
  const sessionKey = await crypto.unwrap(privateKey, label, wrapped)
  if (sessionKey === null) return null
  try {
    return sessionKey.length === sessionKeyBytes ? await crypto.decrypt(sessionKey, box) : null
  } finally {
    sessionKey.fill(0)
  }
}
