import { generateKeyPairSync, type KeyObject } from 'node:crypto'

/** Kinds of private keys that templates may ask for. */
export type KeyKind = 'rsa' | 'dsa' | 'ecdsa' | 'ed25519'

/**
 * A new private key, PKCS#8 in DER: RSA of 2,048 bits, DSA of 2,048 and 256, ECDSA on P-256.
 *
 * For `TemplateDeps.generateKey` where rendering runs off the event loop: RSA takes a tenth of a
 * second, DSA seconds. Its randomness is OpenSSL's own.
 */
export function generateKey(kind: KeyKind): Uint8Array {
  return new Uint8Array(pairOf(kind).export({ format: 'der', type: 'pkcs8' }))
}

function pairOf(kind: KeyKind): KeyObject {
  switch (kind) {
    case 'rsa':
      return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    case 'dsa':
      return generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 }).privateKey
    case 'ecdsa':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    case 'ed25519':
      return generateKeyPairSync('ed25519').privateKey
  }
}
