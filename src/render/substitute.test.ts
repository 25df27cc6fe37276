import { describe, expect, it } from 'vitest'

import { substituteObject, substituteText, SubstitutionFault, variablesOf } from './substitute.ts'

const canary = 'CANARY-5c1e'
const variables = new Map([
  ['a', canary],
  ['__proto__', 'harmless'],
])

describe('substitution', () => {
  it('never quotes a value in an error', () => {
    const object = { kind: 'ConfigMap', data: { k: '${a}' } }
    const failure = (): unknown => substituteObject(object, new Map([['a', `${canary}: b: c`]]))
    expect(failure).toThrow(SubstitutionFault)
    expect(failure).not.toThrow(canary)
  })

  it('knows a variable called __proto__ only when it is set', () => {
    expect(substituteText('${__proto__}', variables)).toBe('harmless')
    expect(substituteText('[${constructor}]', variables)).toBe('[]')
    expect(variablesOf([], { ['__proto__x']: 'y', n: 1 })).toEqual(new Map([['__proto__x', 'y']]))
  })

  it('refuses a part that begins beyond ASCII, as Flux does', () => {
    expect(() => substituteText('${a:é}', variables)).toThrow('bad substitution')
    expect(() => substituteText('${a:😀:1}', variables)).toThrow('bad substitution')
    expect(substituteText('${a:0:é}', new Map([['a', 'x']]))).toBe('x')
    expect(substituteText('${b:-é}', variables)).toBe('\xc3\xa9')
  })

  it('refuses variables that are nested too deep', () => {
    const text = '${a:='.repeat(10_000)
    expect(() => substituteText(text, variables)).toThrow('nested too deep')
  })

  it('goes through a value once, whatever the pattern', () => {
    const value = new Map([['v', 'a'.repeat(100_000)]])
    expect(substituteText('${v##*a*a*a*a*b}', value)).toBe('a'.repeat(100_000))
    expect(substituteText('${v%%*ab}', value)).toBe('a'.repeat(100_000))
  })

  it.each(['${v%%*ab}', '${v^^}', '${v//b/c}', '${v##[bcdefgh]}'])(
    'refuses more work than its budget: many times %s',
    (use) => {
      const value = new Map([['v', 'a'.repeat(2000)]])
      expect(() => substituteText(use.repeat(20_000), value)).toThrow(/steps|bytes/)
    },
  )

  it('refuses a long text to look for in a longer one', () => {
    const value = new Map([
      ['v', 'a'.repeat(500_000)],
      ['w', `b${'a'.repeat(200_000)}`],
    ])
    expect(() => substituteText('${v//${w}/c}', value)).toThrow('steps')
  })

  it('refuses to make more than its bound', () => {
    const value = new Map([['v', 'x'.repeat(1_000_000)]])
    expect(() => substituteText('${v}'.repeat(20), value)).toThrow('bytes')
    expect(() => substituteText('${v//x/${v}}', value)).toThrow('bytes')
  })

  it('reads a megabyte of text in little time', () => {
    expect(substituteText('$a $$b {c}'.repeat(100_000), variables)).toHaveLength(900_000)
  })
})
