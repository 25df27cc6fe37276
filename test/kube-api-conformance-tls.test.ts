/**
 * Plays the recorded exchanges over real TLS: the administrator logs in with a client certificate, and
 * whoever has none is nobody.
 */
import { Readable } from 'node:stream'
import { realEnv, silentLog } from '#base/env'
import type { Pool } from '#base'
import { createKubeApi } from '#embedded/kube-api'
import { afterAll, describe, expect, it } from 'vitest'
import { createAuthority } from './real/authority.ts'
import { disturbing, peaceful, playScenario, type Answered, type Asked } from './kube-api-player.ts'

const env = realEnv({ log: silentLog })
const api = createKubeApi({ env, anonymousIsAdmin: false })
const authority = await createAuthority(env, 'kube-api-conformance')
const [server, admin] = await Promise.all([
  authority.issue({ use: 'server', commonName: 'kube-api', names: ['127.0.0.1'] }),
  authority.issue({ use: 'client', commonName: 'admin', organizations: ['system:masters'] }),
])
const listener = await env.net.listen(api.handler, {
  tls: { ...server, clientCa: authority.certificate },
})
const ca = authority.certificate
const known = env.net.pool({ tls: { ca, ...admin } })
const nobody = env.net.pool({ tls: { ca } })

afterAll(async () => {
  await Promise.all([known.close(), nobody.close()])
  await listener.close()
  api.close()
})

async function transport(asked: Asked): Promise<Answered> {
  const { method, path, headers, body, anonymous, signal } = asked
  const isNobody = anonymous === true || headers['authorization'] !== undefined
  const pool: Pool = isNobody ? nobody : known
  const isWatch = /[?&]watch=|\/watch\//.test(path)
  const answer = await pool.request({
    method,
    url: listener.url + path,
    headers,
    bodyTimeoutMs: 0,
    dedicated: isWatch,
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  })
  if (isWatch && answer.status === 200) return answer
  // The player does not look at every body, and one that is not read keeps its connection.
  const parts: Uint8Array[] = []
  for await (const part of answer.body) parts.push(part)
  return { ...answer, body: Readable.from(parts) }
}

const compact = (revision: string): Promise<void> => Promise.resolve(api.compact(Number(revision)))

describe('the embedded API server answers as kube-apiserver did, over TLS', () => {
  for (const scenario of [...peaceful, ...disturbing]) {
    it(`${scenario.name}: ${scenario.title}`, { timeout: 90_000 }, async () => {
      const { outcome, failure } = await playScenario(scenario, { transport, compact })
      expect(failure).toBeUndefined()
      expect(outcome).toBe('passed')
    })
  }
})
