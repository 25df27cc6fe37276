import { expect, it } from 'vitest'
import { fitsFormat } from './formats.ts'
import { durationNanos } from './formatted.ts'

const second = 1_000_000_000n
const digits = '1'.repeat(600_000)

it.each([
  ['0', 0n],
  ['1.5s', (3n * second) / 2n],
  ['1.s', second],
  ['.5s', second / 2n],
  ['-1h0.5m', -3630n * second],
  ['2 days', 2n * 86_400n * second],
  ['in 1 min and 2sec', 62n * second],
])('%s is a duration', (text, nanos) => {
  expect(fitsFormat(text, 'duration')).toBe(true)
  expect(durationNanos(text)).toBe(nanos)
})

it.each(['', '.', '.s', '1', '1.2', '1.2.3', 'soon', '5 apples'])('%j is none', (text) => {
  expect(fitsFormat(text, 'duration')).toBe(false)
  expect(durationNanos(text)).toBeUndefined()
})

it('digits without end are read once', () => {
  expect(fitsFormat(digits, 'duration')).toBe(false)
  expect(durationNanos(digits)).toBeUndefined()
  expect(fitsFormat(`${digits}${' '.repeat(600_000)}.`, 'duration')).toBe(false)
  expect(durationNanos(`${digits}${' '.repeat(600_000)}.`)).toBeUndefined()
})
