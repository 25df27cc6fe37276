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
  if (isDigit(code)) return false
  return false
}

/** PascalCase: connectors vanish, the character behind one is a capital, others are small. */
export function camelCase(text: ByteString): ByteString {
  const runes = runesOf(text)
  const out: number[] = []
  let start = 0
  while (start < runes.length && isConnector(runes[start] ?? 0)) out.push(runes[start++] ?? 0)
  let end = runes.length
  while (end > start && isConnector(runes[end - 1] ?? 0)) end--
  let upper = true
  for (let i = start; i < end; i++) {
    const code = runes[i] ?? 0
    if (isConnector(code)) {
      upper = true
      continue
    }
    const wasUpper = i > start && isUpper(runes[i - 1] ?? 0)
    out.push(upper ? toUpper(code) : wasUpper ? toLower(code) : code)
    upper = isDigit(code) && upper
  }
  return [...out, ...runes.slice(end)].map(runeString).join('')
}
