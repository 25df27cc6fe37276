import { describe, expect, it } from 'vitest'
import { Fault } from '#base'
import { simEnv } from '#base/env'
import { createController, settled, type Next } from '#runtime'
import { StoreBackoff } from './store-backoff.ts'

const keys = Array.from({ length: 50 }, (_, i) => `apps/k${i}`)

describe('a store that was away for an hour', () => {
  // Everyone is told the rest of its pause, which is less than a second every now and then. That was
  // counted as a failure of the key's own, whose patience grew to minutes.
  it('has everyone back within a minute', async () => {
    const env = simEnv(5)
    const store = new StoreBackoff(env.clock, env.random)
    const asked = new Map<string, number[]>()
    let isDown = true
    const reconcile = (key: string): Promise<Next> => {
      const nowMs = env.clock.monotonic()
      asked.set(key, [...(asked.get(key) ?? []), nowMs])
      if (store.fault === undefined && isDown) {
        store.failed(new Fault('Unavailable', 'down'), nowMs)
      }
      const fault = store.fault
      if (fault !== undefined) return Promise.resolve({ kind: 'failed', retry: fault.retry })
      store.succeeded(nowMs)
      return Promise.resolve(settled)
    }
    await env.clock.run(async () => {
      const controller = createController({ env, name: 'test', reconcile })
      const stop = new AbortController()
      const running = controller.run(stop.signal)
      for (const key of keys) controller.enqueue(key)
      await env.clock.sleep(3_600_000)
      // Whenever it comes back, nobody has longer to wait than this.
      const waits = keys.flatMap((key) =>
        (asked.get(key) ?? []).slice(1).map((atMs, i) => atMs - (asked.get(key)?.[i] ?? 0)),
      )
      expect(waits.length).toBeGreaterThan(1_000)
      expect(Math.max(...waits)).toBeLessThan(60_000)
      isDown = false
      const backMs = env.clock.monotonic()
      await env.clock.sleep(3_600_000)
      const last = keys.map((key) => asked.get(key)?.at(-1) ?? 0)
      expect(Math.min(...last)).toBeGreaterThanOrEqual(backMs)
      expect(Math.max(...last)).toBeLessThan(backMs + 60_000)
      stop.abort()
      await running
    })
  })
})
