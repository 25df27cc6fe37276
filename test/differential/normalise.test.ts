import { expect, it } from 'vitest'
import type { Json } from './grammar.ts'
import { differences, Normaliser } from './normalise.ts'

const object = (uid: string, version: string): Json => ({
  metadata: { name: 'one', uid, resourceVersion: version },
})
const [a, b] = ['aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb']

function compared(left: readonly Json[], right: readonly Json[]): readonly string[] {
  const [one, other] = [new Normaliser(), new Normaliser()]
  return left.flatMap((value, i) =>
    differences(one.value(value), other.value(right[i] ?? null)).map(({ at }) => at),
  )
}

it('takes different uids and versions as equal when they hang together in the same way', () => {
  const left = [object(a, '5'), object(b, '9'), object(a, '5')]
  const right = [object(b, '100'), object(a, '200'), object(b, '100')]
  expect(compared(left, right)).toEqual([])
})

it('sees a write that one server left out', () => {
  const left = [object(a, '5'), object(a, '9')]
  const right = [object(b, '100'), object(b, '100')]
  expect(compared(left, right)).toEqual(['/metadata/resourceVersion'])
})

it('sees versions that go the other way, and another uid where the same should be', () => {
  const left = [object(a, '5'), object(a, '9')]
  expect(compared(left, [object(b, '200'), object(b, '100')])).toEqual([
    '/metadata/resourceVersion',
  ])
  expect(compared(left, [object(b, '1'), object(a, '2')])).toEqual(['/metadata/uid'])
})

it('sees a list that is older than what it should hold', () => {
  const list = (version: string): Json => ({ items: [], metadata: { resourceVersion: version } })
  expect(compared([object(a, '5'), list('7')], [object(a, '50'), list('50')])).toEqual([])
  expect(compared([object(a, '5'), list('7')], [object(a, '50'), list('49')])).toEqual([
    '/metadata/resourceVersion',
  ])
})

it('tells each place that differs, and what is on one side alone', () => {
  expect(differences({ a: [1, { b: 2 }], c: 1 }, { a: [1, { b: 3 }] })).toEqual([
    { at: '/a/1/b', real: 2, ours: 3 },
    { at: '/c', real: 1, ours: undefined },
  ])
})
