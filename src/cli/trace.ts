/** `lockstep trace`: where each key of a Secret came from. Names, versions and times; never a value. */
import { Fault, parseTime } from '#base'
import { chainOf, keyGiven } from './chain/chain.ts'
import type { CliCommand } from './io.ts'
import { clusterCommand, type Connect, type OnCluster } from './on-cluster.ts'
import { ageText, table } from './table.ts'
import { traceOf, type Trace, type TracedManifest } from './trace/report.ts'

/** `lockstep trace NAMESPACE/SECRET`. */
export function traceCommand(connect: Connect): CliCommand {
  const check = ({ positionals }: { readonly positionals: readonly string[] }) =>
    positionals.length === 1 ? undefined : 'give one Secret, as in web/db'
  return clusterCommand('trace', connect, { check }, trace)
}

async function trace({ client, namespace, flags, isJson, io, signal }: OnCluster): Promise<number> {
  const key = keyGiven(flags.positionals[0] ?? '', namespace)
  const chain = await chainOf(client, key, signal)
  if (chain.secret === null && chain.externalSecrets.length === 0 && chain.sealedSecret === null) {
    const text = `there is no Secret ${key.namespace}/${key.name}, and nothing that would make it`
    throw new Fault('NotFound', text)
  }
  const traced = await traceOf(client, chain, signal)
  if (isJson) io.stdout(`${JSON.stringify(traced, undefined, 2)}\n`)
  else io.stdout(textOfTrace(traced, io.env.clock.now()))
  return 0
}

function textOfTrace(traced: Trace, nowMs: number): string {
  const lines = [
    ['made by', traced.madeBy.join(', ')],
    ['manifest', manifestText(traced.manifest)],
    ...(traced.readTime === undefined ? [] : [['read', ago(traced.readTime, nowMs)]]),
    ...traced.notes.map((note) => ['note', note]),
  ]
  const header = `Secret ${traced.secret}${traced.isPresent ? '' : ' (not there)'}\n`
  const head = lines.map(([name = '', text = '']) => `  ${name.padEnd(10)}${text}\n`).join('')
  if (traced.keys.length === 0) return header + head
  const hasStore = traced.keys.some(({ store }) => store !== undefined)
  const rows = traced.keys.map((key) => [
    key.key,
    key.from,
    ...(hasStore
      ? [
          key.store ?? '',
          key.remoteKey ?? '',
          key.property ?? '',
          key.version ?? '',
          key.time === undefined ? '' : ago(key.time, nowMs),
        ]
      : []),
  ])
  const columns = ['KEY', 'FROM', ...(hasStore ? storeColumns : [])]
  return `${header}${head}\n${table([columns, ...rows])}`
}

const storeColumns = ['STORE', 'REMOTE KEY', 'PROPERTY', 'VERSION', 'SINCE']

function manifestText({ kustomization, revision, url, repository, isLeftOver }: TracedManifest) {
  if (kustomization === undefined) return 'applied by hand: no sync has put its labels on it'
  const where = url ?? (repository === undefined ? 'a source that is not there' : repository)
  const left = isLeftOver === true ? ' (no longer in its inventory)' : ''
  return `${revision ?? 'no revision yet'} of ${where}, by Kustomization ${kustomization}${left}`
}

function ago(time: string, nowMs: number): string {
  const ms = parseTime(time)
  return ms === undefined ? time : `${ageText(nowMs - ms)} ago`
}
