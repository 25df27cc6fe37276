import { describe, expect, it } from 'vitest'
import { Fault, type ServerResponse } from '#base'
import { realEnv, simEnv, type SimEnv } from '#base/env'
import { configMaps, resource, secrets, type ConfigMap } from '#api'
import { FakeApi, json, status } from '../../test/fakes/fake-kube-api.ts'
import { createClient, type HttpClient } from './create-client.ts'
import type { ServerAccess } from './server-access.ts'

const a = { namespace: 'apps', name: 'a' }
const made = { apiVersion: 'v1', kind: 'ConfigMap' }

async function withApi(
  work: (api: FakeApi, client: HttpClient, env: SimEnv) => Promise<void>,
  access: Partial<ServerAccess> = {},
): Promise<void> {
  const env = simEnv(1)
  await env.clock.run(async () => {
    const [api, listener] = await FakeApi.start(env)
    const client = createClient({ env, server: { url: listener.url, ...access } })
    await work(api, client, env)
    await client.close()
    await listener.close()
  })
}

async function faultOfCall(call: Promise<unknown>): Promise<Fault> {
  const outcome = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(outcome instanceof Fault)) throw new Error('no Fault was thrown')
  return outcome
}

describe('absence', () => {
  it('is null when the server says that this very object is not there', () =>
    withApi(async (_api, client) => {
      expect(await client.get(configMaps, a)).toBeNull()
      expect(await client.getMetadata(configMaps, a)).toBeNull()
      expect(await client.delete(configMaps, a)).toBe(false)
    }))

  it.each([
    ['a version that is not served', { status: 404, body: '404 page not found\n' }, 'NotFound'],
    ['a proxy without the path', { status: 404, body: 'default backend - 404' }, 'InvalidAnswer'],
    ['a login page', { status: 404, body: '<html>not found</html>' }, 'InvalidAnswer'],
    ['a kind that is not served', status(404, 'NotFound', 'no such resource'), 'NotFound'],
    ['another object', status(404, 'NotFound', 'x', { name: 'b', kind: 'configmaps' }), 'NotFound'],
    [
      'another kind of that name',
      status(404, 'NotFound', 'x', { name: 'a', kind: 'secrets' }),
      'NotFound',
    ],
    [
      'another group',
      status(404, 'NotFound', 'x', { name: 'a', kind: 'configmaps', group: 'other.io' }),
      'NotFound',
    ],
    ['a half Status', json(404, { kind: 'Status', reason: 'NotFound' }), 'NotFound'],
  ])('is not believed of %s', (_who, answer, reason) =>
    withApi(async (api, client) => {
      api.intercept = () => answer
      expect((await faultOfCall(client.get(configMaps, a))).reason).toBe(reason)
      expect((await faultOfCall(client.delete(configMaps, a))).reason).toBe(reason)
    }),
  )
})

