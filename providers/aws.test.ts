import '@aws-sdk/client-secrets-manager' // loaded beforehand: virtual time does not wait for files
import { Fault, faultOf, textOf, utf8 } from '#base'
import { realEnv, simEnv, type SimEnv } from '#base/env'
import {
  createPlanner,
  type ClusterReader,
  type Entry,
  type EntryOutcome,
  type EntryRef,
  type Provider,
} from '#provider'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inspect } from 'node:util'
import {
  createFakeSecretsManager,
  type FakeKeys,
  type FakeSecretsManager,
} from '../test/fakes/aws-secrets-manager.ts'
import { describeProvider } from '../test/provider-contract.ts'
import { aws, createAws } from './aws.ts'

const canary = 'c4n4ry-s3cr3t'
const region = 'eu-central-1'
const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG' }

/** A cluster whose one Secret holds the keys. */
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

const byKeys = {
  secretRef: {
    accessKeyIDSecretRef: { name: 'aws', key: 'accessKeyId' },
    secretAccessKeySecretRef: { name: 'aws', key: 'secretAccessKey' },
  },
}

describeProvider(aws, {
  isRead: ({ headers }) => String(headers?.['x-amz-target']).endsWith('GetSecretValue'),
  missingProperty: 'fault',
  binary: false,
  secondVersion: 'uuid/00000000-0000-4000-8000-000000000002',
  start: async (env, entries) => {
    const fake = createFakeSecretsManager({ clock: env.clock, region, keys })
    await env.net.listen(fake.handler, {
      host: `secretsmanager.${region}.amazonaws.com`,
      port: 443,
    })
    for (const { key, properties } of entries) fake.put(key, JSON.stringify(properties))
    return {
      config: { service: 'SecretsManager', region, auth: byKeys },
      cluster: clusterWith(keys),
      deny: (key) => fake.deny(key),
    }
  },
})

const live = new AbortController().signal

interface World {
  readonly env: SimEnv
  readonly fake: FakeSecretsManager
  readonly open: (config?: object, secret?: Readonly<Record<string, string>>) => Promise<Provider>
}

/** Runs `work` in a world of its own whose AWS knows one pair of keys. */
async function withAws(
  work: (world: World) => Promise<void>,
  allKeys: FakeKeys = keys,
): Promise<void> {
  const env = simEnv(1)
  await env.clock.run(async () => {
    const fake = createFakeSecretsManager({ clock: env.clock, region, keys: allKeys })
    await env.net.listen(fake.handler, {
      host: `secretsmanager.${region}.amazonaws.com`,
      port: 443,
    })
    const store = { kind: 'SecretStore', name: 'store', namespace: 'apps' } as const
    await work({
      env,
      fake,
      open: async (config = {}, secret = { ...keys }) =>
        await aws.open(
          { service: 'SecretsManager', region, auth: byKeys, ...config },
          { env, log: env.log, store, cluster: clusterWith(secret) },
          live,
        ),
    })
  })
}

async function outcomesOf(
  provider: Provider,
  ...refs: readonly (string | EntryRef)[]
): Promise<readonly EntryOutcome[]> {
  const asked = refs.map((ref) => (typeof ref === 'string' ? { key: ref } : ref))
  return await provider.read(asked, live)
}

async function entryAt(provider: Provider, ref: string | EntryRef): Promise<Entry> {
  const [outcome] = await outcomesOf(provider, ref)
  if (outcome?.kind === 'entry') return outcome.entry
  throw outcome?.kind === 'failed' ? outcome.fault : new Error('absent')
}

async function faultAt(provider: Provider, ref: string | EntryRef): Promise<Fault> {
  const [outcome] = await outcomesOf(provider, ref)
  if (outcome?.kind === 'failed') return outcome.fault
  throw new Error(`said to be ${outcome?.kind ?? 'nothing'}`)
}

const text = (bytes: Uint8Array | null | undefined): string =>
  bytes == null ? 'null' : textOf(bytes)

