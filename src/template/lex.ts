import { runeAt, type ByteString } from '#go'

/** What the lexer tells apart. Keywords stand for themselves. */
export type TokenKind =
  | 'error'
  | 'bool'
  | 'char'
  | 'charConstant'
  | 'complex'
  | 'assign'
  | 'declare'
  | 'eof'
  | 'field'
  | 'identifier'
  | 'leftDelim'
  | 'leftParen'
  | 'number'
  | 'pipe'
  | 'rawString'
  | 'rightDelim'
  | 'rightParen'
  | 'space'
  | 'string'
  | 'text'
  | 'variable'
  | 'dot'
  | 'nil'
  | Keyword

export type Keyword =
  | 'block'
  | 'break'
  | 'continue'
  | 'define'
  | 'else'
  | 'end'
  | 'if'
  | 'range'
  | 'template'
  | 'with'

export interface Token {
  readonly kind: TokenKind
  /** Byte offset in the template. */
  readonly at: number
  readonly text: ByteString
  readonly line: number
}

const keywords: ReadonlySet<string> = new Set<Keyword>([
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'range',
  'template',
  'with',
])

/** Whether a token is one of the language's words. */
export function isKeyword(kind: TokenKind): boolean {
  return keywords.has(kind)
}

const space = /[ \t\r\n]/
const eof = -1
const nameChar = /[\p{L}\p{Nd}_]/u

function isNameChar(code: number): boolean {
  if (code < 0x80) return code >= 0 && /\w/.test(String.fromCharCode(code))
  return nameChar.test(String.fromCodePoint(code))
}

/** Cuts a template into tokens, one at a time; the last is `eof` or `error`. */
export class Lexer {
  readonly #input: ByteString
  readonly #left: ByteString
  readonly #right: ByteString
  #at = 0
  #start = 0
  #line = 1
  #startLine = 1
  #parens = 0
  #inAction = false
  #done: Token | undefined

  constructor(input: ByteString, left: ByteString, right: ByteString) {
    this.#input = input
    this.#left = left === '' ? '{{' : left
    this.#right = right === '' ? '}}' : right
  }

  next(): Token {
    if (this.#done !== undefined) return this.#done
    for (;;) {
      const token = this.#inAction ? this.#action() : this.#text()
      if (token === undefined) continue
      if (token.kind === 'eof' || token.kind === 'error') this.#done = token
      return token
    }
  }

  #take(kind: TokenKind): Token {
    const text = this.#input.slice(this.#start, this.#at)
    const token = { kind, at: this.#start, text, line: this.#startLine }
    this.#skip()
    return token
  }

  /** Forgets what was read since the last token; counts its lines. */
  #skip(): void {
    for (let i = this.#start; i < this.#at; i++) if (this.#input[i] === '\n') this.#line++
    this.#start = this.#at
    this.#startLine = this.#line
  }

  #error(what: string): Token {
    return { kind: 'error', at: this.#start, text: what, line: this.#startLine }
  }

  #has(text: ByteString, at = this.#at): boolean {
    return this.#input.startsWith(text, at)
  }

