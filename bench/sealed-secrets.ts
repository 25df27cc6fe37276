/** SealedSecrets of format 1: end to end, and the RSA work alone, beside what OpenSSL reaches here. */
import { execFileSync } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { Env } from '#base'
import { realEnv } from '#base/env'
import { KeyRing, labelOf, nodeSealCrypto, rsaCertificateOf, sealBytes } from '#seal'
import { eachOf, type BareClient } from './bare.ts'
import { namespaceOf, settled, sum, untilAll } from './external-secrets.ts'
import type { OperatorProcess } from './operator.ts'
import type { Measured } from './servers.ts'
import { duration, number, type Row } from './table.ts'

const group = '/apis/bitnami.com/v1alpha1'

/** Measures, and leaves all objects Synced. */
export async function measureSealedSecrets(
  servers: Measured,
  operator: OperatorProcess,
  options: {
    readonly count: number
    readonly opensslSeconds: number
    /** What a bare client took to write as many objects, where that weighs as much as RSA. */
    readonly bareMs?: number | undefined
  },
): Promise<readonly Row[]> {
  const { count } = options
  const client = servers.connect()
  const env = realEnv()
  const { publicKey } = rsaCertificateOf(await operator.sealing('/v1/cert.pem'))
  const objects = await sealedSecrets(env, publicKey, count)
  const openssl = opensslPerSecond(options.opensslSeconds)

  const before = await servers.counts()
  const cpuBefore = operator.cpuMs()
  const from = performance.now()
  const synced = untilAll(client, `${group}/sealedsecrets`, count, 'Synced')
  await eachOf(count, async (i) => {
    const path = `${group}/namespaces/${namespaceOf(i)}/sealedsecrets`
    await client.call('POST', path, objects[i])
  })
  await synced
  const tookMs = performance.now() - from
  const after = await settled(servers)
  const cpuMs = operator.cpuMs() - cpuBefore
  const bareMs = await measureOpening(env, client, publicKey, count)
  await client.close()

  const boundMs = openssl === undefined ? undefined : (count * 1000) / openssl
  return [
    {
      what: `${number(count)} SealedSecrets (RSA 4096), first POST to all Synced`,
      figure: duration(tookMs),
      ...against(tookMs, boundMs, 2),
    },
    ...besideWrites(tookMs, boundMs, options.bareMs),
    {
      what: '– CPU of the operator, per object',
      figure: `${number(cpuMs / count)} ms`,
      ...(openssl === undefined
        ? {}
        : {
            against: `${number((availableParallelism() * 1000) / openssl)} ms for one RSA operation`,
          }),
    },
    {
      what: '– writes by the operator (Secrets, statuses, Events)',
      figure: number(sum(after.writes) - sum(before.writes) - count),
      goal: `≤ ${number(3 * count)}`,
      met: sum(after.writes) - sum(before.writes) - count <= 3 * count,
    },
    {
      what: `${number(count)} unseals alone, by worker threads`,
      figure: `${duration(bareMs)}: ${number((count * 1000) / bareMs)} a second`,
      ...against(bareMs, boundMs, 1.2),
    },
  ]
}

/** Where the servers' work on the same cores is the larger part, as with real ones: beside both. */
function besideWrites(
  tookMs: number,
  opensslMs: number | undefined,
  bareMs: number | undefined,
): readonly Row[] {
  if (opensslMs === undefined || bareMs === undefined) return []
  const bothMs = opensslMs + bareMs
  const ratio = tookMs / bothMs
  return [
    {
      what: "– beside openssl's and the writes of a bare client, on the same cores",
      figure: duration(tookMs),
      against: `${duration(opensslMs)} and ${duration(bareMs)}: ${number(ratio)} times`,
      goal: '≤ 1.3 times',
      met: ratio <= 1.3,
    },
  ]
}

function against(
  tookMs: number,
  boundMs: number | undefined,
  goal: number,
): Pick<Row, 'against' | 'goal' | 'met'> {
  if (boundMs === undefined) return { against: 'not measured: there is no openssl here' }
  const ratio = tookMs / boundMs
  const cores = availableParallelism()
  return {
    against: `${duration(boundMs)} at openssl's speed on ${cores} cores: ${number(ratio)} times`,
    goal: `≤ ${goal} times`,
    met: ratio <= goal,
  }
}

async function sealedSecrets(
  env: Env,
  publicKey: Uint8Array,
  count: number,
): Promise<readonly object[]> {
  const crypto = nodeSealCrypto(env.entropy)
  const objects: object[] = []
  for (let i = 0; i < count; i++) {
    const name = `sealed-${i}`
    const namespace = namespaceOf(i)
    const label = labelOf('strict', namespace, name)
    const sealed = await sealBytes(crypto, publicKey, label, Buffer.from(`password-${i}`))
    objects.push({
      apiVersion: 'bitnami.com/v1alpha1',
      kind: 'SealedSecret',
      metadata: { name, namespace },
      spec: { encryptedData: { password: Buffer.from(sealed).toString('base64') } },
    })
  }
  return objects
}

/** The same number of values opened as the controller opens them, and nothing else. */
async function measureOpening(
  env: Env,
  client: BareClient,
  publicKey: Uint8Array,
  count: number,
): Promise<number> {
  const ring = new KeyRing(env.compute, [
    { id: 'bench', privateKey: await privateKey(client), sizeBytes: 512 },
  ])
  const crypto = nodeSealCrypto(env.entropy)
  const label = labelOf('strict', 'bench', 'bench')
  const values: Uint8Array[] = []
  for (let i = 0; i < count; i++) {
    values.push(await sealBytes(crypto, publicKey, label, Buffer.from(`password-${i}`)))
  }
  await ring.open(values[0] as Uint8Array, label, 'warm') // starts the threads
  const from = performance.now()
  await eachOf(count, async (i) => void (await ring.open(values[i] as Uint8Array, label, 'x')))
  return performance.now() - from
}

async function privateKey(client: BareClient): Promise<ReturnType<typeof createPrivateKey>> {
  const found = (await client.call('GET', '/api/v1/namespaces/lockstep-system/secrets')) as {
    items: readonly { type: string; data: Record<string, string> }[]
  }
  const key = found.items.find(({ type }) => type === 'kubernetes.io/tls')
  return createPrivateKey(Buffer.from(key?.data['tls.key'] ?? '', 'base64'))
}

/** RSA 4096 private operations a second on all cores; undefined without openssl. */
export function opensslPerSecond(seconds: number): number | undefined {
  try {
    const text = execFileSync(
      'openssl',
      ['speed', '-seconds', String(seconds), '-multi', String(availableParallelism()), 'rsa4096'],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    )
    return signsPerSecond(text)
  } catch {
    return undefined
  }
}

/** The sign/s column of the table that openssl ends with; `rsa 4096 bits 0.006s 0.0001s 165.4 9876.5`. */
export function signsPerSecond(text: string): number | undefined {
  const numbers = /^rsa\s+4096 bits\s+(.+)$/m.exec(text)?.[1]?.trim().split(/\s+/) ?? []
  const rates = numbers.filter((one) => !one.endsWith('s')).map(Number)
  return rates[0]
}
