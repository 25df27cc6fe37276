/** Opening off the event loop: an RSA private operation of 4,096 bits takes some 6 ms. */
import type { KeyObject } from 'node:crypto'
import { defineTask, type Task } from '#base'
import { openBytes, partsOf } from './format1.ts'
import { nodeOpenCrypto } from './node-crypto.ts'

/** One sealed value and the one key to try. */
export interface OpenInput {
  readonly sealed: Uint8Array
  readonly label: Uint8Array
  /** Crosses to the worker as a handle; its bytes are not written out. */
  readonly privateKey: KeyObject
}

/** The plaintext, or null when this key and label do not open it. */
export const openTask: Task<OpenInput, Uint8Array | null> = defineTask(
  'seal/open',
  import.meta.url,
  async ({ sealed, label, privateKey }: OpenInput): Promise<Uint8Array | null> => {
    const parts = partsOf(sealed)
    return parts === undefined ? null : await openBytes(nodeOpenCrypto, privateKey, label, parts)
  },
)
