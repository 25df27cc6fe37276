/**
 * Reads Git objects through one long-lived `git cat-file --batch`. Only whole object ids, or names
 * made by us, are ever written to it.
 */
import { concatBytes, Fault, textOf, type Child } from '#base'
import type { Git } from './git.ts'

export interface GitObject {
  readonly id: string
  readonly type: 'commit' | 'tree' | 'blob' | 'tag'
  readonly bytes: Uint8Array
}

export class ObjectReader {
  readonly #git: Git
  #child: Child | undefined
  #chunks: AsyncIterator<Uint8Array> | undefined
  #pending: Uint8Array = new Uint8Array()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(git: Git) {
    this.#git = git
  }

  /** The object, or null when the repository does not have it. @throws Fault TooLarge. */
  read(name: string, maxBytes: number, signal: AbortSignal): Promise<GitObject | null> {
    const mine = this.#turn.then(async () => {
      signal.throwIfAborted()
      try {
        return await this.#ask(name, maxBytes)
      } catch (error) {
        await this.stop() // whatever is left in its pipe would answer the next question
        throw error
      }
    })
    this.#turn = mine.catch(() => {})
    return mine
  }

  /** Ends the child; the next read starts another. */
  async stop(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    this.#chunks = undefined
    this.#pending = new Uint8Array()
    await child?.stop()
  }

  async #ask(name: string, maxBytes: number): Promise<GitObject | null> {
    this.#child ??= await this.#git.start(['cat-file', '--batch'])
    this.#chunks ??= this.#child.stdout[Symbol.asyncIterator]()
    await this.#child.write(`${name}\n`)
    const header = textOf(await this.#line()).split(' ')
    if (header.at(-1) === 'missing') return null
    const [id = '', type = '', size = ''] = header
    const sizeBytes = Number(size)
    if (header.length !== 3 || !isType(type) || !Number.isSafeInteger(sizeBytes)) throw broken()
    if (sizeBytes > maxBytes) {
      throw new Fault('TooLarge', `a file has ${sizeBytes} bytes; at most ${maxBytes} are read`)
    }
    const bytes = await this.#take(sizeBytes + 1)
    return { id, type, bytes: bytes.subarray(0, sizeBytes) }
  }

  async #line(): Promise<Uint8Array> {
    for (;;) {
      const end = this.#pending.indexOf(10)
      if (end >= 0) {
        const line = this.#pending.subarray(0, end)
        this.#pending = this.#pending.subarray(end + 1)
        return line
      }
      if (this.#pending.length > 4_096) throw broken()
      this.#pending = concatBytes([this.#pending, await this.#next()])
    }
  }

  async #take(sizeBytes: number): Promise<Uint8Array> {
    const parts = [this.#pending]
    let have = this.#pending.length
    while (have < sizeBytes) {
      const chunk = await this.#next()
      parts.push(chunk)
      have += chunk.length
    }
    const all = parts.length === 1 ? this.#pending : concatBytes(parts)
    this.#pending = all.subarray(sizeBytes)
    return all.subarray(0, sizeBytes)
  }

  async #next(): Promise<Uint8Array> {
    const chunk = await this.#chunks?.next()
    if (chunk === undefined || chunk.done === true) {
      throw new Fault('Unavailable', 'git cat-file ended while it was being read')
    }
    return chunk.value
  }
}

function isType(text: string): text is GitObject['type'] {
  return text === 'commit' || text === 'tree' || text === 'blob' || text === 'tag'
}

function broken(): Fault {
  return new Fault('InvalidAnswer', 'git cat-file answered in an unknown form')
}
