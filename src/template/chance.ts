import { createCipheriv } from 'node:crypto'
import type { TemplateDeps } from './functions/function.ts'
import { generateKey } from './generate-key.ts'

/** What makes two renderings of one template differ. */
export interface Chance {
  /** Wall time, milliseconds since 1970. */
  readonly nowMs: number
  /** 32 bytes of `env.entropy`, for one rendering and no other. */
  readonly seed: Uint8Array
}

/**
 * All that functions which are not pure need, for a rendering in a worker, which has no Env: one moment
 * for all of it, and of the seed the key stream of AES-256 in counter mode.
 */
export function depsOf({ nowMs, seed }: Chance): Required<TemplateDeps> {
  const cipher = createCipheriv('aes-256-ctr', seed, new Uint8Array(16))
  return {
    now: () => nowMs,
    randomBytes: (count) => new Uint8Array(cipher.update(new Uint8Array(count))),
    generateKey,
  }
}
