import type { ByteString } from '../byte-string.ts'

/**
 * What the peer's reader says of bytes that are no UTF-8; `undefined` when they are.
 *
 * @returns A problem that holds nothing of the text.
 */
export function whyNotUtf8(text: ByteString): string | undefined {
  for (let at = 0; at < text.length;) {
    const width = widthOf(text.charCodeAt(at))
    if (width === 0) return 'invalid leading UTF-8 octet'
    if (at + width > text.length) return 'incomplete UTF-8 octet sequence'
    let code = width === 1 ? text.charCodeAt(at) : text.charCodeAt(at) & (0x7f >> width)
    for (let i = 1; i < width; i++) {
      const octet = text.charCodeAt(at + i)
      if ((octet & 0xc0) !== 0x80) return 'invalid trailing UTF-8 octet'
      code = (code << 6) | (octet & 0x3f)
    }
    if (width > 1 && code < (least[width] ?? 0)) return 'invalid length of a UTF-8 sequence'
    if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) return 'invalid Unicode character'
    at += width
  }
  return undefined
}

/** The smallest character that needs so many octets. */
const least: readonly number[] = [0, 0, 0x80, 0x800, 0x10000]

function widthOf(first: number): number {
  if (first < 0x80) return 1
  if ((first & 0xe0) === 0xc0) return 2
  if ((first & 0xf0) === 0xe0) return 3
  return (first & 0xf8) === 0xf0 ? 4 : 0
}
