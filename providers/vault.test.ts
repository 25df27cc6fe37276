import { createVault, type EmbeddedVault } from '#embedded/vault'
import { Fault, textOf, utf8 } from '#base'
import { realEnv, silentLog, simEnv, type SimEnv } from '#base/env'
import {
  createPlanner,
  type ClusterReader,
  type Entry,
  type EntryOutcome,
  type Find,
  type Provider,
  type ProviderDeps,
  type StoreView,
} from '#provider'
import { describe, expect, it } from 'vitest'
import { describeProvider } from '../test/provider-contract.ts'
import { vault } from './vault.ts'

const root = 'root-token'

/** A cluster that holds one Secret with the token, and can issue ServiceAccount tokens. */
function clusterWith(token: string): ClusterReader {
  return {
    secretKey: async () => await Promise.resolve(utf8(`${token}\n`)),
    secret: () => Promise.resolve(null),
    configMap: () => Promise.resolve(null),
    token: () => Promise.reject(new Fault('InvalidRef', 'no such account')),
  }
}

async function startVault(env: SimEnv): Promise<{ url: string; vault: EmbeddedVault }> {
  const server = createVault({ env, rootToken: root })
  const listener = await env.net.listen(server.handler)
  return { url: listener.url, vault: server }
}

describeProvider(vault, {
  isRead: (request) => request.url.includes('/v1/secret/data/'),
  missingProperty: 'fault',
  binary: false,
  start: async (env, entries) => {
    const { url, vault: server } = await startVault(env)
    for (const { key, properties } of entries) server.put(`secret/${key}`, properties)
    const rules = ['path "secret/*" { capabilities = ["read", "list"] }']
    server.policy('reader', rules.join('\n'))
    return {
      config: {
        server: url,
        path: 'secret',
        auth: { tokenSecretRef: { name: 't', key: 'token' } },
      },
      cluster: clusterWith(server.token(['reader'])),
      deny: (key) => {
        rules.push(`path "secret/data/${key}" { capabilities = ["deny"] }`)
        server.policy('reader', rules.join('\n'))
      },
    }
  },
})

const live = new AbortController().signal

interface World {
  readonly env: SimEnv
  readonly server: EmbeddedVault
  readonly url: string
  /** Opens a store, its token being the root token unless `cluster` says else. */
  readonly open: (
    config?: object,
    cluster?: Partial<ClusterReader>,
    deps?: Partial<ProviderDeps>,
  ) => Promise<Provider>
}

async function withVault(work: (world: World) => Promise<void>): Promise<void> {
  const env = simEnv(1)
  await env.clock.run(async () => {
    const server = createVault({
      env,
      rootToken: root,
      tokenReviewer: (jwt) =>
        Promise.resolve(
          jwt.startsWith('jwt-of-')
            ? { username: `system:serviceaccount:apps:${jwt.slice('jwt-of-'.length)}` }
            : null,
        ),
    })
    const { url } = await env.net.listen(server.handler)
    const store = { kind: 'SecretStore', name: 'store', namespace: 'apps' } as const
    await work({
      env,
      server,
      url,
      open: async (config = {}, cluster = {}, deps = {}) =>
        await vault.open(
          { server: url, path: 'secret', auth: byToken, ...config },
          { env, log: env.log, store, cluster: { ...clusterWith(root), ...cluster }, ...deps },
          live,
        ),
    })
  })
}

const byToken = { tokenSecretRef: { name: 't', key: 'token' } }

async function outcomeOf(
  provider: Provider,
  key: string,
  more: { readonly version?: string; readonly metadata?: boolean } = {},
): Promise<EntryOutcome> {
  const [outcome] = await provider.read([{ key, ...more }], live)
  if (outcome === undefined) throw new Error('no outcome')
  return outcome
}

async function entryAt(
  provider: Provider,
  key: string,
  more: { readonly version?: string; readonly metadata?: boolean } = {},
): Promise<Entry> {
  const outcome = await outcomeOf(provider, key, more)
  if (outcome.kind === 'entry') return outcome.entry
  throw outcome.kind === 'failed' ? outcome.fault : new Error('absent')
}

function shown(map: ReadonlyMap<string, Uint8Array> | null): Readonly<Record<string, string>> {
  return Object.fromEntries([...(map ?? [])].map(([key, bytes]) => [key, textOf(bytes)]))
}

const text = (bytes: Uint8Array | null): string => (bytes === null ? 'null' : textOf(bytes))

