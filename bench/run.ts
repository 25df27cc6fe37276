/**
 * `npm run bench`: what Lockstep costs, each figure beside a limit measured in the same run, in one
 * table at the end; rows that lose are printed like the others. README.md says how to read it.
 *
 *   npm run bench                         1,000 objects of each kind, a minute at rest
 *   npm run bench -- --quick              100 objects, 2 s at rest: does it still run?
 *   npm run bench -- --real               on a real API server, etcd and Vault
 *   npm run bench -- --only kube-api --real   the embedded API server beside kube-apiserver on etcd
 *   npm run bench -- --only templates     ten templates beside Go's engine
 *   npm run bench -- --only secrets,start --sources --node-flags="--cpu-prof --cpu-prof-dir=/tmp/p"
 */
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { measureExternalSecrets, prepared } from './external-secrets.ts'
import { measureInformer } from './informer.ts'
import { measureKubeApi, type KubeApiOptions } from './kube-api/measure.ts'
import { programToMeasure, type Program } from './operator.ts'
import {
  missingPrograms,
  realNames,
  realPrograms,
  startRealServers,
  type RealProgram,
} from './real.ts'
import { measureRestart } from './restart.ts'
import { measureSealedSecrets } from './sealed-secrets.ts'
import { startServers, type Measured } from './servers.ts'
import { measureStart } from './start.ts'
import { markdown, number, type Row } from './table.ts'
import { measureTemplates, type TemplateOptions } from './templates.ts'

/** What `--real` has: the others are about the embedded servers, or the same on both. */
const realParts: ReadonlySet<string> = new Set(['secrets', 'sealed', 'restart', 'kube-api'])
const parts = [
  'secrets',
  'sealed',
  'restart',
  'start',
  'kube-api',
  'informer',
  'templates',
] as const
type Part = (typeof parts)[number]

interface Options {
  readonly count: number
  readonly restSeconds: number
  readonly opensslSeconds: number
  readonly startRounds: number
  readonly watched: number
  readonly kubeApi: KubeApiOptions
  readonly templates: TemplateOptions
  readonly only: ReadonlySet<Part>
  readonly program: Program
  readonly real: boolean
}

const longLoad: Omit<KubeApiOptions, 'real'> = {
  rounds: 3,
  load: { inFlight: 50, warmUpMs: 2_000, ms: 5_000 },
  stored: 10_000,
  starts: 5,
  callsMs: 3_000,
}

const shortLoad: typeof longLoad = {
  rounds: 1,
  load: { inFlight: 50, warmUpMs: 1_500, ms: 1_000 },
  stored: 1_000,
  starts: 1,
  callsMs: 200,
}

const options = optionsOf(process.argv.slice(2))
const rows: Row[] = []
const from = performance.now()
const missing = options.real ? missingPrograms(neededBy(options.only)) : []
if (missing.length > 0) rows.push(notMeasured(missing))
else await objects(options)
if (options.only.has('start')) {
  say('starting')
  rows.push(...(await measureStart({ program: options.program, rounds: options.startRounds })))
}
if (options.only.has('kube-api') && missing.length === 0) {
  say('the embedded API server under load')
  rows.push(...(await measureKubeApi(options.kubeApi)))
}
if (options.only.has('informer')) {
  say('watching')
  rows.push(...(await measureInformer({ count: options.watched, rounds: 2 })))
}
if (options.only.has('templates')) {
  say('templates, here and in Go')
  rows.push(...(await measureTemplates(options.templates)))
}
console.log(`
${markdown(rows)}

${options.real && missing.length === 0 ? `Servers: ${realNames()}.\n` : ''}Operator: ${options.program.name}; Node ${process.versions.node}. Machine: ${availableParallelism()} cores
(${cpus()[0]?.model ?? 'unknown'}), ${options.count === 1000 ? '' : `${number(options.count)} objects a kind, `}run of ${number((performance.now() - from) / 1000)} s.`)

/** One world for the three that build on each other: fill it, seal into it, restart in it. */
async function objects({ count, only, program, ...rest }: Options): Promise<void> {
  if (!hasObjects(only)) return
  say(`starting servers and the operator: ${program.name}`)
  const start: () => Promise<Measured> = rest.real ? startRealServers : startServers
  const { servers, operator } = await prepared(program, 'secrets,unsealer', start)
  let made = 0
  let bareMs: number | undefined
  if (only.has('secrets') || only.has('restart')) {
    say(`${number(count)} ExternalSecrets, then ${rest.restSeconds} s at rest`)
    const measured = await measureExternalSecrets(servers, operator, { count, ...rest })
    rows.push(...measured.rows)
    bareMs = measured.bareMs
    made += count
  }
  if (only.has('sealed') || only.has('restart')) {
    say(`${number(count)} SealedSecrets`)
    const beside = rest.real ? { bareMs } : {}
    rows.push(...(await measureSealedSecrets(servers, operator, { count, ...beside, ...rest })))
    made += count
  }
  await operator.stop()
  if (only.has('restart')) {
    say('restarting')
    rows.push(...(await measureRestart(servers, { program, objects: made })))
  }
  await servers.stop()
}

function hasObjects(only: ReadonlySet<Part>): boolean {
  return only.has('secrets') || only.has('sealed') || only.has('restart')
}

function neededBy(only: ReadonlySet<Part>): readonly RealProgram[] {
  return hasObjects(only) ? realPrograms : []
}

function notMeasured(names: readonly string[]): Row {
  return {
    what: 'real servers',
    figure: 'not measured',
    against: `missing: node scripts/components.ts ensure ${names.join(' ')}`,
  }
}

function say(text: string): void {
  console.error(`… ${text}`)
}

function optionsOf(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: { type: 'boolean', default: false },
      count: { type: 'string' },
      rest: { type: 'string' },
      only: { type: 'string', default: parts.join(',') },
      real: { type: 'boolean', default: false },
      sources: { type: 'boolean', default: false },
      'node-flags': { type: 'string', default: '' },
    },
  })
  const given = (text: string | undefined, quick: number, full: number): number => {
    const value = text === undefined ? (values.quick ? quick : full) : Number(text)
    if (!Number.isFinite(value) || value < 1) throw new Error(`${text} is no number of at least 1`)
    return value
  }
  const only = values.only.split(',').map((name) => {
    const part = parts.find((one) => one === name.trim())
    if (part === undefined) throw new Error(`--only: ${name} is none of ${parts.join(', ')}`)
    return part
  })
  const { real } = values
  const nodeFlags = values['node-flags'].split(' ').filter((flag) => flag !== '')
  return {
    count: given(values.count, 100, 1000),
    restSeconds: given(values.rest, 2, 60),
    opensslSeconds: values.quick ? 1 : 2,
    startRounds: values.quick ? 1 : 5,
    watched: values.quick ? 1_000 : 10_000,
    kubeApi: values.quick ? { ...shortLoad, real } : { ...longLoad, real },
    templates: values.quick ? { ms: 5, withGo: false } : { ms: 300, withGo: true },
    only: new Set(only.filter((part) => !real || realParts.has(part))),
    program: programToMeasure(values.sources, nodeFlags),
    real,
  }
}