describe('a refused call', () => {
  it.each([
    [401, 'Unauthorized', 'AccessDenied'],
    [403, 'Forbidden', 'AccessDenied'],
    [409, 'Conflict', 'Conflict'],
    [409, 'AlreadyExists', 'AlreadyExists'],
    [410, 'Expired', 'Expired'],
    [410, 'Gone', 'Expired'],
    [413, 'RequestEntityTooLarge', 'TooLarge'],
    [422, 'Invalid', 'InvalidSpec'],
    [400, 'BadRequest', 'InvalidSpec'],
    [429, 'TooManyRequests', 'RateLimited'],
    [500, 'InternalError', 'Unavailable'],
    [503, 'ServiceUnavailable', 'Unavailable'],
    [504, 'Timeout', 'Timeout'],
  ])('with %i %s is a Fault %s that names verb, kind and object', (code, reason, expected) =>
    withApi(async (api, client) => {
      api.intercept = () => status(code, reason, 'because')
      const fault = await faultOfCall(client.get(configMaps, a))
      expect(fault).toMatchObject({
        reason: expected,
        status: code,
        message: 'get ConfigMap apps/a: because',
      })
    }),
  )

  it('names the first field that is wrong', () =>
    withApi(async (api, client) => {
      const causes = [
        { field: 'spec.a', reason: 'FieldValueInvalid', message: 'Invalid value: "x"' },
        { field: 'spec.b', reason: 'FieldValueRequired', message: 'Required value' },
      ]
      api.intercept = () => status(422, 'Invalid', 'is invalid', { causes })
      const fault = await faultOfCall(
        client.create(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...a } }),
      )
      expect(fault.at).toBe('spec.a')
    }))

  it('never quotes a body that is no Status', () =>
    withApi(async (api, client) => {
      for (const code of [200, 400, 403, 404, 500, 502]) {
        api.intercept = () => ({ status: code, body: '<html>canary-7f3a</html>' })
        const fault = await faultOfCall(client.get(configMaps, a))
        expect(fault.message).not.toContain('canary')
        expect(JSON.stringify(fault.cause ?? null)).not.toContain('canary')
      }
    }))

  it('never repeats what a refusal of a Secret quotes of its values', () =>
    withApi(async (api, client) => {
      const secret = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { ...a, resourceVersion: '1' },
        data: { k: 'Y2FuYXJ5' },
      }
      const cause = {
        field: 'data[k]',
        reason: 'FieldValueInvalid',
        message: 'Invalid value: "canary"',
      }
      const refusals = [
        status(400, 'BadRequest', 'error found in #10 byte of ...|k":"canary"|...'),
        status(422, 'Invalid', 'Secret "a" is invalid: data[k]: "canary"', { causes: [cause] }),
        status(403, 'Forbidden', 'admission webhook "w.example" denied the request: canary'),
        status(500, '', 'cannot decode canary'),
        status(500, 'InternalError', 'Internal error occurred: canary', {
          causes: [{ message: 'canary' }],
        }),
        status(
          403,
          'Forbidden',
          `secrets "a" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: canary`,
        ),
        status(403, 'Forbidden', 'secrets "a" is forbidden: canary'),
        status(403, 'Forbidden', 'canary'),
      ]
      for (const refusal of refusals) {
        api.intercept = () => refusal
        const fault = await faultOfCall(client.update(secrets, secret))
        expect(fault.message).not.toContain('canary')
      }
    }))

  it('passes on whose rights are missing, which quota is spent and which policy refuses', () =>
    withApi(async (api, client) => {
      const front = 'secrets "a" is forbidden: '
      const policy = "ValidatingAdmissionPolicy 'p' with binding 'b' denied request"
      const cases = [
        ['User "me" cannot update resource "secrets"', 'User "me" cannot update'],
        ['exceeded quota: q, requested: secrets=1', 'exceeded quota: q, requested: secrets=1'],
        [`${policy}: x`, policy],
      ] as const
      for (const [words, told] of cases) {
        api.intercept = () => status(403, 'Forbidden', `${front}${words}`)
        const fault = await faultOfCall(client.get(secrets, a))
        expect(fault.message).toContain(`${front}${told}`)
      }
    }))

  it('carries how long the server wants to be left alone', () =>
    withApi(async (api, client, env) => {
      api.intercept = () => status(429, 'TooManyRequests', 'busy', {}, { 'retry-after': '7' })
      const fault = await faultOfCall(client.get(configMaps, a))
      expect(fault.retry).toEqual({ kind: 'after', ms: 7000 })
      api.intercept = () => undefined
      const asked = api.seen.length
      expect(await faultOfCall(client.get(configMaps, a))).toMatchObject({
        reason: 'RateLimited',
        retry: { kind: 'after' },
      })
      expect(api.seen).toHaveLength(asked)
      await env.clock.sleep(4_000)
      const before = env.clock.monotonic()
      await client.get(configMaps, a)
      expect(env.clock.monotonic() - before).toBeGreaterThanOrEqual(3_000)
      expect(api.seen).toHaveLength(asked + 1)
    }))

  it.each([
    ['in seconds', '7', 7_000],
    ['as a date', 'Sun, 22 Nov 2026 10:00:09 GMT', 9_000],
    ['as a date that has passed', 'Sun, 22 Nov 2026 09:00:00 GMT', 0],
    ['as something else', 'soon', undefined],
    ['as a negative number', '-4', undefined],
  ])('reads how long that is %s, by the answer’s own clock', (_how, value, ms) =>
    withApi(async (api, client) => {
      const date = 'Sun, 22 Nov 2026 10:00:00 GMT'
      api.intercept = () => ({ status: 503, headers: { 'retry-after': value, date }, body: 'x' })
      expect((await faultOfCall(client.get(configMaps, a))).retry).toEqual(
        ms === undefined ? { kind: 'backoff' } : { kind: 'after', ms },
      )
    }),
  )

  it('keeps those back who stood in line when it was said', () =>
    withApi(async (api, client, env) => {
      let isBusy = true
      api.intercept = async () => {
        await env.clock.sleep(100)
        return isBusy
          ? status(429, 'TooManyRequests', 'busy', {}, { 'retry-after': '4' })
          : undefined
      }
      const calls = Array.from({ length: 100 }, () => client.get(configMaps, a).catch(() => {}))
      await env.clock.sleep(3_900)
      expect(api.seen).toHaveLength(32) // those that were under way
      isBusy = false
      await Promise.all(calls)
      expect(api.seen).toHaveLength(100)
    }))
})

