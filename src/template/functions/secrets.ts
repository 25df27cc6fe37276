import { createCipheriv, createDecipheriv } from 'node:crypto'

import { decodeBase64, encodeBase64, fromBytes, goBytes, type ByteString } from '#go'

import { FunctionError } from '../template-fault.ts'
import type { Body, Context, Family } from './function.ts'
import { randomBytes, randomText } from './random.ts'

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const digits = '0123456789'
const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('')

const blockBytes = 16

function random(alphabet: string): Body {
  return (args, context) => {
    const count = args.int(0)
    return count <= 0 ? '' : randomText(count, alphabet, context)
  }
}

/** The password's bytes, filled up with zeros or cut: so does sprig, and so are old values read. */
function aesKey(password: ByteString): Uint8Array {
  const key = new Uint8Array(32)
  key.set(goBytes(password).subarray(0, 32))
  return key
}

function encrypt(password: ByteString, text: ByteString, context: Context): ByteString {
  const iv = randomBytes(blockBytes, context)
  const cipher = createCipheriv('aes-256-cbc', aesKey(password), iv)
  const body = Buffer.concat([iv, cipher.update(goBytes(text)), cipher.final()])
  return encodeBase64(fromBytes(body))
}

function decrypt(password: ByteString, text: ByteString): ByteString {
  if (text === '') return ''
  const decoded = decodeBase64(text)
  if (!decoded.ok) throw new FunctionError(`illegal base64 data at input byte ${decoded.at}`)
  const bytes = goBytes(decoded.value)
  if (bytes.length <= blockBytes || bytes.length % blockBytes !== 0) {
    throw new FunctionError('input not full blocks')
  }
  const key = aesKey(password)
  const cipher = createDecipheriv('aes-256-cbc', key, bytes.subarray(0, blockBytes))
  cipher.setAutoPadding(false)
  const plain = Buffer.concat([cipher.update(bytes.subarray(blockBytes)), cipher.final()])
  const length = plain.length - (plain.at(-1) ?? 0)
  if (length < 0) throw new FunctionError('slice bounds out of range')
  return fromBytes(plain.subarray(0, length))
}

function uuid(context: Context): ByteString {
  const bytes = randomBytes(16, context)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Buffer.from(bytes).toString('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** sprig's random texts and symmetric encryption. */
export const secretFunctions: Family = {
  randAlpha: random(letters),
  randAlphaNum: random(letters + digits),
  randNumeric: random(digits),
  randAscii: random(printable),
  randBytes: (args, context) => {
    if (args.int(0) < 0) throw new FunctionError('makeslice: len out of range')
    context.charge(args.int(0))
    return encodeBase64(fromBytes(randomBytes(args.int(0), context)))
  },
  uuidv4: (_args, context) => uuid(context),
  encryptAES: (args, context) => encrypt(args.string(0), args.string(1), context),
  decryptAES: (args) => decrypt(args.string(0), args.string(1)),
}
