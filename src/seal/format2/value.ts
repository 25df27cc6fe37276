/**
 * Sealed value, format 2: ours, opt-in. An old controller takes it for damaged and refuses it.
 *
 *     offset 0    2 bytes  zero: where format 1 has the length of its wrapped key
 *     offset 2    1 byte   version, 1
 *     offset 3    1 byte   suite, 1: DHKEM(X25519, HKDF-SHA256), XSalsa20-Poly1305
 *     offset 4    8 bytes  key id of the recipient
 *     offset 12  32 bytes  ephemeral public key
 *     offset 44            secretbox: 16 bytes of tag, then the ciphertext
 *
 * Key and nonce come from HKDF-SHA256 over the shared secret; its info binds the 44 bytes of the
 * header, scope, namespace, name and data key, each with its length in front. What lies outside
 * the scope has length 0.
 */
import type { secretbox } from 'tweetnacl'
import { concatBytes, equalBytes, Fault, utf8 } from '#base'
import type { Scope } from '../scope.ts'
import type { BoxCrypto } from './crypto.ts'
import { decapsulate, encapsulate, hkdf } from './kem.ts'
import { keyIdOf, suite, type Recipient } from './recipient.ts'

const headerBytes = 44
const domain = utf8('lockstep/sealed-value/2')

/** Everything a value is bound to; moving it to another data key breaks it too. */
export interface Bound {
  readonly scope: Scope
  readonly namespace: string
  readonly name: string
  readonly dataKey: string
}

/** Whether bytes claim to be of this format. */
export function isFormat2(sealed: Uint8Array): boolean {
  return sealed[0] === 0 && sealed[1] === 0 && sealed[2] === 1
}

/** Seals one value. @throws Fault InvalidSpec for a recipient that is no proper key. */
export async function sealValue2(
  crypto: BoxCrypto,
  recipient: Recipient,
  bound: Bound,
  plaintext: Uint8Array,
  ephemeralPrivate?: Uint8Array,
): Promise<Uint8Array> {
  const agreed = await encapsulate(crypto, recipient.publicKey, ephemeralPrivate)
  if (agreed === null) throw new Fault('InvalidSpec', 'the recipient is no proper public key')
  const keyId = await keyIdOf(crypto, recipient)
  const header = concatBytes([Uint8Array.of(0, 0, 1, suite), keyId, agreed.ephemeral])
  const { key, nonce } = await keyAndNonce(crypto, agreed.secret, header, bound)
  return concatBytes([header, (await box())(plaintext, nonce, key)])
}

/**
 * Opens one value with one private key (32 bytes).
 *
 * @returns null when it does not open, whatever the reason.
 */
export async function openValue2(
  crypto: BoxCrypto,
  privateKey: Uint8Array,
  bound: Bound,
  sealed: Uint8Array,
): Promise<Uint8Array | null> {
  if (!isFormat2(sealed) || sealed[3] !== suite || sealed.length < headerBytes + 16) return null
  const publicKey = await crypto.publicKeyOf(privateKey)
  const header = sealed.subarray(0, headerBytes)
  const keyId = await keyIdOf(crypto, { suite, publicKey })
  if (!equalBytes(keyId, header.subarray(4, 12))) return null
  const secret = await decapsulate(crypto, privateKey, header.subarray(12))
  if (secret === null) return null
  const { key, nonce } = await keyAndNonce(crypto, secret, header, bound)
  return (await box()).open(sealed.subarray(headerBytes), nonce, key)
}

async function keyAndNonce(
  crypto: BoxCrypto,
  secret: Uint8Array,
  header: Uint8Array,
  bound: Bound,
): Promise<{ readonly key: Uint8Array; readonly nonce: Uint8Array }> {
  const bytes = await hkdf(crypto, secret, infoOf(header, bound), 56)
  secret.fill(0)
  return { key: bytes.subarray(0, 32), nonce: bytes.subarray(32) }
}

function infoOf(header: Uint8Array, { scope, namespace, name, dataKey }: Bound): Uint8Array {
  const parts = [
    header,
    utf8(scope),
    utf8(scope === 'cluster-wide' ? '' : namespace),
    utf8(scope === 'strict' ? name : ''),
    utf8(dataKey),
  ]
  return concatBytes([
    domain,
    ...parts.flatMap((part) => [Uint8Array.of(part.length >> 8, part.length & 0xff), part]),
  ])
}

// Loaded with the first value: format 1 alone should not pay for it.
async function box(): Promise<typeof secretbox> {
  return (await import('tweetnacl')).default.secretbox
}
