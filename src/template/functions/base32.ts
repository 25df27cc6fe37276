import type { ByteString, Decoded } from '#go'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Standard base32 with padding. */
export function encodeBase32(text: ByteString): ByteString {
  const out: string[] = []
  let bits = 0
  let buffer = 0
  for (let i = 0; i < text.length; i++) {
    buffer = (buffer << 8) | text.charCodeAt(i)
    bits += 8
    while (bits >= 5) {
      bits -= 5
      out.push(alphabet[(buffer >> bits) & 31] ?? '')
    }
    buffer &= (1 << bits) - 1
  }
  if (bits > 0) out.push(alphabet[(buffer << (5 - bits)) & 31] ?? '')
  return out.join('').padEnd(Math.ceil(out.length / 8) * 8, '=')
}

/** Reads base32 as Go's StdEncoding does: line breaks are skipped, padding must be right. */
export function decodeBase32(given: ByteString): Decoded {
  const text = given.replace(/[\r\n]/g, '')
  const bytes: number[] = []
  for (let at = 0; at < text.length;) {
    const codes: number[] = []
    let isEnd = false
    for (let j = 0; j < 8 && !isEnd;) {
      if (at === text.length) return { ok: false, at: at - j }
      const char = text[at]!
      at++
      if (char === '=' && j >= 2 && text.length - at < 8) {
        const wanted = 8 - j - 1
        if (text.length - at < wanted) return { ok: false, at: text.length }
        for (let k = 0; k < wanted; k++) {
          if (text[at + k] !== '=') return { ok: false, at: at + k - 1 }
        }
        if (j === 3 || j === 6) return { ok: false, at: at - 1 }
        isEnd = true
        break
      }
      const code = alphabet.indexOf(char)
      if (code < 0) return { ok: false, at: at - 1 }
      codes.push(code)
      j++
    }
    let bits = 0
    let buffer = 0
    for (const code of codes) {
      buffer = (buffer << 5) | code
      bits += 5
      if (bits < 8) continue
      bits -= 8
      bytes.push((buffer >> bits) & 255)
      buffer &= (1 << bits) - 1
    }
    if (isEnd) break
  }
  return { ok: true, value: Buffer.from(bytes).toString('latin1') }
}