function shown(map: ReadonlyMap<string, Uint8Array> | null): Readonly<Record<string, string>> {
  return Object.fromEntries([...(map ?? [])].map(([key, bytes]) => [key, textOf(bytes)]))
}

function actionsOf(fake: FakeSecretsManager): readonly string[] {
  return fake.calls.map(({ action }) => action)
}

describe('a secret of Secrets Manager', () => {
  it('comes whole as the text that was put there', async () => {
    await withAws(async ({ fake, open }) => {
      fake.put('plain', 'not JSON, ünicode\n')
      expect(text((await entryAt(await open(), 'plain')).value())).toBe('not JSON, ünicode\n')
    })
  })

  it('comes as every byte of a binary secret, JSON in it or not', async () => {
    await withAws(async ({ fake, open }) => {
      const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
      fake.put('bin', bytes)
      fake.put('json', utf8('{"user":"ann"}'))
      const provider = await open()
      expect((await entryAt(provider, 'bin')).value()).toEqual(bytes)
      expect(text((await entryAt(provider, 'json')).value('user'))).toBe('ann')
      const [first, second] = await outcomesOf(provider, 'bin', 'json')
      expect(first?.kind === 'entry' && first.entry.value()).toEqual(bytes)
      expect(second?.kind).toBe('entry')
    })
  })

  it('gives a key with dots before a path, and any gjson path', async () => {
    await withAws(async ({ fake, open }) => {
      fake.put('s', '{"a":{"b":"path"},"a.b":"key","list":[{"n":1.50},{"n":2}],"x":{"y":"z"}}')
      const entry = await entryAt(await open(), 's')
      expect(text(entry.value('a.b'))).toBe('key')
      expect(text(entry.value('x.y'))).toBe('z')
      expect(text(entry.value('list.#.n'))).toBe('[1.50,2]')
      expect(text(entry.value('x'))).toBe('{"y":"z"}')
    })
  })

  it('spreads a map with strings bare and everything else as it stands there', async () => {
    await withAws(async ({ fake, open }) => {
      fake.put('s', '{"s":"t\\n","n":1.50,"big":12345678901234567890,"o":{"a": 1},"z":null}')
      expect(shown((await entryAt(await open(), 's')).map())).toEqual({
        s: 't\n',
        n: '1.50',
        big: '12345678901234567890',
        o: '{"a": 1}',
        z: '',
      })
    })
  })

  it('says which key is missing in the words of the peer', async () => {
    await withAws(async ({ fake, open }) => {
      fake.put('apps/db', '{"user":"ann"}')
      const entry = await entryAt(await open(), 'apps/db')
      expect(() => entry.value('nope')).toThrow('key nope does not exist in secret apps/db')
    })
  })

  it('is absent when it was deleted, waits for its deletion, or never had a value', async () => {
    await withAws(async ({ fake, open }) => {
      fake.put('marked', 'x')
      fake.scheduleDeletion('marked')
      fake.putEmpty('empty')
      const provider = await open()
      const together = await outcomesOf(provider, 'gone', 'marked', 'empty')
      expect(together.map(({ kind }) => kind)).toEqual(['absent', 'absent', 'absent'])
      for (const key of ['gone', 'marked', 'empty']) {
        expect(await outcomesOf(provider, key)).toEqual([{ kind: 'absent' }])
      }
    })
  })

  it('gives an older version by its label or its id, and tells which it is', async () => {
    await withAws(async ({ fake, open }) => {
      const first = fake.put('s', 'one')
      const second = fake.put('s', 'two')
      const provider = await open()
      expect((await entryAt(provider, 's')).version).toBe(`uuid/${second}`)
      const previous = await entryAt(provider, { key: 's', version: 'AWSPREVIOUS' })
      expect([text(previous.value()), previous.version]).toEqual(['one', `uuid/${first}`])
      const byId = await entryAt(provider, { key: 's', version: `uuid/${first}` })
      expect(text(byId.value())).toBe('one')
    })
  })

  it('gives its tags where metadata is asked for', async () => {
    await withAws(async ({ fake, open }) => {
      fake.put('s', 'value', { team: 'a<b', __proto__x: '1', 'dotted.tag': 'yes' })
      const entry = await entryAt(await open(), { key: 's', metadata: true })
      expect(text(entry.value())).toBe('{"__proto__x":"1","dotted.tag":"yes","team":"a\\u003cb"}')
      expect(text(entry.value('dotted.tag'))).toBe('yes')
      expect(shown(entry.map())).toMatchObject({ team: 'a<b' })
    })
  })

  it('is found by the prefix of the store and its key', async () => {
    await withAws(async ({ fake, open }) => {
      fake.put('prod/db', 'x')
      fake.put('prod/web', 'y')
      const provider = await open({ prefix: 'prod/' })
      expect(text((await entryAt(provider, 'db')).value())).toBe('x')
      const both = await outcomesOf(provider, 'web', 'db', 'prod/db')
      expect(both.map(({ kind }) => kind)).toEqual(['entry', 'entry', 'absent'])
    })
  })
})

