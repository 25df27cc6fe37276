import '@azure/keyvault-secrets' // loaded beforehand: virtual time does not wait for files
import { Fault, faultOf, textOf, utf8 } from '#base'
import { simEnv, type SimEnv } from '#base/env'
import type {
  ClusterReader,
  Entry,
  EntryOutcome,
  EntryRef,
  Provider,
  ProviderDeps,
} from '#provider'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inspect } from 'node:util'
import { createFakeKeyVault, type FakeKeyVault } from '../test/fakes/azure-key-vault.ts'
import { describeProvider } from '../test/provider-contract.ts'
import { azurekv } from './azurekv.ts'

const canary = 'c4n4ry-s3cr3t'
const host = 'demo.vault.azure.net'
const tenantId = '11111111-2222-3333-4444-555555555555'
const app = { clientId: '66666666-7777-8888-9999-000000000000', clientSecret: 'cl1ent~s3cret' }

/** A cluster whose one Secret holds the application's id and secret. */
function clusterWith(given: Readonly<Record<string, string>>): ClusterReader {
  return {
    secretKey: async (ref) => {
      const value = given[ref.key ?? '']
      if (value === undefined) throw new Fault('InvalidRef', `no key ${ref.key ?? ''}`)
      return await Promise.resolve(utf8(`${value}\n`))
    },
    secret: () => Promise.resolve(null),
    configMap: () => Promise.resolve(null),
    token: () => Promise.reject(new Fault('InvalidRef', 'no such account')),
  }
}

const storeConfig = {
  vaultUrl: `https://${host}`,
  tenantId,
  authSecretRef: {
    clientId: { name: 'azure', key: 'clientId' },
    clientSecret: { name: 'azure', key: 'clientSecret' },
  },
}

async function startVault(env: SimEnv): Promise<FakeKeyVault> {
  const fake = createFakeKeyVault({ clock: env.clock, origin: `https://${host}`, tenantId, ...app })
  await env.net.listen(fake.vault, { host, port: 443 })
  await env.net.listen(fake.login, { host: 'login.microsoftonline.com', port: 443 })
  return fake
}

describeProvider(azurekv, {
  isRead: ({ url }) => url.startsWith(`https://${host}/secrets/`),
  missingProperty: 'fault',
  binary: false,
  secondVersion: '2'.padStart(32, '0'),
  start: async (env, entries) => {
    const fake = await startVault(env)
    for (const { key, properties } of entries) fake.put(key, JSON.stringify(properties))
    return { config: storeConfig, cluster: clusterWith(app), deny: (key) => fake.deny(key) }
  },
})

const live = new AbortController().signal

interface World {
  readonly env: SimEnv
  readonly fake: FakeKeyVault
  readonly open: (
    config?: object,
    secret?: Readonly<Record<string, string>>,
    deps?: Partial<ProviderDeps>,
  ) => Promise<Provider>
}

/** Runs `work` in a world of its own that holds one vault and the login service. */
async function withVault(work: (world: World) => Promise<void>): Promise<void> {
  const env = simEnv(1)
  await env.clock.run(async () => {
    const fake = await startVault(env)
    const store = { kind: 'SecretStore', name: 'store', namespace: 'apps' } as const
    await work({
      env,
      fake,
      open: async (config = {}, secret = app, deps = {}) =>
        await azurekv.open(
          { ...storeConfig, ...config },
          { env, log: env.log, store, cluster: clusterWith(secret), ...deps },
          live,
        ),
    })
  })
}

async function outcomeOf(provider: Provider, ref: string | EntryRef): Promise<EntryOutcome> {
  const [outcome] = await provider.read([typeof ref === 'string' ? { key: ref } : ref], live)
  if (outcome === undefined) throw new Error('no outcome')
  return outcome
}

async function entryAt(provider: Provider, ref: string | EntryRef): Promise<Entry> {
  const outcome = await outcomeOf(provider, ref)
  if (outcome.kind === 'entry') return outcome.entry
  throw outcome.kind === 'failed' ? outcome.fault : new Error('absent')
}

