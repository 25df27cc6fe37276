/**
 * Bech32: text for bytes with a checksum that finds any four wrong letters.
 *
 * Source: BIP 173.
 */
const letters = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]

/** `prefix1…` of bytes. */
export function toBech32(prefix: string, bytes: Uint8Array): string {
  const words = regroup(bytes, 8, 5, true) ?? []
  const sum = polymod([...expanded(prefix), ...words, 0, 0, 0, 0, 0, 0]) ^ 1
  const check = Array.from({ length: 6 }, (_, i) => (sum >>> (5 * (5 - i))) & 31)
  return `${prefix}1${[...words, ...check].map((word) => letters[word]).join('')}`
}

/** The bytes of such a text, or undefined when prefix, letters or checksum are wrong. */
export function fromBech32(prefix: string, text: string): Uint8Array | undefined {
  const lower = text.toLowerCase()
  if (text !== lower && text !== text.toUpperCase()) return undefined
  if (!lower.startsWith(`${prefix}1`)) return undefined
  const words = Array.from(lower.slice(prefix.length + 1), (letter) => letters.indexOf(letter))
  if (words.length < 6 || words.includes(-1)) return undefined
  if (polymod([...expanded(prefix), ...words]) !== 1) return undefined
  const bytes = regroup(words.slice(0, -6), 5, 8, false)
  return bytes === undefined ? undefined : Uint8Array.from(bytes)
}

function expanded(prefix: string): number[] {
  const codes = Array.from(prefix, (letter) => letter.charCodeAt(0))
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)]
}

function polymod(words: readonly number[]): number {
  let sum = 1
  for (const word of words) {
    const top = sum >>> 25
    sum = ((sum & 0x1ffffff) << 5) ^ word
    for (const [i, generator] of generators.entries()) if ((top >> i) & 1) sum ^= generator
  }
  return sum >>> 0
}

function regroup(
  values: Iterable<number>,
  from: number,
  to: number,
  pad: boolean,
): number[] | undefined {
  const out: number[] = []
  let bits = 0
  let held = 0
  for (const value of values) {
    held = ((held << from) | value) & 0xfff
    bits += from
    while (bits >= to) {
      bits -= to
      out.push((held >> bits) & ((1 << to) - 1))
    }
  }
  if (pad) return bits === 0 ? out : [...out, (held << (to - bits)) & ((1 << to) - 1)]
  return bits >= from || (held & ((1 << bits) - 1)) !== 0 ? undefined : out
}
