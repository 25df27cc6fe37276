/** A cluster with Lockstep installed from deploy/, each Deployment a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseAllDocuments } from 'yaml'
import {
  resource,
  secrets,
  type AnyObject,
  type KubeObject,
  type ObjectKey,
  type Resource,
} from '#api'
import { at, fromBase64, textOf } from '#base'
import { realEnv, silentLog } from '#base/env'
import { createGitServer, type NewFile } from '#embedded/git'
import type { EmbeddedVault } from '#embedded/vault'
import type { Client } from '#kube'
import { portsTold } from '../told-ports.ts'
import { render, type Manifest } from './kustomize.ts'
import type { Use } from './rights.ts'
import { listening, startServers, type Closing, type Servers } from './servers.ts'

const root = resolve(import.meta.dirname, '../..')

/** A cluster to play a story in. */
export interface Cluster {
  /** As the administrator, who is not recorded. */
  readonly client: Client
  readonly vault: EmbeddedVault
  readonly vaultUrl: string
  readonly gitUrl: string
  /** Lockstep's own namespace. */
  readonly home: string
  /** All that was installed. */
  readonly manifests: readonly Manifest[]
  /** ServiceAccounts of the Deployments. */
  readonly accounts: readonly string[]
  /** What an administrator has bound beside deploy/, as deploy/README.md says. */
  readonly bound: readonly Manifest[]
  /** Every request that was not the administrator's, so far. */
  readonly uses: () => readonly Use[]
  readonly apply: (yaml: string) => Promise<void>
  readonly commit: (files: Readonly<Record<string, NewFile>>) => Promise<void>
  /** Seals as a person with nothing but the Role for it. */
  readonly seal: (manifest: string) => Promise<string>
  readonly values: (
    key: ObjectKey,
    fits?: (values: Readonly<Record<string, string>>) => boolean,
  ) => Promise<Readonly<Record<string, string>>>
  /** The object once `fits` holds; undefined stands for one that is not there. */
  readonly when: <T extends KubeObject>(
    kind: Resource<T>,
    key: ObjectKey,
    fits: (object: T) => boolean,
  ) => Promise<T>
  /** Sends SIGTERM to all. @returns their exit codes. */
  readonly stopped: () => Promise<readonly (number | null)[]>
}

// What deploy/README.md tells an administrator to add: an account that deploys, one that seals, and the
// two ClusterRoles that are bound where they are needed.
function additions(home: string): string {
  return `
apiVersion: v1
kind: ServiceAccount
metadata: {name: lockstep-deployer, namespace: ${home}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: deploys}
rules:
  - apiGroups: ["", external-secrets.io]
    resources: [configmaps, externalsecrets, secrets]
    verbs: [get, list, create, patch, delete]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: deploys}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: deploys}
subjects: [{kind: ServiceAccount, name: lockstep-deployer, namespace: ${home}}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: pipeline, namespace: web}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: pipeline, namespace: ${home}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: lockstep-sealing-certificate}
subjects: [{kind: ServiceAccount, name: pipeline, namespace: web}]
`
}

const web = `
apiVersion: v1
kind: Namespace
metadata: {name: web, labels: {team: web}}
`

/** What is installed, and where; the overlay for one namespace looks after `web`. */
function installed(folder: string): { manifests: readonly Manifest[]; home: string } {
  if (!folder.endsWith('namespaced')) return { manifests: render(folder), home: 'lockstep-system' }
  const inWeb = JSON.stringify(render(folder)).replaceAll('"namespace":"team"', '"namespace":"web"')
  const shared = render(join(folder, '../../shared'))
  return { manifests: [...shared, ...(JSON.parse(inWeb) as Manifest[])], home: 'web' }
}

/** Bound in the namespace whose stores log in with service accounts. */
function loginsFor(account: string): Manifest {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'lockstep-logins', namespace: 'web' },
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'lockstep-service-account-logins',
    },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace: 'lockstep-system' }],
  }
}

/**
 * Installs `folder`, starts its Deployments (or those named in `only`), plays the story, and ends them.
 * Fails with what they logged.
 */
