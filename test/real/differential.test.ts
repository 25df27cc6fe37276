/**
 * The embedded API server beside a kube-apiserver: random sequences of writes, applies, lists and watches,
 * each answer compared. More seeds by hand: `node test/differential/run.ts`.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { realEnv, silentLog } from '#base/env'
import { compareSeeds, tellFinding } from '../differential/compare.ts'
import { openPair, type OpenPair } from '../differential/pair.ts'
import { startControlPlane, type ControlPlane } from './control-plane.ts'
import { noteUse } from './uses.ts'

/** Milliseconds in which seeds are begun. */
const budgetMs = 30_000

/** Kinds of which no difference is known; what is left of the others: `node test/differential/run.ts --kinds …`. */
const sameKinds: readonly string[] = [
  'Sample',
  'ExternalSecret',
  'SecretStore',
  'SealedSecret',
  'ConfigMap',
  'Secret',
  'Lease',
]

let plane: ControlPlane
let pair: OpenPair
// Nothing acts by itself there: the two are asked the same at the same moment.
beforeAll(async () => {
  plane = await startControlPlane({ controllers: [], audit: false })
  pair = await openPair(realEnv({ log: silentLog }), plane.access, 'd')
})
afterAll(async () => {
  await pair?.close()
  await plane?.close()
})

it('the embedded API server answers random sequences as kube-apiserver does', async () => {
  noteUse('kube-apiserver')
  const until = Date.now() + budgetMs
  const { sequences, exchanges, findings } = await compareSeeds(pair, {
    from: 1,
    kinds: sameKinds,
    odd: false,
    goOn: (played, found) => Date.now() < until && played < 120 && found === 0,
  })
  expect(findings.map(tellFinding).join('\n')).toBe('')
  expect(sequences).toBeGreaterThan(20)
  expect(exchanges).toBeGreaterThan(sequences * 5)
  console.log(`differential: ${exchanges} exchanges in ${sequences} sequences are the same`)
}, 120_000)
