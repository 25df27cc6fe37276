/** `node test/differential/record.ts`: what a kube-apiserver answers to the kept sequences, written anew. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { realEnv, silentLog } from '#base/env'
import { startControlPlane } from '../real/control-plane.ts'
import type { Json } from './grammar.ts'
import { keptSequences } from './kept-sequences.ts'
import { answersOf } from './kept.ts'
import { openPair } from './pair.ts'

const plane = await startControlPlane({ controllers: [], audit: false })
try {
  const pair = await openPair(realEnv({ log: silentLog }), plane.access, 'k')
  const answers: Record<string, Json[]> = {}
  for (const [name, steps] of Object.entries(keptSequences)) {
    // Begun with a second and over within it: what is ordered by time is ordered by names then.
    do {
      const ns = await pair.namespace()
      answers[name] = await answersOf(pair.real, ns, steps)
    } while (pair.turned())
  }
  const lines = Object.entries(answers).map(
    ([name, given]) =>
      `${JSON.stringify(name)}: [\n  ${given.map((one) => JSON.stringify(one)).join(',\n  ')}\n]`,
  )
  const file = fileURLToPath(new URL('kept-answers.json', import.meta.url))
  writeFileSync(file, `{\n${lines.join(',\n')}\n}\n`)
  await pair.close()
} finally {
  await plane.close()
}
