import { textOf } from '#base'
import { simEnv, type SimEnv } from '#base/env'
import { describe, expect, it } from 'vitest'
import { allows, parsePolicy } from './policy.ts'
import { createVault, type EmbeddedVault } from './vault.ts'

const root = 'root-token'

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

interface World {
  readonly env: SimEnv
  readonly vault: EmbeddedVault
  readonly call: (
    method: string,
    path: string,
    options?: {
      readonly body?: unknown
      readonly token?: string | null
      readonly headers?: Readonly<Record<string, string>>
      readonly raw?: string
    },
  ) => Promise<Answer>
}

/** A Vault that lets ServiceAccount `apps/web` in, whose token is `jwt-web`. */
async function withVault(work: (world: World) => Promise<void>): Promise<void> {
  const env = simEnv(1)
  await env.clock.run(async () => {
    const vault = createVault({
      env,
      rootToken: root,
      tokenReviewer: async (jwt) =>
        await Promise.resolve(
          jwt === 'jwt-web' ? { username: 'system:serviceaccount:apps:web', uid: 'u1' } : null,
        ),
    })
    const { url } = await env.net.listen(vault.handler)
    const pool = env.net.pool()
    await work({
      env,
      vault,
      call: async (method, path, options = {}) => {
        const token = options.token === undefined ? root : options.token
        const body =
          options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body))
        const answer = await pool.request({
          method,
          url: `${url}/v1/${path}`,
          headers: { ...options.headers, ...(token === null ? {} : { 'x-vault-token': token }) },
          ...(body === undefined ? {} : { body }),
        })
        let text = ''
        for await (const chunk of answer.body) text += textOf(chunk)
        return {
          status: answer.status,
          body: (text === '' ? {} : JSON.parse(text)) as Answer['body'],
        }
      },
    })
  })
}

