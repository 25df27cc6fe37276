/**
 * Reads DER, as far as keys, certificates and PKCS#12 need it.
 *
 * Source: ITU-T X.690, sections 8 and 10.
 */
import { Fault } from '#base'

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

/** What to throw where bytes are no such DER; holds nothing of them. */
export type Malformed = () => Error

const malformed: Malformed = () => new Fault('InvalidSpec', 'asn1: structure error')

/** Walks over the elements of some bytes. Every method throws where they do not fit. */
export class DerReader {
  readonly #bytes: Uint8Array
  readonly #malformed: Malformed
  #at = 0

  constructor(bytes: Uint8Array, fail: Malformed = malformed) {
    this.#bytes = bytes
    this.#malformed = fail
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
    if (found === undefined || (found & 0x1f) === 0x1f) throw this.#malformed()
    if (tag !== undefined && found !== tag) throw this.#malformed()
    const { size, from } = this.#length(start + 1)
    const end = from + size
    if (end > this.#bytes.length) throw this.#malformed()
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
    return new DerReader(this.next(tag).content, this.#malformed)
  }

  /** A whole number of at most 32 bits. */
  integer(): number {
    const { content } = this.next(tags.integer)
    if (content.length === 0 || content.length > 5 || (content[0] ?? 0) > 0x7f)
      throw this.#malformed()
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
    if (first === undefined || first === 0x80 || first > 0x84) throw this.#malformed()
    if (first < 0x80) return { size: first, from: at + 1 }
    let size = 0
    const from = at + 1 + (first & 0x7f)
    for (let i = at + 1; i < from; i++) {
      const digit = this.#bytes[i]
      if (digit === undefined) throw this.#malformed()
      size = size * 256 + digit
    }
    return { size, from }
  }
}

/** Reads the only element of some bytes. It fails also when something follows. */
export function readDer(bytes: Uint8Array, tag: number, fail: Malformed = malformed): DerReader {
  const outer = new DerReader(bytes, fail)
  const inner = outer.enter(tag)
  if (!outer.isDone) throw fail()
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
