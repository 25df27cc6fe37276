import { expect, it } from 'vitest'
import { isGoDuration } from './go-duration.ts'

it.each(['0', '-0', '1s', '+1.5h', '1.h', '.5ms', '1h30m0.1s', '3µs', '3μs'])(
  '%s is one',
  (text) => {
    expect(isGoDuration(text)).toBe(true)
  },
)

it.each(['', '-', '1', '1.5', '.s', '1..5s', '1.2.3s', '1d', '1s ', '1h 2m'])(
  '%j is none',
  (text) => {
    expect(isGoDuration(text)).toBe(false)
  },
)

it('digits without end are read once', () => {
  expect(isGoDuration('1'.repeat(600_000))).toBe(false)
})
