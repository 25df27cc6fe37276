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

describe('a moment', () => {
  it.each(['2023-02-29T00:00:00Z', '2024-04-31T00:00:00Z', '2024-01-01T24:00:00Z'])(
    'that no clock shows is none: %s',
    (text) => {
      expect(faultsOf('timestamp(self) == timestamp(self)', text)[0]).toContain('evaluating rule')
    },
  )

  it.each([
    "timestamp('2024-02-29T23:59:59Z').getDate() == 29",
    "timestamp('9999-12-31T23:00:00Z').getDate('+05:00') == 1",
    "timestamp('9999-12-31T23:00:00Z').getFullYear('+05:00') == 10000",
    "timestamp('9999-12-31T23:00:00Z').getDayOfYear('+05:00') == 0",
    "timestamp('0001-01-01T00:00:00Z').getFullYear('-05:00') == 0",
    "timestamp('0001-01-01T00:00:00Z').getMonth('-05:00') == 11",
    "timestamp('1969-12-31T23:59:59Z').getDayOfMonth() == 30",
  ])('is shown by a calendar: %s', (rule) => {
    expect(faultsOf(rule)).toEqual([])
  })
})

describe('a remainder', () => {
  it.each(['-7 % 2 == -1', '7 % -2 == 1', '-9223372036854775808 % 2 == 0', '5u % 3u == 2u'])(
    '%s',
    (rule) => {
      expect(faultsOf(rule)).toEqual([])
    },
  )

  it.each(['int(self) % -1 == 0', 'int(self) / -1 == 0'])(
    'overflows where the quotient does: %s',
    (rule) => {
      expect(faultsOf(rule, '-9223372036854775808')[0]).toContain('integer overflow')
    },
  )
})
