import { expect, it } from 'vitest'
import type { Schema } from '../schema/schema.ts'
import { declared } from './declare.ts'

const inner: Schema = { type: 'object', properties: { a: { type: 'string' } } }
const schema: Schema = {
  type: 'object',
  properties: {
    one: inner,
    list: { type: 'array', items: inner },
    map: { type: 'object', additionalProperties: inner },
  },
}

function namesIn(text: string): string[] {
  return text.match(/selfType\d+[\w.@]*/g) ?? []
}

it('objects have the same names however many were named before', () => {
  const shown = (): string =>
    JSON.stringify(declared(schema)?.type, (_, value: unknown) =>
      value instanceof Map ? Object.fromEntries(value) : value,
    )
  const first = shown()
  expect(shown()).toBe(first)
  expect(new Set(namesIn(first))).toEqual(
    new Set(['selfType1', 'selfType1.one', 'selfType1.list.@idx', 'selfType1.map.@elem']),
  )
})
