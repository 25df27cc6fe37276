import { BigNumber, equalJson, Fault, isObject, timeText, type Env } from '#base'
import { keyOf, type Condition, type KubeObject, type Resource } from '#api'
import type { Client } from '#kube'
import { isNewer } from './cache.ts'
import { withoutManagedFields } from './secret-metadata.ts'

export interface StatusWriterOptions<T extends KubeObject> {
  readonly env: Env
  readonly client: Client
  readonly resource: Resource<T>
  /** Fields of status that alone are no reason to write, as paths: `[['refreshTime']]`. */
  readonly ignore?: readonly (readonly string[])[]
  readonly fieldManager?: string
}

/** Writes status once a reconcile, and only when a reader would see a difference. */
export interface StatusWriter<T extends KubeObject> {
  /**
   * Makes the object's status equal to `status`.
   *
   * @param object The object as it was read; its `status` is compared, its version is replaced.
   * @param options `always`: the ignored fields count as well (a due refresh time).
   * @returns the object as written, or `unchanged` when there was nothing to write or it is gone.
   * @throws Fault Conflict when the spec has changed meanwhile: whoever reconciles must look again.
   */
  write(
    object: T,
    status: object,
    signal: AbortSignal,
    options?: { readonly always?: boolean },
  ): Promise<T | 'unchanged'>
  /**
   * The object as a cache shows it, or with what `write` made of it where the cache has not seen that
   * yet: whoever is woken by another event in between must not take it for an object without status.
   */
  newest(object: T): T
  /** Forgets a deleted object. */
  forget(object: KubeObject): void
}

const tries = 4
/** Answers kept until a cache shows them; that takes milliseconds, so few are under way at a time. */
const keptAnswers = 256

/** See {@link StatusWriter}. */
export function createStatusWriter<T extends KubeObject>(
  options: StatusWriterOptions<T>,
): StatusWriter<T> {
  return new Writer(options)
}

class Writer<T extends KubeObject> implements StatusWriter<T> {
  readonly #options: StatusWriterOptions<T>
  /** The last answers that no cache was seen to show, by uid, oldest first. */
  readonly #answers = new Map<string, T>()

  constructor(options: StatusWriterOptions<T>) {
    this.#options = options
  }

  async write(
    object: T,
    status: object,
    signal: AbortSignal,
    options: { readonly always?: boolean } = {},
  ): Promise<T | 'unchanged'> {
    const ignore = options.always === true ? [] : (this.#options.ignore ?? [])
    const wanted = plainJson(status)
    let current: T | null = object
    for (let turn = 1; current !== null; turn++) {
      if (equalJson(without(statusOf(current), ignore), without(wanted, ignore))) return 'unchanged'
      try {
        return await this.#put(current, wanted, signal)
      } catch (thrown) {
        const conflict = thrown instanceof Fault && thrown.reason === 'Conflict'
        if (thrown instanceof Fault && thrown.reason === 'NotFound' && thrown.status === 404) {
          current = await this.#reread(object, signal)
          if (current === null) return 'unchanged'
          throw thrown
        }
        if (!conflict || turn >= tries) throw thrown
        current = await this.#reread(object, signal)
        if (current !== null && !sameSpec(current, object)) throw thrown
      }
    }
    return 'unchanged'
  }

  newest(object: T): T {
    const uid = object.metadata.uid ?? ''
    const answer = this.#answers.get(uid)
    if (answer === undefined) return object
    const { resourceVersion = '', generation } = answer.metadata
    if (!isNewer(resourceVersion, object.metadata.resourceVersion ?? '')) {
      this.#answers.delete(uid)
      return object
    }
    if (generation !== object.metadata.generation) return object
    // What a cache leaves out is left out here, too.
    const { status } = answer as { readonly status?: unknown }
    return { ...object, metadata: withoutManagedFields(answer.metadata), status }
  }

  forget(object: KubeObject): void {
    this.#answers.delete(object.metadata.uid ?? '')
  }

  async #put(current: T, status: unknown, signal: AbortSignal): Promise<T> {
    const { client, resource, fieldManager } = this.#options
    const sent = { ...current, status }
    const written = await client.updateStatus(resource, sent, {
      signal,
      ...(fieldManager === undefined ? {} : { fieldManager }),
    })
    this.#keep(current.metadata.uid ?? '', written)
    return written
  }

  #keep(uid: string, written: T): void {
    this.#answers.delete(uid)
    this.#answers.set(uid, written)
    if (this.#answers.size <= keptAnswers) return
    const oldest = this.#answers.keys().next()
    if (oldest.done !== true) this.#answers.delete(oldest.value)
  }

  async #reread(object: T, signal: AbortSignal): Promise<T | null> {
    const { client, resource } = this.#options
    const live = await client.get(resource, keyOf(object), { signal })
    return live?.metadata.uid === object.metadata.uid ? live : null
  }
}

function sameSpec(live: KubeObject, seen: KubeObject): boolean {
  return live.metadata.generation === seen.metadata.generation
}

function statusOf(object: KubeObject): unknown {
  return plainJson((object as { readonly status?: unknown }).status ?? {})
}

/** As it would come back from the server: fields that are undefined are not there. */
function plainJson(value: unknown): unknown {
  if (Array.isArray(value)) return (value as readonly unknown[]).map(plainJson)
  if (!isObject(value) || value instanceof BigNumber) return value
  const plain: [string, unknown][] = []
  for (const [key, entry] of Object.entries(value)) {
    if (entry !== undefined) plain.push([key, plainJson(entry)])
  }
  return Object.fromEntries(plain)
}

function without(value: unknown, paths: readonly (readonly string[])[]): unknown {
  return paths.reduce(withoutOne, value)
}

function withoutOne(value: unknown, path: readonly string[]): unknown {
  const [head, ...rest] = path
  if (head === undefined || !isObject(value) || !Object.hasOwn(value, head)) return value
  const entries = Object.entries(value)
  return Object.fromEntries(
    rest.length === 0
      ? entries.filter(([key]) => key !== head)
      : entries.map(([key, entry]) => [key, key === head ? withoutOne(entry, rest) : entry]),
  )
}

/**
 * The conditions with `next` among them, in the place of the one of its type or at the end.
 * `lastTransitionTime` moves only when the status does.
 *
 * @param nowMs Wall time in milliseconds.
 */
export function setCondition(
  conditions: readonly Condition[] | undefined,
  next: Omit<Condition, 'lastTransitionTime'>,
  nowMs: number,
): readonly Condition[] {
  const before = conditions?.find((condition) => condition.type === next.type)
  const lastTransitionTime =
    before?.status === next.status && before.lastTransitionTime !== undefined
      ? before.lastTransitionTime
      : timeText(nowMs)
  const set: Condition = { ...next, lastTransitionTime }
  if (before === undefined) return [...(conditions ?? []), set]
  return (conditions ?? []).map((condition) => (condition === before ? set : condition))
}
