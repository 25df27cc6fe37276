import { describe, expect, it } from 'vitest'
import { utf8 } from '#base'
import { simEnv, type SimEnv } from '#base/env'
import { configMaps, keyOf, keyText, secrets, type ConfigMap, type KubeObject } from '#api'
import { createClient } from '#kube'
import { FakeApi, status, type OpenWatch } from '../../test/fakes/fake-kube-api.ts'
import { createInformer, createMetadataInformer } from './create-informer.ts'
import type { Change, Informer } from './informer.ts'

interface Kept extends KubeObject {
  readonly value: string | undefined
  readonly uid: string | undefined
}

const keep = (object: ConfigMap): Kept => ({
  apiVersion: object.apiVersion,
  kind: object.kind,
  metadata: object.metadata,
  value: object.data?.['v'],
  uid: object.metadata.uid,
})

interface World {
  readonly env: SimEnv
  readonly api: FakeApi
  readonly informer: Informer<Kept>
  /** `added apps/a=1`, in the order told. */
  readonly told: string[]
  readonly put: (name: string, value: string) => void
  /** Waits until the told changes are these, then forgets them. */
  readonly expectTold: (...changes: string[]) => Promise<void>
  readonly watch: () => Promise<OpenWatch>
  readonly restartServer: (whileDown: () => void, downMs: number) => Promise<void>
}

function word(change: Change<Kept>): string {
  return `${change.kind} ${keyText(keyOf(change.object))}=${change.object.value ?? ''}`
}

async function withInformer(work: (world: World) => Promise<void>): Promise<void> {
  const env = simEnv(3)
  await env.clock.run(async () => {
    const api = new FakeApi()
    let listener = await env.net.listen((request) => api.answer(request))
    const { port } = listener
    const client = createClient({ env, server: { url: listener.url } })
    const informer = createInformer({
      env,
      client,
      resource: configMaps,
      keep,
      indexes: { value: (kept) => (kept.value === undefined ? [] : [kept.value]) },
    })
    const told: string[] = []
    informer.onChange((change) => told.push(word(change)))
    const stop = new AbortController()
    const until = async (holds: () => boolean): Promise<void> => {
      for (let waited = 0; !holds(); waited += 100) {
        if (waited > 600_000) throw new Error(`not within 600 s; told: ${told.join(', ')}`)
        await env.clock.sleep(100)
      }
    }
    const put = (name: string, value: string): void => {
      api.put({ metadata: { namespace: 'apps', name }, data: { v: value } })
    }
    put('a', '1')
    const running = informer.run(stop.signal)
    await informer.synced(stop.signal)
    await until(() => api.watches.size === 1)
    expect(told.splice(0)).toEqual(['added apps/a=1'])
    await work({
      env,
      api,
      informer,
      told,
      put,
      expectTold: async (...changes) => {
        await until(() => told.length >= changes.length)
        await env.clock.sleep(50)
        expect(told.splice(0)).toEqual(changes)
      },
      watch: async () => {
        await until(() => api.watches.size === 1)
        return [...api.watches][0] as OpenWatch
      },
      restartServer: async (whileDown, downMs) => {
        await listener.close()
        whileDown()
        await env.clock.sleep(downMs)
        listener = await env.net.listen((request) => api.answer(request), { port })
      },
    })
    stop.abort()
    await running
    await listener.close()
  })
}

