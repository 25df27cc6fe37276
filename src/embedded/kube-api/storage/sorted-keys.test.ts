import { assert, constantFrom, property, array, boolean, integer, tuple } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SortedKeys } from './sorted-keys.ts'

const keyOf = (number: number): string => `ns-${number % 3}/name-${number}`

describe('the keys of a bucket', () => {
  it('are read in order from any key on, and counted, whatever came and went', () => {
    const steps = array(tuple(integer({ min: 0, max: 3_000 }), boolean()), { maxLength: 4_000 })
    const starts = constantFrom('', 'ns-1/', 'ns-1/name-7', 'ns-1/name-70', 'ns-2/name-9999', 'z')
    assert(
      property(steps, starts, (changes, start) => {
        const keys = new SortedKeys()
        const known = new Set<string>()
        for (const [number, isAdded] of changes) {
          const key = keyOf(number)
          if (isAdded && !known.has(key)) {
            known.add(key)
            keys.add(key)
          } else if (!isAdded && known.delete(key)) keys.remove(key)
        }
        const sorted = [...known].sort()
        expect([...keys.from(start)]).toEqual(sorted.filter((key) => key >= start))
        expect(keys.before(start)).toBe(sorted.filter((key) => key < start).length)
        expect(keys.size).toBe(sorted.length)
      }),
      { numRuns: 50 },
    )
  })

  it('stay in order when thousands come in order, backwards, and leave again', () => {
    const names = Array.from({ length: 5_000 }, (_, i) => String(i).padStart(5, '0'))
    const keys = new SortedKeys()
    for (const name of names.toReversed()) keys.add(name)
    expect([...keys.from('')]).toEqual(names)
    for (const name of names.slice(0, 4_000)) keys.remove(name)
    expect([...keys.from('')]).toEqual(names.slice(4_000))
    for (const name of names.slice(4_000)) keys.remove(name)
    expect([...keys.from('')]).toEqual([])
    keys.add('again')
    expect([...keys.from('')]).toEqual(['again'])
  })
})
