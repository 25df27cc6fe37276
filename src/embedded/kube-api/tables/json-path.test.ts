import { describe, expect, it } from 'vitest'
import { atJsonPath } from './json-path.ts'

const value = {
  x: [
    { a: 1, b: 'one' },
    { a: 'foo', b: 'two' },
  ],
}

describe('a filter', () => {
  it.each([
    ['.x[?(@.a==1)].b', ['one']],
    ['.x[?(@.a=="foo")].b', ['two']],
    ['.x[?(@.a)].b', ['one', 'two']],
    ['.x[?(@.a==null)].b', []],
  ])('%s finds what it asks for', (path, found) => {
    expect(atJsonPath(value, path)).toEqual(found)
  })

  it.each([
    '.x[?(@.a==foo)].b',
    '.x[?(@.a==1 && @.b=="one")].b',
    '.x[?(@.a==01)].b',
    '.x[?(@.a==)].b',
  ])('%s, which holds against what is no value, finds nothing', (path) => {
    expect(atJsonPath(value, path)).toEqual([])
  })
})
