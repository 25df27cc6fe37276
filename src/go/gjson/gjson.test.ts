import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { gjson, gjsonValid } from './index.ts'

interface Line {
  id: string
  suite: string
  json: string
  path: string
  result: boolean | { exists: boolean; raw: string; string: string; type: string }
}

const lines = readFileSync('test/conformance/template/gjson.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Line)

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

describe('gjson paths, as recorded', () => {
  it.each(lines.map((line) => [`${line.id} ${line.path ?? ''}`, line] as const))(
    '%s',
    (_n, line) => {
      if (typeof line.result === 'boolean') expect(gjsonValid(line.json)).toBe(line.result)
      else {
        const { exists, raw, string, type } = line.result
        const found = gjson(line.json, line.path)
        expect({ ...found, bytes: text(found.bytes), raw: text(found.raw) }).toEqual({
          exists,
          raw: found.type === 'Number' && raw === '' ? string : raw,
          bytes: string,
          type,
        })
      }
    },
  )
})

const broken = '{"a":"x'
const people = '[{"n":"A","age":1},{"n":"B","age":2}]'

/** Asked of gjson 1.18.0 itself: the JSON, the path, its raw answer; `undefined` where nothing exists. */
const neighbours: readonly (readonly [string, string, string | undefined])[] = [
  // @pretty is one pass that checks nothing
  ['{"a":1', '@pretty', '{\n  "a": 1\n'],
  [broken, '@pretty', '{\n  "a": "x\n'],
  ['{"a":tru}', '@pretty', '{\n  "a": true\n'],
  ['{"a":[1,2', '@pretty', '{\n  "a": [1, 2\n'],
  ['{"a":1}{"a":2}', '@pretty', '{\n  "a": 1\n}\n'],
  ['\ufeff{"a":1}', '@pretty', '{\n  "a": 1\n}\n'],
  [
    '{"b":[1,{"c":2}],"a":[]}',
    '@pretty:{"sortKeys":true,"width":4}',
    '{\n  "a": [],\n  "b": [\n    1,\n    {\n      "c": 2\n    }\n  ]\n}\n',
  ],
  // a string that never ends ends the search of lines
  [broken, '..#', undefined],
  [broken, '..#(age>1)#.name', undefined],
  // what stands behind a pipe is asked only when a query found something
  [people, '#(age>9)#.n|0', '[]'],
  [people, '#(age>0)#.n|0', '"A"'],
  // behind `#`, one character is passed over
  ['{"a":[[{"b":1}]]}', 'a.#.#|@reverse', '[1]'],
  // a literal ends behind a bracket that is too many
  ['{}', '!"x".y', '"x"'],
  ['{}', '!12]|@this', '12'],
  // a multipath that does not end, or with something behind it
  ['{"a":1}', '[b,a]a', '1'],
  ['{"a":1,"":2}', '[a', '2'],
  ['{"a":{"b":1}}', '{x:a.{y:b}}', '{"x":{"y":1}}'],
  // a query that does not end is content with the first element
  ['[1,2,3]', '#(x.', '1'],
  ['[{"a":1},2]', '#()#', '[2]'],
  [people, '#(n!x)#.n', '["A","B"]'],
  ['[{"à":"à"}]', '#(à=="à").à', '"à"'],
  ['[{"à":"à"}]', '#( à = à ).à', '"à"'],
  // a modifier's plain argument may hold brackets
  [people, '@dig:#(age>1|@this)|0', '{"n":"A","age":1}'],
  ['[1,2] tru', '@flatten', '[1,2,tru]'],
]

describe('gjson paths, as asked of gjson beside the record', () => {
  it.each(neighbours)('%j at %j is %j', (json, path, raw) => {
    const found = gjson(json, path)
    expect(found.exists ? text(found.raw) : undefined).toBe(raw)
  })
})

describe('gjson paths on bad input', () => {
  it('end, however deep the document or the path', () => {
    expect(gjson('['.repeat(100_000), '0.'.repeat(50_000)).exists).toBe(false)
    expect(gjson('{"a":1}', '[['.repeat(5000)).exists).toBe(false)
    expect(gjson('['.repeat(100_000), '@dig:a').exists).toBe(true)
  })

  it('are laid out in little time, however deep or blank the document', () => {
    expect(gjson(`${'['.repeat(100_000)}1`, '@pretty').exists).toBe(true)
    expect(gjson(`[${' '.repeat(1_000_000)}x]`, '#(y==1)#|@pretty').exists).toBe(true)
  })

  it('find prototype-shaped keys only when they are there', () => {
    expect(gjson('{}', '__proto__').exists).toBe(false)
    expect(gjson('{"__proto__":"x"}', '__proto__').exists).toBe(true)
  })
})
