/**
 * The servers that are measured against, in a process of their own: the embedded API server and the
 * embedded Vault, with a count of what reaches them. `servers.ts` starts it and asks over IPC.
 */
import type { Handler, ServerRequest } from '#base'
import { realEnv } from '#base/env'
import { createKubeApi, type KubeApi } from '#embedded/kube-api'
import { createVault } from '#embedded/vault'
import { definitions } from './definitions.ts'
import { answerCalls } from './ipc.ts'

/** Where they are. */
export interface Addresses {
  readonly apiUrl: string
  readonly vaultUrl: string
  /** Vault's. */
  readonly rootToken: string
}

/** What the other side may ask; each is answered with its result. */
export interface ServerCalls {
  /** Puts `count` entries of three properties at `secret/apps/<number>`. */
  seed(count: number): void
  counts(): ServerCounts
  /** Forgets `firstAt`. */
  mark(): void
  /** Makes `count` Secrets without a trip over the network. */
  makeSecrets(count: number): Promise<void>
  /** Changes an annotation of each of them `rounds` times. */
  touchSecrets(count: number, rounds: number): Promise<void>
}

export interface ServerCounts {
  /** Requests that write, by verb and kind: `POST secrets`. Leases are apart, as `leases`. */
  readonly writes: Readonly<Record<string, number>>
  readonly leases: number
  /** Everything but writes and watches. */
  readonly reads: number
  readonly vaultReads: number
  readonly vaultLogins: number
  /** Wall time in milliseconds of the first write of each name since `mark`. */
  readonly firstAt: Readonly<Record<string, number>>
  readonly cpuMs: number
}

/** Entry number `i` of Vault. */
export function entryOf(i: number): Readonly<Record<string, string>> {
  return { username: `user-${i}`, password: `password-${i}`, host: `db-${i}` }
}

/** Wall time with a fraction; the same clock in every process of this machine. */
export function wallMs(): number {
  return performance.timeOrigin + performance.now()
}

const rootToken = 'bench-root'

async function serve(): Promise<void> {
  const env = realEnv()
  const api = createKubeApi({ env, crds: definitions() })
  const vault = createVault({ env, rootToken })
  const seen = new Seen()
  const apiListener = await env.net.listen(seen.counting(api.handler))
  const vaultListener = await env.net.listen(vault.handler)
  const calls: ServerCalls = {
    seed: (count) => {
      for (let i = 0; i < count; i++) {
        vault.put(`secret/apps/${i}`, entryOf(i))
      }
    },
    counts: () => ({
      writes: Object.fromEntries(seen.writes),
      leases: seen.leases,
      reads: seen.reads,
      vaultReads: vault.counts.reads,
      vaultLogins: vault.counts.logins,
      firstAt: Object.fromEntries(seen.firstAt),
      cpuMs: cpuMs(),
    }),
    mark: () => seen.firstAt.clear(),
    makeSecrets: (count) => eachSecret(count, (i) => makeSecret(api, i)),
    touchSecrets: async (count, rounds) => {
      for (let round = 0; round < rounds; round++) {
        await eachSecret(count, (i) => touchSecret(api, i, round))
      }
    },
  }
  const addresses = { apiUrl: apiListener.url, vaultUrl: vaultListener.url, rootToken }
  answerCalls(calls, addresses satisfies Addresses)
}

class Seen {
  readonly writes = new Map<string, number>()
  readonly firstAt = new Map<string, number>()
  leases = 0
  reads = 0

  counting(handler: Handler): Handler {
    return (request) => {
      this.#count(request)
      return handler(request)
    }
  }

  #count({ method, target }: ServerRequest): void {
    if (method === 'GET') {
      if (!target.includes('watch=')) this.reads++
      return
    }
    const name = `${method} ${kindIn(target)}`
    if (!this.firstAt.has(name)) this.firstAt.set(name, wallMs())
    if (name.endsWith(' leases')) this.leases++
    else this.writes.set(name, (this.writes.get(name) ?? 0) + 1)
  }
}

/** `secrets`, or `externalsecrets/status`. */
function kindIn(target: string): string {
  const parts = (target.split('?')[0] ?? '').split('/').filter((part) => part !== '')
  const inGroup = parts.slice(parts[0] === 'api' ? 2 : 3)
  const own = inGroup[0] === 'namespaces' && inGroup.length > 2 ? inGroup.slice(2) : inGroup
  return own[2] === undefined ? (own[0] ?? '') : `${own[0]}/${own[2]}`
}

const base = 'http://in-process'

async function call(
  api: KubeApi,
  method: string,
  path: string,
  body?: object,
  type = 'application/json',
): Promise<void> {
  const response = await api.handle(
    new Request(`${base}${path}`, {
      method,
      headers: { 'content-type': type, accept: 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  )
  if (response.status >= 400) throw new Error(`${method} ${path}: ${await response.text()}`)
  await response.arrayBuffer()
}

async function eachSecret(count: number, act: (i: number) => Promise<void>): Promise<void> {
  for (let i = 0; i < count; i++) {
    await act(i)
    // Watchers must be written to meanwhile, as by a server that answers over the network.
    if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
}

function makeSecret(api: KubeApi, i: number): Promise<void> {
  return call(api, 'POST', '/api/v1/namespaces/default/secrets', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `filler-${i}`,
      labels: { 'app.kubernetes.io/name': `app-${i}`, 'app.kubernetes.io/part-of': 'bench' },
      annotations: { 'example.com/note': `the owner of number ${i}` },
    },
    data: { blob: Buffer.alloc(1024, 65).toString('base64') },
  })
}

function touchSecret(api: KubeApi, i: number, round: number): Promise<void> {
  return call(
    api,
    'PATCH',
    `/api/v1/namespaces/default/secrets/filler-${i}`,
    { metadata: { annotations: { 'example.com/round': String(round) } } },
    'application/merge-patch+json',
  )
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

// Last, when everything above is there. Types of this file are imported elsewhere.
if (process.argv[1] === import.meta.filename) {
  await serve()
}
