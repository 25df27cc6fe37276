import type { scalarMult } from 'tweetnacl'
import type { Entropy } from '#base'
import type { Subtle } from '../web-crypto.ts'
import type { BoxCrypto } from './crypto.ts'

/** The primitives in a browser: hashes by WebCrypto, X25519 in JavaScript, which every browser has. */
export function webBoxCrypto(subtle: Subtle, entropy: Pick<Entropy, 'bytes'>): BoxCrypto {
  return {
    random: (size) => entropy.bytes(size),
    sha256: async (bytes) => new Uint8Array(await subtle.digest('SHA-256', new Uint8Array(bytes))),
    hmacSha256: async (key, bytes) => {
      // WebCrypto takes no empty HMAC key; zeros to the block's size are the same key.
      const raw = key.length === 0 ? new Uint8Array(64) : new Uint8Array(key)
      const algorithm = { name: 'HMAC', hash: 'SHA-256' } as const
      const imported = await subtle.importKey('raw', raw, algorithm, false, ['sign'])
      return new Uint8Array(await subtle.sign('HMAC', imported, new Uint8Array(bytes)))
    },
    publicKeyOf: async (privateKey) => (await curve()).base(privateKey),
    agree: async (privateKey, publicKey) => {
      if (publicKey.length !== 32) return null
      const shared = (await curve())(privateKey, publicKey)
      return shared.every((byte) => byte === 0) ? null : shared
    },
  }
}

async function curve(): Promise<typeof scalarMult> {
  return (await import('tweetnacl')).default.scalarMult
}