async function faultAt(provider: Provider, ref: string | EntryRef): Promise<Fault> {
  const outcome = await outcomeOf(provider, ref)
  if (outcome.kind === 'failed') return outcome.fault
  throw new Error(`said to be ${outcome.kind}`)
}

const text = (bytes: Uint8Array | null | undefined): string =>
  bytes == null ? 'null' : textOf(bytes)

function shown(map: ReadonlyMap<string, Uint8Array> | null): Readonly<Record<string, string>> {
  return Object.fromEntries([...(map ?? [])].map(([key, bytes]) => [key, textOf(bytes)]))
}

function expectNothingOf(fault: unknown, ...secrets: readonly string[]): void {
  for (const secret of secrets) {
    expect(inspect(fault, { depth: 10, showHidden: true })).not.toContain(secret)
  }
}

describe('a secret of a vault', () => {
  it('comes whole as the text that was put there', async () => {
    await withVault(async ({ fake, open }) => {
      fake.put('plain', 'not JSON, ünicode\n')
      fake.put('nothing', '')
      const provider = await open()
      expect(text((await entryAt(provider, 'plain')).value())).toBe('not JSON, ünicode\n')
      expect(text((await entryAt(provider, 'secret/plain')).value())).toBe('not JSON, ünicode\n')
      expect((await entryAt(provider, 'nothing')).value()).toHaveLength(0)
    })
  })

  it('gives a path before a key with dots, and says what is missing as the peer does', async () => {
    await withVault(async ({ fake, open }) => {
      fake.put('s', '{"a":{"b":"path"},"a.b":"key","c.d":"dotted","n":1.50}')
      const entry = await entryAt(await open(), 's')
      expect(text(entry.value('a.b'))).toBe('path')
      expect(text(entry.value('c.d'))).toBe('dotted')
      expect(text(entry.value('n'))).toBe('1.5')
      expect(() => entry.value('x.y')).toThrow('property x.y does not exist in key s')
    })
  })

  it('spreads a map with strings bare and everything else as it stands there', async () => {
    await withVault(async ({ fake, open }) => {
      fake.put('s', '{"s":"t","n":1.50,"o":{"a": 1},"deep":{"x":"y"}}')
      const entry = await entryAt(await open(), 's')
      expect(shown(entry.map())).toEqual({ s: 't', n: '1.50', o: '{"a": 1}', deep: '{"x":"y"}' })
      expect(shown(entry.map('deep'))).toEqual({ x: 'y' })
    })
  })

  it('gives an older version by its id, and tells which one it is', async () => {
    await withVault(async ({ fake, open }) => {
      const first = fake.put('s', 'one')
      const second = fake.put('s', 'two')
      const provider = await open()
      expect((await entryAt(provider, 's')).version).toBe(second)
      expect(text((await entryAt(provider, { key: 's', version: first })).value())).toBe('one')
      const odd = await faultAt(provider, { key: 's', version: '../../keys/k' })
      expect([odd.reason, odd.at]).toEqual(['InvalidRef', 'remoteRef.version'])
    })
  })

  it('gives its tags where metadata is asked for', async () => {
    await withVault(async ({ fake, open }) => {
      const tags = { team: 'a<b', 'dotted.tag': 'yes', json: '{"x":"1","y":"2"}' }
      fake.put('s', canary, { tags })
      const entry = await entryAt(await open(), { key: 's', metadata: true })
      expect(JSON.parse(text(entry.value()))).toEqual(tags)
      expect(text(entry.value())).toContain('a\\u003cb')
      expect(text(entry.value('dotted.tag'))).toBe('yes')
      expect(text(entry.value('json.y'))).toBe('2')
      expect(() => entry.value('nope')).toThrow('tag nope does not exist')
      expect(shown(entry.map())).toEqual({
        s_team: 'a<b',
        's_dotted.tag': 'yes',
        s_json_x: '1',
        s_json_y: '2',
      })
      expect(shown(entry.map('team'))).toEqual({ s_team: 'a<b' })
    })
  })

  it('that is disabled, refused or deleted is told apart', async () => {
    await withVault(async ({ fake, open }) => {
      for (const name of ['off', 'shut', 'gone']) fake.put(name, canary)
      fake.disable('off')
      fake.deny('shut')
      fake.remove('gone')
      const provider = await open()
      const off = await faultAt(provider, 'off')
      expect([off.reason, off.message]).toEqual([
        'AccessDenied',
        'read from Azure Key Vault: the secret is disabled (403)',
      ])
      const shut = await faultAt(provider, 'shut')
      expect([shut.reason, shut.hint]).toEqual([
        'AccessDenied',
        expect.stringContaining('Key Vault Secrets User'),
      ])
      expect(await outcomeOf(provider, 'gone')).toEqual({ kind: 'absent' })
    })
  })

  const names: readonly [string, string, string][] = [
    ['key/rsa', 'Unsupported', 'keys of a vault'],
    ['cert/web', 'Unsupported', 'certs of a vault'],
    ['other/web', 'InvalidRef', 'unknown Azure Keyvault object Type for web'],
    ['', 'InvalidRef', 'named by letters'],
    ['..', 'InvalidRef', 'named by letters'],
    ['a b', 'InvalidRef', 'named by letters'],
    ['a%2Fb', 'InvalidRef', 'named by letters'],
    ['a?api-version=1', 'InvalidRef', 'named by letters'],
    ['x'.repeat(128), 'InvalidRef', 'named by letters'],
  ]
  for (const [key, reason, message] of names) {
    it(`is not asked for by the key ${JSON.stringify(key.slice(0, 20))}`, async () => {
      await withVault(async ({ fake, open }) => {
        const fault = await faultAt(await open(), key)
        expect(fault.reason).toBe(reason)
        expect(fault.message).toContain(message)
        expect(fault.at).toBe('remoteRef.key')
        expect(fake.calls).toEqual([])
      })
    })
  }
})

