/** The thread in which cases run: its heap is bounded, and whoever started it may end it. */
import { getHeapStatistics } from 'node:v8'
import { parentPort, workerData } from 'node:worker_threads'
import { judge, warmUp, type Outcome } from './run.ts'

/** What a worker is given: it writes the case it is at, so that its end tells which one it was. */
export interface Start {
  /** [0]: the seed under way. */
  readonly at: SharedArrayBuffer
  readonly plant: Plant | undefined
}

/** A case that misbehaves, to see that it is found. */
export interface Plant {
  readonly seed: number
  readonly takes: 'memory' | 'time'
}

/** Which cases to run. */
export interface Batch {
  readonly from: number
  readonly count: number
}

/** How they went. */
export interface BatchResult {
  readonly outcomes: Readonly<Record<Outcome, number>>
  readonly wrong: readonly { readonly seed: number; readonly why: string }[]
  readonly slowest: { readonly seed: number; readonly cpuMs: number }
  /** Bytes beside the heap that were in use at most. */
  readonly external: { readonly seed: number; readonly bytes: number }
}

const { at, plant } = workerData as Start
const current = new Int32Array(at)
warmUp()
parentPort?.postMessage('ready')
parentPort?.on('message', ({ from, count }: Batch) => parentPort?.postMessage(run(from, count)))

function run(from: number, count: number): BatchResult {
  const outcomes = { rendered: 0, 'refused when parsed': 0, 'failed when run': 0 }
  const wrong: { seed: number; why: string }[] = []
  let slowest = { seed: from, cpuMs: 0 }
  let external = { seed: from, bytes: 0 }
  for (let seed = from; seed < from + count; seed++) {
    Atomics.store(current, 0, seed)
    if (seed === plant?.seed) misbehave(plant)
    const { outcome, cpuMs, wrong: why } = judge(seed)
    outcomes[outcome]++
    if (why !== undefined) wrong.push({ seed, why })
    if (cpuMs > slowest.cpuMs) slowest = { seed, cpuMs }
    const bytes = getHeapStatistics().external_memory
    if (bytes > external.bytes) external = { seed, bytes }
  }
  return { outcomes, wrong, slowest, external }
}

function misbehave({ takes }: Plant): void {
  if (takes === 'time') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  const kept: number[][] = []
  for (;;) kept.push(Array.from({ length: 1000 }, (_, i) => i))
}
