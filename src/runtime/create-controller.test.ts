import { describe, expect, it } from 'vitest'
import { Fault, type Log, type LogFields } from '#base'
import { simEnv, type SimEnv } from '#base/env'
import { settled, type Controller, type Next } from './controller.ts'
import { createController } from './create-controller.ts'

interface World {
  readonly env: SimEnv
  readonly controller: Controller
  /** Virtual milliseconds at which each key was reconciled. */
  readonly at: Map<string, number[]>
  readonly lines: { readonly level: string; readonly message: string; readonly fields: LogFields }[]
  readonly stop: AbortController
  readonly running: Promise<void>
}

async function withController(
  reconcile: (key: string, signal: AbortSignal, env: SimEnv) => Promise<Next>,
  work: (world: World) => Promise<void>,
  workers = 4,
): Promise<void> {
  const lines: World['lines'] = []
  const write =
    (level: string) =>
    (message: string, fields: LogFields = {}): void =>
      void lines.push({ level, message, fields })
  const log: Log = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: () => log,
  }
  const env = simEnv(5, { log })
  await env.clock.run(async () => {
    const at: World['at'] = new Map()
    const controller = createController({
      env,
      name: 'test',
      workers,
      reconcile: async (key, signal) => {
        at.set(key, [...(at.get(key) ?? []), env.clock.monotonic()])
        return await reconcile(key, signal, env)
      },
    })
    const stop = new AbortController()
    const running = controller.run(stop.signal)
    await work({ env, controller, at, lines, stop, running })
    stop.abort()
    await running
  })
}

function gaps(times: readonly number[] | undefined): number[] {
  return (times ?? []).slice(1).map((time, i) => time - (times?.[i] ?? 0))
}

const failing = (fault: Fault) => (): Promise<Next> => Promise.reject(fault)

describe('a controller whose API server comes back', () => {
  it('tries at once whatever failed for its absence, and leaves the patience of other failures', async () => {
    const env = simEnv(5)
    await env.clock.run(async () => {
      let recovered = (): void => {}
      let isDown = true
      const at = new Map<string, number>()
      const controller = createController({
        env,
        name: 'test',
        client: { onRecovered: (listener) => (recovered = listener) },
        reconcile: (key) => {
          at.set(key, env.clock.monotonic())
          if (key === 'denied') return Promise.reject(new Fault('AccessDenied', 'no'))
          return isDown
            ? Promise.reject(new Fault('Unavailable', 'gone'))
            : Promise.resolve(settled)
        },
      })
      const stop = new AbortController()
      const running = controller.run(stop.signal)
      for (const key of ['a', 'b', 'c', 'denied']) controller.enqueue(key)
      await env.clock.sleep(4 * 3_600_000)
      isDown = false
      const backMs = env.clock.monotonic()
      const deniedMs = at.get('denied')
      recovered()
      await env.clock.sleep(5_001)
      for (const key of ['a', 'b', 'c']) expect(at.get(key)).toBeGreaterThanOrEqual(backMs)
      expect(at.get('denied')).toBe(deniedMs)
      await env.clock.sleep(600_000)
      expect(at.get('a')).toBeLessThan(backMs + 5_001) // settled: nobody comes back for it
      stop.abort()
      await running
    })
  })
})

