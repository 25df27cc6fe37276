/**
 * The Vault that stories are played on: the embedded one, or, by `npm run test:real`, a real one. Either
 * stands behind a listener of the stage, which stories close and open again.
 */
import { at, concatBytes, textOf, type Env, type ServerRequest, type ServerResponse } from '#base'
import { createVault, type EmbeddedVault, type ReviewerServer } from '#embedded/vault'
import { noteUse } from '../real/uses.ts'

/** A Vault with KV v2 at `secret/`. */
export interface VaultServer {
  readonly vault: EmbeddedVault
  readonly rootToken: string
  close(): Promise<void>
}

/** Address, root token and unseal key of a real Vault, where stories are to be played on one. */
const real = {
  url: process.env['LOCKSTEP_TEST_VAULT'],
  token: process.env['LOCKSTEP_TEST_VAULT_TOKEN'] ?? '',
  unsealKey: process.env['LOCKSTEP_TEST_VAULT_KEY'] ?? '',
}

/** The Vault of one story. */
export function vaultServer(env: Env, tokenReviewer: ReviewerServer): VaultServer {
  if (real.url !== undefined) return realVault(env, real.url, real.token, tokenReviewer)
  const rootToken = 'root-token-of-the-stage'
  return {
    rootToken,
    vault: createVault({ env, rootToken, tokenReviewer }),
    close: () => Promise.resolve(),
  }
}

/** What a story does to Vault is done in turn, and before anything else is answered. */
function realVault(
  env: Env,
  url: string,
  rootToken: string,
  reviewer: ReviewerServer,
): VaultServer {
  const pool = env.net.pool()
  const counts = { reads: 0, logins: 0, requests: 0 }
  const written = new Set<string>()
  /** What takes the traces of this story away again. */
  const undo: (() => Promise<unknown>)[] = []
  const logins = new Set<string>()
  let done: Promise<unknown> = Promise.resolve()

  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await pool.request({
      method,
      url: `${url}/v1/${path}`,
      headers: { 'x-vault-token': rootToken },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = textOf(await bytesOf(answer.body))
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
  const later = (work: () => Promise<unknown>): void => {
    done = done.then(work)
    done.catch(() => {}) // seen by whoever asks Vault next
  }
  const below = (path: string, part: string): string => path.replace('/', `/${part}/`)

  const forward = async (request: ServerRequest): Promise<ServerResponse> => {
    await done
    noteUse('vault')
    counts.requests++
    const [, mount = ''] = request.target.split('/').slice(1)
    if (request.target.includes('/login')) counts.logins++
    else if (request.method !== 'POST' && mount !== 'sys' && mount !== 'auth') counts.reads++
    const { host: _host, connection: _connection, ...headers } = request.headers
    const body = await bytesOf(request.body)
    const answer = await pool.request({
      method: request.method,
      url: url + request.target,
      headers,
      signal: request.signal,
      ...(body.length === 0 ? {} : { body }),
    })
    const type = answer.headers['content-type']
    return {
      status: answer.status,
      headers: type === undefined ? {} : { 'content-type': type },
      body: await bytesOf(answer.body),
    }
  }

  const enableLogin = async (mount: string): Promise<void> => {
    await call('POST', `sys/auth/${mount}`, { type: 'kubernetes' })
    await call('POST', `auth/${mount}/config`, {
      kubernetes_host: reviewer.url,
      kubernetes_ca_cert: reviewer.tls?.ca ?? '',
      disable_local_ca_jwt: true,
      ...(reviewer.token === undefined ? {} : { token_reviewer_jwt: reviewer.token }),
    })
  }

  const revokeAll = async (): Promise<void> => {
    const own = at(await call('GET', 'auth/token/lookup-self'), 'data', 'accessor')
    const all = at(await call('LIST', 'auth/token/accessors'), 'data', 'keys')
    for (const accessor of (all as readonly string[]).filter((each) => each !== own)) {
      await call('POST', 'auth/token/revoke-accessor', { accessor })
    }
  }

  return {
    rootToken,
    vault: {
      handler: forward,
      counts,
      put: (path, data) => {
        written.add(path)
        later(() => call('POST', below(path, 'data'), { data }))
      },
      remove: (path) => later(() => call('DELETE', below(path, 'data'))),
      policy: (name, text) => {
        later(() => call('PUT', `sys/policies/acl/${name}`, { policy: text }))
        undo.push(() => call('DELETE', `sys/policies/acl/${name}`))
      },
      mount: (name, version) => {
        later(() => call('POST', `sys/mounts/${name}`, { type: 'kv', options: { version } }))
        undo.push(() => call('DELETE', `sys/mounts/${name}`))
      },
      kubernetesRole: (name, role, { mount = 'kubernetes' } = {}) => {
        if (!logins.has(mount)) {
          logins.add(mount)
          later(() => enableLogin(mount))
          undo.push(() => call('DELETE', `sys/auth/${mount}`))
        }
        later(() => call('POST', `auth/${mount}/role/${name}`, role))
      },
      token: (policies, { lifeMs = 0 } = {}) => {
        const id = `story-${env.entropy.uuid()}`
        const ttl = lifeMs === 0 ? {} : { ttl: `${lifeMs}ms` }
        later(() => call('POST', 'auth/token/create', { id, policies, ...ttl }))
        undo.push(() => call('POST', 'auth/token/revoke', { token: id }))
        return id
      },
      seal: () => {
        later(() => call('PUT', 'sys/seal'))
        undo.push(() => call('PUT', 'sys/unseal', { key: real.unsealKey }))
      },
      unseal: () => later(() => call('PUT', 'sys/unseal', { key: real.unsealKey })),
      revoke: (token) =>
        later(() =>
          token === undefined ? revokeAll() : call('POST', 'auth/token/revoke', { token }),
        ),
    },
    close: async () => {
      await done.catch(() => {})
      for (const step of undo.toReversed()) await step()
      for (const path of written) await call('DELETE', below(path, 'metadata'))
      await pool.close()
    },
  }
}

async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of body) parts.push(part)
  return concatBytes(parts)
}
