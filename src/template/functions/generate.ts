import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'

import {
  decodeBase64,
  goBytes,
  GoObject,
  GoSlice,
  goText,
  type ByteString,
  type GoValue,
} from '#go'

import { addressBytes } from '../crypto/address.ts'
import { parseCertificate } from '../crypto/certificate.ts'
import { keyOfPem, sprigPem } from '../crypto/keys.ts'
import { makeCertificate, type Signer } from '../crypto/make-certificate.ts'
import { nextBlock, pemText } from '../crypto/pem.ts'
import type { KeyKind } from '../generate-key.ts'
import { FunctionError } from '../template-fault.ts'
import { typeNamed, type Args, type Body, type Context, type Family } from './function.ts'
import { nowMs, randomBytes } from './random.ts'

/** What a new key costs beside the making of a byte: a handful of them use up the bound. */
const heavyBytes = 2_097_152
const dayMs = 86_400_000
const certificateType = typeNamed('sprig.certificate')

/** sprig's certificate: two PEM texts. */
function certificateValue(cert: ByteString, key: ByteString): GoObject {
  const fields = new Map<ByteString, GoValue>([
    ['Cert', cert],
    ['Key', key],
  ])
  return new GoObject(certificateType, { fields })
}

function newKey(kind: KeyKind, context: Context): KeyObject {
  const make = context.deps.generateKey
  if (make === undefined) throw new FunctionError('key generation is not available here')
  context.charge(heavyBytes)
  return createPrivateKey({ key: Buffer.from(make(kind)), format: 'der', type: 'pkcs8' })
}

/** Runs `read`, and says what it was for when it fails. */
function doing<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch (thrown) {
    if (!(thrown instanceof FunctionError)) throw thrown
    throw new FunctionError(`${what}: ${thrown.message}`, thrown.fault)
  }
}

function givenKey(text: ByteString): KeyObject {
  return doing('parsing private key', () => keyOfPem(text))
}

/** Texts of a list that may be nil. */
function textsOf(value: GoValue, what: string): ByteString[] {
  if (!(value instanceof GoSlice)) return []
  return value.items.map((item) => {
    if (typeof item !== 'string') throw new FunctionError(`${what}: not a string`)
    return item
  })
}

interface Wanted {
  readonly commonName: ByteString
  readonly addresses?: GoValue
  readonly names?: GoValue
  readonly days: number
  readonly isAuthority?: boolean
  readonly key: KeyObject
}

function issue(wanted: Wanted, context: Context, signer?: Signer): GoObject {
  const addresses = textsOf(wanted.addresses ?? null, 'error parsing ip').map((text) => {
    const bytes = addressBytes(text)
    if (bytes === undefined) throw new FunctionError('error parsing ip: not an address')
    return bytes
  })
  const names = textsOf(wanted.names ?? null, 'error processing alternate dns name')
  const now = nowMs(context)
  const raw = makeCertificate(
    {
      commonName: goText(wanted.commonName),
      addresses,
      names: names.map(goText),
      isAuthority: wanted.isAuthority ?? false,
      notBefore: now,
      notAfter: endOf(now, wanted.days),
      serial: randomBytes(16, context),
      key: wanted.key,
    },
    signer,
  )
  return certificateValue(pemText('CERTIFICATE', raw), sprigPem(wanted.key))
}

/** The year 9999 is the last that a certificate can name. */
function endOf(now: number, days: number): number {
  const end = now + days * dayMs
  if (!(Math.abs(end) < 253_402_300_800_000)) {
    throw new FunctionError('error creating certificate: x509: date out of range')
  }
  return end
}

function signerOf(value: GoObject): Signer {
  const [cert, keyText] = [value.fields.get('Cert'), value.fields.get('Key')]
  const block = nextBlock(typeof cert === 'string' ? cert : '')?.block
  if (block === undefined) throw new FunctionError('unable to decode certificate')
  const parsed = doing('error parsing certificate: decodedSignerCert.Bytes', () =>
    parseCertificate(goBytes(block.bytes)),
  )
  const key = doing('error parsing private key', () =>
    keyOfPem(typeof keyText === 'string' ? keyText : ''),
  )
  const own = createPublicKey(key).export({ format: 'der', type: 'spki' })
  if (!own.equals(parsed.publicKeyInfo)) {
    throw new FunctionError(
      "error creating certificate: x509: provided PrivateKey doesn't match parent's PublicKey",
    )
  }
  const { subject, subjectKeyId } = parsed
  return {
    subject,
    subjectKeyId: subjectKeyId === undefined ? undefined : goBytes(subjectKeyId),
    key,
  }
}

function buildCustom(certText: ByteString, keyText: ByteString): GoObject {
  const cert = decodeBase64(certText)
  if (!cert.ok) throw new FunctionError('unable to decode base64 certificate')
  const key = decodeBase64(keyText)
  if (!key.ok) throw new FunctionError('unable to decode base64 private key')
  const block = nextBlock(cert.value)?.block
  if (block === undefined) throw new FunctionError('unable to decode certificate')
  doing('error parsing certificate: decodedCert.Bytes', () =>
    parseCertificate(goBytes(block.bytes)),
  )
  doing('error parsing private key', () => keyOfPem(key.value))
  return certificateValue(cert.value, key.value)
}

type KeyFor = (args: Args, context: Context) => KeyObject

const rsaKey: KeyFor = (_args, context) => newKey('rsa', context)
const lastKey: KeyFor = (args) => givenKey(args.string(args.length - 1))

const authority =
  (keyFor: KeyFor): Body =>
  (args, context) => {
    const wanted = { commonName: args.string(0), days: args.int(1), isAuthority: true }
    return issue({ ...wanted, key: keyFor(args, context) }, context)
  }

const wantedOf = (args: Args): Omit<Wanted, 'key'> => ({
  commonName: args.string(0),
  addresses: args.any(1),
  names: args.any(2),
  days: args.int(3),
})

const selfSigned =
  (keyFor: KeyFor): Body =>
  (args, context) =>
    issue({ ...wantedOf(args), key: keyFor(args, context) }, context)

const signed =
  (keyFor: KeyFor): Body =>
  (args, context) => {
    const wanted = { ...wantedOf(args), key: keyFor(args, context) }
    return issue(wanted, context, signerOf(args.object(4)))
  }

const kinds: ReadonlyMap<ByteString, KeyKind> = new Map<ByteString, KeyKind>([
  ['', 'rsa'],
  ['rsa', 'rsa'],
  ['dsa', 'dsa'],
  ['ecdsa', 'ecdsa'],
  ['ed25519', 'ed25519'],
])

/** sprig's new keys and certificates. */
export const generateFunctions: Family = {
  buildCustomCert: (args) => buildCustom(args.string(0), args.string(1)),
  genPrivateKey: (args, context) => {
    const kind = kinds.get(args.string(0))
    // The peer answers this sentence as the value.
    return kind === undefined ? `Unknown type ${args.string(0)}` : sprigPem(newKey(kind, context))
  },
  genCA: authority(rsaKey),
  genCAWithKey: authority(lastKey),
  genSelfSignedCert: selfSigned(rsaKey),
  genSelfSignedCertWithKey: selfSigned(lastKey),
  genSignedCert: signed(rsaKey),
  genSignedCertWithKey: signed(lastKey),
}
