import { describe, expect, it } from 'vitest'
import { plantedBugs } from './sim/planted.ts'
import { report, simulate, type Run } from './sim/sim.ts'
import { faultTable } from './sim/table.ts'

const seeds = 50
/** Lived through a second time: the same seed must give the same trace. */
const twice = [1, 26]
/** A planted bug has to be found within so many seeds. */
const mostToFind = 24
const slow = 600_000

describe('the whole operator, through faults, kills and people', { timeout: slow }, () => {
  const runs: Run[] = []

  it(`destroys nothing, keeps to its own, leaks nothing and falls silent: ${seeds} seeds`, async () => {
    for (let seed = 1; seed <= seeds; seed++) runs.push(await simulate(seed))
    console.log(faultTable(runs))
    const failed = runs.filter(({ violations }) => violations.length > 0)
    expect(failed.map(report).join('\n\n')).toBe('')
  })

  it('met every kind of fault', () => {
    const met = runs.flatMap(({ faults }) => [...faults.keys()])
    expect(faultTable(runs).split('\n').slice(1).length).toBe(new Set(met).size)
  })

  it.each(twice)('is the same run when seed %i is lived through again', async (seed) => {
    const again = await simulate(seed)
    expect(again.hash).toBe(runs[seed - 1]?.hash)
  })
})

describe('a planted bug is found', { timeout: slow }, () => {
  it.each(Object.entries(plantedBugs))('%s', async (_name, bug) => {
    const found: string[] = []
    for (let seed = 1; seed <= mostToFind && !found.includes(bug.finds); seed++) {
      const { violations } = await simulate(seed, { bug })
      found.push(...violations.map(({ invariant }) => invariant))
    }
    expect(found).toContain(bug.finds)
  })
})