describe('an answer that is none', () => {
  it.each([
    ['HTML', { status: 200, body: '<html></html>' }],
    ['cut JSON', { status: 200, body: '{"kind":"ConfigMap","metada' }],
    ['a list in place of an object', json(200, [])],
    ['an object without a name', json(200, { kind: 'ConfigMap', metadata: {} })],
    ['null', json(200, null)],
    ['nothing', { status: 200 }],
  ])('is InvalidAnswer: %s', (_what, answer) =>
    withApi(async (api, client) => {
      api.intercept = () => answer
      expect((await faultOfCall(client.get(configMaps, a))).reason).toBe('InvalidAnswer')
      expect((await faultOfCall(client.list(configMaps))).reason).toBe('InvalidAnswer')
    }),
  )

  it('is Timeout when nothing comes', () =>
    withApi(async (api, client) => {
      api.intercept = () => new Promise(() => {})
      expect((await faultOfCall(client.get(configMaps, a))).reason).toBe('Timeout')
    }))

  it('keeps whole numbers beyond 2^53 and a key named __proto__', () =>
    withApi(async (api, client) => {
      const text =
        '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"apps","resourceVersion":"5"},' +
        '"data":{"__proto__":"x"},"big":12345678901234567890}'
      const sent: unknown[] = []
      api.intercept = (request) => {
        if (request.method === 'PUT') sent.push(request.body)
        return { status: 200, body: text }
      }
      const read = await client.get(configMaps, a)
      expect(Object.hasOwn(read?.data ?? {}, '__proto__')).toBe(true)
      await client.update(configMaps, read as ConfigMap)
      expect(String((sent[0] as { big: unknown }).big)).toBe('12345678901234567890')
    }))
})

describe('an outage', () => {
  it.each<[string, () => ServerResponse | Promise<ServerResponse>]>([
    ['is starting', () => status(503, 'ServiceUnavailable', 'starting')],
    ['says nothing at all', () => new Promise(() => {})],
  ])(
    'is told to be over once, of a server that %s, whoever the calls are made as',
    (_what, answer) =>
      withApi(async (api, client, env) => {
        let recoveries = 0
        client.as({ user: 'somebody' }).onRecovered?.(() => recoveries++)
        await client.get(configMaps, a)
        expect(recoveries).toBe(0)
        api.intercept = answer
        for (let i = 0; i < 3; i++) {
          await faultOfCall(client.get(configMaps, a))
          await env.clock.sleep(3_000)
        }
        api.intercept = () => undefined
        for (let i = 0; i < 3; i++) await client.get(configMaps, a)
        expect(recoveries).toBe(1)
      }),
  )

  it('is not what some calls failing beside others is', () =>
    withApi(async (api, client, env) => {
      let recoveries = 0
      client.onRecovered(() => recoveries++)
      api.intercept = (request) =>
        request.method === 'GET'
          ? undefined
          : status(500, 'InternalError', 'failed calling webhook')
      for (let i = 0; i < 30; i++) {
        await faultOfCall(client.create(configMaps, { ...made, metadata: a }))
        await client.get(configMaps, a)
        await env.clock.sleep(2_000)
      }
      expect(recoveries).toBe(0)
    }))
})

