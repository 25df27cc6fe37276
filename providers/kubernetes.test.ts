import type { Secret } from '#api'
import { Fault, textOf, utf8, type Handler, type ServerRequest } from '#base'
import { simEnv, type SimEnv } from '#base/env'
import { type ClusterReader, type EntryOutcome, type Provider } from '#provider'
import { describe, expect, it } from 'vitest'
import { describeProvider } from '../test/provider-contract.ts'
import { kubernetes } from './kubernetes.ts'

const live = new AbortController().signal

/** An API server that knows Secrets of one namespace and reviews. */
class Cluster {
  readonly secrets = new Map<string, Secret>()
  readonly denied = new Set<string>()
  readonly seen: ServerRequest[] = []
  allowed: readonly string[] = ['get', 'list']

  put(name: string, data: Readonly<Record<string, string>>, meta: object = {}): void {
    this.secrets.set(name, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: 'far', uid: name, resourceVersion: '7', ...meta },
      data: Object.fromEntries(
        Object.entries(data).map(([key, text]) => [
          key,
          Buffer.from(text, 'latin1').toString('base64'),
        ]),
      ),
    })
  }

  readonly handler: Handler = async (request) => {
    this.seen.push(request)
    const url = new URL(request.target, 'http://x')
    const name = /^\/api\/v1\/namespaces\/far\/secrets\/(.+)$/.exec(url.pathname)?.[1]
    if (name !== undefined) return await Promise.resolve(this.#get(name))
    if (url.pathname === '/api/v1/namespaces/far/secrets') return this.#list(url)
    if (url.pathname.endsWith('selfsubjectaccessreviews')) {
      return reply(201, { kind: 'x', status: { allowed: this.allowed.includes('get') } })
    }
    if (url.pathname.endsWith('selfsubjectrulesreviews')) {
      return reply(201, { kind: 'x', status: { resourceRules: [] } })
    }
    return status(404, 'NotFound', {})
  }

  #get(name: string): Awaited<ReturnType<Handler>> {
    if (this.denied.has(name)) return status(403, 'Forbidden', { name, kind: 'secrets' })
    const secret = this.secrets.get(name)
    return secret === undefined
      ? status(404, 'NotFound', { name, kind: 'secrets' })
      : reply(200, secret)
  }

  #list(url: URL): Awaited<ReturnType<Handler>> {
    const [key = '', value] = (url.searchParams.get('labelSelector') ?? '').split('=')
    const items = [...this.secrets.values()].filter(
      ({ metadata }) => key === '' || metadata.labels?.[key] === value,
    )
    const metadata = { resourceVersion: '9' }
    return reply(200, { apiVersion: 'v1', kind: 'SecretList', metadata, items })
  }
}

