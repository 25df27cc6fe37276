import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '#api'
import { isNewer, ObjectCache } from './cache.ts'

interface Kept extends KubeObject {
  readonly colours: readonly string[]
}

const step = fc.record({
  name: fc.constantFrom('a', 'b', '__proto__'),
  namespace: fc.constantFrom('x', 'y'),
  colours: fc.array(fc.constantFrom('red', 'blue', 'constructor'), { maxLength: 3 }),
  version: fc.integer({ min: 1, max: 40 }),
  gone: fc.boolean(),
  remade: fc.boolean(),
})

describe('a cache', () => {
  it('finds by index exactly what a look at every object finds', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const cache = new ObjectCache<Kept>({ colour: (kept) => kept.colours })
        const model = new Map<string, Kept>()
        for (const { name, namespace, colours, version, gone, remade } of steps) {
          const key = { namespace, name }
          const resourceVersion = String(version)
          const kept: Kept = { apiVersion: 'v1', kind: 'K', metadata: key, colours }
          const uid = `${namespace}${name}${remade ? 1 : 0}`
          const changes = gone
            ? cache.delete(key, resourceVersion)
            : cache.set({ key, uid, resourceVersion, kept })
          for (const change of changes) {
            if (change.kind === 'deleted') model.delete(`${namespace}/${name}`)
            else model.set(`${namespace}/${name}`, change.object)
          }
          expect(cache.get(key)).toBe(model.get(`${namespace}/${name}`))
        }
        expect(cache.size).toBe(model.size)
        expect(new Set(cache.list())).toEqual(new Set(model.values()))
        for (const colour of ['red', 'blue', 'constructor', 'toString']) {
          const expected = [...model.values()].filter((kept) => kept.colours.includes(colour))
          expect(new Set(cache.by('colour', colour))).toEqual(new Set(expected))
          expect(cache.by('colour', colour)).toHaveLength(expected.length)
        }
      }),
    )
  })

  it('comes to the same whatever the order in which the events of a watch arrive', () => {
    const events = fc.array(step, { minLength: 1, maxLength: 12 }).chain((steps) => {
      // Versions as a server gives them: each write of its own, in rising order.
      const written = steps.map((each, i) => ({ ...each, version: 100 + i }))
      return fc.tuple(
        fc.constant(written),
        fc.shuffledSubarray(written, { minLength: written.length }),
      )
    })
    const play = (
      list: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[],
    ): string => {
      const cache = new ObjectCache<Kept>()
      for (const { name, namespace, colours, version, gone } of list) {
        const key = { namespace, name }
        const kept: Kept = { apiVersion: 'v1', kind: 'K', metadata: key, colours }
        const resourceVersion = String(version)
        if (gone) cache.delete(key, resourceVersion)
        else cache.set({ key, uid: 'u', resourceVersion, kept })
      }
      return JSON.stringify(
        cache
          .list()
          .map((kept) => JSON.stringify([kept.metadata, kept.colours]))
          .sort((a, b) => (a < b ? -1 : 1)),
      )
    }
    fc.assert(
      fc.property(events, ([inOrder, shuffled]) => {
        expect(play(shuffled)).toBe(play(inOrder))
        expect(play([...inOrder, ...shuffled])).toBe(play(inOrder))
      }),
    )
  })

  it.each([
    ['10', '9', true],
    ['9', '10', false],
    ['9', '9', false],
    ['12345678901234567890', '12345678901234567889', true],
    ['b', 'a', true],
    ['a', 'b', true],
    ['a', 'a', false],
  ])('takes version %s over %s: %s', (a, b, newer) => {
    expect(isNewer(a, b)).toBe(newer)
  })
})