describe('writes', () => {
  it('refuse an update that would go over an unseen version', () =>
    withApi(async (_api, client) => {
      const blind = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...a } }
      expect((await faultOfCall(client.update(configMaps, blind))).at).toBe(
        'metadata.resourceVersion',
      )
    }))

  it('say what they are: manager, dry run, validation, force, patch type', () =>
    withApi(async (api, client) => {
      api.put({ metadata: { ...a } })
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...a } }
      await client.apply(configMaps, object, {
        fieldManager: 'me',
        force: true,
        dryRun: true,
        fieldValidation: 'Strict',
      })
      const seen = api.seen.at(-1)
      expect(seen?.method).toBe('PATCH')
      expect(seen?.headers['content-type']).toBe('application/apply-patch+yaml')
      expect(Object.fromEntries(seen?.query ?? [])).toEqual({
        fieldManager: 'me',
        force: 'true',
        dryRun: 'All',
        fieldValidation: 'Strict',
      })
      await client.patch(configMaps, a, {}, { type: 'merge', subresource: 'status' })
      expect(api.seen.at(-1)?.path).toBe('/api/v1/namespaces/apps/configmaps/a/status')
      expect(api.seen.at(-1)?.headers['content-type']).toBe('application/merge-patch+json')
    }))

  it('behind a fence are asked for at the last moment, reads never, whoever they are made as', () =>
    withApi(async (api, client, env) => {
      const asked: number[] = []
      let isOpen = true
      const fenced = client.behind(() => {
        asked.push(env.clock.monotonic())
        if (!isOpen) throw new Fault('Cancelled', 'closed')
      })
      const object: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: a }
      const made = await fenced.create(configMaps, object)
      await fenced.get(configMaps, a)
      await fenced.list(configMaps, { namespace: 'apps' })
      expect(asked.length).toBe(1)
      isOpen = false
      const sent = api.seen.length
      for (const one of [fenced, fenced.as({ user: 'somebody' })]) {
        const writes = [
          one.create(configMaps, object),
          one.update(configMaps, made),
          one.updateStatus(configMaps, made),
          one.patch(configMaps, a, {}, { type: 'merge' }),
          one.apply(configMaps, object, { fieldManager: 'me' }),
          one.delete(configMaps, a),
        ]
        for (const write of writes) expect((await faultOfCall(write)).reason).toBe('Cancelled')
      }
      expect(api.seen.length).toBe(sent)
      expect(await client.get(configMaps, a)).not.toBeNull()
    }))

  it('delete under preconditions', () =>
    withApi(async (api, client) => {
      api.put({ metadata: { ...a } })
      const options = { uid: 'u', resourceVersion: '7', propagation: 'Foreground' as const }
      expect(await client.delete(configMaps, a, options)).toBe(true)
      expect(api.seen.at(-1)?.body).toEqual({
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        preconditions: { uid: 'u', resourceVersion: '7' },
        propagationPolicy: 'Foreground',
      })
    }))

  it.each(['..', '.', '', 'a/b'])('never leave their path by a name such as "%s"', (name) =>
    withApi(async (api, client) => {
      await faultOfCall(client.get(configMaps, { namespace: 'apps', name }))
      await faultOfCall(client.delete(configMaps, { namespace: name, name: 'x' }))
      expect(api.seen).toHaveLength(0)
    }),
  )
})

