import { expect, it } from 'vitest'
import { jsonPatch, PatchError } from './json-patch.ts'

const doubling = { op: 'copy', from: '/spec', path: '/spec/again' }

it('copies a value to where it is asked for', () => {
  const steps = [doubling, { op: 'copy', from: '/spec/a', path: '/spec/b' }]
  expect(jsonPatch({ spec: { a: 1 } }, steps)).toEqual({ spec: { a: 1, again: { a: 1 }, b: 1 } })
})

it('refuses copies that come to more than 3 MiB together', () => {
  const steps = Array.from({ length: 20 }, (_, i) => ({ ...doubling, path: `/spec/a${i}` }))
  expect(() => jsonPatch({ spec: { a: 'aaaaaaaa' } }, steps)).toThrow(PatchError)
  const most = { spec: { a: 'a'.repeat(3 * 1024 * 1024 - '{"a":""}'.length) } }
  expect(() => jsonPatch(most, [doubling])).not.toThrow()
  expect(() => jsonPatch({ ...most, x: 1 }, [doubling, { ...doubling, from: '/x' }])).toThrow(
    'accumulated size',
  )
})
