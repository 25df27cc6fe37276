import { createHash, createPrivateKey, webcrypto } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64, concatBytes, textOf, utf8, type Compute } from '#base'
import { realEnv, simEnv } from '#base/env'
import { sealedBytes } from './base64.ts'
import { partsOf, openBytes, sealBytes } from './format1.ts'
import { KeyRing } from './key-ring.ts'
import { nodeOpenCrypto, nodeSealCrypto } from './node-crypto.ts'
import {
  isSet,
  labelOf,
  marks,
  parseScope,
  scopeAnnotations,
  scopeOf,
  scopes,
  type Scope,
} from './scope.ts'
import { certifiedKeyOf, rsaCertificateOf, sealingKeyOf } from './sealing-key.ts'
import { webOpenCrypto, webSealCrypto } from './web-crypto.ts'

const folder = new URL('../../test/conformance/sealed-secret/', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, folder), 'utf8')
const keyNamed = (name: string) => sealingKeyOf(read(`keys/${name}.key`))
const certificateNamed = (name: string) => rsaCertificateOf(read(`keys/${name}.crt`))
const inPlace: Compute = { run: async (task, input) => task.run(input) }
const crypto = nodeSealCrypto(simEnv(1).entropy)
const small = keyNamed('c')
const smallPublic = certificateNamed('c').publicKey
const team = labelOf('strict', 'team', 'db')

interface Vector {
  readonly id: string
  readonly scope: Scope
  readonly namespace: string
  readonly name: string
  readonly keys: readonly string[]
  readonly outcome: 'opens' | 'no key' | 'bad base64'
  readonly bytes?: number
  readonly sha256?: string
  readonly value?: string
  readonly valueFile?: string
}

const { vectors } = JSON.parse(read('vectors/vectors.json')) as { vectors: readonly Vector[] }

describe('the recorded vectors', () => {
  it('are all there', () => expect(vectors.length).toBe(63))

  it.each(vectors.map((vector) => [vector.id, vector] as const))('%s', async (_id, vector) => {
    const text = vector.value ?? read(`vectors/${vector.valueFile}`).trim()
    const ring = new KeyRing(inPlace, vector.keys.map(keyNamed))
    const label = labelOf(vector.scope, vector.namespace, vector.name)
    const opened = (async () => ring.open(sealedBytes(text), label, 'it'))()
    if (vector.outcome === 'no key') {
      await expect(opened).rejects.toMatchObject({
        reason: 'CannotUnseal',
        message: 'no key could decrypt secret',
      })
    } else if (vector.outcome === 'bad base64') {
      await expect(opened).rejects.toMatchObject({
        reason: 'DecryptionFailed',
        message: expect.stringMatching(/^illegal base64 data at input byte \d+$/) as string,
      })
    } else {
      const plaintext = await opened
      expect(plaintext.length).toBe(vector.bytes)
      expect(createHash('sha256').update(plaintext).digest('hex')).toBe(vector.sha256)
    }
  })
})