describe('lists', () => {
  it('come in pages of one version', () =>
    withApi(async (api, client) => {
      for (let i = 0; i < 1_234; i++) api.put({ metadata: { namespace: 'apps', name: `c${i}` } })
      const { items, resourceVersion } = await client.list(configMaps, { namespace: 'apps' })
      expect(items).toHaveLength(1_234)
      expect(items[0]).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1' })
      expect(resourceVersion).toBe(api.version)
      expect(api.seen.map((request) => request.query.get('limit'))).toEqual(['500', '500', '500'])
    }))

  it('may lack a version where nothing is stored, as ComponentStatus does, if they say what they list', () =>
    withApi(async (api, client) => {
      api.intercept = () => json(200, { kind: 'ConfigMapList', metadata: {}, items: [] })
      expect(await client.list(configMaps)).toEqual({ items: [], resourceVersion: '' })
      api.intercept = () => json(200, { kind: 'SecretList', metadata: {}, items: [] })
      expect((await faultOfCall(client.list(configMaps))).reason).toBe('InvalidAnswer')
    }))

  it('begin again when their version expires between two pages', () =>
    withApi(async (api, client) => {
      for (let i = 0; i < 700; i++) api.put({ metadata: { namespace: 'apps', name: `c${i}` } })
      let refusals = 0
      api.intercept = (request) =>
        request.query.has('continue') && refusals++ < 10
          ? status(410, 'Expired', 'The provided continue parameter is too old')
          : undefined
      expect((await client.list(configMaps)).items).toHaveLength(700)
      expect(api.seen.at(-1)?.query.has('limit')).toBe(false)
    }))

  it('fail whole when a page fails', () =>
    withApi(async (api, client) => {
      for (let i = 0; i < 700; i++) api.put({ metadata: { namespace: 'apps', name: `c${i}` } })
      api.intercept = (request) =>
        request.query.has('continue') ? status(500, 'InternalError', 'x') : undefined
      expect((await faultOfCall(client.list(configMaps))).reason).toBe('Unavailable')
    }))

  it('of metadata hold no data, even from a server that sends it', () =>
    withApi(async (api, client) => {
      api.put({ metadata: { ...a }, data: { k: 'canary' } })
      const { items } = await client.listMetadata(secrets)
      expect(api.seen[0]?.headers['accept']).not.toMatch(/application\/json($|,)/)
      expect(JSON.stringify(items)).not.toContain('canary')
      expect(items[0]?.kind).toBe('Secret')
    }))
})

describe('identity', () => {
  it('asks for the token at each call, and anew when it is refused', async () => {
    const given: (string | undefined)[] = []
    let token = 'Bearer old'
    await withApi(
      async (api, client) => {
        api.put({ metadata: { ...a } })
        api.intercept = (request) =>
          request.headers['authorization'] === 'Bearer new'
            ? undefined
            : status(401, 'Unauthorized', 'Unauthorized')
        expect((await client.get(configMaps, a))?.metadata.name).toBe('a')
        expect(given).toEqual([undefined, 'Bearer old'])
      },
      {
        authorization: (refused) => {
          given.push(refused)
          if (refused !== undefined) token = 'Bearer new'
          return Promise.resolve(token)
        },
      },
    )
  })

  it('asks for the certificate anew when it is refused and there is no token', async () => {
    const given: (string | undefined)[] = []
    let cert = 'old'
    let calls = 0
    await withApi(
      async (api, client) => {
        api.put({ metadata: { ...a } })
        api.intercept = () =>
          ++calls === 1 || cert === 'bad' ? status(401, 'Unauthorized', 'Unauthorized') : undefined
        expect((await client.get(configMaps, a))?.metadata.name).toBe('a')
        expect(given).toEqual([undefined, 'old'])
        expect(calls).toBe(2)
        // What stays the same is not sent a second time.
        cert = 'bad'
        await expect(client.get(configMaps, a)).rejects.toMatchObject({ reason: 'AccessDenied' })
        expect(calls).toBe(3)
      },
      {
        tls: (refused) => {
          given.push(refused?.cert)
          if (refused !== undefined && cert === 'old') cert = 'new'
          return Promise.resolve({ cert, key: 'key' })
        },
      },
    )
  })

  it('impersonates by headers, for the one client only', () =>
    withApi(async (api, client) => {
      const other = client.as({ user: 'system:serviceaccount:apps:sync', groups: ['g1', 'g2'] })
      await other.get(configMaps, a)
      await client.get(configMaps, a)
      expect(api.seen[0]?.headers).toMatchObject({
        'impersonate-user': 'system:serviceaccount:apps:sync',
        'impersonate-group': ['g1', 'g2'],
      })
      expect(api.seen[1]?.headers['impersonate-user']).toBeUndefined()
    }))

  it('is the one that the configuration asks for', () =>
    withApi(
      async (api, client) => {
        await client.get(configMaps, a)
        expect(api.seen[0]?.headers['impersonate-user']).toBe('jane')
      },
      { as: { user: 'jane' } },
    ))

  it.each([
    ['an empty user', { user: '' }],
    ['a blank user', { user: '  ' }],
    ['an empty group', { user: 'a', groups: ['b', ''] }],
    ['a line break', { user: 'a\r\nImpersonate-Group: system:masters' }],
  ])('refuses to impersonate %s before any call', (_what, identity) =>
    withApi(async (api, client) => {
      expect(() => client.as(identity)).toThrow(Fault)
      expect(api.seen).toHaveLength(0)
    }),
  )
})

