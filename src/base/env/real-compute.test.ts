import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { generateKeyTask } from '#x509'
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
