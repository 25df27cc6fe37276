import { describe, expect, it } from 'vitest'
import type { ServerResponse } from '#base'
import { simEnv } from '#base/env'
import { FakeApi, json, status } from '../../test/fakes/fake-kube-api.ts'
import { createClient, type HttpClient } from './create-client.ts'

const aggregated = (path: string): ServerResponse | undefined =>
  path === '/api' || path === '/apis'
    ? json(200, {
        kind: 'APIGroupDiscoveryList',
        items:
          path === '/api'
            ? [
                {
                  metadata: {},
                  versions: [
                    {
                      version: 'v1',
                      freshness: 'Current',
                      resources: [
                        {
                          resource: 'secrets',
                          responseKind: { group: '', version: '', kind: 'Secret' },
                          scope: 'Namespaced',
                          verbs: ['get', 'list'],
                        },
                      ],
                    },
                  ],
                },
              ]
            : [
                {
                  metadata: { name: 'broken.io' },
                  versions: [{ version: 'v1', freshness: 'Stale', resources: [] }],
                },
              ],
      })
    : undefined

function plain(path: string): ServerResponse | undefined {
  switch (path) {
    case '/api':
      return json(200, { kind: 'APIVersions', versions: ['v1'] })
    case '/apis':
      return json(200, {
        kind: 'APIGroupList',
        groups: [
          { name: 'apps', versions: [{ groupVersion: 'apps/v1', version: 'v1' }] },
          { name: 'broken.io', versions: [{ groupVersion: 'broken.io/v1', version: 'v1' }] },
        ],
      })
    case '/api/v1':
      return json(200, {
        resources: [
          { name: 'secrets', kind: 'Secret', namespaced: true, verbs: ['get'] },
          { name: 'secrets/status', kind: 'Secret', namespaced: true, verbs: ['get'] },
        ],
      })
    case '/apis/apps/v1':
      return json(200, {
        resources: [{ name: 'deployments', kind: 'Deployment', namespaced: true }],
      })
    default:
      return status(503, 'ServiceUnavailable', 'down')
  }
}

async function withServer(
  answer: (path: string) => ServerResponse | undefined,
  work: (client: HttpClient, api: FakeApi) => Promise<void>,
): Promise<void> {
  const env = simEnv(1)
  await env.clock.run(async () => {
    const [api, listener] = await FakeApi.start(env)
    api.intercept = (request) => answer(request.path)
    await work(createClient({ env, server: { url: listener.url } }), api)
    await listener.close()
  })
}

describe.each([
  ['aggregated', aggregated],
  ['plain', plain],
])('%s discovery', (_form, answer) => {
  it('names the kinds', () =>
    withServer(answer, async (client) => {
      expect(await client.resourceOf('v1', 'Secret')).toMatchObject({
        group: '',
        version: 'v1',
        plural: 'secrets',
        namespaced: true,
      })
      expect(await client.resourceOf('v1', 'Nothing')).toBeNull()
    }))

  it('does not take an API that is down for one that is not served', () =>
    withServer(answer, async (client) => {
      await expect(client.resourceOf('broken.io/v1', 'Widget')).rejects.toMatchObject({
        reason: 'Unavailable',
      })
    }))
})

it('discovery is remembered, and asked for anew when a kind is unknown or it failed', () =>
  withServer(aggregated, async (client, api) => {
    await client.resourceOf('v1', 'Secret')
    await client.resourceOf('v1', 'Secret')
    expect(api.seen).toHaveLength(2)
    await client.resourceOf('v1', 'Nothing')
    expect(api.seen).toHaveLength(4)
    api.intercept = () => status(500, 'InternalError', 'no')
    await expect(client.discover({ refresh: true })).rejects.toMatchObject({
      reason: 'Unavailable',
    })
    api.intercept = (request) => aggregated(request.path)
    expect(await client.resourceOf('v1', 'Secret')).not.toBeNull()
  }))

it('discovery is asked for once by all who miss a kind at the same time', () =>
  withServer(aggregated, async (client, api) => {
    await client.resourceOf('v1', 'Secret')
    const missing = Array.from({ length: 100 }, (_, index) => `Nothing${index}`)
    const found = await Promise.all(missing.map((kind) => client.resourceOf('v1', kind)))
    expect(new Set(found)).toEqual(new Set([null]))
    expect(api.seen).toHaveLength(4)
    // Whoever misses one later is told of what was installed since.
    await client.resourceOf('v1', 'Nothing')
    expect(api.seen).toHaveLength(6)
  }))
