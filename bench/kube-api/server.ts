/** The embedded API server, alone in a process, over TLS; `measure.ts` starts it and asks over IPC. */
import { realEnv } from '#base/env'
import { createKubeApi } from '#embedded/kube-api'
import { createAuthority } from '../../test/real/authority.ts'
import type { Identity } from '../bare.ts'
import { definitions } from '../definitions.ts'
import { answerCalls } from '../ipc.ts'

/** Where it is, and whom it takes for its administrator. */
export interface Address {
  readonly url: string
  readonly identity: Identity
}

/** What the other side may ask. */
export interface KubeApiCalls {
  /** What is in use after a full collection. */
  memory(): Memory
}

/** In MiB. */
export interface Memory {
  readonly rss: number
  readonly heapUsed: number
  readonly external: number
}

async function serve(): Promise<void> {
  const env = realEnv()
  const api = createKubeApi({ env, crds: definitions(), anonymousIsAdmin: false })
  const authority = await createAuthority(env, 'lockstep-bench')
  const server = await authority.issue({ use: 'server', commonName: 'api', names: ['127.0.0.1'] })
  const admin = await authority.issue({
    use: 'client',
    commonName: 'admin',
    organizations: ['system:masters'],
  })
  const tls = { ...server, clientCa: authority.certificate }
  const { url } = await env.net.listen(api.handler, { tls })
  const identity = { ca: authority.certificate, ...admin }
  const calls: KubeApiCalls = { memory }
  answerCalls(calls, { url, identity } satisfies Address)
}

function memory(): Memory {
  // Twice: what finalizers let go of is collected by the second. The last resort also gives back the
  // room of the young generation, which a burst of requests has made large.
  for (let i = 0; i < 2; i++) {
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  }
  const { rss, heapUsed, external } = process.memoryUsage()
  const mib = (bytes: number): number => bytes / 1_048_576
  return { rss: mib(rss), heapUsed: mib(heapUsed), external: mib(external) }
}

await serve()
