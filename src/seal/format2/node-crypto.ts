import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
} from 'node:crypto'
import { concatBytes, type Entropy } from '#base'
import type { BoxCrypto } from './crypto.ts'

// PKCS#8 around 32 bytes of X25519 (RFC 8410 §7).
const pkcs8Head = Buffer.from('302e020100300506032b656e04220420', 'hex')

/** The primitives by node:crypto: some forty times as fast as RSA with 4,096 bits. */
export function nodeBoxCrypto(entropy: Entropy): BoxCrypto {
  return {
    random: (size) => entropy.bytes(size),
    sha256: (bytes) => Promise.resolve(new Uint8Array(createHash('sha256').update(bytes).digest())),
    hmacSha256: (key, bytes) =>
      Promise.resolve(new Uint8Array(createHmac('sha256', key).update(bytes).digest())),
    publicKeyOf: (privateKey) => {
      const publicKey = createPublicKey(privateObject(privateKey))
      // DER, never JWK: exporting a fresh X25519 key as JWK has been seen to hang.
      const spki = publicKey.export({ type: 'spki', format: 'der' })
      return Promise.resolve(new Uint8Array(spki.subarray(-32)))
    },
    agree: (privateKey, publicKey) => Promise.resolve(agree(privateKey, publicKey)),
  }
}

function privateObject(privateKey: Uint8Array): KeyObject {
  const der = Buffer.from(concatBytes([pkcs8Head, privateKey]))
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}

function agree(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array | null {
  const x = Buffer.from(publicKey).toString('base64url')
  try {
    const other = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' })
    const shared = diffieHellman({ privateKey: privateObject(privateKey), publicKey: other })
    return shared.every((byte) => byte === 0) ? null : new Uint8Array(shared)
  } catch {
    return null // OpenSSL refuses points of small order by itself
  }
}