export async function inCluster(
  folder: string,
  story: (cluster: Cluster) => Promise<void>,
  only?: readonly string[],
): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'lockstep-rights-'))
  const closing: Closing = [() => rmSync(scratch, { recursive: true, force: true })]
  const logged: string[] = []
  try {
    const cluster = await start(folder, scratch, only, closing, logged)
    await story(cluster).catch(async (thrown: unknown) => {
      logged.push(await conditions(cluster.client))
      throw thrown
    })
  } catch (thrown) {
    const told = logged.join('').split('\n').slice(-60).join('\n')
    throw new Error(`${thrown instanceof Error ? thrown.message : String(thrown)}\n${told}`, {
      cause: thrown,
    })
  } finally {
    for (const close of closing.toReversed()) await close()
  }
}

async function start(
  folder: string,
  scratch: string,
  only: readonly string[] | undefined,
  closing: Closing,
  logged: string[],
): Promise<Cluster> {
  const env = realEnv({ log: silentLog })
  const servers = await startServers(env, closing)
  const { client, vault, vaultUrl } = servers
  vault.policy('web', 'path "secret/data/apps/web" { capabilities = ["read"] }')
  vault.kubernetesRole('web', {
    bound_service_account_names: ['web'],
    bound_service_account_namespaces: ['web'],
    token_policies: ['web'],
    ttl: '10m',
  })
  const auth = { username: 'git', password: 'the-password-of-git' }
  const git = createGitServer({ env, folder: join(scratch, 'git'), ...(only ? {} : { auth }) })
  await git.create('web')
  const gitUrl = `${(await listening(env, git.handler, closing)).url}/web.git`

  const apply = async (objects: readonly unknown[]): Promise<void> => {
    for (const object of objects) await applyOne(client, object as AnyObject)
  }
  const { manifests, home } = installed(folder)
  await apply(documentsOf(web))
  await apply(manifests)
  await apply(documentsOf(additions(home)))
  const deployments = manifests.filter(
    ({ kind, metadata }) => kind === 'Deployment' && only?.includes(metadata.name) !== false,
  )
  const accounts = deployments.map((one) =>
    String(at(one, 'spec', 'template', 'spec', 'serviceAccountName')),
  )
  const bound = accounts
    .filter((name) => home !== 'web' && /^lockstep(-secrets)?$/.test(name))
    .map(loginsFor)
  await apply(bound)

  const children: ChildProcess[] = []
  closing.push(() => children.forEach((child) => child.kill('SIGKILL')))
  for (const [i, deployment] of deployments.entries()) {
    const account = accounts[i] ?? ''
    const args = argsOf(deployment).map((arg) => arg.replace('$(POD_NAMESPACE)', home))
    const seals = !args.includes('--seal-port=0')
    const child = spawn(
      process.execPath,
      [
        join(root, 'src/bin/lockstep.ts'),
        ...args,
        `--kubeconfig=${await kubeconfig(servers, scratch, home, account)}`,
        '--health-port=auto',
        ...(seals ? ['--seal-port=auto'] : []),
        `--git-folder=${join(scratch, account)}`,
        '--allow-local-endpoints', // Vault is on this machine
      ],
      {
        env: { PATH: process.env['PATH'], HOME: scratch, POD_NAMESPACE: home },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    children.push(child)
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => logged.push(chunk.toString('utf8')))
    }
    const ports = await portsTold(child)
    if (ports.sealPort !== undefined) await servers.expose(home, ports.sealPort)
    await ready(`http://127.0.0.1:${ports.healthPort}`, child)
  }

  return {
    client,
    vault,
    vaultUrl,
    gitUrl,
    home,
    manifests,
    accounts,
    bound,
    uses: () => servers.uses(),
    apply: (yaml) => apply(documentsOf(yaml)),
    commit: async (files) => void (await git.commit('web', files, 'change')),
    seal: async (manifest) => {
      const config = await kubeconfig(servers, scratch, 'web', 'pipeline')
      return await output(
        ['seal', '--kubeconfig', config, '--controller-namespace', home, '-o', 'yaml'],
        manifest,
      )
    },
    values: (key, fits = () => true) =>
      until(async () => {
        const secret = await client.get(secrets, key)
        if (secret === null) return undefined
        const values = Object.fromEntries(
          Object.entries(secret.data ?? {}).map(([name, value]) => [
            name,
            textOf(fromBase64(value) ?? new Uint8Array()),
          ]),
        )
        return fits(values) ? values : undefined
      }),
    when: async (kind, key, fits) => {
      const found = await until(async () => {
        const object = (await client.get(kind, key)) ?? undefined
        return fits(object as never) ? { object } : undefined
      })
      return found.object as never
    },
    stopped: async () => {
      const codes = children.map(
        (child) =>
          new Promise<number | null>((done) => {
            child.once('exit', done)
          }),
      )
      for (const child of children) child.kill('SIGTERM')
      return await Promise.all(codes)
    },
  }
}