function expectNothingOf(fault: unknown): void {
  expect(inspect(fault, { depth: 10, showHidden: true })).not.toContain(canary)
}

describe('a batch', () => {
  it('reads twenty secrets in one call', async () => {
    await withAws(async ({ fake, open }) => {
      const keysOf20 = Array.from({ length: 20 }, (_, i) => `s${i}`)
      for (const key of keysOf20) fake.put(key, `value of ${key}`)
      const outcomes = await outcomesOf(await open(), ...keysOf20, 's3')
      const values = outcomes.map((each) => each.kind === 'entry' && text(each.entry.value()))
      expect(values).toEqual([...keysOf20, 's3'].map((key) => `value of ${key}`))
      expect(actionsOf(fake)).toEqual(['BatchGetSecretValue'])
    })
  })

  it('tells its items apart: there, absent, refused, undecryptable, throttled', async () => {
    await withAws(async ({ fake, open }) => {
      for (const key of ['good', 'secret', 'locked', 'busy', 'odd']) fake.put(key, canary)
      fake.deny('secret')
      fake.fail('locked', 'DecryptionFailure')
      fake.fail('busy', 'ThrottlingException')
      fake.fail('odd', canary)
      const refs = ['good', 'gone', 'secret', 'locked', 'busy', 'odd']
      const outcomes = await outcomesOf(await open(), ...refs)
      const reasons = outcomes.map((each) =>
        each.kind === 'failed' ? each.fault.reason : each.kind,
      )
      expect(reasons).toEqual([
        'entry',
        'absent',
        'AccessDenied',
        'AccessDenied',
        'RateLimited',
        'InvalidAnswer',
      ])
      expect(inspect(outcomes.slice(1), { depth: 10, showHidden: true })).not.toContain(canary)
    })
  })

  it('takes an id in neither list for unknown, never for absent', async () => {
    await withAws(async ({ fake, open }) => {
      fake.put('a', '1')
      fake.put('b', '2')
      fake.forget('b')
      const [first, second] = await outcomesOf(await open(), 'a', 'b')
      expect(first?.kind).toBe('entry')
      expect(second).toMatchObject({ kind: 'failed', fault: { reason: 'InvalidAnswer' } })
    })
  })

  it('knows a secret by its name, its ARN, and its ARN without the last part', async () => {
    await withAws(async ({ fake, open }) => {
      fake.put('apps/db', '1')
      fake.put('other', '2')
      const arn = fake.arnOf('apps/db')
      const provider = await open()
      for (const key of [arn, arn.slice(0, -7), 'apps/db']) {
        const [outcome] = await outcomesOf(provider, key, 'other')
        expect(outcome?.kind === 'entry' && text(outcome.entry.value())).toBe('1')
      }
      fake.deny('apps/db')
      for (const key of [arn, arn.slice(0, -7), 'apps/db']) {
        const [outcome] = await outcomesOf(provider, key, 'other')
        expect(outcome).toMatchObject({ kind: 'failed', fault: { reason: 'AccessDenied' } })
      }
    })
  })

  it('is not spoilt by a key that AWS would not take, nor by one with a version', async () => {
    await withAws(async ({ fake, open }) => {
      fake.put('a', '1')
      fake.put('b', '2')
      const bad = 'x'.repeat(3_000)
      const asked = ['a', 'b', 'white space', bad, { key: 'a', version: 'AWSCURRENT' }]
      const outcomes = await outcomesOf(await open(), ...asked)
      expect(outcomes.map(({ kind }) => kind)).toEqual([
        'entry',
        'entry',
        'absent',
        'failed',
        'entry',
      ])
      expect(actionsOf(fake).toSorted()).toEqual([
        'BatchGetSecretValue',
        'GetSecretValue',
        'GetSecretValue',
        'GetSecretValue',
      ])
    })
  })

  it('that AWS does not accept is read one by one, and only that one', async () => {
    await withAws(async ({ fake, open }) => {
      fake.put('a', '1')
      fake.put('b', '2')
      fake.refuse('BatchGetSecretValue', 'InvalidParameterException')
      const provider = await open()
      const outcomes = await outcomesOf(provider, 'a', 'b')
      expect(outcomes.map(({ kind }) => kind)).toEqual(['entry', 'entry'])
      fake.allow('BatchGetSecretValue')
      const before = fake.calls.length
      await outcomesOf(provider, 'a', 'b')
      expect(actionsOf(fake).slice(before)).toEqual(['BatchGetSecretValue'])
    })
  })

  it('that is refused is told to the planner, which then reads singly for good', async () => {
    await withAws(async ({ env, fake }) => {
      const wanted = Array.from({ length: 45 }, (_, i) => ({ key: `s${i}` }))
      for (const { key } of wanted) fake.put(key, key)
      const planner = createPlanner({
        env,
        loaders: { aws: () => Promise.resolve(aws) },
        clusterReader: () => clusterWith(keys),
      })
      const store = {
        kind: 'SecretStore',
        name: 'store',
        namespace: 'apps',
        uid: 'u',
        generation: 1,
        providerName: 'aws',
        config: { service: 'SecretsManager', region, auth: byKeys },
      } as const
      const outcomes = await planner.read(store, 'apps', wanted, live)
      expect(outcomes.every(({ kind }) => kind === 'entry')).toBe(true)
      expect(actionsOf(fake)).toEqual(Array.from({ length: 3 }, () => 'BatchGetSecretValue'))

      fake.refuse('BatchGetSecretValue')
      planner.forget('u')
      const before = fake.calls.length
      const few = wanted.slice(0, 5)
      const again = await planner.read(store, 'apps', few, live)
      expect(again.every(({ kind }) => kind === 'entry')).toBe(true)
      await planner.read(store, 'apps', few, live)
      expect(actionsOf(fake).slice(before)).toEqual([
        'BatchGetSecretValue',
        ...Array.from({ length: 10 }, () => 'GetSecretValue'),
      ])
      await planner.close()
    })
  })

  it('is not tried again one by one when the keys are wrong', async () => {
    await withAws(async ({ env, fake, open }) => {
      let calls = 0
      env.net.plan = () => void calls++
      const provider = await open({}, { ...keys, secretAccessKey: 'another' })
      const outcomes = await outcomesOf(provider, 'a', 'b', 'c')
      for (const outcome of outcomes) {
        expect(outcome).toMatchObject({
          kind: 'failed',
          fault: { reason: 'AccessDenied', at: 'spec.provider.aws.auth' },
        })
      }
      expect([calls, fake.calls.length]).toEqual([1, 0])
    })
  })
})