describe('a controller', () => {
  it('reconciles what was queued, each key by one worker at a time', async () => {
    const now = new Set<string>()
    await withController(
      async (key, _signal, env) => {
        expect(now.has(key)).toBe(false)
        now.add(key)
        await env.clock.sleep(100)
        now.delete(key)
        return settled
      },
      async ({ env, controller, at }) => {
        for (let turn = 0; turn < 10; turn++) {
          for (const key of ['a/x', 'a/y', 'b/z']) controller.enqueue(key)
          await env.clock.sleep(30)
        }
        await controller.idle()
        expect([...at.keys()].sort()).toEqual(['a/x', 'a/y', 'b/z'])
      },
    )
  })

  it('comes back when a reconcile asks for it', () =>
    withController(
      () => Promise.resolve({ kind: 'after', ms: 60_000 }),
      async ({ env, controller, at }) => {
        controller.enqueue('a/x')
        await env.clock.sleep(150_000)
        for (const gap of gaps(at.get('a/x'))) expect(gap).toBeCloseTo(60_000, -2)
        expect(at.get('a/x')).toHaveLength(3)
      },
    ))

  it('backs a failing key off, up to five minutes and no further', () =>
    withController(failing(new Fault('Unavailable', 'down')), async ({ env, controller, at }) => {
      controller.enqueue('a/x')
      await env.clock.sleep(6 * 3_600_000)
      const waits = gaps(at.get('a/x'))
      expect(Math.max(...waits.slice(0, 3))).toBeLessThanOrEqual(4_000)
      expect(Math.max(...waits)).toBeLessThanOrEqual(300_002)
      expect(waits.length).toBeGreaterThan(72) // full jitter: half the cap on the average
      expect(waits.length).toBeLessThan(400)
    }))

  it('forgets failures when something it read has changed', () =>
    withController(failing(new Fault('Unavailable', 'down')), async ({ env, controller, at }) => {
      controller.enqueue('a/x')
      await env.clock.sleep(3_600_000)
      const before = at.get('a/x')?.length ?? 0
      controller.enqueue('a/x')
      await env.clock.sleep(1_500)
      expect((at.get('a/x')?.length ?? 0) - before).toBeGreaterThanOrEqual(2)
    }))

  it('waits as long as the other side asked, never less', () =>
    withController(
      failing(new Fault('RateLimited', 'busy', { retry: { kind: 'after', ms: 90_000 } })),
      async ({ env, controller, at }) => {
        controller.enqueue('a/x')
        await env.clock.sleep(1_000_000)
        const waits = gaps(at.get('a/x'))
        expect(Math.min(...waits)).toBeGreaterThanOrEqual(90_000)
        expect(Math.max(...waits)).toBeLessThanOrEqual(99_002)
      },
    ))

  it.each([0, 5, 300])('does not ask in a loop where the other side says %i ms', (ms) =>
    withController(
      failing(new Fault('RateLimited', 'busy', { retry: { kind: 'after', ms } })),
      async ({ env, controller, at }) => {
        controller.enqueue('apps/a')
        await env.clock.sleep(60_000)
        expect(Math.min(...gaps(at.get('apps/a')))).toBeGreaterThanOrEqual(1_000)
        expect(Math.max(...gaps(at.get('apps/a')))).toBeLessThanOrEqual(1_502)
      },
    ),
  )

  it('looks at what needs its author again within the hour, not sooner', () =>
    withController(
      () => Promise.resolve({ kind: 'failed', retry: { kind: 'onChange' } }),
      async ({ env, controller, at }) => {
        controller.enqueue('a/x')
        await env.clock.sleep(3 * 3_600_000)
        for (const gap of gaps(at.get('a/x'))) {
          expect(gap).toBeGreaterThanOrEqual(3_240_000)
          expect(gap).toBeLessThanOrEqual(3_600_002)
        }
      },
    ))

  it('logs a throw that is no Fault as a bug, without its text, and backs it off', () =>
    withController(
      () => Promise.reject(new TypeError('canary-5be1')),
      async ({ env, controller, at, lines }) => {
        controller.enqueue('a/x')
        await env.clock.sleep(10_000)
        expect((at.get('a/x') ?? []).length).toBeGreaterThan(1)
        const line = lines.find((entry) => entry.level === 'error')
        expect(line?.fields).toMatchObject({ controller: 'test', key: 'a/x' })
        const { error } = line?.fields ?? {}
        expect(error).toMatchObject({ reason: 'InternalError' })
        expect((error as Fault).message).not.toContain('canary')
      },
    ))

  it('lets no failing object stop another', () =>
    withController(
      (key) => (key === 'a/bad' ? Promise.reject(new Error('x')) : Promise.resolve(settled)),
      async ({ controller, at }) => {
        controller.enqueue('a/bad')
        controller.enqueue('a/good')
        await controller.idle()
        expect(at.get('a/good')).toHaveLength(1)
      },
      1,
    ))

  it('keeps workers free for others while one namespace hangs', () =>
    withController(
      async (key, signal, env) => {
        if (key.startsWith('slow/')) await env.clock.sleep(30_000, signal)
        return settled
      },
      async ({ env, controller, at }) => {
        for (let i = 0; i < 100; i++) controller.enqueue(`slow/k${i}`)
        await env.clock.sleep(1_000)
        const before = env.clock.monotonic()
        controller.enqueue('fast/a')
        await env.clock.sleep(10)
        expect(at.get('fast/a')?.[0]).toBe(before)
      },
    ))

  it('finishes what is under way when it stops, and takes nothing new', () =>
    withController(
      async (_key, signal, env) => {
        await env.clock.sleep(5_000, signal)
        return settled
      },
      async ({ env, controller, at, stop, running }) => {
        for (let i = 0; i < 20; i++) controller.enqueue(`n${i}/k`)
        await env.clock.sleep(1_000)
        stop.abort()
        const before = env.clock.monotonic()
        await running
        expect(env.clock.monotonic() - before).toBe(4_000)
        expect(at.size).toBe(4)
      },
    ))

  it('cuts what does not end within ten seconds', () =>
    withController(
      async (_key, signal, env) => {
        await env.clock.sleep(60_000, signal)
        return settled
      },
      async ({ env, controller, stop, running, lines }) => {
        controller.enqueue('a/x')
        await env.clock.sleep(100)
        stop.abort()
        const before = env.clock.monotonic()
        await running
        expect(env.clock.monotonic() - before).toBe(10_000)
        expect(lines.filter((line) => line.level === 'error')).toEqual([])
      },
    ))

  // Found by simulation: a replica that lost its lease in the middle of a fetch, and won it again,
  // never looked at that repository any more.
  it('begins with what was cut when it runs again', () => {
    let isSlow = true
    return withController(
      async (_key, signal, env) => {
        if (isSlow) await env.clock.sleep(60_000, signal)
        return settled
      },
      async ({ env, controller, at, stop, running }) => {
        controller.enqueue('a/x')
        await env.clock.sleep(100)
        stop.abort()
        await running
        isSlow = false
        const again = new AbortController()
        const runs = controller.run(again.signal)
        await env.clock.sleep(1_000)
        expect(at.get('a/x')?.length).toBe(2)
        again.abort()
        await runs
      },
    )
  })

  it('does not wait for ever for what heeds no signal', () =>
    withController(
      () => new Promise(() => {}),
      async ({ env, controller, stop, running }) => {
        controller.enqueue('a/x')
        await env.clock.sleep(100)
        stop.abort()
        await running
      },
    ))
})
