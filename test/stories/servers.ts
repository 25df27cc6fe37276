/**
 * The API server that stories are played on: the embedded one, or, by `npm run test:real`, a real one
 * that is cleared after each story.
 */
import { resource, type Resource } from '#api'
import type { Clock, Env, TlsOptions } from '#base'
import { createKubeApi } from '#embedded/kube-api'
import { createClient, kubeconfigAccess, type Client } from '#kube'

/** A kubeconfig's path, where stories are to be played on real servers. */
export const realKubeconfig: string | undefined = process.env['LOCKSTEP_TEST_KUBECONFIG']

/** An API server with our kinds. */
export interface ApiServer {
  readonly access: { readonly url: string; readonly tls?: TlsOptions }
  close(): Promise<void>
}

/** The API server of one story. */
export async function apiServer(env: Env, crds: readonly object[]): Promise<ApiServer> {
  if (realKubeconfig !== undefined) return await realApiServer(env, realKubeconfig)
  const api = createKubeApi({ env, crds })
  const listener = await env.net.listen(api.handler)
  return {
    access: { url: listener.url },
    close: async () => {
      api.close()
      await listener.close()
    },
  }
}

/** A clock for stories in real time: where a story lets hours go by, seconds must do. */
export function hurried(clock: Clock, longestMs = 4_000): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    sleep: (ms, signal) => clock.sleep(Math.min(ms, longestMs), signal),
    timer: (ms, fire) => clock.timer(ms, fire),
  }
}

async function realApiServer(env: Env, path: string): Promise<ApiServer> {
  const { url, tls } = await kubeconfigAccess(env, { path })
  const fixed = typeof tls === 'function' ? await tls() : tls
  const access = { url, ...(fixed === undefined ? {} : { tls: fixed }) }
  return {
    access,
    close: async () => {
      const client = createClient({ env, server: access })
      try {
        await clear(client)
      } finally {
        await client.close()
      }
    },
  }
}

const ours = /(^|\.)(external-secrets\.io|bitnami\.com|toolkit\.fluxcd\.io)$/
const plain: readonly Resource[] = [
  resource('v1', 'Secret', 'secrets'),
  resource('v1', 'ConfigMap', 'configmaps'),
  resource('v1', 'Event', 'events'),
  resource('apps/v1', 'Deployment', 'deployments'),
  resource('coordination.k8s.io/v1', 'Lease', 'leases'),
]
const kept = /^(kube-.*|default)$/

/** Removes what a story left. No operator runs any more, so finalizers go by hand. */
async function clear(client: Client): Promise<void> {
  const kinds = (await client.discover()).filter((kind) => ours.test(kind.group))
  for (const kind of [...kinds, ...plain]) {
    for (const { metadata } of (await client.list(kind)).items) {
      if (kept.test(metadata.namespace ?? '')) continue
      const key = { namespace: metadata.namespace ?? '', name: metadata.name }
      if ((metadata.finalizers ?? []).length > 0) {
        await client.patch(kind, key, { metadata: { finalizers: null } }, { type: 'merge' })
      }
      await client.delete(kind, key)
    }
  }
}
