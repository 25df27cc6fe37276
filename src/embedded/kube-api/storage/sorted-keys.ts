/** Keys of one block at most; a full one is halved. */
const blockSize = 512

/**
 * A set of keys in order. Kept in blocks, so that one more or one less moves a few hundred of them,
 * however many there are.
 */
export class SortedKeys {
  /** None is empty, except when there is no key at all. */
  readonly #blocks: string[][] = [[]]
  #size = 0

  get size(): number {
    return this.#size
  }

  /** @param key Not yet in the set. */
  add(key: string): void {
    const at = this.#blockOf(key)
    const block = this.#blocks[at] as string[]
    block.splice(lowerBound(block, key), 0, key)
    this.#size++
    if (block.length > blockSize) this.#blocks.splice(at + 1, 0, block.splice(blockSize / 2))
  }

  /** @param key In the set. */
  remove(key: string): void {
    const at = this.#blockOf(key)
    const block = this.#blocks[at] as string[]
    block.splice(lowerBound(block, key), 1)
    this.#size--
    if (block.length === 0 && this.#blocks.length > 1) this.#blocks.splice(at, 1)
  }

  /** The keys from this one on, in order. The set must not change meanwhile. */
  *from(key: string): Generator<string> {
    let at = this.#blockOf(key)
    let i = lowerBound(this.#blocks[at] ?? [], key)
    for (; at < this.#blocks.length; at++, i = 0) {
      const block = this.#blocks[at] as string[]
      for (; i < block.length; i++) yield block[i] as string
    }
  }

  /** How many come before this one. */
  before(key: string): number {
    const at = this.#blockOf(key)
    let count = lowerBound(this.#blocks[at] ?? [], key)
    for (let i = 0; i < at; i++) count += (this.#blocks[i] as string[]).length
    return count
  }

  // The last block that begins with no later key.
  #blockOf(key: string): number {
    let low = 0
    let high = this.#blocks.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((this.#blocks[middle]?.[0] as string) <= key) low = middle
      else high = middle
    }
    return low
  }
}

function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((keys[middle] as string) < key) low = middle + 1
    else high = middle
  }
  return low
}
