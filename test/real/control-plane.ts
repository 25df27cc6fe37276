/**
 * A real control plane on loopback, for one run: etcd, kube-apiserver with RBAC and an audit log, and a
 * kube-controller-manager with the controllers that stories need. Works as any user, in a container too.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { realEnv } from '#base/env'
import { createClient, type Client, type ServerAccess } from '#kube'
import { generateKeyTask, pemOf } from '#x509'
import { createAuthority, writePrivate, type Authority } from './authority.ts'
import { freePort, start, untilReady, type Running } from './children.ts'
import { programOf } from './programs.ts'

/** A control plane that runs. */
export interface ControlPlane {
  readonly url: string
  /** The administrator's (group system:masters). */
  readonly access: ServerAccess
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string
  /** Where keys, logs and data are. */
  readonly folder: string
  /** One JSON event a line, level Metadata. */
  readonly auditLog: string
  readonly etcdUrl: string
  /** Whether kube-controller-manager runs: without it nothing is collected and no namespace ends. */
  readonly hasControllers: boolean
  /** Kills the API server, as a crash would, or starts it again with all its data. */
  killApiServer(): Promise<void>
  startApiServer(): Promise<void>
  /** A kubeconfig for somebody else: a user name with groups, by client certificate. Its path. */
  kubeconfigFor(user: string, groups?: readonly string[]): Promise<string>
  /** Ends every process and removes the folder. */
  close(): Promise<void>
}

/** What may differ. */
export interface ControlPlaneOptions {
  /** None: without kube-controller-manager. Default: those that stories need. */
  readonly controllers?: readonly string[]
  /** Whether each call is written to `auditLog`; default true. */
  readonly audit?: boolean
  /** Keep the folder when it is closed. */
  readonly keep?: boolean
}

const usualControllers = [
  'garbage-collector-controller',
  'namespace-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'root-ca-certificate-publisher-controller',
  'clusterrole-aggregation-controller',
  'deployment-controller',
  'replicaset-controller',
]

