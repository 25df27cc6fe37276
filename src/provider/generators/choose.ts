/** Fair choices out of unpredictable bytes. */
import type { Env } from '#base'

/** Chooses among things, each as likely as any other, by {@link Env.entropy} alone. */
export class Chooser {
  readonly #entropy: Env['entropy']
  #words: Uint32Array = new Uint32Array(0)
  #at = 0

  constructor({ entropy }: Pick<Env, 'entropy'>) {
    this.#entropy = entropy
  }

  /** A whole number from 0 to below `count`, which is at most 2^32. */
  below(count: number): number {
    // What a whole number of times `count` does not fit into would favour the small ones: drawn again.
    const fair = span - (span % count)
    for (;;) {
      const drawn = this.#next()
      if (drawn < fair) return drawn % count
    }
  }

  /** Puts `items` into an order chosen by chance, in place. */
  shuffle(items: unknown[]): void {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.below(last + 1)
      const item = items[last]
      items[last] = items[other]
      items[other] = item
    }
  }

  /** Forgets the bytes drawn. */
  forget(): void {
    this.#words.fill(0)
    this.#at = this.#words.length
  }

  #next(): number {
    if (this.#at === this.#words.length) {
      const size = Math.min(mostWords, Math.max(fewestWords, 2 * this.#words.length))
      this.#words.fill(0)
      // Into words of its own: the bytes may begin anywhere in a buffer.
      this.#words = new Uint32Array(size)
      new Uint8Array(this.#words.buffer).set(this.#entropy.bytes(4 * size))
      this.#at = 0
    }
    return this.#words[this.#at++] as number
  }
}

const span = 2 ** 32
/** Enough for a password as most are; who needs many gets more at a time. */
const fewestWords = 64
const mostWords = 4096
