/** Generated values: made when they should be, and never made anew when they should not. */
import { expect, describe, it } from 'vitest'

import type { Log } from '#base'
import { simEnv } from '#base/env'
import type { CallSeen } from '#embedded/kube-api'
import type { ExternalSecretOptions } from './controller.ts'
import { scanForCanaries, watchFor } from '../../../test/canary.ts'
import {
  startOperator,
  startWorld,
  type Body,
  type Operator,
  type World,
} from '../../../test/external-secret/world.ts'

const secretPath = '/api/v1/namespaces/web/secrets/app'
const eventsPath = '/api/v1/namespaces/web/events'
const esPath = '/apis/external-secrets.io/v1/namespaces/web/externalsecrets'
const generators = '/apis/generators.external-secrets.io/v1alpha1/namespaces/web'
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const mergePatch = 'application/merge-patch+json'
const hour = 3_600_000
const label = 'reconcile.external-secrets.io/managed'

/** What a story plays with. */
interface Stage {
  readonly world: World
  readonly lines: readonly string[]
  readonly start: (options?: ExternalSecretOptions) => Operator
  readonly settle: (ms?: number) => Promise<void>
  /** Makes a generator and an ExternalSecret `app` that draws from it. */
  readonly give: (spec?: object, generator?: { kind: string; spec: object }) => Promise<void>
  /** The generated value, and what it was before. */
  readonly value: (key?: string) => Promise<string>
  readonly get: (path: string) => Promise<Body>
  readonly patch: (path: string, body: object) => Promise<void>
  /** Writes the status as it would stand had some of it never been written. */
  readonly putStatus: (change: (status: Body) => Body) => Promise<void>
}

async function story(play: (stage: Stage) => Promise<void>): Promise<void> {
  const lines: string[] = []
  const env = simEnv(7, { log: keeping(lines) })
  await env.clock.run(async () => {
    const world = await startWorld(env)
    const running: Operator[] = []
    await world.call('POST', '/api/v1/namespaces', { metadata: { name: 'web' } })
    const get = async (path: string): Promise<Body> => (await world.call('GET', path)).json
    try {
      await play({
        world,
        lines,
        get,
        start: (options) => {
          const operator = startOperator(world, {}, options)
          running.push(operator)
          return operator
        },
        settle: (ms = 5_000) => env.clock.sleep(ms),
        give: async (spec = {}, { kind, spec: inner } = { kind: 'Password', spec: {} }) => {
          await world.call('POST', `${generators}/${kind.toLowerCase()}s`, {
            apiVersion: 'generators.external-secrets.io/v1alpha1',
            kind,
            metadata: { name: 'gen' },
            spec: inner,
          })
          await world.call('POST', esPath, externalSecret({ ...drawnFrom(kind), ...spec }))
        },
        value: async (key = 'password') =>
          Buffer.from(String((await get(secretPath))['data']?.[key] ?? ''), 'base64').toString(),
        patch: async (path, body) => {
          expect((await world.call('PATCH', path, body, mergePatch)).code).toBe(200)
        },
        putStatus: async (change) => {
          const es = await get(`${esPath}/app`)
          const status = change(es['status'] as Body)
          const { code } = await world.call('PUT', `${esPath}/app/status`, { ...es, status })
          expect(code).toBe(200)
        },
      })
    } finally {
      for (const operator of running) await operator.stop()
      await world.stop()
    }
  }, 100 * hour)
}

function keeping(lines: string[]): Log {
  const keep = (message: string, fields?: object): void => {
    lines.push(`${message} ${JSON.stringify(fields)}`)
  }
  const log: Log = { debug: keep, info: keep, warn: keep, error: keep, child: () => log }
  return log
}

function drawnFrom(kind: string): object {
  return { dataFrom: [{ sourceRef: { generatorRef: { kind, name: 'gen' } } }] }
}

function externalSecret(spec: object, name = 'app'): object {
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name },
    spec: { refreshInterval: '1h', ...spec },
  }
}

function readyIn(es: Body): Body {
  return (es['status']?.conditions?.[0] ?? {}) as Body
}

const isSecretWrite = ({ plural, method }: CallSeen): boolean =>
  plural === 'secrets' && (method === 'POST' || method === 'PUT')
const isStatusWrite = ({ plural, subresource, method }: CallSeen): boolean =>
  plural === 'externalsecrets' && subresource === 'status' && method === 'PUT'

