/** RSA key generation off the event loop: 4,096 bits take seconds. */
import { generateKeyPairSync } from 'node:crypto'
import { defineTask, type Task } from '#base'

/** A private key and its public half. */
export interface KeyPair {
  /** PEM: `RSA PRIVATE KEY` (PKCS#1) for RSA, `EC PRIVATE KEY` (SEC 1) for P-256. */
  readonly privateKey: string
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array
}

/** What to generate. */
export type KeyKind =
  | { readonly type: 'rsa'; readonly bits: number }
  /** ECDSA on P-256: made in a fraction of a millisecond; for TLS only, sealing needs RSA. */
  | { readonly type: 'ec' }

/** Makes a key. Its randomness is OpenSSL's own, so a simulation hands in ready keys instead. */
export const generateKeyTask: Task<KeyKind, KeyPair> = defineTask(
  'x509/generate-key',
  import.meta.url,
  (kind: KeyKind): KeyPair => {
    const pair =
      kind.type === 'rsa'
        ? generateKeyPairSync('rsa', {
            modulusLength: kind.bits,
            publicKeyEncoding: { type: 'spki', format: 'der' },
            privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
          })
        : generateKeyPairSync('ec', {
            namedCurve: 'P-256',
            publicKeyEncoding: { type: 'spki', format: 'der' },
            privateKeyEncoding: { type: 'sec1', format: 'pem' },
          })
    return { privateKey: pair.privateKey, publicKey: new Uint8Array(pair.publicKey) }
  },
)
