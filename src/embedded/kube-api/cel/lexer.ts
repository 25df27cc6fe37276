import type { Mistake } from './ast.ts'

export interface Token {
  readonly kind: 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'name' | 'sign' | 'end'
  /** As it stands in the source. */
  readonly text: string
  readonly pos: number
}

const escape =
  '\\\\(?:[abfnrtv"\'\\\\?`]|[xX][\\da-fA-F]{2}|u[\\da-fA-F]{4}|U[\\da-fA-F]{8}|[0-3][0-7]{2})'
const texts = [
  `"""(?:[^\\\\]|${escape})*?"""`,
  `'''(?:[^\\\\]|${escape})*?'''`,
  `"(?:[^"\\\\\\n\\r]|${escape})*"`,
  `'(?:[^'\\\\\\n\\r]|${escape})*'`,
].join('|')
const rawTexts = `[rR](?:"""[^]*?"""|'''[^]*?'''|"[^"\\n\\r]*"|'[^'\\n\\r]*')`

const patterns: readonly (readonly [Token['kind'] | 'space', RegExp])[] = [
  ['space', /(?:\s+|\/\/[^\n]*)/y],
  ['double', /(?:\d+\.\d+(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+|\.\d+(?:[eE][-+]?\d+)?)/y],
  ['uint', /(?:0x[0-9a-fA-F]+|\d+)[uU]/y],
  ['int', /(?:0x[0-9a-fA-F]+|\d+)/y],
  ['bytes', new RegExp(`[bB](?:${rawTexts}|${texts})`, 'y')],
  ['string', new RegExp(`(?:${rawTexts}|${texts})`, 'y')],
  ['name', /(?:[A-Za-z_]\w*|`[\w.\-/ ]+`)/y],
  ['sign', /(?:==|!=|<=|>=|&&|\|\||[-+*/%<>!?:.,()[\]{}])/y],
]

/** The tokens of a source, closed by an end; what is no token is a mistake and passed over. */
export function tokensOf(source: string, mistakes: Mistake[]): Token[] {
  const tokens: Token[] = []
  let pos = 0
  next: while (pos < source.length) {
    for (const [kind, pattern] of patterns) {
      pattern.lastIndex = pos
      const text = pattern.exec(source)?.[0]
      if (text === undefined) continue
      if (kind !== 'space') tokens.push({ kind, text, pos })
      pos += text.length
      continue next
    }
    const junk = junkAt(source, pos)
    mistakes.push({ pos, message: `Syntax error: token recognition error at: '${junk}'` })
    pos += junk.length
  }
  tokens.push({ kind: 'end', text: '<EOF>', pos: source.length })
  return tokens
}

const knownEscape = new RegExp(escape, 'y')

// An open string runs to its line's end, or to what is no escape; a lone `=` is taken for half of `==`, as
// is `&` and `|`.
function junkAt(source: string, pos: number): string {
  const char = String.fromCodePoint(source.codePointAt(pos) ?? 0)
  if (char === '"' || char === "'") return openText(source.slice(pos).split('\n')[0] ?? char)
  if ('=&|'.includes(char)) return source.slice(pos, pos + 2)
  return char
}

function openText(line: string): string {
  for (let at = line.indexOf('\\'); at !== -1; at = line.indexOf('\\', at)) {
    knownEscape.lastIndex = at
    const known = knownEscape.exec(line)?.[0]
    if (known === undefined) return line.slice(0, at + 2)
    at += known.length
  }
  return line
}
