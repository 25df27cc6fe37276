import { runeAt, type ByteString } from './byte-string.ts'

const printable = /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u

/** unicode.IsPrint. */
export function isPrint(code: number): boolean {
  if (code < 0x80) return code >= 0x20 && code < 0x7f
  return (code < 0xd800 || code > 0xdfff) && printable.test(String.fromCodePoint(code))
}

const shortEscapes: ReadonlyMap<number, string> = new Map([
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x0c, '\\f'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x09, '\\t'],
  [0x0b, '\\v'],
  [0x5c, '\\\\'],
])

// Nothing that either quote would escape.
const plain = /^[ !#-&(-[\]-~]*$/

/** strconv.Quote; `asciiOnly`: QuoteToASCII. `quote` is `"` or `'`. */
export function quoteGo(text: ByteString, asciiOnly = false, quote = '"'): ByteString {
  if (plain.test(text)) return `${quote}${text}${quote}`
  // Joined at the end: text that grows by a character at a time takes thirty times its size.
  const out = [quote]
  for (let at = 0; at < text.length;) {
    const { code, width } = runeAt(text, at)
    out.push(quotedRune(code, width, text, at, asciiOnly, quote))
    at += width
  }
  out.push(quote)
  return out.join('')
}

function quotedRune(
  code: number,
  width: number,
  text: ByteString,
  at: number,
  asciiOnly: boolean,
  quote: string,
): ByteString {
  if (code === 0xfffd && width === 1) return `\\x${hex(text.charCodeAt(at), 2)}`
  if (code === quote.charCodeAt(0)) return `\\${quote}`
  const short = shortEscapes.get(code)
  if (short !== undefined) return short
  if (code < 0x80 ? isPrint(code) : !asciiOnly && isPrint(code)) return text.slice(at, at + width)
  if (code < 0x80) return `\\x${hex(code, 2)}`
  return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}

/** strconv.CanBackquote: one line, no control characters, no backquote, valid UTF-8. */
export function canBackquote(text: ByteString): boolean {
  for (let at = 0; at < text.length;) {
    const { code, width } = runeAt(text, at)
    if (width > 1 ? code === 0xfeff : code === 0xfffd) return false
    if ((code < 0x20 && code !== 0x09) || code === 0x60 || code === 0x7f) return false
    at += width
  }
  return true
}
