import { describe, expect, it } from 'vitest'

import { formatGoDuration, parseGoDuration } from './index.ts'

describe('a Go duration', () => {
  it.each([
    ['1h', 3_600_000],
    ['1h0m0s', 3_600_000],
    ['-1.5h', -5_400_000],
    ['300ms', 300],
    ['1.5s', 1500],
    ['.5s', 500],
    ['1us', 0.001],
    ['1µs', 0.001],
    ['0', 0],
    ['+5m', 300_000],
    ['2562047h', 9_223_369_200_000],
  ])('%s is read as %d ms', (text, ms) => expect(parseGoDuration(text)).toBe(ms))

  it.each(['', '1', '1 h', 'h', '1d', '.s', '1h-1m', '--1s', '2562048h', ' 1s', '1e3s'])(
    '%j is refused',
    (text) => expect(parseGoDuration(text)).toBeUndefined(),
  )

  it.each([
    [0, '0s'],
    [3_600_000, '1h0m0s'],
    [90_000, '1m30s'],
    [1500, '1.5s'],
    [0.001, '1µs'],
    [1.5, '1.5ms'],
    [-60_000, '-1m0s'],
  ])('of %d ms is written %s', (ms, text) => expect(formatGoDuration(ms)).toBe(text))
})
