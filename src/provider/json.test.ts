import { textOf } from '#base'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { retryAfterMs } from './answer.ts'
import { marshalByteMap, marshalJson, parseKeepingNumbers } from './json-value.ts'
import { rawMembers, rawString } from './raw-json.ts'

describe('JSON of a backend', () => {
  it('keeps numbers as they were written', () => {
    const value = parseKeepingNumbers('{"b":1.50,"a":12345678901234567890,"c":[1e3,-0.0,7]}')
    expect(textOf(marshalJson(value, true))).toBe(
      '{"a":12345678901234567890,"b":1.50,"c":[1e3,-0.0,7]}',
    )
  })

  it('is written as Go writes a map: sorted, without blanks, <>& escaped if asked', () => {
    const value = { z: '<&>', a: ['x', null, true, { é: 1 }], __proto__x: '\u2028"\\\n' }
    expect(textOf(marshalJson(value, true))).toBe(
      '{"__proto__x":"\\u2028\\"\\\\\\n","a":["x",null,true,{"é":1}],"z":"\\u003c\\u0026\\u003e"}',
    )
    expect(textOf(marshalJson({ z: '<&>' }, false))).toBe('{"z":"<&>"}')
  })

  it('says what is no UTF-8 as Go does', () => {
    const bytes = Uint8Array.from([0x61, 0xff, 0x62])
    expect(textOf(marshalByteMap(new Map([['k', bytes]]), false))).toBe('{"k":"a\\ufffdb"}')
  })

  it('that is broken is a Fault that quotes nothing', () => {
    for (const text of ['', '{', '<html>s3cr3t', '{"a":s3cr3t}']) {
      expect(() => parseKeepingNumbers(text)).toThrow(/^not valid JSON \(\d+ characters\)$/)
    }
  })

  it('comes back as the value it was, whatever it was', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = textOf(marshalJson(value, true))
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})

describe('the members of a JSON object', () => {
  it('stand as their text, of a repeated key the last', () => {
    const members = rawMembers(' {"a" : "1","a":\t"2", "n":1.50 , "l":[1, "]}"], "o":{"x":"}"} } ')
    expect([...(members ?? [])]).toEqual([
      ['a', '"2"'],
      ['n', '1.50'],
      ['l', '[1, "]}"]'],
      ['o', '{"x":"}"}'],
    ])
    expect([...(rawMembers('{"__proto__":1,"\\u0061":null}') ?? [])]).toEqual([
      ['__proto__', '1'],
      ['a', 'null'],
    ])
  })

  it('are none of what is no object', () => {
    for (const text of ['', '[]', '"{}"', 'null', '{"a":1', '1']) {
      expect(rawMembers(text)).toBeUndefined()
    }
    expect(rawMembers('{}')?.size).toBe(0)
  })

  it('are those that JSON.parse finds, in any object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(3), (object, indent) => {
        const members = rawMembers(JSON.stringify(object, null, indent))
        expect([...(members?.keys() ?? [])].sort()).toEqual(Object.keys(object).sort())
        for (const [key, raw] of members ?? []) {
          expect(JSON.parse(raw)).toEqual(JSON.parse(JSON.stringify(object[key])))
        }
      }),
    )
  })

  it('read as text where they are strings, and null as nothing', () => {
    expect(rawString('"a\\n"')).toBe('a\n')
    expect(rawString('null')).toBe('')
    expect(rawString('1')).toBeUndefined()
  })
})

describe('Retry-After', () => {
  it('is seconds or a date', () => {
    const now = Date.UTC(2026, 0, 1)
    expect(retryAfterMs({ 'retry-after': '17' }, now)).toBe(17_000)
    expect(retryAfterMs({ 'retry-after': 'Thu, 01 Jan 2026 00:01:00 GMT' }, now)).toBe(60_000)
    expect(retryAfterMs({ 'retry-after': 'Thu, 01 Jan 2025 00:01:00 GMT' }, now)).toBe(0)
    for (const text of ['', 'soon', '-1', '1e9', '99999999']) {
      expect(retryAfterMs({ 'retry-after': text }, now)).toBeUndefined()
    }
    expect(retryAfterMs({}, now)).toBeUndefined()
  })
})
