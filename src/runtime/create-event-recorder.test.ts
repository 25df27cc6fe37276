import { describe, expect, it } from 'vitest'
import { simEnv, type SimEnv } from '#base/env'
import type { CoreEvent, KubeObject } from '#api'
import { createClient } from '#kube'
import { FakeApi, status } from '../../test/fakes/fake-kube-api.ts'
import { createEventRecorder } from './create-event-recorder.ts'
import type { EventRecorder } from './event-recorder.ts'

const about: KubeObject = {
  apiVersion: 'test.io/v1',
  kind: 'Thing',
  metadata: { namespace: 'apps', name: 'a', uid: 'u1', resourceVersion: '7' },
}
const note = { type: 'Warning', reason: 'Failed', message: 'no such key' } as const

/** The event that the n-th request carried; -1: the last. */
function sent(api: FakeApi, n: number): CoreEvent {
  const request = api.seen.at(n)
  if (request === undefined) throw new Error(`there was no request ${n}`)
  return request.body as CoreEvent
}

async function withRecorder(
  work: (env: SimEnv, api: FakeApi, recorder: EventRecorder) => Promise<void>,
): Promise<void> {
  const env = simEnv(7)
  await env.clock.run(async () => {
    const [api, listener] = await FakeApi.start(env)
    const client = createClient({ env, server: { url: listener.url } })
    await work(env, api, createEventRecorder({ env, client, component: 'external-secrets' }))
    await listener.close()
  })
}

describe('an event recorder', () => {
  it('writes an event as client-go does', () =>
    withRecorder(async (env, api, recorder) => {
      recorder.record(about, note)
      await recorder.flush()
      const nano = (BigInt(env.clock.now()) * 1_000_000n).toString(16)
      expect(api.seen).toHaveLength(1)
      expect(api.seen[0]?.path).toBe('/api/v1/namespaces/apps/events')
      expect(api.seen[0]?.body).toEqual({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { namespace: 'apps', name: `a.${nano}` },
        involvedObject: {
          kind: 'Thing',
          namespace: 'apps',
          name: 'a',
          uid: 'u1',
          apiVersion: 'test.io/v1',
          resourceVersion: '7',
        },
        reason: 'Failed',
        message: 'no such key',
        source: { component: 'external-secrets' },
        firstTimestamp: '2026-01-01T00:00:00Z',
        lastTimestamp: '2026-01-01T00:00:00Z',
        count: 1,
        type: 'Warning',
        reportingComponent: 'external-secrets',
        reportingInstance: '',
      })
    }))

  it('counts an equal event up, and writes another one for another message', () =>
    withRecorder(async (env, api, recorder) => {
      recorder.record(about, note)
      await env.clock.sleep(5_000)
      recorder.record(about, note)
      recorder.record(about, { ...note, message: 'another' })
      await recorder.flush()
      expect(api.seen.map((request) => request.method)).toEqual(['POST', 'PATCH', 'POST'])
      expect(api.seen[1]?.body).toEqual({ count: 2, lastTimestamp: '2026-01-01T00:00:05Z' })
      expect(sent(api, 2).metadata.name).not.toBe(sent(api, 0).metadata.name)
    }))

  it('begins anew after ten minutes, and when the event has expired', () =>
    withRecorder(async (env, api, recorder) => {
      recorder.record(about, note)
      await env.clock.sleep(700_000)
      recorder.record(about, note)
      await recorder.flush()
      const { metadata } = sent(api, -1)
      api.remove('apps', metadata.name)
      recorder.record(about, note)
      await recorder.flush()
      expect(api.seen.map((request) => request.method)).toEqual(['POST', 'POST', 'PATCH', 'POST'])
    }))

  it('lets no object flood the server', () =>
    withRecorder(async (env, api, recorder) => {
      for (let i = 0; i < 200; i++) recorder.record(about, { ...note, message: `m${i}` })
      await recorder.flush()
      expect(api.seen).toHaveLength(25)
      await env.clock.sleep(300_000)
      recorder.record(about, { ...note, message: 'later' })
      recorder.record({ ...about, metadata: { ...about.metadata, uid: 'u2' } }, note)
      await recorder.flush()
      expect(api.seen).toHaveLength(27)
    }))

  it('drops what cannot be written and goes on', () =>
    withRecorder(async (_env, api, recorder) => {
      api.intercept = () => status(403, 'Forbidden', 'namespace is being terminated')
      recorder.record(about, note)
      await recorder.flush()
      api.intercept = () => undefined
      recorder.record(about, note)
      await recorder.flush()
      expect(api.seen.map((request) => request.method)).toEqual(['POST', 'POST'])
    }))

  it('cuts a long message between characters', () =>
    withRecorder(async (_env, api, recorder) => {
      recorder.record(about, { ...note, message: '🔑'.repeat(2_000) })
      await recorder.flush()
      const { message = '' } = sent(api, 0)
      expect(Buffer.byteLength(message)).toBeLessThanOrEqual(1_024)
      expect(message).toMatch(/^(🔑)+\.\.\.$/u)
    }))

  it('puts events about cluster-scoped objects into the namespace default', () =>
    withRecorder(async (_env, api, recorder) => {
      recorder.record({ ...about, metadata: { name: 'n'.repeat(253), uid: 'u' } }, note)
      await recorder.flush()
      const { metadata } = sent(api, 0)
      expect(metadata.namespace).toBe('default')
      expect(metadata.name.length).toBeLessThanOrEqual(253)
    }))
})
