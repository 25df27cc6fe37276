import { describe, expect, it } from 'vitest'
import type { PasswordSpec } from '#api'
import { faultOf, textOf, type Env } from '#base'
import { realEnv, simEnv } from '#base/env'
import { passwords } from './password.ts'

const env = realEnv()

function made(spec: Partial<PasswordSpec>, from: Pick<Env, 'entropy'> = env): string {
  return textOf(passwords(spec, from).get('password') as Uint8Array)
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}

function refusal(spec: Partial<PasswordSpec>): string {
  try {
    passwords(spec, env)
  } catch (thrown) {
    return faultOf(thrown).message
  }
  return 'nothing thrown'
}

describe('a password', () => {
  it('has 24 characters, a quarter digits and a quarter symbols, none of them twice', () => {
    for (let i = 0; i < 50; i++) {
      const text = made({})
      expect([text.length, count(text, /\d/g), count(text, /[^a-zA-Z\d]/g)]).toEqual([24, 6, 6])
      expect(new Set(text).size).toBe(24)
    }
  })

  it.each<[string, Partial<PasswordSpec>, RegExp]>([
    ['follows length, digits and symbols', { length: 7, digits: 2, symbols: 1 }, /^.{7}$/],
    ['rounds a quarter down', { length: 7, symbols: 0 }, /^[A-Za-z]*(\d[A-Za-z]*)$/],
    ['takes a length of 0 for none given', { length: 0, symbols: 0 }, /^[A-Za-z\d]{24}$/],
    ['leaves capital letters out', { length: 12, noUpper: true, symbols: 0 }, /^[a-z\d]{12}$/],
    [
      'takes its own symbols',
      { length: 4, digits: 0, symbols: 3, symbolCharacters: '-_+' },
      /[-_+]{2}/,
    ],
    [
      'takes the usual symbols for an empty list',
      { length: 4, digits: 0, symbols: 4, symbolCharacters: '' },
      /^[~!@#$%^&*()_+`\-={}|[\]\\:"<>?,./]{4}$/,
    ],
    ['is all digits when asked', { length: 10, digits: 10, symbols: 0 }, /^\d{10}$/],
    [
      'repeats where it may',
      { length: 200, digits: 100, symbols: 100, allowRepeat: true },
      /^.{200}$/,
    ],
    [
      'takes whole characters beyond ASCII',
      { length: 3, digits: 0, symbols: 3, symbolCharacters: '€😀é' },
      /^(€|😀|é){3}$/u,
    ],
    [
      'makes letters of a negative number of digits',
      { length: 4, digits: -2, symbols: 0 },
      /^[A-Za-z]{6}$/,
    ],
  ])('%s', (_name, spec, pattern) => {
    expect(made(spec)).toMatch(pattern)
  })

  it.each<[NonNullable<PasswordSpec['encoding']>, string]>([
    ['raw', '~~~~~~~'],
    ['base64', 'fn5+fn5+fg=='],
    ['base64url', 'fn5-fn5-fg=='],
    ['base32', 'PZ7H47T6PZ7A===='],
    ['hex', '7e7e7e7e7e7e7e'],
  ])('is written as %s', (encoding, text) => {
    const spec = { length: 7, digits: 0, symbols: 7, symbolCharacters: '~', allowRepeat: true }
    expect(made({ ...spec, encoding })).toBe(text)
  })

  it('is another for every key', () => {
    const found = passwords({ secretKeys: ['a', '__proto__', 'c'] }, env)
    expect([...found.keys()]).toEqual(['a', '__proto__', 'c'])
    expect(new Set([...found.values()].map(textOf)).size).toBe(3)
  })

  it.each<[string, Partial<PasswordSpec>, string]>([
    [
      'more digits than there is room for',
      { length: 4, digits: 6 },
      'number of digits and symbols must be less than total length',
    ],
    [
      'more letters than there are',
      { length: 60, digits: 0, symbols: 0 },
      'number of letters exceeds available letters and repeats are not allowed',
    ],
    [
      'more small letters than there are',
      { length: 27, digits: 0, symbols: 0, noUpper: true },
      'number of letters exceeds available letters and repeats are not allowed',
    ],
    [
      'more digits than there are',
      { length: 11, digits: 11, symbols: 0 },
      'number of digits exceeds available digits and repeats are not allowed',
    ],
    [
      'more symbols than there are',
      { length: 3, digits: 0, symbols: 3, symbolCharacters: '-_' },
      'number of symbols exceeds available symbols and repeats are not allowed',
    ],
    [
      'symbols that are one and the same, which would keep the peer busy for ever',
      { length: 2, digits: 0, symbols: 2, symbolCharacters: '--' },
      'number of symbols exceeds available symbols and repeats are not allowed',
    ],
    [
      'symbols that the letters have used up',
      { length: 27, digits: 0, symbols: 1, noUpper: true, symbolCharacters: 'a' },
      'number of symbols exceeds available symbols and repeats are not allowed',
    ],
    ['an empty key', { secretKeys: [''] }, 'secretKeys must be non-empty and unique'],
    ['a key twice', { secretKeys: ['a', 'a'] }, 'secretKeys must be non-empty and unique'],
    [
      'more than a Secret holds',
      { length: 2_000_000_000, allowRepeat: true },
      'a Secret cannot hold 1 of 2000000000 characters',
    ],
  ])('is refused for %s', (_name, spec, message) => {
    expect(refusal(spec)).toBe(message)
  })

  it('finds symbols that the letters only may have used up', () => {
    const spec = { length: 20, digits: 0, symbols: 2, noUpper: true, symbolCharacters: 'abc' }
    for (let i = 0; i < 20; i++) expect(new Set(made(spec)).size).toBe(20)
  })

  it('is made in good time at the most that is allowed', () => {
    expect(made({ length: 1_000_000, allowRepeat: true })).toHaveLength(1_000_000)
  })
})

describe('chance', () => {
  it('is the entropy of the environment and nothing else', () => {
    expect(made({}, simEnv(1))).toBe(made({}, simEnv(1)))
    expect(made({}, simEnv(1))).not.toBe(made({}, simEnv(2)))
  })

  it('prefers no character and no place', () => {
    const spec = { length: 10, digits: 1, symbols: 0, noUpper: true, allowRepeat: true }
    const rounds = 26_000
    const letters = new Map<string, number>()
    const places = new Map<number, number>()
    const from = simEnv(7) // the same run each time: nothing here is left to luck
    for (let i = 0; i < rounds; i++) {
      const text = made(spec, from)
      const place = text.search(/\d/)
      places.set(place, (places.get(place) ?? 0) + 1)
      const letter = text.replace(/\d/, '').charAt(0)
      letters.set(letter, (letters.get(letter) ?? 0) + 1)
    }
    // Chi-squared at 0.1 %: 52.6 for 25 degrees of freedom, 27.9 for 9.
    expect(chiSquared(letters, 26, rounds)).toBeLessThan(52.6)
    expect(chiSquared(places, 10, rounds)).toBeLessThan(27.9)
  })

  it('draws again where a remainder would favour the first', () => {
    // The highest 32 bits that there are: taken as they come they would stand for number 3 of 6.
    let draws = 0
    const entropy = {
      uuid: () => '',
      bytes: (size: number) => {
        draws++
        return new Uint8Array(size).fill(draws === 1 ? 0xff : 0)
      },
    }
    const spec = { length: 1, digits: 0, symbols: 1, symbolCharacters: 'abcdef', allowRepeat: true }
    expect(made(spec, { entropy })).toBe('a')
    expect(draws).toBe(2)
  })
})

function chiSquared(seen: ReadonlyMap<unknown, number>, cells: number, rounds: number): number {
  const expected = rounds / cells
  const squares = [...seen.values()].map((found) => (found - expected) ** 2 / expected)
  return squares.reduce((sum, one) => sum + one, (cells - seen.size) * expected)
}
