/**
 * Runs of chance by hand: `node test/misbehaving/run.ts 1 1000` plays those seeds and prints each that
 * breaks a promise.
 */
import { randomRun } from './random.ts'

const [from = 1, to = 1_000] = process.argv.slice(2).map(Number)
const broken: number[] = []
for (let seed = from; seed <= to; seed++) {
  try {
    await randomRun(seed)
  } catch (thrown) {
    broken.push(seed)
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
    console.log(`seed ${seed}: ${text.split('\n').slice(0, 3).join('\n    ')}`)
  }
}
console.log(`${to - from + 1} seeds, ${broken.length} broken`)
process.exitCode = broken.length > 0 ? 1 : 0
