import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { stringifyJson } from '#base'

import { goValueOf } from '../hash.ts'
import { encodeJson, goText, parseKubeYaml, parseYaml, writeYaml } from '../index.ts'

interface Line {
  id: string
  op: string
  value: string
  json?: string
  output?: string
  error?: object
}

const lines = readFileSync('test/conformance/template/yaml.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Line)

describe('YAML as Kubernetes reads it', () => {
  const own = lines.filter((line) => line.op.startsWith('yamlToJson'))
  it.each(own.map((line) => [`${line.id} ${line.value}`, line] as const))('%s', (_n, line) => {
    const strict = line.op === 'yamlToJsonStrict'
    const json = (): string => {
      const value = parseYaml(line.value, { strict })
      if (line.output?.includes('12345678901234567890') === true) return stringifyJson(value)
      return goText(encodeJson(goValueOf(value, 'int64'), false) ?? '')
    }
    if (line.error !== undefined) expect(json).toThrow(/^yaml: line \d+/)
    else expect(json()).toBe(line.output)
  })

  it('keeps the digits of whole numbers beyond 2^53', () => {
    expect(String((parseYaml('a: 9007199254740993') as { a: unknown }).a)).toBe('9007199254740993')
  })
})

describe('YAML as Kubernetes writes it', () => {
  const own = lines.filter((line) => line.op === 'jsonToYaml')
  it.each(own.map((line) => [line.id, line] as const))('%s', (_id, line) => {
    expect(writeYaml(JSON.parse(line.json ?? ''))).toBe(line.output)
  })
})

describe('YAML that is hostile', () => {
  it('may not multiply itself by aliases', () => {
    const bomb = `a: &a [x]\n${'bcdefghi'
      .split('')
      .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`)
      .join('\n')}\n`
    expect(() => parseKubeYaml(bomb)).toThrow('too many aliases')
  })

  it.each([
    '['.repeat(100_000),
    '{a: '.repeat(100_000),
    '- '.repeat(5000),
    `${'['.repeat(200)}${']'.repeat(200)}`,
  ])('may not nest without end', (text) =>
    expect(() => parseKubeYaml(text)).toThrow(/nested|yaml: line/),
  )

  it('cannot reach a prototype', () => {
    const [object] = parseKubeYaml('__proto__: {polluted: true}\n')
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype)
    expect(Object.keys(object as object)).toEqual(['__proto__'])
    expect(({} as { polluted?: true }).polluted).toBeUndefined()
  })

  it('never has its values quoted in an error', () => {
    for (const text of [
      'a: "hunter2',
      'a: hunter2: b',
      'a: [hunter2',
      'k: @hunter2',
      '? [hunter2]\n: x',
    ]) {
      expect(() => parseKubeYaml(text)).toThrow(/^(?!.*hunter2)/s)
    }
  })

  it('gives each document that holds something', () => {
    expect(parseKubeYaml('---\na: 1\n---\n# nothing\n---\nb: 2\n')).toEqual([{ a: 1 }, { b: 2 }])
  })
})