describe('load', () => {
  it('opens at most 32 connections for 1,000 requests, 20 at a time', async () => {
    const env = realEnv()
    const [api, listener] = await FakeApi.start(env)
    const client = createClient({ env, server: { url: listener.url } })
    api.put({ metadata: { ...a } })
    let left = 1_000
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        while (left-- > 0) await client.get(configMaps, a)
      }),
    )
    expect(api.seen).toHaveLength(1_000)
    expect(client.opened()).toBeLessThanOrEqual(32)
    await client.close()
    await listener.close()
  })

  it('keeps at most 32 calls in flight, fewer once the server is busy', () =>
    withApi(async (api, client, env) => {
      let inFlight = 0
      let most = 0
      let busy = false
      api.intercept = async () => {
        inFlight++
        most = Math.max(most, inFlight)
        await env.clock.sleep(50)
        inFlight--
        return busy ? status(429, 'TooManyRequests', 'busy') : undefined
      }
      const burst = (): Promise<unknown> =>
        Promise.allSettled(Array.from({ length: 200 }, () => client.get(configMaps, a)))
      await burst()
      expect(most).toBe(32)
      busy = true
      await burst()
      busy = false
      most = 0
      await Promise.allSettled(Array.from({ length: 12 }, () => client.get(configMaps, a)))
      expect(most).toBeLessThan(12)
      await burst()
      await burst()
      expect(client.load().limit).toBeGreaterThan(16)
    }))

  it('lets a lease pass a crowd', () =>
    withApi(async (api, client, env) => {
      const leases = resource('coordination.k8s.io/v1', 'Lease', 'leases')
      api.intercept = async (request) => {
        if (request.path.includes('configmaps')) await env.clock.sleep(1_000)
        return undefined
      }
      const crowd = Array.from({ length: 500 }, () => client.get(configMaps, a))
      const before = env.clock.monotonic()
      await client.get(leases, a)
      expect(env.clock.monotonic() - before).toBeLessThan(100)
      await Promise.all(crowd)
    }))

  it('lets a lease pass a crowd that holds every kept connection', async () => {
    const env = realEnv()
    const [api, listener] = await FakeApi.start(env)
    const client = createClient({ env, server: { url: listener.url } })
    const leases = resource('coordination.k8s.io/v1', 'Lease', 'leases')
    const leaseCame = Promise.withResolvers<void>()
    api.intercept = async (request) => {
      if (request.path.includes('configmaps')) await leaseCame.promise
      return undefined
    }
    const crowd = Array.from({ length: 40 }, () => client.get(configMaps, a))
    expect(await client.get(leases, a)).toBeNull()
    leaseCame.resolve()
    expect(await Promise.all(crowd)).toHaveLength(40)
    await client.close()
    await listener.close()
  })

  it('lets a cancelled call go at once, wherever it stands', () =>
    withApi(async (api, client) => {
      api.intercept = () => new Promise(() => {})
      const stop = new AbortController()
      const calls = Array.from({ length: 50 }, () =>
        client.get(configMaps, a, { signal: stop.signal }).catch((thrown: unknown) => thrown),
      )
      stop.abort(new Fault('Cancelled', 'enough'))
      for (const outcome of await Promise.all(calls)) {
        expect(outcome).toMatchObject({ reason: 'Cancelled' })
      }
      expect(client.load()).toMatchObject({ inFlight: 0, waiting: 0 })
    }))
})