describe('what Vault holds', () => {
  it('comes whole as the JSON that Go would write', async () => {
    await withVault(async ({ server, open }) => {
      server.put('secret/db', { z: '<&>', a: { y: [1, '2'], x: null }, n: 7, yes: true })
      const entry = await entryAt(await open(), 'db')
      expect(text(entry.value())).toBe(
        '{"a":{"x":null,"y":[1,"2"]},"n":7,"yes":true,"z":"\\u003c\\u0026\\u003e"}',
      )
      expect(entry.version).toBe('1')
    })
  })

  it('keeps numbers as they were written, but for extract, which passes them through float64', async () => {
    await withVault(async ({ env, open }) => {
      const provider = await open()
      env.net.plan = () => ({
        kind: 'answer',
        status: 200,
        body: '{"data":{"data":{"big":12345678901234567890,"f":1.50,"e":1e3},"metadata":{"version":3}}}',
      })
      const entry = await entryAt(provider, 'db')
      expect(text(entry.value())).toBe('{"big":12345678901234567890,"e":1e3,"f":1.50}')
      expect(text(entry.value('f'))).toBe('1.50')
      expect(text(entry.value('big'))).toBe('12345678901234567890')
      expect(shown(entry.map())).toEqual({ big: '12345678901234567000', e: '1000', f: '1.5' })
      expect(entry.version).toBe('3')
    })
  })

  it('is drawn from by exact key before path', async () => {
    await withVault(async ({ server, open }) => {
      server.put('secret/db', {
        'a.b': 'exact',
        a: { b: 'path', list: [10, 20] },
        json: '{"inner":{"k":"v"},"n":5}',
        none: null,
        o: { x: '<' },
      })
      const entry = await entryAt(await open(), 'db')
      expect(text(entry.value('a.b'))).toBe('exact')
      expect(text(entry.value('a.list.1'))).toBe('20')
      expect(text(entry.value('none'))).toBe('')
      expect(text(entry.value('o'))).toBe('{"x":"\\u003c"}')
      expect(shown(entry.map('json'))).toEqual({ inner: '{"k":"v"}', n: '5' })
      expect(() => entry.value('nothing')).toThrow('cannot find secret data for key: "nothing"')
    })
  })

  it('is found whether the key names mount and data/ or not', async () => {
    await withVault(async ({ server, open }) => {
      server.put('secret/apps/db', { at: 'v2' })
      server.put('secret/data/odd', { at: 'odd' })
      const named = await open()
      for (const key of ['apps/db', 'secret/apps/db', 'secret/data/apps/db']) {
        expect(text((await entryAt(named, key)).value('at'))).toBe('v2')
      }
      const unnamed = await open({ path: undefined })
      for (const key of ['secret/apps/db', 'secret/data/apps/db']) {
        expect(text((await entryAt(unnamed, key)).value('at'))).toBe('v2')
      }
      expect(text((await entryAt(named, 'data/odd')).value('at'))).toBe('odd')
    })
  })

  it('may have any character in its path, but cannot be reached by climbing', async () => {
    await withVault(async ({ server, open }) => {
      const odd = 'a b/ü%2F?x=1&#x2F;#y'
      server.put(`secret/${odd}`, { v: 'odd' })
      server.put('secret/private', { v: 'x' })
      const provider = await open()
      expect(text((await entryAt(provider, odd)).value('v'))).toBe('odd')
      for (const key of ['../data/private', 'a/../../sys/mounts', './private', '..']) {
        expect(await outcomeOf(provider, key)).toMatchObject({
          kind: 'failed',
          fault: { reason: 'InvalidRef' },
        })
      }
    })
  })

  it('of KV version 1 has neither versions, metadata nor find', async () => {
    await withVault(async ({ server, open }) => {
      server.mount('old', 1)
      server.put('old/apps/db', { user: 'ann' })
      const provider = await open({ path: 'old', version: 'v1' })
      expect(text((await entryAt(provider, 'apps/db')).value('user'))).toBe('ann')
      expect(await outcomeOf(provider, 'none')).toEqual({ kind: 'absent' })
      await expect(entryAt(provider, 'apps/db', { metadata: true })).rejects.toThrow(
        'cannot perform metadata fetch operations with kv version v1',
      )
      await expect(provider.find?.({ nameRegexp: '.' }, live)).rejects.toThrow(
        'cannot perform find operations with kv version v1',
      )
    })
  })

  it('is read at the version that is asked for; deleted and destroyed ones are absent', async () => {
    await withVault(async ({ server, open }) => {
      for (const v of ['one', 'two', 'three']) server.put('secret/k', { v })
      const provider = await open()
      expect(text((await entryAt(provider, 'k', { version: '2' })).value('v'))).toBe('two')
      expect((await entryAt(provider, 'k')).version).toBe('3')
      expect(await outcomeOf(provider, 'k', { version: '7' })).toEqual({ kind: 'absent' })
      server.remove('secret/k')
      expect(await outcomeOf(provider, 'k')).toEqual({ kind: 'absent' })
      expect(text((await entryAt(provider, 'k', { version: '1' })).value('v'))).toBe('one')
    })
  })

  it('shows its custom metadata when that is asked for', async () => {
    await withVault(async ({ server, open }) => {
      server.put('secret/db', { pw: 'x' }, { customMetadata: { team: 'red' } })
      const entry = await entryAt(await open(), 'db', { metadata: true })
      expect(text(entry.value('team'))).toBe('red')
      expect(text(entry.value('current_version'))).toBe('1')
      expect(text(entry.value())).not.toContain('pw')
    })
  })

  it('is not absent when nothing is mounted, or another engine', async () => {
    await withVault(async ({ server, open }) => {
      server.put('secret/db', { pw: 'x' })
      expect(await outcomeOf(await open({ path: 'nothing' }), 'db')).toMatchObject({
        kind: 'failed',
        fault: { reason: 'NotFound', at: 'spec.provider.vault.path' },
      })
      expect(await outcomeOf(await open({ version: 'v1' }), 'db')).toMatchObject({
        kind: 'failed',
        fault: { reason: 'NotFound' },
      })
      server.mount('old', 1)
      server.put('old/db', { pw: 'x' })
      for (const config of [{ path: 'old' }, { path: undefined }]) {
        const key = config.path === undefined ? 'old/db' : 'db'
        expect(await outcomeOf(await open(config), key)).toMatchObject({
          kind: 'failed',
          fault: { reason: 'InvalidSpec', at: 'spec.provider.vault.version' },
        })
      }
      server.seal()
      expect(await outcomeOf(await open(), 'db')).toMatchObject({
        kind: 'failed',
        fault: { reason: 'Unavailable', message: expect.stringContaining('sealed') as string },
      })
    })
  })
})

