import { encodeBase64, fromBytes, goBytes, goText, type ByteString } from '#go'

import { parseCertificate, type Certificate } from '../crypto/certificate.ts'
import { orderChain } from '../crypto/chain.ts'
import { keyOfDer, pkcs8Pem } from '../crypto/keys.ts'
import { nextBlock, type PemBlock } from '../crypto/pem.ts'
import { readPkcs12, type Pkcs12 } from '../crypto/pkcs12/read.ts'
import { writePkcs12, writeTrustStore } from '../crypto/pkcs12/write.ts'
import { FunctionError } from '../template-fault.ts'
import { certificatesPem } from './certificates.ts'
import type { Context, Family } from './function.ts'
import { randomBytes } from './random.ts'

/** What a file costs beside the making of a byte: its password takes thousands of hashes. */
const heavyBytes = 1_048_576

/** What a rendering has opened: key and certificates of one file are mostly asked for together. */
const opened = new WeakMap<Context, { readonly id: string; readonly content: Pkcs12 }>()

function open(what: string, file: ByteString, password: ByteString, context: Context): Pkcs12 {
  const id = `${password.length}:${password}${file}`
  const last = opened.get(context)
  if (last?.id === id) return last.content
  context.charge(heavyBytes)
  try {
    const content = readPkcs12(goBytes(file), goText(password), (bytes) => context.spend(bytes))
    opened.set(context, { id, content })
    return content
  } catch (thrown) {
    if (!(thrown instanceof FunctionError) || thrown.fault === 'limit') throw thrown
    throw new FunctionError(`unable to decode ${what} with password: ${thrown.message}`)
  }
}

function keyPem(file: ByteString, password: ByteString, context: Context): ByteString {
  return pkcs8Pem(open('pkcs12', file, password, context).key)
}

/** The certificates, leaf first; as they stand when they are not one chain. */
function certPem(file: ByteString, password: ByteString, context: Context): ByteString {
  const { certificates } = open('pkcs12 certificate', file, password, context)
  try {
    return certificatesPem(orderChain(certificates))
  } catch (thrown) {
    if (!(thrown instanceof FunctionError)) throw thrown
    return certificatesPem(certificates)
  }
}

/** Where the peer's library falls over a missing block, we say what is missing. */
function firstBlock(text: ByteString): { readonly block: PemBlock; readonly rest: ByteString } {
  const found = nextBlock(text)
  if (found === undefined) throw new FunctionError('failed to decode PEM block')
  return found
}

/** All certificates of a text that must hold nothing else behind the last of them. */
function authorities(text: ByteString): Certificate[] {
  const certificates: Certificate[] = []
  for (let rest = text; rest !== '';) {
    const found = firstBlock(rest)
    certificates.push(parseCertificate(goBytes(found.block.bytes)))
    rest = found.rest
  }
  return certificates
}

function bundle(
  certificates: readonly Certificate[],
  key: ByteString,
  password: ByteString,
  context: Context,
): ByteString {
  context.charge(heavyBytes)
  const privateKey = keyOfDer(firstBlock(key).block.bytes)
  const random = (count: number): Uint8Array => randomBytes(count, context)
  return encodeBase64(fromBytes(writePkcs12(privateKey, certificates, goText(password), random)))
}

function leafOf(text: ByteString): Certificate {
  return parseCertificate(goBytes(firstBlock(text).block.bytes))
}

function chainOf(text: ByteString): Certificate[] {
  const { block, rest } = firstBlock(text)
  return [parseCertificate(goBytes(block.bytes)), ...authorities(rest)]
}

function trustStore(text: ByteString, password: ByteString, context: Context): ByteString {
  context.charge(heavyBytes)
  const random = (count: number): Uint8Array => randomBytes(count, context)
  return encodeBase64(fromBytes(writeTrustStore(authorities(text), goText(password), random)))
}

/** External Secrets' functions on PKCS#12 files. */
export const pkcs12Functions: Family = {
  pkcs12key: (args, context) => keyPem(args.string(0), '', context),
  pkcs12keyPass: (args, context) => keyPem(args.string(1), args.string(0), context),
  pkcs12cert: (args, context) => certPem(args.string(0), '', context),
  pkcs12certPass: (args, context) => certPem(args.string(1), args.string(0), context),
  pemToPkcs12: (args, context) => bundle([leafOf(args.string(0))], args.string(1), '', context),
  pemToPkcs12Pass: (args, context) =>
    bundle([leafOf(args.string(0))], args.string(1), args.string(2), context),
  fullPemToPkcs12: (args, context) => bundle(chainOf(args.string(0)), args.string(1), '', context),
  fullPemToPkcs12Pass: (args, context) =>
    bundle(chainOf(args.string(0)), args.string(1), args.string(2), context),
  pemTruststoreToPKCS12: (args, context) => trustStore(args.string(0), '', context),
  pemTruststoreToPKCS12Pass: (args, context) => trustStore(args.string(0), args.string(1), context),
}
