import { describe, expect, it } from 'vitest'
import { objectRuleFaults, ruleFaults } from './cel.ts'
import type { Schema } from './schema.ts'

function faultsOf(rule: string, value: string): string[] {
  const schema: Schema = { type: 'string', 'x-kubernetes-validations': [{ rule }] }
  return ruleFaults(value, undefined, schema).map(({ message }) => message)
}

describe('a quantity', () => {
  it.each(['five', '', '1kk', '1 Gi'])('is not what %j says', (text) => {
    expect(faultsOf('!isQuantity(self)', text)).toEqual([])
    expect(faultsOf('sign(quantity(self)) == 1', text)[0]).toContain('evaluating rule')
  })

  it.each([
    ["quantity(self).compareTo(quantity('1500m')) == 0", '1.5'],
    ["quantity(self).isGreaterThan(quantity('1G'))", '1Gi'],
    ["quantity(self).add(quantity('24Mi')).compareTo(quantity('1Gi')) == 0", '1000Mi'],
    ['quantity(self).asInteger() == 2000', '2e3'],
    ['quantity(self).isLessThan(quantity("0"))', '-1n'],
    // However large, it is read at once.
    ['sign(quantity(self)) == 1', '1e10000000'],
  ])('%s holds for %s', (rule, text) => {
    expect(faultsOf(rule, text)).toEqual([])
  })
})

describe('what rules may cost', () => {
  const loops = (depth: number): string =>
    `${Array.from({ length: depth }, (_, i) => `self.all(x${i}, `).join('')}true${')'.repeat(depth)}`
  const list = (rules: readonly string[]): Schema => ({
    type: 'object',
    properties: {
      spec: {
        type: 'array',
        items: { type: 'integer' },
        'x-kubernetes-validations': rules.map((rule) => ({ rule })),
      },
    },
  })
  const faults = (rules: readonly string[], length: number): string[] => {
    const spec = Array.from({ length }, (_, i) => i)
    const { errors } = objectRuleFaults({ spec }, undefined, list(rules))
    return errors.map(({ field, message }) => `${field}: ${message}`)
  }

  it('ends a rule that takes too long, and asks no other', () => {
    const rule = loops(3)
    expect(faults([rule, 'false'], 200)).toEqual([
      `spec: Invalid value: "array": 'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call cost exceeds limit for rule: ${rule}`,
    ])
  })

  it('ends when all rules together take too long', () => {
    const dear = `${loops(2)} && false`
    const found = faults(
      Array.from({ length: 40 }, () => dear),
      400,
    )
    expect(found.slice(-2)).toEqual([
      `spec: Invalid value: failed rule: ${dear}`,
      'spec: Invalid value: "array": validation failed due to running out of cost budget, no further validation rules will be run',
    ])
    expect(found.length).toBeLessThan(40)
  })
})
