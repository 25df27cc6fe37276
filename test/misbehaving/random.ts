/**
 * A run of chance on the misbehaving server: a seed says what users do, what goes wrong meanwhile, and
 * when. The promises of world.ts hold throughout; when nothing goes wrong any more, all that is known is
 * what is there, the queue is empty and nothing is asked for. A seed gives the same run again.
 */
import { Fault, type Random } from '#base'
import { seededRandom } from '#base/env'
import { keyOf } from '#api'
import {
  refusals,
  type Break,
  type CallFault,
  type CallMatch,
  type EventFault,
  type FaultRule,
} from '#embedded/kube-api'
import { startLedger } from './ledger.ts'
import { all, leaseWrites, statusWrites, toThings, watches } from './matches.ts'
import { inMisbehavingWorld, things, type Sent, type World } from './world.ts'

const minuteMs = 60_000
/** An event that was lost is made up for by the list that comes after so long. */
const relistMs = 10 * minuteMs

/** @throws Error naming what was broken. */
export async function randomRun(seed: number): Promise<void> {
  const dice = diceOf(seededRandom(seed))
  await inMisbehavingWorld(
    async (world) => {
      const ledger = startLedger(world)
      for (let part = dice.upTo(5); part >= 0; part--) {
        world.misbehave(...rulesOf(dice, world))
        for (let steps = dice.upTo(8); steps >= 0; steps--) {
          await step(dice, world).catch(unlessDown)
          ledger.write()
          await world.env.clock.sleep(dice.pick([0, 5, 100, 3_000, 20_000, 70_000]))
        }
        if (dice.one(3)) world.misbehave() // it is well for a while
      }
      world.misbehave()
      await world.env.clock.sleep(minuteMs) // a server that is down comes back
      await ledger.settle()
      await world.recovers(2 * relistMs)
      expectPatience(world.sent)
    },
    { seed, relistMs },
  )
}

// However the server behaves, nobody hammers it: in any minute, so many of each.
const mostAMinute: Readonly<Record<string, number>> = { list: 60, watch: 30, update: 150, get: 150 }

function expectPatience(sent: readonly Sent[]): void {
  for (const [verb, most] of Object.entries(mostAMinute)) {
    const times = sent
      .filter((call) => call.by === 'replica' && call.plural === 'things' && call.verb === verb)
      .map(({ atMs }) => atMs)
    const from = times.findIndex((atMs, at) => (times[at + most] ?? Infinity) - atMs < minuteMs)
    if (from >= 0) throw new Error(`${verb} more than ${most} times from ${times[from]} ms on`)
  }
}

interface Dice {
  /** A whole number from 0 to `most`. */
  readonly upTo: (most: number) => number
  readonly pick: <T>(from: readonly T[]) => T
  /** True once in so many times. */
  readonly one: (of: number) => boolean
}

function diceOf(random: Random): Dice {
  const upTo = (most: number): number => Math.floor(random.next() * (most + 1))
  return {
    upTo,
    pick: (from) => from[upTo(from.length - 1)] as (typeof from)[number],
    one: (of) => upTo(of - 1) === 0,
  }
}

// A user whom a server that is down turns away gives up.
function unlessDown(thrown: unknown): void {
  if (!(thrown instanceof Fault) || thrown.reason !== 'Unavailable') throw thrown
}

// What users and the cluster itself do next.
async function step(dice: Dice, { put, remove, admin, env, api }: World): Promise<void> {
  const name = dice.pick(['a', 'b', 'c', 'd', 'e'])
  switch (dice.upTo(9)) {
    case 0:
      return await remove(name)
    case 1: {
      await remove(name)
      await put(name, dice.upTo(9), 'made again')
      return
    }
    case 2: {
      const held = await admin.get(things, { namespace: 'default', name })
      if (held === null) return
      const labels = { touched: String(env.clock.monotonic()) }
      await admin.patch(things, keyOf(held), { metadata: { labels } }, { type: 'merge' })
      return
    }
    case 3:
      return api.restart({ downMs: dice.pick([0, 0, 2_000, 12_000, 40_000]) })
    case 4:
      return api.compact(api.revision() - dice.upTo(20))
    case 5:
      return env.clock.jumpWall(dice.pick([-3_600_000, 3_600_000, -20_000, 86_400_000]))
    default:
      await put(name, dice.upTo(99), dice.pick(['', 'grün 🦊', 'x'.repeat(2_000)]))
  }
}

