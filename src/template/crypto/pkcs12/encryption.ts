/** How PKCS#12 encrypts with a password: PBES2, and the two older ways. */
import { createCipheriv, createDecipheriv, pbkdf2Sync } from 'node:crypto'

import { FunctionError } from '../../template-fault.ts'
import {
  derNull,
  objectIdentifier,
  octetString,
  sequence,
  smallInteger,
  tags,
  type DerReader,
} from '#der'
import { spendRounds, derive, purposes, type Spend } from './kdf.ts'
import { decryptRc2 } from './rc2.ts'

/** Iterations for what we write: the peer's own number. */
export const writtenRounds = 2048

const pbes2 = '1.2.840.113549.1.5.13'
const pbkdf2 = '1.2.840.113549.1.5.12'
const hmacSha256 = '1.2.840.113549.2.9'
const aes256 = '2.16.840.1.101.3.4.1.42'

const ciphers: ReadonlyMap<string, { readonly name: string; readonly keyBytes: number }> = new Map([
  ['2.16.840.1.101.3.4.1.2', { name: 'aes-128-cbc', keyBytes: 16 }],
  ['2.16.840.1.101.3.4.1.22', { name: 'aes-192-cbc', keyBytes: 24 }],
  [aes256, { name: 'aes-256-cbc', keyBytes: 32 }],
])

const prfs: ReadonlyMap<string, { readonly name: string; readonly bytes: number }> = new Map([
  ['1.2.840.113549.2.7', { name: 'sha1', bytes: 20 }],
  [hmacSha256, { name: 'sha256', bytes: 32 }],
  ['1.2.840.113549.2.11', { name: 'sha512', bytes: 64 }],
])

interface OldWay {
  readonly cipher: 'des-ede3-cbc' | 'rc2'
  readonly keyBytes: number
}

const oldWays: ReadonlyMap<string, OldWay> = new Map([
  ['1.2.840.113549.1.12.1.3', { cipher: 'des-ede3-cbc', keyBytes: 24 }],
  ['1.2.840.113549.1.12.1.5', { cipher: 'rc2', keyBytes: 16 }],
  ['1.2.840.113549.1.12.1.6', { cipher: 'rc2', keyBytes: 5 }],
])

const incorrect = (): FunctionError => new FunctionError('pkcs12: decryption password incorrect')
const unknown = (): FunctionError => new FunctionError('pkcs12: algorithm not implemented')

/**
 * Decrypts by what an AlgorithmIdentifier says.
 *
 * @param password As `bmpPassword` gives it; empty for files that take no password literally.
 */
export function decryptBy(
  algorithm: DerReader,
  data: Uint8Array,
  password: Uint8Array,
  spend: Spend,
): Uint8Array {
  const id = algorithm.oid()
  if (id === pbes2) {
    return unpad(decryptPbes2(algorithm.enter(tags.sequence), data, password, spend), 16)
  }
  const way = oldWays.get(id)
  if (way === undefined) throw unknown()
  const parameters = algorithm.enter(tags.sequence)
  const wanted = { salt: parameters.next(tags.octets).content, rounds: parameters.integer() }
  const key = derive('sha1', password, wanted, purposes.key, way.keyBytes, spend)
  const iv = derive('sha1', password, wanted, purposes.iv, 8, spend)
  if (data.length === 0 || data.length % 8 !== 0) throw incorrect()
  if (way.cipher === 'rc2') return unpad(decryptRc2(key, way.keyBytes * 8, iv, data), 8)
  return unpad(decryptCbc(way.cipher, key, iv, data), 8)
}

function decryptCbc(name: string, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const cipher = createDecipheriv(name, key, iv)
  cipher.setAutoPadding(false)
  return Buffer.concat([cipher.update(data), cipher.final()])
}

function unpad(padded: Uint8Array, block: number): Uint8Array {
  const count = padded.at(-1) ?? 0
  const tail = padded.subarray(padded.length - count)
  if (count < 1 || count > block || tail.some((byte) => byte !== count)) throw incorrect()
  return padded.subarray(0, padded.length - count)
}

function decryptPbes2(
  parameters: DerReader,
  data: Uint8Array,
  password: Uint8Array,
  spend: Spend,
): Uint8Array {
  const derivation = parameters.enter(tags.sequence)
  if (derivation.oid() !== pbkdf2) throw unknown()
  const how = derivation.enter(tags.sequence)
  const salt = how.next(tags.octets).content
  const rounds = how.integer()
  if (how.tag === tags.integer) how.next()
  const prf = prfs.get(
    how.tag === tags.sequence ? how.enter(tags.sequence).oid() : '1.2.840.113549.2.7',
  )
  const scheme = parameters.enter(tags.sequence)
  const cipher = ciphers.get(scheme.oid())
  if (prf === undefined || cipher === undefined) throw unknown()
  const iv = scheme.next(tags.octets).content
  if (iv.length !== 16 || data.length === 0 || data.length % 16 !== 0) throw incorrect()
  spendRounds(rounds, 'pbkdf2', spend, Math.ceil(cipher.keyBytes / prf.bytes))
  const key = pbkdf2Sync(plainPassword(password), salt, rounds, cipher.keyBytes, prf.name)
  return decryptCbc(cipher.name, key, iv, data)
}

/** The password in UTF-8, which PBES2 takes. */
function plainPassword(bmp: Uint8Array): Buffer {
  const units = Buffer.from(bmp)
    .subarray(0, Math.max(0, bmp.length - 2))
    .swap16()
  return Buffer.from(units.toString('utf16le'), 'utf8')
}

/** Data encrypted by PBES2 with AES-256, and the AlgorithmIdentifier that says so. */
export function encryptPbes2(
  data: Uint8Array,
  password: Uint8Array,
  randomBytes: (count: number) => Uint8Array,
): { readonly algorithm: Uint8Array; readonly data: Uint8Array } {
  const salt = randomBytes(16)
  const iv = randomBytes(16)
  const key = pbkdf2Sync(plainPassword(password), salt, writtenRounds, 32, 'sha256')
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  const prf = sequence(objectIdentifier(hmacSha256), derNull)
  const derivation = sequence(
    objectIdentifier(pbkdf2),
    sequence(octetString(salt), smallInteger(writtenRounds), prf),
  )
  const algorithm = sequence(
    objectIdentifier(pbes2),
    sequence(derivation, sequence(objectIdentifier(aes256), octetString(iv))),
  )
  return { algorithm, data: Buffer.concat([cipher.update(data), cipher.final()]) }
}
