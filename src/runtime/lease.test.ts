import { describe, expect, it } from 'vitest'
import { simEnv, simProcess, type SimEnv, type SimProcess } from '#base/env'
import { configMaps, leases, type Lease } from '#api'
import { createClient, type Client } from '#kube'
import { FakeApi, status } from '../../test/fakes/fake-kube-api.ts'
import { runWithLease } from './lease.ts'

const key = { namespace: 'ops', name: 'lockstep' }

interface Candidate {
  readonly client: Client
  readonly stop: AbortController
  readonly running: Promise<void>
  readonly process: SimProcess
  leading: boolean
  /** How often it has begun to lead. */
  led: number
}

interface World {
  readonly env: SimEnv
  readonly api: FakeApi
  readonly candidate: (identity: string) => Candidate
  readonly lease: () => Promise<Lease>
}

async function withApi(work: (world: World) => Promise<void>): Promise<void> {
  const env = simEnv(8)
  await env.clock.run(async () => {
    const [api, listener] = await FakeApi.start(env)
    const connect = (): Client => createClient({ env, server: { url: listener.url } })
    const watcher = connect()
    const candidates: Candidate[] = []
    await work({
      env,
      api,
      lease: async () => (await watcher.get(leases, key)) as Lease,
      candidate: (identity) => {
        const process = simProcess(env)
        const client = createClient({ env: process.env, server: { url: listener.url } })
        const stop = new AbortController()
        const candidate: Candidate = {
          client,
          stop,
          process,
          leading: false,
          led: 0,
          running: runWithLease(
            {
              env: process.env,
              client,
              ...key,
              identity,
              onLead: async (signal) => {
                candidate.leading = true
                candidate.led++
                await new Promise<void>((resolve) => {
                  signal.addEventListener('abort', () => resolve(), { once: true })
                })
                candidate.leading = false
              },
            },
            stop.signal,
          ),
        }
        candidates.push(candidate)
        return candidate
      },
    })
    for (const candidate of candidates) candidate.stop.abort()
    await Promise.all(candidates.map((candidate) => candidate.running))
    await listener.close()
  })
}

