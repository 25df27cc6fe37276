/** The embedded API server as one of the two: its clock is set, and nothing in it acts by itself. */
import { simEnv } from '#base/env'
import { createKubeApi, type KubeApi } from '#embedded/kube-api'
import { definitionsToInstall } from './kinds.ts'
import type { Answered, Ask, Asked } from './side.ts'

/** One that runs. */
export interface Embedded {
  readonly ask: Ask
  /** Makes a namespace whose name begins with `run`. @returns its name. */
  namespace(run: string): Promise<string>
  /** Its clock shows what ours does. */
  follow(): void
  close(): void
}

/** How many namespaces are made before it is begun anew, so that what it keeps does not grow without end. */
const generation = 100

export function openEmbedded(): Embedded {
  const env = simEnv(1, { startMs: Date.now() })
  let api = begin(env)
  let made = 0
  return {
    ask: (asked) => askEmbedded(api, asked),
    namespace: async (run) => {
      if (made > 0 && made % generation === 0) {
        api.close()
        api = begin(env)
      }
      const name = `${run}-${made++}`
      await (await askEmbedded(api, namespaceOf(name))).body[Symbol.asyncIterator]().next()
      return name
    },
    follow: () => follow(env),
    close: () => api.close(),
  }
}

/** The question that makes a namespace. */
export function namespaceOf(name: string): Asked {
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  const headers = { 'content-type': 'application/json' }
  return { method: 'POST', path: '/api/v1/namespaces', headers, body }
}

function follow(env: ReturnType<typeof simEnv>): void {
  env.clock.jumpWall(Date.now() - env.clock.now())
}

function begin(env: ReturnType<typeof simEnv>): KubeApi {
  const api = createKubeApi({ env, crds: definitionsToInstall(), compactEveryMs: 0 })
  // What its controllers do by themselves they have done; from here on they stand still.
  while (env.clock.fireNext());
  follow(env)
  return api
}

async function askEmbedded(api: KubeApi, asked: Asked): Promise<Answered> {
  const bytes = Buffer.from(asked.body ?? '')
  const {
    status,
    headers = {},
    body = '',
  } = await api.handler({
    method: asked.method,
    target: asked.path,
    headers: asked.headers,
    body: chunks(bytes),
    remoteAddress: '127.0.0.1',
    signal: asked.signal ?? new AbortController().signal,
  })
  const isWhole = typeof body === 'string' || body instanceof Uint8Array
  return { status, headers, body: isWhole ? chunks(Buffer.from(body)) : body }
}

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes
}
