import { parseJson } from '#base'
import { array, assert, constantFrom, json, property, tuple } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { duplicateKeys } from './body.ts'
import { extentOf, mayRepeatKeys } from './key-count.ts'

describe('a text whose keys are counted', () => {
  it('is looked at when one of its objects has a key twice', () => {
    const key = constantFrom('a', 'b', 'a:', '"', '__proto__', 'c\\')
    const pairs = array(tuple(key, json()), { maxLength: 4 })
    const space = constantFrom('', ' ', '\n\t', '\r\n  ')
    assert(
      property(pairs, pairs, space, (outer, inner, gap) => {
        const text = textOf([...outer, ['inner', textOf(inner, gap)]], gap)
        if (duplicateKeys(text).length > 0)
          expect(mayRepeatKeys(text, extentOf(parseJson(text)))).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('is passed over when it has none', () => {
    const text = '{"a": {"b" : [1, {"c":"d"}], "big": 123456789012345678901}, "e":"f"}'
    expect(mayRepeatKeys(text, extentOf(parseJson(text)))).toBe(false)
  })
})

// Pairs of a key and the text of its value.
function textOf(pairs: readonly (readonly [string, string])[], gap: string): string {
  const parts = pairs.map(([key, value]) => `${JSON.stringify(key)}${gap}:${gap}${value}`)
  return `{${parts.join(`${gap},${gap}`)}}`
}
