/**
 * Ten templates, parsed and rendered, beside Go's engine in a process of its own over the same templates. What
 * both give is compared byte for byte in the same run.
 *
 * All ten are warmed up in turns before the first is measured. V8 begins by interpreting and compiles what is used, on
 * threads whose CPU counts here: in the first half second that is half of all CPU, and application.yaml, warmed up
 * alone for 150 ms, cost three times what it costs an operator that has been running for a minute. In turns,
 * because what is compiled for one template alone is thrown away at the next one's other kinds of node.
 */
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parseTemplate, render } from '#template'
import { number, type Row } from './table.ts'
import { templateCases, type TemplateCase } from './templates/cases.ts'

export interface TemplateOptions {
  /** How much CPU each template gets, on either side, after twice that for warming up. */
  readonly ms: number
  /** Whether Go is asked at all. */
  readonly withGo: boolean
}

/** What one template costs: microseconds of CPU, all threads, a rendering. */
interface Cost {
  readonly output: Buffer
  /** Parsed anew each time. */
  readonly us: number
}

/** At most so many times Go's CPU. */
const goal = 3

export async function measureTemplates(options: TemplateOptions): Promise<readonly Row[]> {
  const cases = templateCases()
  const go = options.withGo ? await goCosts(cases, options.ms) : 'not asked'
  const rows: Row[] = []
  const ratios: number[] = []
  warmUp(cases, options.ms)
  for (const one of cases) {
    const ours = await costOf(one, options.ms, true)
    const kept = await costOf(one, options.ms, false)
    const figure = `${number(ours.us)} µs of CPU, ${number(kept.us)} kept parsed`
    const what = `template: ${one.name}, parsed and rendered`
    const theirs = typeof go === 'string' ? undefined : go.get(one.name)
    if (theirs === undefined) {
      const why = typeof go === 'string' ? go : 'it gave no answer'
      rows.push({ what, figure, against: `no Go: not compared (${why})` })
      continue
    }
    const ratio = ours.us / theirs.us
    const isSame = theirs.output.equals(ours.output)
    ratios.push(ratio)
    rows.push({
      what,
      figure,
      against: `${number(theirs.us)} µs in Go: ${number(ratio)} times; ${isSame ? 'same bytes' : 'OTHER BYTES'}`,
      goal: `≤ ${goal} times`,
      met: isSame && ratio <= goal,
    })
  }
  if (ratios.length === 0) return rows
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length)
  return [
    ...rows,
    {
      what: '– all ten, geometric mean',
      figure: `${number(mean)} times Go`,
      goal: `≤ ${goal} times`,
      met: mean <= goal,
    },
  ]
}

let parsed = 0

const turns = 6

function warmUp(cases: readonly TemplateCase[], ms: number): void {
  for (let turn = 0; turn < turns; turn++) {
    for (const one of cases) {
      for (const anew of [true, false]) repeat(rendering(one, anew), ms / turns)
    }
  }
}

function rendering(one: TemplateCase, anew: boolean): () => Uint8Array {
  // Another name is another template: what was parsed before is not taken.
  return () => {
    const name = anew ? `t${parsed++}` : 't'
    return render(parseTemplate(one.template, { engine: 'eso', name }), one.data)
  }
}

async function costOf(one: TemplateCase, ms: number, anew: boolean): Promise<Cost> {
  const work = rendering(one, anew)
  const output = Buffer.from(work())
  // What was before left garbage and functions to compile; that is not this measurement's.
  await new Promise((done) => setTimeout(done, 20))
  return { output, us: repeat(work, ms) }
}

/** By CPU and not by the clock: on a busy machine little would be done in a second. */
function repeat(work: () => unknown, ms: number): number {
  const from = process.cpuUsage()
  for (let count = 0; ;) {
    for (let i = 0; i < 20; i++, count++) work()
    const { user, system } = process.cpuUsage(from)
    if (user + system >= ms * 1000) return (user + system) / count
  }
}

interface GoAnswer {
  readonly Name: string
  readonly Output: string
  readonly Count: number
  readonly CpuUs: number
}

/** @returns Costs by the template's name, or why Go cannot be asked. */
async function goCosts(
  cases: readonly TemplateCase[],
  ms: number,
): Promise<ReadonlyMap<string, Cost> | string> {
  if (spawnSync('go', ['version']).status !== 0) return 'go is not on the path'
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-bench-go-'))
  try {
    const program = join(folder, 'templates')
    const source = new URL('templates/go', import.meta.url).pathname
    const build = promisify(execFile)('go', ['build', '-o', program, '.'], {
      cwd: source,
      timeout: 600_000,
    })
    const failed = await build.then(
      () => undefined,
      () => 'its modules are not here',
    )
    if (failed !== undefined) return failed
    const asked = { Ms: ms, Cases: cases.map(asGo) }
    const answered = execFileSync(program, { input: JSON.stringify(asked), maxBuffer: 1 << 28 })
    const answers = JSON.parse(answered.toString()) as readonly GoAnswer[]
    return new Map(
      answers.map(({ Name, Output, Count, CpuUs }) => [
        Name,
        { output: Buffer.from(Output, 'base64'), us: CpuUs / Count },
      ]),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function asGo({ name, template, data }: TemplateCase): object {
  const values = [...data].map(([key, bytes]) => [key, Buffer.from(bytes).toString('base64')])
  return { Name: name, Template: template, Data: Object.fromEntries(values) as object }
}