describe('find', () => {
  it('reads a list of many pages to its end, and values twenty at a time', async () => {
    await withAws(async ({ fake, open }) => {
      for (let i = 0; i < 45; i++) fake.put(`apps/s${i}`, `v${i}`)
      fake.put('other', 'x')
      fake.pageSize = 10
      const found = await (await open()).find?.({ nameRegexp: '^apps/' }, live)
      expect(found?.size).toBe(45)
      expect(text(found?.get('apps/s44'))).toBe('v44')
      const actions = actionsOf(fake)
      expect(actions.filter((action) => action === 'ListSecrets')).toHaveLength(5)
      expect(actions.filter((action) => action === 'BatchGetSecretValue')).toHaveLength(3)
    })
  })

  it('takes tags whole, though AWS matches their beginnings', async () => {
    await withAws(async ({ fake, open }) => {
      fake.put('a', '1', { team: 'web', stage: 'prod' })
      fake.put('b', '2', { team: 'web-two', stage: 'prod' })
      fake.put('c', '3', { teams: 'web', stage: 'prod' })
      fake.put('d', '4', { team: 'web', stage: 'test' })
      const provider = await open()
      const found = await provider.find?.({ tags: { team: 'web', stage: 'prod' } }, live)
      expect(shown(found ?? null)).toEqual({ a: '1' })
    })
  })

  it('narrows by the beginning of the name and the expression together', async () => {
    await withAws(async ({ fake, open }) => {
      for (const name of ['apps/web', 'apps/db', 'web', '!apps/web']) fake.put(name, name)
      const provider = await open()
      const found = await provider.find?.({ path: 'apps/', nameRegexp: 'web$' }, live)
      expect(shown(found ?? null)).toEqual({ 'apps/web': 'apps/web' })
      const odd = await provider.find?.({ path: '!apps', nameRegexp: 'web$' }, live)
      expect(shown(odd ?? null)).toEqual({ '!apps/web': '!apps/web' })
    })
  })

  it('fails as a whole when a page or one of the values cannot be had', async () => {
    await withAws(async ({ env, fake, open }) => {
      for (const name of ['a', 'b', 'c']) fake.put(name, canary)
      fake.pageSize = 2
      const provider = await open()
      let lists = 0
      env.net.plan = ({ headers }) =>
        String(headers?.['x-amz-target']).endsWith('ListSecrets') && ++lists === 2
          ? { kind: 'answer', status: 200, body: `{"canary":"${canary}"}` }
          : undefined
      await expect(provider.find?.({ nameRegexp: '.' }, live)).rejects.toMatchObject({
        reason: 'InvalidAnswer',
      })
      env.net.plan = () => undefined
      fake.deny('b')
      await expect(provider.find?.({ nameRegexp: '.' }, live)).rejects.toMatchObject({
        reason: 'AccessDenied',
      })
    })
  })

  it('is refused without a name or tags, in the words of the peer', async () => {
    await withAws(async ({ fake, open }) => {
      fake.put('a', '1')
      const provider = await open()
      for (const find of [{}, { path: 'apps/' }, { tags: {} }]) {
        await expect(provider.find?.(find, live)).rejects.toThrow('unexpected find operator')
      }
      expect(fake.calls).toEqual([])
    })
  })

  it('goes on one by one where batches are not allowed, and leaves out what has gone', async () => {
    await withAws(async ({ fake, open }) => {
      for (const name of ['a', 'b']) fake.put(name, name)
      fake.putEmpty('never filled')
      fake.refuse('BatchGetSecretValue')
      const provider = await open()
      const found = await provider.find?.({ nameRegexp: '.' }, live)
      expect(shown(found ?? null)).toEqual({ a: 'a', b: 'b' })
    })
  })
})

