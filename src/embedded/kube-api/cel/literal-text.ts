/** What a text or bytes in a source say; of bytes, one character a byte. Undefined where that is nothing. */
export function literalText(source: string): string | undefined {
  const [, prefix = ''] = /^([bBrR]*)/.exec(source) ?? []
  const body = source.slice(prefix.length)
  const quotes = body.startsWith('"""') || body.startsWith("'''") ? 3 : 1
  const inner = body.slice(quotes, -quotes)
  const isBytes = /b/i.test(prefix)
  if (/r/i.test(prefix)) return isBytes ? bytesOf(inner) : inner
  const pattern =
    /\\(?:[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}|[^])|[^\\]+/g
  if (isBytes && /(?<!\\)(?:\\\\)*\\[uU]/.test(inner)) return undefined
  return inner.replace(pattern, (part) =>
    part.startsWith('\\') ? unescaped(part, isBytes) : isBytes ? bytesOf(part) : part,
  )
}

function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1')
}

function unescaped(escape: string, isBytes: boolean): string {
  const sign = escape[1] ?? ''
  if (escape.length === 2) return escapes[sign] ?? sign
  // A number is a byte among bytes, and a character in a text.
  const isOctal = /[0-3]/.test(sign)
  const code = isOctal ? Number.parseInt(escape.slice(1), 8) : Number.parseInt(escape.slice(2), 16)
  if (code > 0x10ffff) return '\ufffd'
  const isByte = isOctal || sign === 'x' || sign === 'X'
  const text = String.fromCodePoint(code)
  return isBytes && !isByte ? bytesOf(text) : text
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}
