/**
 * Serves the embedded API server over HTTP, for trying clients against it by hand:
 *
 *   node test/kube-api-serve.ts [port]
 */
import { realEnv } from '#base/env'
import { createKubeApi } from '#embedded/kube-api'

const env = realEnv()
const api = createKubeApi({ env })
const listener = await env.net.listen(api.handler, { port: Number(process.argv[2] ?? 8001) })
console.log(`listening on ${listener.url}; try: kubectl --server ${listener.url} get namespaces`)