describe('KV version 2', () => {
  it('keeps versions, and answers with the newest or the one that is asked for', async () => {
    await withVault(async ({ call }) => {
      const wrote = await call('POST', 'secret/data/apps/db', { body: { data: { pw: 'one' } } })
      expect(wrote).toMatchObject({
        status: 200,
        body: { data: { version: 1, destroyed: false, deletion_time: '', custom_metadata: null } },
      })
      await call('PUT', 'secret/data/apps/db', { body: { data: { pw: 'two' } } })
      expect((await call('GET', 'secret/data/apps/db')).body).toMatchObject({
        request_id: expect.any(String) as string,
        lease_id: '',
        renewable: false,
        data: { data: { pw: 'two' }, metadata: { version: 2 } },
        wrap_info: null,
        warnings: null,
        auth: null,
      })
      const first = await call('GET', 'secret/data/apps/db?version=1')
      expect(first.body).toMatchObject({ data: { data: { pw: 'one' } } })
      expect(await call('GET', 'secret/data/apps/db?version=9')).toEqual({
        status: 404,
        body: { errors: [] },
      })
    })
  })

  it('tells missing, deleted, destroyed and no such mount apart as Vault does', async () => {
    await withVault(async ({ call, vault }) => {
      expect(await call('GET', 'secret/data/none')).toEqual({ status: 404, body: { errors: [] } })
      vault.put('secret/db', { pw: 'x' })
      await call('DELETE', 'secret/data/db')
      const deleted = await call('GET', 'secret/data/db')
      expect(deleted).toMatchObject({
        status: 404,
        body: { data: { data: null, metadata: { version: 1, destroyed: false } } },
      })
      expect(JSON.stringify(deleted.body)).toMatch(/"deletion_time":"2026-/)
      await call('POST', 'secret/undelete/db', { body: { versions: [1] } })
      expect((await call('GET', 'secret/data/db')).status).toBe(200)
      await call('PUT', 'secret/destroy/db', { body: { versions: [1] } })
      expect(await call('GET', 'secret/data/db')).toMatchObject({
        status: 404,
        body: { data: { data: null, metadata: { destroyed: true } } },
      })
      expect(await call('GET', 'nomount/data/db')).toEqual({
        status: 404,
        body: { errors: ['no handler for route "nomount/data/db". route entry not found.'] },
      })
      expect(await call('GET', 'secret/db')).toMatchObject({
        status: 404,
        body: { warnings: [expect.stringContaining('Invalid path for a versioned K/V') as string] },
      })
    })
  })

  it('writes only on the version that was seen, when asked to', async () => {
    await withVault(async ({ call }) => {
      const write = (cas: number): Promise<Answer> =>
        call('POST', 'secret/data/db', { body: { data: { a: cas }, options: { cas } } })
      expect((await write(0)).status).toBe(200)
      expect(await write(0)).toEqual({
        status: 400,
        body: { errors: ['check-and-set parameter did not match the current version'] },
      })
      expect((await write(1)).status).toBe(200)
      await call('POST', 'secret/metadata/db', { body: { cas_required: true } })
      expect(await call('POST', 'secret/data/db', { body: { data: {} } })).toMatchObject({
        status: 400,
      })
    })
  })

  it('keeps metadata of one’s own, and forgets everything with it', async () => {
    await withVault(async ({ call }) => {
      await call('POST', 'secret/data/db', { body: { data: { a: 1 } } })
      await call('POST', 'secret/metadata/db', { body: { custom_metadata: { team: 'red' } } })
      expect((await call('GET', 'secret/metadata/db')).body).toMatchObject({
        data: { current_version: 1, custom_metadata: { team: 'red' }, versions: { '1': {} } },
      })
      expect((await call('DELETE', 'secret/metadata/db')).status).toBe(204)
      expect((await call('GET', 'secret/data/db')).status).toBe(404)
    })
  })

  it('lists one folder, deeper ones with a slash; an empty one is 404', async () => {
    await withVault(async ({ call, vault }) => {
      for (const path of ['a', 'apps/db', 'apps/web/x', 'b']) vault.put(`secret/${path}`, { v: 1 })
      expect((await call('LIST', 'secret/metadata')).body).toMatchObject({
        data: { keys: ['a', 'apps/', 'b'] },
      })
      expect((await call('GET', 'secret/metadata/apps?list=true')).body).toMatchObject({
        data: { keys: ['db', 'web/'] },
      })
      expect(await call('LIST', 'secret/metadata/none')).toEqual({
        status: 404,
        body: { errors: [] },
      })
    })
  })

  it('takes __proto__ for a name like any other', async () => {
    await withVault(async ({ call }) => {
      const raw = '{"data":{"__proto__":"p","constructor":"c"}}'
      await call('POST', 'secret/data/__proto__', { raw })
      const read = await call('GET', 'secret/data/__proto__')
      expect(JSON.stringify(read.body['data'])).toContain('"__proto__":"p"')
      expect((await call('GET', 'secret/data/constructor')).status).toBe(404)
    })
  })
})

describe('KV version 1', () => {
  it('keeps one value a path', async () => {
    await withVault(async ({ call, vault }) => {
      vault.mount('kv', 1)
      expect((await call('POST', 'kv/apps/db', { body: { pw: 'x<y' } })).status).toBe(204)
      expect((await call('GET', 'kv/apps/db')).body).toMatchObject({
        data: { pw: 'x<y' },
        lease_duration: 2_764_800,
      })
      expect((await call('LIST', 'kv/apps')).body).toMatchObject({ data: { keys: ['db'] } })
      await call('DELETE', 'kv/apps/db')
      expect(await call('GET', 'kv/apps/db')).toEqual({ status: 404, body: { errors: [] } })
    })
  })

  it('is mounted and shown through the API', async () => {
    await withVault(async ({ call }) => {
      const mounted = await call('POST', 'sys/mounts/old', { body: { type: 'kv' } })
      expect(mounted.status).toBe(204)
      expect(await call('POST', 'sys/mounts/old', { body: { type: 'kv' } })).toEqual({
        status: 400,
        body: { errors: ['path is already in use at old/'] },
      })
      expect((await call('GET', 'sys/mounts')).body).toMatchObject({
        data: { 'old/': { options: { version: '1' } }, 'secret/': { options: { version: '2' } } },
      })
      expect((await call('GET', 'sys/internal/ui/mounts/secret/a')).body).toMatchObject({
        data: { path: 'secret/', type: 'kv', options: { version: '2' } },
      })
    })
  })
})

describe('tokens and policies', () => {
  it('let in who may, and nobody else', async () => {
    await withVault(async ({ call, vault }) => {
      vault.put('secret/apps/db', { pw: 'x' })
      vault.put('secret/other', { pw: 'x' })
      vault.policy('apps', 'path "secret/data/apps/*" { capabilities = ["read"] }')
      const token = vault.token(['apps'])
      expect((await call('GET', 'secret/data/apps/db', { token })).status).toBe(200)
      expect(await call('GET', 'secret/data/other', { token })).toEqual({
        status: 403,
        body: { errors: ['1 error occurred:\n\t* permission denied\n\n'] },
      })
      const write = { token, body: { data: {} } }
      expect((await call('POST', 'secret/data/apps/db', write)).status).toBe(403)
      expect((await call('LIST', 'secret/metadata/apps', { token })).status).toBe(403)
      expect((await call('GET', 'secret/data/apps/db', { token: null })).status).toBe(403)
      expect(await call('GET', 'secret/data/apps/db', { token: 'hvs.wrong' })).toMatchObject({
        status: 403,
        body: { errors: [expect.stringContaining('invalid token') as string] },
      })
    })
  })

  it('expire, are renewed, and can be taken back', async () => {
    await withVault(async ({ call, vault, env }) => {
      const token = vault.token([], { lifeMs: 60_000 })
      const look = (): Promise<Answer> => call('GET', 'auth/token/lookup-self', { token })
      expect((await look()).body).toMatchObject({ data: { ttl: 60, renewable: true } })
      await env.clock.sleep(40_000)
      expect((await look()).body).toMatchObject({ data: { ttl: 20 } })
      const renewed = await call('POST', 'auth/token/renew-self', { token })
      expect(renewed.body).toMatchObject({ auth: { lease_duration: 60 } })
      await env.clock.sleep(50_000)
      expect((await look()).status).toBe(200)
      await env.clock.sleep(10_001)
      expect((await look()).status).toBe(403)
      const other = vault.token([])
      vault.revoke()
      expect((await call('GET', 'auth/token/lookup-self', { token: other })).status).toBe(403)
      expect((await call('GET', 'auth/token/lookup-self')).status).toBe(200)
    })
  })

  it('follow the most specific rule', () => {
    const rules = parsePolicy(`
      # what the team may
      path "secret/data/*" { capabilities = ["read", "list"] }
      path "secret/data/admin/*" { capabilities = ["deny"] }
      path "secret/data/admin/public" { capabilities = ["read"] }
      path "secret/metadata/+/db" { capabilities = ["read"] }
    `)
    expect(allows(rules, 'secret/data/x/y', 'read')).toBe(true)
    expect(allows(rules, 'secret/data/x/y', 'update')).toBe(false)
    expect(allows(rules, 'secret/data/admin/x', 'read')).toBe(false)
    expect(allows(rules, 'secret/data/admin/public', 'read')).toBe(true)
    expect(allows(rules, 'secret/metadata/a/db', 'read')).toBe(true)
    expect(allows(rules, 'secret/metadata/a/b/db', 'read')).toBe(false)
    expect(allows(parsePolicy('nonsense'), 'secret/data/x', 'read')).toBe(false)
    const json = parsePolicy('{"path":{"a/*":{"capabilities":["read"]}}}')
    expect(allows(json, 'a/b', 'read')).toBe(true)
  })
})

describe('logging in', () => {
  it('works with the token of a ServiceAccount that the role names', async () => {
    await withVault(async ({ call, vault }) => {
      vault.put('secret/db', { pw: 'x' })
      vault.policy('db', 'path "secret/data/db" { capabilities = ["read"] }')
      vault.kubernetesRole('web', {
        bound_service_account_names: ['web'],
        bound_service_account_namespaces: ['apps'],
        token_policies: ['db'],
        token_ttl: '10m',
      })
      const login = (role: string, jwt: string): Promise<Answer> =>
        call('POST', 'auth/kubernetes/login', { body: { role, jwt }, token: null })
      const done = await login('web', 'jwt-web')
      expect(done.body).toMatchObject({
        auth: {
          policies: ['db', 'default'],
          lease_duration: 600,
          renewable: true,
          metadata: { service_account_name: 'web', service_account_namespace: 'apps' },
        },
      })
      const token = (done.body['auth'] as { client_token: string }).client_token
      expect((await call('GET', 'secret/data/db', { token })).status).toBe(200)
      expect(await login('nobody', 'jwt-web')).toEqual({
        status: 400,
        body: { errors: ['invalid role name "nobody"'] },
      })
      expect((await login('web', 'jwt-other')).status).toBe(403)
      vault.kubernetesRole('web', {
        bound_service_account_names: 'web',
        bound_service_account_namespaces: 'elsewhere',
      })
      expect(await login('web', 'jwt-web')).toEqual({
        status: 403,
        body: { errors: ['namespace not authorized'] },
      })
      expect(vault.counts.logins).toBe(1)
    })
  })

  it('works with a role id and a secret id', async () => {
    await withVault(async ({ call }) => {
      await call('POST', 'auth/approle/role/ci', { body: { token_policies: 'db' } })
      const role = await call('GET', 'auth/approle/role/ci/role-id')
      const secret = await call('POST', 'auth/approle/role/ci/secret-id')
      const { role_id } = role.body['data'] as { role_id: string }
      const { secret_id } = secret.body['data'] as { secret_id: string }
      const login = (body: object): Promise<Answer> =>
        call('POST', 'auth/approle/login', { body, token: null })
      expect((await login({ role_id, secret_id })).body).toMatchObject({
        auth: { policies: ['db', 'default'] },
      })
      expect(await login({ role_id, secret_id: 'wrong' })).toEqual({
        status: 400,
        body: { errors: ['invalid role or secret ID'] },
      })
    })
  })
})

describe('namespaces', () => {
  it('are worlds of their own, named by header or in the path', async () => {
    await withVault(async ({ call, vault }) => {
      vault.put('secret/db', { at: 'root' })
      vault.put('secret/db', { at: 'team' }, { namespace: 'team' })
      const headers = { 'x-vault-namespace': 'team/' }
      expect((await call('GET', 'secret/data/db')).body).toMatchObject({
        data: { data: { at: 'root' } },
      })
      expect((await call('GET', 'secret/data/db', { headers })).body).toMatchObject({
        data: { data: { at: 'team' } },
      })
      expect((await call('GET', 'team/secret/data/db')).body).toMatchObject({
        data: { data: { at: 'team' } },
      })
      vault.policy('all', 'path "*" { capabilities = ["read"] }', { namespace: 'team' })
      const token = vault.token(['all'], { namespace: 'team' })
      expect((await call('GET', 'secret/data/db', { headers, token })).status).toBe(200)
      expect((await call('GET', 'secret/data/db', { token })).status).toBe(403)
      const none = { headers: { 'x-vault-namespace': 'none' } }
      expect((await call('GET', 'secret/data/db', none)).status).toBe(404)
    })
  })
})

describe('a sealed or ill-used Vault', () => {
  it('answers 503 to everything but its own state', async () => {
    await withVault(async ({ call, vault }) => {
      vault.put('secret/db', { a: 1 })
      vault.seal()
      expect(await call('GET', 'secret/data/db')).toEqual({
        status: 503,
        body: { errors: ['Vault is sealed'] },
      })
      expect(await call('GET', 'sys/health', { token: null })).toMatchObject({
        status: 503,
        body: { sealed: true },
      })
      expect((await call('GET', 'sys/seal-status')).body).toMatchObject({ sealed: true })
      vault.unseal()
      expect((await call('GET', 'secret/data/db')).status).toBe(200)
      expect((await call('GET', 'sys/health')).status).toBe(200)
    })
  })

  it('answers bad requests without falling over', async () => {
    await withVault(async ({ call }) => {
      expect((await call('POST', 'secret/data/db', { raw: '{"data":' })).status).toBe(500)
      expect((await call('POST', 'secret/data/db', { raw: '[]' })).status).toBe(400)
      expect((await call('POST', 'secret/data/db', { body: {} })).status).toBe(400)
      expect((await call('BREW', 'secret/data/db')).status).toBe(404)
      expect((await call('GET', 'secret/data/%zz')).status).toBe(400)
      expect((await call('GET', 'secret/data/db?version=x')).status).toBe(400)
    })
  })

  it('counts what was asked of it', async () => {
    await withVault(async ({ call, vault }) => {
      vault.put('secret/db', { a: 1 })
      await call('GET', 'secret/data/db')
      await call('LIST', 'secret/metadata')
      await call('GET', 'secret/data/db', { token: 'wrong' })
      expect(vault.counts).toEqual({ reads: 2, logins: 0, requests: 2 })
    })
  })
})
