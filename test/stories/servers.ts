/**
 * The API server that stories are played on: the embedded one, or, by `npm run test:real`, a real one
 * that is cleared after each story.
 */
import { resource, type ObjectMeta, type Resource } from '#api'
import type { Clock, Env, TlsOptions } from '#base'
import { createKubeApi } from '#embedded/kube-api'
import { createClient, kubeconfigAccess, type Client, type ServerAccess } from '#kube'
import { noteUse } from '../real/uses.ts'

/** A kubeconfig's path, where stories are to be played on real servers. */
export const realKubeconfig: string | undefined = process.env['LOCKSTEP_TEST_KUBECONFIG']

/** Whether its Deployments make Pods, and namespaces end. */
export const hasControllers: boolean =
  process.env['LOCKSTEP_TEST_CONTROLLERS'] === '1' || process.env['LOCKSTEP_TEST_BORROWED'] === '1'

/** An API server with our kinds. */
export interface ApiServer {
  readonly access: Omit<ServerAccess, 'tls'> & { readonly tls?: TlsOptions }
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

/**
 * How often a story's ExternalSecrets are read: `usual` on virtual time, which costs nothing; as often as
 * may be in real time, where the story would wait for it.
 */
export function every(usual: string): string {
  return realKubeconfig === undefined ? usual : '2s'
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

/** Whether this file's first story has begun. */
let hasBegun = false

async function realApiServer(env: Env, path: string): Promise<ApiServer> {
  noteUse('etcd')
  noteUse('kube-apiserver')
  if (hasControllers) noteUse('kube-controller-manager')
  const { tls, ...rest } = await kubeconfigAccess(env, { path })
  const fixed = typeof tls === 'function' ? await tls() : tls
  const access = { ...rest, ...(fixed === undefined ? {} : { tls: fixed }) }
  const clearAll = async (): Promise<void> => {
    const client = createClient({ env, server: access })
    try {
      await clear(client)
    } finally {
      await client.close()
    }
  }
  // Tests that are no stories may have used the same names before.
  if (!hasBegun) await clearAll()
  hasBegun = true
  return { access, close: clearAll }
}

/** Marks what the real tests made in a cluster; nothing without it is ever removed. */
export const testLabel = 'lockstep.dev/test'

/** Every namespace that a story uses. */
export const storyNamespaces: readonly string[] = [
  'lockstep-system',
  'flux-system',
  'web',
  'other',
  'payments',
  'production',
  'staging',
  'ci-cd',
]

/** Rights across the cluster that stories give. */
export const storyClusterRoles: readonly string[] = ['token-reviewer', 'staging-deployer']

const namespaces = resource('v1', 'Namespace', 'namespaces', 'cluster')
const rbac = 'rbac.authorization.k8s.io/v1'
const ours = /(^|\.)(external-secrets\.io|bitnami\.com|toolkit\.fluxcd\.io)$/
const plain: readonly Resource[] = [
  resource('v1', 'Secret', 'secrets'),
  resource('v1', 'ConfigMap', 'configmaps'),
  resource('v1', 'Event', 'events'),
  resource('apps/v1', 'Deployment', 'deployments'),
  resource('apps/v1', 'ReplicaSet', 'replicasets'),
  resource('v1', 'Pod', 'pods'),
  resource('coordination.k8s.io/v1', 'Lease', 'leases'),
  resource('v1', 'ServiceAccount', 'serviceaccounts'),
  resource(rbac, 'Role', 'roles'),
  resource(rbac, 'RoleBinding', 'rolebindings'),
]
/** Put back at once by a controller of the cluster. */
const standing: ReadonlySet<string> = new Set(['default', 'kube-root-ca.crt'])
/** Rights across the cluster: stories give them under the names of `storyClusterRoles`. */
export const wideRights: readonly Resource[] = [
  resource(rbac, 'ClusterRole', 'clusterroles', 'cluster'),
  resource(rbac, 'ClusterRoleBinding', 'clusterrolebindings', 'cluster'),
]

/** Removes what a story left. No operator runs any more, so finalizers go by hand. */
export async function clear(client: Client): Promise<void> {
  const kinds = (await client.discover()).filter(({ group }) => ours.test(group))
  for (const kind of kinds.filter(({ verbs }) => verbs.includes('delete'))) {
    // Served by definitions that the tests brought: nobody else's can be among them.
    for (const item of (await client.list(kind)).items) await removeOne(client, kind, item)
  }
  const made = (await client.list(namespaces, { labelSelector: testLabel })).items
    .map(({ metadata }) => metadata.name)
    .filter((name) => storyNamespaces.includes(name))
  await Promise.all(
    made.map(async (namespace) => {
      for (const kind of plain) {
        const { items } = await client.list(kind, { namespace })
        for (const item of items) await removeOne(client, kind, item)
      }
    }),
  )
  for (const kind of wideRights)
    for (const name of storyClusterRoles) await client.delete(kind, { name })
}

async function removeOne(
  client: Client,
  kind: Resource,
  { metadata }: { readonly metadata: ObjectMeta },
): Promise<void> {
  if (standing.has(metadata.name)) return
  const key = {
    name: metadata.name,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
  }
  if ((metadata.finalizers ?? []).length > 0) {
    await client.patch(kind, key, { metadata: { finalizers: null } }, { type: 'merge' })
  }
  await client.delete(kind, key)
}
