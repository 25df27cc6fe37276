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
}

const crds = definitions()
const from = performance.now() // counts from the start of the process
const api = createKubeApi({ env: realEnv(), crds })
const answer = await api.handle(
  new Request('http://in-process/apis/external-secrets.io/v1/externalsecrets'),
)
await answer.text()
const serveMs = performance.now() - from
if (answer.status !== 200) throw new Error(`answered ${answer.status}`)
answerCalls({}, { importMs: from, serveMs } satisfies Started)
