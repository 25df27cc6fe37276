/** Where a template's text stands in the file that a person edits. */
import { isScalar, type LineCounter } from 'yaml'
import { textOf, utf8 } from '#base'

/** A template's text; `origin` is absent where its lines are not those of a file (folded, escaped). */
export interface Placed {
  readonly text: string
  readonly origin?: Origin
}

/** Its first line is the file's line `line`, and each line stands `indent` characters further right. */
export interface Origin {
  readonly file: string
  readonly line: number
  readonly indent: number
}

/** What is known of a scalar in a YAML text. */
export interface Scalar {
  readonly file: string
  readonly text: string
  readonly counter: LineCounter
  readonly node: unknown
  readonly template: string
}

/** Finds the template in the file. What is not there as it reads gets no origin. */
export function placedIn({ file, text, counter, node, template }: Scalar): Placed {
  if (!isScalar(node) || node.range == null) return { text: template }
  const [start, end] = node.range
  const first = template.split('\n', 1)[0] ?? ''
  // `|` and its marks stand on a line of their own; a quote takes one character.
  const isBlock = text[start] === '|'
  const isQuoted = text[start] === '"' || text[start] === "'"
  const from = isBlock ? text.indexOf('\n', start) + 1 : start + (isQuoted ? 1 : 0)
  const at = text.indexOf(first, from)
  const isThere = at >= 0 && at + first.length <= end && /^[ ]*$/.test(text.slice(from, at))
  if (!isThere || (!isBlock && template.includes('\n'))) return { text: template }
  const { line, col } = counter.linePos(at)
  return { text: template, origin: { file, line, indent: col - 1 } }
}

/** A place in a template, as a person looks for it. Line and column begin with 1. */
export interface Spot {
  /** `file:line:column`, or, where the file's lines are others, `line:column` of the template. */
  readonly where: string
  /** The number beside the line. */
  readonly line: number
  /** The line's text and, below it, the caret. */
  readonly picture: readonly string[]
}

const widest = 100

/**
 * @param line The first is 1.
 * @param column Bytes before the place; absent: the line's first character that is no blank.
 */
export function spotOf(placed: Placed, line: number, column: number | undefined): Spot {
  const { text, origin } = placed
  const source = text.split('\n')[line - 1] ?? ''
  const blanks = /^\s*/.exec(source)?.[0].length ?? 0
  const before = column === undefined ? blanks : textOf(utf8(source).subarray(0, column)).length
  const fileLine = line + (origin?.line ?? 1) - 1
  const place = `${fileLine}:${before + 1 + (origin?.indent ?? 0)}`
  return {
    where: origin === undefined ? place : `${origin.file}:${place}`,
    line: fileLine,
    picture: pictureOf(source, before),
  }
}

function pictureOf(source: string, before: number): readonly string[] {
  const from = before + 20 < widest ? 0 : before - widest / 2
  const shown = source.slice(from, from + widest)
  const head = from > 0 ? '…' : ''
  const word = /^[$.]?[\p{L}\p{N}_.$]+|^\{\{|^\}\}/u.exec(source.slice(before))?.[0].length ?? 1
  const carets = '^'.repeat(Math.max(1, Math.min(word, from + widest - before)))
  // A tab stays a tab, so that the caret stands where the terminal puts the character.
  const indent = (head + shown.slice(0, before - from)).replace(/[^\t]/g, ' ')
  const tail = from + widest < source.length ? '…' : ''
  return [head + printable(shown) + tail, indent + carets]
}

/** A file may hold what moves a terminal's cursor. */
function printable(text: string): string {
  return text.replace(/[^\P{Cc}\t]/gu, '\u00b7')
}
