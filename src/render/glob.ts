/** Patterns of `#` and `%` substitutions: `*`, `?`, `[a-z]`, `\`; nothing special about slashes. */
import { runeAt, type ByteString } from '#go'

/** A pattern that is malformed. */
export class BadPattern extends Error {}

/** Whether a whole text fits. @throws BadPattern only where the malformed part is reached. */
export function matches(pattern: ByteString, text: ByteString, step: () => void): boolean {
  let [p, t] = [0, 0]
  let star: { readonly p: number; t: number } | undefined
  for (;;) {
    step()
    if (pattern[p] === '*') {
      star = { p: ++p, t }
      continue
    }
    if (p === pattern.length && t === text.length) return true
    const next = p < pattern.length ? one(pattern, p, text, t) : undefined
    if (next !== undefined) {
      p = next
      t += runeAt(text, t).width
      continue
    }
    // Go on from the last star, which takes one character more.
    if (star === undefined || star.t >= text.length) return false
    star.t += runeAt(text, star.t).width
    ;[p, t] = [star.p, star.t]
  }
}

/** Where the pattern goes on when its next element fits the next character. */
function one(pattern: ByteString, p: number, text: ByteString, t: number): number | undefined {
  const hasText = t < text.length
  switch (pattern[p]) {
    case '?':
      return hasText ? p + 1 : undefined
    case '[':
      return classAt(pattern, p, hasText ? runeAt(text, t).code : -1)
    case '\\':
      if (p + 1 >= pattern.length) throw new BadPattern('ends with a backslash')
      return literal(pattern, p + 1, text, t)
    default:
      return literal(pattern, p, text, t)
  }
}

function literal(pattern: ByteString, p: number, text: ByteString, t: number): number | undefined {
  if (t >= text.length) return undefined
  const { code, width } = runeAt(pattern, p)
  const found = runeAt(text, t)
  return found.code === code && found.width === width ? p + width : undefined
}

function classAt(pattern: ByteString, start: number, code: number): number | undefined {
  let p = start + 1
  const isNegated = pattern[p] === '^'
  if (isNegated) p++
  let isIn = false
  for (let count = 0; pattern[p] !== ']' || count === 0; count++) {
    const low = bound(pattern, p)
    p = low.next
    let high = low
    if (pattern[p] === '-') {
      high = bound(pattern, p + 1)
      p = high.next
    }
    if (low.code <= code && code <= high.code) isIn = true
  }
  return code >= 0 && isIn !== isNegated ? p + 1 : undefined
}

function bound(pattern: ByteString, at: number): { readonly code: number; readonly next: number } {
  const isEscaped = pattern[at] === '\\'
  const from = isEscaped ? at + 1 : at
  if (from >= pattern.length || (!isEscaped && /[-\]]/.test(pattern[at]!))) {
    throw new BadPattern('a class of characters is malformed')
  }
  const { code, width } = runeAt(pattern, from)
  if (from + width >= pattern.length) throw new BadPattern('a class of characters has no end')
  return { code, next: from + width }
}
