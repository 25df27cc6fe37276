import { webcrypto } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64, hex, utf8, type Compute } from '#base'
import { simEnv } from '#base/env'
import { KeyRing } from '../key-ring.ts'
import { scopes, type Scope } from '../scope.ts'
import { fromBech32, toBech32 } from './bech32.ts'
import { decapsulate, encapsulate, labeledExpand, labeledExtract } from './kem.ts'
import { nodeBoxCrypto } from './node-crypto.ts'
import { parseRecipient, recipientText, suite, type Recipient } from './recipient.ts'
import { isFormat2, openValue2, sealValue2, type Bound } from './value.ts'
import { webBoxCrypto } from './web-crypto.ts'

const crypto = nodeBoxCrypto(simEnv(1).entropy)
const web = webBoxCrypto(webcrypto.subtle, simEnv(2).entropy)
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'))

/** RFC 9180, appendix A.1.1 and A.2.1. */
const vectors = [
  {
    ikmE: '7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234',
    skE: '52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736',
    enc: '37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431',
    skR: '4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8',
    pkR: '3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d',
    secret: 'fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc',
  },
  {
    ikmE: '909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b',
    skE: 'f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600',
    enc: '1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a',
    skR: '8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb',
    pkR: '4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a',
    secret: '0bbe78490412b4bbea4812666f7916932b828bba79942424abb65244930d69a7',
  },
]

describe.each([
  ['node:crypto', crypto],
  ['WebCrypto', web],
])('DHKEM(X25519, HKDF-SHA256) by %s', (_name, crypto) => {
  it.each(vectors)('gives the secret of RFC 9180 on both sides: $secret', async (vector) => {
    const derived = await labeledExtract(crypto, 'dkp_prk', bytes(vector.ikmE))
    const skE = await labeledExpand(crypto, derived, 'sk', new Uint8Array(), 32)
    expect(hex(skE)).toBe(vector.skE)
    const sent = await encapsulate(crypto, bytes(vector.pkR), skE)
    expect(hex(sent?.ephemeral ?? skE)).toBe(vector.enc)
    expect(hex(sent?.secret ?? skE)).toBe(vector.secret)
    const received = await decapsulate(crypto, bytes(vector.skR), bytes(vector.enc))
    expect(hex(received ?? skE)).toBe(vector.secret)
  })

  it.each([
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ])('refuses a point of small order: %s', async (point) => {
    expect(await encapsulate(crypto, bytes(point))).toBeNull()
    expect(await decapsulate(crypto, bytes(vectors[0]!.skR), bytes(point))).toBeNull()
  })
})

const privateKey = bytes(vectors[0]!.skR)
const recipient: Recipient = { suite, publicKey: bytes(vectors[0]!.pkR) }
const bound: Bound = { scope: 'strict', namespace: 'team', name: 'db', dataKey: 'password' }

describe('a value of format 2', () => {
  it('has one form for given keys, on node and in a browser: our published vector', async () => {
    const skE = bytes(vectors[0]!.skE)
    const sealed = await sealValue2(crypto, recipient, bound, utf8('s3cr3t'), skE)
    expect(hex(sealed)).toBe(hex(await sealValue2(web, recipient, bound, utf8('s3cr3t'), skE)))
    expect(hex(sealed)).toMatchInlineSnapshot(
      `"0000010107bc18df0e0f50e937fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431cce8591caaa34d6e034cab694e3d5b169a7a1912c8ec"`,
    )
  })

  it('opens to what was sealed, by either side’s primitives', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom(...scopes),
        async (plaintext, scope) => {
          const sealed = await sealValue2(web, recipient, { ...bound, scope }, plaintext)
          expect(await openValue2(crypto, privateKey, { ...bound, scope }, sealed)).toEqual(
            plaintext,
          )
          expect(await openValue2(web, privateKey, { ...bound, scope }, sealed)).toEqual(plaintext)
        },
      ),
      { numRuns: 20 },
    )
  })

  it('does not open with any bit flipped, cut anywhere, or with bytes behind it', async () => {
    const sealed = await sealValue2(crypto, recipient, bound, utf8('s3cr3t'))
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const damaged = Uint8Array.from(sealed)
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7))
      expect(await openValue2(crypto, privateKey, bound, damaged)).toBeNull()
    }
    for (let size = 0; size < sealed.length; size++) {
      expect(await openValue2(crypto, privateKey, bound, sealed.subarray(0, size))).toBeNull()
    }
    expect(await openValue2(crypto, privateKey, bound, Uint8Array.of(...sealed, 0))).toBeNull()
  })

  it('opens exactly where its scope lets it, and never under another data key', async () => {
    const free: Readonly<Record<Scope, readonly (keyof Bound)[]>> = {
      strict: [],
      'namespace-wide': ['name'],
      'cluster-wide': ['namespace', 'name'],
    }
    for (const scope of scopes) {
      const here = { ...bound, scope }
      const sealed = await sealValue2(crypto, recipient, here, utf8('x'))
      for (const field of ['namespace', 'name', 'dataKey'] as const) {
        const opened = await openValue2(crypto, privateKey, { ...here, [field]: 'other' }, sealed)
        expect(opened !== null, `${scope} ${field}`).toBe(free[scope].includes(field))
      }
      for (const other of scopes) {
        const opened = await openValue2(crypto, privateKey, { ...here, scope: other }, sealed)
        expect(opened !== null).toBe(other === scope)
      }
    }
  })

  it('is refused as undecryptable by what knows only format 1', async () => {
    const sealed = await sealValue2(crypto, recipient, bound, utf8('x'))
    expect(isFormat2(sealed)).toBe(true)
    const compute: Compute = { run: async (task, input) => task.run(input) }
    await expect(new KeyRing(compute, []).open(sealed, new Uint8Array(), 'it')).rejects.toThrow(
      'no key could decrypt secret',
    )
    expect(base64(sealed).startsWith('AAAB')).toBe(true)
  })
})

describe('a recipient’s text', () => {
  it('reads back, and any wrong letter is seen', () => {
    const text = recipientText(recipient)
    expect(text).toMatch(/^lockstep1[02-9ac-hj-np-z]{59}$/)
    expect(parseRecipient(text)).toEqual(recipient)
    expect(parseRecipient(text.toUpperCase())).toEqual(recipient)
    for (let i = 0; i < text.length; i++) {
      const wrong = `${text.slice(0, i)}${text[i] === 'q' ? 'p' : 'q'}${text.slice(i + 1)}`
      expect(() => parseRecipient(wrong)).toThrow('not a recipient')
    }
    for (const bad of ['', 'lockstep1', 'age1qqqq', `${text}q`, text.slice(0, -1)]) {
      expect(() => parseRecipient(bad)).toThrow('not a recipient')
    }
  })

  it('is bech32 as BIP 173 has it', () => {
    expect(toBech32('a', new Uint8Array())).toBe('a12uel5l')
    expect(fromBech32('a', 'A12UEL5L')).toEqual(new Uint8Array())
    expect(fromBech32('a', 'a12uel5L')).toBeUndefined()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (some) => {
        expect(fromBech32('lockstep', toBech32('lockstep', some))).toEqual(some)
      }),
    )
  })
})
