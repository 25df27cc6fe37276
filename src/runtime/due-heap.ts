/** A key with its time. */
export interface Due<Value> {
  readonly key: string
  readonly atMs: number
  readonly value: Value
}

interface Slot<Value> extends Due<Value> {
  void: boolean
}

/** Keys by the time they are due, each at most once: a binary heap that drops void entries late. */
export class DueHeap<Value> {
  #heap: Slot<Value>[] = []
  readonly #byKey = new Map<string, Slot<Value>>()

  get size(): number {
    return this.#byKey.size
  }

  get(key: string): Due<Value> | undefined {
    return this.#byKey.get(key)
  }

  /** Sets the time of a key, in place of the one it had. */
  set(key: string, atMs: number, value: Value): void {
    const held = this.#byKey.get(key)
    if (held !== undefined) held.void = true
    const slot: Slot<Value> = { key, atMs, value, void: false }
    this.#byKey.set(key, slot)
    this.#heap.push(slot)
    this.#up(this.#heap.length - 1)
    // Keys moved again and again must not fill the memory with void entries.
    if (this.#heap.length > 64 && this.#heap.length > 3 * this.#byKey.size) this.#rebuild()
  }

  /** @returns the value it had. */
  remove(key: string): Value | undefined {
    const held = this.#byKey.get(key)
    if (held === undefined) return undefined
    held.void = true
    this.#byKey.delete(key)
    return held.value
  }

  /** The key due first. */
  peek(): Due<Value> | undefined {
    while (this.#heap[0]?.void === true) this.#pop()
    return this.#heap[0]
  }

  #pop(): void {
    const last = this.#heap.pop()
    if (last === undefined || this.#heap.length === 0) return
    this.#heap[0] = last
    this.#down(0)
  }

  #rebuild(): void {
    this.#heap = [...this.#byKey.values()].sort((a, b) => a.atMs - b.atMs)
  }

  #at(index: number): Slot<Value> {
    return this.#heap[index] as Slot<Value> // callers stay within the length
  }

  #up(start: number): void {
    let index = start
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (this.#at(parent).atMs <= this.#at(index).atMs) return
      this.#swap(parent, index)
      index = parent
    }
  }

  #down(start: number): void {
    let index = start
    for (;;) {
      const left = 2 * index + 1
      if (left >= this.#heap.length) return
      const right = left + 1
      const least =
        right < this.#heap.length && this.#at(right).atMs < this.#at(left).atMs ? right : left
      if (this.#at(index).atMs <= this.#at(least).atMs) return
      this.#swap(index, least)
      index = least
    }
  }

  #swap(a: number, b: number): void {
    const held = this.#at(a)
    this.#heap[a] = this.#at(b)
    this.#heap[b] = held
  }
}