describe('garbage in place of an answer', () => {
  it('is never taken for absence, whatever it looks like', async () => {
    const odd = fc.constantFrom<unknown>(null, 7, '', canary, [], {}, [null], { code: canary })
    const names = ['value', 'id', 'attributes', 'tags', 'error', 'nextLink', 'kid']
    const body = fc.dictionary(fc.constantFrom(...names), odd)
    const statuses = fc.constantFrom(200, 204, 400, 403, 404, 409, 418)
    await withVault(async ({ env, fake, open }) => {
      fake.put('s', 'x')
      const provider = await open()
      await outcomeOf(provider, 's')
      await fc.assert(
        fc.asyncProperty(body, statuses, async (answer, status) => {
          env.net.plan = () => ({ kind: 'answer', status, body: JSON.stringify(answer) })
          for (const ref of ['s', { key: 's', metadata: true }, { key: 's', version: '1' }]) {
            expectNothingOf(await faultAt(provider, ref), canary)
          }
          const found = await provider.find?.({ nameRegexp: '.' }, live).catch(faultOf)
          if (found instanceof Fault) expectNothingOf(found, canary)
          else expect(answer['value']).toEqual([])
        }),
        { numRuns: 100, seed: 1 },
      )
    })
  })
})

describe('find', () => {
  it('reads a list of many pages to its end and leaves out what is disabled', async () => {
    await withVault(async ({ fake, open }) => {
      for (let i = 0; i < 45; i++) fake.put(`app-${i}`, `v${i}`)
      fake.put('other', 'x')
      fake.disable('app-7')
      fake.pageSize = 10
      const found = await (await open()).find?.({ nameRegexp: '^app-' }, live)
      expect(found?.size).toBe(44)
      expect(text(found?.get('app-44'))).toBe('v44')
      expect(fake.calls.filter(({ path }) => path === '/secrets')).toHaveLength(6) // one unauthorised
    })
  })

  it('takes tags whole', async () => {
    await withVault(async ({ fake, open }) => {
      fake.put('a', '1', { tags: { team: 'web', stage: 'prod' } })
      fake.put('b', '2', { tags: { team: 'web-two', stage: 'prod' } })
      fake.put('c', '3', { tags: { team: 'web' } })
      const provider = await open()
      const found = await provider.find?.({ tags: { team: 'web', stage: 'prod' } }, live)
      expect(shown(found ?? null)).toEqual({ a: '1' })
    })
  })

  it('fails as a whole when a page or one of the values cannot be had', async () => {
    await withVault(async ({ env, fake, open }) => {
      for (const name of ['a', 'b', 'c']) fake.put(name, canary)
      fake.pageSize = 2
      const provider = await open()
      for (const befall of [
        { kind: 'answer', status: 200, body: `{"canary":"${canary}"}` },
        { kind: 'answer', status: 404, body: '{"error":{"code":"SecretNotFound"}}' },
        { kind: 'answer', status: 200, body: '{"value":[{"id":7}],"nextLink":null}' },
        { kind: 'cut', afterBytes: 3 },
      ] as const) {
        env.net.plan = ({ url }) => (url.includes('skiptoken') ? befall : undefined)
        const thrown = await failureOf(provider.find?.({ nameRegexp: '.' }, live))
        expect(['InvalidAnswer', 'Unavailable']).toContain(thrown.reason)
        expectNothingOf(thrown, canary)
      }
      env.net.plan = () => undefined
      fake.deny('b')
      const thrown = await failureOf(provider.find?.({ nameRegexp: '.' }, live))
      expect(thrown.reason).toBe('AccessDenied')
    })
  })

  it('reads what the list does not say to be enabled, rather than find less', async () => {
    await withVault(async ({ env, fake, open }) => {
      fake.put('a', '1')
      const provider = await open()
      await outcomeOf(provider, 'a')
      const value = [{ id: `https://${host}/secrets/a` }]
      env.net.plan = ({ url }) =>
        url.includes('/secrets?')
          ? { kind: 'answer', status: 200, body: JSON.stringify({ value }) }
          : undefined
      const found = await provider.find?.({ nameRegexp: '.' }, live)
      expect(shown(found ?? null)).toEqual({ a: '1' })
    })
  })

  it('does not go round in a circle', async () => {
    await withVault(async ({ env, fake, open }) => {
      fake.put('a', '1')
      const provider = await open()
      await outcomeOf(provider, 'a')
      const nextLink = `https://${host}/secrets?api-version=7.5&$skiptoken=1`
      env.net.plan = ({ url }) =>
        url.includes('/secrets?')
          ? { kind: 'answer', status: 200, body: JSON.stringify({ value: [], nextLink }) }
          : undefined
      const thrown = await failureOf(provider.find?.({ nameRegexp: '.' }, live))
      expect(thrown.reason).toBe('InvalidAnswer')
    })
  })

  it('does not follow a link to another host', async () => {
    await withVault(async ({ env, fake, open }) => {
      for (let i = 0; i < 3; i++) fake.put(`s${i}`, 'x')
      fake.pageSize = 2
      fake.linkOrigin = 'https://evil.vault.azure.net'
      const provider = await open()
      const asked: string[] = []
      env.net.plan = ({ url }) => void asked.push(new URL(url).host)
      const thrown = await failureOf(provider.find?.({ nameRegexp: '.' }, live))
      expect(thrown.reason).toBe('Forbidden')
      expect(new Set(asked)).toEqual(new Set([host, 'login.microsoftonline.com']))
    })
  })
})

