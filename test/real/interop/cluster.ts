/**
 * A cluster that real clients are pointed at: the run's kube-apiserver, or the embedded API server as
 * they would meet it, over TLS with client certificates, tokens and RBAC. The same tests run on both.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { TestRunner } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { resource, type AnyObject, type Resource } from '#api'
import type { Env, Handler, Listener } from '#base'
import { jsonLog, realEnv } from '#base/env'
import { createKubeApi } from '#embedded/kube-api'
import { createClient, kubeconfigAccess, type Client, type ServerAccess } from '#kube'
import { hasControllers } from '../../stories/servers.ts'
import { createAuthority, writePrivate } from '../authority.ts'
import { noteUse } from '../uses.ts'

/** A cluster for one test file. */
export interface Cluster {
  readonly env: Env
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string
  readonly access: ServerAccess
  readonly client: Client
  readonly url: string
  /** PEM of the authority that the server's certificate is from. */
  readonly ca: string
  /** For files of the tests; gone when it is closed. */
  readonly folder: string
  /** An address that the API server's Service proxy dials; undefined: there is none here. */
  readonly proxyAddress: string | undefined
  /** Forgets history up to a revision; undefined where it cannot be had. */
  readonly compact: ((revision: string) => Promise<void>) | undefined
  /** Makes a Service whose only endpoint is `proxyAddress:port`. */
  expose(service: { namespace: string; name: string; port: number }): Promise<void>
  close(): Promise<void>
}

/** The clusters of this run, each with how it is opened. */
export const clusters: readonly (readonly [string, () => Promise<Cluster>])[] = [
  ['kube-apiserver', openReal],
  ['the embedded API server', openEmbedded],
]

export const services: Resource<AnyObject> = resource<AnyObject>('v1', 'Service', 'services')
const pods: Resource<AnyObject> = resource<AnyObject>('v1', 'Pod', 'pods')
const endpoints: Resource<AnyObject> = resource<AnyObject>('v1', 'Endpoints', 'endpoints')
const namespaceKind = resource<AnyObject>('v1', 'Namespace', 'namespaces', 'cluster')

/** The definitions of crds/. */
export const definitions: readonly object[] = readdirSync('crds')
  .filter((name) => /^[a-z.-]+_[a-z]+\.yaml$/.test(name))
  .flatMap((name) => parseAllDocuments(readFileSync(`crds/${name}`, 'utf8')))
  .map((document) => document.toJS() as object)

/** The kube-apiserver that the run's global setup started. */
export async function openReal(): Promise<Cluster> {
  const kubeconfig = process.env['LOCKSTEP_TEST_KUBECONFIG']
  if (kubeconfig === undefined) throw new Error('run this by `npm run test:real -- interop`')
  // These tests remove sealing keys: nobody's cluster but their own will do.
  if (process.env['LOCKSTEP_TEST_BORROWED'] !== undefined)
    throw new Error('a lent cluster is not for this')
  return await openByKubeconfig(kubeconfig, process.env['LOCKSTEP_TEST_ETCD'])
}