describe('absence in Vault', () => {
  it('is asked about once, not for each key', async () => {
    await withVault(async ({ env, open }) => {
      let asked = 0
      env.net.plan = ({ url }) => {
        if (url.includes('/sys/internal/ui/mounts/secret')) asked++
        return undefined
      }
      const provider = await open()
      for (const key of ['a', 'b', 'c/d']) {
        expect(await outcomeOf(provider, key)).toEqual({ kind: 'absent' })
      }
      expect(asked).toBe(1)
    })
  })
})

describe('finding in Vault', () => {
  it('walks all folders, by name and by tags', async () => {
    await withVault(async ({ server, open }) => {
      server.put('secret/apps/db', { v: 1 }, { customMetadata: { env: 'dev', team: 'red' } })
      server.put('secret/apps/web/tls', { v: 2 }, { customMetadata: { env: 'dev' } })
      server.put('secret/other', { v: 3 })
      const provider = await open()
      const find = async (what: Find): Promise<Readonly<Record<string, string>>> =>
        shown((await provider.find?.(what, live)) ?? null)
      expect(await find({ nameRegexp: 'db|tls' })).toEqual({
        'apps/db': '{"v":1}',
        'apps/web/tls': '{"v":2}',
      })
      expect(await find({ path: 'apps', nameRegexp: '.' })).toEqual({
        'apps/db': '{"v":1}',
        'apps/web/tls': '{"v":2}',
      })
      expect(Object.keys(await find({ tags: { env: 'dev', team: 'red' } }))).toEqual(['apps/db'])
      expect(Object.keys(await find({ nameRegexp: 'tls', tags: { env: 'dev' } }))).toEqual([
        'apps/web/tls',
      ])
      expect(await find({ nameRegexp: '^none$' })).toEqual({})
      await expect(find({ path: 'none', nameRegexp: '.' })).rejects.toThrow(
        'provided path none/ does not contain any secrets',
      )
    })
  })

  // Issue 5: the method LIST, which no HTTP server has to know, was answered 400 by the one in front.
  it('finds through an HTTP server that does not know the method LIST', async () => {
    const env = realEnv({ log: silentLog })
    const server = createVault({ env, rootToken: root })
    server.put('secret/apps/db', { v: 1 })
    const listener = await env.net.listen(server.handler)
    const store = { kind: 'SecretStore', name: 'store', namespace: 'apps' } as const
    const provider = await vault.open(
      { server: listener.url, path: 'secret', auth: byToken },
      { env, log: env.log, store, cluster: clusterWith(root) },
      live,
    )
    const found = await provider.find?.({ nameRegexp: '.' }, live)
    await provider.close()
    await listener.close()
    expect(shown(found ?? null)).toEqual({ 'apps/db': '{"v":1}' })
  })

  it('passes over what was deleted since it was listed, and fails on what it may not read', async () => {
    await withVault(async ({ server, open }) => {
      server.put('secret/a', { v: 1 })
      server.put('secret/b', { v: 2 })
      server.remove('secret/a')
      const provider = await open()
      expect(shown((await provider.find?.({ nameRegexp: '.' }, live)) ?? null)).toEqual({
        b: '{"v":2}',
      })
      server.policy(
        'half',
        'path "secret/metadata/*" { capabilities = ["list"] }\npath "secret/data/a" { capabilities = ["read"] }',
      )
      const half = await open({}, clusterWith(server.token(['half'])))
      await expect(half.find?.({ nameRegexp: '.' }, live)).rejects.toMatchObject({
        reason: 'AccessDenied',
      })
    })
  })
})

