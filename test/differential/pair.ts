/** The two servers side by side: a kube-apiserver, and an embedded one whose clock follows its. */
import type { Env } from '#base'
import type { ServerAccess } from '#kube'
import { namespaceOf, openEmbedded } from './embedded.ts'
import { addresses, definitionsToInstall } from './kinds.ts'
import type { Pair } from './play.ts'
import type { Answered, Ask } from './side.ts'

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
  const own = openEmbedded()
  let second = secondNow()
  return {
    real,
    ours: own.ask,
    kinds: addresses,
    namespace: async () => {
      const name = await own.namespace(run)
      await read(await real(namespaceOf(name)))
      await untilSecond()
      own.follow()
      second = secondNow()
      return name
    },
    together: async (whole = false) => {
      if (whole) {
        await nextSecond()
        second = secondNow()
      }
      own.follow()
    },
    turned: () => second !== secondNow(),
    close: async () => {
      own.close()
      await pool.close()
    },
  }
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