/** A cluster that runs, and perhaps the etcd behind it. */
export async function openByKubeconfig(kubeconfig: string, etcdUrl?: string): Promise<Cluster> {
  const env = realEnv({ log: jsonLog('error', (line) => console.log(line)) })
  const access = await kubeconfigAccess(env, { path: kubeconfig })
  const tls = typeof access.tls === 'function' ? await access.tls() : access.tls
  const client = createClient({ env, server: access })
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-interop-'))
  const proxyAddress = outerAddress()
  return {
    env,
    get kubeconfig() {
      noteCluster()
      return kubeconfig
    },
    access,
    get client() {
      noteCluster()
      return client
    },
    url: access.url,
    ca: tls?.ca ?? '',
    folder,
    proxyAddress,
    compact: compactEtcd(etcdUrl),
    expose: (service) => exposeOnReal(client, proxyAddress, service),
    close: async () => {
      await client.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A test that reaches for a real one uses its parts; what prepares a file's other tests does not. */
export function noteCluster(): void {
  if (TestRunner.getCurrentTest() === undefined) return
  for (const name of ['etcd', 'kube-apiserver']) noteUse(name)
  if (hasControllers) noteUse('kube-controller-manager')
}

/** The embedded API server, with our kinds. Nobody is somebody without a credential. */
export async function openEmbedded(): Promise<Cluster> {
  const env = realEnv({ log: jsonLog('error', (line) => console.log(line)) })
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-interop-'))
  const authority = await createAuthority(env, 'lockstep-embedded')
  const server = await authority.issue({
    use: 'server',
    commonName: 'kube-apiserver',
    names: ['127.0.0.1', 'localhost'],
  })
  const admin = await authority.issue({
    use: 'client',
    commonName: 'admin',
    organizations: ['system:masters'],
  })
  const exposed = new Map<string, number>()
  const api = createKubeApi({
    env,
    crds: definitions,
    authorization: 'rbac',
    anonymousIsAdmin: false,
    rootCa: authority.certificate,
    serviceProxy: async ({ namespace, service, method, path, headers, body }) => {
      const port = exposed.get(`${namespace}/${service}`)
      if (port === undefined) return null
      const type = headers['content-type']
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        ...(typeof type === 'string' ? { headers: { 'content-type': type } } : {}),
        ...(method === 'POST' ? { body: Buffer.from(body) } : {}),
      })
      return {
        status: answer.status,
        headers: { 'content-type': answer.headers.get('content-type') ?? 'text/plain' },
        body: new Uint8Array(await answer.arrayBuffer()),
      }
    },
  })
  const listener = await env.net.listen(api.handler, {
    tls: { ...server, clientCa: authority.certificate },
  })
  const access: ServerAccess = {
    url: listener.url,
    tls: { ca: authority.certificate, cert: admin.cert, key: admin.key },
  }
  const client = createClient({ env, server: access })
  const kubeconfig = writePrivate(
    folder,
    'kubeconfig',
    kubeconfigText(listener.url, authority.certificate, admin),
  )
  return {
    env,
    kubeconfig,
    access,
    client,
    url: listener.url,
    ca: authority.certificate,
    folder,
    proxyAddress: '127.0.0.1',
    compact: (revision) => Promise.resolve(api.compact(Number(revision))),
    expose: async ({ namespace, name, port }) => {
      await ensureNamespace(client, namespace)
      await apply(client, serviceObject(namespace, name, port))
      exposed.set(`${namespace}/${name}`, port)
    },
    close: async () => {
      await client.close()
      api.close()
      await listener.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Serves `handler` where the Service proxy of the cluster finds it. */
export async function serveBehind(
  cluster: Cluster,
  service: { readonly namespace: string; readonly name: string },
  handler: Handler,
): Promise<Listener> {
  const host = cluster.proxyAddress ?? '127.0.0.1'
  const listener = await cluster.env.net.listen(handler, { host })
  if (cluster.proxyAddress !== undefined) await cluster.expose({ ...service, port: listener.port })
  return listener
}

/** Applies one object as somebody who owns all of it. */
export async function apply(client: Client, object: AnyObject): Promise<AnyObject> {
  const kind = await client.resourceOf(object.apiVersion, object.kind)
  if (kind === null) throw new Error(`${object.kind} of ${object.apiVersion} is not served`)
  return await client.apply(kind, object, { fieldManager: 'interop', force: true })
}

/** Applies each document of a YAML text. */
export async function applyYaml(client: Client, text: string): Promise<void> {
  for (const document of parseAllDocuments(text)) {
    const object: unknown = document.toJS()
    if (object !== null) await apply(client, object as AnyObject)
  }
}

/** Makes a namespace unless it is there. */
export async function ensureNamespace(client: Client, name: string): Promise<void> {
  if ((await client.get(namespaceKind, { name })) !== null) return
  await client.create(namespaceKind, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
}

function compactEtcd(url: string | undefined): Cluster['compact'] {
  if (url === undefined) return undefined
  return async (revision) => {
    const body = JSON.stringify({ revision })
    const answer = await fetch(`${url}/v3/kv/compaction`, { method: 'POST', body })
    if (!answer.ok) throw new Error(`etcd: ${answer.status} ${await answer.text()}`)
  }
}

// An API server refuses to dial loopback for a Service.
function outerAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === 'IPv4' && !one.internal)?.address
}

function serviceObject(namespace: string, name: string, port: number): AnyObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name },
    spec: { ports: [{ port: 8080, targetPort: port }] },
  }
}

/** The Service proxy dials Pods alone, so there has to be one that never runs but says that it does. */
async function exposeOnReal(
  client: Client,
  address: string | undefined,
  { namespace, name, port }: { namespace: string; name: string; port: number },
): Promise<void> {
  if (address === undefined) throw new Error('no address beside loopback')
  await ensureNamespace(client, namespace)
  await apply(client, serviceObject(namespace, name, port))
  const pod = { namespace, name: `${name}-0` }
  await apply(client, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: pod,
    spec: { containers: [{ name: 'controller', image: 'none' }] },
  })
  const status = { phase: 'Running', podIP: address, podIPs: [{ ip: address }] }
  await client.patch(pods, pod, { status }, { type: 'merge', subresource: 'status' })
  const old = await client.get(endpoints, { namespace, name })
  const wanted = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { namespace, name },
    subsets: [
      {
        addresses: [{ ip: address, targetRef: { kind: 'Pod', ...pod } }],
        ports: [{ port }],
      },
    ],
  }
  if (old === null) await client.create(endpoints, wanted)
  else await client.update(endpoints, { ...old, subsets: wanted.subsets })
}

function kubeconfigText(
  url: string,
  ca: string,
  pair: { readonly cert: string; readonly key: string },
): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64')
  return `apiVersion: v1
kind: Config
current-context: test
clusters:
  - name: test
    cluster: {server: "${url}", certificate-authority-data: ${base64(ca)}}
users:
  - name: test
    user: {client-certificate-data: ${base64(pair.cert)}, client-key-data: ${base64(pair.key)}}
contexts:
  - name: test
    context: {cluster: test, user: test}
`
}
