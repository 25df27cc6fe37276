/** The Vault of the faults: a real one where it can be had, else the embedded one on a port of its own. */
import { realEnv } from '#base/env'
import type { Handler, Listener } from '#base'
import { createVault } from '#embedded/vault'
import { programOf } from '../programs.ts'
import { startVault } from '../vault.ts'

/** A Vault with KV v2 at `secret/`, and what can befall it. */
export interface Backend {
  readonly kind: 'real' | 'embedded'
  readonly url: string
  put(path: string, values: Readonly<Record<string, string>>): Promise<void>
  /** A token that may read everything below `secret/`. */
  token(): Promise<string>
  revoke(token: string): Promise<void>
  stop(): Promise<void>
  start(): Promise<void>
  seal(): Promise<void>
  unseal(): Promise<void>
  /** Takes requests and answers none, until it goes on. */
  pause(): void
  resume(): void
  close(): Promise<void>
}

const policy = 'path "secret/*" { capabilities = ["read", "list"] }'

export async function startBackend(): Promise<Backend> {
  return programOf('vault', 'optional') === undefined ? await embedded() : await real()
}

async function real(): Promise<Backend> {
  const vault = await startVault()
  await vault.call('PUT', 'sys/policies/acl/reader', { policy })
  return {
    kind: 'real',
    url: vault.url,
    put: async (path, data) => void (await vault.call('POST', `secret/data/${path}`, { data })),
    token: async () => {
      const request = { policies: ['reader'], no_parent: true }
      const made = await vault.call('POST', 'auth/token/create', request)
      return (made as { auth: { client_token: string } }).auth.client_token
    },
    revoke: async (token) => void (await vault.call('POST', 'auth/token/revoke', { token })),
    stop: () => vault.stop(),
    start: () => vault.start(),
    seal: () => vault.seal(),
    unseal: () => vault.unseal(),
    pause: () => vault.pause(),
    resume: () => vault.resume(),
    close: () => vault.close(),
  }
}

async function embedded(): Promise<Backend> {
  const env = realEnv()
  const vault = createVault({ env, rootToken: 'root-of-the-faults' })
  vault.policy('reader', policy)
  let goesOn = Promise.withResolvers<void>()
  goesOn.resolve()
  const handler: Handler = async (request) => {
    await goesOn.promise
    return await vault.handler(request)
  }
  let listener: Listener = await env.net.listen(handler)
  const { url, port } = listener
  const stop = (): Promise<void> => listener.close()
  return {
    kind: 'embedded',
    url,
    put: (path, values) => Promise.resolve(vault.put(`secret/${path}`, values)),
    token: () => Promise.resolve(vault.token(['reader'])),
    revoke: (token) => Promise.resolve(vault.revoke(token)),
    stop,
    start: async () => {
      listener = await env.net.listen(handler, { port })
    },
    seal: () => Promise.resolve(vault.seal()),
    unseal: () => Promise.resolve(vault.unseal()),
    pause: () => {
      goesOn = Promise.withResolvers<void>()
    },
    resume: () => goesOn.resolve(),
    close: stop,
  }
}
