/**
 * Blowfish, as far as bcrypt needs it.
 *
 * Source: B. Schneier, "Description of a New Variable-Length Key, 64-Bit Block Cipher" (1993).
 */

/** The running state: 18 subkeys and four tables of 256 words, all changed by the key. */
export interface Blowfish {
  readonly subkeys: Int32Array
  readonly tables: Int32Array
}

const subkeyCount = 18
const tableWords = 1024

let start: Int32Array | undefined

/** A fresh state: the cipher's constants are the first binary digits of π behind the point. */
export function blowfish(): Blowfish {
  start ??= piWords(subkeyCount + tableWords)
  return { subkeys: start.slice(0, subkeyCount), tables: start.slice(subkeyCount) }
}

/** 32-bit words of the fraction of π, by Machin's formula. */
function piWords(count: number): Int32Array {
  const guardBits = 64
  const bits = BigInt(count * 32 + guardBits)
  const pi = 4n * (4n * inverseTangent(5n, bits) - inverseTangent(239n, bits))
  const fraction = (pi - (3n << bits)) >> BigInt(guardBits)
  const hex = fraction.toString(16).padStart(count * 8, '0')
  return Int32Array.from({ length: count }, (_, i) =>
    Number.parseInt(hex.slice(i * 8, i * 8 + 8), 16),
  )
}

/** arctan(1 / x), as a whole number of 2^-bits. */
function inverseTangent(x: bigint, bits: bigint): bigint {
  let power = (1n << bits) / x
  let sum = power
  for (let n = 3n; power > 0n; n += 2n) {
    power /= x * x
    sum += n % 4n === 3n ? -(power / n) : power / n
  }
  return sum
}

/** Encrypts the two words at an offset in place. */
export function encryptWords({ subkeys, tables }: Blowfish, words: Int32Array, at: number): void {
  let left = words[at]! ^ subkeys[0]!
  let right = words[at + 1]!
  for (let round = 1; round <= 16; round += 2) {
    right ^= mix(tables, left) ^ subkeys[round]!
    left ^= mix(tables, right) ^ subkeys[round + 1]!
  }
  words[at] = right ^ subkeys[17]!
  words[at + 1] = left
}

function mix(tables: Int32Array, word: number): number {
  const sum = tables[word >>> 24]! + tables[256 + ((word >>> 16) & 255)]!
  return ((sum ^ tables[512 + ((word >>> 8) & 255)]!) + tables[768 + (word & 255)]!) | 0
}
