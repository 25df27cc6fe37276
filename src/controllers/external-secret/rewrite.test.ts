import { describe, expect, it } from 'vitest'

import type { Rewrite } from '#api'
import { Fault, textOf, utf8 } from '#base'
import { rewriteKeys } from './rewrite.ts'

function rewritten(
  values: Readonly<Record<string, string>>,
  ...operations: readonly Rewrite[]
): Record<string, string> {
  const given = new Map(Object.entries(values).map(([key, value]) => [key, utf8(value)]))
  const out = rewriteKeys(operations, given, (template, key) => template.replace('KEY', key))
  return Object.fromEntries([...out].map(([key, value]) => [key, textOf(value)]))
}

function failure(work: () => unknown): string {
  try {
    work()
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.message
    throw thrown
  }
  return 'nothing thrown'
}

describe('rewrite', () => {
  it('applies operations in order, each on the result of the one before', () => {
    const operations = [
      { regexp: { source: 'user', target: 'login' } },
      { regexp: { source: '^(.*)$', target: 'db-$1' } },
      { transform: { template: 'KEY!' } },
    ]
    expect(rewritten({ user: 'ann', pass: 'p' }, ...operations)).toEqual({
      'db-login!': 'ann',
      'db-pass!': 'p',
    })
  })

  it('takes $1x for the group named 1x, which makes every key empty', () => {
    expect(rewritten({ user: 'ann' }, { regexp: { source: '(.*)', target: '$1x' } })).toEqual({
      '': 'ann',
    })
  })

  it('gives the same winner every time two keys become one: the last by name', () => {
    const both = { regexp: { source: '.*', target: 'one' } }
    expect(rewritten({ b: '2', a: '1' }, both)).toEqual({ one: '2' })
    expect(rewritten({ a: '1', b: '2' }, both)).toEqual({ one: '2' })
  })

  it('names the operation whose expression does not compile', () => {
    const broken = { regexp: { source: '(', target: 'x' } }
    expect(failure(() => rewritten({ a: '1' }, broken))).toBe(
      'failed rewrite operation[0]: regexp failed with failed to compile: error parsing regexp: missing closing ): `(`',
    )
  })
})

describe('rewrite.merge', () => {
  const values = {
    'x/a': '{"user":"ann","port":1}',
    'x/b': '{"user":"bob","deep":{"z":1,"a":[1.50]}}',
  }

  it('spreads the documents into keys, later ones winning', () => {
    expect(rewritten(values, { merge: { conflictPolicy: 'Ignore' } })).toEqual({
      user: 'bob',
      port: '1',
      deep: '{"a":[1.5],"z":1}',
    })
  })

  it('lets the keys of priority win', () => {
    const merge = { conflictPolicy: 'Ignore' as const, priority: ['x/a'] }
    expect(rewritten(values, { merge })).toMatchObject({ user: 'ann' })
  })

  it('refuses keys that meet, unless told to ignore it', () => {
    expect(failure(() => rewritten(values, { merge: {} }))).toContain('conflicts: user')
  })

  it('refuses a priority that is not there, unless told to ignore it', () => {
    const merge = { conflictPolicy: 'Ignore' as const, priority: ['gone'] }
    expect(failure(() => rewritten(values, { merge }))).toContain('"gone" not found')
    const lenient = { ...merge, priorityPolicy: 'IgnoreNotFound' as const }
    expect(rewritten(values, { merge: lenient })).toMatchObject({ user: 'bob' })
  })

  it('writes one document beside the merged entries with strategy JSON', () => {
    const merge = { conflictPolicy: 'Ignore' as const, strategy: 'JSON' as const, into: 'all' }
    expect(rewritten({ a: '{"b":2}' }, { merge })).toEqual({ a: '{"b":2}', all: '{"b":2}' })
    expect(failure(() => rewritten({ a: '{}' }, { merge: { strategy: 'JSON' } }))).toContain(
      "missing 'into' field",
    )
  })

  it.each(['hunter2', '[1]', '"hunter2"', '{'])(
    'quotes nothing of a value that is no object',
    (value) => {
      const message = failure(() => rewritten({ a: value }, { merge: {} }))
      expect(message).toContain('failed to unmarshal JSON')
      expect(message).not.toContain('hunter2')
    },
  )

  it('takes __proto__ in a document for a key like any other', () => {
    const made = rewriteKeys(
      [{ merge: {} }],
      new Map([['a', utf8('{"__proto__":"x"}')]]),
      (_template, key) => key,
    )
    expect([...made.keys()]).toEqual(['__proto__'])
  })
})
