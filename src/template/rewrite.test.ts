import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { Fault } from '#base'

import { renderScoped, rewriteKeys, type RewriteStep, type TemplateScope } from './index.ts'

interface Line {
  id: string
  suite: string
  data?: Record<string, string>
  ops: RewriteStep[]
  templates?: Record<string, string>
  scope: TemplateScope
  target: string
  result?: Record<string, unknown>
  error?: object
}

const linesOf = (file: string, suite: string): (readonly [string, Line])[] =>
  readFileSync(`test/conformance/template/${file}.jsonl`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
    .filter((line) => line.suite === suite)
    .map((line) => [line.id, line] as const)

const bytesOf = (data: Record<string, string> = {}): Map<string, Uint8Array> =>
  new Map(Object.entries(data).map(([key, value]) => [key, Buffer.from(value)]))
const textsOf = (data: ReadonlyMap<string, Uint8Array>): Record<string, string> =>
  Object.fromEntries([...data].map(([key, value]) => [key, Buffer.from(value).toString()]))

describe('rewriting of keys, as recorded', () => {
  it.each(linesOf('rewrite', 'rewrite'))('%s', (_id, line) => {
    const work = (): unknown => textsOf(rewriteKeys(bytesOf(line.data), line.ops))
    if (line.error !== undefined) expect(work).toThrow(Fault)
    else expect(work()).toEqual(line.result)
  })
})

describe('templateFrom, as recorded', () => {
  it.each(linesOf('scope', 'scope'))('%s', (_id, line) => {
    const work = (): unknown => {
      const all: Record<string, string> = {}
      for (const [key, text] of Object.entries(line.templates ?? {})) {
        Object.assign(
          all,
          textsOf(renderScoped({ key, text, scope: line.scope }, bytesOf(line.data))),
        )
      }
      const place = { Data: 'data', Labels: 'labels', Annotations: 'annotations' }[line.target]
      const empty = { data: {}, labels: {}, annotations: {} }
      return place === undefined ? empty : { ...empty, [place]: all }
    }
    if (line.error !== undefined) expect(work).toThrow(Fault)
    else expect(work()).toEqual(line.result)
  })
})
