import { YamlProblem } from './problem.ts'
import type { Source } from './source.ts'

function fail(source: Source, what: string): YamlProblem {
  return new YamlProblem('scanner', source.mark, what)
}

/** Line breaks within a scalar: one becomes a blank, of several the first is lost. */
class Fold {
  #first = ''
  #more = ''

  /** @param isFirst Whether the line was not left yet. */
  take(source: Source, isFirst: boolean): void {
    if (isFirst) this.#first = source.readBreak()
    else this.#more += source.readBreak()
  }

  /** What the breaks so far come to; afterwards there are none. */
  text(): string {
    const [first, more] = [this.#first, this.#more]
    this.#first = ''
    this.#more = ''
    if (!first.startsWith('\n')) return first + more
    return more === '' ? ' ' : more
  }
}

/**
 * A scalar without quotes.
 *
 * @param indent The column it must not fall below, outside of brackets.
 * @returns Its text, and whether it ended behind a line break.
 */
export function scanPlain(
  source: Source,
  indent: number,
  isInFlow: boolean,
): { readonly text: string; readonly endsLine: boolean } {
  const fold = new Fold()
  let [text, blanks, isOnNewLine] = ['', '', false]
  for (;;) {
    if (source.isIndicator('-') || source.isIndicator('.') || source.char() === '#') break
    const start = source.at
    while (!source.isBlankOrEnd() && !endsPlain(source, isInFlow)) source.skip()
    if (source.at > start) {
      text += (isOnNewLine ? fold.text() : blanks) + source.text.slice(start, source.at)
      blanks = ''
      isOnNewLine = false
    }
    if (!source.isBlank() && !source.isBreak()) break
    while (source.isBlank() || source.isBreak()) {
      if (source.isBreak()) {
        fold.take(source, !isOnNewLine)
        blanks = ''
        isOnNewLine = true
      } else if (isOnNewLine) {
        if (source.column < indent && source.char() === '\t') {
          throw fail(source, 'found a tab character that violates indentation')
        }
        source.skip()
      } else blanks += source.read()
    }
    if (!isInFlow && source.column < indent) break
  }
  return { text, endsLine: isOnNewLine }
}

function endsPlain(source: Source, isInFlow: boolean): boolean {
  const char = source.char()
  if (char === ':' && source.isBlankOrEnd(1)) return true
  return isInFlow && /[,?[\]{}]/.test(char)
}

/** A scalar in quotes, which stand ahead. */
export function scanQuoted(source: Source): string {
  const quote = source.read()
  const fold = new Fold()
  let text = ''
  for (;;) {
    if (source.isIndicator('-') || source.isIndicator('.')) {
      throw fail(source, 'found unexpected document indicator')
    }
    if (source.isEnd()) throw fail(source, 'found unexpected end of stream')
    let isOnNewLine = false
    while (!source.isBlankOrEnd() && !isOnNewLine) {
      if (source.char() !== quote && !(quote === '"' && source.char() === '\\')) {
        text += source.read()
      } else if (quote === "'" && source.char(1) === "'") {
        text += "'"
        source.skip(2)
      } else if (source.char() === quote) break
      else if (source.isBreak(1)) {
        source.skip()
        source.readBreak()
        isOnNewLine = true
      } else text += scanEscape(source)
    }
    if (source.char() === quote) break
    text += foldBlanks(source, fold, isOnNewLine)
  }
  source.skip()
  return text
}

/** Blanks and breaks inside quotes. @param startsLine An escaped break was just taken. */
function foldBlanks(source: Source, fold: Fold, startsLine: boolean): string {
  let [blanks, isOnNewLine] = ['', startsLine]
  while (source.isBlank() || source.isBreak()) {
    if (source.isBreak()) {
      fold.take(source, !isOnNewLine)
      isOnNewLine = true
    } else if (isOnNewLine) source.skip()
    else blanks += source.read()
  }
  return isOnNewLine ? fold.text() : blanks
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['a', '\x07'],
  ['b', '\b'],
  ['t', '\t'],
  ['\t', '\t'],
  ['n', '\n'],
  ['v', '\v'],
  ['f', '\f'],
  ['r', '\r'],
  ['e', '\x1b'],
  [' ', ' '],
  ['"', '"'],
  ["'", "'"],
  ['\\', '\\'],
  ['N', '\x85'],
  ['_', '\xa0'],
  ['L', '\u2028'],
  ['P', '\u2029'],
])

