/**
 * What can go wrong, one function each: it does the harm at random moments while everything is being
 * rotated, and resolves when the harm is over. Whatever it needs running in the end, it has running.
 */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { leases } from '#api'
import { changesIn } from './audit.ts'
import type { Dice } from './dice.ts'
import type { Mode, Replica } from './replica.ts'
import { eventually, type World } from './world.ts'

/** One kind of fault. */
export interface Fault {
  readonly name: string
  /** How often it is brought about. */
  readonly times: number
  /** Does it once. @returns when the harm ended, by `performance.now()`, with all rotated once more. */
  readonly inject: (world: World, dice: Dice) => Promise<number>
}

const leaseName = 'lockstep-secrets-unsealer-git'

export const faults: readonly Fault[] = [
  { name: 'operator killed while it converges', times: 5, inject: killOperator },
  { name: 'API server killed', times: 3, inject: killApiServer },
  { name: 'API server killed, history compacted (410)', times: 2, inject: compactHistory },
  { name: 'Vault stopped', times: 2, inject: stopVault },
  { name: 'Vault sealed', times: 2, inject: sealVault },
  { name: 'Vault hangs', times: 2, inject: hangVault },
  { name: 'Vault token revoked', times: 2, inject: revokeToken },
  { name: 'git server away', times: 2, inject: stopGit },
  { name: 'leader of two killed', times: 2, inject: killLeader },
  { name: 'leader of two paused past its lease', times: 2, inject: pauseLeader },
]

/** A random moment within a rotation: some reads are done, some under way, some to come. */
const moment = (dice: Dice): Promise<void> => sleep(dice.between(0, 2_000))

async function rotateAll(world: World): Promise<void> {
  await Promise.all([world.rotateValues(), world.rotateSealed(), world.rotateFiles()])
}

/** One replica, with the lease. */
async function onlyA(world: World, mode: Mode = 'leased'): Promise<void> {
  if (world.b.running() !== undefined) await world.b.stop()
  await ensure(world.a, mode)
}

async function ensure(replica: Replica, mode: Mode): Promise<void> {
  if (replica.running() === mode) return
  await replica.stop()
  await replica.start({ lease: mode === 'leased' })
}

async function killOperator(world: World, dice: Dice): Promise<number> {
  await world.a.stop()
  await rotateAll(world)
  await world.a.start({ lease: false })
  await moment(dice)
  await world.a.kill()
  const from = performance.now()
  await world.a.start({ lease: false })
  return from
}

async function killApiServer(world: World, dice: Dice): Promise<number> {
  await onlyA(world)
  await rotateAll(world)
  await moment(dice)
  await world.plane.killApiServer()
  await world.rotateValues()
  await world.rotateFiles()
  await sleep(dice.between(0, 8_000))
  await world.plane.startApiServer()
  return performance.now()
}

async function compactHistory(world: World, dice: Dice): Promise<number> {
  await onlyA(world, 'alone') // a lease that is lost meanwhile would list anew without being told to
  const before = listsAnew(world.a)
  await rotateAll(world)
  await moment(dice)
  await world.plane.killApiServer()
  const rotated = world.rotateValues()
  await compact(world.plane.etcdUrl)
  await world.plane.startApiServer()
  await rotated
  const from = performance.now()
  await eventually('a watch that is told of lost history', () =>
    Promise.resolve(listsAnew(world.a) > before || undefined),
  )
  return from
}

function listsAnew(replica: Replica): number {
  return replica.output().split('"msg":"informer lists anew"').length
}

