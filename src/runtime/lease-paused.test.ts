/** A leader whose process stands still past its lease: virtual machine frozen, SIGSTOP, long collection. */
import { describe, expect, it } from 'vitest'
import { configMaps, leases, type ConfigMap } from '#api'
import { Fault } from '#base'
import { simEnv, simProcess, type Arrival, type SimEnv, type SimProcess } from '#base/env'
import { createKubeApi } from '#embedded/kube-api'
import { createClient, type Client } from '#kube'
import { createFence, runWithLease } from './lease.ts'

const namespace = 'apps'
const lease = { namespace, name: 'lockstep' }
const target = { namespace, name: 'target' }
const doomed = { namespace, name: 'doomed' }

/** What reached the server as a write of a ConfigMap. */
interface Arrived {
  readonly by: string
  readonly atMs: number
  readonly what: string
  readonly status: number
}

interface Replica {
  readonly identity: string
  readonly process: SimProcess
  leading: boolean
  /** How often it had to stop leading. */
  lost: number
  /** What it was about to do at each turn, and how that ended. */
  readonly turns: string[]
}

interface World {
  readonly env: SimEnv
  /** A person's own client. */
  readonly client: Client
  readonly arrived: readonly Arrived[]
  readonly replica: (identity: string) => Replica
  readonly by: () => Promise<string | undefined>
  readonly holder: () => Promise<string | undefined>
}

/** Two replicas, each of which reads `target`, asks a slow backend, and writes what it made of both. */
async function withWorld(work: (world: World) => Promise<void>): Promise<void> {
  const env = simEnv(4)
  await env.clock.run(async () => {
    const api = createKubeApi({ env })
    const arrived: Arrived[] = []
    const listener = await env.net.listen(async (request) => {
      const answer = await api.handler(request)
      const by = String(request.headers['user-agent'])
      if (request.method !== 'GET' && request.target.includes('/configmaps')) {
        const what = `${request.method} ${request.target.split('/').at(-1)?.split('?')[0] ?? ''}`
        arrived.push({ by, atMs: env.clock.monotonic(), what, status: answer.status })
      }
      return answer
    })
    const backend = await env.net.listen(async () => {
      await env.clock.sleep(400)
      return { status: 200 }
    })
    const client = createClient({ env, server: { url: listener.url } })
    await client.raw('POST', '/api/v1/namespaces', {
      body: JSON.stringify({ metadata: { name: namespace } }),
      headers: { 'content-type': 'application/json' },
    })
    for (const key of [target, doomed]) {
      await client.create(configMaps, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: key,
        data: { by: 'nobody' },
      })
    }
    const stop = new AbortController()
    const running: Promise<void>[] = []
    await work({
      env,
      client,
      arrived,
      by: async () => (await client.get(configMaps, target))?.data?.['by'],
      holder: async () => (await client.get(leases, lease))?.spec?.holderIdentity,
      replica: (identity) => {
        const process = simProcess(named(env, identity))
        const replica: Replica = { identity, process, leading: false, lost: 0, turns: [] }
        const own = createClient({ env: process.env, server: { url: listener.url } })
        const fence = createFence()
        const onLead = async (signal: AbortSignal): Promise<void> => {
          replica.leading = true
          const behind = own.behind(fence.check)
          while (!signal.aborted) await turn(replica, behind, backend.url, signal)
          replica.leading = false
          replica.lost++
        }
        const options = { env: process.env, client: own, ...lease, identity, fence, onLead }
        running.push(runWithLease(options, stop.signal))
        return replica
      },
    })
    stop.abort()
    await Promise.all(running)
    await listener.close()
    api.close()
  })
}

async function turn(
  replica: Replica,
  client: Client,
  backend: string,
  signal: AbortSignal,
): Promise<void> {
  const { identity, turns } = replica
  const { env } = replica.process
  try {
    const seen = await client.get(configMaps, target)
    await env.net.pool().request({ method: 'GET', url: backend })
    if (seen === null) return
    await client.update(configMaps, { ...seen, data: { by: identity } } satisfies ConfigMap)
    turns.push('written')
  } catch (thrown) {
    const reason = thrown instanceof Fault ? thrown.reason : 'a bug'
    turns.push(signal.aborted ? `${reason}, told to stop` : reason)
  }
  await env.clock.sleep(100)
}

/** The world, where the server can tell who asks. */
function named(env: SimEnv, identity: string): SimEnv {
  const pool: SimEnv['net']['pool'] = (options) => {
    const inner = env.net.pool(options)
    return {
      opened: () => inner.opened(),
      close: () => inner.close(),
      request: (request) =>
        inner.request({ ...request, headers: { ...request.headers, 'user-agent': identity } }),
    }
  }
  return { ...env, net: Object.assign(Object.create(env.net) as SimEnv['net'], { pool }) }
}

