/** The two servers side by side: a kube-apiserver, and an embedded one whose clock follows its. */
import type { Env } from '#base'
import { simEnv } from '#base/env'
import { createKubeApi, type KubeApi } from '#embedded/kube-api'
import type { ServerAccess } from '#kube'
import { addresses, definitionsToInstall } from './kinds.ts'
import type { Pair } from './play.ts'
import type { Answered, Ask, Asked } from './side.ts'

export interface OpenPair extends Pair {
  close(): Promise<void>
}

/** Installs the kinds on the real server, and starts an embedded one with the same. */
export async function openPair(env: Env, access: ServerAccess, run: string): Promise<OpenPair> {
  const tls = typeof access.tls === 'function' ? await access.tls() : access.tls
  const pool = env.net.pool(tls === undefined ? {} : { tls })
  const real: Ask = async ({ method, path, headers, body, signal }) =>
    await pool.request({
      method,
      url: access.url + path,
      headers,
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal, dedicated: true }),
    })
  await install(real)
  const clocked = simEnv(1, { startMs: Date.now() })
  let api = embedded(clocked)
  let made = 0
  let second = secondNow()
  return {
    real,
    ours: (asked) => askEmbedded(api, asked),
    kinds: addresses,
    namespace: async () => {
      // What is kept in memory does not grow without end.
      if (made > 0 && made % 100 === 0) {
        api.close()
        api = embedded(clocked)
      }
      const name = `${run}-${made++}`
      const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
      const asked = {
        method: 'POST',
        path: '/api/v1/namespaces',
        headers: { 'content-type': 'application/json' },
        body,
      }
      for (const ask of [real, (one: Asked) => askEmbedded(api, one)]) await read(await ask(asked))
      await untilSecond()
      follow(clocked)
      second = secondNow()
      return name
    },
    together: async (whole = false) => {
      if (whole) {
        await nextSecond()
        second = secondNow()
      }
      follow(clocked)
    },
    turned: () => second !== secondNow(),
    close: async () => {
      api.close()
      await pool.close()
    },
  }
}

function follow(env: ReturnType<typeof simEnv>): void {
  env.clock.jumpWall(Date.now() - env.clock.now())
}

const secondNow = (): number => Math.floor(Date.now() / 1_000)

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

// A sequence that begins with little left of a second would see two.
async function untilSecond(): Promise<void> {
  if (Date.now() % 1_000 > 700) await nextSecond()
}

async function nextSecond(): Promise<void> {
  await sleep(1_002 - (Date.now() % 1_000))
}

function embedded(env: ReturnType<typeof simEnv>): KubeApi {
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

async function read({ status, body }: Answered): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of body) parts.push(part)
  const text = Buffer.concat(parts).toString()
  if (status >= 300 && ![404, 409, 429].includes(status)) throw new Error(text)
  return text
}

async function install(real: Ask): Promise<void> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  const headers = { 'content-type': 'application/json' }
  for (const definition of definitionsToInstall()) {
    await read(await real({ method: 'POST', path, headers, body: JSON.stringify(definition) }))
  }
  for (const { apiVersion, plural } of Object.values(addresses)) {
    if (!apiVersion.includes('.')) continue
    for (;;) {
      const answer = await real({
        method: 'GET',
        path: `/apis/${apiVersion}/${plural}`,
        headers: {},
      })
      await read(answer)
      if (answer.status === 200) break
      await sleep(50)
    }
  }
}
