import { createHash } from 'node:crypto'

import { Fault } from '#base'
import {
  decodeBase64,
  decodeJson,
  decodeJsonLoosely,
  encodeBase64,
  encodeJson,
  goBytes,
  fromBytes,
  type ByteString,
  type GoValue,
} from '#go'

import { decodingCost } from '../cost.ts'
import { FunctionError } from '../template-fault.ts'
import { decodeBase32, encodeBase32 } from './base32.ts'
import type { Args, Body, Context, Family } from './function.ts'
import { prettyJson } from './pretty-json.ts'

/** Functions that encode, decode and digest. */
export const encodingFunctions: Family = {
  b64enc: (args) => encodeBase64(args.string(0)),
  b64dec: (args) => {
    const decoded = decodeBase64(args.string(0))
    return decoded.ok ? decoded.value : `illegal base64 data at input byte ${decoded.at}`
  },
  b32enc: (args) => encodeBase32(args.string(0)),
  b32dec: (args) => {
    const decoded = decodeBase32(args.string(0))
    return decoded.ok ? decoded.value : `illegal base32 data at input byte ${decoded.at}`
  },
  hexdec: (args) => hexDecode(args.string(0)),
  sha1sum: (args) => digest('sha1', args.string(0)),
  sha256sum: (args) => digest('sha256', args.string(0)),
  sha512sum: (args) => digest('sha512', args.string(0)),
  adler32sum: (args) => adler32(args.string(0)),
  fromJson: (args, context) => jsonOrNil(counted(args, context)),
  mustFromJson: (args, context) => json(counted(args, context)),
  ...jsonWriters('oJson', (value) => encodeJson(value)),
  ...jsonWriters('oRawJson', (value) => encodeJson(value, false)),
  ...jsonWriters('oPrettyJson', (value, context) => {
    const text = encodeJson(value)
    return text === undefined ? undefined : prettyJson(text, context)
  }),
}

/** `toX` and `mustToX`: the first answers nothing where the second fails. */
function jsonWriters(
  tail: string,
  write: (value: GoValue, context: Context) => ByteString | undefined,
): Readonly<Record<string, Body>> {
  const must: Body = (args, context) => {
    const text = write(args.any(0), context)
    if (text === undefined) throw new FunctionError('json: unsupported value')
    return text
  }
  const soft: Body = (args, context) => write(args.any(0), context) ?? ''
  return { [`t${tail}`]: tail === 'oRawJson' ? must : soft, [`mustT${tail}`]: must }
}

/** The text to be read, once what it comes to is counted. */
function counted(args: Args, context: Context): ByteString {
  const text = args.string(0)
  context.spend(decodingCost(text))
  return text
}

function json(text: ByteString, decode = decodeJson): GoValue {
  try {
    return decode(text)
  } catch (thrown) {
    if (thrown instanceof Fault) throw new FunctionError('not valid JSON')
    throw thrown
  }
}

function jsonOrNil(text: ByteString): GoValue {
  try {
    return json(text, decodeJsonLoosely)
  } catch (thrown) {
    if (thrown instanceof FunctionError) return null
    throw thrown
  }
}

function digest(algorithm: string, text: ByteString): ByteString {
  return createHash(algorithm).update(goBytes(text)).digest('hex')
}

function adler32(text: ByteString): ByteString {
  let a = 1
  let b = 0
  for (let i = 0; i < text.length; i++) {
    a = (a + text.charCodeAt(i)) % 65_521
    b = (b + a) % 65_521
  }
  return String(b * 65_536 + a)
}

/** Bytes of hexadecimal text, or the sentence that Go's decoder gives. */
function hexDecode(text: ByteString): ByteString {
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i)
    if (/[\da-fA-F]/.test(char)) continue
    if (i === text.length - 1 && text.length % 2 === 1 && i % 2 === 0) break
    return `encoding/hex: invalid byte: ${byteName(text.charCodeAt(i))}`
  }
  if (text.length % 2 === 1) {
    const last = text.charAt(text.length - 1)
    if (!/[\da-fA-F]/.test(last)) {
      return `encoding/hex: invalid byte: ${byteName(last.charCodeAt(0))}`
    }
    return 'encoding/hex: odd length hex string'
  }
  return fromBytes(Buffer.from(text, 'hex'))
}

/** A byte as `%#U` of its value names it. */
function byteName(code: number): ByteString {
  const hex = code.toString(16).toUpperCase().padStart(4, '0')
  const isPrintable = (code >= 0x20 && code < 0x7f) || (code > 0xa0 && code !== 0xad)
  return isPrintable ? `U+${hex} '${charText(code)}'` : `U+${hex}`
}

function charText(code: number): ByteString {
  return Buffer.from(String.fromCharCode(code), 'utf8').toString('latin1')
}