async function failureOf(work: Promise<unknown> | undefined): Promise<Fault> {
  const thrown = await work?.then(
    () => undefined,
    (failure: unknown) => failure,
  )
  if (thrown instanceof Fault) return thrown
  throw new Error('was no Fault')
}

describe('the login', () => {
  it('is one for everybody, and is told of', async () => {
    await withVault(async ({ fake, open }) => {
      const keys = Array.from({ length: 10 }, (_, i) => `s${i}`)
      for (const key of keys) fake.put(key, key)
      let told = 0
      const provider = await open({}, app, { onLogin: () => told++ })
      await provider.validate(live)
      const outcomes = await provider.read(
        keys.map((key) => ({ key })),
        live,
      )
      expect(outcomes.every(({ kind }) => kind === 'entry')).toBe(true)
      await outcomeOf(provider, 's1')
      expect([told, fake.logins.length]).toEqual([1, 1])
      expect(fake.logins[0]).toEqual({
        method: 'POST',
        target: `/${tenantId}/oauth2/v2.0/token`,
        grant_type: 'client_credentials',
        client_id: app.clientId,
        scope: 'https://vault.azure.net/.default',
      })
    })
  })

  it('is made anew at two thirds of its life, and once when it was taken back', async () => {
    await withVault(async ({ env, fake, open }) => {
      fake.put('s', 'x')
      const provider = await open()
      await outcomeOf(provider, 's')
      await env.clock.sleep(2_390_000)
      await outcomeOf(provider, 's')
      expect(fake.logins).toHaveLength(1)
      await env.clock.sleep(20_000)
      await outcomeOf(provider, 's')
      expect(fake.logins).toHaveLength(2)
      fake.revokeTokens()
      expect((await outcomeOf(provider, 's')).kind).toBe('entry')
      expect(fake.logins).toHaveLength(3)
    })
  })

  it('is not tried for ever when the vault does not take it', async () => {
    await withVault(async ({ fake, env, open }) => {
      fake.put('s', 'x')
      const provider = await open()
      await outcomeOf(provider, 's')
      env.net.plan = ({ url }) =>
        url.includes(host) ? { kind: 'answer', status: 401, body: canary } : undefined
      const fault = await faultAt(provider, 's')
      expect([fault.reason, fault.hint]).toEqual([
        'AccessDenied',
        expect.stringContaining('tenant'),
      ])
      expect(fake.logins.length).toBeLessThanOrEqual(2)
      expectNothingOf(fault, canary)
    })
  })

  it('is not made anew because one secret is refused', async () => {
    await withVault(async ({ fake, open }) => {
      fake.put('shut', 'x')
      fake.deny('shut')
      const provider = await open()
      for (let i = 0; i < 3; i++)
        expect((await faultAt(provider, 'shut')).reason).toBe('AccessDenied')
      expect(fake.logins).toHaveLength(1)
    })
  })

  const refusals: readonly [string, object, Record<string, string>, string][] = [
    [
      'a wrong secret',
      {},
      { ...app, clientSecret: canary },
      'spec.provider.azurekv.authSecretRef.clientSecret',
    ],
    [
      'an unknown client id',
      {},
      { ...app, clientId: 'nobody' },
      'spec.provider.azurekv.authSecretRef.clientId',
    ],
    ['an unknown tenant', { tenantId: 'contoso.example' }, app, 'spec.provider.azurekv.tenantId'],
  ]
  for (const [name, config, secret, where] of refusals) {
    it(`with ${name} fails the validation, and names the field`, async () => {
      await withVault(async ({ open }) => {
        const fault = await failureOf((await open(config, secret)).validate(live))
        expect([fault.reason, fault.at]).toEqual(['AccessDenied', where])
        expectNothingOf(fault, canary, app.clientSecret)
      })
    })
  }

  it('says what befell it, and quotes nothing', async () => {
    await withVault(async ({ env, fake, open }) => {
      fake.put('s', 'x')
      const page = `<html>${canary}</html>`
      for (const [status, body, reason] of [
        [429, canary, 'RateLimited'],
        [503, canary, 'Unavailable'],
        [200, page, 'InvalidAnswer'],
        [200, `{"access_token":"${canary}\\n","expires_in":1}`, 'InvalidAnswer'],
        [200, `{"access_token":"${canary}"}`, 'InvalidAnswer'],
        [302, page, 'InvalidAnswer'],
        [400, `{"error":"${canary}"}`, 'AccessDenied'],
      ] as const) {
        env.net.plan = ({ url }) =>
          url.includes('login.') ? { kind: 'answer', status, body } : undefined
        const provider = await open()
        for (const fault of [
          await failureOf(provider.validate(live)),
          await faultAt(provider, 's'),
        ]) {
          expect(fault.reason).toBe(reason)
          expectNothingOf(fault, canary, app.clientSecret)
        }
      }
    })
  })

  it('sends the secret to the login service of its cloud and the token to the vault alone', async () => {
    await withVault(async ({ env, fake, open }) => {
      fake.put('s', 'x')
      const seen: { host: string; holdsSecret: boolean; holdsToken: boolean }[] = []
      env.net.plan = (request) => {
        const all = JSON.stringify([request.url, request.headers]) + String(request.body ?? '')
        const holdsSecret = all.includes('cl1ent')
        const holdsToken = all.includes('token-')
        seen.push({ host: new URL(request.url).host, holdsSecret, holdsToken })
        return undefined
      }
      await outcomeOf(await open(), 's')
      expect(seen).toEqual([
        { host, holdsSecret: false, holdsToken: false },
        { host: 'login.microsoftonline.com', holdsSecret: true, holdsToken: false },
        { host, holdsSecret: false, holdsToken: true },
      ])
    })
  })

  it('goes to the service of its cloud', async () => {
    const env = simEnv(1)
    const hosts: string[] = []
    env.net.plan = ({ url }) => {
      hosts.push(new URL(url).host)
      return { kind: 'refuse' }
    }
    const store = { kind: 'SecretStore', name: 'store', namespace: 'apps' } as const
    const deps = { env, log: env.log, store, cluster: clusterWith(app) }
    await env.clock.run(async () => {
      for (const environmentType of ['PublicCloud', 'USGovernmentCloud', 'ChinaCloud']) {
        const provider = await azurekv.open({ ...storeConfig, environmentType }, deps, live)
        expect((await failureOf(provider.validate(live))).reason).toBe('Unavailable')
      }
    })
    expect(hosts).toEqual([
      'login.microsoftonline.com',
      'login.microsoftonline.us',
      'login.chinacloudapi.cn',
    ])
  })
})

