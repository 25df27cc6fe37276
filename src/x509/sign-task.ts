import { createPrivateKey, sign } from 'node:crypto'
import { defineTask, type Task } from '#base'

/** Bytes to sign, and the PEM key to do it with. */
export interface SignInput {
  readonly privateKey: string
  readonly bytes: Uint8Array
}

/** A signature by SHA-256 with RSA (PKCS#1 v1.5) or ECDSA (DER), after the key's type. */
export const signTask: Task<SignInput, Uint8Array> = defineTask(
  'x509/sign',
  import.meta.url,
  ({ privateKey, bytes }: SignInput): Uint8Array =>
    new Uint8Array(sign('sha256', bytes, createPrivateKey(privateKey))),
)
