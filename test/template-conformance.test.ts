import { describe, expect, it } from 'vitest'

import { difference, readLines } from './template/lines.ts'
import { notYet } from './template/not-yet.ts'

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
  let [passing, all] = [0, 0]
  for (const count of groups.values()) {
    passing += count.passing
    all += count.all
  }
  console.info(`templates: ${passing} of ${all} recorded lines, ${groups.size} groups`)

  it('were all asked', () => expect(all).toBe(9060))

  it.each([...groups].filter(([name]) => !Object.hasOwn(notYet, name)))(
    'are answered alike in all of %s',
    (_name, count) => expect(count.failures).toEqual([]),
  )

  it.each(Object.entries(notYet))('lose nothing in %s', (name, [known, total]) => {
    const count = groups.get(name)
    expect(count?.all).toBe(total)
    expect(count?.passing ?? 0, `of ${total}`).toBeGreaterThanOrEqual(known)
    // A group that is complete must leave the list, and a better one be written down.
    expect(count?.passing, 'better than listed: update notYet').toBe(known)
  })
})
