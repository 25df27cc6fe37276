/** The eye that the faults are judged by has to see planted damage, on any API server. */
import { describe, expect, it } from 'vitest'
import { namespaces, secrets, type Secret } from '#api'
import { realEnv } from '#base/env'
import { createKubeApi } from '#embedded/kube-api'
import { createClient, type Client } from '#kube'
import { changesIn, deletesIn } from './audit.ts'
import { namespaceOf, roundOf, valueOf } from './manifests.ts'
import { observe, type Observer } from './observer.ts'
import { eventually } from './world.ts'

const namespace = namespaceOf(0)

function secret(name: string, rounds: readonly number[]): Secret {
  const stringData = Object.fromEntries(
    rounds.map((round, i) => [`key-${i}`, valueOf('password', 0, round)]),
  )
  return { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name }, stringData }
}

async function watched(
  work: (client: Client, observer: Observer) => Promise<void>,
): Promise<Observer> {
  const env = realEnv()
  const api = createKubeApi({ env })
  const listener = await env.net.listen(api.handler)
  const server = { url: listener.url }
  const client = createClient({ env, server })
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
  await client.create(namespaces, object)
  const subject = { path: '/api/v1/secrets', isOurs: () => true, roundOf }
  const observer = await observe(server, subject)
  try {
    await work(client, observer)
    await client.create(secrets, secret('last', [1]))
    await eventually('the last event', () =>
      Promise.resolve(observer.objects.get(`${namespace}/last`)),
    )
  } finally {
    await observer.close()
    await client.close()
    await listener.close()
    api.close()
  }
  return observer
}

describe('the observer', () => {
  it('finds nothing wrong with values that only move on', async () => {
    const { damage, objects } = await watched(async (client) => {
      const made = await client.create(secrets, secret('a', [1, 1]))
      const { metadata } = made
      await client.update(secrets, { ...secret('a', [2, 2]), metadata })
    })
    expect(damage).toEqual({ deleted: [], replaced: [], wentBack: [], torn: [] })
    expect(objects.get(`${namespace}/a`)?.uid).toBeTruthy()
  })

  it('sees a deletion that was made good at once', async () => {
    const { damage } = await watched(async (client) => {
      await client.create(secrets, secret('a', [1]))
      await client.delete(secrets, { namespace, name: 'a' })
      await client.create(secrets, secret('a', [1]))
    })
    expect(damage.deleted).toEqual([`${namespace}/a`])
  })

  it('sees an older value though the newer one came back', async () => {
    const { damage } = await watched(async (client) => {
      let { metadata } = await client.create(secrets, secret('a', [2]))
      for (const round of [1, 2]) {
        metadata = (await client.update(secrets, { ...secret('a', [round]), metadata })).metadata
      }
    })
    expect(damage.wentBack).toEqual([`${namespace}/a: 1 after 2`])
  })

  it('sees values that were never true together', async () => {
    const { damage } = await watched(async (client) => {
      await client.create(secrets, secret('a', [1, 2]))
    })
    expect(damage.torn).toEqual([`${namespace}/a: 1 beside 2`])
  })
})

describe('the audit log', () => {
  const line = (username: string, verb: string, resource: string, code: number, at: string) =>
    `${JSON.stringify({
      verb,
      user: { username },
      objectRef: { resource, namespace: 'team-1', name: 'app-1' },
      responseStatus: { code },
      requestReceivedTimestamp: at,
    })}\n`
  const text = [
    line('admin', 'delete', 'secrets', 200, '2026-01-01T00:00:01Z'),
    line('replica-a', 'delete', 'secrets', 200, '2026-01-01T00:00:02Z'),
    line('replica-a', 'update', 'secrets', 200, '2026-01-01T00:00:03Z'),
    line('replica-a', 'update', 'secrets', 409, '2026-01-01T00:00:04Z'),
    line('replica-a', 'create', 'events', 201, '2026-01-01T00:00:05Z'),
    line('replica-a', 'get', 'secrets', 200, '2026-01-01T00:00:06Z'),
    line('replica-b', 'update', 'secrets', 200, '2026-01-01T00:00:07Z'),
  ].join('')

  it('shows what a replica asked to have deleted, and nobody else', () => {
    expect(deletesIn(text)).toEqual(['replica-a: delete secrets team-1/app-1'])
  })

  it('shows what one replica changed from a moment on', () => {
    expect(changesIn(text, 'replica-a', '2026-01-01T00:00:03Z')).toHaveLength(1)
    expect(changesIn(text, 'replica-a', '2026-01-01T00:00:04Z')).toEqual([])
  })
})
