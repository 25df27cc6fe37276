/** The functions of the language, and those that Kubernetes adds, as they are called. */
import { operators } from './run-operators.ts'
import { conversions } from './run-conversions.ts'
import { texts } from './run-texts.ts'
import { lists } from './run-lists.ts'
import { times } from './run-times.ts'
import { optionals } from './run-optionals.ts'
import { addresses } from './run-addresses.ts'
import { quantities } from './run-quantities.ts'
import { semvers } from './run-semver.ts'
import { formats } from './run-formats.ts'
import type { Run, Value } from './values.ts'

type Table = Readonly<Record<string, Run>>

const tables: readonly Table[] = [
  operators,
  texts,
  lists,
  times,
  optionals,
  addresses,
  quantities,
  semvers,
  formats,
  conversions,
]

let runs: ReadonlyMap<string, readonly Run[]> | undefined

/**
 * Calls a function.
 *
 * @returns what it comes to; undefined when it does not take such arguments.
 * @throws CelError when it fails.
 */
export function run(name: string, args: readonly Value[]): Value | undefined {
  runs ??= allRuns()
  for (const one of runs.get(name) ?? []) {
    const value = one(args)
    if (value !== undefined) return value
  }
  return undefined
}

// One name may stand for functions of several types.
function allRuns(): ReadonlyMap<string, readonly Run[]> {
  const all = new Map<string, Run[]>()
  for (const [name, one] of tables.flatMap((table) => Object.entries(table))) {
    const held = all.get(name)
    if (held === undefined) all.set(name, [one])
    else held.push(one)
  }
  return all
}