const codeLengths: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
])

function scanEscape(source: Source): string {
  const letter = source.char(1)
  const length = codeLengths.get(letter)
  const short = escapes.get(letter)
  if (length === undefined) {
    if (short === undefined) throw fail(source, 'found unknown escape character')
    source.skip(2)
    return short
  }
  source.skip(2)
  const digits = source.text.slice(source.at, source.at + length)
  if (digits.length < length || !/^[\da-fA-F]+$/.test(digits)) {
    throw fail(source, 'did not find expected hexdecimal number')
  }
  const code = Number.parseInt(digits, 16)
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
    throw fail(source, 'found invalid Unicode character escape code')
  }
  source.skip(length)
  return String.fromCodePoint(code)
}

/** `|` or `>` with what stands behind it. @param outer The indentation around it; -1 is none. */
export function scanBlock(source: Source, outer: number): string {
  const isLiteral = source.read() === '|'
  const { chomping, increment } = scanBlockHeader(source)
  const state = { indent: increment === 0 ? 0 : Math.max(outer, 0) + increment }
  let [text, firstBreak, wasBlank] = ['', '', false]
  let breaks = scanBlockBreaks(source, state, outer)
  while (source.column === state.indent && !source.isEnd()) {
    const isBlank = source.isBlank()
    if (!isLiteral && firstBreak.startsWith('\n') && !wasBlank && !isBlank) {
      if (breaks === '') text += ' '
    } else text += firstBreak
    text += breaks
    wasBlank = isBlank
    const start = source.at
    while (!source.isBreakOrEnd()) source.skip()
    text += source.text.slice(start, source.at)
    firstBreak = source.readBreak()
    breaks = scanBlockBreaks(source, state, outer)
  }
  if (chomping !== '-') text += firstBreak
  return chomping === '+' ? text + breaks : text
}

interface BlockHeader {
  readonly chomping: string
  /** Columns further in than the text around it; 0: as far as its first line. */
  readonly increment: number
}

function scanBlockHeader(source: Source): BlockHeader {
  let [chomping, increment] = ['', 0]
  for (let i = 0; i < 2; i++) {
    const char = source.char()
    if (chomping === '' && (char === '+' || char === '-')) chomping = char
    else if (increment === 0 && /\d/.test(char)) {
      if (char === '0') throw fail(source, 'found an indentation indicator equal to 0')
      increment = Number(char)
    } else break
    source.skip()
  }
  source.skipBlanks()
  source.skipComment()
  if (!source.isBreakOrEnd()) throw fail(source, 'did not find expected comment or line break')
  source.readBreak()
  return { chomping, increment }
}

/** Empty lines; the first of content sets the indentation where none was given. */
function scanBlockBreaks(source: Source, state: { indent: number }, outer: number): string {
  let [breaks, widest] = ['', 0]
  for (;;) {
    const mayIndent = (): boolean => state.indent === 0 || source.column < state.indent
    while (mayIndent() && source.char() === ' ') source.skip()
    widest = Math.max(widest, source.column)
    if (mayIndent() && source.char() === '\t') {
      throw fail(source, 'found a tab character where an indentation space is expected')
    }
    if (!source.isBreak()) break
    breaks += source.readBreak()
  }
  if (state.indent === 0) state.indent = Math.max(widest, outer + 1, 1)
  return breaks
}
