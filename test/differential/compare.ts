/** Plays seeds one after the other; what differs is confirmed, made small and told. */
import { sequenceOf, type Choice } from './generate.ts'
import type { Json } from './grammar.ts'
import { play, type Found, type Pair } from './play.ts'
import { shrink } from './shrink.ts'
import type { Step } from './step.ts'

export interface Finding {
  readonly seed: number
  readonly steps: readonly Step[]
  readonly found: Found
}

export interface Report {
  readonly sequences: number
  readonly exchanges: number
  readonly findings: readonly Finding[]
}

export interface CompareOptions extends Choice {
  readonly from: number
  /** Whether another seed is to be played. */
  readonly goOn: (sequences: number, findings: number) => boolean
  /** Times a finding may be played anew to make it smaller; default 300. */
  readonly patience?: number
  readonly onFinding?: (finding: Finding) => void
  /** What is not to be looked into again, by its signature. */
  readonly isKnown?: (signature: string) => boolean
}

export async function compareSeeds(pair: Pair, options: CompareOptions): Promise<Report> {
  let exchanges = 0
  let sequences = 0
  const findings: Finding[] = []
  for (; options.goOn(sequences, findings.length); sequences++) {
    const seed = options.from + sequences
    const asked: Step[] = []
    const make = sequenceOf(seed, options)
    const played = await play(pair, (at, real) => {
      const step = make(at, real)
      if (step !== undefined) asked.push(step)
      return step
    })
    exchanges += played.exchanges
    if (played.found === undefined) continue
    if (options.isKnown?.(signatureOf(played.found)) === true) continue
    const finding = await confirmed(pair, seed, asked, options.patience ?? 300)
    if (finding === undefined) continue
    findings.push(finding)
    options.onFinding?.(finding)
  }
  return { sequences, exchanges, findings }
}

/** What was found, as small as it gets; undefined when it does not come back. */
async function confirmed(
  pair: Pair,
  seed: number,
  steps: readonly Step[],
  patience: number,
): Promise<Finding | undefined> {
  const again = async (some: readonly Step[]): Promise<Found | undefined> =>
    (await play(pair, (at) => some[at])).found
  const first = await again(steps)
  if (first === undefined) return undefined
  const signature = signatureOf(first)
  const least = await shrink(
    steps.slice(0, first.at + 1),
    async (some) => {
      const found = await again(some)
      return found !== undefined && signatureOf(found) === signature
    },
    patience,
  )
  const found = (await again(least)) ?? first
  return { seed, steps: least, found }
}

/** What makes two findings the same: where they differ, names and numbers aside. */
export function signatureOf({ step, differences, real, ours }: Found): string {
  const places = differences.map(({ at }) =>
    at.replaceAll(/\d+/g, 'n').split('/').slice(0, 4).join('/'),
  )
  const way = step.type?.replace(/application\/(\S+?)(\+\w+)?$/, '$1') ?? ''
  return [
    step.kind,
    step.method,
    way,
    step.sub ?? '',
    real.status,
    ours.status,
    [...new Set(places)].toSorted()[0],
  ].join(' ')
}

/** A finding as it is read: the seed, each step, and what differs. */
export function tellFinding({ seed, steps, found }: Finding): string {
  const lines = steps.map((step) => `  ${JSON.stringify(step)}`)
  const places = found.differences
    .slice(0, 6)
    .map(({ at, real, ours }) => `  ${at}\n    real ${cut(real)}\n    ours ${cut(ours)}`)
  return [`=== seed ${seed}: ${signatureOf(found)}`, ...lines, ...places].join('\n')
}

function cut(value: Json | undefined): string {
  return (value === undefined ? 'absent' : JSON.stringify(value)).slice(0, 500)
}
