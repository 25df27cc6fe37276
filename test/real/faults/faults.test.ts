/**
 * Faults for real: 200 objects, the operator as processes with the rights of `deploy/`, and harm at
 * random moments. `LOCKSTEP_FAULTS_SEED` plays the same moments again; `LOCKSTEP_FAULTS_TIMES=1` brings
 * each fault about once, which takes half the time.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { programOf } from '../programs.ts'
import { createDice } from './dice.ts'
import { faults } from './faults.ts'
import { converge, damageIn, leaksIn, type Outcome } from './judge.ts'
import { secretKeys, fileKeys } from './manifests.ts'
import { tableOf } from './table.ts'
import { createWorld, type World } from './world.ts'

const mostTimes = Number(process.env['LOCKSTEP_FAULTS_TIMES'] ?? 100)
const missing = ['etcd', 'kube-apiserver'].filter((name) => !programOf(name, 'optional'))
if (missing.length > 0) console.log(`SKIPPED faults: there is no ${missing.join(', no ')}`)

describe.skipIf(missing.length > 0)('200 objects, come what may', () => {
  const dice = createDice()
  const outcomes: Outcome[] = []
  let world: World

  beforeAll(async () => {
    console.log(`faults: LOCKSTEP_FAULTS_SEED=${dice.seed}`)
    world = await createWorld()
    if (world.backend.kind === 'embedded') {
      console.log('SKIPPED vault: faults befall the embedded Vault in its place')
    }
    await converge(world, performance.now())
  }, 180_000)

  afterAll(async () => {
    console.log(`\n${tableOf(outcomes)}\n`)
    await world?.close()
  }, 60_000)

  for (const { name, times, inject } of faults) {
    it(`${name}: nothing lost, nothing deleted, converged within 60 s, nothing leaked`, async () => {
      for (let time = 0; time < Math.min(times, mostTimes); time++) {
        const uids = uidsIn(world)
        const endedMs = await inject(world, dice)
        const tookMs = await converge(world, endedMs)
        const { damage, lost, deleted } = damageIn(world, uids)
        console.log(`${name}: converged in ${(tookMs / 1000).toFixed(1)} s`)
        outcomes.push({ name, objects: uids.size, lost, deleted, tookMs, damage })
        expect(damage).toEqual([])
        expect(tookMs).toBeLessThan(60_000)
      }
      expect(await leaksIn(world)).toBe('')
    }, 600_000)
  }
})

function uidsIn(world: World): ReadonlyMap<string, string> {
  const uids = new Map<string, string>()
  for (const key of secretKeys()) uids.set(key, world.secrets.objects.get(key)?.uid ?? '')
  for (const key of fileKeys()) uids.set(key, world.files.objects.get(key)?.uid ?? '')
  return uids
}