describe('sealing', () => {
  it('opens again to the same bytes, under the same scope, name and namespace', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom(...scopes),
        fc.string({ unit: 'binary', maxLength: 20 }),
        async (plaintext, scope, name) => {
          const label = labelOf(scope, 'team', name)
          const sealed = await sealBytes(crypto, smallPublic, label, plaintext)
          const again = sealedBytes(base64(sealed))
          const ring = new KeyRing(inPlace, [small])
          expect(await ring.open(again, label, 'it')).toEqual(plaintext)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('never gives the same bytes twice', async () => {
    const one = await sealBytes(crypto, smallPublic, team, utf8('x'))
    expect(await sealBytes(crypto, smallPublic, team, utf8('x'))).not.toEqual(one)
  })

  it('refuses a certificate that is not of an RSA key', () => {
    expect(() => certificateNamed('ec')).toThrow(/expected RSA public key/)
    expect(() => rsaCertificateOf(read('keys/a.key'))).toThrow(
      'data does not contain any valid RSA or ECDSA certificates',
    )
    expect(() => keyNamed('ec')).toThrow('no RSA key')
    expect(() => sealingKeyOf('-----BEGIN NONSENSE-----')).toThrow('not a private key in PEM')
  })

  it('refuses a certificate beside a key that is not its own', () => {
    expect(certifiedKeyOf(read('keys/a.crt'), read('keys/a.key')).certificate.bits).toBe(4096)
    expect(() => certifiedKeyOf(read('keys/b.crt'), read('keys/a.key'))).toThrow('not that of')
  })
})

describe('what is refused, always with the same words', () => {
  const refused = (sealed: Uint8Array, label = team, keys = [small]) =>
    expect(new KeyRing(inPlace, keys).open(sealed, label, 'it')).rejects.toMatchObject({
      reason: 'CannotUnseal',
      message: 'no key could decrypt secret',
    })

  it('any flipped bit, wherever it is', async () => {
    const sealed = await sealBytes(crypto, smallPublic, team, utf8('s3cr3t'))
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length * 8 - 1), async (bit) => {
        const damaged = Uint8Array.from(sealed)
        damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7))
        await refused(damaged)
      }),
      { numRuns: 250 },
    )
  })

  it('any truncation, and anything put behind it', async () => {
    const sealed = await sealBytes(crypto, smallPublic, team, utf8('s3cr3t'))
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length - 1), async (size) => {
        await refused(sealed.subarray(0, size))
      }),
      { numRuns: 80 },
    )
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 40 }), async (tail) => {
        await refused(concatBytes([sealed, tail]))
      }),
      { numRuns: 30 },
    )
  })

  it('bytes that were never sealed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        await refused(bytes)
      }),
      { numRuns: 60 },
    )
  })

  it('another name, namespace or scope than it was sealed for', async () => {
    const places = ['team', 'team2', 'db', 'team/db', ''].flatMap((namespace) =>
      ['db', 'db2', 'team', ''].flatMap((name) =>
        scopes.map((scope) => [scope, namespace, name] as const),
      ),
    )
    for (const sealedFor of scopes) {
      const label = labelOf(sealedFor, 'team', 'db')
      const sealed = await sealBytes(crypto, smallPublic, label, utf8('s3cr3t'))
      for (const [scope, namespace, name] of places) {
        const other = labelOf(scope, namespace, name)
        if (textOf(other) === textOf(label)) continue
        await refused(sealed, other)
      }
    }
  })

  it('a key it was not sealed to', async () => {
    const sealed = await sealBytes(crypto, smallPublic, team, utf8('s3cr3t'))
    await refused(sealed, team, [keyNamed('a'), keyNamed('foreign')])
    await refused(sealed, team, [])
  })

  it('the box of one value behind the wrapped key of another', async () => {
    const one = await sealBytes(crypto, smallPublic, team, utf8('one'))
    const two = await sealBytes(crypto, smallPublic, team, utf8('two'))
    const size = 2 + (partsOf(one)?.wrapped.length ?? 0)
    await refused(concatBytes([one.subarray(0, size), two.subarray(size)]))
  })
})

describe('several keys', () => {
  it('are tried newest first, and the one that worked first the next time', async () => {
    const other = keyNamed('c')
    const wrong = { ...other, id: 'wrong', privateKey: createPrivateKey(read('keys/expired.key')) }
    const ring = new KeyRing(inPlace, [wrong, small])
    const sealed = await sealBytes(crypto, smallPublic, team, utf8('s3cr3t'))
    await ring.open(sealed, team, 'team/db/password')
    expect(ring.operations).toBe(wrong.sizeBytes === small.sizeBytes ? 2 : 1)
    const before = ring.operations
    await ring.open(sealed, team, 'team/db/password')
    expect(ring.operations).toBe(before + 1)
  })

  it('of another size cost no operation', async () => {
    const ring = new KeyRing(inPlace, [keyNamed('a'), keyNamed('k3072'), small])
    const sealed = await sealBytes(crypto, smallPublic, team, utf8('s3cr3t'))
    expect(await ring.open(sealed, team, 'it')).toEqual(utf8('s3cr3t'))
    expect(ring.operations).toBe(1)
  })

  it('have the fingerprint that ssh-keygen prints', () => {
    expect(small.id).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/)
    expect(new Set(['a', 'b', 'c', 'k3072'].map((name) => keyNamed(name).id)).size).toBe(4)
  })

  it('open in worker threads as well', async () => {
    const ring = new KeyRing(realEnv().compute, [small])
    const sealed = await sealBytes(crypto, smallPublic, team, utf8('s3cr3t'))
    expect(await ring.open(sealed, team, 'it')).toEqual(utf8('s3cr3t'))
    await expect(ring.open(sealed, utf8('x'), 'it')).rejects.toMatchObject({
      reason: 'CannotUnseal',
    })
  })
})

