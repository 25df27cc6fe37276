/**
 * ExternalSecrets from the first POST to the last Ready, beside a bare client that writes the very
 * same objects to an identical fresh server.
 */
import { eachOf, ownCpuMs, type BareClient, type WatchEvent } from './bare.ts'
import { startOperator, until, type OperatorProcess, type Program } from './operator.ts'
import type { ServerCounts } from './server.ts'
import type { Measured } from './servers.ts'
import { duration, number, type Row } from './table.ts'

const group = '/apis/external-secrets.io/v1'
const namespaces = 10
const properties = ['username', 'password', 'host']

/** Namespace of object number `i`. */
export function namespaceOf(i: number): string {
  return `team-${i % namespaces}`
}

/** Makes the namespaces of all objects, and those of the operator. */
export async function makeNamespaces(client: BareClient): Promise<void> {
  const names = [...Array(namespaces).keys()].map(namespaceOf)
  for (const name of ['lockstep-system', 'default', ...names]) {
    await client
      .call('POST', '/api/v1/namespaces', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name },
      })
      .catch((error: unknown) => {
        if (!String(error).includes('AlreadyExists')) throw error
      })
  }
}

/** A cluster store on the servers' Vault, by token. */
export async function makeStore(client: BareClient, servers: Measured): Promise<void> {
  await client.call('POST', '/api/v1/namespaces/lockstep-system/secrets', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'vault-token', namespace: 'lockstep-system' },
    stringData: { token: servers.rootToken },
  })
  await client.call('POST', `${group}/clustersecretstores`, {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ClusterSecretStore',
    metadata: { name: 'vault' },
    spec: {
      provider: {
        vault: {
          server: servers.vaultUrl,
          path: 'secret',
          version: 'v2',
          auth: {
            tokenSecretRef: { name: 'vault-token', namespace: 'lockstep-system', key: 'token' },
          },
        },
      },
    },
  })
}

/** ExternalSecret number `i`: three properties of an entry of its own. */
export function externalSecret(i: number): object {
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: `app-${i}`, namespace: namespaceOf(i) },
    spec: {
      refreshInterval: '1h',
      secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' },
      data: properties.map((property) => ({
        secretKey: property,
        remoteRef: { key: `apps/${i}`, property },
      })),
    },
  }
}

/** Where ExternalSecret number `i` is POSTed. */
export function pathOf(i: number): string {
  return `${group}/namespaces/${namespaceOf(i)}/externalsecrets`
}

export interface Options {
  readonly count: number
  readonly restSeconds: number
}

/** Measures, and leaves `servers` and `operator` as they are, with all objects Ready. */
export async function measureExternalSecrets(
  servers: Measured,
  operator: OperatorProcess,
  { count, restSeconds }: Options,
): Promise<{ readonly rows: readonly Row[]; readonly bareMs: number }> {
  const client = servers.connect()
  await servers.seed(count)
  await makeStore(client, servers)
  await until(async () => isReady(await client.call('GET', `${group}/clustersecretstores/vault`)))
  const idleMib = operator.rssMib()
  const before = await servers.counts()
  const cpuBefore = operator.cpuMs()
  const from = performance.now()
  const ready = untilAll(client, `${group}/externalsecrets`, count, 'Ready')
  await eachOf(count, async (i) => void (await client.call('POST', pathOf(i), externalSecret(i))))
  await ready
  const tookMs = performance.now() - from
  const after = await settled(servers)
  const cpuMs = operator.cpuMs() - cpuBefore
  const wrong = await countWrong(client, count)

  await new Promise((resolve) => setTimeout(resolve, restSeconds * 1000))
  const rested = await servers.counts()
  const cpuRest = operator.cpuMs() - cpuBefore - cpuMs
  const busyMib = operator.rssMib()
  const bare = await measureBare(servers, client, count)
  await client.close()

  const writes = sum(after.writes) - sum(before.writes) - count
  const reads = after.vaultReads - before.vaultReads
  const ratio = tookMs / bare.tookMs
  const atRest = sum(rested.writes) - sum(after.writes)
  const rows: readonly Row[] = [
    {
      what: `${number(count)} ExternalSecrets, first POST to all Ready`,
      figure: duration(tookMs),
      against: `${duration(bare.tookMs)} for a bare client: ${number(ratio)} times`,
      goal: '≤ 1.3 times',
      met: ratio <= 1.3,
    },
    {
      what: '– Secrets with all three values right',
      figure: number(count - wrong),
      goal: number(count),
      met: wrong === 0,
    },
    {
      what: '– CPU of the operator, per object',
      figure: `${number(cpuMs / count)} ms`,
      against: `${number(bare.cpuMs / count)} ms for the bare client`,
    },
    {
      what: '– CPU of the servers, per object',
      figure: `${number((after.cpuMs - before.cpuMs) / count)} ms`,
      against: `${number(bare.serverCpuMs / count)} ms for the bare client`,
    },
    {
      what: '– writes by the operator (Secrets, statuses, Events)',
      figure: number(writes),
      against: shown(before, after),
      goal: `≤ ${number(3 * count)}`,
      met: writes <= 3 * count,
    },
    {
      what: '– reads of Vault',
      figure: number(reads),
      against: `${number(after.vaultLogins - before.vaultLogins)} logins`,
      goal: number(count),
      met: reads === count,
    },
    {
      what: `– writes in the next ${restSeconds} s at rest, leases apart`,
      figure: number(atRest),
      against: `${number(cpuRest / restSeconds)} ms of CPU a second`,
      goal: '0',
      met: atRest === 0,
    },
    {
      what: '– resident memory',
      figure: `${number(busyMib)} MiB`,
      against: `${number(idleMib)} MiB before`,
      goal: '≤ 128 MiB at 10,000',
    },
  ]
  return { rows, bareMs: bare.tookMs }
}

