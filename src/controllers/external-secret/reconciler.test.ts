import { describe, expect, it } from 'vitest'

import { Fault, utf8 } from '#base'
import { simEnv } from '#base/env'
import type { EntryOutcome, ProviderKind } from '#provider'
import type { ExternalSecretOptions } from './controller.ts'
import { canary, scanForCanaries } from '../../../test/canary.ts'
import {
  startOperator,
  startWorld,
  type Body,
  type Operator,
  type World,
} from '../../../test/external-secret/world.ts'

const secretPath = '/api/v1/namespaces/web/secrets/app'
const esPath = '/apis/external-secrets.io/v1/namespaces/web/externalsecrets'
const storePath = '/apis/external-secrets.io/v1/namespaces/web/secretstores'
const mergePatch = 'application/merge-patch+json'
const finalizer = 'externalsecrets.external-secrets.io/externalsecret-cleanup'
const hour = 3_600_000

/** A backend that answers as it is told; it stands in Vault's place. */
class Backend {
  answer: (key: string) => EntryOutcome = () => entry('v1')

  readonly kind: ProviderKind = {
    name: 'vault',
    capabilities: {
      find: false,
      push: false,
      batch: 1,
      versions: false,
      events: false,
      access: 'ReadWrite',
    },
    open: async () => ({
      capabilities: this.kind.capabilities,
      read: async (refs) => refs.map((ref) => this.answer(ref.key)),
      validate: async () => ({ kind: 'ready' }),
      close: async () => {},
    }),
  }
}

function entry(value: string): EntryOutcome {
  return {
    kind: 'entry',
    entry: { value: () => utf8(value), map: () => new Map([['value', utf8(value)]]) },
  }
}

const down: EntryOutcome = { kind: 'failed', fault: new Fault('Unavailable', 'connection refused') }

/** What a story plays with. */
interface Stage {
  readonly world: World
  readonly backend: Backend
  readonly start: (options?: ExternalSecretOptions) => Operator
  readonly settle: (ms?: number) => Promise<void>
  readonly get: (path: string) => Promise<Body>
}

async function story(play: (stage: Stage) => Promise<void>): Promise<void> {
  const env = simEnv(7)
  await env.clock.run(async () => {
    const world = await startWorld(env)
    const backend = new Backend()
    const running: Operator[] = []
    await world.call('POST', '/api/v1/namespaces', { metadata: { name: 'web' } })
    await world.call('POST', storePath, store)
    try {
      await play({
        world,
        backend,
        start: (options) => {
          const operator = startOperator(world, { vault: async () => backend.kind }, options)
          running.push(operator)
          return operator
        },
        settle: (ms = 5_000) => env.clock.sleep(ms),
        get: async (path) => (await world.call('GET', path)).json,
      })
    } finally {
      for (const operator of running) await operator.stop()
      await world.stop()
    }
  }, 100 * hour)
}

const store = {
  apiVersion: 'external-secrets.io/v1',
  kind: 'SecretStore',
  metadata: { name: 'store' },
  spec: { provider: { vault: { server: 'https://vault.test', path: 'kv' } } },
}

const badTarget = {
  target: { template: { templateFrom: [{ literal: 'a: b', target: 'Spec' }] } },
}

function externalSecret(spec: object = {}, metadata: object = {}): object {
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: 'app', ...metadata },
    spec: {
      refreshInterval: '1h',
      secretStoreRef: { name: 'store' },
      data: [{ secretKey: 'a', remoteRef: { key: 'k' } }],
      ...spec,
    },
  }
}

function valueIn(secret: Body): string {
  return Buffer.from(String(secret['data']?.a ?? ''), 'base64').toString()
}

function ready(es: Body): Body {
  return (es['status']?.conditions ?? []).find((c: Body) => c['type'] === 'Ready') ?? {}
}

