import {
  constants,
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  privateDecrypt,
  publicEncrypt,
  type KeyObject,
} from 'node:crypto'
import { concatBytes, Fault, type Entropy } from '#base'
import type { OpenCrypto, SealCrypto } from './crypto.ts'
import { tagBytes } from './format1.ts'

const zeroNonce = new Uint8Array(12)
const cipher = 'aes-256-gcm'
const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' } as const

/** The primitives by node:crypto. */
export function nodeSealCrypto(entropy: Entropy): SealCrypto {
  return {
    random: (size) => entropy.bytes(size),
    wrap: (publicKey, label, key) => Promise.resolve(wrap(publicKey, label, key)),
    encrypt: (key, plaintext) => {
      const box = createCipheriv(cipher, key, zeroNonce, { authTagLength: tagBytes })
      return Promise.resolve(concatBytes([box.update(plaintext), box.final(), box.getAuthTag()]))
    },
  }
}

function wrap(publicKey: Uint8Array, label: Uint8Array, key: Uint8Array): Uint8Array {
  const recipient = createPublicKey({ key: Buffer.from(publicKey), type: 'spki', format: 'der' })
  if (recipient.asymmetricKeyType !== 'rsa') {
    throw new Fault('InvalidSpec', 'the public key is no RSA key', {
      hint: 'give the certificate of a sealing key: lockstep seal --fetch-cert prints it',
    })
  }
  return new Uint8Array(publicEncrypt({ key: recipient, ...oaep, oaepLabel: label }, key))
}

/** Opening by node:crypto, in the thread it is called on: 4,096 bits take some 6 ms. */
export const nodeOpenCrypto: OpenCrypto<KeyObject> = {
  unwrap: (privateKey, label, wrapped) => {
    try {
      return Promise.resolve(
        privateDecrypt({ key: privateKey, ...oaep, oaepLabel: label }, wrapped),
      )
    } catch {
      return Promise.resolve(null)
    }
  },
  decrypt: (key, ciphertextAndTag) => {
    const end = ciphertextAndTag.length - tagBytes
    if (end < 0) return Promise.resolve(null)
    const box = createDecipheriv(cipher, key, zeroNonce, { authTagLength: tagBytes })
    box.setAuthTag(ciphertextAndTag.subarray(end))
    const plaintext = box.update(ciphertextAndTag.subarray(0, end))
    try {
      box.final() // proves the tag: nothing leaves before it has
      return Promise.resolve(Uint8Array.from(plaintext))
    } catch {
      return Promise.resolve(null)
    } finally {
      plaintext.fill(0)
    }
  },
}