describe('what is sent to AWS', () => {
  it('is signed by the clock of the world, with the session token if there is one', async () => {
    const withToken = { ...keys, sessionToken: 'session-token-1' }
    await withAws(async ({ env, fake, open }) => {
      env.clock.jumpWall(40 * 365 * 86_400_000)
      fake.put('s', 'x')
      const auth = {
        secretRef: {
          ...byKeys.secretRef,
          sessionTokenSecretRef: { name: 'aws', key: 'sessionToken' },
        },
      }
      expect((await entryAt(await open({ auth }, withToken), 's')).version).toBeDefined()
      expect(fake.calls[0]?.headers['x-amz-date']).toMatch(/^2065/)
      const fault = await faultAt(await open({}, withToken), 's')
      expect(fault.reason).toBe('AccessDenied')
    }, withToken)
  })

  it('is signed by the clock of AWS after an answer that showed ours to be wrong', async () => {
    const env = simEnv(1)
    const theirs = simEnv(2)
    theirs.clock.jumpWall(3_600_000)
    await env.clock.run(async () => {
      const fake = createFakeSecretsManager({ clock: theirs.clock, region, keys })
      await env.net.listen(fake.handler, {
        host: `secretsmanager.${region}.amazonaws.com`,
        port: 443,
      })
      fake.put('s', 'x')
      const store = { kind: 'SecretStore', name: 'store', namespace: 'apps' } as const
      const provider = await aws.open(
        { service: 'SecretsManager', region, auth: byKeys },
        { env, log: env.log, store, cluster: clusterWith(keys) },
        live,
      )
      expect((await faultAt(provider, 's')).hint).toContain('clock')
      expect(text((await entryAt(provider, 's')).value())).toBe('x')
    })
  })

  it('says the same on every run, and names no machine', async () => {
    const sent: string[] = []
    for (let run = 0; run < 2; run++) {
      await withAws(async ({ fake, open }) => {
        fake.put('s', 'x')
        await outcomesOf(await open(), 's')
        sent.push(JSON.stringify(fake.calls))
      })
    }
    expect(sent[0]).toBe(sent[1])
    expect(JSON.parse(sent[0] ?? '')).toEqual([
      {
        action: 'GetSecretValue',
        body: { SecretId: 's', VersionStage: 'AWSCURRENT' },
        headers: {
          'content-length': '44',
          'content-type': 'application/x-amz-json-1.1',
          host: `secretsmanager.${region}.amazonaws.com`,
          'user-agent': expect.stringMatching(/^lockstep m\/[\w,]+$/) as unknown,
          'x-amz-content-sha256': expect.any(String) as unknown,
          'x-amz-date': '20260101T000000Z',
          'x-amz-target': 'secretsmanager.GetSecretValue',
        },
      },
    ])
  })

  it('goes to the endpoint of its partition', async () => {
    const env = simEnv(1)
    const hosts: string[] = []
    env.net.plan = ({ url }) => {
      hosts.push(new URL(url).origin)
      return { kind: 'refuse' }
    }
    const store = { kind: 'SecretStore', name: 'store', namespace: 'apps' } as const
    await env.clock.run(async () => {
      for (const each of ['eu-west-1', 'cn-north-1', 'us-gov-west-1']) {
        const provider = await aws.open(
          { region: each, auth: byKeys },
          { env, log: env.log, store, cluster: clusterWith(keys) },
          live,
        )
        expect((await faultAt(provider, 's')).reason).toBe('Unavailable')
      }
    })
    expect(hosts).toEqual([
      'https://secretsmanager.eu-west-1.amazonaws.com',
      'https://secretsmanager.cn-north-1.amazonaws.com.cn',
      'https://secretsmanager.us-gov-west-1.amazonaws.com',
    ])
  })

  it("never comes from the operator's variables, files or instance", async () => {
    const theirs = {
      AWS_ACCESS_KEY_ID: canary,
      AWS_SECRET_ACCESS_KEY: canary,
      AWS_SESSION_TOKEN: canary,
      AWS_REGION: 'us-west-2',
      AWS_DEFAULT_REGION: 'us-west-2',
      AWS_PROFILE: canary,
      AWS_ENDPOINT_URL: `http://${canary}`,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://${canary}`,
      AWS_USE_FIPS_ENDPOINT: 'true',
      AWS_USE_DUALSTACK_ENDPOINT: 'true',
      AWS_MAX_ATTEMPTS: '9',
      AWS_SDK_UA_APP_ID: canary,
      AWS_EXECUTION_ENV: canary,
      AWS_LAMBDA_FUNCTION_NAME: canary,
      _X_AMZN_TRACE_ID: canary,
      AWS_CONFIG_FILE: '/nowhere/config',
      AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials',
      HTTPS_PROXY: `http://${canary}`,
    }
    const before = process.env
    const looked: string[] = []
    process.env = new Proxy(
      { ...before, ...theirs },
      {
        get: (target, name) => {
          if (typeof name === 'string' && Object.hasOwn(theirs, name)) looked.push(name)
          return Reflect.get(target, name) as unknown
        },
      },
    )
    try {
      await withAws(async ({ fake, open }) => {
        fake.put('a', '1')
        fake.put('b', '2')
        const provider = await open()
        const outcomes = await outcomesOf(provider, 'a', 'b', { key: 'a', metadata: true })
        expect(outcomes.map(({ kind }) => kind)).toEqual(['entry', 'entry', 'entry'])
        await provider.find?.({ nameRegexp: '.' }, live)
        expect(JSON.stringify(fake.calls)).not.toContain(canary)
        await expect(open({ auth: undefined })).rejects.toMatchObject({ reason: 'Unsupported' })
      })
    } finally {
      process.env = before
    }
    expect(looked).toEqual([])
  })

  it('goes over a real network as well', async () => {
    const env = realEnv()
    const fake = createFakeSecretsManager({ clock: env.clock, region, keys })
    fake.put('s', canary)
    const listener = await env.net.listen(fake.handler)
    const kind = createAws({ endpoint: listener.url })
    const store = { kind: 'SecretStore', name: 'store', namespace: 'apps' } as const
    const deps = { env, log: env.log, store, cluster: clusterWith(keys) }
    const provider = await kind.open({ region, auth: byKeys }, deps, live)
    expect(text((await entryAt(provider, 's')).value())).toBe(canary)
    await provider.close()
    const guarded = await kind.open(
      { region, auth: byKeys },
      { ...deps, allowAddress: () => false },
      live,
    )
    expect((await faultAt(guarded, 's')).reason).toBe('Forbidden')
    await guarded.close()
    await listener.close()
  })
})

