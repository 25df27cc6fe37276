import { describe, expect, it } from 'vitest'
import type { Fault } from '#base'
import { simEnv, type SimEnv } from '#base/env'
import { resource, type Condition, type KubeObject, type Resource } from '#api'
import { createClient, type Client } from '#kube'
import { FakeApi, json, status } from '../../test/fakes/fake-kube-api.ts'
import { settled } from './controller.ts'
import { createController } from './create-controller.ts'
import { createInformer } from './create-informer.ts'
import { createStatusWriter, setCondition, type StatusWriter } from './status-writer.ts'

interface Thing extends KubeObject {
  readonly spec?: { readonly n: number }
  readonly status?: {
    readonly conditions?: readonly Condition[]
    readonly refreshTime?: string
    readonly n?: number
  }
}

const things: Resource<Thing> = resource('test.io/v1', 'Thing', 'things')
const signal = new AbortController().signal

async function withThing(
  work: (world: {
    readonly env: SimEnv
    readonly api: FakeApi
    readonly client: Client
    readonly writer: StatusWriter<Thing>
    readonly thing: Thing
    readonly writes: () => number
  }) => Promise<void>,
): Promise<void> {
  const env = simEnv(6)
  await env.clock.run(async () => {
    const [api, listener] = await FakeApi.start(env)
    const client = createClient({ env, server: { url: listener.url } })
    const thing = api.put({
      apiVersion: 'test.io/v1',
      kind: 'Thing',
      metadata: { namespace: 'apps', name: 'a', generation: 1 },
      spec: { n: 1 },
    }) as unknown as Thing
    const writer = createStatusWriter({ env, client, resource: things, ignore: [['refreshTime']] })
    const writes = (): number => api.seen.filter((request) => request.method === 'PUT').length
    await work({ env, api, client, writer, thing, writes })
    await listener.close()
  })
}

