import { describe, expect, it } from 'vitest'
import { canonicalQuantity, quantityNanos } from './quantity.ts'

const rows: readonly (readonly [string, string])[] = [
  ['1000m', '1'],
  ['0.5', '500m'],
  ['1500m', '1500m'],
  ['1000', '1k'],
  ['1024Mi', '1Gi'],
  ['0.5Gi', '512Mi'],
  ['1000Mi', '1000Mi'],
  ['0.5Ki', '512'],
  ['1e3', '1e3'],
  ['12E', '12E'],
  ['-1', '-1'],
  ['0', '0'],
  ['0.0000000001', '1n'],
]

describe('a quantity is written in its one form', () => {
  for (const [given, written] of rows) {
    it(`${given} as ${written}`, () => expect(canonicalQuantity(given)).toBe(written))
  }

  it('and what is none is refused', () => {
    for (const text of ['', 'x', '1.2.3', '1 Gi', '1gi', '--1']) {
      expect(canonicalQuantity(text), text).toBeUndefined()
    }
  })

  it('and compared by what it stands for', () => {
    expect(quantityNanos('1Gi')).toBe(quantityNanos('1073741824'))
    expect(quantityNanos('1.5')).toBe(quantityNanos('1500m'))
  })
})
