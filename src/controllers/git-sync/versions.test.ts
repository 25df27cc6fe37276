import { describe, expect, it, test } from 'vitest'
import { newestInRange } from './versions.ts'

const tags = [
  'v1.0.0',
  'v1.2.3',
  '1.2.10',
  'v1.3.0-rc.1',
  'v2.0.0',
  'v1.9',
  'v01.9.9',
  'release-9.9.9',
  'nightly',
  'v2.1.0-alpha.2',
  'v2.1.0-alpha.10',
]

describe('the newest tag in a range', () => {
  test.each([
    ['*', 'v2.0.0'],
    ['1.x', '1.2.10'],
    ['^1.0.0', '1.2.10'],
    ['~1.2.0', '1.2.10'],
    ['1.2.3', 'v1.2.3'],
    ['<1.2', 'v1.0.0'],
    ['>=1.0.0 <1.2.10', 'v1.2.3'],
    ['1.0.0 - 1.2.5', 'v1.2.3'],
    ['^3 || ~1.0', 'v1.0.0'],
    ['>=1.0.0-0', 'v2.1.0-alpha.10'],
    ['~1.3.0-0', 'v1.3.0-rc.1'],
    ['>=3', undefined],
    ['1.9', undefined],
  ])('%s is %s', (range, tag) => {
    expect(newestInRange(range, tags)).toBe(tag)
    expect(newestInRange(range, tags.toReversed())).toBe(tag)
  })

  it('with build metadata is the one that was built last', () => {
    expect(newestInRange('1.x', ['1.0.0+9', '1.0.0+10', '1.0.0'])).toBe('1.0.0+10')
  })

  test.each(['', 'not a range', '>=', '1.2.3,,', '1 ||'])('%j is no range', (range) => {
    expect(() => newestInRange(range, tags)).toThrow(
      expect.objectContaining({ reason: 'InvalidSpec', at: 'spec.ref.semver' }),
    )
  })

  it('is asked for in 256 characters, and a longer tag is none', () => {
    const most = '1.x'.padEnd(256)
    expect(newestInRange(most, tags)).toBe('1.2.10')
    expect(() => newestInRange(`${most} `, tags)).toThrow(
      expect.objectContaining({
        reason: 'InvalidSpec',
        at: 'spec.ref.semver',
        message: 'the range has more than 256 characters',
      }),
    )
    expect(newestInRange('*', ['1.0.0', `1.0.1+${'1'.repeat(250)}`])).toBe(
      '1.0.1+'.padEnd(256, '1'),
    )
    expect(newestInRange('*', ['1.0.0', `1.0.1+${'1'.repeat(251)}`])).toBe('1.0.0')
  })
})