describe("the vault's challenge", () => {
  const challenges: readonly [string, string][] = [
    [
      'another resource',
      'Bearer authorization="https://a/t", resource="https://management.azure.com"',
    ],
    ['a whole domain', 'Bearer authorization="https://a/t", resource="https://azure.net"'],
    ['a resource that hides its host', 'Bearer resource="https://vault.azure.net@evil.example"'],
    [
      'an address that is none',
      'Bearer authorization="nowhere", resource="https://vault.azure.net"',
    ],
    ['nothing', 'Bearer'],
  ]
  for (const [name, challenge] of challenges) {
    it(`that names ${name} gets no login`, async () => {
      await withVault(async ({ fake, open }) => {
        fake.put('s', 'x')
        fake.challenge = challenge
        const fault = await faultAt(await open(), 's')
        expect(['Forbidden', 'InvalidAnswer', 'AccessDenied']).toContain(fault.reason)
        expect(fake.logins).toEqual([])
        expect(fake.calls.every(({ authorized }) => !authorized)).toBe(true)
      })
    })
  }

  it('does not choose where we log in', async () => {
    await withVault(async ({ env, fake, open }) => {
      fake.put('s', 'x')
      fake.challenge =
        'Bearer authorization="https://evil.example/other-tenant", resource="https://vault.azure.net"'
      const asked: string[] = []
      env.net.plan = ({ url }) => void asked.push(new URL(url).host)
      expect((await outcomeOf(await open(), 's')).kind).toBe('entry')
      expect(asked).not.toContain('evil.example')
      expect(fake.logins[0]?.['target']).toBe(`/${tenantId}/oauth2/v2.0/token`)
    })
  })
})