function rulesOf(dice: Dice, world: World): readonly FaultRule[] {
  return Array.from({ length: 1 + dice.upTo(4) }, () => {
    const often = {
      rate: dice.pick([0.05, 0.3, 0.7, 1]),
      ...(dice.one(2) ? { times: 1 + dice.upTo(5) } : {}),
      ...(dice.one(4) ? { after: dice.upTo(3) } : {}),
    }
    return dice.one(2)
      ? { calls: dice.pick(calls), fault: callFault(dice), ...often }
      : dice.one(8)
        ? lagging(dice, world)
        : { events: dice.pick(events), fault: eventFault(dice), ...often }
  })
}

const calls: readonly CallMatch[] = [
  all,
  toThings,
  statusWrites,
  leaseWrites,
  watches,
  { plural: 'leases' },
  { plural: 'configmaps' },
  { plural: 'things', verbs: ['list'] },
  { verbs: ['get'] },
]

const events: readonly (CallMatch & { readonly types?: readonly string[] })[] = [
  toThings,
  { plural: 'things', types: ['DELETED'] },
  { plural: 'things', types: ['BOOKMARK'] },
  { plural: 'things', name: 'a' },
]

const breaks: readonly Break[] = [0, 1, 'half', 'character']

/** Refusals that may come though the work was done. */
const unsure = [refusals.timeout, refusals.internal, refusals.noLeader, refusals.badGateway]

function callFault(dice: Dice): CallFault {
  switch (dice.upTo(7)) {
    case 0:
      return { kind: 'delay', ms: dice.pick([1, 500, 5_000, 20_000, 40_000]), done: dice.one(2) }
    case 1:
      return { kind: 'reset' }
    case 2:
      return { kind: 'loseReply' }
    case 3:
      return { kind: 'hang' }
    case 4:
      return { kind: 'cut', at: dice.pick(breaks) }
    case 5:
      return { kind: 'answer', answer: dice.pick(unsure), done: dice.one(2) }
    case 6:
      return { kind: 'answer', answer: { ...refusals.tooMany, retryAfter: dice.upTo(12) } }
    default:
      return { kind: 'answer', answer: dice.pick(Object.values(refusals)) }
  }
}

function eventFault(dice: Dice): EventFault {
  switch (dice.upTo(9)) {
    case 0:
      return { kind: 'drop' }
    case 1:
      return { kind: 'duplicate' }
    case 2:
      return { kind: 'delay', ms: dice.pick([10, 2_000, 30_000]) }
    case 3:
      return { kind: 'reorder', behind: 1 + dice.upTo(4) }
    case 4:
      return { kind: 'coalesce' }
    case 5:
      return { kind: 'stall' }
    case 6:
      return { kind: 'end' }
    case 7:
      return dice.one(2)
        ? { kind: 'cut', at: dice.pick(breaks) }
        : { kind: 'split', at: dice.pick(breaks), ms: dice.pick([1, 4_000]) }
    case 8:
      return { kind: 'giant', bytes: dice.one(4) ? 14_000_000 : 40_000 }
    default:
      return {
        kind: 'error',
        answer: dice.pick([refusals.expired, refusals.internal, refusals.tooMany]),
      }
  }
}

// So few that the older lists are not believed in the end, as those of a server restored from a backup.
function lagging(dice: Dice, { api }: World): FaultRule {
  return {
    calls: { plural: dice.pick(['things', 'leases']), verbs: ['get', 'list', 'watch'] },
    fault: { kind: 'stale', revision: Math.max(1, api.revision() - dice.upTo(30)) },
    times: 2,
  }
}
