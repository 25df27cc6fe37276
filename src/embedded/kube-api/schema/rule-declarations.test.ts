import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openApiFaults } from './open-api-faults.ts'
import type { Schema } from './schema.ts'

type Cause = readonly [reason: string, field: string, message: string]

interface Recorded {
  readonly schema: Readonly<Record<string, Schema>>
  readonly causes: readonly Cause[]
}

const url = new URL('../../../../test/kube-api-recorded/rules.jsonl', import.meta.url)
const recorded = readFileSync(url, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded)

const at = 'spec.validation.openAPIV3Schema'

function causesOf(schema: Readonly<Record<string, Schema>>): Cause[] {
  return openApiFaults({ type: 'object', properties: schema }, at, true).map((fault) => [
    `FieldValue${fault.type}`,
    fault.field,
    fault.message.replace(/selfType\d+/g, 'selfType'),
  ])
}

describe('rules of a definition are refused and taken as kube-apiserver does', () => {
  const groups = [
    ['that are taken', (one: Recorded) => one.causes.length === 0],
    [
      'that cost too much, in its figures',
      (one: Recorded) => one.causes.some(([, , message]) => message.includes('exceeds budget')),
    ],
    [
      'that do not compile, in its words',
      (one: Recorded) => one.causes.some(([, , message]) => message.includes('compilation failed')),
    ],
  ] as const
  const others = (one: Recorded): boolean => groups.every(([, isOf]) => !isOf(one))

  it.each([...groups, ['that are wrong in another way', others] as const])('%s', (_what, isOf) => {
    const cases = recorded.filter(isOf)
    expect(cases.length).toBeGreaterThan(20)
    for (const { schema, causes } of cases) {
      expect(causesOf(schema), JSON.stringify(schema)).toEqual(causes)
    }
  })
})

describe('the definitions that we serve and replace', () => {
  it('have no rule that is refused', () => {
    const folder = new URL('../../../../test/conformance/crds/', import.meta.url)
    let rules = 0
    for (const name of readdirSync(folder).filter((one) => one.endsWith('.json'))) {
      const definition = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as {
        versions: { schema: Schema }[]
      }
      for (const { schema } of definition.versions) {
        rules += JSON.stringify(schema).split('x-kubernetes-validations').length - 1
        expect(openApiFaults(schema, at, true), name).toEqual([])
      }
    }
    expect(rules).toBeGreaterThan(0)
  })
})

describe('a hostile rule', () => {
  it.each([
    ['brackets without end', '('.repeat(5_000)],
    ['a chain of calls', `self${'.size()'.repeat(5_000)}`],
    ['names of the language', 'self.__proto__ == constructor && toString(self)'],
    ['loops in loops', `${'[1].all(x, '.repeat(40)}true${')'.repeat(40)}`],
    ['a chain of sums', `1${'+1'.repeat(5_000)} == 1`],
    ['a chain of terms', `true${' && true'.repeat(20_000)}`],
    ['an open string', '"'.repeat(1_001)],
  ])('%s is a fault or is taken, and ends', (_what, rule) => {
    const schema: Schema = { type: 'string', 'x-kubernetes-validations': [{ rule }] }
    expect(Array.isArray(causesOf({ a: schema }))).toBe(true)
  })
})
