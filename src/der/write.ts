/**
 * Writes DER, as far as keys, certificates and PKCS#12 need it.
 *
 * Source: ITU-T X.690, sections 8 and 10.
 */
import { concatBytes, timeText, utf8 } from '#base'

/** One element: tag, length in the shortest form, then the content's parts in order. */
export function element(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const body = concatBytes(content)
  return concatBytes([Uint8Array.of(tag), lengthOf(body.length), body])
}

function lengthOf(size: number): Uint8Array {
  if (size < 0x80) return Uint8Array.of(size)
  const digits: number[] = []
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256)
  return Uint8Array.of(0x80 | digits.length, ...digits)
}

/** SEQUENCE of parts that are DER already. */
export function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return element(0x30, ...parts)
}

/** SET of parts; the caller gives one part, or parts in DER order. */
export function set(...parts: readonly Uint8Array[]): Uint8Array {
  return element(0x31, ...parts)
}

/** INTEGER from an unsigned big-endian number of any length. */
export function unsignedInteger(bigEndian: Uint8Array): Uint8Array {
  let start = 0
  while (start < bigEndian.length - 1 && bigEndian[start] === 0) start++
  const digits = bigEndian.subarray(start)
  // A leading one bit would read as a negative number, and there is no number without digits.
  const pad = (digits[0] ?? 0) >= 0x80 || digits.length === 0 ? [Uint8Array.of(0)] : []
  return element(0x02, ...pad, digits)
}

/** INTEGER of a small number, 0 or more. */
export function smallInteger(value: number): Uint8Array {
  const digits: number[] = []
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256)
  return unsignedInteger(Uint8Array.from(digits))
}

/** OBJECT IDENTIFIER of its dotted form. */
export function objectIdentifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return element(0x06, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)))
}

function base128(value: number): number[] {
  const digits = [value % 128]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    digits.unshift((rest % 128) | 0x80)
  }
  return digits
}

/** BIT STRING; `unusedBits` are the last bits of the last byte that do not count. */
export function bitString(bytes: Uint8Array, unusedBits: number = 0): Uint8Array {
  return element(0x03, Uint8Array.of(unusedBits), bytes)
}

/** OCTET STRING. */
export function octetString(bytes: Uint8Array): Uint8Array {
  return element(0x04, bytes)
}

/** BOOLEAN TRUE. */
export const booleanTrue: Uint8Array = Uint8Array.of(0x01, 0x01, 0xff)

/** NULL. */
export const derNull: Uint8Array = Uint8Array.of(0x05, 0x00)

/** PrintableString where the text allows it, else UTF8String, as Go writes names. */
export function nameString(text: string): Uint8Array {
  return element(/^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text) ? 0x13 : 0x0c, utf8(text))
}

/** UTCTime until the end of 2049, GeneralizedTime after it (RFC 5280 §4.1.2.5). */
export function time(epochMs: number): Uint8Array {
  const digits = timeText(epochMs).replace(/[-:T]/g, '').slice(0, 14)
  const year = Number(digits.slice(0, 4))
  return year >= 1950 && year < 2050
    ? element(0x17, utf8(`${digits.slice(2)}Z`))
    : element(0x18, utf8(`${digits}Z`))
}
