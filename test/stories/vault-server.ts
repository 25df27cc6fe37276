/**
 * The Vault that stories are played on: the embedded one, or, by `npm run test:real`, a real one. Either
 * stands behind a listener of the stage, which stories close and open again.
 */
import { concatBytes, textOf, type Env, type ServerRequest, type ServerResponse } from '#base'
import { createVault, type EmbeddedVault, type ReviewerServer } from '#embedded/vault'

/** A Vault with KV v2 at `secret/`. */
export interface VaultServer {
  readonly vault: EmbeddedVault
  readonly rootToken: string
  close(): Promise<void>
}

/** Address and root token of a real Vault, where stories are to be played on one. */
const real = {
  url: process.env['LOCKSTEP_TEST_VAULT'],
  token: process.env['LOCKSTEP_TEST_VAULT_TOKEN'] ?? '',
}

/** The Vault of one story. */
export function vaultServer(env: Env, tokenReviewer: ReviewerServer): VaultServer {
  if (real.url !== undefined) return realVault(env, real.url, real.token)
  const rootToken = 'root-token-of-the-stage'
  return {
    rootToken,
    vault: createVault({ env, rootToken, tokenReviewer }),
    close: () => Promise.resolve(),
  }
}

/** What a story does to Vault is done in turn, and before anything else is answered. */
function realVault(env: Env, url: string, rootToken: string): VaultServer {
  const pool = env.net.pool()
  const counts = { reads: 0, logins: 0, requests: 0 }
  const written = new Set<string>()
  let done: Promise<unknown> = Promise.resolve()

  const call = async (method: string, path: string, body?: unknown): Promise<void> => {
    const answer = await pool.request({
      method,
      url: `${url}/v1/${path}`,
      headers: { 'x-vault-token': rootToken },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = textOf(await bytesOf(answer.body))
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  }
  const later = (work: () => Promise<void>): void => {
    done = done.then(work)
    done.catch(() => {}) // seen by whoever asks Vault next
  }
  const below = (path: string, part: string): string => path.replace('/', `/${part}/`)
  const onlyEmbedded = (): never => {
    throw new Error('a story that needs this plays on the embedded Vault only')
  }

  const forward = async (request: ServerRequest): Promise<ServerResponse> => {
    await done
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
      policy: (name, text) =>
        later(() => call('PUT', `sys/policies/acl/${name}`, { policy: text })),
      seal: () => later(() => call('PUT', 'sys/seal')),
      mount: onlyEmbedded,
      kubernetesRole: onlyEmbedded,
      token: onlyEmbedded,
      unseal: onlyEmbedded,
      revoke: onlyEmbedded,
    },
    close: async () => {
      await done.catch(() => {})
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
