import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { Fault } from '../fault.ts'
import type { Job, JobAnswer } from './compute-worker.ts'
import type { Compute, Task } from './env.ts'

interface Waiting {
  readonly job: Job
  readonly timeoutMs: number
  readonly resolve: (output: unknown) => void
  readonly reject: (error: Fault) => void
  cancelled: boolean
}

/**
 * Worker threads, one for each core, started when first needed. One job at a time on each, so that
 * a job that overruns its time is ended with its thread and harms no other.
 */
export class RealCompute implements Compute {
  readonly #size: number
  readonly #idle: Worker[] = []
  readonly #waiting: Waiting[] = []
  #alive = 0
  #number = 0

  constructor(size: number = availableParallelism()) {
    this.#size = size
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
      const worker = this.#idle.pop() ?? (this.#alive < this.#size ? this.#start() : undefined)
      if (worker === undefined) return
      const waiting = this.#waiting.shift() as Waiting
      if (waiting.cancelled) this.#idle.push(worker)
      else this.#assign(worker, waiting)
    }
  }

  #start(): Worker {
    this.#alive++
    const worker = new Worker(new URL('./compute-worker.ts', import.meta.url), { env: {} })
    worker.unref()
    return worker
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
      this.#idle.push(worker)
      if ('reason' in answer) waiting.reject(new Fault(answer.reason, answer.message))
      else waiting.resolve(answer.output)
      this.#next()
    }
    worker.once('error', failed)
    worker.once('message', answered)
    worker.postMessage(waiting.job)
  }
}
