import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { GoRegexp, goString, goText, groupText } from './index.ts'

interface Line {
  id: string
  op: string
  regexp: string
  value: string
  replacement?: string
  n?: number
  output?: string
  result?: unknown
  error?: object
}

const lines = readFileSync('test/conformance/template/regex.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Line)

function answer(line: Line): unknown {
  const expression = new GoRegexp(goString(line.regexp))
  const text = goString(line.value)
  switch (line.op) {
    case 'match':
      return expression.matches(text)
    case 'find': {
      const match = expression.find(text)
      return match === undefined ? '' : goText(groupText(text, match, 0))
    }
    case 'findIndex':
      return expression.find(text)?.slice(0, 2) ?? null
    case 'submatch': {
      const match = expression.find(text)
      if (match === undefined) return null
      return Array.from({ length: match.length / 2 }, (_, i) => goText(groupText(text, match, i)))
    }
    case 'findAll': {
      const all = expression.findAll(text, line.n)
      return all.length === 0 ? null : all.map((match) => goText(groupText(text, match, 0)))
    }
    case 'replace':
      return goText(expression.replaceAll(text, goString(line.replacement ?? '')))
    case 'split':
      return expression.split(text, line.n ?? -1)?.map(goText) ?? null
    default:
      throw new Error(line.op)
  }
}

describe('regular expressions as Go answers them', () => {
  it.each(lines.map((line) => [`${line.id} ${line.regexp}`, line] as const))('%s', (_n, line) => {
    if (line.error !== undefined) expect(() => answer(line)).toThrow(/^error parsing regexp/)
    else expect(answer(line)).toEqual(line.output ?? line.result)
  })

  it.each([
    ['\\p{letter}+', 'aéЖ'],
    ['\\p{ upper-case_LETTER }', 'Ж'],
    ['\\pl+', 'aéЖ'],
    ['\\p{cased letter}+', 'aéЖ'],
    ['\\p{CYRILLIC}', 'Ж'],
    ['\\p{ascii}+', '12 a'],
    ['\\P{ASCII}+', 'éЖ'],
    ['[\\P{ascii}2]+', '2'],
    ['[^\\p{Ascii}]', 'é'],
    ['[]\\p{ASCII}]+', '12 a'],
    ['[[:digit:]\\p{^ascii}]+', '12'],
    ['\\Q\\p{x}\\E|é', 'é'],
  ])('look classes up as Go 1.26 does: %s', (pattern, found) => {
    const text = goString('12 aéЖ')
    const match = new GoRegexp(goString(pattern)).find(text)
    expect(match && goText(groupText(text, match, 0))).toBe(found)
  })

  it.each(['\\p{Old_Italic}', '\\p{SignWriting}', '\\p{Emoji}', '\\p{Grek}', '\\p{}', '\\p{^}'])(
    'refuse %s, which Go does not find',
    (pattern) => expect(() => new GoRegexp(pattern)).toThrow('invalid character class range'),
  )

  it('say what is wrong without the pattern', () => {
    expect(() => new GoRegexp('hunter2[')).toThrow(/^error parsing regexp: missing closing$/)
  })

  it('take linear time', () => {
    expect(new GoRegexp('(a*)*b').matches('a'.repeat(20_000))).toBe(false)
  })
})
