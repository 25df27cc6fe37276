/** JSON Web Keys (RFC 7517), as External Secrets turns them into PEM. */
import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'

import { at, Fault, isObject, parseJson, stringOf, type JsonObject } from '#base'
import { decodeBase64, goString, goText, type ByteString } from '#go'

import { FunctionError } from '../template-fault.ts'

const families: ReadonlySet<string> = new Set(['RSA', 'EC', 'OKP'])

/** @throws FunctionError when it is not a public key. */
export function publicJwk(text: ByteString): KeyObject {
  const jwk = read(text)
  if (Object.hasOwn(jwk, 'd')) throw new FunctionError('x509: unsupported public key type')
  return importKey(() => createPublicKey({ key: jwkOf(jwk), format: 'jwk' }))
}

/** @throws FunctionError when it is not a private key. */
export function privateJwk(text: ByteString): KeyObject {
  const jwk = read(text)
  if (!Object.hasOwn(jwk, 'd')) {
    throw new FunctionError('x509: unknown key type while marshaling PKCS#8')
  }
  const members = jwkOf(jwk)
  if (members.kty === 'EC' && /^A*$/.test(members.d ?? '')) throw bad()
  const key = importKey(() => createPrivateKey({ key: members, format: 'jwk' }))
  // Node takes the public half as it comes; with it a key would be written that is none.
  if (key.asymmetricKeyType === 'ed25519' && publicHalf(key) !== members.x) {
    throw new FunctionError('failed to build public key: invalid x value given d value')
  }
  return key
}

function publicHalf(key: KeyObject): string | undefined {
  return createPublicKey(key).export({ format: 'jwk' }).x
}

function importKey(make: () => KeyObject): KeyObject {
  try {
    const key = make()
    if (key.asymmetricKeyType !== 'x25519') return key
  } catch {
    throw new FunctionError('failed to unmarshal JSON into key')
  }
  throw new FunctionError('x509: unsupported key type')
}

function read(text: ByteString): JsonObject {
  const jwk = parse(goText(text))
  const kind = stringOf(at(jwk, 'kty'))
  if (kind === undefined || !families.has(kind)) {
    throw new FunctionError(
      kind === 'oct' ? 'x509: unsupported key type' : 'invalid key type from JSON',
    )
  }
  return jwk
}

/** The first value of a text; what stands behind it is not looked at. */
function parse(text: string): JsonObject {
  for (const part of [text, firstObject(text)]) {
    try {
      const value = parseJson(part)
      if (isObject(value)) return value
      if (value === null) return {}
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown
    }
  }
  throw new FunctionError('failed to unmarshal JSON into key hint')
}

function firstObject(text: string): string {
  let depth = 0
  const token = /"(?:[^"\\]|\\.)*"|[{}]/g
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    if (found[0] === '{') depth++
    else if (found[0] === '}') depth--
    if (depth <= 0) break
  }
  return text.slice(0, token.lastIndex)
}

const bad = (): FunctionError => new FunctionError('failed to unmarshal JSON into key')

/** Members that hold a number in base64, by family; under another family the same name means nothing. */
const numbers = {
  RSA: ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'],
  EC: ['x', 'y', 'd'],
  OKP: ['x', 'd'],
} as const

/** Members that a key of any family may have; they make no difference, but must be of their type. */
const texts = ['alg', 'kid', 'use', 'x5t', 'x5t#S256', 'x5u'] as const
const textLists = ['key_ops', 'x5c'] as const

/** The members that make a key. @throws FunctionError when one is no base64 (node reads over faults) or of another type. */
function jwkOf(jwk: JsonObject): JsonWebKey {
  const family = jwk['kty'] === 'RSA' || jwk['kty'] === 'EC' ? jwk['kty'] : 'OKP'
  for (const name of texts) if (!isText(at(jwk, name) ?? null)) throw bad()
  for (const name of textLists) {
    const value = at(jwk, name) ?? []
    if (!Array.isArray(value) || !value.every(isText)) throw bad()
  }
  const found = new Map<string, string>([['kty', family]])
  const curve = at(jwk, 'crv')
  if (typeof curve === 'string') found.set('crv', curve)
  for (const name of numbers[family]) {
    const value = at(jwk, name)
    if (value !== undefined) found.set(name, base64Url(value))
  }
  return Object.fromEntries(found)
}

function isText(value: unknown): boolean {
  return value === null || typeof value === 'string'
}

/** Any of the four kinds of base64, as the peer's library guesses which. */
function base64Url(value: unknown): string {
  if (!isText(value)) throw bad()
  const text = goString(stringOf(value) ?? '')
  const decoded = decodeBase64(text, /[+/]/.test(text) ? 'standard' : 'url', text.endsWith('='))
  if (!decoded.ok) throw bad()
  return Buffer.from(decoded.value, 'latin1').toString('base64url')
}