/** The same objects, Secrets and statuses written by a bare client to a fresh server. */
async function measureBare(
  like: Measured,
  source: BareClient,
  count: number,
): Promise<{ readonly tookMs: number; readonly cpuMs: number; readonly serverCpuMs: number }> {
  const secrets = await models(source, count)
  const servers = await like.another()
  const client = servers.connect()
  await makeNamespaces(client)
  const cpuBefore = ownCpuMs()
  const { cpuMs: serverBefore } = await servers.counts()
  const from = performance.now()
  await eachOf(count, async (i) => {
    const model = secrets[i] as Model
    const made = (await client.call('POST', pathOf(i), externalSecret(i))) as Made
    await client.call('POST', `/api/v1/namespaces/${namespaceOf(i)}/secrets`, {
      ...model.secret,
      metadata: {
        ...model.secret.metadata,
        ownerReferences: model.secret.metadata.ownerReferences?.map((owner) => ({
          ...owner,
          uid: made.metadata.uid,
        })),
      },
    })
    await client.call('PUT', `${pathOf(i)}/app-${i}/status`, { ...made, status: model.status })
  })
  const tookMs = performance.now() - from
  const cpuMs = ownCpuMs() - cpuBefore
  const serverCpuMs = (await servers.counts()).cpuMs - serverBefore
  await client.close()
  await servers.stop()
  return { tookMs, cpuMs, serverCpuMs }
}

interface Made {
  readonly metadata: { readonly uid: string; readonly resourceVersion: string }
}

interface Model {
  readonly secret: {
    readonly metadata: { readonly ownerReferences?: readonly { readonly uid: string }[] }
  }
  readonly status: object
}

/** What the operator wrote, without what the server adds: the bare client writes the same bytes. */
async function models(client: BareClient, count: number): Promise<readonly Model[]> {
  const found: Model[] = []
  for (let i = 0; i < count; i++) {
    const path = `/api/v1/namespaces/${namespaceOf(i)}/secrets/app-${i}`
    const secret = (await client.call('GET', path)) as Model['secret'] & { metadata: object }
    const es = (await client.call('GET', `${pathOf(i)}/app-${i}`)) as { status: object }
    const {
      uid: _uid,
      resourceVersion: _version,
      creationTimestamp: _created,
      managedFields: _managed,
      ...metadata
    } = secret.metadata as Record<string, unknown>
    found.push({ secret: { ...secret, metadata }, status: es.status })
  }
  return found
}

/** Resolves when `count` objects have shown a condition of this type that is True. */
export async function untilAll(
  client: BareClient,
  path: string,
  count: number,
  type: string,
): Promise<void> {
  const ready = new Set<string>()
  await client.watch(`${path}?watch=true`, ({ object }: WatchEvent) => {
    if (isReady(object, type)) ready.add(`${object.metadata.namespace}/${object.metadata.name}`)
    return ready.size === count
  })
}

function isReady(object: unknown, type = 'Ready'): boolean {
  const { status } = object as Partial<WatchEvent['object']>
  return status?.conditions?.some((one) => one.type === type && one.status === 'True') ?? false
}

/** The counts once there was no write for a second: Events come a little late. */
export async function settled(servers: Measured): Promise<ServerCounts> {
  let last = await servers.counts()
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 1000))
    const now = await servers.counts()
    if (sum(now.writes) === sum(last.writes)) return now
    last = now
  }
}

/** All of them together. */
export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, one) => total + one, 0)
}

function shown(before: ServerCounts, after: ServerCounts): string {
  return Object.entries(after.writes)
    .map(([name, count]) => [name, count - (before.writes[name] ?? 0)] as const)
    .filter(([name, count]) => count > 0 && name !== 'POST externalsecrets')
    .map(([name, count]) => `${number(count)} ${name}`)
    .join(', ')
}

async function countWrong(client: BareClient, count: number): Promise<number> {
  let wrong = 0
  await eachOf(count, async (i) => {
    const path = `/api/v1/namespaces/${namespaceOf(i)}/secrets/app-${i}`
    const { data = {} } = (await client.call('GET', path).catch(() => ({}))) as {
      data?: Record<string, string>
    }
    const values = properties.map((property) =>
      Buffer.from(data[property] ?? '', 'base64').toString(),
    )
    if (values.join() !== `user-${i},password-${i},db-${i}`) wrong++
  })
  return wrong
}

/** Fresh servers with namespaces, and an operator that has caught up with them. */
export async function prepared(
  program: Program,
  controllers: string,
  start: () => Promise<Measured>,
): Promise<{ readonly servers: Measured; readonly operator: OperatorProcess }> {
  const servers = await start()
  const client = servers.connect()
  await makeNamespaces(client)
  await client.close()
  const operator = startOperator({ program, kubeconfig: servers.kubeconfig, controllers })
  await operator.caughtUp()
  return { servers, operator }
}