describe('a status writer', () => {
  it('shows what it wrote to whoever is woken before the cache has seen it', () =>
    withThing(async ({ writer, thing }) => {
      expect(writer.newest(thing)).toBe(thing)
      const written = await writer.write(thing, { n: 1 }, signal)
      if (written === 'unchanged') throw new Error('it was changed')
      expect(writer.newest(thing)).toMatchObject({ spec: { n: 1 }, status: { n: 1 } })
      expect(writer.newest(thing).metadata.resourceVersion).toBe(written.metadata.resourceVersion)
      // A spec that has changed since is another matter; what the cache shows counts as soon as it can.
      const changed = { ...thing, metadata: { ...thing.metadata, generation: 2 } }
      expect(writer.newest(changed)).toBe(changed)
      expect(writer.newest(written)).toBe(written)
      expect(writer.newest(thing)).toBe(thing)
    }))

  it('writes a change once, to the status alone', () =>
    withThing(async ({ api, writer, thing, writes }) => {
      const written = await writer.write(thing, { n: 1 }, signal)
      expect(written).toMatchObject({ status: { n: 1 } })
      expect(writes()).toBe(1)
      expect(api.seen.at(-1)?.path).toBe('/apis/test.io/v1/namespaces/apps/things/a/status')
      if (written === 'unchanged') throw new Error('it was changed')
      expect(await writer.write(written, { n: 1 }, signal)).toBe('unchanged')
      expect(writes()).toBe(1)
    }))

  it('writes nothing when only what nobody waits for differs, unless it is due', () =>
    withThing(async ({ writer, thing, writes }) => {
      const first = await writer.write(thing, { n: 1, refreshTime: 't1' }, signal)
      if (first === 'unchanged') throw new Error('it was changed')
      expect(await writer.write(first, { n: 1, refreshTime: 't2' }, signal)).toBe('unchanged')
      expect(writes()).toBe(1)
      await writer.write(first, { n: 1, refreshTime: 't2' }, signal, { always: true })
      expect(writes()).toBe(2)
    }))

  it('takes a field that is undefined for one that is not there', () =>
    withThing(async ({ writer, thing, writes }) => {
      expect(await writer.write(thing, { n: undefined }, signal)).toBe('unchanged')
      expect(writes()).toBe(0)
    }))

  it('writes over a newer version of the same spec', () =>
    withThing(async ({ api, writer, thing, writes }) => {
      const held = { apiVersion: 'test.io/v1', kind: 'Thing', spec: { n: 1 } }
      api.put({ ...held, metadata: { ...thing.metadata, labels: { new: 'label' } } })
      const written = await writer.write(thing, { n: 5 }, signal)
      expect(written).toMatchObject({ status: { n: 5 }, metadata: { labels: { new: 'label' } } })
      expect(writes()).toBe(2)
    }))

  it('does not describe a spec it has not seen', () =>
    withThing(async ({ api, writer, thing }) => {
      const held = { apiVersion: 'test.io/v1', kind: 'Thing', spec: { n: 2 } }
      api.put({ ...held, metadata: { ...thing.metadata, generation: 2 } })
      const fault = await writer.write(thing, { n: 5 }, signal).catch((thrown: unknown) => thrown)
      expect((fault as Fault).reason).toBe('Conflict')
    }))

  it('leaves an object alone that took the name of a deleted one', () =>
    withThing(async ({ api, writer, thing }) => {
      api.remove('apps', 'a')
      expect(await writer.write(thing, { n: 5 }, signal)).toBe('unchanged')
      api.put({ apiVersion: 'test.io/v1', kind: 'Thing', metadata: { ...thing.metadata } })
      expect(await writer.write(thing, { n: 5 }, signal)).toBe('unchanged')
    }))

  it('gives up when another one always writes first', () =>
    withThing(async ({ api, writer, thing, writes }) => {
      api.intercept = (request) =>
        request.method === 'PUT' ? status(409, 'Conflict', 'modified') : undefined
      const fault = await writer.write(thing, { n: 5 }, signal).catch((thrown: unknown) => thrown)
      expect((fault as Fault).reason).toBe('Conflict')
      expect(writes()).toBe(4)
    }))

  it('finds its own write done when the answer was lost', () =>
    withThing(async ({ api, env, writer, thing, writes }) => {
      let lost = false
      env.net.plan = (request) => {
        if (request.method !== 'PUT' || lost) return undefined
        lost = true
        return { kind: 'loseReply' }
      }
      const fault = await writer.write(thing, { n: 5 }, signal).catch((thrown: unknown) => thrown)
      expect((fault as Fault).reason).toBe('Unavailable')
      expect(await writer.write(thing, { n: 5 }, signal)).toBe('unchanged')
      expect(writes()).toBe(2)
      expect(api.seen.at(-1)?.method).toBe('GET')
    }))

  it.each(['after', 'before'])(
    'comes to rest though its own writes wake it, told by the watch %s its answer',
    (order) =>
      withThing(async ({ env, api, client, writer, writes }) => {
        let reconciles = 0
        const informer = createInformer({
          env,
          client,
          resource: things,
          keep: (object: Thing) => object,
        })
        const controller = createController({
          env,
          name: 'things',
          reconcile: async (_key, stop) => {
            reconciles++
            const thing = informer.cache.get({ namespace: 'apps', name: 'a' })
            if (thing !== undefined) {
              await writer.write(writer.newest(thing), { n: thing.spec?.n }, stop)
            }
            return settled
          },
        })
        informer.onChange(() => controller.enqueue('apps/a'))
        if (order === 'before') {
          const answer = api.answer.bind(api)
          api.answer = async (request) => {
            const reply = await answer(request)
            if (request.method === 'PUT') await env.clock.sleep(500)
            return reply
          }
        } else {
          api.feeding = false
        }
        const stop = new AbortController()
        const running = [informer.run(stop.signal), controller.run(stop.signal)]
        await informer.synced(signal)
        for (let i = 0; i < 10; i++) {
          await env.clock.sleep(1_000)
          controller.enqueue('apps/a') // by anything else, also before the cache has seen the write
          if (order === 'before' || i < 5) continue
          // What was written is told only now, long after its answer.
          const live = await client.get(things, { namespace: 'apps', name: 'a' })
          for (const watch of api.watches) watch.send({ type: 'MODIFIED', object: live })
        }
        await env.clock.sleep(1_000)
        expect(reconciles).toBeGreaterThan(10)
        expect(writes()).toBe(1)
        const seen = reconciles
        const bystander = informer.cache.get({ namespace: 'apps', name: 'a' }) as Thing
        api.feeding = true
        api.put({ ...bystander, metadata: { ...bystander.metadata, labels: { by: 'another' } } })
        await env.clock.sleep(2_000)
        expect(reconciles).toBe(seen + 1)
        expect(writes()).toBe(1)
        stop.abort()
        await Promise.all(running)
      }),
  )

  it('passes on what is no conflict', () =>
    withThing(async ({ api, writer, thing }) => {
      api.intercept = (request) => (request.method === 'PUT' ? json(500, {}) : undefined)
      const fault = await writer.write(thing, { n: 5 }, signal).catch((thrown: unknown) => thrown)
      expect((fault as Fault).reason).toBe('Unavailable')
    }))
})

describe('setCondition', () => {
  const ready = { type: 'Ready', status: 'True', reason: 'Ok', message: 'fine' } as const
  const nowMs = Date.UTC(2026, 0, 2)
  const old = '2026-01-01T00:00:00Z'

  it.each([
    ['a first condition has the time of now', undefined, '2026-01-02T00:00:00Z'],
    ['the same status keeps its time', [{ ...ready, lastTransitionTime: old }], old],
    [
      'another reason and message keep the time',
      [{ ...ready, reason: 'Other', message: 'so', lastTransitionTime: old }],
      old,
    ],
    [
      'another status has the time of now',
      [{ ...ready, status: 'False' as const, lastTransitionTime: old }],
      '2026-01-02T00:00:00Z',
    ],
    ['a condition without a time gets one', [ready], '2026-01-02T00:00:00Z'],
  ])('%s', (_what, before, time) => {
    expect(setCondition(before, ready, nowMs)).toEqual([{ ...ready, lastTransitionTime: time }])
  })

  it('leaves the others where they stand', () => {
    const other = { type: 'Other', status: 'True' } as const
    const set = setCondition([ready, other], { ...ready, status: 'False' }, nowMs)
    expect(set.map((condition) => condition.type)).toEqual(['Ready', 'Other'])
    expect(set[1]).toBe(other)
  })
})
