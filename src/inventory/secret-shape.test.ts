import { describe, expect, it, test } from 'vitest'
import { whyNoSecret } from './secret-shape.ts'

const secret = (rest: object): Parameters<typeof whyNoSecret>[0] => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'a', namespace: 'apps' },
  ...rest,
})

describe('a Secret out of Git', () => {
  test.each([
    ['a list for data', { data: ['canary'] }, 'data'],
    ['a text for data', { data: 'canary' }, 'data'],
    ['a number for data', { data: 20_061 }, 'data'],
    ['a number for a value', { data: { k: 20_061 } }, 'data.k'],
    ['a map for a value', { data: { k: { canary: 1 } } }, 'data.k'],
    ['a value that is not encoded', { data: { good: 'YQ==', k: 'canary!' } }, 'data.k'],
    ['a value cut short', { data: { k: 'Y2FuYXJ5C' } }, 'data.k'],
    ['a list for stringData', { stringData: ['canary'] }, 'stringData'],
    ['a number for a text', { stringData: { k: 20_061 } }, 'stringData.k'],
    ['a list for type', { type: ['canary'] }, 'type'],
    ['a text for immutable', { immutable: 'canary' }, 'immutable'],
    ['a key of any name', { data: JSON.parse('{"__proto__": 20061}') as object }, 'data.__proto__'],
  ])('with %s is told by its field, never by what stands there', (_, rest, at) => {
    const fault = whyNoSecret(secret(rest))
    expect(fault).toMatchObject({ reason: 'InvalidSpec', at })
    expect(`${fault?.message} ${fault?.hint}`).not.toMatch(/canary|20061|Y2Fu/)
  })

  it('of the right form is let through', () => {
    const rest = {
      type: 'Opaque',
      immutable: false,
      data: { a: 'YQ==', empty: '', nothing: null, folded: 'YWFh\nYWFh\r\n' },
      stringData: { b: 'anything!' },
    }
    expect(whyNoSecret(secret(rest))).toBeUndefined()
    expect(whyNoSecret(secret({ data: null }))).toBeUndefined()
    expect(whyNoSecret({ ...secret({ data: [1] }), apiVersion: 'x/v1' })).toBeUndefined()
  })
})
