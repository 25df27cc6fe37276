import { Fault } from '../fault.ts'
import type { Clock, Env, HttpRequest, HttpResponse, Net, Pool, Timer } from './env.ts'

/** One process in a simulated world: it can be stopped for a while, killed, and have its clock set. */
export interface SimProcess {
  /** The world as this process sees it. */
  readonly env: Env
  /** Ends it as SIGKILL does: connections break, nothing is cleaned up, nothing it awaits comes back. */
  kill(): void
  isDead(): boolean
  /**
   * Stops it as SIGSTOP, a frozen virtual machine or a long collection does: time goes on, what it
   * sent is on its way, what comes for it waits.
   */
  pause(): void
  /**
   * Lets it run again. What has come due meanwhile is handed over one thing after another, each with
   * all that it sets off, as an event loop does.
   *
   * @param first What the loop gets to first: a process stopped while it waited for the network hears
   *   of answers before any timer, a deadline included.
   */
  resume(first: Arrival): void
  /** Until it has taken in all that waited, too. */
  isPaused(): boolean
  /** Moves the wall clock of this process alone. */
  jumpWall(ms: number): void
}

/** What reaches a process from outside. */
export type Arrival = 'timers' | 'answers'

/** A process of its own in the world of `env`. */
export function simProcess(env: Env): SimProcess {
  const door = new Door(env.clock)
  const killed = new AbortController()
  let skewMs = 0
  return {
    env: {
      ...env,
      clock: clockBehind(door, env.clock, () => skewMs),
      compute: { run: (...args) => door.through(env.compute.run(...args)) },
      net: netBehind(door, env.net, killed.signal),
    },
    isDead: () => door.state === 'dead',
    isPaused: () => door.state === 'paused',
    kill: () => {
      door.state = 'dead'
      killed.abort(new Fault('Unavailable', 'the process was killed'))
    },
    pause: () => {
      if (door.state === 'running') door.state = 'paused'
    },
    resume: (first) => door.open(first),
    jumpWall: (ms) => {
      skewMs += ms
    },
  }
}

interface Held {
  readonly kind: Arrival
  readonly deliver: () => void
}

const never = new Promise<never>(() => {})

/** Everything from outside comes through here: held while the process is paused, lost once it is dead. */
class Door {
  state: 'running' | 'paused' | 'dead' = 'running'
  readonly #clock: Clock
  #held: Held[] = []
  #isOpening = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  enter(kind: Arrival, deliver: () => void): void {
    if (this.state === 'paused') this.#held.push({ kind, deliver })
    else if (this.state === 'running') deliver()
  }

  through<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      work.then(
        (value) => this.enter('answers', () => resolve(value)),
        (thrown: unknown) => this.enter('answers', () => reject(thrown)),
      )
    })
  }

  open(first: Arrival): void {
    if (this.state !== 'paused' || this.#isOpening) return
    this.#isOpening = true
    const isFirst = (held: Held): boolean => held.kind === first
    this.#held = [...this.#held.filter(isFirst), ...this.#held.filter((held) => !isFirst(held))]
    // One at a time, and what comes meanwhile behind them: the world's clock lets each run its course.
    const next = (): void => {
      if (this.state !== 'paused') return
      const held = this.#held.shift()
      if (held === undefined) {
        this.#isOpening = false
        this.state = 'running'
        return
      }
      held.deliver()
      this.#clock.timer(0, next)
    }
    this.#clock.timer(0, next)
  }
}

function clockBehind(door: Door, clock: Clock, skewMs: () => number): Clock {
  const timer = (ms: number, fire: () => void): Timer => {
    let isCancelled = false
    const inner = clock.timer(ms, () =>
      door.enter('timers', () => {
        if (!isCancelled) fire()
      }),
    )
    return {
      cancel: () => {
        isCancelled = true
        inner.cancel()
      },
    }
  }
  return {
    now: () => clock.now() + skewMs(),
    monotonic: () => clock.monotonic(),
    timer,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason as Error)
        const onAbort = (): void => {
          waiting.cancel()
          reject(signal?.reason as Error)
        }
        const waiting = timer(ms, () => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        })
        signal?.addEventListener('abort', onAbort, { once: true })
      }),
  }
}

function netBehind(door: Door, net: Net, killed: AbortSignal): Net {
  return {
    listen: (handler, at) => net.listen(handler, at),
    lookup: (host) => net.lookup(host),
    pool: (options): Pool => {
      const inner = net.pool(options)
      return {
        opened: () => inner.opened(),
        close: () => inner.close(),
        request: (request) => exchange(door, inner, request, killed),
      }
    },
  }
}

function exchange(
  door: Door,
  pool: Pool,
  request: HttpRequest,
  killed: AbortSignal,
): Promise<HttpResponse> {
  if (door.state === 'dead') return never
  const ends = together([request.signal, killed])
  const answer = pool.request({ ...request, signal: ends.signal })
  answer.catch(() => ends.release())
  return door.through(
    answer.then((got) => ({ ...got, body: bodyBehind(door, got.body, ends.release) })),
  )
}

/** A signal that follows several, until it is released: `AbortSignal.any` piles up on a lasting one. */
function together(signals: readonly (AbortSignal | undefined)[]): {
  readonly signal: AbortSignal
  readonly release: () => void
} {
  const own = new AbortController()
  const undo = signals.map((signal) => {
    const follow = (): void => own.abort(signal?.reason)
    if (signal?.aborted === true) follow()
    signal?.addEventListener('abort', follow, { once: true })
    return () => signal?.removeEventListener('abort', follow)
  })
  return {
    signal: own.signal,
    release: () => {
      for (const one of undo) one()
    },
  }
}

async function* bodyBehind(
  door: Door,
  body: AsyncIterable<Uint8Array>,
  release: () => void,
): AsyncGenerator<Uint8Array> {
  const parts = body[Symbol.asyncIterator]()
  try {
    for (;;) {
      const step = await door.through(parts.next())
      if (step.done === true) return
      yield step.value
    }
  } finally {
    release()
    void parts.return?.(undefined).catch(() => {})
  }
}
