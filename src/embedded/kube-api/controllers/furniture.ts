import type { Core } from '../core.ts'
import { install } from '../install.ts'
import { entryKey } from '../storage/store.ts'
import { Later } from './later.ts'

const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'

/** Puts into each namespace what is always there: ServiceAccount default and the root CA. */
export function startNamespaceFurniture(core: Core): () => void {
  const later = new Later(core, (namespace) => furnish(core, namespace))
  const stop = core.store.subscribeAll(({ bucket, type, entry }) => {
    const { name = '', namespace = '' } = entry.object.metadata
    if (bucket === 'namespaces' && type === 'ADDED') later.ask(name)
    else if (type === 'DELETED' && isFurniture(bucket, name)) later.ask(namespace)
  })
  return () => {
    stop()
    later.stop()
  }
}

function isFurniture(bucket: string, name: string): boolean {
  return (
    (bucket === 'serviceaccounts' && name === 'default') ||
    (bucket === 'configmaps' && name === 'kube-root-ca.crt')
  )
}

function furnish(core: Core, namespace: string): void {
  const entry = core.store.get('namespaces', entryKey('', namespace))
  if (entry === undefined || entry.object.metadata.deletionTimestamp !== undefined) return
  const has = (bucket: string, name: string): boolean =>
    core.store.get(bucket, entryKey(namespace, name)) !== undefined
  if (!has('configmaps', 'kube-root-ca.crt')) {
    install(core, [
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: 'kube-root-ca.crt',
          namespace,
          annotations: { 'kubernetes.io/description': description },
        },
        data: { 'ca.crt': core.rootCa },
      },
    ])
  }
  if (!has('serviceaccounts', 'default')) {
    install(core, [
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } },
    ])
  }
}