describe('an informer', () => {
  it('tells what is there and what changes, after its cache shows it', () =>
    withInformer(async ({ api, informer, put, expectTold }) => {
      informer.onChange((change) => {
        const cached = informer.cache.get(keyOf(change.object))
        expect(cached).toBe(change.kind === 'deleted' ? undefined : change.object)
      })
      put('b', '2')
      put('a', '3')
      api.remove('apps', 'b')
      await expectTold('added apps/b=2', 'updated apps/a=3', 'deleted apps/b=2')
      expect(informer.cache.by('value', '3')).toHaveLength(1)
      expect(informer.cache.by('value', '1')).toHaveLength(0)
      expect(informer.cache.list('apps')).toHaveLength(1)
      expect(informer.cache.list('other')).toHaveLength(0)
      expect(() => informer.cache.by('colour', 'red')).toThrow('colour')
    }))

  it('survives a server that is away for a minute', () =>
    withInformer(async ({ put, api, restartServer, expectTold }) => {
      await restartServer(() => {
        put('b', '2')
        api.remove('apps', 'a')
      }, 60_000)
      await expectTold('added apps/b=2', 'deleted apps/a=1')
      expect(api.seen.filter((request) => !request.query.has('watch'))).toHaveLength(1)
    }))

  it('knows what it missed seconds after an outage, however many there were before', () =>
    withInformer(async ({ env, api, put, restartServer, expectTold }) => {
      let slowestMs = 0
      for (let round = 1; round <= 12; round++) {
        await env.clock.sleep(60_000) // the watch stands, and nothing happens
        await restartServer(() => {
          put('b', String(round))
          api.compact() // a server that was restarted knows no history
        }, 15_000)
        const backMs = env.clock.monotonic()
        await expectTold(round === 1 ? 'added apps/b=1' : `updated apps/b=${round}`)
        slowestMs = Math.max(slowestMs, env.clock.monotonic() - backMs)
      }
      // Half a minute and more on real servers, when failures added up and a lost history was waited out.
      expect(slowestMs).toBeLessThan(10_500)
    }))

  it.each([
    [
      'as a status',
      (api: FakeApi, watch: OpenWatch) => {
        api.compact()
        watch.cut()
      },
    ],
    [
      'inside the stream',
      (api: FakeApi, watch: OpenWatch) => {
        watch.send({ type: 'ERROR', object: { kind: 'Status', reason: 'Expired', code: 410 } })
        api.compact()
      },
    ],
    [
      'inside the stream, with the code alone',
      (_api: FakeApi, watch: OpenWatch) => {
        watch.send({ type: 'ERROR', object: { kind: 'Status', code: 410 } })
      },
    ],
  ])('lists anew on 410 %s and tells what it missed', (_form, expire) =>
    withInformer(async ({ api, put, watch, expectTold }) => {
      const open = await watch()
      api.feeding = false
      put('b', '2')
      api.remove('apps', 'a')
      put('z', '3')
      api.feeding = true
      put('z', '4')
      expire(api, open)
      // The cache holds `a` still, and hears of it only by the new list.
      await expectTold('added apps/z=4', 'deleted apps/a=1', 'added apps/b=2')
    }),
  )

  it('tells an object that was deleted and made again unseen as deleted, then added', () =>
    withInformer(async ({ api, put, watch, expectTold }) => {
      const open = await watch()
      api.feeding = false
      api.remove('apps', 'a')
      put('a', '2')
      api.feeding = true
      api.compact()
      open.cut()
      await expectTold('deleted apps/a=1', 'added apps/a=2')
    }))

  it('notices a stream that has gone silent', () =>
    withInformer(async ({ env, api, put, watch, expectTold }) => {
      await watch()
      api.feeding = false
      put('b', '2')
      const before = env.clock.monotonic()
      await expectTold('added apps/b=2')
      expect(env.clock.monotonic() - before).toBeLessThan(200_000)
    }))

  it('is kept alive by bookmarks alone', () =>
    withInformer(async ({ env, api, watch }) => {
      await watch()
      for (let minute = 0; minute < 10; minute++) {
        await env.clock.sleep(60_000)
        api.bookmark()
      }
      const watches = api.seen.filter((request) => request.query.has('watch'))
      expect(watches).toHaveLength(1)
      expect(watches[0]?.query.get('allowWatchBookmarks')).toBe('true')
      const seconds = Number(watches[0]?.query.get('timeoutSeconds'))
      expect(seconds).toBeGreaterThanOrEqual(290)
      expect(seconds).toBeLessThanOrEqual(580)
    }))

  it('resumes a cut watch from the last bookmark, without a list', () =>
    withInformer(async ({ env, api, put, watch, expectTold }) => {
      const open = await watch()
      put('x', '9')
      await expectTold('added apps/x=9')
      api.bookmark()
      const marked = api.version
      put('b', '2')
      await env.clock.sleep(10)
      open.cut()
      put('c', '3')
      await expectTold('added apps/b=2', 'added apps/c=3')
      await env.clock.sleep(2_000)
      const watches = api.seen.filter((request) => request.query.has('watch'))
      expect(watches.at(-1)?.query.get('resourceVersion')).toBe(marked)
      expect(api.seen.filter((request) => !request.query.has('watch'))).toHaveLength(1)
    }))

  it('reads a character that two chunks share', () =>
    withInformer(async ({ api, watch, expectTold }) => {
      const open = await watch()
      api.feeding = false
      const object = api.put({
        metadata: { namespace: 'apps', name: 'b' },
        data: { v: 'žluťoučký 🔑' },
      })
      const bytes = utf8(`${JSON.stringify({ type: 'ADDED', object })}\n`)
      for (const byte of bytes) open.sendRaw(Uint8Array.of(byte))
      await expectTold('added apps/b=žluťoučký 🔑')
    }))

  it('takes a line that was cut in half for no event', () =>
    withInformer(async ({ env, api, put, watch, expectTold }) => {
      const open = await watch()
      api.feeding = false
      put('b', '2')
      open.sendRaw(utf8('{"type":"DELETED","object":{"metadata":{"name":"a","namespace":"apps"'))
      await env.clock.sleep(10)
      open.end()
      await expectTold('added apps/b=2')
    }))

  it('tells duplicates and late events no second time', () =>
    withInformer(async ({ api, watch, expectTold, informer }) => {
      const open = await watch()
      api.feeding = false
      const metadata = { namespace: 'apps', name: 'b' }
      const first = api.put({ metadata, data: { v: '1' } })
      const second = api.put({ metadata, data: { v: '2' } })
      open.send({ type: 'MODIFIED', object: second })
      open.send({ type: 'ADDED', object: first })
      open.send({ type: 'MODIFIED', object: second })
      await expectTold('added apps/b=2')
      const gone = { ...second, metadata: { ...second.metadata, resourceVersion: '900' } }
      open.send({ type: 'DELETED', object: gone })
      open.send({ type: 'MODIFIED', object: second })
      open.send({ type: 'DELETED', object: gone })
      await expectTold('deleted apps/b=2')
      expect(informer.cache.size).toBe(1)
    }))

  it('does not take the late deletion of an earlier object for that of the present one', () =>
    withInformer(async ({ api, watch, expectTold, informer }) => {
      const open = await watch()
      api.feeding = false
      const metadata = { namespace: 'apps', name: 'b' }
      const old = api.put({ metadata, data: { v: '1' } })
      api.remove('apps', 'b')
      const gone = { ...old, metadata: { ...old.metadata, resourceVersion: api.version } }
      const fresh = api.put({ metadata, data: { v: '2' } })
      open.send({ type: 'ADDED', object: fresh })
      open.send({ type: 'DELETED', object: gone })
      open.send({ type: 'ADDED', object: old })
      await expectTold('added apps/b=2')
      expect(informer.cache.get(metadata)?.value).toBe('2')
    }))

  it.each([
    ['not JSON', 'oops\n'],
    ['no object', '{"type":"ADDED","object":null}\n'],
    ['no name', '{"type":"ADDED","object":{"metadata":{}}}\n'],
    ['an unknown type', '{"type":"EXPLODED","object":{}}\n'],
    ['an error of the server', '{"type":"ERROR","object":{"kind":"Status","code":500}}\n'],
  ])('survives a line that is %s', (_what, line) =>
    withInformer(async ({ put, watch, expectTold }) => {
      const open = await watch()
      open.sendRaw(utf8(line))
      put('b', '2')
      await expectTold('added apps/b=2')
    }),
  )

  it('lists anew when a watch cannot be read from where it stands', () =>
    withInformer(async ({ api, put, watch, expectTold }) => {
      const open = await watch()
      api.feeding = false
      put('b', '2')
      api.intercept = (request) =>
        request.query.has('watch') && request.query.get('resourceVersion') !== api.version
          ? { status: 200, body: 'oops\n' }
          : undefined
      open.cut()
      await expectTold('added apps/b=2')
    }))

  it('lists anew past an event that cannot be read, though others before it are told again each time', () =>
    withInformer(async ({ api, put, watch, expectTold }) => {
      const open = await watch()
      put('b', '2')
      await expectTold('added apps/b=2')
      const again = { type: 'ADDED', object: api.object('apps', 'b') }
      api.feeding = false
      put('c', '3')
      let refused = 0
      api.intercept = (request) =>
        request.query.has('watch') && request.query.get('resourceVersion') !== api.version
          ? { status: 200, body: `${JSON.stringify(again)}\noops ${refused++}\n` }
          : undefined
      open.cut()
      await expectTold('added apps/c=3')
      expect(refused).toBeLessThan(10)
    }))

  it('asks a server with growing pauses that ends each watch after what it told before', () =>
    withInformer(async ({ env, api, put, watch, expectTold }) => {
      const open = await watch()
      put('b', '2')
      await expectTold('added apps/b=2')
      const again = { type: 'ADDED', object: api.object('apps', 'b') }
      api.intercept = (request) =>
        request.query.has('watch') ? { status: 200, body: `${JSON.stringify(again)}\n` } : undefined
      const before = api.seen.length
      open.end()
      await env.clock.sleep(60_000)
      expect(api.seen.length - before).toBeLessThan(30)
    }))

  it.each([401, 403, 404, 429, 500, 503])(
    'goes on after %i answers to list and watch alike',
    (code) =>
      withInformer(async ({ env, api, put, watch, expectTold }) => {
        const open = await watch()
        api.intercept = () => status(code, '', 'no')
        open.cut()
        await env.clock.sleep(120_000)
        put('b', '2')
        api.intercept = () => undefined
        await expectTold('added apps/b=2')
      }),
  )

  it('keeps what it knows while it cannot list', () =>
    withInformer(async ({ env, api, watch, informer, told }) => {
      const open = await watch()
      api.compact()
      api.put({ metadata: { namespace: 'apps', name: 'x' } })
      api.compact()
      api.intercept = () => status(503, 'ServiceUnavailable', 'no')
      open.cut()
      await env.clock.sleep(300_000)
      expect(informer.cache.size).toBeGreaterThan(0)
      expect(informer.hasSynced()).toBe(true)
      expect(told.filter((change) => change.startsWith('deleted'))).toEqual([])
    }))

  it('does not ask a server that ends each watch at once in a tight loop', () =>
    withInformer(async ({ env, api, watch }) => {
      const open = await watch()
      api.intercept = (request) =>
        request.query.has('watch') ? { status: 200, body: '' } : undefined
      const before = api.seen.length
      open.end()
      await env.clock.sleep(60_000)
      expect(api.seen.length - before).toBeLessThan(30)
    }))

  it('doubts a list that is older than what it has seen, and believes it in the end', () =>
    withInformer(async ({ env, api, put, watch, told, informer }) => {
      put('b', '2')
      const open = await watch()
      await env.clock.sleep(10)
      told.splice(0)
      api.remove('apps', 'b')
      told.splice(0)
      put('c', '3')
      await env.clock.sleep(10)
      told.splice(0)
      const stale = JSON.stringify({
        kind: 'ConfigMapList',
        metadata: { resourceVersion: '5' },
        items: [],
      })
      const lists: string[] = []
      api.intercept = (request) => {
        if (request.query.has('watch')) return status(410, 'Expired', 'x')
        lists.push(request.path)
        return { status: 200, body: stale }
      }
      open.cut()
      while (lists.length < 5) await env.clock.sleep(100)
      expect(told).toEqual([])
      while (informer.cache.size > 0) await env.clock.sleep(100)
      expect(told.sort()).toEqual(['deleted apps/a=1', 'deleted apps/c=3'])
    }))

  it('makes up for an event that was lost on the way, within some hours', () =>
    withInformer(async ({ env, api, told, informer }) => {
      api.feeding = false
      api.remove('apps', 'a')
      api.feeding = true
      const startedMs = env.clock.monotonic()
      const lists = (): number => api.seen.filter((request) => !request.query.has('watch')).length
      while (informer.cache.size > 0) {
        await env.clock.sleep(60_000)
        api.bookmark()
        for (const watch of api.watches) if (env.random.next() < 0.2) watch.end()
      }
      expect(told).toEqual(['deleted apps/a=1'])
      expect(lists()).toBe(2)
      expect(env.clock.monotonic() - startedMs).toBeLessThan(6.5 * 3_600_000)
    }))

  it('goes on when a listener throws', () =>
    withInformer(async ({ informer, put, expectTold }) => {
      informer.onChange(() => {
        throw new Error('mine')
      })
      put('b', '2')
      put('c', '3')
      await expectTold('added apps/b=2', 'added apps/c=3')
    }))

  it('proves nothing when it runs again, until it has listed again', async () => {
    const env = simEnv(3)
    await env.clock.run(async () => {
      const [api, listener] = await FakeApi.start(env)
      const client = createClient({ env, server: { url: listener.url } })
      const informer = createInformer({ env, client, resource: configMaps, keep })
      for (const value of ['1', '2']) {
        const stop = new AbortController()
        const running = informer.run(stop.signal)
        expect(informer.hasSynced()).toBe(false)
        api.put({ metadata: { namespace: 'apps', name: 'a' }, data: { v: value } })
        await informer.synced(stop.signal)
        expect(informer.cache.get({ namespace: 'apps', name: 'a' })?.value).toBe(value)
        stop.abort()
        await running
      }
      await listener.close()
    })
  })

  it('keeps the others, and what it knew, when it stumbles over one object', async () => {
    const env = simEnv(3)
    await env.clock.run(async () => {
      const [api, listener] = await FakeApi.start(env)
      const client = createClient({ env, server: { url: listener.url } })
      const informer = createInformer({
        env,
        client,
        resource: configMaps,
        keep: (object: ConfigMap) => {
          if (object.data?.['v'] === 'poison') throw new TypeError('mine')
          return keep(object)
        },
      })
      const told: string[] = []
      informer.onChange((change) => told.push(word(change)))
      const put = (name: string, value: string): unknown =>
        api.put({ metadata: { namespace: 'apps', name }, data: { v: value } })
      put('a', '1')
      put('b', 'poison')
      const stop = new AbortController()
      const running = informer.run(stop.signal)
      await informer.synced(stop.signal)
      while (api.watches.size === 0) await env.clock.sleep(10)
      put('a', 'poison')
      put('c', '3')
      await env.clock.sleep(10)
      api.compact()
      for (const watch of api.watches) watch.cut()
      await env.clock.sleep(60_000)
      put('b', '2')
      await env.clock.sleep(10)
      expect(told).toEqual(['added apps/a=1', 'added apps/c=3', 'added apps/b=2'])
      stop.abort()
      await running
      await listener.close()
    })
  })

  it('is safe with names of the language', () =>
    withInformer(async ({ put, api, informer, expectTold }) => {
      put('__proto__', '1')
      put('constructor', 'toString')
      await expectTold('added apps/__proto__=1', 'added apps/constructor=toString')
      expect(informer.cache.get({ namespace: 'apps', name: 'hasOwnProperty' })).toBeUndefined()
      expect(informer.cache.by('value', 'toString')).toHaveLength(1)
      api.remove('apps', '__proto__')
      await expectTold('deleted apps/__proto__=1')
    }))
})

