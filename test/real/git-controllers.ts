/**
 * `node test/real/git-controllers.ts KUBECONFIG`: the git-sync controllers alone, with Flux's own rules
 * on accounts and namespaces, under which the cases of conformance/git-sync were recorded.
 */
import { jsonLog, realEnv } from '#base/env'
import { gitSyncControllers } from '#controllers/git-sync'
import { createClient, kubeconfigAccess } from '#kube'
import { createEventRecorder } from '#runtime'

const env = realEnv({ log: jsonLog('info', (line) => void process.stderr.write(line)) })
const path = process.argv[2]
if (path === undefined) throw new Error('which kubeconfig?')
const client = createClient({ env, server: await kubeconfigAccess(env, { path }) })
const folder = await env.fs.makeTempFolder('lockstep-git-sync-')
const events = createEventRecorder({ env, client, component: 'kustomize-controller' })
const control = new AbortController()
process.once('SIGTERM', () => control.abort(new Error('told to end')))
process.once('SIGINT', () => control.abort(new Error('told to end')))
// Flux sees drift when the interval has passed; the recorded steps show what stands until then.
const rules = {
  requireServiceAccount: false,
  allowCrossNamespace: true,
  drift: 'interval',
} as const
const options = { folder, ...rules }
await Promise.all(
  gitSyncControllers({ env, client, events, options }).map((each) => each.run(control.signal)),
)
await client.close()
await env.fs.remove(folder)