describe('an ExternalSecret', () => {
  it('keeps its Secret while the backend is down, says so, and recovers by itself', async () => {
    await story(async ({ world, backend, start, settle, get }) => {
      start()
      await world.call('POST', esPath, externalSecret({ refreshInterval: '1m' }))
      await settle()
      expect(valueIn(await get(secretPath))).toBe('v1')
      const before = await get(secretPath)

      backend.answer = () => down
      await settle(3 * 60_000)
      expect(await get(secretPath)).toEqual(before)
      expect(ready(await get(`${esPath}/app`))).toMatchObject({
        status: 'False',
        reason: 'SecretSyncedError',
        message: 'could not get secret data from provider',
      })

      backend.answer = () => entry('v2')
      await settle(6 * 60_000)
      expect(valueIn(await get(secretPath))).toBe('v2')
      expect(ready(await get(`${esPath}/app`))['status']).toBe('True')
    })
  })

  it.each(['Unavailable', 'AccessDenied', 'RateLimited', 'InvalidAnswer', 'Timeout'] as const)(
    'is never deleted for %s, whatever its deletion policy',
    async (reason) => {
      await story(async ({ world, backend, start, settle, get }) => {
        start()
        const spec = { refreshInterval: '1m', target: { deletionPolicy: 'Delete' } }
        await world.call('POST', esPath, externalSecret(spec))
        await settle()
        const before = await get(secretPath)
        backend.answer = () => ({ kind: 'failed', fault: new Fault(reason, 'no') })
        await settle(hour)
        expect(await get(secretPath)).toEqual(before)
      })
    },
  )

  it('goes when the backend says that its only value is gone and the policy is Delete', async () => {
    await story(async ({ world, backend, start, settle, get }) => {
      start()
      const spec = { refreshInterval: '1m', target: { deletionPolicy: 'Delete' } }
      await world.call('POST', esPath, externalSecret(spec))
      await settle()
      backend.answer = () => ({ kind: 'absent' })
      await settle(2 * 60_000)
      expect((await world.call('GET', secretPath)).code).toBe(404)
      expect(ready(await get(`${esPath}/app`))['reason']).toBe('SecretDeleted')
    })
  })

  it('never deletes a Secret that is not its own, even when the values are gone', async () => {
    await story(async ({ world, backend, start, settle, get }) => {
      start()
      const spec = { refreshInterval: '1m', target: { deletionPolicy: 'Delete' } }
      await world.call('POST', '/api/v1/namespaces/web/secrets', { metadata: { name: 'app' } })
      backend.answer = () => ({ kind: 'absent' })
      await world.call('POST', esPath, externalSecret(spec))
      await settle(2 * 60_000)
      expect((await world.call('GET', secretPath)).code).toBe(200)
      expect(ready(await get(`${esPath}/app`))['message']).toBe('could not delete secret')
    })
  })

  it('writes nothing at rest but a refresh time an hour', async () => {
    await story(async ({ world, start, settle }) => {
      const { planner } = start()
      await world.call('POST', esPath, externalSecret({ refreshInterval: '1m' }))
      await settle(60_000)
      const revision = world.api.revision()
      const { reads } = planner.stats()
      await settle(10 * hour)
      expect(planner.stats().reads - reads).toBeGreaterThan(500)
      expect(world.api.revision() - revision).toBeLessThanOrEqual(10)
    })
  })

  it('keeps to its interval when the clock is set back while its values are read', async () => {
    await story(async ({ world, backend, start, settle }) => {
      let reads = 0
      // Of the third nothing is written, so that nothing but the clock brings the fourth.
      backend.answer = () => {
        if (++reads === 3) world.env.clock.jumpWall(-5 * hour)
        return entry('v1')
      }
      await world.call('POST', esPath, externalSecret({ refreshInterval: '1m' }))
      start()
      await settle(10 * 60_000)
      expect(reads).toBeGreaterThanOrEqual(9)
      expect(reads).toBeLessThanOrEqual(14)
    })
  })

  it('stays silent while its values stay gone', async () => {
    await story(async ({ world, backend, start, settle, get }) => {
      start()
      backend.answer = () => ({ kind: 'absent' })
      const spec = { refreshInterval: '1m', target: { deletionPolicy: 'Delete' } }
      await world.call('POST', esPath, externalSecret(spec))
      await settle(60_000)
      expect(ready(await get(`${esPath}/app`))['reason']).toBe('SecretDeleted')
      const revision = world.api.revision()
      await settle(10 * hour)
      expect(world.api.revision() - revision).toBeLessThanOrEqual(10)
    })
  })

  it('merges into a Secret under CreateOrMerge, makes it where there is none, and again', async () => {
    await story(async ({ world, start, settle, get }) => {
      start()
      const target = { creationPolicy: 'CreateOrMerge' }
      await world.call('POST', '/api/v1/namespaces/web/secrets', {
        metadata: { name: 'app' },
        stringData: { old: 'x' },
      })
      await world.call('POST', esPath, externalSecret({ target }))
      await world.call('POST', esPath, externalSecret({ target }, { name: 'fresh' }))
      await settle()
      const keys = (secret: Body): readonly string[] => Object.keys(secret['data'] ?? {}).sort()
      expect(keys(await get(secretPath))).toEqual(['a', 'old'])
      expect((await get(secretPath))['metadata'].ownerReferences).toBeUndefined()
      const freshPath = '/api/v1/namespaces/web/secrets/fresh'
      expect(keys(await get(freshPath))).toEqual(['a'])
      await world.call('DELETE', freshPath)
      await settle()
      expect(keys(await get(freshPath))).toEqual(['a'])
    })
  })

  it.each([
    ['an interval that is none', { refreshInterval: 'soon' }, 'is no duration'],
    ['a template that does not parse', { target: { template: { data: { b: '{{' } } } }, 'parse'],
    ['a template target that is none', badTarget, 'invalid template target'],
    ['a store that is not there', { secretStoreRef: { name: 'gone' } }, 'not found'],
  ])('with %s says so and keeps its Secret', async (_name, spec, word) => {
    await story(async ({ world, start, settle, get }) => {
      start()
      await world.call('POST', esPath, externalSecret())
      await settle()
      const before = await get(secretPath)
      await world.call('PATCH', `${esPath}/app`, { spec }, mergePatch)
      await settle(60_000)
      expect(await get(secretPath)).toEqual(before)
      expect(ready(await get(`${esPath}/app`))['status']).toBe('False')
      const events = (await get('/api/v1/namespaces/web/events'))['items'] as Body[]
      const told = events.filter((event) => event['reason'] === 'UpdateFailed')
      expect(told.map((event) => event['message'])).toEqual([expect.stringContaining(word)])
    })
  })

  it.each([
    ['with defaults', {}],
    ['as an Orphan', { target: { creationPolicy: 'Orphan' } }],
    ['merged into another Secret', { target: { creationPolicy: 'Merge' } }],
    ['with deletionPolicy Delete', { target: { deletionPolicy: 'Delete' } }],
    ['with a template', { target: { template: { data: { b: '{{ .a }}!' } } } }],
    ['immutable', { target: { immutable: true } }],
    ['read once', { refreshPolicy: 'CreatedOnce' }],
    ['with interval 0', { refreshInterval: '0' }],
  ])('%s is neither read nor written when the operator is started again', async (_name, spec) => {
    await story(async ({ world, start, settle, get }) => {
      const first = start()
      if (_name.startsWith('merged')) {
        const stringData = { old: 'x' }
        await world.call('POST', '/api/v1/namespaces/web/secrets', {
          metadata: { name: 'app' },
          stringData,
        })
      }
      await world.call('POST', esPath, externalSecret(spec))
      await settle(60_000)
      expect(ready(await get(`${esPath}/app`))['status']).toBe('True')
      await first.stop()
      const revision = world.api.revision()
      const second = start()
      await settle(60_000)
      expect(second.planner.stats().reads).toBe(0)
      expect(world.api.revision()).toBe(revision)
    })
  })

  it('leaves no value anywhere but in its Secret', async () => {
    const secretValue = canary('external-secret')
    await story(async ({ world, backend, start, settle, get }) => {
      start()
      backend.answer = () => entry(secretValue)
      const templates: readonly object[] = [
        { template: { metadata: { labels: { leak: '{{ .a }}' } } } },
        { template: { data: { b: '{{ fail .a }}' } } },
        { template: { data: { b: '{{ .a.b }}' } } },
        { template: { templateFrom: [{ literal: '{{ .a }}' }] } },
        { template: { type: 'kubernetes.io/tls' } },
      ]
      for (const [i, target] of templates.entries()) {
        await world.call('POST', esPath, externalSecret({ target }, { name: `app-${i}` }))
      }
      const rewrite = [{ merge: {} }]
      const dataFrom = [{ extract: { key: 'k' }, rewrite }]
      await world.call('POST', esPath, externalSecret({ dataFrom }, { name: 'merged' }))
      await settle(60_000)
      const objects = await get(esPath)
      expect((objects['items'] as Body[]).map((es) => ready(es)['status'])).toContain('False')
      const events = await get('/api/v1/namespaces/web/events')
      expect(scanForCanaries({ objects, events })).toEqual([])
    })
  })

  it('refuses a target that is no Secret, rather than make one', async () => {
    await story(async ({ world, start, settle, get }) => {
      start()
      const target = { manifest: { apiVersion: 'v1', kind: 'ConfigMap' } }
      await world.call('POST', esPath, externalSecret({ target }))
      await settle()
      expect((await world.call('GET', secretPath)).code).toBe(404)
      expect(ready(await get(`${esPath}/app`))['status']).toBe('False')
    })
  })

  it('shares a target with nobody when two are applied at the same moment', async () => {
    await story(async ({ world, start, settle, get }) => {
      start()
      const target = { name: 'app' }
      await Promise.all(
        ['one', 'two', 'three'].map((name) =>
          world.call('POST', esPath, externalSecret({ target, refreshInterval: '1m' }, { name })),
        ),
      )
      await settle(10 * 60_000)
      const states = ((await get(esPath))['items'] as Body[]).map((es) => ready(es)['message'])
      expect(states.filter((message) => message === 'secret synced')).toHaveLength(1)
      expect(
        states.filter((message) => message === 'target is owned by another ExternalSecret'),
      ).toHaveLength(2)
    })
  })

  it('puts data back that somebody edited, and asks nobody about a label of theirs', async () => {
    await story(async ({ world, start, settle, get }) => {
      const { planner } = start()
      await world.call('POST', esPath, externalSecret())
      await settle()
      await world.call('PATCH', secretPath, { data: { a: 'aGFja2Vk' } }, mergePatch)
      await settle()
      expect(valueIn(await get(secretPath))).toBe('v1')
      const { reads } = planner.stats()
      await world.call('PATCH', secretPath, { metadata: { labels: { mine: '1' } } }, mergePatch)
      await settle()
      expect(planner.stats().reads).toBe(reads)
      expect((await get(secretPath))['metadata'].labels.mine).toBe('1')
    })
  })

  it('does not fight with somebody who edits its Secret all the time, and has the last word', async () => {
    await story(async ({ world, start, settle, get }) => {
      const { planner } = start()
      await world.call('POST', esPath, externalSecret())
      await settle()
      const { reads } = planner.stats()
      for (let i = 0; i < 600; i++) {
        await world.call('PATCH', secretPath, { data: { a: 'aGFja2Vk' } }, mergePatch)
        await settle(1_000)
      }
      expect(planner.stats().reads - reads).toBeLessThan(20)
      await settle(2 * 60_000)
      expect(valueIn(await get(secretPath))).toBe('v1')
      const events = (await get('/api/v1/namespaces/web/events'))['items'] as Body[]
      expect(events.filter((event) => event['reason'] === 'TargetContested')).toHaveLength(1)
    })
  })

  it('is served in one namespace without a right beyond it', async () => {
    await story(async ({ world, start, settle, get }) => {
      const asked: string[] = []
      world.env.net.plan = ({ url }) => {
        asked.push(new URL(url).pathname)
        return undefined
      }
      start({ namespace: 'web', clusterStores: false })
      await world.call('POST', esPath, externalSecret())
      const secretStoreRef = { kind: 'ClusterSecretStore', name: 'shared' }
      await world.call('POST', esPath, externalSecret({ secretStoreRef }, { name: 'other' }))
      await settle()
      expect(valueIn(await get(secretPath))).toBe('v1')
      expect(await get(`${esPath}/other`)).not.toHaveProperty('status')
      expect(asked.filter((path) => !path.includes('/namespaces/web/'))).toEqual([])
    })
  })

  it('sets its finalizer only where a deletion needs it', async () => {
    await story(async ({ world, start, settle, get }) => {
      start()
      await world.call('POST', esPath, externalSecret())
      await settle()
      expect((await get(`${esPath}/app`))['metadata'].finalizers).toBeUndefined()
      const patch = { spec: { target: { deletionPolicy: 'Delete' } } }
      await world.call('PATCH', `${esPath}/app`, patch, mergePatch)
      await settle()
      expect((await get(`${esPath}/app`))['metadata'].finalizers).toEqual([finalizer])
      await world.call('DELETE', `${esPath}/app`)
      await settle()
      expect((await world.call('GET', `${esPath}/app`)).code).toBe(404)
      expect((await world.call('GET', secretPath)).code).toBe(404)
    })
  })

  it('lets go of an object that External Secrets left with its finalizer', async () => {
    await story(async ({ world, start, settle }) => {
      start()
      await world.call('POST', esPath, externalSecret({}, { finalizers: [finalizer] }))
      await settle()
      await world.call('DELETE', `${esPath}/app`)
      await settle()
      expect((await world.call('GET', `${esPath}/app`)).code).toBe(404)
    })
  })

  it.each([
    [{ template: { type: 'kubernetes.io/service-account-token' } }],
    [{ template: { type: 'bootstrap.kubernetes.io/token' } }],
  ])('makes no Secret that hands out rights: %j', async (target) => {
    await story(async ({ world, start, settle, get }) => {
      start()
      await world.call('POST', esPath, externalSecret({ target }))
      await settle()
      expect((await world.call('GET', secretPath)).code).toBe(404)
      expect(ready(await get(`${esPath}/app`))).toMatchObject({
        status: 'False',
        message: 'could not update secret',
      })
    })
  })

  it('does not fight another ExternalSecret over a target', async () => {
    await story(async ({ world, start, settle, get }) => {
      start()
      const target = { name: 'app', creationPolicy: 'Orphan' }
      await world.call('POST', esPath, externalSecret({ refreshInterval: '1m', target }))
      await settle()
      await world.call(
        'POST',
        esPath,
        externalSecret({ refreshInterval: '1m', target }, { name: 'second' }),
      )
      await settle(60_000)
      const version = (await get(secretPath))['metadata'].resourceVersion
      await settle(20 * 60_000)
      expect((await get(secretPath))['metadata'].resourceVersion).toBe(version)
      expect(ready(await get(`${esPath}/second`))['message']).toBe(
        'target is owned by another ExternalSecret',
      )
    })
  })

  it('tells a steady failure once', async () => {
    await story(async ({ world, backend, start, settle, get }) => {
      start()
      backend.answer = () => down
      await world.call('POST', esPath, externalSecret())
      await settle(hour)
      const events = (await get('/api/v1/namespaces/web/events'))['items'] as Body[]
      const told = events.filter((event) => event['reason'] === 'UpdateFailed')
      expect(told.map((event) => [event['message'], event['count']])).toEqual([
        ['error processing spec.data[0] (key: k), err: connection refused', 1],
      ])
    })
  })

  it('keeps its schedule when only its store changes', async () => {
    await story(async ({ world, start, settle }) => {
      const { planner } = start()
      await world.call('POST', esPath, externalSecret())
      await settle()
      const { reads } = planner.stats()
      const patch = { spec: { provider: { vault: { path: 'other' } } } }
      await world.call('PATCH', `${storePath}/store`, patch, mergePatch)
      await settle(10 * 60_000)
      expect(planner.stats().reads).toBe(reads)
    })
  })

  it('takes keys named like parts of an object as they are', async () => {
    await story(async ({ world, backend, start, settle, get }) => {
      start()
      backend.answer = () => ({
        kind: 'entry',
        entry: {
          value: () => null,
          map: () =>
            new Map([
              ['__proto__', utf8('p')],
              ['constructor', utf8('c')],
            ]),
        },
      })
      const spec = { data: undefined, dataFrom: [{ extract: { key: 'k' } }] }
      await world.call('POST', esPath, externalSecret(spec))
      await settle()
      const { data } = (await get(secretPath)) as { data: object }
      expect(Object.keys(data).sort()).toEqual(['__proto__', 'constructor'])
    })
  })
})
