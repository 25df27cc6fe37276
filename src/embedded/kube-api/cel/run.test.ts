import { describe, expect, it } from 'vitest'
import { ruleFaults } from '../schema/cel.ts'

function faultsOf(rule: string, value = ''): string[] {
  const rules = { 'x-kubernetes-validations': [{ rule }] }
  return ruleFaults(value, undefined, { type: 'string', ...rules }).map(({ message }) => message)
}

describe('trim', () => {
  it.each([
    ['  a b ', 'a b'],
    ['\u0085\u00a0\u2003a\t\n', 'a'],
    ['', ''],
    [' \r\n ', ''],
    ['\ufeffa', '\ufeffa'],
  ])('of %j leaves %j', (text, left) => {
    expect(faultsOf(`self.trim() == ${JSON.stringify(left)}`, text)).toEqual([])
  })

  it('reads spaces without end once', () => {
    const text = `a${' '.repeat(600_000)}b`
    expect(faultsOf('self.trim() == self', text)).toEqual([])
  })
})

describe('distinct', () => {
  it.each([
    '[1, 1u, 1.0, 2].distinct() == [1, 2]',
    "[dyn('a'), b'a', 'a', 97, true, null, null, b'a', true].distinct().size() == 5",
    "[0.0, -0.0, 1e300, 1e300, double('NaN'), double('NaN')].distinct().size() == 4",
    '[9007199254740993, 9007199254740992].distinct().size() == 2',
    '[[1], [1.0], [2]].distinct() == [[1], [2]]',
    "[duration('60s'), duration('1m')].distinct().size() == 1",
    "[timestamp('2020-01-01T01:00:00+01:00'), timestamp('2020-01-01T00:00:00Z')].distinct().size() == 1",
    "[dyn(duration('1s')), 1000000000, '1000000000'].distinct().size() == 3",
    '[type(1), type(2), type(1u)].distinct().size() == 2',
  ])('%s', (rule) => {
    expect(faultsOf(rule)).toEqual([])
  })

  it('of very many numbers takes no longer for each', () => {
    expect(faultsOf('lists.range(300000).distinct().size() == 300000')).toEqual([])
  })
})