describe('refusals of AWS', () => {
  const codes: readonly [string, string][] = [
    ['AccessDeniedException', 'AccessDenied'],
    ['UnrecognizedClientException', 'AccessDenied'],
    ['InvalidSignatureException', 'AccessDenied'],
    ['ExpiredTokenException', 'AccessDenied'],
    ['DecryptionFailure', 'AccessDenied'],
    ['ThrottlingException', 'RateLimited'],
    ['TooManyRequestsException', 'RateLimited'],
    ['InternalServiceError', 'Unavailable'],
    ['InvalidRequestException', 'InvalidRef'],
    ['ValidationException', 'InvalidRef'],
    ['UnknownOperationException', 'Unsupported'],
    ['SomethingNew', 'InvalidAnswer'],
    ['__proto__', 'InvalidAnswer'],
    ['constructor', 'InvalidAnswer'],
  ]
  for (const [code, reason] of codes) {
    it(`says ${reason} for ${code} and quotes nothing`, async () => {
      await withAws(async ({ env, open }) => {
        const provider = await open()
        env.net.plan = () => ({
          kind: 'answer',
          status: 400,
          body: JSON.stringify({ __type: code, message: canary, Message: canary }),
          headers: { 'x-amzn-errortype': code, 'x-amzn-requestid': canary },
        })
        const fault = await faultAt(provider, 's')
        expect(fault.reason).toBe(reason)
        expect(inspect(fault, { depth: 10, showHidden: true })).not.toContain(canary)
      })
    })
  }

  it('and garbage in its place are never taken for absence, whatever they look like', async () => {
    const odd = fc.constantFrom<unknown>(null, 7, '', canary, [], {}, [null], [[]], true)
    const body = fc.dictionary(
      fc.constantFrom(
        '__type',
        'message',
        'Name',
        'ARN',
        'SecretString',
        'SecretBinary',
        'VersionId',
        'SecretValues',
        'Errors',
        'Tags',
        'SecretList',
        'NextToken',
      ),
      odd,
    )
    const statuses = fc.constantFrom(200, 204, 400, 403, 404, 409, 418)
    await withAws(async ({ env, open }) => {
      const provider = await open()
      await fc.assert(
        fc.asyncProperty(body, statuses, async (answer, status) => {
          env.net.plan = () => ({ kind: 'answer', status, body: JSON.stringify(answer) })
          const refs = ['a', 'b', { key: 'a', metadata: true }, { key: 'a', version: 'x' }]
          const one = outcomesOf(provider, 'a').catch((thrown: unknown) => [thrown])
          const some = outcomesOf(provider, ...refs).catch((thrown: unknown) => [thrown])
          for (const outcome of [...(await one), ...(await some)]) {
            if (outcome instanceof Fault) {
              expectNothingOf(outcome)
              continue
            }
            const { kind } = outcome as EntryOutcome
            expect(kind).not.toBe('absent')
            if (kind === 'failed') expectNothingOf(outcome)
          }
          const found = await provider.find?.({ nameRegexp: '.' }, live).catch(faultOf)
          if (found instanceof Fault) expectNothingOf(found)
          else expect(answer['SecretList']).toEqual([])
        }),
        { numRuns: 100, seed: 1 },
      )
    })
  })

  it('never quote keys of the store either', async () => {
    await withAws(async ({ env, open }) => {
      const provider = await open({}, { ...keys, secretAccessKey: canary })
      for (const befall of [
        { kind: 'refuse' },
        { kind: 'cut', afterBytes: 3 },
        { kind: 'answer', status: 200, body: '{}' },
        { kind: 'answer', status: 400, body: '{}' },
      ] as const) {
        env.net.plan = () => befall
        const fault = await faultAt(provider, 's')
        expect(inspect(fault, { depth: 10, showHidden: true })).not.toContain(canary)
      }
    })
  })
})