async function compact(etcdUrl: string): Promise<void> {
  const ask = async (path: string, body: object): Promise<unknown> => {
    const answer = await fetch(etcdUrl + path, { method: 'POST', body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`etcd: ${path}: ${answer.status} ${await answer.text()}`)
    return await answer.json()
  }
  const range = await ask('/v3/kv/range', { key: Buffer.from('/').toString('base64') })
  const { revision } = (range as { header: { revision: string } }).header
  await ask('/v3/kv/compaction', { revision, physical: true })
}

async function stopVault(world: World, dice: Dice): Promise<number> {
  await onlyA(world)
  await rotateAll(world)
  await moment(dice)
  await world.backend.stop()
  await Promise.all([world.rotateSealed(), world.rotateFiles()])
  await sleep(dice.between(5_000, 20_000))
  await world.backend.start()
  const from = performance.now()
  await world.rotateValues()
  return from
}

async function sealVault(world: World, dice: Dice): Promise<number> {
  await onlyA(world)
  await rotateAll(world)
  await moment(dice)
  await world.backend.seal()
  await Promise.all([world.rotateSealed(), world.rotateFiles()])
  await sleep(dice.between(5_000, 20_000))
  await world.backend.unseal()
  const from = performance.now()
  await world.rotateValues()
  return from
}

/** It takes every connection and answers nothing, for longer than a read may take. */
async function hangVault(world: World, dice: Dice): Promise<number> {
  await onlyA(world)
  await rotateAll(world)
  await moment(dice)
  world.backend.pause()
  await Promise.all([world.rotateSealed(), world.rotateFiles()])
  await sleep(dice.between(5_000, 40_000))
  world.backend.resume()
  const from = performance.now()
  await world.rotateValues()
  return from
}

async function revokeToken(world: World, dice: Dice): Promise<number> {
  await onlyA(world)
  await rotateAll(world)
  await moment(dice)
  await world.revokeToken()
  await Promise.all([world.rotateValues(), world.rotateSealed(), world.rotateFiles()])
  await sleep(dice.between(5_000, 20_000))
  await world.renewToken()
  return performance.now()
}

async function stopGit(world: World, dice: Dice): Promise<number> {
  await onlyA(world)
  const rotated = rotateAll(world)
  await moment(dice)
  await world.stopGit()
  await rotated
  await rotateAll(world)
  await sleep(dice.between(3_000, 15_000))
  await world.startGit()
  return performance.now()
}

async function killLeader(world: World, dice: Dice): Promise<number> {
  const { leader, standby } = await pair(world)
  await rotateAll(world)
  await moment(dice)
  await leader.kill()
  const from = performance.now()
  await rotateAll(world)
  await leads(world, standby)
  await leader.start()
  return from
}

/** The leader sleeps through its lease with reads and writes under way, and wakes to another's work. */
async function pauseLeader(world: World, dice: Dice): Promise<number> {
  const { leader, standby } = await pair(world)
  await world.rotateValues()
  await moment(dice)
  leader.pause()
  const from = performance.now()
  await rotateAll(world)
  await leads(world, standby)
  await eventually('the new leader converges', async () => {
    return (await world.behind()).length === 0 || undefined
  })
  const wokenAt = new Date().toISOString()
  const lost = leader.output().split(leaseLost).length
  leader.resume()
  await eventually('the woken leader knows that it is none', async () => {
    if (leader.output().split(leaseLost).length === lost) return undefined
    // Its workers may be at what they had in hand for ten seconds more.
    await sleep(dice.between(1_000, 3_000))
    return true
  })
  const log = readFileSync(world.plane.auditLog, 'utf8')
  const late = changesIn(log, leader.name, wokenAt)
  if (late.length > 0) throw new Error(`the woken leader changed:\n${late.join('\n')}`)
  return from
}

const leaseLost = '"msg":"lease lost"'

/** Who leads and who stands by, both running. */
async function pair(world: World): Promise<{ leader: Replica; standby: Replica }> {
  await ensure(world.a, 'leased')
  await ensure(world.b, 'leased')
  const leader = await eventually('a leader', async () => {
    const holder = await holderOf(world)
    return [world.a, world.b].find(({ name }) => holder.startsWith(`${name}_`))
  })
  return { leader, standby: leader === world.a ? world.b : world.a }
}

async function leads(world: World, replica: Replica): Promise<void> {
  await eventually(`${replica.name} leads`, async () => {
    return (await holderOf(world)).startsWith(`${replica.name}_`) || undefined
  })
}

async function holderOf({ client }: World): Promise<string> {
  const lease = await client.get(leases, { namespace: 'lockstep-system', name: leaseName })
  return lease?.spec?.holderIdentity ?? ''
}