describe('WebCrypto', () => {
  const web = webSealCrypto(webcrypto.subtle, simEnv(2).entropy)
  const open = webOpenCrypto(webcrypto.subtle)
  const pkcs8 = new Uint8Array(small.privateKey.export({ type: 'pkcs8', format: 'der' }))

  it.each(scopes)('seals what node opens, and opens what node seals: %s', async (scope) => {
    const label = labelOf(scope, 'team', 'db')
    const fromWeb = await sealBytes(web, smallPublic, label, utf8('s3cr3t'))
    const fromNode = await sealBytes(crypto, smallPublic, label, utf8('s3cr3t'))
    const parts = (sealed: Uint8Array) => partsOf(sealed) as NonNullable<ReturnType<typeof partsOf>>
    expect(await openBytes(nodeOpenCrypto, small.privateKey, label, parts(fromWeb))).toEqual(
      utf8('s3cr3t'),
    )
    expect(await openBytes(open, pkcs8, label, parts(fromNode))).toEqual(utf8('s3cr3t'))
    expect(await openBytes(open, pkcs8, utf8('other'), parts(fromNode))).toBeNull()
  })
})

describe('scope', () => {
  it('is read from either annotation, cluster-wide before namespace-wide, and only as `true`', () => {
    expect(scopeOf(undefined)).toBe('strict')
    expect(scopeOf({ [marks.namespaceWide]: 'true' })).toBe('namespace-wide')
    expect(scopeOf({ [marks.namespaceWide]: 'true', [marks.clusterWide]: 'true' })).toBe(
      'cluster-wide',
    )
    for (const text of ['TRUE', '1', '', ' true', 'yes']) {
      expect(scopeOf({ [marks.clusterWide]: text })).toBe('strict')
    }
    for (const scope of scopes) expect(scopeOf(scopeAnnotations(scope))).toBe(scope)
  })

  it('is not read from what an object merely inherits', () => {
    expect(
      isSet(Object.create({ [marks.managed]: 'true' }) as Record<string, string>, marks.managed),
    ).toBe(false)
  })

  it('refuses a name that is none', () => {
    expect(parseScope('strict')).toBe('strict')
    expect(() => parseScope('Strict')).toThrow(/cluster-wide/)
  })
})

describe('base64 of sealed values', () => {
  it.each([
    ['', []],
    ['AA==', [0]],
    ['AAA=', [0, 0]],
    ['A\r\nAA\n=\n', [0, 0]],
  ])('%j is read', (text, bytes) => expect([...sealedBytes(text)]).toEqual(bytes))

  it.each([
    ['@@@', 0],
    [' AA==', 0],
    ['AA=', 3],
    ['AAA', 0],
    ['AAAAA', 4],
    ['AA==A', 4],
    ['AA=A', 3],
    ['A===', 1],
    ['AA-_', 2],
    ['AA==\t', 4],
  ])('%j is refused at byte %d, as by Go', (text, offset) => {
    expect(() => sealedBytes(text)).toThrow(`illegal base64 data at input byte ${offset}`)
  })

  it('reads back whatever was written', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(sealedBytes(base64(bytes))).toEqual(bytes)
      }),
    )
  })
})
