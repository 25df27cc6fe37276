/** IP addresses as text and as the 4 or 16 bytes that certificates hold. */

/** The bytes of an address, or `undefined` when the text is none. */
export function addressBytes(text: string): Uint8Array | undefined {
  if (/^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/.test(text)) {
    const bytes = text.split('.').map(Number)
    return bytes.every((byte) => byte < 256) ? Uint8Array.from(bytes) : undefined
  }
  return /^[\da-fA-F:.]+$/.test(text) ? longBytes(text) : undefined
}

function longBytes(text: string): Uint8Array | undefined {
  const host = URL.canParse(`http://[${text}]/`) ? new URL(`http://[${text}]/`).hostname : ''
  if (host === '') return undefined
  const [head = '', tail] = host.slice(1, -1).split('::')
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const [first, last] = [groups(head), groups(tail ?? '')]
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0')
  const words = [...first, ...zeros, ...last].map((group) => Number.parseInt(group, 16))
  const bytes = Uint8Array.from(words.flatMap((word) => [word >> 8, word & 255]))
  // Certificates hold an IPv4 address in IPv6's clothes as the plain one.
  const isMapped = words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff
  return isMapped ? bytes.slice(12) : bytes
}

/** An address in its usual text form; `undefined` when it has neither 4 nor 16 bytes. */
export function addressText(bytes: Uint8Array): string | undefined {
  if (bytes.length === 4) return bytes.join('.')
  if (bytes.length !== 16) return undefined
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((bytes[i * 2]! << 8) | bytes[i * 2 + 1]!).toString(16),
  )
  // The URL parser knows how the longest run of zeros is written.
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1)
}
