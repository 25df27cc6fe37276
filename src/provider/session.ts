import { Fault, limits, type Env } from '#base'
import { bounded, deadline } from './bounded.ts'

/** What a login brought. */
export interface Login {
  readonly token: string
  /** How long it is good for, in milliseconds; 0: until it is taken back. */
  readonly lifeMs: number
  readonly renewable?: boolean
}

export interface SessionOptions {
  readonly env: Env
  /** @throws Fault */
  readonly login: (signal: AbortSignal) => Promise<Login>
  /** Extends a login's life. Absent: a new login takes its place. */
  readonly renew?: (login: Login, signal: AbortSignal) => Promise<Login>
  /** Whether a refused token is still good, so that the refusal was about the path. */
  readonly isAlive?: (token: string, signal: AbortSignal) => Promise<boolean>
  readonly onLogin?: () => void
}

interface Held extends Login {
  readonly sinceMs: number
}

/**
 * One login for everybody: made when the first call needs it, renewed by the first call after two
 * thirds of its life, and made anew once when the backend takes the token back early. Costs nothing
 * while nobody calls.
 */
export class Session {
  readonly #options: SessionOptions
  #held: Held | undefined
  #pending: Promise<Held> | undefined
  /** The token is the answer to a refusal and has not served yet: if it is refused too, so be it. */
  #freshFromRefusal = false

  constructor(options: SessionOptions) {
    this.#options = options
  }

  /** The token of the present login, if there is one. */
  get current(): string | undefined {
    return this.#held?.token
  }

  /** Logs in if need be. */
  async open(signal: AbortSignal): Promise<void> {
    await this.#valid(signal)
  }

  /** Runs `work` with a valid token, and once more with a new one if the token was taken back. */
  async use<T>(work: (token: string) => Promise<T>, signal: AbortSignal): Promise<T> {
    const held = await this.#valid(signal)
    try {
      const value = await work(held.token)
      this.#freshFromRefusal = false
      return value
    } catch (thrown) {
      if (!(thrown instanceof Fault) || thrown.reason !== 'AccessDenied') throw thrown
      const next = await this.#afterRefusal(held, signal)
      if (next === undefined) throw thrown
      return await work(next.token)
    }
  }

  async #afterRefusal(held: Held, signal: AbortSignal): Promise<Held | undefined> {
    // Somebody else has logged in anew meanwhile.
    if (this.#held !== held) return await this.#valid(signal)
    if (this.#freshFromRefusal) return undefined
    const alive = await this.#options.isAlive?.(held.token, signal)
    if (alive === true) return undefined
    if (this.#held === held) {
      this.#held = undefined
      this.#freshFromRefusal = true
    }
    return await this.#valid(signal)
  }

  async #valid(signal: AbortSignal): Promise<Held> {
    const held = this.#held
    if (held !== undefined && this.#ageOf(held) < 2 / 3) return held
    this.#pending ??= this.#nextInTime(held).finally(() => {
      this.#pending = undefined
    })
    return await bounded(this.#pending, signal)
  }

  /** Share of its life that has passed. */
  #ageOf(held: Held): number {
    if (held.lifeMs <= 0) return 0
    return (this.#options.env.clock.monotonic() - held.sinceMs) / held.lifeMs
  }

  /** Belongs to everybody who waits for it, so no single caller's signal ends it. */
  async #nextInTime(held: Held | undefined): Promise<Held> {
    const { signal: never } = new AbortController()
    const limit = deadline(this.#options.env, limits.providerTimeoutMs, never)
    try {
      return await bounded(this.#next(held, limit.signal), limit.signal)
    } finally {
      limit.end()
    }
  }

  async #next(held: Held | undefined, signal: AbortSignal): Promise<Held> {
    const { clock } = this.#options.env
    // The life is counted from the sending of the request, so never longer than the backend counts.
    const sinceMs = clock.monotonic()
    if (held?.renewable === true && this.#options.renew !== undefined && this.#ageOf(held) < 1) {
      try {
        const renewed = await this.#options.renew(held, signal)
        return (this.#held = { ...renewed, sinceMs })
      } catch {
        signal.throwIfAborted() // any other refusal: log in anew
      }
    }
    const login = await this.#options.login(signal)
    this.#options.onLogin?.()
    return (this.#held = { ...login, sinceMs })
  }
}