async function until(env: SimEnv, is: () => boolean): Promise<void> {
  for (let waitedMs = 0; !is(); waitedMs += 10) {
    if (waitedMs > 120_000) throw new Error('it does not come to that')
    await env.clock.sleep(10)
  }
}

describe('a paused leader that wakes late changes nothing it had not seen', () => {
  const wakings: readonly (readonly [string, Arrival])[] = [
    ['when it hears of its deadline first', 'timers'],
    ['when it hears of an old answer first, and would write at once', 'answers'],
  ]
  it.each(wakings)('%s', (_name, first) =>
    withWorld(async ({ env, arrived, replica, by }) => {
      const one = replica('one')
      await until(env, () => one.turns.length > 3)
      const two = replica('two')
      // It stands still at every point of a turn in a row: reading, waiting for the backend, writing.
      for (const afterMs of [50, 150, 300, 450, 499]) {
        await until(env, () => one.leading && one.turns.at(-1) === 'written')
        const turns = one.turns.length
        await until(env, () => one.turns.length > turns)
        await env.clock.sleep(afterMs)
        one.process.pause()
        await until(env, () => two.leading && two.turns.length > 3)
        const { lost } = one
        const wokenMs = env.clock.monotonic()
        one.process.resume(first)
        await until(env, () => one.lost > lost)
        await env.clock.sleep(5_000)
        const late = arrived.filter((write) => write.by === 'one' && write.atMs >= wokenMs)
        expect(late).toEqual([])
        expect(await by()).toBe('two')
        // And the other way round, so that the first leads again.
        two.process.pause()
        await until(env, () => one.leading)
        two.process.resume(first)
      }
      expect(arrived.filter(({ status }) => status >= 400)).toEqual([])
    }),
  )

  it('when nobody took its place, and nothing else would refuse it', () =>
    withWorld(async ({ env, arrived, replica }) => {
      const one = replica('one')
      await until(env, () => one.turns.length > 3)
      await env.clock.sleep(300) // it waits for the backend
      one.process.pause()
      await env.clock.sleep(60_000)
      const before = arrived.length
      one.process.resume('answers')
      await until(env, () => one.lost === 1)
      expect(arrived.slice(before)).toEqual([])
      expect(one.turns.at(-1)).toBe('Cancelled, told to stop')
      await until(env, () => one.turns.at(-1) === 'written') // under a lease that it asked for anew
    }))

  it('when its writes were on their way all the time', () =>
    withWorld(async ({ env, client, arrived, replica, by }) => {
      const one = replica('one')
      await until(env, () => one.turns.length > 3)
      const seen = await client.get(configMaps, doomed)
      const { uid = '', resourceVersion = '' } = seen?.metadata ?? {}
      env.net.plan = ({ method, headers }) =>
        headers?.['user-agent'] === 'one' && (method === 'PUT' || method === 'DELETE')
          ? { kind: 'delay', ms: 25_000 }
          : undefined
      const turns = one.turns.length
      // A delete rests on what was seen as well as an update does.
      const own = createClient({
        env: named(env, 'one'),
        server: { url: 'http://127.0.0.1:20000' },
      })
      const late = own.delete(configMaps, doomed, { uid, resourceVersion })
      late.catch(() => {})
      await env.clock.sleep(510) // the update is sent, and the process stands still
      one.process.pause()
      const two = replica('two')
      await until(env, () => two.leading && two.turns.length > 3)
      const now = await client.get(configMaps, doomed)
      if (now === null) throw new Error('it is there')
      await client.update(configMaps, { ...now, data: { by: 'two' } })
      await until(env, () => arrived.filter(({ by: who }) => who === 'one').length > turns + 1)
      const landed = arrived.filter((write) => write.by === 'one').slice(-2)
      expect(landed.map(({ what, status }) => `${what} ${status}`).sort()).toEqual([
        'DELETE doomed 409',
        'PUT target 409',
      ])
      await expect(late).rejects.toMatchObject({ reason: 'Conflict' })
      expect(await by()).toBe('two')
      expect((await client.get(configMaps, doomed))?.data).toEqual({ by: 'two' })
      one.process.resume('answers')
      await until(env, () => one.lost === 1)
      expect(one.turns.at(-1)).toBe('Conflict, told to stop')
    }))

  it('and gives the lease up before it asks for it again', () =>
    withWorld(async ({ env, client, replica, holder }) => {
      const one = replica('one')
      await until(env, () => one.turns.length > 3)
      one.process.pause()
      await env.clock.sleep(60_000)
      const before = await client.get(leases, lease)
      const renewals: boolean[] = [] // whether it still led when it wrote the lease
      env.net.plan = ({ method, url }) => {
        if (method === 'PUT' && url.includes('/leases/')) renewals.push(one.leading)
        return undefined
      }
      one.process.resume('timers') // the pause between two renewals is over before the deadline is
      await until(env, () => renewals.length > 0)
      expect(renewals).toEqual([false])
      expect(await holder()).toBe('one')
      expect(before?.spec?.holderIdentity).toBe('one')
    }))
})
