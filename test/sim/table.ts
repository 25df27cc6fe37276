/** What struck, how often, over all runs. */
import { faultKinds } from './faults.ts'
import type { OtherFault, Run } from './sim.ts'

const others: readonly OtherFault[] = [
  'stopped and started in order',
  'outage of Vault',
  'outage of Git',
  'history compacted',
  'people acted',
  'process stood still',
  'leader stood still',
  'leader woke when another led',
  'leader woke, its lease run out',
  'wall clock jumped forward',
  'wall clock jumped back',
  'store emptied',
  'most of the store absent',
  'Git emptied',
  'Git without its folder',
  'most of Git gone',
  'deletion held back',
  'prune held back',
  'confirmed by a person',
]

/** One line a kind: in how many seeds it struck, and how often in all. */
export function faultTable(runs: readonly Run[]): string {
  const rows = [...faultKinds, ...others].map((kind) => {
    const times = runs.map(({ faults }) => faults.get(kind) ?? 0)
    const seeds = times.filter((count) => count > 0).length
    const all = times.reduce((sum, count) => sum + count, 0)
    return `${kind.padEnd(36)}${String(seeds).padStart(6)}${String(all).padStart(9)}`
  })
  return [`${'fault'.padEnd(36)}${' seeds'}${'    times'}`, ...rows].join('\n')
}
