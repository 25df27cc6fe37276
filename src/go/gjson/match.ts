import { runeAt, type ByteString } from '../byte-string.ts'

/**
 * Whether `text` fits a pattern of `*` (anything), `?` (one character) and `\` (the next one as it
 * is). Linear in practice: only the last star is ever tried again.
 */
export function matches(text: ByteString, pattern: ByteString): boolean {
  let at = 0
  let p = 0
  let starAt = -1
  let starTextAt = 0
  while (at < text.length) {
    const step = p < pattern.length ? stepOf(text, at, pattern, p) : undefined
    if (step === 'star') {
      starAt = p
      starTextAt = at
      p++
    } else if (step !== undefined) {
      at += step.text
      p += step.pattern
    } else if (starAt >= 0) {
      starTextAt++
      at = starTextAt
      p = starAt + 1
    } else return false
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}

function stepOf(
  text: ByteString,
  at: number,
  pattern: ByteString,
  p: number,
): 'star' | { readonly text: number; readonly pattern: number } | undefined {
  const char = pattern[p]
  if (char === '*') return 'star'
  if (char === '?') return { text: runeAt(text, at).width, pattern: 1 }
  const isEscape = char === '\\' && p + 1 < pattern.length
  const wanted = isEscape ? pattern[p + 1] : char
  return wanted === text[at] ? { text: 1, pattern: isEscape ? 2 : 1 } : undefined
}
