import { describe, expect, it } from 'vitest'
import { whyNotJson } from './json-syntax.ts'

const rows: readonly (readonly [string, string])[] = [
  ['', 'unexpected end of JSON input'],
  ['{', 'unexpected end of JSON input'],
  ['{"a":1,', 'unexpected end of JSON input'],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
  ["{'a':1}", String.raw`invalid character '\'' looking for beginning of object key string`],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b"}', `invalid character '"' after object key:value pair`],
  ['{"a":01}', "invalid character '1' after object key:value pair"],
  ['[1 2]', "invalid character '2' after array element"],
  ['{}x', "invalid character 'x' after top-level value"],
  ['nul', "invalid character ' ' in literal null (expecting 'l')"],
  ['trie', "invalid character 'i' in literal true (expecting 'u')"],
  ['{"a":-}', "invalid character '}' in numeric literal"],
  ['1.x', "invalid character 'x' after decimal point in numeric literal"],
  ['1ex', "invalid character 'x' in exponent of numeric literal"],
  ['"\t"', String.raw`invalid character '\t' in string literal`],
  ['"\u0001"', String.raw`invalid character '\x01' in string literal`],
  [String.raw`"\x"`, "invalid character 'x' in string escape code"],
  [String.raw`"\u00zz"`, String.raw`invalid character 'z' in \u hexadecimal character escape`],
  ['<html>', "invalid character '<' looking for beginning of value"],
]

describe('a text that is no JSON is refused in the words of Go', () => {
  for (const [text, why] of rows) {
    it(`${JSON.stringify(text)}: ${why}`, () => {
      expect(() => JSON.parse(text) as unknown).toThrow()
      expect(whyNotJson(text)).toBe(why)
    })
  }
})
