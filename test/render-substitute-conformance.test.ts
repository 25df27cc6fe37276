import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { parseYaml } from '#go'
import { equalJson, type JsonObject } from '#base'
import {
  isLeftOut,
  substituteObject,
  substituteText,
  SubstitutionFault,
  variablesOf,
} from '#render'

interface Line {
  readonly id: string
  readonly suite: 'envsubst' | 'postBuild'
  readonly group: string
  readonly value: string
  readonly vars?: Readonly<Record<string, string>>
  readonly strict?: boolean
  readonly always?: boolean
  readonly from?: readonly { kind: string; name: string; optional?: boolean }[]
  readonly objects?: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly output?: string
  readonly outputB64?: string
  readonly result?: unknown
  readonly skipped?: boolean
  readonly error?: { readonly kind: string }
}

const url = new URL('conformance/template/envsubst.jsonl', import.meta.url)
const lines = readFileSync(url, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Line)

/** Our answer in the words of the file. */
function answer(line: Line): unknown {
  const { strict = false, always = false } = line
  try {
    if (line.suite === 'envsubst') {
      const variables = new Map(Object.entries(line.vars ?? {}))
      return Buffer.from(substituteText(line.value, variables, { strict }), 'latin1').toString(
        'hex',
      )
    }
    const sources = (line.from ?? []).map((source) => {
      const data = line.objects?.[`${source.kind}/${source.name}`]
      return { ...source, data: data === undefined ? null : new Map(Object.entries(data)) }
    })
    const variables = variablesOf(sources, line.vars)
    const object = parseYaml(line.value) as JsonObject
    if (isLeftOut(object)) return 'skipped'
    return substituteObject(object, variables, { strict, always })
  } catch (thrown) {
    if (!(thrown instanceof SubstitutionFault)) throw thrown
    return `${thrown.phase} error`
  }
}

function recorded(line: Line): unknown {
  if (line.error !== undefined) return `${line.error.kind} error`
  if (line.skipped === true) return 'skipped'
  if (line.suite === 'postBuild') return line.result
  const isText = line.outputB64 === undefined
  return Buffer.from(line.outputB64 ?? line.output ?? '', isText ? 'utf8' : 'base64').toString(
    'hex',
  )
}

describe('post-build substitution, as recorded from Flux', () => {
  it('was asked all questions', () => expect(lines).toHaveLength(933))

  const groups = Map.groupBy(lines, ({ group }) => group)
  it.each([...groups])('answers alike in all of %s', (_group, ofGroup) => {
    const failures = ofGroup.flatMap((line) => {
      const [ours, theirs] = [answer(line), recorded(line)]
      return equalJson(ours, theirs)
        ? []
        : [{ id: line.id, value: line.value, strict: line.strict, ours, theirs }]
    })
    expect(failures).toEqual([])
  })
})