describe('logging in to Vault', () => {
  const account = { mountPath: 'kubernetes', role: 'web', serviceAccountRef: { name: 'web' } }
  const accounts: Partial<ClusterReader> = {
    token: (ref) => Promise.resolve({ token: `jwt-of-${ref.name}`, expiresMs: 0 }),
  }
  const role = {
    bound_service_account_names: ['web'],
    bound_service_account_namespaces: ['apps'],
    token_policies: ['all'],
    token_ttl: '1h',
  }
  const all = 'path "secret/*" { capabilities = ["read", "list"] }'

  it('as a ServiceAccount costs one login for as long as its token lives', async () => {
    await withVault(async ({ env, server, open }) => {
      server.put('secret/db', { v: 'x' })
      server.policy('all', all)
      server.kubernetesRole('web', role)
      let told = 0
      const provider = await open({ auth: { kubernetes: account } }, accounts, {
        onLogin: () => void told++,
      })
      for (let i = 0; i < 5; i++) {
        expect(text((await entryAt(provider, 'db')).value('v'))).toBe('x')
        await env.clock.sleep(25 * 60_000) // renewed when 50 of 60 minutes have passed
      }
      expect(server.counts.logins).toBe(1)
      expect(told).toBe(1)
      await env.clock.sleep(3_600_000)
      expect(await provider.validate(live)).toEqual({ kind: 'ready' })
      expect(server.counts.logins).toBe(2)
      await provider.close()
    })
  })

  it('again happens once when the token is taken back, and not for a denied path', async () => {
    await withVault(async ({ server, open }) => {
      server.put('secret/db', { v: 'x' })
      server.policy('all', 'path "secret/data/db" { capabilities = ["read"] }')
      server.kubernetesRole('web', role)
      const provider = await open({ auth: { kubernetes: account } }, accounts)
      server.revoke()
      expect(text((await entryAt(provider, 'db')).value('v'))).toBe('x')
      expect(server.counts.logins).toBe(2)
      for (let i = 0; i < 3; i++) {
        expect(await outcomeOf(provider, 'denied')).toMatchObject({
          kind: 'failed',
          fault: { reason: 'AccessDenied' },
        })
      }
      expect(server.counts.logins).toBe(2)
    })
  })

  it('gives the token back when the store is closed', async () => {
    await withVault(async ({ env, server, open }) => {
      server.kubernetesRole('web', role)
      const seen: string[] = []
      env.net.plan = (request) => void seen.push(request.url.replace(/.*\/v1\//, ''))
      const provider = await open({ auth: { kubernetes: account } }, accounts)
      await provider.close()
      expect(seen).toEqual(['auth/kubernetes/login', 'auth/token/revoke-self'])
    })
  })

  it('fails with AccessDenied and the path, never with what Vault said', async () => {
    await withVault(async ({ server, open }) => {
      server.kubernetesRole('web', { ...role, bound_service_account_namespaces: ['other'] })
      for (const name of ['web', 'nobody']) {
        const auth = { kubernetes: { ...account, role: name } }
        await expect(open({ auth }, accounts)).rejects.toMatchObject({
          reason: 'AccessDenied',
          message: expect.stringMatching(
            /^Vault refuses the login at auth\/kubernetes\/login \(40[03]\)$/,
          ) as string,
        })
      }
    })
  })

  it('works with a role id and a secret id, and with the JWT of a Secret', async () => {
    await withVault(async ({ env, server, url, open }) => {
      server.put('secret/db', { v: 'x' })
      server.policy('all', all)
      server.kubernetesRole('web', role)
      const pool = env.net.pool()
      const post = async (path: string, body: object): Promise<void> => {
        const headers = { 'x-vault-token': root }
        const request = { method: 'POST', url: `${url}/v1/${path}`, headers }
        for await (const _ of (await pool.request({ ...request, body: JSON.stringify(body) }))
          .body) {
          // read to its end
        }
      }
      await post('auth/approle/role/ci', { token_policies: 'all' })
      await post('auth/approle/role/ci/role-id', { role_id: 'r' })
      await post('auth/approle/role/ci/custom-secret-id', { secret_id: 's' })
      const appRole = { path: 'approle', roleId: 'r', secretRef: { name: 'x', key: 'secret' } }
      const provider = await open({ auth: { appRole } }, clusterWith('s'))
      expect(text((await entryAt(provider, 'db')).value('v'))).toBe('x')
      const { serviceAccountRef: _none, ...rest } = account
      const bySecret = { kubernetes: { ...rest, secretRef: { name: 'jwt' } } }
      const other = await open({ auth: bySecret }, clusterWith('jwt-of-web'))
      expect(text((await entryAt(other, 'db')).value('v'))).toBe('x')
    })
  })

  it('never uses an identity of the operator’s own', async () => {
    await withVault(async ({ open }) => {
      await expect(open({ auth: {} })).rejects.toMatchObject({ reason: 'InvalidSpec' })
      await expect(open({ auth: { iam: { vaultRole: 'x' } } })).rejects.toMatchObject({
        reason: 'Unsupported',
        at: 'spec.provider.vault.auth.iam',
      })
    })
  })

  it('as nobody in particular is as the default account of the namespace', async () => {
    await withVault(async ({ server, open }) => {
      server.put('secret/db', { v: 'x' })
      server.policy('all', all)
      server.kubernetesRole('web', { ...role, bound_service_account_names: ['default'] })
      const asked: object[] = []
      const cluster: Partial<ClusterReader> = {
        token: (ref) => {
          asked.push(ref)
          return Promise.resolve({ token: `jwt-of-${ref.name}`, expiresMs: 0 })
        },
      }
      const auth = { kubernetes: { mountPath: 'kubernetes', role: 'web' } }
      const provider = await open({ auth }, cluster)
      expect(text((await entryAt(provider, 'db')).value('v'))).toBe('x')
      expect(asked).toEqual([{ name: 'default' }])
    })
  })

  it('takes nothing from VAULT_ variables of the operator', async () => {
    const ambient = {
      VAULT_ADDR: 'http://ambient.example',
      VAULT_TOKEN: 'ambient-token',
      VAULT_NAMESPACE: 'ambient-namespace',
      VAULT_PREFIX: '/ambient-prefix',
      VAULT_SKIP_VERIFY: '1',
    }
    Object.assign(process.env, ambient)
    try {
      await withVault(async ({ env, server, open }) => {
        server.put('secret/db', { v: 'x' })
        server.policy('all', all)
        server.kubernetesRole('web', role)
        const seen: string[] = []
        env.net.plan = (request) => void seen.push(JSON.stringify([request.url, request.headers]))
        for (const auth of [byToken, { kubernetes: account }]) {
          const provider = await open({ auth }, accounts)
          expect(text((await entryAt(provider, 'db')).value('v'))).toBe('x')
          await provider.close()
        }
        expect(seen.join('\n')).not.toContain('ambient')
      })
    } finally {
      for (const name of Object.keys(ambient)) delete process.env[name]
    }
  })
})

describe('a Vault store', () => {
  it('reads in its namespace and logs in in another', async () => {
    await withVault(async ({ server, open }) => {
      server.put('secret/db', { at: 'team' }, { namespace: 'team' })
      server.policy('team', 'path "team/secret/*" { capabilities = ["read"] }')
      server.kubernetesRole('web', {
        bound_service_account_names: '*',
        bound_service_account_namespaces: '*',
        token_policies: 'team',
      })
      const auth = {
        namespace: 'root',
        kubernetes: { mountPath: 'kubernetes', role: 'web', serviceAccountRef: { name: 'web' } },
      }
      const provider = await open(
        { namespace: 'team', auth },
        { token: () => Promise.resolve({ token: 'jwt-of-web', expiresMs: 0 }) },
      )
      expect(text((await entryAt(provider, 'db')).value('at'))).toBe('team')
    })
  })

  it('sends its headers, but none that says who it is', async () => {
    await withVault(async ({ env, server, open }) => {
      server.put('secret/db', { v: 'x' })
      const seen: (string | readonly string[] | undefined)[] = []
      env.net.plan = (request) => {
        const { headers = {} } = request
        seen.push(headers['x-extra'], headers['X-Vault-Token'], headers['x-vault-token'])
        return undefined
      }
      const headers = { 'x-extra': 'yes', 'x-vault-token': 'other', 'X-Vault-Namespace': 'other' }
      expect((await entryAt(await open({ headers }), 'db')).version).toBe('1')
      expect(seen).toEqual(['yes', root, undefined])
    })
  })

  it('is ready when Vault knows its token, and says what to do when not', async () => {
    await withVault(async ({ server, open }) => {
      expect(await (await open()).validate(live)).toEqual({ kind: 'ready' })
      const provider = await open({}, clusterWith('hvs.unknown'))
      await expect(provider.validate(live)).rejects.toMatchObject({
        reason: 'AccessDenied',
        message: 'invalid vault credentials: Vault does not know the token',
      })
      server.seal()
      await expect((await open()).validate(live)).rejects.toMatchObject({ reason: 'Unavailable' })
    })
  })

  it('follows a standby to the active node on the same host, and to no other', async () => {
    await withVault(async ({ env, server, url, open }) => {
      server.put('secret/db', { v: 'x' })
      const hosts: string[] = []
      let location = `${url}/v1/secret/data/db?active=1`
      env.net.plan = (request) => {
        hosts.push(new URL(request.url).host)
        if (request.url.includes('active=1')) return undefined
        return { kind: 'answer', status: 307, body: '', headers: { location } }
      }
      const provider = await open()
      expect(text((await entryAt(provider, 'db')).value('v'))).toBe('x')
      location = 'https://evil.example/v1/secret/data/db'
      expect(await outcomeOf(provider, 'db')).toMatchObject({
        kind: 'failed',
        fault: { reason: 'Forbidden' },
      })
      expect(hosts).not.toContain('evil.example')
    })
  })

  it('dials no address that it may not, and says which field is wrong', async () => {
    await withVault(async ({ open }) => {
      const provider = await open({}, {}, { allowAddress: () => false })
      expect(await outcomeOf(provider, 'db')).toMatchObject({
        kind: 'failed',
        fault: { reason: 'Forbidden' },
      })
      for (const server of [
        '',
        'vault:8200',
        'ftp://vault',
        'file:///etc/passwd',
        'http://v?x=1',
      ]) {
        await expect(open({ server })).rejects.toMatchObject({
          reason: 'InvalidSpec',
          at: 'spec.provider.vault.server',
        })
      }
      await expect(open({ version: 'v3' })).rejects.toMatchObject({ reason: 'InvalidSpec' })
    })
  })

  it('reads through the planner with one login and one read for each key', async () => {
    await withVault(async ({ env, server, url }) => {
      for (let i = 0; i < 20; i++) server.put(`secret/k${i}`, { a: i, b: i })
      const planner = createPlanner({
        env,
        loaders: { vault: () => Promise.resolve(vault) },
        clusterReader: () => clusterWith(root),
      })
      const view: StoreView = {
        kind: 'SecretStore',
        name: 'store',
        namespace: 'apps',
        uid: 'u',
        generation: 1,
        providerName: 'vault',
        config: { server: url, path: 'secret', auth: byToken },
      }
      const keys = Array.from({ length: 60 }, (_, i) => ({ key: `k${i % 20}` }))
      const outcomes = await Promise.all(keys.map((ref) => planner.read(view, 'apps', [ref], live)))
      expect(outcomes.every(([outcome]) => outcome?.kind === 'entry')).toBe(true)
      expect(server.counts.reads).toBe(20)
      await planner.close()
    })
  })
})