describe('a generated value stays', () => {
  it('through any number of restarts, and the Secret is not even written', async () => {
    await story(async ({ start, settle, give, value, get }) => {
      const first = start()
      await give()
      await settle()
      const [made, before] = [await value(), await get(secretPath)]
      expect(made).toMatch(/^.{24}$/)
      await first.stop()
      for (let i = 0; i < 5; i++) {
        const next = start()
        await settle(60_000)
        await next.stop()
      }
      expect(await value()).toBe(made)
      expect(await get(secretPath)).toEqual(before)
    })
  })

  it('from the first one on: a fresh object has one made, not two', async () => {
    await story(async ({ start, settle, give, get }) => {
      start()
      await give({ target: { deletionPolicy: 'Delete' } })
      await settle(60_000)
      const reasons = ((await get(eventsPath))['items'] as Body[]).map((event) => event['reason'])
      expect(reasons).toEqual(['Created'])
    })
  })

  it('when the operator dies before it could say in status that it was made', async () => {
    await story(async ({ start, settle, give, value, get, putStatus }) => {
      const first = start()
      await give()
      await settle()
      const made = await value()
      await first.stop()
      await putStatus(() => ({}))
      start()
      await settle()
      expect(await value()).toBe(made)
      const { status } = await get(`${esPath}/app`)
      expect(status).toMatchObject({ refreshTime: expect.any(String), binding: { name: 'app' } })
      expect(status['conditions'][0]).toMatchObject({ reason: 'SecretSynced', status: 'True' })
      expect(status['syncedResourceVersion']).toMatch(/^1-/)
    })
  })

  it('when the operator dies before it could say in status that the hour was over', async () => {
    await story(async ({ world, start, settle, give, value, putStatus, get }) => {
      const first = start()
      await give()
      await settle()
      const made = await value()
      await first.stop()
      const stale = new Date(world.env.clock.now() - 2 * hour).toISOString().replace('.000', '')
      await putStatus((status) => ({ ...status, refreshTime: stale }))
      start()
      await settle()
      expect(await value()).toBe(made)
      expect((await get(`${esPath}/app`))['status'].refreshTime).not.toBe(stale)
      await settle(hour)
      expect(await value()).not.toBe(made)
    })
  })

  it('when the answer to its creation is lost on the way', async () => {
    await story(async ({ world, start, settle, give, value, get }) => {
      start()
      let writes = 0
      world.api.faults.use({
        onCall: (call) => {
          if (!isSecretWrite(call)) return undefined
          return writes++ === 0 ? { kind: 'loseReply' } : undefined
        },
      })
      await give()
      await settle(60_000)
      expect(writes).toBe(1)
      expect(await value()).toMatch(/^.{24}$/)
      expect(readyIn(await get(`${esPath}/app`))).toMatchObject({ status: 'True' })
    })
  })

  it('while its status cannot be written, also after a changed spec', async () => {
    await story(async ({ world, start, settle, give, value, patch, get }) => {
      start()
      await give()
      await settle()
      const first = await value()
      let writes = 0
      let failures = 5
      world.api.faults.use({
        onCall: (call) => {
          if (isSecretWrite(call)) writes++
          return isStatusWrite(call) && failures-- > 0
            ? { kind: 'answer', answer: { code: 503 } }
            : undefined
        },
      })
      await patch(`${esPath}/app`, { spec: { refreshInterval: '2h' } })
      await settle(120_000)
      expect(failures).toBeLessThan(0)
      expect(writes).toBe(1)
      expect(await value()).not.toBe(first)
      expect((await get(`${esPath}/app`))['status'].syncedResourceVersion).toMatch(/^2-/)
    })
  })

  it('when its label is taken off: the label comes back, the value is the same', async () => {
    await story(async ({ start, settle, give, value, patch, get }) => {
      start()
      await give()
      await settle()
      const made = await value()
      await patch(secretPath, { metadata: { labels: { [label]: null } } })
      await settle()
      expect((await get(secretPath))['metadata'].labels[label]).toBe('true')
      expect(await value()).toBe(made)
    })
  })

  it('when the last try failed, but nothing is amiss any more', async () => {
    await story(async ({ start, settle, give, value, putStatus, get }) => {
      const first = start()
      await give()
      await settle()
      const made = await value()
      await first.stop()
      await putStatus((status) => ({
        ...status,
        conditions: [{ ...status['conditions'][0], status: 'False', reason: 'SecretSyncedError' }],
      }))
      start()
      await settle()
      expect(await value()).toBe(made)
      expect(readyIn(await get(`${esPath}/app`))).toMatchObject({ status: 'True' })
    })
  })

  it('when the next leader has a slower clock', async () => {
    await story(async ({ world, start, settle, give, value }) => {
      const first = start()
      await give()
      await settle()
      const made = await value()
      await first.stop()
      world.env.clock.jumpWall(-30_000)
      start()
      await settle(20_000)
      expect(await value()).toBe(made)
      await settle(hour + 60_000)
      expect(await value()).not.toBe(made)
    })
  })

  it.each([
    ['refreshPolicy CreatedOnce', { refreshPolicy: 'CreatedOnce', refreshInterval: '1s' }],
    ['refreshInterval 0', { refreshInterval: '0' }],
  ])('for ever with %s, whatever becomes of object and generator', async (_name, spec) => {
    await story(async ({ start, settle, give, value, patch }) => {
      start()
      await give(spec)
      await settle()
      const made = await value()
      await settle(24 * hour)
      await patch(`${generators}/passwords/gen`, { spec: { length: 8, digits: 1, symbols: 1 } })
      await patch(`${esPath}/app`, { metadata: { annotations: { touch: '1' } } })
      await patch(`${esPath}/app`, { spec: { target: { template: { data: null } } } })
      await settle()
      expect(await value()).toBe(made)
    })
  })

  it('with refreshPolicy OnChange until the object changes', async () => {
    await story(async ({ start, settle, give, value, patch }) => {
      start()
      await give({ refreshPolicy: 'OnChange', refreshInterval: '1s' })
      await settle()
      const made = await value()
      await settle(24 * hour)
      await patch(`${generators}/passwords/gen`, { spec: { length: 8, digits: 1, symbols: 1 } })
      await settle()
      expect(await value()).toBe(made)
      await patch(`${esPath}/app`, { metadata: { annotations: { touch: '1' } } })
      await settle()
      expect(await value()).toMatch(/^.{8}$/)
    })
  })
})

