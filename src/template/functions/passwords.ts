import { createHash, createHmac, scryptSync } from 'node:crypto'

import { goBytes, type ByteString } from '#go'

import { bcrypt, bcryptMaxBytes } from '../crypto/bcrypt.ts'
import type { Context, Family } from './function.ts'
import { randomBytes } from './random.ts'

/** What one of these costs beside the making of a byte: some dozen of them use up the bound. */
const heavyBytes = 1_048_576

const bcryptCost = 10

function bcryptText(password: ByteString, context: Context): ByteString {
  const bytes = goBytes(password)
  if (bytes.length > bcryptMaxBytes) {
    return `failed to encrypt string with bcrypt: bcrypt: password length exceeds ${bcryptMaxBytes} bytes`
  }
  context.charge(heavyBytes)
  return bcrypt(bytes, randomBytes(16, context), bcryptCost)
}

function htpasswd(
  user: ByteString,
  password: ByteString,
  algorithm: ByteString,
  context: Context,
): ByteString {
  // The peer answers this sentence as the value.
  if (user.includes(':')) return `invalid username: ${user}`
  if (algorithm !== 'sha') return `${user}:${bcryptText(password, context)}`
  return `${user}:{SHA}${createHash('sha1').update(goBytes(password)).digest('base64')}`
}

// The Master Password algorithm, version 0 by bytes: https://spectre.app/spectre-algorithm.pdf
const scope = 'com.lyndir.masterpassword'
const vowels = 'AEIOU'
const consonants = 'BCDFGHJKLMNPQRSTVWXYZ'
const letters = vowels + vowels.toLowerCase() + consonants + consonants.toLowerCase()

const classes: ReadonlyMap<string, string> = new Map([
  ['V', vowels],
  ['C', consonants],
  ['v', vowels.toLowerCase()],
  ['c', consonants.toLowerCase()],
  ['A', vowels + consonants],
  ['a', letters],
  ['n', '0123456789'],
  ['o', "@&%?,=[]_:-+*$#!'^~;()/."],
  ['x', `${letters}0123456789!@#$%^&*()`],
])

const shapes: ReadonlyMap<string, readonly string[]> = new Map([
  ['maximum', ['anoxxxxxxxxxxxxxxxxx', 'axxxxxxxxxxxxxxxxxno']],
  [
    'long',
    (
      'CvcvnoCvcvCvcv CvcvCvcvnoCvcv CvcvCvcvCvcvno CvccnoCvcvCvcv CvccCvcvnoCvcv CvccCvcvCvcvno ' +
      'CvcvnoCvccCvcv CvcvCvccnoCvcv CvcvCvccCvcvno CvcvnoCvcvCvcc CvcvCvcvnoCvcc CvcvCvcvCvccno ' +
      'CvccnoCvccCvcv CvccCvccnoCvcv CvccCvccCvcvno CvcvnoCvccCvcc CvcvCvccnoCvcc CvcvCvccCvccno ' +
      'CvccnoCvcvCvcc CvccCvcvnoCvcc CvccCvcvCvccno'
    ).split(' '),
  ],
  ['medium', ['CvcnoCvc', 'CvcCvcno']],
  ['short', ['Cvcn']],
  ['basic', ['aaanaaan', 'aannaaan', 'aaannaaa']],
  ['pin', ['nnnn']],
])

function lengthOf(bytes: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return length
}

function derivePassword(
  counter: number,
  kind: ByteString,
  texts: { readonly password: ByteString; readonly user: ByteString; readonly site: ByteString },
  context: Context,
): ByteString {
  const templates = shapes.get(kind)
  // The peer answers this sentence as the value.
  if (templates === undefined) return `cannot find password template ${kind}`
  context.charge(heavyBytes * 2)
  const [user, site] = [goBytes(texts.user), goBytes(texts.site)]
  const salt = Buffer.concat([Buffer.from(scope), lengthOf(user), user])
  const cost = { N: 32_768, r: 8, p: 2, maxmem: 67_108_864 }
  const master = scryptSync(goBytes(texts.password), salt, 64, cost)
  const count = Buffer.alloc(4)
  count.writeUInt32BE(counter >>> 0)
  const seed = createHmac('sha256', master)
    .update(Buffer.concat([Buffer.from(scope), lengthOf(site), site, count]))
    .digest()
  const shape = templates[seed[0]! % templates.length]!
  return Array.from(shape)
    .map((name, i) => {
      const chars = classes.get(name)!
      return chars[seed[i + 1]! % chars.length]
    })
    .join('')
}

/** sprig's hashed and derived passwords: all of them slow on purpose. */
export const passwordFunctions: Family = {
  bcrypt: (args, context) => bcryptText(args.string(0), context),
  htpasswd: (args, context) => {
    const algorithm = args.length > 2 ? args.string(2) : 'bcrypt'
    return htpasswd(args.string(0), args.string(1), algorithm, context)
  },
  derivePassword: (args, context) => {
    const texts = { password: args.string(2), user: args.string(3), site: args.string(4) }
    return derivePassword(args.int(0), args.string(1), texts, context)
  },
}
