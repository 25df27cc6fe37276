/** Real programs as the interop tests run them: to their end, or beside a test. */
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { resource, type AnyObject } from '#api'
import { writePrivate } from '../authority.ts'
import { freePort, start, untilReady, type Running } from '../children.ts'
import { programOf } from '../programs.ts'
import { apply, ensureNamespace, type Cluster } from './cluster.ts'

/** What a program did. */
export interface Ran {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end; it sees only the variables given. */
export function run(
  file: string,
  args: readonly string[],
  options: {
    readonly stdin?: string
    readonly cwd?: string
    readonly variables?: Readonly<Record<string, string>>
  } = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: { PATH: process.env['PATH'] ?? '', ...options.variables },
      timeout: 110_000,
    })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (bytes: Buffer) => out.push(bytes))
    child.stderr.on('data', (bytes: Buffer) => err.push(bytes))
    child.once('error', reject)
    child.once('close', (code) =>
      resolve({
        status: code ?? -1,
        stdout: Buffer.concat(out).toString(),
        stderr: Buffer.concat(err).toString(),
      }),
    )
    child.stdin.on('error', () => {}) // it may end without reading
    child.stdin.end(options.stdin ?? '')
  })
}

/** Runs a program that has to succeed. @returns its standard output. */
export async function must(...call: Parameters<typeof run>): Promise<string> {
  const { status, stdout, stderr } = await run(...call)
  if (status === 0) return stdout
  const [file, args] = call
  throw new Error(`${file} ${args.join(' ')}: exit ${status}\n${stdout}${stderr}`)
}

/** The program of a component; undefined, after a line that says so, when it is not there. */
export function programOrSkip(name: string, what: string): string | undefined {
  const program = programOf(name, 'optional')
  if (program === undefined) console.log(`SKIPPED ${name}: not tested: ${what}`)
  return program
}

/** `kubectl` on a cluster, with a home of its own. */
export function kubectlOn(
  cluster: Cluster,
  program: string,
): (args: readonly string[], options?: Parameters<typeof run>[2]) => Promise<Ran> {
  return (args, options = {}) =>
    run(program, args, {
      ...options,
      variables: { KUBECONFIG: cluster.kubeconfig, HOME: cluster.folder, ...options.variables },
    })
}

const accounts = resource<AnyObject>('v1', 'ServiceAccount', 'serviceaccounts')

/** What the manifests of Sealed Secrets grant its controller. */
const sealingRules = [
  { apiGroups: ['bitnami.com'], resources: ['sealedsecrets'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['bitnami.com'], resources: ['sealedsecrets/status'], verbs: ['update'] },
  {
    apiGroups: [''],
    resources: ['secrets'],
    verbs: ['get', 'list', 'create', 'update', 'delete', 'watch'],
  },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
  { apiGroups: [''], resources: ['namespaces'], verbs: ['get'] },
]

/** A ServiceAccount with cluster-wide rules: its token, and a folder as its Pods would see it. */
export async function podIdentity(
  cluster: Cluster,
  account: { readonly namespace: string; readonly name: string },
  rules: readonly object[],
): Promise<string> {
  const { client } = cluster
  await ensureNamespace(client, account.namespace)
  if ((await client.get(accounts, account)) === null) {
    await client.create(accounts, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: account,
    })
  }
  const role = `interop-${account.namespace}-${account.name}`
  const rbac = 'rbac.authorization.k8s.io'
  await apply(client, {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: { name: role },
    rules,
  })
  await apply(client, {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: role },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'ServiceAccount', ...account }],
  })
  const { token } = await client.requestToken(account, { expirationSeconds: 7_200 })
  const folder = join(cluster.folder, `pod-${account.namespace}-${account.name}`)
  mkdirSync(folder, { recursive: true })
  writePrivate(folder, 'token', token)
  writePrivate(folder, 'ca.crt', cluster.ca)
  writePrivate(folder, 'namespace', account.namespace)
  return folder
}

/**
 * Starts a program that finds its cluster as in a Pod: it gets a mount namespace of its own, with `pod`
 * where its ServiceAccount's files are looked for.
 */
export function startAsPod(
  cluster: Cluster,
  pod: string,
  program: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Running {
  const { hostname, port } = new URL(cluster.url)
  const place = '/run/secrets/kubernetes.io'
  const script = `mount -t tmpfs tmpfs /run && mkdir -p ${place} && cp -r "$POD_FOLDER" ${place}/serviceaccount && exec "$0" "$@"`
  return start(
    'unshare',
    [
      ...(process.getuid?.() === 0 ? [] : ['--map-root-user']),
      '--mount',
      'sh',
      '-c',
      script,
      program,
      ...args,
    ],
    `${pod}.log`,
    {
      POD_FOLDER: pod,
      POD_NAMESPACE: readFileSync(join(pod, 'namespace'), 'utf8'),
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
      ...variables,
    },
  )
}

/** The Sealed Secrets controller, running. */
export interface SealedSecretsController extends Running {
  /** Where its own endpoint is, beside the Service. */
  readonly url: string
}

/**
 * Starts the Sealed Secrets controller as a Pod of `kube-system` would run, with the rights of its own
 * manifests. It knows in-cluster configuration alone.
 */
export async function startSealedSecrets(
  cluster: Cluster,
  program: string,
  flags: readonly string[] = [],
): Promise<SealedSecretsController> {
  const namespace = 'kube-system'
  const account = { namespace, name: 'sealed-secrets-controller' }
  const pod = await podIdentity(cluster, account, sealingRules)
  const host = cluster.proxyAddress ?? '127.0.0.1'
  const [port, metrics] = [await freePort(), await freePort()]
  if (cluster.proxyAddress !== undefined) await cluster.expose({ ...account, port })
  const running = startAsPod(cluster, pod, program, [
    `--listen-addr=${host}:${port}`,
    `--listen-metrics-addr=${host}:${metrics}`,
    '--key-renew-period=0',
    ...flags,
  ])
  const url = `http://${host}:${port}`
  await untilReady('the Sealed Secrets controller', running, async () => {
    return (await fetch(`${url}/v1/cert.pem`)).ok
  })
  return { ...running, url }
}
