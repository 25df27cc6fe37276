import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { simEnv, type SimEnv } from '#base/env'
import type { Lane } from './controller.ts'
import { createWorkQueue, type WorkQueue } from './work-queue.ts'

const never = new AbortController().signal

function make(options: { mostPerTenant?: number } = {}): { env: SimEnv; queue: WorkQueue } {
  const env = simEnv(1)
  return { env, queue: createWorkQueue({ clock: env.clock, ...options }) }
}

/** Takes whatever is ready, without waiting. */
async function takeAll(queue: WorkQueue): Promise<string[]> {
  const taken: string[] = []
  const { ready } = queue.counts()
  for (let left = Object.values(ready).reduce((a, b) => a + b); left > 0; left--) {
    taken.push((await queue.next(never)).key)
  }
  return taken
}

describe('a work queue', () => {
  it('hands a key out once, however often it was added', async () => {
    const { queue } = make()
    for (let i = 0; i < 5; i++) queue.add('apps/a')
    expect(await takeAll(queue)).toEqual(['apps/a'])
  })

  it('hands a key that was added while being worked on out again, after that', async () => {
    const { queue } = make()
    queue.add('apps/a')
    await queue.next(never)
    queue.add('apps/a')
    queue.add('apps/a')
    expect(await takeAll(queue)).toEqual([])
    queue.done('apps/a')
    expect(await takeAll(queue)).toEqual(['apps/a'])
    queue.done('apps/a')
    expect(await takeAll(queue)).toEqual([])
  })

  it('keeps the sooner of two times', async () => {
    const { env, queue } = make()
    queue.addAfter('apps/a', 5_000)
    queue.addAfter('apps/a', 60_000)
    queue.addAfter('apps/b', 60_000)
    queue.addAfter('apps/b', 5_000)
    await env.clock.advance(4_990)
    expect(await takeAll(queue)).toEqual([])
    await env.clock.advance(20)
    expect(await takeAll(queue)).toEqual(['apps/a', 'apps/b'])
    await env.clock.advance(120_000)
    queue.done('apps/a')
    queue.done('apps/b')
    expect(await takeAll(queue)).toEqual([])
  })

  it('keeps the sooner of two times for a key being worked on, too', async () => {
    const { env, queue } = make()
    queue.add('apps/a')
    await queue.next(never)
    queue.add('apps/b')
    await queue.next(never)
    queue.addAfter('apps/a', 60_000)
    queue.addAfter('apps/a', 5_000)
    queue.addAfter('apps/b', 5_000)
    queue.addAfter('apps/b', 60_000)
    queue.done('apps/a')
    queue.done('apps/b')
    await env.clock.advance(5_010)
    expect(await takeAll(queue)).toEqual(['apps/a', 'apps/b'])
  })

  it('forgets a wait when the key becomes ready sooner', async () => {
    const { env, queue } = make()
    queue.addAfter('apps/a', 5_000)
    queue.add('apps/a')
    expect(await takeAll(queue)).toEqual(['apps/a'])
    queue.done('apps/a')
    await env.clock.advance(10_000)
    expect(await takeAll(queue)).toEqual([])
  })

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a delay of %d', (delayMs) => {
    expect(() => make().queue.addAfter('a', delayMs)).toThrow(RangeError)
  })

  it('serves the urgent first and starves no lane', async () => {
    const { env, queue } = make()
    const lanes: readonly Lane[] = ['periodic', 'failed', 'changed', 'new']
    for (const lane of lanes) for (let i = 0; i < 300; i++) queue.add(`apps/${lane}${i}`, lane)
    const order: string[] = []
    for (let i = 0; i < 150; i++) {
      const { key, lane } = await queue.next(never)
      order.push(lane)
      queue.done(key)
      await env.clock.advance(10)
    }
    const share = (lane: Lane): number => order.filter((served) => served === lane).length
    expect(share('new')).toBeGreaterThan(share('changed'))
    expect(share('changed')).toBeGreaterThan(share('failed'))
    expect(share('failed')).toBeGreaterThan(share('periodic'))
    expect(share('periodic')).toBeGreaterThanOrEqual(8)
  })

  it('serves a lane the sooner the longer it has waited', async () => {
    const { env, queue } = make()
    queue.add('apps/old', 'periodic')
    await env.clock.advance(600_000)
    for (let i = 0; i < 100; i++) queue.add(`apps/n${i}`, 'new')
    const first = [await queue.next(never), await queue.next(never)].map(({ key }) => key)
    expect(first).toContain('apps/old')
  })

  it('moves a key to the more urgent of two lanes', async () => {
    const { queue } = make()
    for (let i = 0; i < 50; i++) queue.add(`apps/p${i}`, 'periodic')
    queue.add('apps/x', 'periodic')
    queue.add('apps/x', 'new')
    queue.add('apps/x', 'failed')
    expect((await queue.next(never)).key).toBe('apps/x')
    const rest = await takeAll(queue)
    expect(rest).toHaveLength(50)
    expect(rest).not.toContain('apps/x')
  })

  it('lets 10,000 keys of one namespace delay another by one key only', async () => {
    const { queue } = make()
    for (let i = 0; i < 10_000; i++) queue.add(`noisy/k${i}`)
    queue.add('quiet/a')
    queue.add('quiet/b')
    const first: string[] = []
    for (let i = 0; i < 5; i++) first.push((await queue.next(never)).key)
    expect(first).toEqual(['noisy/k0', 'quiet/a', 'noisy/k1', 'quiet/b', 'noisy/k2'])
  })

  it('leaves workers free for others when one namespace is slow', async () => {
    const { queue } = make({ mostPerTenant: 3 })
    for (let i = 0; i < 100; i++) queue.add(`noisy/k${i}`)
    for (let i = 0; i < 3; i++) await queue.next(never)
    const next = queue.next(never)
    queue.add('quiet/a')
    expect((await next).key).toBe('quiet/a')
    const later = queue.next(never)
    queue.done('noisy/k0')
    expect((await later).key).toBe('noisy/k3')
  })

  it('ends a wait when its signal is aborted, and gives its key to another', async () => {
    const { queue } = make()
    const stop = new AbortController()
    const waits = queue.next(stop.signal)
    const other = queue.next(never)
    stop.abort(new Error('enough'))
    await expect(waits).rejects.toThrow('enough')
    queue.add('apps/a')
    expect((await other).key).toBe('apps/a')
  })

  it('is idle when nothing is ready or worked on, whatever waits for its time', async () => {
    const { queue } = make()
    queue.addAfter('apps/later', 1_000)
    await queue.idle()
    queue.add('apps/a')
    let idle = false
    void queue.idle().then(() => (idle = true))
    await queue.next(never)
    await Promise.resolve()
    expect(idle).toBe(false)
    queue.done('apps/a')
    await Promise.resolve()
    expect(idle).toBe(true)
  })

  const step = fc.oneof(
    fc.record({
      do: fc.constant('add' as const),
      key: fc.integer({ min: 0, max: 12 }),
      lane: fc.constantFrom<Lane>('new', 'changed', 'failed', 'periodic'),
    }),
    fc.record({
      do: fc.constant('after' as const),
      key: fc.integer({ min: 0, max: 12 }),
      ms: fc.integer({ min: 0, max: 3_000 }),
    }),
    fc.record({ do: fc.constant('done' as const), pick: fc.nat(20) }),
    fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 2_000 }) }),
  )

  it('never hands one key out twice at once, loses none, and hands none out too soon', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 120 }),
        fc.integer({ min: 1, max: 4 }),
        async (steps, mostPerTenant) => {
          const { env, queue } = make({ mostPerTenant })
          const stop = new AbortController()
          const active: string[] = []
          // What the queue owes: the earliest time each key may and must be handed out.
          const owed = new Map<string, number>()
          const worker = async (): Promise<void> => {
            for (;;) {
              const { key } = await queue.next(stop.signal)
              expect(active).not.toContain(key)
              expect(env.clock.monotonic() + 1).toBeGreaterThanOrEqual(
                owed.get(key) ?? Number.POSITIVE_INFINITY,
              )
              owed.delete(key)
              active.push(key)
            }
          }
          const workers = [worker(), worker(), worker()]
          const owe = (key: string, atMs: number): void => {
            owed.set(key, Math.min(atMs, owed.get(key) ?? Number.POSITIVE_INFINITY))
          }
          const name = (key: number): string => `n${key % 3}/k${key}`
          for (const each of steps) {
            const now = env.clock.monotonic()
            if (each.do === 'add') {
              owe(name(each.key), now)
              queue.add(name(each.key), each.lane)
            } else if (each.do === 'after') {
              owe(name(each.key), now + each.ms)
              queue.addAfter(name(each.key), each.ms)
            } else if (each.do === 'done') {
              const [key] = active.splice(each.pick % Math.max(1, active.length), 1)
              if (key !== undefined) queue.done(key)
            } else await env.clock.advance(each.ms)
            await env.clock.advance(0) // lets the workers note what they were given
          }
          // Give everything its time and its worker: then nothing is owed.
          for (let round = 0; round < 60; round++) {
            await env.clock.advance(1_000)
            for (const key of active.splice(0)) queue.done(key)
          }
          expect([...owed.keys()]).toEqual([])
          stop.abort(new Error('over'))
          await Promise.allSettled(workers).then((results) => {
            for (const result of results) {
              expect(result).toMatchObject({ status: 'rejected', reason: { message: 'over' } })
            }
          })
        },
      ),
      { numRuns: 150 },
    )
  })
})
