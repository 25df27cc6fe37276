/**
 * `npm run sim -- [--seeds N] [--seed S] [--trace]`: lives through seeds S … S + N - 1 (default 200
 * from 1), stops at none, and ends with what struck how often and which seeds failed.
 */
import { parseArgs } from 'node:util'
import { faultTable } from '../test/sim/table.ts'
import { report, simulate, type Run } from '../test/sim/sim.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
})
const first = Number(values.seed ?? 1)
const count = Number(values.seeds ?? (values.seed === undefined ? 200 : 1))

const runs: Run[] = []
for (let seed = first; seed < first + count; seed++) {
  const run = await simulate(seed, values.trace ? { onLine: (line) => console.log(line) } : {})
  runs.push(run)
  if (run.violations.length > 0) console.log(`\n${report(run)}\n`)
  else if (count <= 20 || seed % 20 === 0) {
    console.log(`seed ${seed}: ${run.lines} lines, ${run.hash.slice(0, 12)}`)
  }
}
const failed = runs.filter(({ violations }) => violations.length > 0)
console.log(`\n${faultTable(runs)}`)
console.log(`${runs.length - failed.length} seeds passed, ${failed.length} failed`)
if (failed.length > 0) console.log(`failed: ${failed.map(({ seed }) => seed).join(' ')}`)
process.exitCode = failed.length > 0 ? 1 : 0
