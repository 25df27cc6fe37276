/**
 * `npm run fuzz [-- --seconds N] [--seed S] [--cases N]`: templates made to break the engine, over data made to
 * break it. Ends with what was found, and with status 1 when something was.
 *
 *   npm run fuzz                        a minute, from a seed of its own
 *   npm run fuzz -- --seed 7 --cases 1  case 7 alone, shown
 *   npm run fuzz -- --pure              100,000 renders in a world where clock, chance, files and network throw
 */
import { parseArgs } from 'node:util'
import { caseOf } from '../test/fuzz/cases.ts'
import { bounds, fuzz } from '../test/fuzz/fuzz.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    cases: { type: 'string' },
    pure: { type: 'boolean', default: false },
    renders: { type: 'string', default: '100000' },
  },
})

if (values.pure) await pure(Number(values.renders))
else await hostile()

async function hostile(): Promise<void> {
  const seed = values.seed === undefined ? Math.floor(Math.random() * 1e9) : Number(values.seed)
  const cases = values.cases === undefined ? undefined : Number(values.cases)
  if (cases === 1) show(seed)
  const until = performance.now() + Number(values.seconds) * 1000
  console.log(`from seed ${seed}`)
  const report = await fuzz({
    seed,
    goOn: (done) => (cases === undefined ? performance.now() < until : done < cases),
    ...(cases === undefined ? {} : { batch: Math.min(200, cases) }),
    maxCpuMs: bounds.cpuMs,
    onFinding: (finding) => console.log(`\nseed ${finding.seed}: ${finding.why}`),
  })
  const { outcomes, slowest, external } = report
  console.log(`
${report.cases.toLocaleString('en')} cases: ${outcomes.rendered} rendered, ${outcomes['refused when parsed']} refused when parsed, ${outcomes['failed when run']} failed when run
slowest: seed ${slowest.seed}, ${Math.round(slowest.cpuMs)} ms of CPU; beside the heap at most ${Math.round(external.bytes / 1_048_576)} MiB (seed ${external.seed})
${report.findings.length} findings`)
  if (report.findings.length > 0) {
    console.log(`again: npm run fuzz -- --cases 1 --seed ${report.findings[0]?.seed}`)
    process.exitCode = 1
  }
}

function show(seed: number): void {
  const { kind, engine, template, data } = caseOf(seed)
  console.log(`${kind}, ${engine}:\n${template.slice(0, 2000)}\n`)
  for (const [key, bytes] of data) {
    console.log(`  ${key}: ${JSON.stringify(Buffer.from(bytes).toString().slice(0, 200))}`)
  }
}

async function pure(renders: number): Promise<void> {
  const { renderPurely } = await import('../test/fuzz/purity.ts')
  const from = performance.now()
  const { done, templates, outputs, errors } = await renderPurely(renders)
  const seconds = ((performance.now() - from) / 1000).toFixed(1)
  console.log(
    `${done.toLocaleString('en')} renders of ${templates} templates (${outputs} give an output, ${errors} an error), each time the same, in ${seconds} s; the world was not touched`,
  )
}
