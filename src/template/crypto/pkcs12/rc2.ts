/**
 * RC2 in CBC mode, decryption only: old PKCS#12 files hold their certificates in it, and OpenSSL 3
 * does not offer it any more.
 *
 * Source: RFC 2268.
 */
import { piDigits } from './rc2-table.ts'

const blockBytes = 8

/** The padded plain text. @param effectiveBits 40 or 128. */
export function decryptRc2(
  key: Uint8Array,
  effectiveBits: number,
  iv: Uint8Array,
  data: Uint8Array,
): Uint8Array {
  const schedule = expandKey(key, effectiveBits)
  const plain = new Uint8Array(data.length)
  let previous = iv
  for (let at = 0; at + blockBytes <= data.length; at += blockBytes) {
    const block = data.subarray(at, at + blockBytes)
    plain.set(xor(decryptBlock(schedule, block), previous), at)
    previous = block
  }
  return plain
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, i) => byte ^ b[i]!)
}

function expandKey(key: Uint8Array, effectiveBits: number): Uint16Array {
  const bytes = new Uint8Array(128)
  bytes.set(key)
  for (let i = key.length; i < 128; i++) {
    bytes[i] = piDigits[(bytes[i - 1]! + bytes[i - key.length]!) & 255]!
  }
  const effectiveBytes = Math.ceil(effectiveBits / 8)
  const mask = 255 >> (8 * effectiveBytes - effectiveBits)
  bytes[128 - effectiveBytes] = piDigits[bytes[128 - effectiveBytes]! & mask]!
  for (let i = 127 - effectiveBytes; i >= 0; i--) {
    bytes[i] = piDigits[bytes[i + 1]! ^ bytes[i + effectiveBytes]!]!
  }
  return Uint16Array.from({ length: 64 }, (_, i) => bytes[i * 2]! | (bytes[i * 2 + 1]! << 8))
}

const rotations = [1, 2, 3, 5]

function decryptBlock(schedule: Uint16Array, block: Uint8Array): Uint8Array {
  const words = Uint16Array.from({ length: 4 }, (_, i) => block[i * 2]! | (block[i * 2 + 1]! << 8))
  for (let round = 15; round >= 0; round--) {
    for (let i = 3; i >= 0; i--) unmix(words, i, schedule[round * 4 + i]!)
    // Between the rounds 5 and 6, and 11 and 12, of encryption lies another step.
    if (round === 11 || round === 5) {
      for (let i = 3; i >= 0; i--) words[i]! -= schedule[words[(i + 3) & 3]! & 63]!
    }
  }
  return Uint8Array.from({ length: blockBytes }, (_, i) => words[i >> 1]! >> ((i & 1) * 8))
}

function unmix(words: Uint16Array, i: number, subkey: number): void {
  const count = rotations[i]!
  const word = words[i]!
  const turned = (word >> count) | (word << (16 - count))
  const [a, b, c] = [words[(i + 3) & 3]!, words[(i + 2) & 3]!, words[(i + 1) & 3]!]
  words[i] = turned - subkey - (a & b) - (~a & c)
}
