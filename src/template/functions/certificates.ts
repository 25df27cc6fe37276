import { constants, privateDecrypt } from 'node:crypto'

import { fromBytes, goBytes, stringList, type ByteString } from '#go'

import { certificatesOf, parseCertificate, type Certificate } from '../crypto/certificate.ts'
import { isRoot, orderChain } from '../crypto/chain.ts'
import { privateJwk, publicJwk } from '../crypto/jwk.ts'
import { keyOfDer, pkcs8Pem } from '../crypto/keys.ts'
import { nextBlock, pemText } from '../crypto/pem.ts'
import { FunctionError } from '../template-fault.ts'
import type { Family } from './function.ts'

/** The PEM of certificates, one after the other. */
export function certificatesPem(certificates: readonly Certificate[]): ByteString {
  return certificates.map(({ raw }) => pemText('CERTIFICATE', raw)).join('')
}

function filterChain(part: ByteString, text: ByteString): ByteString {
  const chain = orderChain(certificatesOf(text))
  const leaf = chain[0]
  const last = chain.at(-1)
  if (leaf === undefined || last === undefined) return ''
  switch (part) {
    case 'leaf':
      return isRoot(leaf) ? '' : certificatesPem([leaf])
    case 'intermediate': {
      const root = chain.findIndex((certificate, at) => at > 0 && isRoot(certificate))
      return certificatesPem(chain.slice(1, root < 0 ? undefined : root))
    }
    case 'root':
      return isRoot(last) ? certificatesPem([last]) : ''
    default:
      return ''
  }
}

function firstCertificate(text: ByteString): Certificate {
  const block = nextBlock(text)?.block
  if (block === undefined) throw new FunctionError('failed to decode PEM block')
  try {
    return parseCertificate(goBytes(block.bytes))
  } catch (thrown) {
    if (!(thrown instanceof FunctionError)) throw thrown
    throw new FunctionError(`failed to parse certificate: ${thrown.message}`)
  }
}

const oaepHashes: ReadonlyMap<string, string> = new Map([
  ['SHA1', 'sha1'],
  ['SHA512', 'sha512'],
])

function decrypt(hash: ByteString, data: ByteString, keyText: ByteString): ByteString {
  const block = nextBlock(keyText)?.block
  if (block === undefined) throw new FunctionError('failed to decode PEM block')
  const key = keyOfDer(block.bytes)
  if (key.asymmetricKeyType !== 'rsa') {
    throw new FunctionError('could not parse RSA private key')
  }
  // An unknown name means SHA-256: what the peer does.
  const oaepHash = oaepHashes.get(hash) ?? 'sha256'
  try {
    const padding = constants.RSA_PKCS1_OAEP_PADDING
    return fromBytes(privateDecrypt({ key, padding, oaepHash }, goBytes(data)))
  } catch {
    throw new FunctionError('error decrypting data with RSA: crypto/rsa: decryption error')
  }
}

/** External Secrets' functions on certificates and keys: none of them makes anything new. */
export const certificateFunctions: Family = {
  filterCertChain: (args) => filterChain(args.string(0), args.string(1)),
  certSANs: (args) => stringList(firstCertificate(args.string(0)).alternativeNames),
  jwkPublicKeyPem: (args) => {
    const key = publicJwk(args.string(0))
    return pemText('PUBLIC KEY', key.export({ format: 'der', type: 'spki' }))
  },
  jwkPrivateKeyPem: (args) => pkcs8Pem(privateJwk(args.string(0))),
  rsaDecrypt: (args) => {
    if (args.string(0) === 'None') return args.string(2)
    if (args.string(0) !== 'RSA-OAEP') {
      throw new FunctionError('the decryption scheme is not supported')
    }
    return decrypt(args.string(1), args.string(2), args.string(3))
  },
}
