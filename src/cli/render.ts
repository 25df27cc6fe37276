/**
 * `lockstep render template FILE`: tries a template before it is committed, without a cluster or a
 * backend. FILE is a template, or manifests that hold templates; the data is the caller's own.
 */
import { Fault, faultOf, limits, textIfUtf8 } from '#base'
import type { Engine } from '#template'
import { helpOf } from './commands/help.ts'
import { commandSpec } from './commands/table.ts'
import { failure, misuse } from './failure.ts'
import { FlagError, parseFlags, type FlagValues } from './flags.ts'
import type { CliCommand, CliIo } from './io.ts'
import { entriesOf, entryOf, type ReadInput } from './render/data.ts'
import { subjectsOf } from './render/manifest.ts'
import { tell } from './render/report.ts'
import { renderSubject, renderText, type Trial } from './render/trial.ts'
import { printed } from './render/output.ts'

/** `lockstep render template FILE`. */
export const renderCommand: CliCommand = async (argv, io, signal) => {
  let flags: FlagValues
  try {
    flags = parseFlags(commandSpec('render')?.flags ?? new Map(), argv)
  } catch (thrown) {
    if (thrown instanceof FlagError) return misuse(io, 'render', thrown.message)
    throw thrown
  }
  if (flags.isOn('help')) {
    io.stdout(helpOf('render'))
    return 0
  }
  const wrong = wrongWith(flags)
  if (wrong !== undefined) return misuse(io, 'render', wrong)
  try {
    return await render(flags, io, signal)
  } catch (thrown) {
    return failure(io, thrown)
  }
}

const engines = ['eso', 'sealed']
const formats = ['yaml', 'json']

function wrongWith(flags: FlagValues): string | undefined {
  const [what, file, ...more] = flags.positionals
  if (what !== 'template') {
    return what === undefined
      ? 'give what to render: template FILE'
      : `render knows template, not ${what}`
  }
  if (file === undefined || more.length > 0) return 'give one FILE, or - for standard input'
  const engine = flags.text('engine')
  if (engine !== undefined && !engines.includes(engine)) {
    return `--engine is one of ${engines.join(', ')}`
  }
  const output = flags.text('output')
  if (output !== undefined && !formats.includes(output)) return `unknown output format ${output}`
  const fromStdin = [file, ...flags.list('data-file')].filter((path) => path === '-').length
  const piped = flags.list('data').filter((given) => given.endsWith('=-')).length
  return fromStdin + piped > 1 ? 'standard input can be read once only' : undefined
}

async function render(flags: FlagValues, io: CliIo, signal: AbortSignal): Promise<number> {
  const file = flags.positionals[1] ?? '-'
  const read = reader(io)
  const text = textIfUtf8(await read(file))
  const shown = file === '-' ? 'stdin' : file
  if (text === undefined) throw new Fault('InvalidSpec', `${shown} is no UTF-8 text`)
  const data = await dataOf(flags, read)
  const subjects = subjectsOf(text, shown)
  const engine = flags.text('engine') as Engine | undefined
  const trials: Trial[] = []
  if (subjects === null) {
    if (flags.text('output') !== undefined) return misuse(io, 'render', '--output is for manifests')
    const placed = { text, origin: { file: shown, line: 1, indent: 0 } }
    trials.push(await renderText(placed, engine ?? 'eso', data, io.env, signal))
  }
  for (const subject of subjects ?? []) {
    const asked = engine === undefined ? subject : { ...subject, engine }
    trials.push(await renderSubject(asked, data, io.env, signal))
  }
  const problems = trials.flatMap((trial) => trial.problems)
  if (problems.length > 0) {
    for (const problem of problems) tell(io, problem)
    return 1
  }
  const { key, format } = { key: flags.text('key'), format: flags.text('output') }
  io.stdout(
    await printed(trials, {
      isTty: io.isTty,
      ...(key === undefined ? {} : { key }),
      ...(format === undefined ? {} : { format: format === 'json' ? 'json' : 'yaml' }),
    }),
  )
  return 0
}

/** Files by the name that the user gave. */
function reader(io: CliIo): ReadInput {
  return async (path) => {
    if (path === '-') return await io.stdin()
    const absolute = path.startsWith('/') ? path : `${io.cwd}/${path}`
    try {
      const bytes = await io.env.fs.read(absolute, { maxBytes: limits.manifestBytes })
      if (bytes !== null) return bytes
    } catch (thrown) {
      throw faultOf(thrown).within(`read ${path}`)
    }
    throw new Fault('NotFound', `there is no file ${path}`, { hint: 'check the path' })
  }
}

/** Files first, then what stands on the command line itself; of equal keys the last one counts. */
async function dataOf(
  flags: FlagValues,
  read: ReadInput,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const data = new Map<string, Uint8Array>()
  for (const path of flags.list('data-file')) {
    for (const [key, value] of await entriesOf(path, read)) data.set(key, value)
  }
  for (const given of flags.list('data')) {
    const [key, value] = await entryOf(given, read)
    data.set(key, value)
  }
  return data
}
