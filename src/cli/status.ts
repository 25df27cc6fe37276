import { Fault } from '#base'
import type { FlagValues } from './flags.ts'
import type { CliCommand, CliIo } from './io.ts'
import { clusterCommand, type Connect, type OnCluster } from './on-cluster.ts'

export type { Connect } from './on-cluster.ts'
import { rowKey, statusRows, watchedKind, type StatusRow } from './status/report.ts'
import { ageText, table } from './table.ts'

const formats = ['json', 'wide', 'name']

/** `lockstep status`. */
export function statusCommand(connect: Connect): CliCommand {
  const check = ({ positionals }: FlagValues): string | undefined =>
    positionals.length > 2 ? 'give one kind and one name at most' : undefined
  return clusterCommand('status', connect, { check, formats }, status)
}

async function status({ client, namespace, flags, io, signal }: OnCluster): Promise<number> {
  const scope = flags.isOn('all-namespaces') ? {} : { namespace }
  const rows = await statusRows(client, { ...scope, ...queryOf(flags.positionals) }, signal)
  print(rows, flags, io, scope.namespace)
  return rows.every(({ state }) => state === 'ready' || state === 'suspended') ? 0 : 1
}

function queryOf([kindName, name]: readonly string[]): {
  kind?: NonNullable<ReturnType<typeof watchedKind>>
  name?: string
} {
  if (kindName === undefined) return {}
  const kind = watchedKind(kindName)
  if (kind === undefined) {
    throw new Fault('InvalidRef', `${kindName} is no kind that Lockstep looks after`, {
      hint: 'externalsecret, sealedsecret, secretstore, clustersecretstore, gitrepository or kustomization',
    })
  }
  return { kind, ...(name === undefined ? {} : { name }) }
}

function print(
  rows: readonly StatusRow[],
  flags: FlagValues,
  io: CliIo,
  namespace: string | undefined,
): void {
  const output = flags.text('output') ?? ''
  if (output === 'json') {
    io.stdout(`${JSON.stringify(rows, undefined, 2)}\n`)
    return
  }
  if (output === 'name') {
    for (const row of rows) io.stdout(`${row.kind.toLowerCase()}/${row.name}\n`)
    return
  }
  if (rows.length === 0) {
    io.stderr(namespace === undefined ? 'nothing found\n' : `nothing found in ${namespace}\n`)
    return
  }
  const header = ['', 'KIND', 'NAME', 'REASON', 'REFRESHED', 'MESSAGE']
  const lines = rows.map((row) => [
    mark(row, io.isTty),
    row.kind,
    flags.isOn('all-namespaces') ? rowKey(row) : row.name,
    row.state === 'suspended' ? 'Suspended' : row.reason === '' ? 'Pending' : row.reason,
    row.refreshedMs === undefined ? '' : `${ageText(io.env.clock.now() - row.refreshedMs)} ago`,
    row.message.length > 100 && output !== 'wide' ? `${row.message.slice(0, 99)}…` : row.message,
  ])
  io.stdout(table([header, ...lines]))
  for (const row of rows) {
    if (row.cause !== undefined) io.stdout(`\n${row.kind} ${rowKey(row)}: ${row.cause}\n`)
  }
}

const marks: Readonly<Record<StatusRow['state'], readonly [string, number]>> = {
  ready: ['✔', 32],
  failing: ['✘', 31],
  pending: ['…', 33],
  suspended: ['‖', 2],
}

function mark(row: StatusRow, colours: boolean): string {
  const [text, code] = marks[row.state]
  return colours ? `\u001b[${code}m${text}\u001b[0m` : text
}