describe('an informer on Secrets', () => {
  it('asks for metadata alone and holds no secret byte', async () => {
    const env = simEnv(4)
    await env.clock.run(async () => {
      const [api, listener] = await FakeApi.start(env)
      const data = { password: 'Y2FuYXJ5LTkx' }
      api.put({ kind: 'Secret', metadata: { namespace: 'apps', name: 's' }, data })
      const client = createClient({ env, server: { url: listener.url } })
      const arrived: unknown[] = []
      const informer = createMetadataInformer({
        env,
        client,
        resource: secrets,
        keep: (object) => {
          arrived.push(object)
          return object
        },
      })
      const stop = new AbortController()
      const running = informer.run(stop.signal)
      await informer.synced(stop.signal)
      while (api.watches.size === 0) await env.clock.sleep(10)
      api.put({ kind: 'Secret', metadata: { namespace: 'apps', name: 't' }, data })
      while (informer.cache.size < 2) await env.clock.sleep(10)
      for (const request of api.seen) {
        expect(request.headers['accept']).toMatch(/^application\/json;as=PartialObjectMetadata/)
        expect(request.headers['accept']).not.toContain(',')
      }
      // This server ignores what it is asked for; the client still lets nothing through.
      expect(JSON.stringify([arrived, informer.cache.list()])).not.toContain('Y2FuYXJ5')
      stop.abort()
      await running
    })
  })
})

describe('a status that no schema has checked', () => {
  it('is kept as far as it can be read', async () => {
    const env = simEnv(1)
    await env.clock.run(async () => {
      const [api, listener] = await FakeApi.start(env)
      const good = { type: 'Ready', status: 'True' }
      const statuses = {
        a: 'no',
        b: { conditions: 'no', x: 1 },
        c: { conditions: [null, 7, good] },
      }
      for (const [name, status] of Object.entries(statuses)) {
        api.put({ kind: 'ConfigMap', metadata: { namespace: 'apps', name }, status })
      }
      const client = createClient({ env, server: { url: listener.url } })
      const informer = createInformer({ env, client, resource: configMaps, keep: (one) => one })
      const stop = new AbortController()
      const running = informer.run(stop.signal)
      await informer.synced(stop.signal)
      const kept = informer.cache.list().map((one) => (one as { status?: unknown }).status)
      expect(kept).toEqual([undefined, { conditions: [], x: 1 }, { conditions: [good] }])
      stop.abort()
      await running
    })
  })
})
