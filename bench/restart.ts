/** A restart with everything in place: nothing to write, nothing to read, nothing to open. */
import { settled, sum } from './external-secrets.ts'
import { startOperator, type Program } from './operator.ts'
import type { Measured } from './servers.ts'
import { duration, number, type Row } from './table.ts'

export async function measureRestart(
  servers: Measured,
  options: { readonly program: Program; readonly objects: number },
): Promise<readonly Row[]> {
  const before = await servers.counts()
  const operator = startOperator({
    program: options.program,
    kubeconfig: servers.kubeconfig,
    controllers: 'secrets,unsealer',
  })
  const tookMs = await operator.caughtUp()
  const cpuMs = operator.cpuMs()
  const after = await settled(servers)
  const opened = await operator.metric('sealed_secrets_controller_unseal_requests_total')
  const mib = operator.rssMib()
  await operator.stop()
  const writes = sum(after.writes) - sum(before.writes)
  const reads = after.vaultReads - before.vaultReads
  return [
    {
      what: `restart with ${number(options.objects)} objects, process start to caught up`,
      figure: duration(tookMs),
      against: `${number(cpuMs)} ms of CPU, ${number(mib)} MiB`,
      goal: '≤ 3 s',
      met: tookMs <= 3000,
    },
    zero('– writes', writes),
    zero('– reads of Vault', reads),
    zero('– private-key operations', opened),
  ]
}

function zero(what: string, figure: number): Row {
  return { what, figure: number(figure), goal: '0', met: figure === 0 }
}
