/**
 * Go's strings are bytes. Here a Go string is a JavaScript string with one character (0–255) a
 * byte: length, slicing, comparison and map order are then Go's own, and V8 keeps it in one byte a
 * character. Text that came from JavaScript goes in by {@link goString}, and out by
 * {@link goText} or {@link goBytes}. ASCII literals are the same in both worlds.
 */
export type ByteString = string

// eslint-disable-next-line no-control-regex
const beyondAscii = /[^\x00-\x7f]/

/** The Go string of JavaScript text: its UTF-8 bytes. */
export function goString(text: string): ByteString {
  return beyondAscii.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text
}

/** JavaScript text of a Go string; what is no UTF-8 becomes U+FFFD. */
export function goText(value: ByteString): string {
  return beyondAscii.test(value) ? Buffer.from(value, 'latin1').toString('utf8') : value
}

/** The Go string that holds exactly these bytes. */
export function fromBytes(bytes: Uint8Array): ByteString {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

/** The bytes of a Go string. */
export function goBytes(value: ByteString): Uint8Array {
  const buffer = Buffer.from(value, 'latin1')
  // Small Buffers share a pool with everything else of the process; a Secret's bytes must not.
  return new Uint8Array(buffer)
}

/** One character as Go's `range` sees it: U+FFFD of width 1 for a byte that is no UTF-8. */
export interface Rune {
  readonly code: number
  readonly width: number
}

const badRune: Rune = { code: 0xfffd, width: 1 }

/** Decodes the character at a byte offset, by the rules of Go's utf8.DecodeRune. */
export function runeAt(value: ByteString, at: number): Rune {
  const first = value.charCodeAt(at)
  if (first < 0x80) return { code: first, width: 1 }
  const width = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1
  if (width === 1 || first > 0xf4 || at + width > value.length) return badRune
  let code = first & (0x7f >> width)
  for (let i = 1; i < width; i++) {
    const next = value.charCodeAt(at + i)
    if ((next & 0xc0) !== 0x80) return badRune
    code = (code << 6) | (next & 0x3f)
  }
  if (width === 3 && (code < 0x800 || (code >= 0xd800 && code <= 0xdfff))) return badRune
  if (width === 4 && (code < 0x10000 || code > 0x10ffff)) return badRune
  return { code, width }
}

/** The characters of a Go string as code points; bytes that are no UTF-8 are U+FFFD each. */
export function runesOf(value: ByteString): number[] {
  const runes: number[] = []
  for (let at = 0; at < value.length;) {
    const rune = runeAt(value, at)
    runes.push(rune.code)
    at += rune.width
  }
  return runes
}

/** The Go string of one code point; what cannot be encoded (surrogates, too large) is U+FFFD. */
export function runeString(code: number): ByteString {
  if (code < 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return '\xef\xbf\xbd'
  return code < 0x80 ? String.fromCharCode(code) : goString(String.fromCodePoint(code))
}

/** How many characters a Go string has. */
export function runeCount(value: ByteString): number {
  if (!beyondAscii.test(value)) return value.length
  return runesOf(value).length
}

/** Whether the bytes are UTF-8. */
export function isUtf8(value: ByteString): boolean {
  if (!beyondAscii.test(value)) return true
  for (let at = 0; at < value.length;) {
    const rune = runeAt(value, at)
    if (rune.code === 0xfffd && rune.width === 1) return false
    at += rune.width
  }
  return true
}
