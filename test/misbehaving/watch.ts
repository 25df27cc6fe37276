/** What may go wrong with a watch, and what is done about it. */
import { expect } from 'vitest'
import { refusals } from '#embedded/kube-api'
import { cutWatches, inWorld, refuse, sentSince, toThings, type Row } from './rows.ts'
import { statusWrites } from './matches.ts'
import { things } from './world.ts'

/** Turned faster here: half an hour stands for what is six by default. */
const someHoursMs = 1_800_000

/** A test for each row of the table's family "Watch". */
export const watchFaults: readonly Row[] = [
  {
    row: 'drop',
    test: 'a dropped connection resumes without a list; a lost event is made up for by the next of that object, or by a list some hours later',
    run: inWorld(
      async (world) => {
        const { misbehave, leader, put, until, recovers, env } = world
        const { told } = leader()
        await env.clock.sleep(130_000) // two bookmarks
        const fromMs = env.clock.monotonic()
        misbehave({
          events: { ...toThings, types: ['MODIFIED'] },
          fault: { kind: 'cut', at: 0 },
          times: 1,
        })
        await put('a', 2)
        await until(() => told.includes('updated a=2'), 10_000)
        expect(sentSince(world, fromMs, 'list')).toBe(0)
        misbehave({ events: { ...toThings, name: 'b' }, fault: { kind: 'drop' }, times: 1 })
        await put('b', 2)
        await env.clock.sleep(5_000)
        expect(told).not.toContain('updated b=2')
        await put('b', 3)
        await until(() => told.includes('updated b=3'), 5_000)
        await env.clock.sleep(1_000)
        misbehave({ events: { ...toThings, name: 'b' }, fault: { kind: 'drop' }, times: 1 })
        await put('b', 4)
        await until(() => told.includes('updated b=4'), someHoursMs + 600_000)
        expect(sentSince(world, fromMs, 'list')).toBe(1)
        await recovers()
      },
      { relistMs: someHoursMs },
    ),
  },
  {
    row: 'duplicate',
    test: 'is told once',
    run: inWorld(async (world) => {
      const { misbehave, leader, put, remove, until, recovers, env } = world
      const { told } = leader()
      misbehave({ events: toThings, fault: { kind: 'duplicate' } })
      told.length = 0
      await put('c', 1)
      await until(() => told.includes('added c=1'))
      await env.clock.sleep(2_000)
      await remove('b')
      await env.clock.sleep(2_000)
      expect(told).toEqual(['added c=1', 'updated c=1', 'deleted b=1'])
      await recovers()
    }),
  },
  {
    row: 'delay',
    test: 'a status made from an old cache never goes over a newer spec, and the calls back off',
    run: inWorld(async (world) => {
      const { misbehave, put, env, recovers, admin, until } = world
      misbehave({ events: toThings, fault: { kind: 'delay', ms: 8_000 } })
      const fromMs = env.clock.monotonic()
      for (const n of [2, 3, 4]) {
        await put('a', n)
        await env.clock.sleep(3_000)
      }
      const key = { namespace: 'default', name: 'a' }
      await until(async () => (await admin.get(things, key))?.status?.seen === 4, 120_000)
      expect(sentSince(world, fromMs, 'update')).toBeLessThan(25)
      await recovers()
    }),
  },
  {
    row: 'reorder across objects',
    test: 'all come to be known, also when the connection breaks in between',
    run: inWorld(async (world) => {
      const { misbehave, leader, put, until, recovers } = world
      const { told } = leader()
      misbehave(
        { events: { ...toThings, name: 'a' }, fault: { kind: 'reorder', behind: 3 }, times: 1 },
        { events: { ...toThings, name: 'cut' }, fault: { kind: 'cut', at: 'half' }, times: 1 },
      )
      await put('a', 2)
      await put('b', 2)
      await until(() => told.includes('updated b=2'), 5_000)
      expect(told).not.toContain('updated a=2')
      await put('cut', 1)
      await until(() => told.includes('updated a=2'), 30_000)
      await recovers()
    }),
  },
  {
    row: 'coalesce delete+recreate (new UID)',
    test: 'is told as deleted, then added; nothing of the old one is written to the new one',
    run: inWorld(async (world) => {
      const { misbehave, leader, put, remove, until, recovers, env } = world
      const { told } = leader()
      misbehave({ events: { ...toThings, types: ['DELETED'] }, fault: { kind: 'coalesce' } })
      await remove('a')
      await put('a', 7)
      await until(() => told.includes('added a=7'), 5_000)
      expect(told.indexOf('deleted a=1')).toBe(told.indexOf('added a=7') - 1)
      // A status is on its way while the object that it is of makes room for another.
      misbehave({ calls: statusWrites, fault: { kind: 'delay', ms: 2_000 }, times: 1 })
      await put('c', 1)
      await env.clock.sleep(1_000)
      await remove('c')
      await put('c', 7)
      await env.clock.sleep(5_000)
      await recovers()
    }),
  },
  {
    row: 'silent stall (open socket, no data)',
    test: 'is noticed within 130 s and resumed without a list',
    run: inWorld(async (world) => {
      const { misbehave, leader, put, until, recovers, env } = world
      const { told } = leader()
      misbehave({ events: toThings, fault: { kind: 'stall' }, times: 1 })
      const fromMs = env.clock.monotonic()
      await put('a', 2)
      await until(() => told.includes('updated a=2'), 135_000)
      expect(env.clock.monotonic() - fromMs).toBeGreaterThan(100_000)
      expect(sentSince(world, fromMs, 'list')).toBe(0)
      await recovers()
    }),
  },
  {
    row: 'early close',
    test: 'a server that ends each watch at once is asked again with growing pauses, and no event is missed',
    run: inWorld(async (world) => {
      const { misbehave, leader, put, until, recovers, env, replicas } = world
      const { told } = leader()
      misbehave({ events: toThings, fault: { kind: 'end' } })
      const fromMs = env.clock.monotonic()
      await put('a', 2)
      await env.clock.sleep(120_000)
      expect(sentSince(world, fromMs, 'watch')).toBeLessThan(40)
      misbehave()
      await until(() => told.includes('updated a=2'), 60_000)
      expect(replicas.filter((replica) => replica.isLeading())).toHaveLength(1)
      await recovers()
    }),
  },
  {
    row: 'bookmark only',
    test: 'keeps a quiet watch alive for ever, and is where it resumes from',
    run: inWorld(async (world) => {
      const { leader, put, recovers, env, until, api, misbehave } = world
      const { told } = leader()
      const fromMs = env.clock.monotonic()
      await env.clock.sleep(280_000)
      expect(sentSince(world, fromMs, 'watch')).toBe(0)
      // What was written to other kinds meanwhile is forgotten: without bookmarks this would be a 410.
      api.compact(api.revision() - 20)
      await put('a', 2)
      await until(() => told.includes('updated a=2'), 5_000)
      await env.clock.sleep(300_000)
      api.compact(api.revision() - 20)
      misbehave({ events: toThings, fault: { kind: 'cut', at: 0 }, times: 1 })
      await put('a', 3)
      await until(() => told.includes('updated a=3'), 10_000)
      expect(sentSince(world, fromMs, 'list')).toBe(0)
      await env.clock.sleep(1_200_000)
      expect(sentSince(world, fromMs, 'watch')).toBeLessThan(8)
      expect(sentSince(world, fromMs, 'list')).toBe(0)
      await recovers()
    }),
  },
  {
    row: 'frame split inside a UTF-8 character',
    test: 'is read as what was written',
    run: inWorld(async (world) => {
      const { misbehave, leader, put, until, recovers } = world
      const { told, informer } = leader()
      misbehave({ events: toThings, fault: { kind: 'split', at: 'character', ms: 500 } })
      await put('a', 2, 'grün 🦊')
      await until(() => told.includes('updated a=2'), 5_000)
      const held = informer()?.cache.get({ namespace: 'default', name: 'a' })
      expect(held?.spec?.note).toBe('grün 🦊')
      misbehave({ events: toThings, fault: { kind: 'cut', at: 'character' }, times: 1 })
      await put('a', 3, 'blåhaj')
      await until(() => told.includes('updated a=3'), 30_000)
      expect(informer()?.cache.get({ namespace: 'default', name: 'a' })?.spec?.note).toBe('blåhaj')
      await recovers()
    }),
  },
  {
    row: 'giant frame',
    test: 'is not held in memory; the list gets past it',
    run: inWorld(async (world) => {
      const { misbehave, leader, put, until, recovers, api, env } = world
      const { told } = leader()
      const fromMs = env.clock.monotonic()
      misbehave({ events: { ...toThings, name: 'a' }, fault: { kind: 'giant', bytes: 14_000_000 } })
      await put('a', 2)
      await put('b', 2)
      await until(() => told.includes('updated a=2') && told.includes('updated b=2'), 120_000)
      expect(api.faults.counts.get('event: giant')).toBeLessThan(8)
      expect(sentSince(world, fromMs, 'list')).toBeGreaterThan(0)
      await recovers()
    }),
  },
  {
    row: 'compaction during list paging',
    test: 'the list begins again and is of one version: no object is missed, none is told as gone',
    run: inWorld(async (world) => {
      const { api, env, leader, put, remove, recovers, admin } = world
      for (let i = 0; i < 520; i++) await put(`p${i}`, 1)
      const pages: string[] = []
      const { client } = leader()
      api.faults.use({
        onCall: ({ verb, plural, query, headers }) => {
          const isOurs = headers.get('authorization') !== 'Bearer admin'
          if (verb !== 'list' || plural !== 'things' || !isOurs) return undefined
          pages.push(query.has('continue') ? 'next' : query.has('limit') ? 'first' : 'whole')
          if (!query.has('continue')) return undefined
          // Between the two pages something is written, and all before it is forgotten.
          void put('a', pages.length)
          env.clock.timer(10, () => api.compact())
          return { kind: 'delay', ms: 20 }
        },
      })
      const { items } = await client.list(things)
      const live = (await admin.list(things)).items
      expect(items.map(({ metadata }) => metadata.name)).toEqual(
        live.map(({ metadata }) => metadata.name),
      )
      expect(pages).toEqual(['first', 'next', 'first', 'next', 'first', 'next', 'whole'])
      for (let i = 0; i < 520; i++) await remove(`p${i}`)
      await env.clock.sleep(1_000)
      await recovers()
    }),
  },
  {
    row: 'time travel to an older API replica',
    test: 'an older list is not believed while the server may catch up, and no status is written back in time',
    run: inWorld(async (world) => {
      const { api, misbehave, leader, put, remove, env, recovers, until } = world
      const { told } = leader()
      const revision = api.revision()
      await put('c', 1)
      await put('a', 2)
      await remove('b')
      await env.clock.sleep(5_000)
      told.length = 0
      const fromMs = env.clock.monotonic()
      misbehave(
        { calls: { ...toThings, verbs: ['list'] }, fault: { kind: 'stale', revision } },
        { calls: { ...toThings, verbs: ['watch'] }, fault: refuse(refusals.expired) },
      )
      cutWatches(world)
      await until(() => sentSince(world, fromMs, 'list') >= 3)
      // The third answer is on its way: the older lists say that c is not there, and b is.
      expect(told).toEqual([])
      await recovers()
    }),
  },
]
