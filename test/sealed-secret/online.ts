/** A cluster on real time with a controller behind its Service, for command lines that ask one. */
import { namespaces, resource, type AnyObject } from '#api'
import type { Env } from '#base'
import { sealedSecretController } from '#controllers/sealed-secret'
import { createKubeApi } from '#embedded/kube-api'
import { createClient, type Client } from '#kube'
import { createEventRecorder } from '#runtime'
import { keySecret, sealedSecretCrd } from './lab.ts'

export interface OnlineCluster {
  readonly client: () => Client
  close(): Promise<void>
}

const servicePath =
  /^\/api\/v1\/namespaces\/(?:kube-system\/services\/http:sealed-secrets-controller:|sealing\/services\/http:my-sealer:http)\/proxy(\/.*)$/

/** Keys a, b, c; Services `kube-system/sealed-secrets-controller` and `sealing/my-sealer`. */
export async function onlineCluster(env: Env): Promise<OnlineCluster> {
  const stop = new AbortController()
  const api = createKubeApi({ env, crds: sealedSecretCrd() })
  // The API server's service proxy, for these two Services alone.
  const listener = await env.net.listen(async (request) => {
    const proxied = servicePath.exec(request.target)?.[1]
    return proxied === undefined
      ? api.handler(request)
      : controller.handler({ ...request, target: proxied })
  })
  const own = createClient({ env, server: { url: listener.url } })
  const controller = sealedSecretController({
    env,
    client: own,
    events: createEventRecorder({ env, client: own, component: 'sealed-secrets' }),
    options: {
      keyNamespace: 'kube-system',
      keyRenewPeriodMs: 0,
      rateLimit: 1000,
      rateLimitBurst: 1000,
    },
  })
  const services = resource<AnyObject>('v1', 'Service', 'services')
  const expose = async (namespace: string, name: string, port: object): Promise<void> => {
    await own.create(services, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace, name },
      spec: { ports: [{ port: 8080, ...port }] },
    })
  }
  for (const name of ['kube-system', 'sealing']) {
    if ((await own.get(namespaces, { name })) !== null) continue
    await own.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  }
  for (const key of ['a', 'b', 'c']) {
    await own.create(
      resource<AnyObject>('v1', 'Secret', 'secrets'),
      keySecret('kube-system', { key }),
    )
  }
  await expose('kube-system', 'sealed-secrets-controller', {})
  await expose('sealing', 'my-sealer', { name: 'http' })
  const running = controller.run(stop.signal)
  while (!controller.ready()) await env.clock.sleep(10)
  return {
    client: () => createClient({ env, server: { url: listener.url } }),
    close: async () => {
      stop.abort()
      await running
      await own.close()
      await listener.close()
      api.close()
    },
  }
}
