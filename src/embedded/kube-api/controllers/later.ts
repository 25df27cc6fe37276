import type { Core } from '../core.ts'

/** How long most controllers take to notice, in milliseconds. */
const soonMs = 5

/**
 * Work to be done soon, each key once however often it was asked for, in the order of asking.
 *
 * @param work Must not throw; may ask again.
 * @param noticeMs How long it takes to notice.
 */
export class Later {
  readonly #core: Core
  readonly #work: (key: string) => void
  readonly #noticeMs: number
  readonly #keys = new Set<string>()
  #timer: { cancel(): void } | undefined
  #stopped = false

  constructor(core: Core, work: (key: string) => void, noticeMs: number = soonMs) {
    this.#core = core
    this.#work = work
    this.#noticeMs = noticeMs
  }

  ask(key: string): void {
    if (this.#stopped) return
    this.#keys.add(key)
    this.#timer ??= this.#core.env.clock.timer(this.#noticeMs, () => this.#run())
  }

  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
  }

  #run(): void {
    this.#timer = undefined
    const keys = [...this.#keys]
    this.#keys.clear()
    for (const key of keys) {
      if (this.#stopped) return
      try {
        this.#work(key)
      } catch (error) {
        this.#core.env.log.error('a controller of the embedded API server failed', {
          key,
          error: error instanceof Error ? error.message : String(error),
        })
      }
    }
  }
}
