import { generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import { FunctionError } from '../template-fault.ts'
import { privateJwk, publicJwk } from './jwk.ts'

const pairs = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 1024 }),
  ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ed: generateKeyPairSync('ed25519'),
}
type Pair = keyof typeof pairs

const jwk = (name: Pair, change: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({ ...pairs[name].privateKey.export({ format: 'jwk' }), ...change })

const publicOf = (name: Pair, change: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({ ...pairs[name].publicKey.export({ format: 'jwk' }), ...change })

const standard = (value: string | undefined): string =>
  Buffer.from(value ?? '', 'base64url').toString('base64')

const same = (made: KeyObject, name: Pair): void =>
  expect(made.equals(pairs[name].privateKey)).toBe(true)
const ec: JsonWebKey = pairs.ec.privateKey.export({ format: 'jwk' })

describe("JSON Web Keys as the peer's library reads them", () => {
  it.each<Pair>(['rsa', 'ec', 'ed'])('are keys with and without a private half: %s', (name) => {
    same(privateJwk(jwk(name)), name)
    expect(publicJwk(publicOf(name)).equals(pairs[name].publicKey)).toBe(true)
    expect(() => publicJwk(jwk(name))).toThrow('unsupported public key type')
    expect(() => privateJwk(publicOf(name))).toThrow('unknown key type')
  })

  it('may be in any of the four kinds of base64', () => {
    same(privateJwk(jwk('ec', { x: standard(ec.x), d: standard(ec.d) })), 'ec')
    same(privateJwk(jwk('ec', { y: `${ec.y}=` })), 'ec')
  })

  it('may have text behind them', () => {
    same(privateJwk(`${jwk('ed', { kid: 'a}"' })} } x`), 'ed')
  })

  it('have members of other families, or of their own making, that are not looked at', () => {
    same(privateJwk(jwk('ed', { y: '!!', oth: 1 })), 'ed')
    same(privateJwk(jwk('rsa', { x: 7 })), 'rsa')
  })

  it.each<readonly [string, Readonly<Record<string, unknown>>]>([
    ['a mixture of two alphabets', { x: 'a-+b' }],
    ['a number that is no base64', { y: 'P-384' }],
    ['a number that is none', { x: 1 }],
    ['no private number', { d: '' }],
    ['null for the private number', { d: null }],
    ['an algorithm that is no text', { alg: true }],
    ['a key id that is no text', { kid: {} }],
    ['operations that are no list', { key_ops: 'sign' }],
    ['a chain that is no list', { x5c: 'AQ==' }],
    ['a thumbprint that is no text', { x5t: ['a'] }],
  ])('are refused with %s', (_what, change) => {
    expect(() => privateJwk(jwk('ec', change))).toThrow(FunctionError)
  })

  it('are refused when their public half is that of another key', () => {
    const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })
    expect(() => privateJwk(jwk('ed', { x: other.x }))).toThrow('invalid x value given d value')
  })
})