describe('a generated value is made anew', () => {
  it('once an interval', async () => {
    await story(async ({ start, settle, give, value }) => {
      start()
      await give()
      await settle()
      const seen = [await value()]
      for (let i = 0; i < 3; i++) {
        await settle(hour)
        seen.push(await value())
      }
      expect(new Set(seen).size).toBe(4)
    })
  })

  it.each<[string, string, object]>([
    ['the spec changes', `${esPath}/app`, { spec: { target: { template: { data: null } } } }],
    [
      'an annotation asks for it',
      `${esPath}/app`,
      { metadata: { annotations: { 'force-sync': '1' } } },
    ],
    ['its Secret is edited', secretPath, { data: { password: 'dGFtcGVyZWQ=' } }],
    [
      'its Secret has lost the hash',
      secretPath,
      { metadata: { annotations: { 'reconcile.external-secrets.io/data-hash': null } } },
    ],
  ])('when %s', async (_name, path, change) => {
    await story(async ({ start, settle, give, value, patch }) => {
      start()
      await give()
      await settle()
      const made = await value()
      await patch(path, change)
      await settle()
      expect(await value()).toMatch(/^.{24}$/)
      expect(await value()).not.toBe(made)
    })
  })

  it('when its Secret is deleted, whatever the policy', async () => {
    await story(async ({ world, start, settle, give, value }) => {
      start()
      await give({ refreshPolicy: 'CreatedOnce' })
      await settle()
      const made = await value()
      await world.call('DELETE', secretPath)
      await settle()
      expect(await value()).toMatch(/^.{24}$/)
      expect(await value()).not.toBe(made)
    })
  })

  it('for another object of the same name: what the first one left is not its own', async () => {
    await story(async ({ world, start, settle, give, value }) => {
      start()
      await give({ target: { creationPolicy: 'Orphan' } })
      await settle()
      const made = await value()
      await world.call('DELETE', `${esPath}/app`)
      await settle()
      await world.call(
        'POST',
        esPath,
        externalSecret({ ...drawnFrom('Password'), target: { creationPolicy: 'Orphan' } }),
      )
      await settle()
      expect(await value()).not.toBe(made)
    })
  })
})

