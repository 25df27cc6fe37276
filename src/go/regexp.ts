import { RE2JS, RE2JSException } from 're2js'

import { Fault } from '#base'

import { goBytes, goText, isUtf8, runeAt, type ByteString } from './byte-string.ts'
import { withKnownClasses } from './regexp-classes.ts'

/** Byte offsets of a match and its groups: start and end of each, -1 for a group that took no part. */
export type MatchIndex = readonly number[]

/**
 * A Go regular expression: RE2 syntax, leftmost-first, linear time, over byte strings; with the
 * rules of Go's package for empty matches, `$name` expansion and splitting.
 */
export class GoRegexp {
  readonly source: ByteString
  readonly #program: RE2JS
  readonly #names: readonly string[]

  /** @throws Fault InvalidSpec, without the pattern: it may have come from secret data. */
  constructor(source: ByteString) {
    this.source = source
    if (!isUtf8(source)) throw invalidPattern('invalid UTF-8')
    const known = withKnownClasses(goText(source))
    if (known === undefined) throw invalidPattern('invalid character class range')
    const distinct = distinctNames(known)
    this.#program = compile(distinct.source)
    this.#names = groupNames(this.#program, distinct.renamed)
  }

  /** Whether the text holds a match. */
  matches(text: ByteString): boolean {
    return this.#program.test(goBytes(text))
  }

  /** The first match, or `undefined`. */
  find(text: ByteString): MatchIndex | undefined {
    return this.#finder(text)(0)
  }

  /**
   * Up to `limit` matches (all when negative); an empty one right behind a match does not count.
   *
   * @param onMatch Called before one more is kept; may throw.
   */
  findAll(text: ByteString, limit = -1, onMatch: () => void = () => undefined): MatchIndex[] {
    const find = this.#finder(text)
    const found: MatchIndex[] = []
    let at = 0
    let lastEnd = -1
    while (at <= text.length && found.length !== limit) {
      const match = find(at)
      if (match === undefined) break
      const [start = 0, end = 0] = match
      const isRepeat = end === at && start === lastEnd
      at = end === at ? at + widthAt(text, at) : end
      lastEnd = end
      if (isRepeat) continue
      onMatch()
      found.push(match)
    }
    return found
  }

  /** Replaces every match by what `make` gives for it. */
  replace(text: ByteString, make: (match: MatchIndex) => ByteString): ByteString {
    const find = this.#finder(text)
    const out: ByteString[] = []
    let lastEnd = 0
    for (let at = 0; at <= text.length;) {
      const match = find(at)
      if (match === undefined) break
      const [start = 0, end = 0] = match
      out.push(text.slice(lastEnd, start))
      if (end > lastEnd || start === 0) out.push(make(match))
      lastEnd = end
      const width = at < text.length ? widthAt(text, at) : 0
      at = at + width > end ? at + width : at + 1 > end ? at + 1 : end
    }
    out.push(text.slice(lastEnd))
    return out.join('')
  }

  /** ReplaceAllString: `$1`, `$name` and `${name}` stand for groups, `$$` for a dollar. */
  replaceAll(text: ByteString, template: ByteString): ByteString {
    return this.replace(text, (match) => this.expand(template, text, match))
  }

  /** ReplaceAllLiteralString. */
  replaceLiteral(text: ByteString, replacement: ByteString): ByteString {
    return this.replace(text, () => replacement)
  }

  /** The template with its groups filled in; a group that does not exist is empty. */
  expand(template: ByteString, text: ByteString, match: MatchIndex): ByteString {
    let out = ''
    let at = 0
    for (;;) {
      const dollar = template.indexOf('$', at)
      if (dollar < 0) return out + template.slice(at)
      out += template.slice(at, dollar)
      const { name, end } = referenceAt(template, dollar)
      out += name === undefined ? '$' : this.#group(name, text, match)
      at = end
    }
  }

