import { concatBytes, Fault, textOf } from '#base'

/** Packets out of a stream of bytes, each as it stands on the wire, its length in front. */
export class PacketStream {
  readonly #chunks: AsyncIterator<Uint8Array>
  #rest: Uint8Array = new Uint8Array()

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#chunks = bytes[Symbol.asyncIterator]()
  }

  /** The next packet; undefined at the end. @throws Fault InvalidAnswer when it is not framed so. */
  async next(): Promise<Uint8Array | undefined> {
    if (!(await this.#atLeast(4))) {
      if (this.#rest.length === 0) return undefined
      throw notGit()
    }
    const head = textOf(this.#rest.subarray(0, 4))
    if (!/^[0-9a-f]{4}$/i.test(head)) throw notGit()
    const size = Math.max(4, Number.parseInt(head, 16))
    if (!(await this.#atLeast(size))) throw notGit()
    const packet = this.#rest.subarray(0, size)
    this.#rest = this.#rest.subarray(size)
    return packet
  }

  /** Packets up to and with the next flush packet. @throws Fault when the stream ends before it. */
  async *untilFlush(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const packet = await this.next()
      if (packet === undefined) throw new Fault('Unavailable', 'the Git server hung up')
      yield packet
      if (isFlush(packet)) return
    }
  }

  /** Whatever comes until the end, framed or not. */
  async *untilEnd(): AsyncGenerator<Uint8Array> {
    if (this.#rest.length > 0) yield this.#rest
    this.#rest = new Uint8Array()
    for (;;) {
      const next = await this.#chunks.next()
      if (next.done === true) return
      yield next.value
    }
  }

  async #atLeast(size: number): Promise<boolean> {
    if (this.#rest.length >= size) return true
    const parts = [this.#rest]
    let have = this.#rest.length
    while (have < size) {
      const next = await this.#chunks.next()
      if (next.done === true) break
      parts.push(next.value)
      have += next.value.length
    }
    this.#rest = concatBytes(parts)
    return have >= size
  }
}

/** Whether a packet is the mark `0000`. */
export function isFlush(packet: Uint8Array): boolean {
  return packet.length === 4 && textOf(packet) === '0000'
}

function notGit(): Fault {
  return new Fault('InvalidAnswer', 'the answer is not in Git’s wire format')
}
