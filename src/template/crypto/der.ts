/**
 * DER, read and written as far as keys, certificates and PKCS#12 need it.
 *
 * Source: ITU-T X.690, sections 8 and 10.
 */
import { concatBytes, utf8 } from '#base'

import { FunctionError } from '../template-fault.ts'

/** The tags that are met here. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  sequence: 0x30,
  set: 0x31,
} as const

/** One element: its tag byte, its content, and both with the length between them. */
export interface DerElement {
  readonly tag: number
  readonly content: Uint8Array
  readonly whole: Uint8Array
}

function malformed(): FunctionError {
  return new FunctionError('asn1: structure error')
}

/** Walks over the elements of some bytes. Every method throws FunctionError where they do not fit. */
export class DerReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isDone(): boolean {
    return this.#at >= this.#bytes.length
  }

  /** The tag of the next element; `undefined` at the end. */
  get tag(): number | undefined {
    return this.#bytes[this.#at]
  }

  /** The next element, which must have this tag when one is given. */
  next(tag?: number): DerElement {
    const start = this.#at
    const found = this.#bytes[start]
    // Tags of several bytes are not met in what is read here.
    if (found === undefined || (found & 0x1f) === 0x1f) throw malformed()
    if (tag !== undefined && found !== tag) throw malformed()
    const { size, from } = this.#length(start + 1)
    const end = from + size
    if (end > this.#bytes.length) throw malformed()
    this.#at = end
    const content = this.#bytes.subarray(from, end)
    return { tag: found, content, whole: this.#bytes.subarray(start, end) }
  }

  /** The next element if it has this tag. */
  optional(tag: number): DerElement | undefined {
    return this.tag === tag ? this.next() : undefined
  }

  /** What is inside the next element, which must have this tag. */
  enter(tag: number): DerReader {
    return new DerReader(this.next(tag).content)
  }

  /** A whole number of at most 32 bits. */
  integer(): number {
    const { content } = this.next(tags.integer)
    if (content.length === 0 || content.length > 5 || (content[0] ?? 0) > 0x7f) throw malformed()
    return content.reduce((sum, byte) => sum * 256 + byte, 0)
  }

  /** An object identifier in its dotted form. */
  oid(): string {
    return oidText(this.next(tags.oid).content)
  }

  /** All elements up to the end. */
  rest(): DerElement[] {
    const elements: DerElement[] = []
    while (!this.isDone) elements.push(this.next())
    return elements
  }

  #length(at: number): { readonly size: number; readonly from: number } {
    const first = this.#bytes[at]
    if (first === undefined || first === 0x80 || first > 0x84) throw malformed()
    if (first < 0x80) return { size: first, from: at + 1 }
    let size = 0
    const from = at + 1 + (first & 0x7f)
    for (let i = at + 1; i < from; i++) {
      const digit = this.#bytes[i]
      if (digit === undefined) throw malformed()
      size = size * 256 + digit
    }
    return { size, from }
  }
}

/** Reads the only element of some bytes. @throws FunctionError also when something follows it. */
export function readDer(bytes: Uint8Array, tag: number): DerReader {
  const outer = new DerReader(bytes)
  const inner = outer.enter(tag)
  if (!outer.isDone) throw malformed()
  return inner
}

function oidText(content: Uint8Array): string {
  const numbers: number[] = []
  let number = 0
  for (const byte of content) {
    number = number * 128 + (byte & 0x7f)
    if (byte >= 0x80) continue
    numbers.push(number)
    number = 0
  }
  const [first = 0, ...rest] = numbers
  const top = Math.min(Math.floor(first / 40), 2)
  return [top, first - top * 40, ...rest].join('.')
}

/** One element: tag, length in the shortest form, then the content's parts in order. */
export function der(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
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
  return der(tags.sequence, ...parts)
}

/** INTEGER from an unsigned big-endian number of any length. */
export function unsigned(bigEndian: Uint8Array): Uint8Array {
  let start = 0
  while (start < bigEndian.length - 1 && bigEndian[start] === 0) start++
  const digits = bigEndian.subarray(start)
  // A leading one bit would read as a negative number.
  const pad = (digits[0] ?? 0) >= 0x80 || digits.length === 0 ? [Uint8Array.of(0)] : []
  return der(tags.integer, ...pad, digits)
}

/** INTEGER of a small number, 0 or more. */
export function small(value: number): Uint8Array {
  const digits: number[] = []
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256)
  return unsigned(Uint8Array.from(digits))
}

/** OCTET STRING. */
export function octets(bytes: Uint8Array): Uint8Array {
  return der(tags.octets, bytes)
}

/** OBJECT IDENTIFIER of its dotted form. */
export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return der(tags.oid, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)))
}

function base128(value: number): number[] {
  const digits = [value % 128]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    digits.unshift((rest % 128) | 0x80)
  }
  return digits
}

/** PrintableString where the text allows it, else UTF8String, as Go writes names. */
export function nameText(text: string): Uint8Array {
  return der(/^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text) ? 0x13 : 0x0c, utf8(text))
}

/** NULL. */
export const derNull: Uint8Array = Uint8Array.of(tags.null, 0)