describe('what is sent to a vault', () => {
  it('says the same on every run, and names no machine', async () => {
    const sent: string[] = []
    for (let run = 0; run < 2; run++) {
      await withVault(async ({ fake, open }) => {
        fake.put('s', 'x')
        await outcomeOf(await open(), 's')
        sent.push(JSON.stringify(fake.calls))
        const call = { method: 'GET', path: '/secrets/s/', query: expect.anything() as unknown }
        expect(fake.calls).toEqual([
          { ...call, authorized: false, headers: ['accept', 'host', 'user-agent'] },
          { ...call, authorized: true, headers: ['accept', 'authorization', 'host', 'user-agent'] },
        ])
        expect(fake.calls[0]?.query).toMatch(/^\?api%2Dversion=[\d.-]+$/)
      })
    }
    expect(sent[0]).toBe(sent[1])
  })

  it("never comes from the operator's variables", async () => {
    const theirs = {
      AZURE_CLIENT_ID: canary,
      AZURE_TENANT_ID: canary,
      AZURE_CLIENT_SECRET: canary,
      AZURE_AUTHORITY_HOST: `https://${canary}`,
      AZURE_FEDERATED_TOKEN_FILE: canary,
      AZURE_USERNAME: canary,
      AZURE_PASSWORD: canary,
      IDENTITY_ENDPOINT: `https://${canary}`,
    }
    const before = process.env
    const looked: string[] = []
    process.env = new Proxy(
      { ...before, ...theirs, HTTPS_PROXY: `http://${canary}.example` },
      {
        get: (target, name) => {
          if (typeof name === 'string' && Object.hasOwn(theirs, name)) looked.push(name)
          return Reflect.get(target, name) as unknown
        },
      },
    )
    try {
      await withVault(async ({ env, fake, open }) => {
        fake.put('s', 'x')
        const asked: string[] = []
        env.net.plan = (request) => void asked.push(JSON.stringify(request))
        expect((await outcomeOf(await open(), 's')).kind).toBe('entry')
        expect(asked.join('\n')).not.toContain(canary)
        await expect(open({ authSecretRef: undefined })).rejects.toMatchObject({
          reason: 'InvalidSpec',
        })
      })
    } finally {
      process.env = before
    }
    expect(looked).toEqual([])
  })

  it('is held back from addresses that the store may not reach', async () => {
    await withVault(async ({ fake, open }) => {
      fake.put('s', 'x')
      const provider = await open({}, app, { allowAddress: () => false })
      expect((await faultAt(provider, 's')).reason).toBe('Forbidden')
      expect(fake.calls).toEqual([])
    })
  })
})

