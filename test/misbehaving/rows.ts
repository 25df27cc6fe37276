import { expect } from 'vitest'
import { Fault } from '#base'
import type { SimEnv } from '#base/env'
import type { CallFault, PlannedAnswer } from '#embedded/kube-api'
import type { HttpClient } from '#kube'
import { createController } from '#runtime'
import { all } from './matches.ts'
import { inMisbehavingWorld, things, type World, type WorldOptions } from './world.ts'

export { all, leaseWrites, statusWrites, toThings, watches } from './matches.ts'

/** The table of faults, its parts in its own words. */
export const table = {
  'API errors': [
    '409 on update',
    '409 on create',
    '410 as HTTP status',
    '410 as in-stream ERROR event',
    '429 with Retry-After',
    '429 without Retry-After',
    '500',
    '503',
    '504',
    'connection reset mid-body',
    'request timeout after commit',
    '403 namespace terminating',
    '403 RBAC removed mid-run',
    '404 on a kind just deleted',
    '413 (1 MiB)',
    '422 (immutable Secret)',
    'admission denial',
    'certificate rotated',
  ],
  Watch: [
    'drop',
    'duplicate',
    'delay',
    'reorder across objects',
    'coalesce delete+recreate (new UID)',
    'silent stall (open socket, no data)',
    'early close',
    'bookmark only',
    'frame split inside a UTF-8 character',
    'giant frame',
    'compaction during list paging',
    'time travel to an older API replica',
  ],
} as const

export type Family = keyof typeof table
export type RowName = (typeof table)[Family][number]

export interface Row {
  readonly row: RowName
  /** What is expected, as a sentence. */
  readonly test: string
  readonly run: () => Promise<void>
}

export async function faultOf(call: Promise<unknown>): Promise<Fault> {
  const thrown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (thrown instanceof Fault) return thrown
  throw new Error('no Fault was thrown', { cause: thrown })
}

export const inWorld: (
  work: (world: World) => Promise<void>,
  options?: WorldOptions,
) => () => Promise<void> =
  (work: (world: World) => Promise<void>, options: WorldOptions = {}) =>
  (): Promise<void> =>
    inMisbehavingWorld(work, options)

export const refuse = (answer: PlannedAnswer): CallFault => ({
  kind: 'answer',
  answer,
})

/** Breaks the watches there are, so that what is planned for new ones befalls them. */
export function cutWatches({ api }: World): void {
  api.restart()
}

export const sentSince = (
  { sent }: World,
  fromMs: number,
  verb: string,
  plural = 'things',
): number =>
  sent.filter(
    (call) =>
      call.atMs >= fromMs && call.verb === verb && call.plural === plural && call.by === 'replica',
  ).length

/** An outage of so long in which every call fails so; what is there must stay, and few calls be made. */
export const outage = (
  fault: CallFault,
  ms: number,
  mostCalls: number,
  atItsEnd: (client: HttpClient) => void = () => {},
): (() => Promise<void>) =>
  inWorld(async (world) => {
    const { env, put, remove, misbehave, sent, leader, recovers } = world
    const before = leader()
    const told = before.told.length
    const known = before.informer()?.cache.size
    const fromMs = env.clock.monotonic()
    misbehave({ calls: all, fault })
    cutWatches(world)
    await put('a', 2)
    await put('c', 1)
    await remove('b')
    await env.clock.sleep(ms)
    expect(before.told.slice(told)).toEqual([])
    expect(before.informer()?.cache.size).toBe(known)
    const calls = sent.filter((call) => call.by === 'replica' && call.atMs >= fromMs)
    expect(calls.length).toBeGreaterThan(3)
    expect(calls.length).toBeLessThan(mostCalls)
    expect(
      (await faultOf(before.client.get(things, { namespace: 'default', name: 'a' }))).retry.kind,
    ).not.toBe('onChange')
    atItsEnd(before.client)
    await recovers()
  })

/** How often a controller whose reconcile fails so reconciles one key within `ms`. */
export async function reconcilesIn(
  env: SimEnv,
  ms: number,
  call: () => Promise<unknown>,
): Promise<number> {
  let reconciles = 0
  const controller = createController({
    env,
    name: 'failing',
    reconcile: async () => {
      reconciles++
      await call()
      throw new Fault('Conflict', 'it was not refused')
    },
  })
  const stop = new AbortController()
  const running = controller.run(stop.signal)
  controller.enqueue('default/one')
  await env.clock.sleep(ms)
  stop.abort()
  await running
  return reconciles
}
