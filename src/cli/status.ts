import { parseArgs } from 'node:util'
import { Fault } from '#base'
import type { Client } from '#kube'
import { failure, misuse } from './failure.ts'
import type { CliCommand, CliIo } from './io.ts'
import { rowKey, statusRows, watchedKind, type StatusRow } from './status/report.ts'
import { ageText, table } from './table.ts'

const help = `Show whether your secrets are there, and if not, why.

Usage:
  lockstep status [KIND [NAME]] [flags]

Examples:
  lockstep status                      everything in the current namespace
  lockstep status -A                   everything in the cluster
  lockstep status externalsecret db    one object
  lockstep status -A -o json           for scripts

Flags:
  -n, --namespace NAME     namespace to look at (default: the context's)
  -A, --all-namespaces     look at all namespaces
  -o, --output FORMAT      wide, json or name
      --kubeconfig FILE    kubeconfig to use (default: $KUBECONFIG, then ~/.kube/config)
      --context NAME       context of the kubeconfig to use
  -h, --help               show this

Exit status: 0 when everything is ready, 1 when something is not, 2 for misuse.
`

/** How a command reaches the cluster: kubeconfig and context as the user names them. */
export type Connect = (
  io: CliIo,
  options: { readonly kubeconfig?: string; readonly context?: string },
) => Promise<{ readonly client: Client; readonly namespace: string }>

/** `lockstep status`. */
export function statusCommand(connect: Connect): CliCommand {
  return async (argv, io, signal) => {
    const flags = flagsOf(argv)
    if (typeof flags === 'string') return misuse(io, 'status', flags)
    if (flags.help) {
      io.stdout(help)
      return 0
    }
    try {
      const { client, namespace } = await connect(io, flags)
      const scope = flags.all ? {} : { namespace: flags.namespace ?? namespace }
      const rows = await statusRows(client, { ...scope, ...queryOf(flags.positionals) }, signal)
      await client.close()
      print(rows, flags, io, scope.namespace)
      return rows.every(({ state }) => state === 'ready' || state === 'suspended') ? 0 : 1
    } catch (thrown) {
      return failure(io, thrown)
    }
  }
}

interface Flags {
  readonly help: boolean
  readonly all: boolean
  readonly namespace?: string
  readonly output: string
  readonly kubeconfig?: string
  readonly context?: string
  readonly positionals: readonly string[]
}

const formats = ['', 'wide', 'json', 'name']

function flagsOf(argv: readonly string[]): Flags | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        'all-namespaces': { type: 'boolean', short: 'A', default: false },
        namespace: { type: 'string', short: 'n' },
        output: { type: 'string', short: 'o', default: '' },
        kubeconfig: { type: 'string' },
        context: { type: 'string' },
      },
    })
    if (!formats.includes(values.output)) return `unknown output format ${values.output}`
    if (positionals.length > 2) return 'give one kind and one name at most'
    return {
      help: values.help,
      all: values['all-namespaces'],
      output: values.output,
      positionals,
      ...(values.namespace === undefined ? {} : { namespace: values.namespace }),
      ...(values.kubeconfig === undefined ? {} : { kubeconfig: values.kubeconfig }),
      ...(values.context === undefined ? {} : { context: values.context }),
    }
  } catch (error) {
    return error instanceof Error ? error.message : 'unknown flag'
  }
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
  flags: Flags,
  io: CliIo,
  namespace: string | undefined,
): void {
  if (flags.output === 'json') {
    io.stdout(`${JSON.stringify(rows, undefined, 2)}\n`)
    return
  }
  if (flags.output === 'name') {
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
    flags.all ? rowKey(row) : row.name,
    row.state === 'suspended' ? 'Suspended' : row.reason === '' ? 'Pending' : row.reason,
    row.refreshedMs === undefined ? '' : `${ageText(io.env.clock.now() - row.refreshedMs)} ago`,
    row.message.length > 100 && flags.output !== 'wide'
      ? `${row.message.slice(0, 99)}…`
      : row.message,
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
