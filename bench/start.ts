/** From the start of the process to its first write, beside what Node itself needs. */
import { execFileSync } from 'node:child_process'
import { externalSecret, makeNamespaces, makeStore, pathOf } from './external-secrets.ts'
import { startOperator, until, type Program } from './operator.ts'
import { startServers } from './servers.ts'
import { duration, number, type Row } from './table.ts'

export async function measureStart(options: {
  readonly program: Program
  readonly rounds: number
}): Promise<readonly Row[]> {
  const leases: number[] = []
  const secrets: number[] = []
  for (let round = 0; round < options.rounds; round++) {
    const { leaseMs, secretMs } = await startOnce(options.program)
    leases.push(leaseMs)
    secrets.push(secretMs)
  }
  const floor = nodeMs(options.rounds)
  const lease = median(leases)
  return [
    {
      what: `process start to first write (its Lease), median of ${options.rounds}`,
      figure: duration(lease),
      against: `${duration(floor)} for an empty Node process: ${number(lease / floor)} times`,
      goal: '≤ 400 ms',
      met: lease <= 400,
    },
    {
      what: '– to the first Secret, read from Vault',
      figure: duration(median(secrets)),
    },
  ]
}

async function startOnce(program: Program): Promise<{ leaseMs: number; secretMs: number }> {
  const servers = await startServers()
  const client = servers.connect()
  await servers.seed(1)
  await makeNamespaces(client)
  await makeStore(client, servers)
  await client.call('POST', pathOf(0), externalSecret(0))
  await servers.mark() // what was written so far was written by us
  const operator = startOperator({
    program,
    kubeconfig: servers.kubeconfig,
    controllers: 'secrets',
    leaderElect: true,
  })
  const first = (name: string): Promise<number> =>
    until(async () => (await servers.counts()).firstAt[name] ?? false)
  const leaseAt = await first('POST leases')
  const secretAt = await first('POST secrets')
  await operator.stop()
  await client.close()
  await servers.stop()
  return { leaseMs: leaseAt - operator.startedAt, secretMs: secretAt - operator.startedAt }
}

/** What starting Node and nothing else takes. */
function nodeMs(rounds: number): number {
  const took: number[] = []
  for (let round = 0; round < rounds; round++) {
    const from = performance.now()
    execFileSync(process.execPath, ['-e', '0'])
    took.push(performance.now() - from)
  }
  return median(took)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
