import { Fault, type Entropy } from '#base'
import type { OpenCrypto, SealCrypto } from './crypto.ts'
import { tagBytes } from './format1.ts'

/** The few calls used of a browser's `crypto.subtle`. */
export type Subtle = typeof globalThis.crypto.subtle

const rsa = { name: 'RSA-OAEP', hash: 'SHA-256' } as const
const gcm = { name: 'AES-GCM', iv: new Uint8Array(12), tagLength: tagBytes * 8 } as const

/** The primitives by WebCrypto, for pages that seal. The same bytes as node:crypto's. */
export function webSealCrypto(subtle: Subtle, entropy: Pick<Entropy, 'bytes'>): SealCrypto {
  return {
    random: (size) => entropy.bytes(size),
    wrap: async (publicKey, label, key) => {
      const recipient = await subtle
        .importKey('spki', copy(publicKey), rsa, false, ['encrypt'])
        .catch(() => {
          throw new Fault('InvalidSpec', 'the public key is no RSA key')
        })
      const wrapped = await subtle.encrypt(
        { name: rsa.name, label: copy(label) },
        recipient,
        copy(key),
      )
      return new Uint8Array(wrapped)
    },
    encrypt: async (key, plaintext) => {
      const session = await subtle.importKey('raw', copy(key), gcm.name, false, ['encrypt'])
      return new Uint8Array(await subtle.encrypt(gcm, session, copy(plaintext)))
    },
  }
}

/** Opening by WebCrypto; private keys are PKCS#8, DER. */
export function webOpenCrypto(subtle: Subtle): OpenCrypto<Uint8Array> {
  return {
    unwrap: async (privateKey, label, wrapped) => {
      try {
        const key = await subtle.importKey('pkcs8', copy(privateKey), rsa, false, ['decrypt'])
        return new Uint8Array(
          await subtle.decrypt({ name: rsa.name, label: copy(label) }, key, copy(wrapped)),
        )
      } catch {
        return null
      }
    },
    decrypt: async (key, ciphertextAndTag) => {
      if (ciphertextAndTag.length < tagBytes) return null
      try {
        const session = await subtle.importKey('raw', copy(key), gcm.name, false, ['decrypt'])
        return new Uint8Array(await subtle.decrypt(gcm, session, copy(ciphertextAndTag)))
      } catch {
        return null
      }
    },
  }
}

/** WebCrypto takes no views of shared memory, and the types know. */
function copy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes)
}
