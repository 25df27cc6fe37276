import { YamlProblem } from './problem.ts'
import type { Source } from './source.ts'

function fail(source: Source, what: string): YamlProblem {
  return new YamlProblem('scanner', source.mark, what)
}

/** A tag: `!<uri>`, `!handle!suffix`, `!suffix` or `!`. */
export function scanTag(source: Source): { readonly handle: string; readonly suffix: string } {
  let parts = { handle: '', suffix: '' }
  if (source.char(1) === '<') {
    source.skip(2)
    parts = { handle: '', suffix: scanUri(source, '') }
    if (source.char() !== '>') throw fail(source, "did not find the expected '>'")
    source.skip()
  } else {
    const handle = scanHandle(source, false)
    const isNamed = handle.length > 1 && handle.endsWith('!')
    const suffix = scanUri(source, isNamed ? '' : handle)
    if (isNamed) parts = { handle, suffix }
    else parts = suffix === '' ? { handle: '', suffix: '!' } : { handle: '!', suffix }
  }
  if (!source.isBlankOrEnd()) throw fail(source, 'did not find expected whitespace or line break')
  return parts
}

/** What stands behind `%TAG`. */
export function scanTagDirective(source: Source): {
  readonly handle: string
  readonly prefix: string
} {
  source.skipBlanks()
  const handle = scanHandle(source, true)
  if (!source.isBlank()) throw fail(source, 'did not find expected whitespace')
  source.skipBlanks()
  const prefix = scanUri(source, '')
  if (!source.isBlankOrEnd()) throw fail(source, 'did not find expected whitespace or line break')
  return { handle, prefix }
}

/** What stands behind `%YAML`. */
export function scanVersion(source: Source): { readonly major: number; readonly minor: number } {
  source.skipBlanks()
  const major = scanVersionNumber(source)
  if (source.char() !== '.') throw fail(source, "did not find expected digit or '.' character")
  source.skip()
  return { major, minor: scanVersionNumber(source) }
}

function scanVersionNumber(source: Source): number {
  let digits = ''
  while (/\d/.test(source.char())) {
    if (digits.length === 2) throw fail(source, 'found extremely long version number')
    digits += source.read()
  }
  if (digits === '') throw fail(source, 'did not find expected version number')
  return Number(digits)
}

function scanHandle(source: Source, isDirective: boolean): string {
  if (source.char() !== '!') throw fail(source, "did not find expected '!'")
  source.skip()
  const handle = `!${source.readName()}`
  if (source.char() === '!') return handle + source.read()
  if (isDirective && handle !== '!') throw fail(source, "did not find expected '!'")
  return handle
}

/** @param head A handle that turned out to be the start of it. */
function scanUri(source: Source, head: string): string {
  let uri = head.slice(1)
  let hasTag = head !== ''
  while (/[0-9A-Za-z_\-;/?:@&=+$,.!~*'()[\]%]/.test(source.char())) {
    uri += source.char() === '%' ? scanOctets(source) : source.read()
    hasTag = true
  }
  if (!hasTag) throw fail(source, 'did not find expected tag URI')
  return uri
}

/** One character as `%XX` for each of its bytes. */
function scanOctets(source: Source): string {
  const octets: number[] = []
  for (let left = 1; left > 0; left--) {
    const hex = source.text.slice(source.at + 1, source.at + 3)
    if (source.char() !== '%' || !/^[\da-fA-F]{2}$/.test(hex)) {
      throw fail(source, 'did not find URI escaped octet')
    }
    const octet = Number.parseInt(hex, 16)
    if (octets.length === 0) {
      left = octetsOf(octet)
      if (left === 0) throw fail(source, 'found an incorrect leading UTF-8 octet')
    } else if ((octet & 0xc0) !== 0x80) {
      throw fail(source, 'found an incorrect trailing UTF-8 octet')
    }
    octets.push(octet)
    source.skip(3)
  }
  return Buffer.from(octets).toString('utf8')
}

function octetsOf(first: number): number {
  if (first < 0x80) return 1
  if ((first & 0xe0) === 0xc0) return 2
  if ((first & 0xf0) === 0xe0) return 3
  return (first & 0xf8) === 0xf0 ? 4 : 0
}
