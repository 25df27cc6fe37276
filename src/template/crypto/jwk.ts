/** JSON Web Keys (RFC 7517), as External Secrets turns them into PEM. */
import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'

import { at, Fault, isObject, parseJson, stringOf, type JsonObject } from '#base'
import { goText, type ByteString } from '#go'

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
  return importKey(() => createPrivateKey({ key: jwkOf(jwk), format: 'jwk' }))
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

function parse(text: string): JsonObject {
  try {
    const value = parseJson(text)
    if (isObject(value)) return value
    if (value === null) return {}
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
  }
  throw new FunctionError('failed to unmarshal JSON into key hint')
}

const numbers = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi', 'x', 'y'] as const

/** The members that make a key. @throws FunctionError when a number is no base64, which node skips. */
function jwkOf(jwk: JsonObject): JsonWebKey {
  const found = new Map<string, string>()
  for (const name of ['kty', 'crv', ...numbers]) {
    const value = stringOf(at(jwk, name))
    if (value !== undefined) found.set(name, value)
  }
  for (const name of numbers) {
    if (!/^[\w\-+/]*={0,2}$/.test(found.get(name) ?? '')) {
      throw new FunctionError('failed to unmarshal JSON into key')
    }
  }
  return Object.fromEntries(found)
}
