import { re2 } from '../re2.ts'

/** A pattern made ready to match. */
interface Matcher {
  readonly test: (text: string) => boolean
}

const matchers = new Map<string, Matcher>()
const mostKept = 500

// What both languages of patterns read alike; all else is left to the one that kube-apiserver speaks.
const plain =
  /^(?:[^\\([{?*+]|\\[dDwW.\-+*?^$|()[\]{}/\\]|\((?!\?)|\[(?!:)|[?*+](?![*+])|\{\d{1,3}(?:,\d{0,3})?\})*$/

/** Whether a text matches a pattern of a schema anywhere; a pattern that cannot be read matches nothing. */
export function fitsPattern(pattern: string, text: string): boolean {
  let found = matchers.get(pattern)
  if (found === undefined) {
    found = matcherOf(pattern)
    if (matchers.size < mostKept) matchers.set(pattern, found)
  }
  return found.test(text)
}

function matcherOf(pattern: string): Matcher {
  if (plain.test(pattern)) {
    try {
      return new RegExp(pattern, 'u')
    } catch {
      // Read as RE2 below.
    }
  }
  try {
    const compiled = re2(pattern)
    return { test: (text) => compiled.matcher(text).find() }
  } catch {
    return { test: () => false }
  }
}

/** Why Go cannot read a pattern, in its words; undefined: it can. */
export function patternMistake(pattern: string): string | undefined {
  if (plain.test(pattern)) {
    try {
      if (new RegExp(pattern, 'u') instanceof RegExp) return undefined
    } catch {
      // Asked again below.
    }
  }
  try {
    re2(pattern)
    return undefined
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    // Go shows what it was reading, which is nothing at the end.
    return text.endsWith('trailing backslash at end of expression') ? `${text}: \`\`` : text
  }
}
