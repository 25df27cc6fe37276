/**
 * Passwords by the generator kind `Password`: so many digits, so many symbols, letters for the rest, in
 * an order chosen by chance. Every choice is fair; see {@link Chooser}.
 *
 * Defaults and refusals are those of External Secrets; what would keep it busy for ever (symbols that are
 * all used up by letters) is refused here.
 */
import type { PasswordSpec } from '#api'
import { base64, Fault, hex, utf8, type Env } from '#base'
import { Chooser } from './choose.ts'

const lower = 'abcdefghijklmnopqrstuvwxyz'
const upper = lower.toUpperCase()
const digitCharacters = '0123456789'
const defaultSymbols = '~!@#$%^&*()_+`-={}|[]\\:"<>?,./'
const defaultLength = 24
const defaultKey = 'password'

/** A Secret holds a mebibyte; whoever asks for more must not keep the operator busy with it. */
const mostCharacters = 1_048_576
/** How often letters and symbols are chosen anew where the ones used up the others. */
const attempts = 100

/** The passwords by key. @throws Fault InvalidSpec, in the peer's words. */
export function passwords(
  spec: Partial<PasswordSpec>,
  env: Pick<Env, 'entropy'>,
): Map<string, Uint8Array> {
  const keys = secretKeysOf(spec)
  const shape = shapeOf(spec)
  if (sizeOf(shape) * keys.length > mostCharacters) {
    throw refused(`a Secret cannot hold ${keys.length} of ${sizeOf(shape)} characters`)
  }
  const chooser = new Chooser(env)
  try {
    return new Map(keys.map((key) => [key, encoded(password(shape, chooser), spec.encoding)]))
  } finally {
    chooser.forget()
  }
}

/** What a password is made of. */
interface Shape {
  readonly letters: Part
  readonly digits: Part
  readonly symbols: Part
  readonly allowRepeat: boolean
}

interface Part {
  readonly count: number
  readonly characters: readonly string[]
}

function shapeOf(spec: Partial<PasswordSpec>): Shape {
  const length = (spec.length ?? 0) > 0 ? (spec.length as number) : defaultLength
  const digits = spec.digits ?? Math.floor(length / 4)
  const symbols = spec.symbols ?? Math.floor(length / 4)
  const letters = length - digits - symbols
  if (letters < 0) throw refused('number of digits and symbols must be less than total length')
  const { symbolCharacters = '', noUpper = false, allowRepeat = false } = spec
  const part = (count: number, text: string): Part => ({ count, characters: Array.from(text) })
  const shape: Shape = {
    letters: part(letters, noUpper ? lower : lower + upper),
    digits: part(digits, digitCharacters),
    symbols: part(symbols, symbolCharacters === '' ? defaultSymbols : symbolCharacters),
    allowRepeat,
  }
  if (!allowRepeat) {
    for (const name of ['letters', 'digits', 'symbols'] as const) {
      if (shape[name].count > new Set(shape[name].characters).size) throw usedUp(name)
    }
  }
  return shape
}

/** A negative count of digits or symbols makes none of them, and more letters. */
function sizeOf({ letters, digits, symbols }: Shape): number {
  return letters.count + Math.max(0, digits.count) + Math.max(0, symbols.count)
}

function password(shape: Shape, chooser: Chooser): string {
  for (let attempt = 1; ; attempt++) {
    const chosen: string[] = []
    const short = choose(shape, chooser, chosen)
    if (short === undefined) {
      chooser.shuffle(chosen)
      return chosen.join('')
    }
    if (attempt === attempts) throw usedUp(short)
  }
}

/** Fills `chosen`. @returns what there were too few of. */
function choose(
  shape: Shape,
  chooser: Chooser,
  chosen: string[],
): 'letters' | 'digits' | 'symbols' | undefined {
  const used = new Set<string>()
  for (const name of ['letters', 'digits', 'symbols'] as const) {
    const { count, characters } = shape[name]
    const left = [...characters]
    for (let made = 0; made < count;) {
      const at = chooser.below(Math.max(1, left.length))
      const one = left[at]
      if (one === undefined) return name
      if (!shape.allowRepeat) {
        left[at] = left[left.length - 1] as string
        left.pop()
        if (used.has(one)) continue
        used.add(one)
      }
      chosen.push(one)
      made++
    }
  }
  return undefined
}

function secretKeysOf({ secretKeys = [] }: Partial<PasswordSpec>): readonly string[] {
  if (secretKeys.length === 0) return [defaultKey]
  if (secretKeys.includes('') || new Set(secretKeys).size < secretKeys.length) {
    throw refused('secretKeys must be non-empty and unique')
  }
  return secretKeys
}

function encoded(text: string, encoding: PasswordSpec['encoding']): Uint8Array {
  const bytes = utf8(text)
  switch (encoding) {
    case 'base64':
      return utf8(base64(bytes))
    case 'base64url':
      return utf8(base64(bytes).replaceAll('+', '-').replaceAll('/', '_'))
    case 'base32':
      return utf8(base32(bytes))
    case 'hex':
      return utf8(hex(bytes))
    case 'raw':
    case undefined:
      return bytes
    default:
      return bytes // the definition allows nothing else; the peer takes it as raw
  }
}

const base32Letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Source: RFC 4648, section 6, with padding. */
function base32(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 5) {
    const block = bytes.subarray(at, at + 5)
    let bits = 0n
    for (let i = 0; i < 5; i++) bits = (bits << 8n) | BigInt(block[i] ?? 0)
    const letters = Math.ceil((block.length * 8) / 5)
    for (let i = 0; i < 8; i++) {
      const five = Number((bits >> BigInt(35 - 5 * i)) & 31n)
      text += i < letters ? base32Letters.charAt(five) : '='
    }
  }
  return text
}

function usedUp(name: 'letters' | 'digits' | 'symbols'): Fault {
  return refused(`number of ${name} exceeds available ${name} and repeats are not allowed`)
}

function refused(text: string): Fault {
  return new Fault('InvalidSpec', text, { hint: 'Change the spec of the generator.' })
}
