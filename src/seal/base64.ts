import { Fault, utf8 } from '#base'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const values = new Map(Array.from(utf8(alphabet), (letter, value) => [letter, value]))

/**
 * Bytes of a sealed value's text, as strictly as Go's StdEncoding reads it: line breaks are passed
 * over; spaces, the URL alphabet and missing or surplus padding are refused.
 *
 * @throws Fault DecryptionFailed in Go's words, with the offset in the UTF-8 text where it stops.
 */
export function sealedBytes(text: string): Uint8Array {
  const source = utf8(text)
  const out = new Uint8Array(Math.ceil((source.length * 3) / 4))
  let written = 0
  let at = 0
  for (;;) {
    const quantum = readQuantum(source, at)
    for (let i = 0; i < quantum.bytes; i++) out[written++] = (quantum.bits >> (16 - 8 * i)) & 0xff
    at = quantum.next
    if (quantum.last) return out.slice(0, written)
  }
}

interface Quantum {
  readonly bits: number
  readonly bytes: number
  readonly next: number
  readonly last: boolean
}

const pad = 0x3d
const isBreak = (byte: number | undefined): boolean => byte === 0x0a || byte === 0x0d

/** Four letters, or the padded end. Offsets of errors are those of Go's decodeQuantum. */
function readQuantum(source: Uint8Array, from: number): Quantum {
  let at = from
  let bits = 0
  for (let letters = 0; letters < 4;) {
    if (at === source.length) {
      if (letters === 0) return { bits: 0, bytes: 0, next: at, last: true }
      throw illegal(at - letters)
    }
    const byte = source[at++] as number
    if (isBreak(byte)) continue
    const value = values.get(byte)
    if (value !== undefined) {
      bits |= value << (18 - 6 * letters)
      letters++
      continue
    }
    if (byte !== pad || letters < 2) throw illegal(at - 1)
    return { bits, bytes: letters - 1, next: endOfPadding(source, at, letters), last: true }
  }
  return { bits, bytes: 3, next: at, last: false }
}

function endOfPadding(source: Uint8Array, from: number, letters: number): number {
  let at = from
  const skipBreaks = (): void => {
    while (isBreak(source[at])) at++
  }
  if (letters === 2) {
    skipBreaks()
    if (at === source.length) throw illegal(source.length)
    if (source[at] !== pad) throw illegal(at)
    at++
  }
  skipBreaks()
  if (at < source.length) throw illegal(at)
  return at
}

function illegal(offset: number): Fault {
  return new Fault('DecryptionFailed', `illegal base64 data at input byte ${offset}`, {
    hint: 'the value was damaged on its way: seal it again, or copy it again as one line',
  })
}