const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: Metadata
`

/** Starts one. @throws Error that names the component which is not there, or did not start. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-plane-'))
  const running: Running[] = []
  try {
    return await startIn(folder, running, options)
  } catch (error) {
    for (const child of running.reverse()) await child.kill()
    if (options.keep !== true) rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

async function startIn(
  folder: string,
  running: Running[],
  options: ControlPlaneOptions,
): Promise<ControlPlane> {
  const env = realEnv()
  const programs = {
    etcd: programOf('etcd'),
    api: programOf('kube-apiserver'),
    manager:
      options.controllers?.length === 0
        ? undefined
        : programOf('kube-controller-manager', 'optional'),
  }
  const authority = await createAuthority(env, 'lockstep-test')
  const identity = { url: `https://127.0.0.1:${await freePort()}`, folder, authority }
  const files = await writeKeys(identity)
  const kubeconfig = await writeKubeconfig(identity, 'admin', ['system:masters'])
  const admin = await authority.issue({
    use: 'client',
    commonName: 'admin',
    organizations: ['system:masters'],
  })
  const access: ServerAccess = {
    url: identity.url,
    tls: { ca: authority.certificate, cert: admin.cert, key: admin.key },
  }
  const client = createClient({ env, server: access })

  const etcd = await startEtcd(programs.etcd, folder)
  running.push(etcd.running)
  const flags = [
    ...apiServerFlags(identity.url, etcd.url, folder, files),
    ...(options.audit === false ? [] : auditFlags(files)),
  ]
  const startApi = async (): Promise<Running> => {
    const api = start(programs.api, flags, join(folder, 'kube-apiserver.log'))
    running.push(api)
    await untilReady('kube-apiserver', api, () => isReady(client))
    return api
  }
  let api = await startApi()
  if (programs.manager !== undefined) {
    const manager = start(
      programs.manager,
      managerFlags(kubeconfig, files, options.controllers ?? usualControllers),
      join(folder, 'kube-controller-manager.log'),
    )
    running.push(manager)
  }
  return {
    url: identity.url,
    access,
    kubeconfig,
    folder,
    auditLog: files.audit,
    etcdUrl: etcd.url,
    hasControllers: programs.manager !== undefined,
    killApiServer: () => api.kill(),
    startApiServer: async () => {
      api = await startApi()
    },
    kubeconfigFor: (user, groups = []) => writeKubeconfig(identity, user, groups),
    close: async () => {
      await client.close()
      // Front to back: an API server without its etcd would wait for a minute before it ends.
      for (const child of running.toReversed()) await child.kill()
      if (options.keep !== true) rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** By what it says itself: priority levels, RBAC's own roles and the first namespaces are there then. */
async function isReady(client: Client): Promise<boolean> {
  const ready = await client.raw('GET', '/readyz')
  if (ready.status !== 200) return false
  const namespaces = await client.resourceOf('v1', 'Namespace')
  return namespaces !== null && (await client.get(namespaces, { name: 'default' })) !== null
}

async function startEtcd(
  program: string,
  folder: string,
): Promise<{ readonly running: Running; readonly url: string }> {
  const url = `http://127.0.0.1:${await freePort()}`
  const peers = `http://127.0.0.1:${await freePort()}`
  const running = start(
    program,
    [
      `--data-dir=${join(folder, 'etcd')}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peers}`,
      `--initial-advertise-peer-urls=${peers}`,
      `--initial-cluster=default=${peers}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
    join(folder, 'etcd.log'),
  )
  await untilReady('etcd', running, async () => (await fetch(`${url}/health`)).ok)
  return { running, url }
}

interface Identity {
  readonly url: string
  readonly folder: string
  readonly authority: Authority
}

interface Files {
  readonly ca: string
  readonly cert: string
  readonly key: string
  readonly accountKey: string
  readonly accountPublicKey: string
  readonly policy: string
  readonly audit: string
}

async function writeKeys({ folder, authority }: Identity): Promise<Files> {
  const server = await authority.issue({
    use: 'server',
    commonName: 'kube-apiserver',
    names: ['127.0.0.1', 'localhost', '10.0.0.1', 'kubernetes', 'kubernetes.default.svc'],
  })
  const accounts = await realEnv().compute.run(generateKeyTask, { type: 'rsa', bits: 2048 })
  const publicKey = pemOf('PUBLIC KEY', accounts.publicKey)
  mkdirSync(join(folder, 'audit'))
  return {
    ca: writePrivate(folder, 'ca.pem', authority.certificate),
    cert: writePrivate(folder, 'server.pem', server.cert),
    key: writePrivate(folder, 'server.key', server.key),
    accountKey: writePrivate(folder, 'accounts.key', accounts.privateKey),
    accountPublicKey: writePrivate(folder, 'accounts.pub', publicKey),
    policy: writePrivate(folder, 'audit-policy.yaml', auditPolicy),
    audit: join(folder, 'audit', 'audit.log'),
  }
}

function apiServerFlags(url: string, etcdUrl: string, folder: string, files: Files): string[] {
  return [
    `--etcd-servers=${etcdUrl}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${new URL(url).port}`,
    `--cert-dir=${folder}`,
    `--client-ca-file=${files.ca}`,
    `--tls-cert-file=${files.cert}`,
    `--tls-private-key-file=${files.key}`,
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${files.accountPublicKey}`,
    `--service-account-signing-key-file=${files.accountKey}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--endpoint-reconciler-type=none',
    '--disable-admission-plugins=ServiceAccount',
  ]
}

function auditFlags(files: Files): string[] {
  return [`--audit-policy-file=${files.policy}`, `--audit-log-path=${files.audit}`]
}

function managerFlags(kubeconfig: string, files: Files, controllers: readonly string[]): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--controllers=${controllers.join(',')}`,
    `--root-ca-file=${files.ca}`,
    `--service-account-private-key-file=${files.accountKey}`,
    '--leader-elect=false',
    '--secure-port=0',
  ]
}

async function writeKubeconfig(
  { url, folder, authority }: Identity,
  user: string,
  groups: readonly string[],
): Promise<string> {
  const pair = await authority.issue({ use: 'client', commonName: user, organizations: groups })
  const base64 = (text: string): string => Buffer.from(text).toString('base64')
  const name = `kubeconfig-${user.replaceAll(/[^A-Za-z0-9]+/g, '-')}`
  return writePrivate(
    folder,
    name,
    `apiVersion: v1
kind: Config
current-context: test
clusters:
  - name: test
    cluster: {server: "${url}", certificate-authority-data: ${base64(authority.certificate)}}
users:
  - name: test
    user: {client-certificate-data: ${base64(pair.cert)}, client-key-data: ${base64(pair.key)}}
contexts:
  - name: test
    context: {cluster: test, user: test}
`,
  )
}
