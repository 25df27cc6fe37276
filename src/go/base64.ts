import type { ByteString } from './byte-string.ts'

/** Decoded bytes, or the offset that Go's `illegal base64 data at input byte N` names. */
export type Decoded =
  | { readonly ok: true; readonly value: ByteString }
  | { readonly ok: false; readonly at: number }

const standard = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const tables = {
  standard: tableOf(standard),
  url: tableOf(standard.replace('+/', '-_')),
}

function tableOf(alphabet: string): ReadonlyMap<string, number> {
  return new Map(alphabet.split('').map((char, value) => [char, value]))
}

/**
 * Base64 with padding, exactly as Go's StdEncoding and URLEncoding read it: line breaks are
 * skipped, padding is needed, surplus trailing bits pass.
 */
export function decodeBase64(
  text: ByteString,
  alphabet: 'standard' | 'url' = 'standard',
  isPadded: boolean = true,
): Decoded {
  const whole = isPadded ? wholeBase64(text, alphabet) : undefined
  if (whole !== undefined) return { ok: true, value: whole }
  const table = tables[alphabet]
  const bytes: number[] = []
  let at = 0
  const skipBreaks = (): void => {
    while (text[at] === '\n' || text[at] === '\r') at++
  }
  for (;;) {
    const quantum: number[] = []
    let isLast = false
    while (quantum.length < 4) {
      skipBreaks()
      if (at === text.length) {
        if (quantum.length === 0) return { ok: true, value: fromCodes(bytes) }
        if (quantum.length === 1 || isPadded) return { ok: false, at: at - quantum.length }
        isLast = true
        break
      }
      const bits = table.get(text[at]!)
      at++
      if (bits !== undefined) {
        quantum.push(bits)
        continue
      }
      if (text[at - 1] !== '=' || !isPadded || quantum.length < 2) return { ok: false, at: at - 1 }
      if (quantum.length === 2) {
        skipBreaks()
        if (at === text.length) return { ok: false, at }
        if (text[at] !== '=') return { ok: false, at: at - 1 }
        at++
      }
      skipBreaks()
      if (at < text.length) return { ok: false, at }
      isLast = true
      break
    }
    const [a = 0, b = 0, c = 0, d = 0] = quantum
    bytes.push((a << 2) | (b >> 4))
    if (quantum.length > 2) bytes.push(((b & 15) << 4) | (c >> 2))
    if (quantum.length > 3) bytes.push(((c & 3) << 6) | d)
    if (isLast) return { ok: true, value: fromCodes(bytes) }
  }
}

/**
 * The quick way for text without a fault; what has one goes the long way, to say where. Node reads
 * over faults, so what it read must come out as the same text.
 */
function wholeBase64(text: ByteString, alphabet: 'standard' | 'url'): ByteString | undefined {
  const compact = /[\r\n]/.test(text) ? text.replace(/[\r\n]+/g, '') : text
  if (compact.length % 4 !== 0) return undefined
  const bytes = Buffer.from(compact, 'base64')
  const standardAgain = bytes.toString('base64')
  const again =
    alphabet === 'standard'
      ? standardAgain
      : standardAgain.replace(/[+/]/g, (char) => (char === '+' ? '-' : '_'))
  return again === compact ? bytes.toString('latin1') : undefined
}

function fromCodes(bytes: readonly number[]): ByteString {
  return Buffer.from(bytes).toString('latin1')
}

/** Standard base64 with padding. */
export function encodeBase64(value: ByteString): ByteString {
  return Buffer.from(value, 'latin1').toString('base64')
}
