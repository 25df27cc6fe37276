import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { Fault } from '../fault.ts'
import type { Job, JobAnswer } from './compute-worker.ts'
import type { Clock, Compute, Task, Timer } from './env.ts'
import { realClock } from './real-clock.ts'

interface Waiting {
  readonly job: Job
  readonly timeoutMs: number
  readonly resolve: (output: unknown) => void
  readonly reject: (error: Fault) => void
  cancelled: boolean
}

interface Idle {
  readonly worker: Worker
  readonly until: Timer
}

/** A thread holds some 10 MiB and what its tasks have loaded; a new one is there within 0.1 s. */
const defaultIdleMs = 60_000

/**
 * Worker threads, one for each core, started when first needed and ended when nobody has needed them for
 * a minute. One job at a time on each, so that a job that overruns its time is ended with its thread
 * and harms no other.
 */
export class RealCompute implements Compute {
  readonly #size: number
  readonly #clock: Clock
  readonly #idleMs: number
  readonly #idle: Idle[] = []
  readonly #waiting: Waiting[] = []
  #alive = 0
  #number = 0

  /** @param idleMs How long a thread without work is kept, in milliseconds. */
  constructor(
    size: number = availableParallelism(),
    clock: Clock = realClock,
    idleMs: number = defaultIdleMs,
  ) {
    this.#size = size
    this.#clock = clock
    this.#idleMs = idleMs
  }

  /** How many threads there are, for tests. */
  get threads(): number {
    return this.#alive
  }

  run<Input, Output>(
    task: Task<Input, Output>,
    input: Input,
    options: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<Output> {
    const { signal, timeoutMs = 10_000 } = options
    return new Promise<Output>((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason as Error)
      const onAbort = (): void => {
        waiting.cancelled = true
        reject(signal?.reason as Error)
      }
      // A signal may live as long as the process: what is done must not stay hanging on it.
      const ended = (): void => signal?.removeEventListener('abort', onAbort)
      const waiting: Waiting = {
        job: { number: this.#number++, id: task.id, module: task.module, input },
        timeoutMs,
        resolve: (output) => {
          ended()
          resolve(output as Output)
        },
        reject: (error: Fault) => {
          ended()
          reject(error)
        },
        cancelled: false,
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#waiting.push(waiting)
      this.#next()
    })
  }

  #next(): void {
    while (this.#waiting.length > 0) {
      const worker = this.#wake() ?? (this.#alive < this.#size ? this.#start() : undefined)
      if (worker === undefined) return
      const waiting = this.#waiting.shift() as Waiting
      if (waiting.cancelled) this.#rest(worker)
      else this.#assign(worker, waiting)
    }
  }

  #start(): Worker {
    this.#alive++
    const worker = new Worker(new URL('./compute-worker.ts', import.meta.url), { env: {} })
    worker.unref()
    return worker
  }

  /** The thread that rested last: the others come to their end. */
  #wake(): Worker | undefined {
    const idle = this.#idle.pop()
    idle?.until.cancel()
    return idle?.worker
  }

  #rest(worker: Worker): void {
    const until = this.#clock.timer(this.#idleMs, () => {
      const index = this.#idle.findIndex((idle) => idle.worker === worker)
      if (index < 0) return
      this.#idle.splice(index, 1)
      this.#alive--
      void worker.terminate()
    })
    this.#idle.push({ worker, until })
  }

  #assign(worker: Worker, waiting: Waiting): void {
    worker.ref() // a process with work under way must not end
    // Only our own listeners: removing all would take away the ones that Node's Worker lives by,
    // and the next job on this thread would never be heard of again.
    const done = (): void => {
      clearTimeout(timer)
      worker.off('error', failed)
      worker.off('message', answered)
    }
    const lost = (fault: Fault): void => {
      done()
      this.#alive--
      void worker.terminate()
      waiting.reject(fault)
      this.#next()
    }
    const timer = setTimeout(
      () =>
        lost(new Fault('Timeout', `${waiting.job.id} took longer than ${waiting.timeoutMs} ms`)),
      waiting.timeoutMs,
    )
    const failed = (error: unknown): void =>
      lost(new Fault('InternalError', `${waiting.job.id} ended its worker`, { cause: error }))
    const answered = (answer: JobAnswer): void => {
      done()
      worker.unref()
      this.#rest(worker)
      if ('reason' in answer) waiting.reject(new Fault(answer.reason, answer.message))
      else waiting.resolve(answer.output)
      this.#next()
    }
    worker.once('error', failed)
    worker.once('message', answered)
    worker.postMessage(waiting.job)
  }
}
