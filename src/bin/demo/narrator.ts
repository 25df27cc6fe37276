import { Fault, faultOf, type Clock } from '#base'

/** Where the narration goes. */
export interface Page {
  write(text: string): void
  /** Colours and a line that is written over while a step runs. */
  readonly isTty: boolean
}

/** Tells a story step by step: a tick, what happened, and the seconds it took. */
export interface Narrator {
  say(text?: string): void
  /**
   * Runs one step; its line gets a tick, or a cross with the reason.
   *
   * @param withinMs A step that takes longer fails.
   * @returns what the step returned; details it told of stand below its line.
   */
  step<T>(
    title: string,
    withinMs: number,
    work: (told: (detail: string) => void) => Promise<T>,
  ): Promise<T>
}

/** A narrator that writes to `page` and gives up when `signal` is aborted. */
export function narrator(page: Page, clock: Clock, signal: AbortSignal): Narrator {
  const paint = (code: number, text: string): string =>
    page.isTty ? `\u001b[${code}m${text}\u001b[0m` : text
  return {
    say: (text = '') => page.write(`${text}\n`),
    step: async (title, withinMs, work) => {
      const details: string[] = []
      const began = clock.monotonic()
      if (page.isTty) page.write(`  … ${title}`)
      const seconds = (): string => ((clock.monotonic() - began) / 1000).toFixed(1).padStart(5)
      const line = (mark: string): void => {
        page.write(
          `${page.isTty ? '\r\u001b[2K' : ''}${mark} ${paint(2, `${seconds()} s`)}  ${title}\n`,
        )
        for (const detail of details) page.write(`${' '.repeat(11)}${detail}\n`)
      }
      try {
        const result = await bounded(
          work((detail) => details.push(detail)),
          withinMs,
          clock,
          signal,
        )
        line(paint(32, '✔'))
        return result
      } catch (thrown) {
        line(paint(31, '✘'))
        throw faultOf(thrown).within(title)
      }
    },
  }
}

async function bounded<T>(
  work: Promise<T>,
  withinMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<T> {
  const stop = new AbortController()
  const late = clock.sleep(withinMs, AbortSignal.any([signal, stop.signal])).then(() => {
    throw new Fault('Timeout', `not done within ${withinMs / 1000} s`)
  })
  late.catch(() => {}) // aborted once the work is done
  try {
    return await Promise.race([work, late])
  } finally {
    stop.abort()
  }
}

/** Repeats `look` until it returns something else than undefined. @throws the signal's reason. */
export async function until<T>(
  look: () => Promise<T | undefined>,
  clock: Clock,
  signal: AbortSignal,
  everyMs = 50,
): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    await clock.sleep(everyMs, signal)
  }
}
