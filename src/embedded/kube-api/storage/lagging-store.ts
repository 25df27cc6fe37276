import { Store, type Entry, type Listener, type Listing, type LogEvent } from './store.ts'

/**
 * The store as a replica shows it that has not seen what came after a revision, and does not catch
 * up: what it lists is old, what it watches stops there. Only for reading.
 */
export class LaggingStore extends Store {
  readonly #real: Store
  readonly #seen: number

  constructor(real: Store, revision: number) {
    super()
    this.#real = real
    this.#seen = Math.min(revision, real.revision)
  }

  override get revision(): number {
    return this.#seen
  }

  override get compacted(): number {
    return Math.min(this.#real.compacted, this.#seen)
  }

  override floor(bucket: string): number {
    return Math.min(this.#real.floor(bucket), this.#seen)
  }

  override open(name: string, fresh = false): void {
    this.#real.open(name, fresh)
  }

  override get(bucket: string, key: string): Entry | undefined {
    return this.#state(bucket, key).find(([found]) => found === key)?.[1]
  }

  override size(bucket: string): number {
    return this.#state(bucket, '').length
  }

  override *entries(
    bucket: string,
    prefix = '',
    from: string = prefix,
  ): Generator<[string, Entry]> {
    for (const one of this.#state(bucket, prefix)) if (one[0] >= from) yield one
  }

  override entriesAt(
    bucket: string,
    prefix: string,
    revision: number,
  ): [string, Entry][] | undefined {
    return this.#real.entriesAt(bucket, prefix, Math.min(revision, this.#seen))
  }

  override listing(
    bucket: string,
    prefix: string,
    revision: number,
    from: string,
  ): Listing | undefined {
    return this.#real.listing(bucket, prefix, Math.min(revision, this.#seen), from)
  }

  override since(bucket: string, revision: number): LogEvent[] {
    return this.#real.since(bucket, revision).filter((event) => event.revision <= this.#seen)
  }

  override subscribe(_bucket: string, _listener: Listener): () => void {
    return () => {}
  }

  // Where its history is forgotten it cannot be shown, and the present is.
  #state(bucket: string, prefix: string): [string, Entry][] {
    return (
      this.#real.entriesAt(bucket, prefix, this.#seen) ?? [...this.#real.entries(bucket, prefix)]
    )
  }
}
