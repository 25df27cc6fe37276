import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { textOf } from '#base'
import { simEnv } from '#base/env'
import type { ManagedFields } from '#api'
import { createController } from './create-controller.ts'
import { settled } from './controller.ts'
import { serveHealth } from './health.ts'
import { createMetrics } from './metrics.ts'
import { nextDueMs } from './refresh.ts'
import { runAll } from './run-all.ts'
import { keepSecretMetadata } from './secret-metadata.ts'

describe('a refresh', () => {
  const interval = fc.integer({ min: 1_000, max: 30 * 86_400_000 })
  const last = fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 })

  it('is never later than its interval, and at most a tenth earlier', () => {
    fc.assert(
      fc.property(last, interval, fc.uuid(), (lastMs, intervalMs, uid) => {
        const due = nextDueMs(lastMs, intervalMs, uid)
        expect(due).toBeLessThanOrEqual(lastMs + intervalMs)
        expect(due).toBeGreaterThanOrEqual(lastMs + intervalMs * 0.9)
      }),
    )
  })

  it('is brought forward once only, though status holds whole seconds', () => {
    fc.assert(
      fc.property(
        last,
        fc.integer({ min: 60, max: 86_400 }).map((seconds) => seconds * 1_000),
        fc.uuid(),
        fc.integer({ min: 0, max: 900 }),
        (lastMs, intervalMs, uid, tookMs) => {
          let recorded = lastMs
          let early = 0
          for (let turn = 0; turn < 20; turn++) {
            const due = nextDueMs(recorded, intervalMs, uid)
            if (recorded + intervalMs - due > 2_000) early++
            recorded = Math.floor((due + tookMs) / 1_000) * 1_000
          }
          expect(early).toBeLessThanOrEqual(1)
        },
      ),
    )
  })

  it('spreads what was applied at one moment', () => {
    const dues = Array.from({ length: 1_000 }, (_, i) =>
      nextDueMs(1_800_000_000_000, 3_600_000, `uid-${i}`),
    )
    const buckets = new Map<number, number>()
    for (const due of dues) {
      const second = Math.floor(due / 10_000)
      buckets.set(second, (buckets.get(second) ?? 0) + 1)
    }
    expect(Math.max(...buckets.values())).toBeLessThan(70) // 1,000 over 36 spans: 28 each
  })

  it('never comes for an interval of nothing', () => {
    expect(nextDueMs(0, 0, 'u')).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('the kept metadata of a Secret', () => {
  const entry = (manager: string, fieldsV1: Readonly<Record<string, unknown>>): ManagedFields => ({
    manager,
    operation: 'Update',
    apiVersion: 'v1',
    fieldsType: 'FieldsV1',
    fieldsV1,
  })
  const keep = keepSecretMetadata((manager) => manager === 'ours')
  const kept = (...managedFields: ManagedFields[]): ReturnType<typeof keep> =>
    keep({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', managedFields } })

  it.each([
    ['nobody else wrote data', [entry('ours', { 'f:data': { 'f:a': {} } })], false],
    ['somebody edited a value', [entry('kubectl-edit', { 'f:data': { 'f:a': {} } })], true],
    ['somebody added a label', [entry('kubectl', { 'f:metadata': { 'f:labels': {} } })], false],
    ['somebody else wrote stringData', [entry('other', { 'f:stringData': {} })], true],
    ['there is no managedFields', [], false],
  ])('says whether a foreign manager owns data: %s', (_what, managed, foreign) => {
    expect(kept(...managed).foreignDataManagers).toBe(foreign)
  })

  it('holds no managedFields', () => {
    expect(Object.keys(kept(entry('ours', {})).metadata)).toEqual(['name'])
  })
})

describe('metrics and health', () => {
  it('are served, and say who is not ready', async () => {
    const env = simEnv(9)
    const metrics = await createMetrics() // loads a module, for which no virtual clock waits
    await env.clock.run(async () => {
      const waiting = ['cache of secrets']
      const listener = await serveHealth({
        env,
        host: '127.0.0.1',
        port: 0,
        metrics,
        ready: () => waiting,
      })
      const pool = env.net.pool()
      const ask = async (path: string): Promise<[number, string]> => {
        const answer = await pool.request({ method: 'GET', url: listener.url + path })
        let text = ''
        for await (const part of answer.body) text += textOf(part)
        return [answer.status, text]
      }
      expect(await ask('/healthz')).toEqual([200, 'ok\n'])
      expect(await ask('/readyz')).toEqual([503, 'not ready: cache of secrets\n'])
      waiting.length = 0
      expect(await ask('/readyz')).toEqual([200, 'ok\n'])
      expect((await ask('/secrets'))[0]).toBe(404)

      const controller = createController({
        env,
        metrics,
        name: 'things',
        reconcile: () => Promise.resolve(settled),
      })
      const stop = new AbortController()
      const running = controller.run(stop.signal)
      controller.enqueue('a/x')
      controller.enqueueAfter('a/y', 60_000)
      await controller.idle()
      metrics.apiCall({ method: 'GET', status: 200, tookMs: 3 })
      const [, text] = await ask('/metrics')
      expect(text).toContain('lockstep_reconcile_total{controller="things",result="settled"} 1')
      expect(text).toContain('lockstep_queue_depth{controller="things",state="waiting"} 1')
      expect(text).toContain('lockstep_api_call_seconds_count{method="GET",status="200"} 1')
      stop.abort()
      await running
      await listener.close()
    })
  })

  it('keep two operators in one process apart', async () => {
    const [one, two] = [await createMetrics(), await createMetrics()]
    one.counter({ name: 'mine_total', help: 'x' }).inc()
    expect((await one.render()).text).toContain('mine_total 1')
    expect((await two.render()).text).not.toContain('mine_total')
  })
})

describe('runAll', () => {
  const until = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))

  it('stops the others when one part fails, and throws its failure', async () => {
    let stopped = false
    const good = {
      run: async (signal: AbortSignal) => {
        await until(signal)
        stopped = true
      },
    }
    const bad = { run: () => Promise.reject(new Error('broken')) }
    await expect(runAll([good, bad], new AbortController().signal)).rejects.toThrow('broken')
    expect(stopped).toBe(true)
  })

  it('ends when it is told to', async () => {
    const stop = new AbortController()
    const running = runAll([{ run: until }, { run: until }], stop.signal)
    stop.abort()
    await running
  })
})
