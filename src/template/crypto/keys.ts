/** Private keys: read as sprig and External Secrets read them, written as Go writes them. */
import { createPrivateKey, type KeyObject } from 'node:crypto'

import { goBytes, type ByteString } from '#go'

import { FunctionError } from '../template-fault.ts'
import {
  derNull,
  element,
  objectIdentifier,
  octetString,
  sequence,
  smallInteger,
  tags,
  unsignedInteger,
} from '#der'
import { readDer } from './asn1.ts'
import { nextBlock, pemText } from './pem.ts'

type Form = 'pkcs1' | 'pkcs8' | 'sec1'

/** The key in this form, or `undefined` when the bytes are something else. */
function keyAs(type: Form, bytes: ByteString): KeyObject | undefined {
  // OpenSSL looks into the bytes by itself, so the form that Go would have insisted on is checked here.
  if (formOf(bytes) !== type) return undefined
  try {
    return createPrivateKey({ key: Buffer.from(bytes, 'latin1'), format: 'der', type })
  } catch {
    return undefined
  }
}

function formOf(bytes: ByteString): Form | undefined {
  try {
    const key = readDer(goBytes(bytes), tags.sequence)
    key.next(tags.integer)
    if (key.tag === tags.sequence) return 'pkcs8'
    return key.tag === tags.octets ? 'sec1' : 'pkcs1'
  } catch {
    return undefined
  }
}

/** A private key of DER bytes in any form, as External Secrets takes it. @throws FunctionError */
export function keyOfDer(bytes: ByteString): KeyObject {
  const key = keyAs('pkcs1', bytes) ?? keyAs('pkcs8', bytes) ?? keyAs('sec1', bytes)
  if (key === undefined) throw new FunctionError('unable to parse private key type')
  return key
}

/** A private key of a PEM text, by the name of its block, as sprig takes it. @throws FunctionError */
export function keyOfPem(text: ByteString): KeyObject {
  const block = nextBlock(text)?.block
  if (block === undefined) throw new FunctionError('no PEM data in input')
  if (block.type === 'PRIVATE KEY') {
    return keyAs('pkcs8', block.bytes) ?? refuse('decoding PEM as PKCS#8: not a private key')
  }
  if (!block.type.endsWith(' PRIVATE KEY')) refuse('no private key data in PEM block')
  switch (block.type.slice(0, -' PRIVATE KEY'.length)) {
    case 'RSA':
      return keyAs('pkcs1', block.bytes) ?? refuse('parsing RSA private key from PEM')
    case 'EC':
      return keyAs('sec1', block.bytes) ?? refuse('parsing EC private key from PEM')
    case 'DSA':
      return dsaKey(block.bytes) ?? refuse('parsing DSA private key from PEM')
    default:
      return refuse('invalid private key type')
  }
}

function refuse(why: string): never {
  throw new FunctionError(why)
}

/** OpenSSL's own DSA form, made into PKCS#8 so that it can be read. */
function dsaKey(bytes: ByteString): KeyObject | undefined {
  try {
    const key = readDer(goBytes(bytes), tags.sequence)
    const [, p, q, g, , x] = key.rest().map((part) => part.content)
    if (p === undefined || q === undefined || g === undefined || x === undefined) return undefined
    const group = sequence(...[p, q, g].map((part) => element(tags.integer, part)))
    const algorithm = sequence(objectIdentifier('1.2.840.10040.4.1'), group)
    const pkcs8 = sequence(smallInteger(0), algorithm, octetString(element(tags.integer, x)))
    return createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
  } catch {
    return undefined
  }
}

/** PKCS#8, DER. */
export function pkcs8Of(key: KeyObject): Uint8Array {
  return new Uint8Array(key.export({ format: 'der', type: 'pkcs8' }))
}

/** PEM as sprig writes it: each kind of key in its oldest form. */
export function sprigPem(key: KeyObject): ByteString {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return pemText('RSA PRIVATE KEY', key.export({ format: 'der', type: 'pkcs1' }))
    case 'ec':
      return pemText('EC PRIVATE KEY', key.export({ format: 'der', type: 'sec1' }))
    case 'dsa':
      return pemText('DSA PRIVATE KEY', dsaForm(pkcs8Of(key)))
    default:
      return pemText('PRIVATE KEY', pkcs8Of(key))
  }
}

/** OpenSSL's form of a DSA key: version, p, q, g, y, x. */
function dsaForm(pkcs8: Uint8Array): Uint8Array {
  const outer = readDer(pkcs8, tags.sequence)
  outer.next(tags.integer)
  const algorithm = outer.enter(tags.sequence)
  algorithm.next(tags.oid)
  const group = algorithm.enter(tags.sequence)
  const numbers = [group.next(tags.integer), group.next(tags.integer), group.next(tags.integer)]
  const x = readDer(sequence(outer.next(tags.octets).content), tags.sequence).next(tags.integer)
  const [p, , g] = numbers.map((part) => bigOf(part.content))
  const y = power(g ?? 0n, bigOf(x.content), p ?? 1n)
  return sequence(
    smallInteger(0),
    ...numbers.map((part) => part.whole),
    unsignedInteger(bytesOf(y)),
    x.whole,
  )
}

function bigOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`)
}

function bytesOf(number: bigint): Uint8Array {
  const digits = number.toString(16)
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex')
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  let square = base % modulus
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}

/** How a key signs a certificate: the algorithm's DER, and the hash it is used with. */
export function signatureOf(key: KeyObject): {
  readonly algorithm: Uint8Array
  readonly hash: string | null
} {
  if (key.asymmetricKeyType === 'rsa') {
    return {
      algorithm: sequence(objectIdentifier('1.2.840.113549.1.1.11'), derNull),
      hash: 'sha256',
    }
  }
  if (key.asymmetricKeyType === 'ed25519') {
    return { algorithm: sequence(objectIdentifier('1.3.101.112')), hash: null }
  }
  if (key.asymmetricKeyType !== 'ec') {
    throw new FunctionError('x509: only RSA, ECDSA and Ed25519 keys supported')
  }
  const curve = key.asymmetricKeyDetails?.namedCurve
  const [id, hash] =
    curve === 'secp384r1'
      ? ['3', 'sha384']
      : curve === 'secp521r1'
        ? ['4', 'sha512']
        : ['2', 'sha256']
  return { algorithm: sequence(objectIdentifier(`1.2.840.10045.4.3.${id}`)), hash }
}

/** PEM of PKCS#8. */
export function pkcs8Pem(key: KeyObject): ByteString {
  return pemText('PRIVATE KEY', pkcs8Of(key))
}
