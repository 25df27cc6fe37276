/**
 * Runs many cases and gathers what must not be.
 *
 * How it is measured: cases run in a worker thread whose old generation may hold 64 MiB beyond what
 * the program itself takes once loaded (V8 ends the thread when it needs more, and that is a finding), beside a
 * young generation of 16 MiB; time is the thread's own CPU time, so that a busy machine is not taken
 * for a slow template; a thread that is at the same case for `patienceMs` is ended, which is a finding, too.
 */
import { Worker } from 'node:worker_threads'
import type { Finding, Outcome } from './run.ts'
import type { BatchResult, Plant, Start } from './worker.ts'

export interface FuzzOptions {
  /** The first case. */
  readonly seed: number
  /** Asked before each batch: whether to go on. */
  readonly goOn: (done: number) => boolean
  /** A case that takes more is a finding; absent: none is. */
  readonly maxCpuMs?: number
  readonly plant?: Plant
  /** Cases handed to the thread at once; default 200. */
  readonly batch?: number
  readonly patienceMs?: number
  readonly onFinding?: (finding: Finding) => void
}

export interface FuzzReport {
  readonly cases: number
  readonly outcomes: Readonly<Record<Outcome, number>>
  readonly findings: readonly Finding[]
  readonly slowest: { readonly seed: number; readonly cpuMs: number }
  readonly external: { readonly seed: number; readonly bytes: number }
}

/** The most a rendering may take. */
export const bounds = { heapMib: 64, cpuMs: 1000 } as const

/** What the engine, the recorded templates (16 MiB) and the templates kept parsed (24) take. */
const loadedMib = 40

export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const outcomes = { rendered: 0, 'refused when parsed': 0, 'failed when run': 0 }
  const findings: Finding[] = []
  let [slowest, external] = [
    { seed: options.seed, cpuMs: 0 },
    { seed: options.seed, bytes: 0 },
  ]
  const found = (finding: Finding): void => {
    findings.push(finding)
    options.onFinding?.(finding)
  }
  let thread = await Thread.start(options)
  let seed = options.seed
  let left = 0
  while (left > 0 || options.goOn(seed - options.seed)) {
    const count = left > 0 ? left : (options.batch ?? 200)
    const end = seed + count
    const { result, ended } = await thread.run(seed, count)
    if (ended !== undefined) {
      // What ran before it in the batch is not lost: it runs again without the one that ended it.
      found(ended)
      thread = await Thread.start(options)
      const before = ended.seed - seed
      const again = before > 0 ? await thread.run(seed, before) : undefined
      if (again?.result !== undefined) take(again.result)
      outcomes['failed when run']++
      seed = ended.seed + 1
    } else {
      if (result !== undefined) take(result)
      seed = end
    }
    left = end - seed
  }
  await thread.stop()
  return { cases: seed - options.seed, outcomes, findings, slowest, external }

  function take(result: BatchResult): void {
    for (const name of Object.keys(outcomes) as Outcome[]) outcomes[name] += result.outcomes[name]
    for (const wrong of result.wrong) found(wrong)
    if (result.slowest.cpuMs > slowest.cpuMs) slowest = result.slowest
    if (result.external.bytes > external.bytes) external = result.external
    if (options.maxCpuMs !== undefined && result.slowest.cpuMs > options.maxCpuMs) {
      const { seed, cpuMs } = result.slowest
      found({ seed, why: `took ${Math.round(cpuMs)} ms of CPU` })
    }
    if (result.external.bytes > bounds.heapMib * 1_048_576) {
      const { seed, bytes } = result.external
      found({ seed, why: `held ${Math.round(bytes / 1_048_576)} MiB beside the heap` })
    }
  }
}

interface Ran {
  readonly result?: BatchResult
  /** The case that ended the thread. */
  readonly ended?: Finding
}

class Thread {
  readonly #worker: Worker
  readonly #current: Int32Array
  readonly #patienceMs: number

  private constructor(worker: Worker, at: SharedArrayBuffer, patienceMs: number) {
    this.#worker = worker
    this.#current = new Int32Array(at)
    this.#patienceMs = patienceMs
  }

  static async start({ plant, patienceMs = 30_000 }: FuzzOptions): Promise<Thread> {
    const at = new SharedArrayBuffer(4)
    const workerData: Start = { at, plant }
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData,
      resourceLimits: {
        maxOldGenerationSizeMb: loadedMib + bounds.heapMib,
        maxYoungGenerationSizeMb: 16,
      },
    })
    await new Promise<void>((done, failed) => {
      worker.once('message', () => {
        worker.off('error', failed)
        done()
      })
      worker.once('error', failed)
    })
    return new Thread(worker, at, patienceMs)
  }

  run(from: number, count: number): Promise<Ran> {
    return new Promise((resolve) => {
      let seen: number | undefined
      const over = (ran: Ran): void => {
        clearInterval(timer)
        this.#worker.off('message', answered)
        this.#worker.off('error', failed)
        resolve(ran)
      }
      const ended = (why: string): void =>
        over({ ended: { seed: Atomics.load(this.#current, 0), why } })
      const answered = (result: BatchResult): void => over({ result })
      const failed = (error: Error & { readonly code?: string }): void =>
        ended(
          error.code === 'ERR_WORKER_OUT_OF_MEMORY'
            ? `needs more than its heap`
            : `ended its thread: ${error.stack ?? error.message}`,
        )
      const timer = setInterval(() => {
        const current = Atomics.load(this.#current, 0)
        if (current === seen) {
          ended(`still runs after ${this.#patienceMs} ms`)
          void this.#worker.terminate()
        }
        seen = current
      }, this.#patienceMs)
      this.#worker.once('message', answered)
      this.#worker.once('error', failed)
      this.#worker.postMessage({ from, count })
    })
  }

  async stop(): Promise<void> {
    await this.#worker.terminate()
  }
}