/** What every object with conditions says, for a story that fails. */
async function conditions(client: Client): Promise<string> {
  const lines: string[] = []
  for (const kind of await client.discover()) {
    if (!/external-secrets|bitnami|fluxcd/.test(kind.group)) continue
    if (!kind.verbs.includes('list')) continue
    for (const object of (await client.list(kind)).items) {
      const told = JSON.stringify(at(object, 'status', 'conditions'))
      lines.push(`${kind.kind} ${object.metadata.name}: ${told}`)
    }
  }
  const events = (await client.list(resource('v1', 'Event', 'events'))).items
  lines.push(...events.map((event) => `${String(event['reason'])}: ${String(event['message'])}`))
  return `${lines.join('\n')}\n`
}

function documentsOf(yaml: string): readonly unknown[] {
  return parseAllDocuments(yaml)
    .map((document) => document.toJS() as unknown)
    .filter((object) => object !== null)
}

async function applyOne(client: Client, object: AnyObject): Promise<void> {
  // A definition that has just been applied is served a moment later.
  const kind = await until(
    async () => (await client.resourceOf(object.apiVersion, object.kind)) ?? undefined,
  )
  await client.apply(kind, object, { fieldManager: 'kubectl', force: true })
}

function argsOf(deployment: Manifest): readonly string[] {
  return at(deployment, 'spec', 'template', 'spec', 'containers', 0, 'args') as string[]
}

async function kubeconfig(
  { client, access }: Servers,
  folder: string,
  namespace: string,
  name: string,
): Promise<string> {
  const { token } = await client.requestToken({ namespace, name }, { expirationSeconds: 3_600 })
  const path = join(folder, `${name}.kubeconfig`)
  const tls = typeof access.tls === 'function' ? await access.tls() : access.tls
  const authority =
    tls?.ca === undefined
      ? {}
      : { 'certificate-authority-data': Buffer.from(tls.ca).toString('base64') }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'here',
    clusters: [{ name: 'here', cluster: { server: access.url, ...authority } }],
    users: [{ name: 'here', user: { token } }],
    contexts: [{ name: 'here', context: { cluster: 'here', user: 'here', namespace } }],
  }
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 })
  return path
}

/** Waits as the kubelet does; the health endpoints answer as the probes expect. */
async function ready(url: string, child: ChildProcess): Promise<void> {
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}`)
    const answer = await fetch(`${url}/readyz`).catch(() => undefined)
    return answer?.status === 200 ? true : undefined
  })
  for (const path of ['/healthz', '/metrics']) {
    const answer = await fetch(`${url}${path}`)
    if (answer.status !== 200) throw new Error(`${path} answers ${answer.status}`)
  }
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + 60_000
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > deadline) throw new Error('not within a minute')
    await new Promise((done) => setTimeout(done, 25))
  }
}

function output(args: readonly string[], input: string): Promise<string> {
  const child = spawn(process.execPath, [join(root, 'src/bin/lockstep.ts'), ...args])
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  child.stdin.end(input)
  return new Promise((done, failed) => {
    child.on('close', (code) => {
      if (code === 0) done(Buffer.concat(stdout).toString('utf8'))
      else failed(new Error(Buffer.concat(stderr).toString('utf8')))
    })
  })
}
