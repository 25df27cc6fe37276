/**
 * Keys from passwords, as PKCS#12 makes them.
 *
 * Source: RFC 7292, appendix B.
 */
import { hash as digestOf } from 'node:crypto'

import { FunctionError } from '../../template-fault.ts'

/** What the bytes are for. */
export const purposes = { key: 1, iv: 2, mac: 3 } as const

/** Files that ask for more rounds are refused: the count is the file's word, not ours. */
const maxRounds = { pkcs12: 100_000, pbkdf2: 1_000_000 }

/** What one round costs, in bytes of work: about as long as making so many bytes of text. */
const roundCost = { pkcs12: 16, pbkdf2: 6 }

/** Counts work that is about to be done, in bytes. @throws FunctionError where it is too much. */
export type Spend = (bytes: number) => void

/**
 * Counts the rounds that a file asks for, `times` over.
 *
 * @throws FunctionError when they are more than we run.
 */
export function spendRounds(
  rounds: number,
  kind: keyof typeof maxRounds,
  spend: Spend,
  times = 1,
): void {
  if (rounds < 1 || rounds > maxRounds[kind]) {
    throw new FunctionError(`pkcs12: more than ${maxRounds[kind]} iterations`, 'limit')
  }
  spend(rounds * roundCost[kind] * times)
}

/** A password as PKCS#12 takes it: UTF-16, big-endian, with a zero behind it. @throws FunctionError */
export function bmpPassword(password: string): Uint8Array {
  const bytes = new Uint8Array(password.length * 2 + 2)
  for (let i = 0; i < password.length; i++) {
    const unit = password.charCodeAt(i)
    if (unit >= 0xd800 && unit <= 0xdfff) {
      throw new FunctionError('pkcs12: string contains characters that cannot be encoded in UCS-2')
    }
    bytes[i * 2] = unit >> 8
    bytes[i * 2 + 1] = unit & 255
  }
  return bytes
}

/** Derives `size` bytes. */
export function derive(
  hash: string,
  password: Uint8Array,
  wanted: { readonly salt: Uint8Array; readonly rounds: number },
  purpose: number,
  size: number,
  spend: Spend,
): Uint8Array {
  const block = hash === 'sha384' || hash === 'sha512' ? 128 : 64
  const input = Buffer.concat([fill(wanted.salt, block), fill(password, block)])
  const diversifier = new Uint8Array(block).fill(purpose)
  const parts: Uint8Array[] = []
  for (let made = 0; made < size;) {
    spendRounds(wanted.rounds, 'pkcs12', spend)
    let digest = digestOf(hash, Buffer.concat([diversifier, input]), 'buffer')
    for (let i = 1; i < wanted.rounds; i++) digest = digestOf(hash, digest, 'buffer')
    parts.push(digest)
    made += digest.length
    addToBlocks(input, fill(digest, block, block))
  }
  return Buffer.concat(parts).subarray(0, size)
}

/** Repeats bytes up to a multiple of the block. */
function fill(bytes: Uint8Array, block: number, size?: number): Uint8Array {
  const length = size ?? Math.ceil(bytes.length / block) * block
  return Uint8Array.from({ length }, (_, i) => bytes[i % bytes.length]!)
}

/** Adds a number and one to each block of the input, modulo its size. */
function addToBlocks(input: Uint8Array, number: Uint8Array): void {
  for (let end = number.length; end <= input.length; end += number.length) {
    let carry = 1
    for (let i = 1; i <= number.length; i++) {
      carry += input[end - i]! + number[number.length - i]!
      input[end - i] = carry & 255
      carry >>= 8
    }
  }
}
