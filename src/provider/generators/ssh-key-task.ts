/** SSH keys off the event loop: 4,096 bits take seconds. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { defineTask, type Task } from '#base'
import { sshKeyTexts, type KeyParts, type SshKeyTexts } from './ssh-format.ts'

/** What to generate. */
export interface SshKeyInput {
  readonly kind:
    | { readonly type: 'rsa'; readonly bits: number }
    | { readonly type: 'ecdsa'; readonly curve: 'P-256' | 'P-384' | 'P-521' }
    | { readonly type: 'ed25519' }
  readonly comment: string
  /** Any 32 bits, for the format. */
  readonly check: number
}

/** Makes a key pair. Its randomness is OpenSSL's own. */
export const sshKeyTask: Task<SshKeyInput, SshKeyTexts> = defineTask(
  'provider/ssh-key',
  import.meta.url,
  ({ kind, comment, check }: SshKeyInput): SshKeyTexts => {
    const parts = newKey(kind).export({ format: 'jwk' }) as KeyParts
    return sshKeyTexts(parts, comment, check)
  },
)

function newKey(kind: SshKeyInput['kind']): KeyObject {
  switch (kind.type) {
    case 'rsa':
      return generateKeyPairSync('rsa', { modulusLength: kind.bits }).privateKey
    case 'ecdsa':
      return generateKeyPairSync('ec', { namedCurve: kind.curve }).privateKey
    case 'ed25519':
      return generateKeyPairSync('ed25519').privateKey
  }
}
