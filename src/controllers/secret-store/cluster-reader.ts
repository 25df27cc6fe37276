import { configMaps, secrets } from '#api'
import type { Client } from '#kube'
import { createClusterReader, type ClusterReader, type StoreContext } from '#provider'

/**
 * What providers may read of the cluster, over a client: bound to one store and one consumer, so that a
 * reference across namespaces from a namespaced store fails before anything is read. Every Secret and
 * ConfigMap comes with the resourceVersion read, which becomes part of the store's identity.
 */
export function clusterReader(client: Client, context: StoreContext): ClusterReader {
  return createClusterReader(
    {
      secret: (key, signal) => client.get(secrets, key, { signal }),
      configMap: (key, signal) => client.get(configMaps, key, { signal }),
      requestToken: (serviceAccount, request, signal) =>
        client.requestToken(serviceAccount, request, { signal }),
    },
    context,
  )
}