describe('a store of AWS', () => {
  const roleArn = 'arn:aws:iam::123456789012:role/r'
  const bad: readonly [string, object, string, string][] = [
    ['Parameter Store', { service: 'ParameterStore' }, 'Unsupported', 'spec.provider.aws.service'],
    ['a role', { role: roleArn }, 'Unsupported', 'spec.provider.aws.role'],
    ['more roles', { additionalRoles: [roleArn] }, 'Unsupported', 'spec.provider.aws.role'],
    [
      'web identity',
      { auth: { jwt: { serviceAccountRef: { name: 'a' } } } },
      'Unsupported',
      'spec.provider.aws.auth.jwt',
    ],
    ['no auth', { auth: {} }, 'Unsupported', 'spec.provider.aws.auth'],
    ['no region', { region: '' }, 'InvalidSpec', 'spec.provider.aws.region'],
    [
      'a region that is a host',
      { region: 'x.evil.example/' },
      'InvalidSpec',
      'spec.provider.aws.region',
    ],
    [
      'half of the keys',
      { auth: { secretRef: { accessKeyIDSecretRef: { name: 'aws', key: 'accessKeyId' } } } },
      'InvalidSpec',
      'spec.provider.aws.auth.secretRef.secretAccessKeySecretRef',
    ],
    [
      'deletion settings that contradict',
      { secretsManager: { forceDeleteWithoutRecovery: true, recoveryWindowInDays: 7 } },
      'InvalidSpec',
      'spec.provider.aws.secretsManager',
    ],
    [
      'a recovery window of five days',
      { secretsManager: { recoveryWindowInDays: 5 } },
      'InvalidSpec',
      'spec.provider.aws.secretsManager',
    ],
  ]
  for (const [name, config, reason, where] of bad) {
    it(`with ${name} is refused, and the field is named`, async () => {
      await withAws(async ({ fake, open }) => {
        await expect(open(config)).rejects.toMatchObject({ reason, at: where })
        expect(fake.calls).toEqual([])
      })
    })
  }

  it('does not take a key that could not stand in a header, and does not show it', async () => {
    await withAws(async ({ open }) => {
      const fault = await open({}, { ...keys, accessKeyId: `${canary}\r\nx-evil: 1` }).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      expect(fault).toMatchObject({ reason: 'InvalidRef' })
      expect(inspect(fault, { depth: 10 })).not.toContain(canary)
    })
  })

  it('is ready without a call', async () => {
    await withAws(async ({ fake, open }) => {
      expect(await (await open()).validate(live)).toEqual({ kind: 'ready' })
      expect(fake.calls).toEqual([])
    })
  })
})