describe('a generator', () => {
  it('that appears, or becomes ours, or is corrected, is used at once', async () => {
    await story(async ({ start, settle, give, value, patch, get }) => {
      start({ controllerClass: 'mine' })
      await give({}, { kind: 'Fake', spec: { controller: 'theirs', data: { a: '1' } } })
      await settle()
      expect((await get(`${esPath}/app`))['status']).toBeUndefined()
      expect((await get(eventsPath))['items']).toEqual([])
      await patch(`${generators}/fakes/gen`, { spec: { controller: 'mine' } })
      await settle(1_000)
      expect(await value('a')).toBe('1')
    })
    await story(async ({ start, settle, give, value, patch, get }) => {
      start()
      await give({}, { kind: 'Password', spec: { length: 4, digits: 6, symbols: 0 } })
      await settle(hour / 2)
      expect(readyIn(await get(`${esPath}/app`))).toMatchObject({ status: 'False' })
      await patch(`${generators}/passwords/gen`, { spec: { digits: 2 } })
      await settle(1_000)
      expect(await value()).toMatch(/^.{4}$/)
    })
  })

  it('of a kind that the cluster does not know keeps nobody else waiting, and is used once it does', async () => {
    await story(async ({ world, start, settle, give, value, get }) => {
      const name = `${definitions}/fakes.generators.external-secrets.io`
      const definition = await get(name)
      await world.call('DELETE', name)
      await settle()
      start()
      await world.call('POST', esPath, externalSecret(drawnFrom('Fake'), 'other'))
      await give()
      await settle(60_000)
      expect(await value()).toMatch(/^.{24}$/)
      expect(readyIn(await get(`${esPath}/other`))).toMatchObject({
        message: 'could not get secret data from provider',
      })
      expect(JSON.stringify(await get(eventsPath))).toContain(
        'unable to get generator: no matches for kind \\"Fake\\" in version',
      )
      const {
        uid: _u,
        resourceVersion: _v,
        creationTimestamp: _c,
        ...metadata
      } = definition['metadata'] as Body
      await world.call('POST', definitions, { ...definition, metadata, status: undefined })
      await settle()
      await world.call('POST', `${generators}/fakes`, {
        apiVersion: 'generators.external-secrets.io/v1alpha1',
        kind: 'Fake',
        metadata: { name: 'gen' },
        spec: { data: { a: '1' } },
      })
      await settle(hour / 6)
      expect(readyIn(await get(`${esPath}/other`))).toMatchObject({ status: 'True' })
    })
  })

  it('is watched only where one of its kind is named', async () => {
    await story(async ({ world, start, settle, give }) => {
      const asked = new Set<string>()
      world.api.faults.use({
        onCall: ({ group, plural, verb }) => {
          if (group === 'generators.external-secrets.io' && verb !== 'create') {
            asked.add(`${verb} ${plural}`)
          }
          return undefined
        },
      })
      start()
      await settle()
      expect([...asked]).toEqual([])
      await give()
      await settle()
      expect([...asked].sort()).toEqual(['get passwords', 'list passwords', 'watch passwords'])
    })
  })

  it('that is asked for one value leaves the object alone, and says so in the log', async () => {
    await story(async ({ world, lines, start, settle, get }) => {
      start()
      const sourceRef = { generatorRef: { kind: 'Fake', name: 'gen' } }
      const data = [{ secretKey: 'a', sourceRef, remoteRef: { key: 'user' } }]
      await world.call('POST', esPath, externalSecret({ data }))
      await settle()
      expect((await get(`${esPath}/app`))['status']).toBeUndefined()
      expect(lines.join('\n')).toContain('spec.data[].sourceRef.generatorRef is not possible')
    })
  })

  it('that calls out is not built, and the condition stands beside an event that says so', async () => {
    await story(async ({ start, settle, give, get }) => {
      start()
      await give(drawnFrom('ECRAuthorizationToken'))
      await settle()
      expect(readyIn(await get(`${esPath}/app`))).toMatchObject({ reason: 'SecretSyncedError' })
      expect(JSON.stringify(await get(eventsPath))).toContain(
        'generators of kind ECRAuthorizationToken are not built into Lockstep yet',
      )
    })
  })

  it('leaves what it makes nowhere but in the Secret', async () => {
    await story(async ({ lines, start, settle, give, value, patch, get }) => {
      start()
      const template = { data: { p: '{{ .password }}', q: '{{ fail .password }}' } }
      await give({ refreshInterval: '1m' })
      await settle()
      for (let i = 0; i < 3; i++) {
        watchFor(`generated-${i}`, await value())
        await settle(60_000)
      }
      watchFor('generated-last', await value())
      await patch(`${esPath}/app`, { spec: { target: { template } } })
      await settle(60_000)
      const objects = await get(esPath)
      expect(readyIn((objects['items'] as Body[])[0] as Body)).toMatchObject({ status: 'False' })
      expect(scanForCanaries({ objects, lines, events: await get(eventsPath) })).toEqual([])
    })
  })
})
