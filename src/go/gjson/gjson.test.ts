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

describe('gjson paths on bad input', () => {
  it('end, however deep the document or the path', () => {
    expect(gjson('['.repeat(100_000), '0.'.repeat(50_000)).exists).toBe(false)
    expect(gjson('{"a":1}', '[['.repeat(5000)).exists).toBe(false)
    expect(gjson('['.repeat(100_000), '@dig:a').exists).toBe(true)
  })

  it('find prototype-shaped keys only when they are there', () => {
    expect(gjson('{}', '__proto__').exists).toBe(false)
    expect(gjson('{"__proto__":"x"}', '__proto__').exists).toBe(true)
  })
})
