import { readdirSync, readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { difference, readLines } from './template/lines.ts'

const files = [
  'lang',
  'printf',
  'fn-strings',
  'fn-encoding',
  'fn-lists',
  'fn-dicts',
  'fn-numbers',
  'fn-misc',
  'fn-regex',
  'fn-dates',
  'fn-crypto',
  'real',
  'sealed',
]

/** The tests that ask the other files: each stands beside what it holds to the recording. */
const askedBy: Readonly<Record<string, string>> = {
  envsubst: 'test/render-substitute-conformance.test.ts',
  gjson: 'src/go/gjson/gjson.test.ts',
  regex: 'src/go/regexp.test.ts',
  rewrite: 'src/template/rewrite.test.ts',
  scope: 'src/template/rewrite.test.ts',
  values: 'src/go/hash.test.ts',
  yaml: 'src/go/yaml/yaml.test.ts',
}

interface Count {
  passing: number
  all: number
  readonly failures: string[]
}

function measure(): Map<string, Count> {
  const groups = new Map<string, Count>()
  for (const line of readLines(...files)) {
    const count = groups.get(line.group) ?? { passing: 0, all: 0, failures: [] }
    groups.set(line.group, count)
    count.all++
    const why = difference(line)
    if (why === undefined) count.passing++
    else count.failures.push(`${line.id}: ${why.slice(0, 200)}`)
  }
  return groups
}

describe('templates, as recorded from the real engines', () => {
  const groups = measure()
  const all = [...groups.values()].reduce((sum, count) => sum + count.all, 0)

  it(`are ${all} lines in ${groups.size} groups, of 12,044 in all`, () => {
    expect(all).toBe(9060)
    const folder = 'test/conformance/template'
    const recorded = readdirSync(folder).filter((name) => name.endsWith('.jsonl'))
    const count = (name: string): number =>
      readFileSync(`${folder}/${name}`, 'utf8').trim().split('\n').length
    expect(recorded.reduce((sum, name) => sum + count(name), 0)).toBe(12_044)
    const known = [...files, ...Object.keys(askedBy)].map((name) => `${name}.jsonl`)
    expect(recorded.toSorted()).toEqual(known.toSorted())
  })

  it.each(Object.entries(askedBy))('leave %s.jsonl to %s', (file, test) => {
    expect(readFileSync(test, 'utf8')).toMatch(new RegExp(`\\b${file}(\\.jsonl)?'`))
  })

  it.each([...groups].map(([name, count]) => [name, count.passing, count.all, count] as const))(
    'are answered alike in %s: %i of %i',
    (_name, _passing, _all, count) => expect(count.failures).toEqual([]),
  )
})