  #group(name: string, text: ByteString, match: MatchIndex): ByteString {
    if (/^(0|[1-9]\d{0,8})$/.test(name)) return groupText(text, match, Number(name))
    for (const [index, other] of this.#names.entries()) {
      if (other === name && (match[2 * index] ?? -1) >= 0) return groupText(text, match, index)
    }
    return ''
  }

  /** The parts between matches, at most `limit` (all when negative, none when 0). */
  split(text: ByteString, limit: number, onMatch?: () => void): ByteString[] | null {
    if (limit === 0) return null
    if (this.source !== '' && text === '') return ['']
    const parts: ByteString[] = []
    let begin = 0
    let end = 0
    for (const [matchStart = 0, matchEnd = 0] of this.findAll(text, limit, onMatch)) {
      if (limit > 0 && parts.length === limit - 1) break
      end = matchStart
      if (matchEnd === 0) continue
      parts.push(text.slice(begin, end))
      begin = matchEnd
    }
    if (end !== text.length) parts.push(text.slice(begin))
    return parts
  }

  #finder(text: ByteString): (at: number) => MatchIndex | undefined {
    const matcher = this.#program.matcher(goBytes(text))
    const groups = matcher.groupCount()
    return (at) => {
      if (!matcher.find(at)) return undefined
      const match: number[] = []
      for (let i = 0; i <= groups; i++) match.push(matcher.start(i), matcher.end(i))
      return match
    }
  }
}

/** The text of a group of a match; empty for one that took no part. */
export function groupText(text: ByteString, match: MatchIndex, group: number): ByteString {
  const start = match[2 * group] ?? -1
  return start < 0 ? '' : text.slice(start, match[2 * group + 1])
}

function widthAt(text: ByteString, at: number): number {
  return at < text.length ? runeAt(text, at).width : 1
}

function compile(source: string): RE2JS {
  try {
    return RE2JS.compile(source)
  } catch (thrown) {
    if (!(thrown instanceof RE2JSException)) throw thrown
    // RE2's messages put the pattern behind a colon, and a pattern may be made of secret data.
    const what = /^error parsing regexp: ([a-z ]+)/i.exec(thrown.message)?.[1] ?? 'syntax error'
    throw invalidPattern(what.trim(), thrown)
  }
}

function invalidPattern(what: string, cause?: unknown): Fault {
  return new Fault('InvalidSpec', `error parsing regexp: ${what}`, { cause })
}

/** What a dollar refers to: a group's name, or nothing for `$$` and a dollar that means itself. */
function referenceAt(
  template: ByteString,
  dollar: number,
): { readonly name?: ByteString; readonly end: number } {
  if (template[dollar + 1] === '$') return { end: dollar + 2 }
  const isBraced = template[dollar + 1] === '{'
  const start = dollar + (isBraced ? 2 : 1)
  let end = start
  while (end < template.length) {
    const { code, width } = runeAt(template, end)
    if (code !== 0x5f && !/[\p{L}\p{Nd}]/u.test(String.fromCodePoint(code))) break
    end += width
  }
  if (end === start || (isBraced && template[end] !== '}')) return { end: dollar + 1 }
  return { name: template.slice(start, end), end: isBraced ? end + 1 : end }
}

// Quoted runs, escapes and classes are passed over; what is left is the name of a group.
const namedGroup = /\\Q.*?(?:\\E|$)|\\.|\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]])*\]|\(\?P?<(\w+)>/gs

/** Characters of a pattern whose groups have names. */
const longestNamed = 10_000

/** Go lets two groups have one name, RE2JS does not: later ones get names of their own. */
function distinctNames(source: string): {
  readonly source: string
  readonly renamed: ReadonlyMap<string, string>
} {
  const seen = new Set<string>()
  const renamed = new Map<string, string>()
  // Without a name there is nothing to set apart; and looking for one in `[[[[…` takes its time.
  if (!/\(\?P?</.test(source)) return { source, renamed }
  if (source.length > longestNamed) throw invalidPattern('expression with names is too long')
  const distinct = source.replace(namedGroup, (whole, name?: string) => {
    if (name === undefined) return whole
    if (!seen.has(name)) {
      seen.add(name)
      return whole
    }
    let fresh = `${name}_`
    while (seen.has(fresh) || source.includes(`<${fresh}>`)) fresh += '_'
    seen.add(fresh)
    renamed.set(fresh, name)
    return `(?P<${fresh}>`
  })
  return { source: distinct, renamed }
}

function groupNames(program: RE2JS, renamed: ReadonlyMap<string, string>): readonly string[] {
  const names: string[] = []
  for (const [name, index] of Object.entries(program.namedGroups())) {
    names[index] = renamed.get(name) ?? name
  }
  return names
}

const quotable = /[\\.+*?()|[\]{}^$]/g

/** regexp.QuoteMeta: the pattern that matches this text and nothing else. */
export function quoteMeta(text: ByteString): ByteString {
  return text.replace(quotable, '\\$&')
}