describe('a store of Key Vault', () => {
  const ref = { name: 'azure', key: 'clientId' }
  const bad: readonly [string, object, string, string][] = [
    ['managed identity', { authType: 'ManagedIdentity' }, 'Unsupported', 'authType'],
    ['workload identity', { authType: 'WorkloadIdentity' }, 'Unsupported', 'authType'],
    ['Azure Stack', { environmentType: 'AzureStackCloud' }, 'Unsupported', 'environmentType'],
    ['a cloud of its own', { customCloudConfig: {} }, 'Unsupported', 'environmentType'],
    ['no tenant', { tenantId: undefined }, 'InvalidSpec', 'tenantId'],
    ['a tenant that is a path', { tenantId: '../x' }, 'InvalidSpec', 'tenantId'],
    ['no auth', { authSecretRef: undefined }, 'InvalidSpec', 'authSecretRef'],
    [
      'no client secret',
      { authSecretRef: { clientId: ref } },
      'InvalidSpec',
      'authSecretRef.clientSecret',
    ],
    [
      'a certificate',
      { authSecretRef: { clientId: ref, clientCertificate: ref } },
      'Unsupported',
      'authSecretRef.clientCertificate',
    ],
    ['no address', { vaultUrl: '' }, 'InvalidSpec', 'vaultUrl'],
    ['an address without TLS', { vaultUrl: `http://${host}` }, 'InvalidSpec', 'vaultUrl'],
    ['an address with a path', { vaultUrl: `https://${host}/x` }, 'InvalidSpec', 'vaultUrl'],
    ['an address with a user', { vaultUrl: `https://a:b@${host}` }, 'InvalidSpec', 'vaultUrl'],
  ]
  for (const [name, config, reason, where] of bad) {
    it(`with ${name} is refused, and the field is named`, async () => {
      await withVault(async ({ fake, open }) => {
        await expect(open(config)).rejects.toMatchObject({
          reason,
          at: `spec.provider.azurekv.${where}`,
        })
        expect([fake.calls, fake.logins]).toEqual([[], []])
      })
    })
  }

  it('says what the peer says of a missing tenant', async () => {
    await withVault(async ({ open }) => {
      await expect(open({ tenantId: undefined })).rejects.toThrow(
        'missing tenantID in store config',
      )
    })
  })
})
