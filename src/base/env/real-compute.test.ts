import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { generateKeyTask } from '#x509'
import type { Clock } from './env.ts'
import { realClock } from './real-clock.ts'
import { RealCompute } from './real-compute.ts'

it('gives a worker thread job after job, more of them than there are threads', async () => {
  const compute = new RealCompute(2)
  const jobs = Array.from({ length: 6 }, () =>
    compute.run(generateKeyTask, { type: 'ec' as const }),
  )
  const keys = await Promise.all(jobs)
  expect(new Set(keys.map((key) => key.privateKey)).size).toBe(6)
})

it('ends a job that overruns its time, and goes on with the next', async () => {
  const compute = new RealCompute(1)
  await expect(
    compute.run(generateKeyTask, { type: 'rsa', bits: 8192 }, { timeoutMs: 1 }),
  ).rejects.toMatchObject({ reason: 'Timeout' })
  expect((await compute.run(generateKeyTask, { type: 'ec' })).privateKey).toContain('EC PRIVATE')
})

it('leaves nothing hanging on a signal that outlives the job', async () => {
  const stop = new AbortController()
  await new RealCompute(1).run(generateKeyTask, { type: 'ec' }, { signal: stop.signal })
  expect(getEventListeners(stop.signal, 'abort')).toEqual([])
})

/** A clock whose timers fire when they are told to. */
function heldClock() {
  const fires = new Set<() => void>()
  const clock: Clock = {
    ...realClock,
    timer: (_, fire) => {
      fires.add(fire)
      return { cancel: () => fires.delete(fire) }
    },
  }
  return {
    clock,
    waiting: () => fires.size,
    fireAll: () => {
      const due = [...fires]
      fires.clear()
      for (const fire of due) fire()
    },
  }
}

it('ends threads that nobody has needed for a while, and starts new ones', async () => {
  const held = heldClock()
  const compute = new RealCompute(2, held.clock)
  const two = (): Promise<unknown> =>
    Promise.all([1, 2].map(() => compute.run(generateKeyTask, { type: 'ec' })))
  await two()
  expect(compute.threads).toBe(2)
  expect(held.waiting()).toBe(2)
  const job = compute.run(generateKeyTask, { type: 'ec' })
  expect(held.waiting()).toBe(1) // who works does not rest
  held.fireAll()
  expect(compute.threads).toBe(1)
  await job // was not ended with the other
  expect(held.waiting()).toBe(1)
  held.fireAll()
  expect(compute.threads).toBe(0)
  await two()
  expect(compute.threads).toBe(2)
})
