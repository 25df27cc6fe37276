import { expect, it } from 'vitest'
import { whyNotBase64 } from './restore.ts'

it.each([
  ['YQ==', undefined],
  ['a b=', 'illegal base64 data at input byte 1'],
  ['YWJjZA=', 'illegal base64 data at input byte 4'],
  ['YWJjZ', 'illegal base64 data at input byte 4'],
])('%j is base64, or told where it is none', (text, why) => {
  expect(whyNotBase64(text)).toBe(why)
})

it('signs of equality without end are read once', () => {
  expect(whyNotBase64(`${'='.repeat(600_000)}x`)).toBe('illegal base64 data at input byte 600000')
})