  #isSpaceAt(at: number): boolean {
    return at < this.#input.length && space.test(this.#input[at]!)
  }

  #hasLeftTrim(at: number): boolean {
    return this.#input[at] === '-' && this.#isSpaceAt(at + 1)
  }

  /** Whether the closing delimiter stands at `at`, and whether it trims. */
  #rightDelimAt(at: number): 'none' | 'plain' | 'trim' {
    if (this.#isSpaceAt(at) && this.#input[at + 1] === '-' && this.#has(this.#right, at + 2)) {
      return 'trim'
    }
    return this.#has(this.#right, at) ? 'plain' : 'none'
  }

  #text(): Token | undefined {
    const found = this.#input.indexOf(this.#left, this.#at)
    if (found < 0) {
      this.#at = this.#input.length
      return this.#at > this.#start ? this.#take('text') : this.#take('eof')
    }
    if (found > this.#start) {
      let end = found
      if (this.#hasLeftTrim(found + this.#left.length)) {
        while (end > this.#start && space.test(this.#input[end - 1]!)) end--
      }
      this.#at = end
      const token = this.#at > this.#start ? this.#take('text') : undefined
      this.#at = found
      this.#skip()
      if (token !== undefined) return token
    }
    return this.#leftDelim()
  }

  #leftDelim(): Token | undefined {
    this.#at += this.#left.length
    const marker = this.#hasLeftTrim(this.#at) ? 2 : 0
    if (this.#has('/*', this.#at + marker)) {
      this.#at += marker
      this.#skip()
      return this.#comment()
    }
    const token = this.#take('leftDelim')
    this.#inAction = true
    this.#at += marker
    this.#skip()
    this.#parens = 0
    return token
  }

  #comment(): Token | undefined {
    const end = this.#input.indexOf('*/', this.#at + 2)
    if (end < 0) return this.#error('unclosed comment')
    this.#at = end + 2
    const delim = this.#rightDelimAt(this.#at)
    if (delim === 'none') return this.#error('comment ends before closing delimiter')
    this.#closeDelim(delim)
    return undefined
  }

  #closeDelim(delim: 'plain' | 'trim'): void {
    this.#at += this.#right.length + (delim === 'trim' ? 2 : 0)
    if (delim === 'trim') while (this.#isSpaceAt(this.#at)) this.#at++
    this.#skip()
  }

  #rightDelim(delim: 'plain' | 'trim'): Token {
    if (delim === 'trim') {
      this.#at += 2
      this.#skip()
    }
    this.#at += this.#right.length
    const token = this.#take('rightDelim')
    if (delim === 'trim') {
      while (this.#isSpaceAt(this.#at)) this.#at++
      this.#skip()
    }
    this.#inAction = false
    return token
  }

  #rune(): number {
    return this.#at < this.#input.length ? runeAt(this.#input, this.#at).code : eof
  }

  #advance(): number {
    if (this.#at >= this.#input.length) return eof
    const rune = runeAt(this.#input, this.#at)
    this.#at += rune.width
    return rune.code
  }

  #action(): Token {
    const delim = this.#rightDelimAt(this.#at)
    if (delim !== 'none') {
      return this.#parens === 0 ? this.#rightDelim(delim) : this.#error('unclosed left paren')
    }
    if (this.#at >= this.#input.length) return this.#error('unclosed action')
    const char = this.#input[this.#at]!
    if (space.test(char)) return this.#space()
    if (char >= '0' && char <= '9') return this.#number()
    const code = this.#advance()
    switch (char) {
      case '=':
        return this.#take('assign')
      case ':':
        if (this.#advance() !== 0x3d) return this.#error('expected :=')
        return this.#take('declare')
      case '|':
        return this.#take('pipe')
      case '"':
        return this.#quoted('"', 'string', 'unterminated quoted string')
      case "'":
        return this.#quoted("'", 'charConstant', 'unterminated character constant')
      case '`':
        return this.#rawQuoted()
      case '$':
        return this.#fieldOrVariable('variable')
      case '.':
        if (!/\d/.test(this.#input[this.#at] ?? '')) {
          if (this.#at < this.#input.length) return this.#fieldOrVariable('field')
        }
        this.#at--
        return this.#number()
      case '+':
      case '-':
        this.#at--
        return this.#number()
      case '(':
        this.#parens++
        return this.#take('leftParen')
      case ')':
        this.#parens--
        if (this.#parens < 0) return this.#error('unexpected right paren')
        return this.#take('rightParen')
      default:
    }
    if (isNameChar(code)) return this.#identifier()
    if (code > 0x20 && code < 0x7f) return this.#take('char')
    return this.#error(`unrecognized character in action: ${codeName(code)}`)
  }

  #space(): Token {
    while (this.#isSpaceAt(this.#at)) {
      // The last blank may belong to a trimming delimiter.
      if (this.#rightDelimAt(this.#at) === 'trim') {
        if (this.#at === this.#start) return this.#rightDelim('trim')
        break
      }
      this.#at++
    }
    return this.#take('space')
  }

  #identifier(): Token {
    while (isNameChar(this.#rune())) this.#advance()
    if (!this.#atTerminator()) return this.#error(`bad character ${codeName(this.#rune())}`)
    const word = this.#input.slice(this.#start, this.#at)
    if (word === 'true' || word === 'false') return this.#take('bool')
    if (word === 'nil') return this.#take('nil')
    return this.#take(keywords.has(word) ? (word as Keyword) : 'identifier')
  }

  #fieldOrVariable(kind: 'field' | 'variable'): Token {
    if (this.#atTerminator()) return this.#take(kind === 'field' ? 'dot' : 'variable')
    while (isNameChar(this.#rune())) this.#advance()
    if (!this.#atTerminator()) return this.#error(`bad character ${codeName(this.#rune())}`)
    return this.#take(kind)
  }

  #atTerminator(): boolean {
    if (this.#at >= this.#input.length) return true
    return /[ \t\r\n.,|:()]/.test(this.#input[this.#at]!) || this.#has(this.#right)
  }

  #quoted(quote: string, kind: TokenKind, unterminated: string): Token {
    for (;;) {
      const char = this.#input[this.#at]
      this.#at++
      if (char === quote) return this.#take(kind)
      if (char === '\\') {
        const next = this.#input[this.#at]
        this.#at++
        if (next !== undefined && next !== '\n') continue
      }
      if (char === undefined || char === '\n' || char === '\\') return this.#error(unterminated)
    }
  }

  #rawQuoted(): Token {
    const end = this.#input.indexOf('`', this.#at)
    if (end < 0) return this.#error('unterminated raw quoted string')
    this.#at = end + 1
    return this.#take('rawString')
  }

  #number(): Token {
    const bad = (): Token =>
      this.#error(`bad number syntax: ${quoted(this.#input.slice(this.#start, this.#at))}`)
    if (!this.#scanNumber()) return bad()
    if (this.#input[this.#at] !== '+' && this.#input[this.#at] !== '-') return this.#take('number')
    if (!this.#scanNumber() || this.#input[this.#at - 1] !== 'i') return bad()
    return this.#take('complex')
  }

  #scanNumber(): boolean {
    const number =
      /[+-]?(?:0[xX][\da-fA-F_]*(?:\.[\da-fA-F_]*)?(?:[pP][+-]?[\d_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?[\d_]*)?)i?/y
    number.lastIndex = this.#at
    this.#at += number.exec(this.#input)?.[0].length ?? 0
    if (!isNameChar(this.#rune())) return true
    this.#advance()
    return false
  }
}

/** A character as Go's `%#U` names it. */
function codeName(code: number): string {
  if (code === eof) return 'U+FFFFFFFFFFFFFFFF'
  const hex = code.toString(16).toUpperCase().padStart(4, '0')
  return code > 0x20 && code !== 0x7f ? `U+${hex} '${String.fromCodePoint(code)}'` : `U+${hex}`
}

function quoted(text: string): string {
  return JSON.stringify(text)
}
