/**
 * The servers under a cluster that is installed from deploy/: the embedded ones, which record who asks
 * for what, or a control plane of its own with its audit log, and a Vault, by `npm run test:real`.
 */
import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { resource, type Resource } from '#api'
import type { Env, Handler, Listener } from '#base'
import { createKubeApi } from '#embedded/kube-api'
import { createVault, type EmbeddedVault } from '#embedded/vault'
import { createClient, type Client, type ServerAccess } from '#kube'
import { startControlPlane } from '../real/control-plane.ts'
import { noteUse } from '../real/uses.ts'
import { realKubeconfig } from '../stories/servers.ts'
import { vaultServer } from '../stories/vault-server.ts'
import { audited, usesInAudit, type Use } from './rights.ts'

/** An API server that checks rights, a Vault that knows it, and the record of what was asked. */
export interface Servers {
  /** The administrator's access. */
  readonly access: ServerAccess
  readonly client: Client
  readonly vault: EmbeddedVault
  readonly vaultUrl: string
  /** Every request that was not the administrator's, so far. */
  uses(): readonly Use[]
  /** Lets the Service `sealed-secrets-controller` of `namespace` lead to a port of this machine. */
  expose(namespace: string, port: number): Promise<void>
}

/** What is done at the end, last first. */
export type Closing = (() => void | Promise<void>)[]

/** Starts them. `users` of Vault log in by the mount `kubernetes`. */
export async function startServers(env: Env, closing: Closing): Promise<Servers> {
  return realKubeconfig === undefined ? await embedded(env, closing) : await real(env, closing)
}

/** Vault's own token for the API server, with which it checks those it is shown. */
const reviewer = 'token-of-the-reviewer'

async function embedded(env: Env, closing: Closing): Promise<Servers> {
  const uses: Use[] = []
  let sealPort: number | undefined
  const api = createKubeApi({
    env,
    authorization: 'rbac',
    users: { [reviewer]: { name: 'vault', groups: ['system:masters'] } },
    serviceProxy: async ({ service, path, method, body }) => {
      if (service !== 'sealed-secrets-controller' || sealPort === undefined) return null
      const answer = await fetch(`http://127.0.0.1:${sealPort}${path}`, {
        method,
        ...(method === 'GET' ? {} : { body: new Uint8Array(body) }),
      })
      return { status: answer.status, body: new Uint8Array(await answer.arrayBuffer()) }
    },
  })
  const recorded = audited(api.handler, (use) => uses.push(use))
  const listener = await listening(env, recorded, closing)
  closing.push(() => api.close())
  const access = { url: listener.url }
  const client = createClient({ env, server: access })
  closing.push(() => client.close())
  const vault = createVault({
    env,
    rootToken: 'root',
    tokenReviewer: { url: listener.url, token: reviewer },
  })
  return {
    access,
    client,
    vault,
    vaultUrl: (await listening(env, vault.handler, closing)).url,
    uses: () => uses,
    expose: (_namespace, port) => {
      sealPort = port
      return Promise.resolve()
    },
  }
}

async function real(env: Env, closing: Closing): Promise<Servers> {
  const plane = await startControlPlane()
  closing.push(() => plane.close())
  noteUse('etcd')
  noteUse('kube-apiserver')
  if (plane.hasControllers) noteUse('kube-controller-manager')
  const client = createClient({ env, server: plane.access })
  closing.push(() => client.close())
  const { url, tls } = plane.access
  const fixed = typeof tls === 'function' ? await tls() : tls
  const token = await reviewerToken(client)
  const backend = vaultServer(env, { url, token, ...(fixed === undefined ? {} : { tls: fixed }) })
  closing.push(() => backend.close())
  return {
    access: plane.access,
    client,
    vault: backend.vault,
    vaultUrl: (await listening(env, backend.vault.handler, closing)).url,
    uses: () => usesInAudit(readFileSync(plane.auditLog, 'utf8')),
    expose: (namespace, port) => exposeOnReal(client, namespace, port),
  }
}

const accounts: Resource = resource('v1', 'ServiceAccount', 'serviceaccounts')
const bindings: Resource = resource(
  'rbac.authorization.k8s.io/v1',
  'ClusterRoleBinding',
  'clusterrolebindings',
  'cluster',
)

/** What Vault's documentation says: an account that may review tokens, and its token. */
async function reviewerToken(client: Client): Promise<string> {
  const key = { namespace: 'kube-system', name: 'vault' }
  await client.create(accounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: key })
  await client.create(bindings, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'vault' },
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:auth-delegator',
    },
    subjects: [{ kind: 'ServiceAccount', ...key }],
  })
  return (await client.requestToken(key, { expirationSeconds: 3_600 })).token
}

const pods: Resource = resource('v1', 'Pod', 'pods')
const endpoints: Resource = resource('v1', 'Endpoints', 'endpoints')

/** The Service proxy dials Pods alone, and no loopback: one that never runs says that it does. */
async function exposeOnReal(client: Client, namespace: string, port: number): Promise<void> {
  const ip = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === 'IPv4' && !one.internal)?.address
  if (ip === undefined) throw new Error('this machine has no address beside loopback')
  const pod = { namespace, name: 'stands-in-for-the-unsealer' }
  await client.create(pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: pod,
    spec: {
      // As the namespace's Pod Security wants it, since it is admitted as any other.
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'none',
          image: 'none',
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  })
  const status = { phase: 'Running', podIP: ip, podIPs: [{ ip }] }
  await client.patch(pods, pod, { status }, { type: 'merge', subresource: 'status' })
  await client.create(endpoints, {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { namespace, name: 'sealed-secrets-controller' },
    subsets: [{ addresses: [{ ip, targetRef: { kind: 'Pod', ...pod } }], ports: [{ port }] }],
  })
}

/** Serves on loopback until the end. */
export async function listening(env: Env, handler: Handler, closing: Closing): Promise<Listener> {
  const listener = await env.net.listen(handler)
  closing.push(() => listener.close())
  return listener
}
