import { expect, it } from 'vitest'
import { ruleFaults } from './cel.ts'
import type { Schema } from './schema.ts'

function faultsOf(rule: string, value: string): string[] {
  const schema: Schema = { type: 'string', 'x-kubernetes-validations': [{ rule }] }
  return ruleFaults(value, undefined, schema).map(({ message }) => message)
}

it.each(['1e10000000', '1e-10000000', '1E9999', 'five', '', '.', '1kk'])(
  'a rule takes %s for no quantity, at once',
  (text) => {
    expect(faultsOf('!isQuantity(self)', text)).toEqual([])
    expect(faultsOf('quantity(self).sign() == 1', text)[0]).toContain('quantities must match')
  },
)

it.each([
  ["quantity(self).compareTo(quantity('1500m')) == 0", '1.5'],
  ["quantity(self).isGreaterThan(quantity('1G'))", '1Gi'],
  ["quantity(self).add(quantity('24Mi')).compareTo(quantity('1Gi')) == 0", '1000Mi'],
  ['quantity(self).asInteger() == 2000', '2e3'],
  ['quantity(self).isLessThan(quantity("0"))', '-1n'],
])('%s holds for %s', (rule, text) => {
  expect(faultsOf(rule, text)).toEqual([])
})
