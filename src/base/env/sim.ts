import { Fault } from '../fault.ts'
import { hex } from '../bytes.ts'
import type { Compute, Entropy, Env, Log, Random, Spawn } from './env.ts'
import { silentLog } from './real-log.ts'
import { SimClock } from './sim-clock.ts'
import { MemoryFiles } from './sim-files.ts'
import { SimNet } from './sim-net.ts'

export interface SimOptions {
  /** Wall time at the beginning; default 2026-01-01T00:00:00Z. */
  readonly startMs?: number
  readonly log?: Log
  /** Virtual milliseconds that each compute task takes; default 1. */
  readonly computeMs?: number
}

export interface SimEnv extends Env {
  readonly clock: SimClock
  readonly net: SimNet
  readonly fs: MemoryFiles
}

/**
 * A world of its own: virtual time, a network inside the process, files in memory, everything
 * random drawn from `seed`. The same seed and the same code give the same run.
 */
export function simEnv(seed: number, options: SimOptions = {}): SimEnv {
  const clock = new SimClock(options.startMs ?? Date.UTC(2026, 0, 1))
  return {
    clock,
    random: seededRandom(seed),
    entropy: seededEntropy(seed + 1),
    net: new SimNet(clock),
    fs: new MemoryFiles(clock),
    spawn: noChildren,
    compute: computeInPlace(clock, options.computeMs ?? 1),
    log: options.log ?? silentLog,
  }
}

/** Mulberry32: small, fast, good enough to shuffle a simulation. Never for keys. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return {
    next: () => {
      state = (state + 0x6d2b79f5) >>> 0
      let t = state
      t = Math.imul(t ^ (t >>> 15), t | 1)
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
    },
  }
}

function seededEntropy(seed: number): Entropy {
  const random = seededRandom(seed)
  const bytes = (size: number): Uint8Array =>
    Uint8Array.from({ length: size }, () => Math.floor(random.next() * 256))
  return {
    bytes,
    uuid: () => {
      const raw = bytes(16)
      raw[6] = ((raw[6] as number) & 0x0f) | 0x40
      raw[8] = ((raw[8] as number) & 0x3f) | 0x80
      const text = hex(raw)
      return [
        text.slice(0, 8),
        text.slice(8, 12),
        text.slice(12, 16),
        text.slice(16, 20),
        text.slice(20),
      ].join('-')
    },
  }
}

function computeInPlace(clock: SimClock, takesMs: number): Compute {
  return {
    run: async (task, input, options = {}) => {
      // A worker sees a copy; sharing here would hide a mistake that only shows in production.
      const copy = structuredClone(input)
      await clock.sleep(takesMs, options.signal)
      return await task.run(copy)
    },
  }
}

const noChildren: Spawn = {
  run: (command) =>
    Promise.reject(new Fault('NotFound', `${command.file}: a simulation has no child processes`)),
  start: (command) =>
    Promise.reject(new Fault('NotFound', `${command.file}: a simulation has no child processes`)),
  find: () => Promise.resolve(null),
}