function reply(code: number, body: unknown): Awaited<ReturnType<Handler>> {
  return {
    status: code,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
}

function status(code: number, reason: string, details: object): Awaited<ReturnType<Handler>> {
  const message = `secrets is ${reason} c4n4ry-s3cr3t`
  return reply(code, {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code,
    reason,
    message,
    details,
  })
}

const home: ClusterReader = {
  secretKey: () => Promise.resolve(utf8('bearer-token')),
  secret: () => Promise.resolve(null),
  configMap: () => Promise.resolve(null),
  token: () => Promise.reject(new Fault('InvalidRef', 'serviceaccounts "reader" not found')),
}

async function start(env: SimEnv, cluster: Cluster): Promise<unknown> {
  const { url } = await env.net.listen(cluster.handler)
  return {
    remoteNamespace: 'far',
    server: { url },
    auth: { token: { bearerToken: { name: 't', key: 'token' } } },
  }
}

describeProvider(kubernetes, {
  isRead: (request) => request.url.includes('/namespaces/far/secrets'),
  missingProperty: 'fault',
  binary: true,
  start: async (env, entries) => {
    const cluster = new Cluster()
    for (const { key, properties } of entries) cluster.put(key, properties)
    return {
      config: await start(env, cluster),
      cluster: home,
      deny: (key) => cluster.denied.add(key),
    }
  },
})

async function withCluster(
  work: (provider: Provider, cluster: Cluster) => Promise<void>,
): Promise<void> {
  const env = simEnv(1)
  await env.clock.run(async () => {
    const cluster = new Cluster()
    cluster.put(
      'db',
      { user: 'ann', conf: '{"port":5432,"a.b":"dot","html":"<&>"}' },
      { labels: { env: 'dev', team: 'red' }, annotations: { note: 'hello', json: '{"a":[1,2]}' } },
    )
    cluster.put('cache', { host: 'h' }, { labels: { env: 'dev' } })
    const store = { kind: 'SecretStore', name: 'k8s', namespace: 'apps' } as const
    const deps = { env, log: env.log, store, cluster: home }
    const provider = await kubernetes.open(await start(env, cluster), deps, live)
    await work(provider, cluster)
    await provider.close()
  })
}

async function read(provider: Provider, key: string, metadata = false): Promise<EntryOutcome> {
  const [outcome] = await provider.read([{ key, metadata }], live)
  return outcome as EntryOutcome
}

async function text(provider: Provider, property?: string, metadata = false): Promise<string> {
  const outcome = await read(provider, 'db', metadata)
  if (outcome.kind !== 'entry') throw new Error(outcome.kind)
  return textOf(outcome.entry.value(property) ?? utf8('null'))
}

describe('the kubernetes provider', () => {
  it('gives all keys as one JSON document, in the order of their names', async () => {
    await withCluster(async (provider) => {
      expect(await text(provider)).toBe(
        '{"conf":"{\\"port\\":5432,\\"a.b\\":\\"dot\\",\\"html\\":\\"<&>\\"}","user":"ann"}',
      )
    })
  })

  it('follows a path into the JSON of a key', async () => {
    await withCluster(async (provider) => {
      expect(await text(provider, 'conf.port')).toBe('5432')
      expect(await text(provider, 'conf.a\\.b')).toBe('dot')
      await expect(text(provider, 'nothere')).rejects.toThrow(
        'property nothere does not exist in data of secret "db"',
      )
    })
  })

  it('spreads the JSON of a key with strings in their quotes, as the peer does', async () => {
    await withCluster(async (provider) => {
      const outcome = await read(provider, 'db')
      const map = outcome.kind === 'entry' ? outcome.entry.map('conf') : null
      const texts = Object.fromEntries([...(map ?? [])].map(([key, v]) => [key, textOf(v)]))
      expect(texts).toEqual({ port: '5432', 'a.b': '"dot"', html: '"<&>"' })
    })
  })

  it('reads labels and annotations in place of the data', async () => {
    await withCluster(async (provider) => {
      expect(await text(provider, 'labels.env', true)).toBe('dev')
      expect(await text(provider, 'annotations.json.a.1', true)).toBe('2')
      expect(await text(provider, 'labels', true)).toBe('{"env":"dev","team":"red"}')
      await expect(text(provider, 'labels.none', true)).rejects.toThrow(
        'property labels.none does not exist in metadata of secret "db"',
      )
    })
  })

  it('finds by name and by labels, both at once if both are given', async () => {
    await withCluster(async (provider) => {
      const find = provider.find?.bind(provider)
      const all = await find?.({ nameRegexp: '^(db|cache)$' }, live)
      expect(textOf(all?.get('cache') ?? utf8('?'))).toBe('{"host":"h"}')
      expect([...((await find?.({ tags: { team: 'red' } }, live))?.keys() ?? [])]).toEqual(['db'])
      const both = await find?.({ nameRegexp: 'cache', tags: { team: 'red' } }, live)
      expect(both?.size).toBe(0)
      await expect(find?.({ tags: { 'a=b,c': 'd' } }, live)).rejects.toMatchObject({
        reason: 'InvalidSpec',
      })
    })
  })

  it('names an absent Secret in the words of the API server', async () => {
    await withCluster(async (provider) => {
      expect(await read(provider, 'gone')).toEqual({
        kind: 'absent',
        message: 'secrets "gone" not found',
      })
    })
  })

  it('asks for no name that would leave the namespace', async () => {
    await withCluster(async (provider, cluster) => {
      for (const key of ['../../kube-system/secrets/x', 'a/b', 'A', '', '?watch=1']) {
        expect(await read(provider, key)).toMatchObject({
          kind: 'failed',
          fault: { reason: 'InvalidRef' },
        })
      }
      expect(cluster.seen).toHaveLength(0)
    })
  })

  it('is not usable where secrets may not be read, and unknown where that cannot be asked', async () => {
    await withCluster(async (provider, cluster) => {
      cluster.allowed = []
      await expect(provider.validate(live)).rejects.toMatchObject({ reason: 'AccessDenied' })
    })
    const env = simEnv(1)
    await env.clock.run(async () => {
      const config = { server: { url: 'http://127.0.0.1:1' }, auth: { token: { bearerToken: {} } } }
      const store = { kind: 'SecretStore', name: 'k8s', namespace: 'apps' } as const
      const provider = await kubernetes.open(
        config,
        { env, log: env.log, store, cluster: home },
        live,
      )
      expect(await provider.validate(live)).toMatchObject({ kind: 'unknown' })
    })
  })

  it('cannot be opened without its service account, and says so in the words of the peer', async () => {
    const env = simEnv(1)
    const store = { kind: 'SecretStore', name: 'k8s', namespace: 'apps' } as const
    const opening = kubernetes.open(
      { auth: { serviceAccount: { name: 'reader' } } },
      { env, log: env.log, store, cluster: home },
      live,
    )
    await expect(opening).rejects.toThrow(
      'failed to prepare auth: could not fetch Auth.ServiceAccount: ' +
        'cannot create service account token: "serviceaccounts \\"reader\\" not found"',
    )
  })

  it('never falls back to an identity of the operator, nor runs a kubeconfig', async () => {
    const env = simEnv(1)
    const store = { kind: 'SecretStore', name: 'k8s', namespace: 'apps' } as const
    const deps = { env, log: env.log, store, cluster: home }
    await expect(kubernetes.open({}, deps, live)).rejects.toMatchObject({ reason: 'InvalidSpec' })
    await expect(
      kubernetes.open({ authRef: { name: 'kubeconfig', key: 'config' } }, deps, live),
    ).rejects.toMatchObject({ reason: 'Unsupported' })
  })

  it('asks for a ServiceAccount token once, and anew at two thirds of its life', async () => {
    const env = simEnv(1)
    await env.clock.run(async () => {
      const cluster = new Cluster()
      cluster.put('db', { user: 'ann' })
      const { url } = await env.net.listen(cluster.handler)
      let issued = 0
      const reader: ClusterReader = {
        ...home,
        token: () =>
          Promise.resolve({ token: `t${++issued}`, expiresMs: env.clock.now() + 600_000 }),
      }
      let logins = 0
      const store = { kind: 'SecretStore', name: 'k8s', namespace: 'apps' } as const
      const provider = await kubernetes.open(
        { remoteNamespace: 'far', server: { url }, auth: { serviceAccount: { name: 'reader' } } },
        { env, log: env.log, store, cluster: reader, onLogin: () => void logins++ },
        live,
      )
      for (let minute = 0; minute < 6; minute++) {
        expect(await text(provider, 'user')).toBe('ann')
        await env.clock.sleep(60_000)
      }
      expect(logins).toBe(1)
      await env.clock.sleep(60_000)
      await Promise.all([text(provider, 'user'), text(provider, 'user'), text(provider, 'user')])
      expect(logins).toBe(2)
      expect(cluster.seen.at(-1)?.headers['authorization']).toBe('Bearer t2')
      await provider.close()
    })
  })
})
