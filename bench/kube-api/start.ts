/** Starts an embedded API server in a fresh process, answers one request, and says how long it took. */
import { realEnv } from '#base/env'
import { createKubeApi } from '#embedded/kube-api'
import { definitions } from '../definitions.ts'
import { answerCalls } from '../ipc.ts'

/** Milliseconds. */
export interface Started {
  /** From the start of Node to the end of the imports. */
  readonly importMs: number
  /** From `createKubeApi`, with all our definitions to install, to the first answer. */
  readonly serveMs: number
  /** CPU of the same, the compiler's and collector's threads included. */
  readonly cpuMs: number
}

const crds = definitions()
const from = performance.now() // counts from the start of the process
const usage = process.cpuUsage()
const api = createKubeApi({ env: realEnv(), crds })
const answer = await api.handler({
  method: 'GET',
  target: '/apis/external-secrets.io/v1/externalsecrets',
  headers: { accept: 'application/json' },
  body: nothing(),
  remoteAddress: '127.0.0.1',
  signal: new AbortController().signal,
})
const serveMs = performance.now() - from
const { user, system } = process.cpuUsage(usage)
if (answer.status !== 200) throw new Error(`answered ${answer.status}`)
answerCalls({}, { importMs: from, serveMs, cpuMs: (user + system) / 1000 } satisfies Started)

async function* nothing(): AsyncGenerator<Uint8Array> {}