describe('a lease', () => {
  it('is written as client-go writes it', () =>
    withApi(async ({ env, candidate, lease }) => {
      candidate('one')
      await env.clock.sleep(500)
      expect((await lease()).spec).toEqual({
        holderIdentity: 'one',
        leaseDurationSeconds: 15,
        acquireTime: '2026-01-01T00:00:00.000000Z',
        renewTime: '2026-01-01T00:00:00.000000Z',
        leaseTransitions: 0,
      })
      await env.clock.sleep(10_000)
      const { spec } = await lease()
      expect(spec?.acquireTime).toBe('2026-01-01T00:00:00.000000Z')
      expect(spec?.renewTime).not.toBe('2026-01-01T00:00:00.000000Z')
    }))

  it('has one holder, and goes over at once when that one stops', () =>
    withApi(async ({ env, candidate, lease }) => {
      const one = candidate('one')
      await env.clock.sleep(1_000)
      const two = candidate('two')
      for (let i = 0; i < 100; i++) {
        await env.clock.sleep(1_000)
        expect([one.leading, two.leading]).toEqual([true, false])
      }
      one.stop.abort()
      await one.running
      expect((await lease()).spec?.holderIdentity).toBe('')
      await env.clock.sleep(3_000)
      expect([one.leading, two.leading]).toEqual([false, true])
      expect((await lease()).spec?.leaseTransitions).toBe(1)
    }))

  it('is given up before another may take it, when it cannot be renewed', () =>
    withApi(async ({ env, api, candidate }) => {
      const one = candidate('one')
      await env.clock.sleep(1_000)
      const two = candidate('two')
      await env.clock.sleep(5_000)
      api.intercept = (request) =>
        request.method === 'PUT' && (request.body as Lease).spec?.holderIdentity === 'one'
          ? status(503, 'ServiceUnavailable', 'no')
          : undefined
      let bothMs = 0
      for (let i = 0; i < 400; i++) {
        await env.clock.sleep(100)
        if (one.leading && two.leading) bothMs += 100
      }
      expect(bothMs).toBe(0)
      expect([one.leading, two.leading]).toEqual([false, true])
    }))

  // Found by a server under load: with one patience for both calls of an attempt, nobody ever led.
  it('is had and kept where each call takes three seconds, and given up on the way out', () =>
    withApi(async ({ env, api, candidate, lease }) => {
      api.intercept = async () => {
        await env.clock.sleep(3_000)
        return undefined
      }
      const one = candidate('one')
      await env.clock.sleep(10_000)
      expect(one.leading).toBe(true)
      await env.clock.sleep(300_000)
      expect([one.leading, one.led]).toEqual([true, 1])
      one.stop.abort()
      await one.running
      expect((await lease()).spec?.holderIdentity).toBe('')
    }))

  it('counts from the sending of a renewal, not from its late answer', () =>
    withApi(async ({ env, api, candidate }) => {
      const one = candidate('one')
      await env.clock.sleep(1_000)
      api.intercept = async (request) => {
        if (request.method === 'PUT') await env.clock.sleep(4_900)
        return undefined
      }
      // Each renewal is acknowledged 4.9 s after it was sent, and 2 s later the next one is sent: its
      // acknowledgement comes 11.8 s after the last one was sent, which is too late.
      const before = env.clock.monotonic()
      while (one.leading) await env.clock.sleep(100)
      expect(env.clock.monotonic() - before).toBeLessThan(15_000)
    }))

  it('is led by nobody who stood still between the claim and its acknowledgement', () =>
    withApi(async ({ env, api, candidate }) => {
      const answer = api.answer.bind(api)
      const one = candidate('one')
      api.answer = async (request) => {
        const reply = await answer(request)
        if (request.method === 'POST') one.process.pause()
        return reply
      }
      await env.clock.sleep(1_000)
      const two = candidate('two')
      await env.clock.sleep(25_000)
      expect(two.leading).toBe(true)
      one.process.resume('answers')
      await env.clock.sleep(25_000)
      expect([one.led, two.led]).toEqual([0, 1])
    }))

  it('is kept though a renewal is never answered', () =>
    withApi(async ({ env, api, candidate }) => {
      const one = candidate('one')
      await env.clock.sleep(1_000)
      const two = candidate('two')
      let swallowed = 0
      api.intercept = (request) =>
        request.method === 'PUT' && swallowed++ % 2 === 0 ? new Promise(() => {}) : undefined
      for (let i = 0; i < 100; i++) {
        await env.clock.sleep(1_000)
        expect([one.leading, two.leading]).toEqual([true, false])
      }
      expect(one.led).toBe(1)
      expect(swallowed).toBeGreaterThan(10)
    }))

  it('is released though the stop came in the middle of a renewal', () =>
    withApi(async ({ env, api, candidate, lease }) => {
      const one = candidate('one')
      await env.clock.sleep(1_000)
      const answer = api.answer.bind(api)
      const renewed = Promise.withResolvers<void>()
      api.answer = async (request) => {
        const reply = await answer(request)
        api.answer = answer
        renewed.resolve()
        await env.clock.sleep(1_000) // it is done, and the answer is on its way
        return reply
      }
      await renewed.promise
      one.stop.abort()
      await one.running
      expect((await lease()).spec?.holderIdentity).toBe('')
    }))

  it('does not keep a stop waiting when it cannot be released', () =>
    withApi(async ({ env, api, candidate }) => {
      const one = candidate('one')
      await env.clock.sleep(1_000)
      api.intercept = () => new Promise(() => {})
      const before = env.clock.monotonic()
      one.stop.abort()
      await one.running
      expect(env.clock.monotonic() - before).toBeLessThanOrEqual(5_000)
    }))

  it('keeps a holder through a lost answer', () =>
    withApi(async ({ env, candidate }) => {
      const one = candidate('one')
      await env.clock.sleep(1_000)
      let lost = 0
      env.net.plan = (request) =>
        request.method === 'PUT' && lost++ % 2 === 0 ? { kind: 'loseReply' } : undefined
      for (let i = 0; i < 60; i++) {
        await env.clock.sleep(1_000)
        expect(one.leading).toBe(true)
      }
    }))

  it('is no matter of wall clocks', () =>
    withApi(async ({ env, candidate }) => {
      const one = candidate('one')
      await env.clock.sleep(1_000)
      const two = candidate('two')
      for (const jumpMs of [3_600_000, -7_200_000, 315_360_000_000]) {
        env.clock.jumpWall(jumpMs)
        await env.clock.sleep(20_000)
        expect([one.leading, two.leading]).toEqual([true, false])
      }
    }))

  it('is kept while the server answers errors for less than the deadline', () =>
    withApi(async ({ env, api, candidate }) => {
      const one = candidate('one')
      await env.clock.sleep(3_000)
      api.intercept = () => status(500, 'InternalError', 'no')
      await env.clock.sleep(6_000)
      api.intercept = () => undefined
      await env.clock.sleep(60_000)
      expect(one.leading).toBe(true)
    }))

  it('is renewed while the work winds up after a stop', () =>
    withApi(async ({ env, api }) => {
      const client = createClient({ env, server: { url: 'http://127.0.0.1:20000' } })
      const stop = new AbortController()
      const running = runWithLease(
        {
          env,
          client,
          ...key,
          identity: 'slow',
          onLead: async (signal) => {
            await env.clock.sleep(60_000, signal).catch(() => {})
            await env.clock.sleep(30_000)
          },
        },
        stop.signal,
      )
      await env.clock.sleep(1_000)
      stop.abort()
      const before = api.seen.length
      await env.clock.sleep(29_000)
      expect(api.seen.length - before).toBeGreaterThan(10)
      await running
    }))

  it('lets a paused leader that wakes late change nothing it had not seen', () =>
    withApi(async ({ env, api, candidate }) => {
      // A leader reads, stops for a minute in the middle of its work, and wakes when another one
      // leads and has changed the object: its write carries the version it saw and is refused.
      api.put({ metadata: { namespace: 'apps', name: 'target' }, data: { by: 'none' } })
      const one = candidate('one')
      await env.clock.sleep(31_000)
      const seen = await one.client.get(configMaps, { namespace: 'apps', name: 'target' })
      const thaw = Promise.withResolvers<void>()
      api.intercept = async (request) => {
        const ofOne =
          request.method === 'PUT' && (request.body as Lease).spec?.holderIdentity === 'one'
        if (ofOne) await thaw.promise
        return undefined
      }
      const two = candidate('two')
      while (!two.leading) await env.clock.sleep(500)
      expect(one.leading).toBe(false) // its renewal hangs unanswered; it knew that its time was up
      const own = await two.client.get(configMaps, { namespace: 'apps', name: 'target' })
      if (own === null || seen === null) throw new Error('it is there')
      await two.client.update(configMaps, { ...own, data: { by: 'two' } })
      thaw.resolve()
      const late = one.client.update(configMaps, { ...seen, data: { by: 'one' } })
      await expect(late).rejects.toMatchObject({ reason: 'Conflict' })
      const now = await two.client.get(configMaps, { namespace: 'apps', name: 'target' })
      expect(now?.data).toEqual({ by: 'two' })
      await env.clock.sleep(5_000)
      expect([one.leading, two.leading]).toEqual([false, true])
    }))
})
