/** Plays a sequence on both servers, and says where they first differ. */
import { differences, type Difference } from './normalise.ts'
import { Side, type Ask, type Shown } from './side.ts'
import type { KindAddress, Step } from './step.ts'

/** The two servers. */
export interface Pair {
  readonly real: Ask
  readonly ours: Ask
  readonly kinds: Readonly<Record<string, KindAddress>>
  /** Makes a namespace in both. @returns its name. */
  namespace(): Promise<string>
  /** Both clocks show the same second from now on; `whole`: one that has just begun. */
  together(whole?: boolean): Promise<void>
  /** Whether a second has turned since the last TICK, or since the sequence began. */
  turned(): boolean
}

/** Where two answers differ. */
export interface Found {
  /** Number of the step. */
  readonly at: number
  readonly step: Step
  readonly real: Shown
  readonly ours: Shown
  readonly differences: readonly Difference[]
}

export interface Played {
  readonly exchanges: number
  readonly found: Found | undefined
}

/** What steps come from: a list that is there, or one that is made as it goes. */
export type Steps = (at: number, real: Side) => Step | undefined

export async function play(pair: Pair, steps: Steps): Promise<Played> {
  const ns = await pair.namespace()
  const real = new Side(pair.real, ns, pair.kinds)
  const ours = new Side(pair.ours, ns, pair.kinds)
  let exchanges = 0
  for (let at = 0; ; at++) {
    const step = steps(at, real)
    if (step === undefined) return { exchanges: at, found: undefined }
    if (step.method === 'TICK') {
      await pair.together(true)
      continue
    }
    const [said, own] = await askBoth(pair, real, ours, step)
    const found = differences({ ...said }, { ...own })
    // Asked at the turn of a second: which of the two each has seen is chance.
    if (found.length > 0 && found.every(({ at }) => isTime(at)) && pair.turned()) break
    if (found.length > 0) {
      return { exchanges: at + 1, found: { at, step, real: said, ours: own, differences: found } }
    }
    exchanges = at + 1
  }
  return { exchanges, found: undefined }
}

// Who owns what is ordered by time.
const isTime = (at: string): boolean => /(?:\/managedFields\b.*|Timestamp)$/.test(at)

async function askBoth(pair: Pair, real: Side, ours: Side, step: Step): Promise<[Shown, Shown]> {
  if (step.method === 'WATCH') {
    // Ours tells at once what there is; the real one may lag behind itself for a moment.
    const own = await ours.send(step)
    return [await real.send(step, ours.events), own]
  }
  const said = await real.send(step)
  await pair.together()
  return [said, await ours.send(step)]
}
