/** Plays a kept sequence on one server. */
import type { Json } from './grammar.ts'
import { addresses } from './kinds.ts'
import { Side, type Ask, type Shown } from './side.ts'
import { withTexts, type Step } from './step.ts'

/** Answers with times and the run's own name left out. */
export async function answersOf(ask: Ask, ns: string, steps: readonly Step[]): Promise<Json[]> {
  const side = new Side(ask, ns, addresses)
  const answers: Json[] = []
  for (const step of steps) answers.push(withoutRun(await side.send(step), ns))
  return answers
}

function withoutRun({ status, headers, body }: Shown, ns: string): Json {
  return withTexts({ status, headers, body }, (text) =>
    text.replaceAll(ns, '«ns»').replaceAll(/20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, timeOf),
  )
}

const timeOf = (time: string): string => (time.startsWith('2030') ? time : '«time»')
