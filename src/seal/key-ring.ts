import { Fault, type Compute } from '#base'
import { partsOf } from './format1.ts'
import { openTask } from './open-task.ts'
import type { SealingKey } from './sealing-key.ts'

/** How many values' keys are remembered; the oldest is forgotten first. */
const remembered = 20_000

/**
 * Sealing keys, newest first, and which of them opened what: trying a wrong key costs a whole RSA
 * operation, so the key that worked for a value's place is tried first the next time.
 */
export class KeyRing<Key extends SealingKey = SealingKey> {
  readonly #compute: Compute
  #keys: readonly Key[]
  readonly #worked = new Map<string, string>()
  #operations = 0

  constructor(compute: Compute, keys: readonly Key[] = []) {
    this.#compute = compute
    this.#keys = keys
  }

  /** The keys, newest first. */
  get keys(): readonly Key[] {
    return this.#keys
  }

  /** The key that new values are sealed to. */
  get newest(): Key | undefined {
    return this.#keys[0]
  }

  /** How many RSA private operations were asked for in all; for tests and metrics. */
  get operations(): number {
    return this.#operations
  }

  /** Replaces the keys, newest first. */
  replace(keys: readonly Key[]): void {
    this.#keys = keys
  }

  /**
   * Opens a sealed value of format 1.
   *
   * @param place Where the value stands (namespace, name, data key); only remembers the key by it.
   * @throws Fault CannotUnseal, `no key could decrypt secret`: for every reason there can be.
   */
  async open(
    sealed: Uint8Array,
    label: Uint8Array,
    place: string,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    const size = partsOf(sealed)?.wrapped.length
    for (const key of this.#inOrder(place)) {
      // A key of another size cannot have wrapped it; no operation is spent on that.
      if (key.sizeBytes !== size) continue
      this.#operations++
      const plaintext = await this.#compute.run(
        openTask,
        { sealed, label, privateKey: key.privateKey },
        signal === undefined ? {} : { signal },
      )
      if (plaintext === null) continue
      this.#remember(place, key.id)
      return plaintext
    }
    throw new Fault('CannotUnseal', 'no key could decrypt secret', {
      hint: 'seal it again for this name, namespace and scope, with the certificate of this cluster',
    })
  }

  #inOrder(place: string): readonly Key[] {
    const id = this.#worked.get(place)
    const known = id === undefined ? undefined : this.#keys.find((key) => key.id === id)
    return known === undefined ? this.#keys : [known, ...this.#keys.filter((key) => key !== known)]
  }

  #remember(place: string, id: string): void {
    this.#worked.delete(place)
    this.#worked.set(place, id)
    if (this.#worked.size <= remembered) return
    const oldest = this.#worked.keys().next()
    if (oldest.done !== true) this.#worked.delete(oldest.value)
  }
}
