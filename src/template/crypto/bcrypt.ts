/**
 * bcrypt, version 2a.
 *
 * Source: N. Provos and D. Mazières, "A Future-Adaptable Password Scheme" (1999).
 */
import { blowfish, encryptWords, type Blowfish } from './blowfish.ts'

const alphabet = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const hashBytes = 23

/** Bytes of a password that count; more are refused. */
export const bcryptMaxBytes = 72

/**
 * The hash in its usual text form.
 *
 * @param salt 16 bytes.
 * @param cost 4 to 31: the work doubles with each.
 */
export function bcrypt(password: Uint8Array, salt: Uint8Array, cost: number): string {
  const key = Uint8Array.of(...password, 0)
  const state = blowfish()
  expand(state, key, salt)
  for (let round = 2 ** cost; round > 0; round--) {
    expand(state, key)
    expand(state, salt)
  }
  const words = wordsOf(Buffer.from('OrpheanBeholderScryDoubt'), 6)
  for (let at = 0; at < words.length; at += 2) {
    for (let i = 0; i < 64; i++) encryptWords(state, words, at)
  }
  const hash = Uint8Array.from(
    { length: hashBytes },
    (_, i) => words[i >> 2]! >>> (24 - (i & 3) * 8),
  )
  return `$2a$${String(cost).padStart(2, '0')}$${radix64(salt)}${radix64(hash)}`
}

/** Mixes a key into the state, and the salt into what the state is rebuilt from. */
function expand(state: Blowfish, key: Uint8Array, salt?: Uint8Array): void {
  const { subkeys, tables } = state
  const keyWords = wordsOf(key, subkeys.length)
  for (let i = 0; i < subkeys.length; i++) subkeys[i]! ^= keyWords[i]!
  const saltWords = salt === undefined ? undefined : wordsOf(salt, 4)
  const block = new Int32Array(2)
  let turn = 0
  for (const part of [subkeys, tables]) {
    for (let i = 0; i < part.length; i += 2) {
      if (saltWords !== undefined) {
        block[0]! ^= saltWords[turn]!
        block[1]! ^= saltWords[turn + 1]!
        turn ^= 2
      }
      encryptWords(state, block, 0)
      part[i] = block[0]!
      part[i + 1] = block[1]!
    }
  }
}

/** Big-endian words of bytes that are repeated as often as needed. */
function wordsOf(bytes: Uint8Array, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => {
    let word = 0
    for (let j = 0; j < 4; j++) word = (word << 8) | bytes[(i * 4 + j) % bytes.length]!
    return word
  })
}

/** bcrypt's own base64: another alphabet, no padding. */
function radix64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at
    const group = (bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    for (let i = 0; i <= Math.min(left, 3); i++) text += alphabet[(group >>> (18 - i * 6)) & 63]
  }
  return text
}
