import { expect, it } from 'vitest'
import { diceOf } from '../fuzz/random.ts'
import { edited, editOf, jsonPatchOf, mergePatchOf, strategicPatchOf } from './edits.ts'
import { grow, isMap, keyed, map, one, type Growth, type Json } from './grammar.ts'
import { kindsUnderTest } from './kinds.ts'

const items = keyed(['name'], map({ name: one('a', 'b'), value: one('1', '2') }), 'name')
const grammar = map({ 'items!': items, text: one('x', 'y') })
const before: Json = {
  items: [
    { name: 'a', value: '1' },
    { name: 'b', value: '1' },
  ],
  text: 'x',
}

it('changes what is there, adds what is not, and leaves out what leads nowhere', () => {
  expect(
    edited({ a: { b: 1 } }, [
      { at: ['a', 'b'], set: 2 },
      { at: ['c', 'd'], set: 3 },
    ]),
  ).toEqual({ a: { b: 2 }, c: { d: 3 } })
  expect(edited({ a: [1, 2] }, [{ at: ['a', 0] }, { at: ['a', '-'], set: 3 }])).toEqual({
    a: [2, 3],
  })
  expect(edited({ a: 1 }, [{ at: ['a', 'b'], set: 1 }])).toEqual({ a: 1 })
})

it('writes patches of each type for the same change', () => {
  const edits = [{ at: ['items', 1, 'value'], set: '2' }, { at: ['text'] }] as const
  const after = edited(before, edits)
  expect(jsonPatchOf(before, edits)).toEqual([
    { op: 'replace', path: '/items/1/value', value: '2' },
    { op: 'remove', path: '/text' },
  ])
  expect(mergePatchOf(before, after)).toEqual({
    items: [
      { name: 'a', value: '1' },
      { name: 'b', value: '2' },
    ],
    text: null,
  })
  expect(strategicPatchOf(before, after, grammar)).toEqual({
    '$setElementOrder/items': [{ name: 'a' }, { name: 'b' }],
    items: [{ name: 'b', value: '2' }],
    text: null,
  })
})

it('grows whole objects with all that they need, the same from the same seed', () => {
  for (const { kind, grammar: rule } of Object.values(kindsUnderTest)) {
    for (const seed of [1, 2, 3]) {
      const growth = (): Growth => ({ dice: diceOf(seed), density: 0.3, partial: false, oddity: 0 })
      const value = grow(rule, growth())
      expect(grow(rule, growth())).toEqual(value)
      const needed = rule.is === 'map' ? rule.always : []
      for (const name of needed) expect(isMap(value) && name in value, kind).toBe(true)
      expect(editOf(value, rule, growth())).toEqual(editOf(value, rule, growth()))
    }
  }
})
