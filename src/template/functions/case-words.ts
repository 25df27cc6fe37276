import { runesOf, runeString, type ByteString } from '#go'

import { isDigit, isLetter, isLower, isSpace, isUpper, toLower, toUpper } from './text.ts'

function isConnector(code: number): boolean {
  return code === 0x2d || code === 0x5f || isSpace(code)
}

/** snake_case and kebab-case: words begin at capitals and numbers; connectors become one kind. */
export function separatedCase(text: ByteString, connector: string): ByteString {
  const runes = runesOf(text)
  const separator = connector.charCodeAt(0)
  const out: number[] = []
  for (const [i, code] of runes.entries()) {
    if (isConnector(code)) {
      out.push(separator)
      continue
    }
    const before = out.at(-1)
    if (before !== undefined && before !== separator && startsWord(runes, i)) out.push(separator)
    out.push(toLower(code))
  }
  return out.map(runeString).join('')
}

function startsWord(runes: readonly number[], i: number): boolean {
  const code = runes[i] ?? 0
  const before = runes[i - 1] ?? 0
  const after = runes[i + 1] ?? 0
  if (isUpper(code)) return !isUpper(before) ? isLetter(before) || isDigit(before) : isLower(after)
  // A number begins a word behind a single capital, not behind a row of them.
  return isDigit(code) && i > 1 && isUpper(before) && !isUpper(runes[i - 2] ?? 0)
}

/**
 * PascalCase: of a run of connectors the last one vanishes, and the character behind it is a capital;
 * further capitals at the start of a word become small.
 */
export function camelCase(text: ByteString): ByteString {
  const runes = runesOf(text)
  const start = runes.findIndex((code) => !isConnector(code))
  if (start < 0) return text
  const out = runes.slice(0, start)
  let current = toUpper(runes[start] ?? 0)
  let startsUpper = isUpper(runes[start] ?? 0)
  for (const code of runes.slice(start + 1)) {
    const before = current
    current = code
    if (isConnector(before)) {
      if (isConnector(code)) out.push(before)
      else {
        startsUpper = isUpper(code)
        current = toUpper(code)
      }
      continue
    }
    if (startsUpper && isUpper(code)) current = toLower(code)
    else startsUpper = false
    out.push(before)
  }
  return [...out, current].map(runeString).join('')
}
