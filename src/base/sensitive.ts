const redacted = '[redacted]'

/**
 * Secret bytes on their way through the program: prints, serialises and inspects as
 * `[redacted]`, whatever it is handed to.
 */
export class Sensitive {
  readonly #bytes: Uint8Array

  /** Takes the bytes over: the caller must not keep another reference. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Wraps text as UTF-8. */
  static of(text: string): Sensitive {
    return new Sensitive(new TextEncoder().encode(text))
  }

  /** The bytes themselves. Name the reason where you call this: it is the one way out. */
  reveal(): Uint8Array {
    return this.#bytes
  }

  /** The bytes as UTF-8 text, for headers and request bodies that must hold them. */
  revealText(): string {
    return new TextDecoder().decode(this.#bytes)
  }

  get sizeBytes(): number {
    return this.#bytes.length
  }

  /** Overwrites the bytes with zeros; later reveals see zeros. */
  wipe(): void {
    this.#bytes.fill(0)
  }

  toString(): string {
    return redacted
  }

  toJSON(): string {
    return redacted
  }

  [Symbol.toPrimitive](): string {
    return redacted
  }
}

// console.log and util.inspect ask for this one; it cannot be declared in the class body under
// isolatedDeclarations.
Object.defineProperty(Sensitive.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value: () => redacted,
})

/** Whether two byte strings are equal, in time that does not depend on where they differ. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] as number)
  return difference === 0
}
