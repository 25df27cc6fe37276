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

const eof = -1
const minus = 0x2d
const otherNameChar = /[\p{L}\p{Nd}_]/u
const numberSyntax =
  /[+-]?(?:0[xX][\da-fA-F_]*(?:\.[\da-fA-F_]*)?(?:[pP][+-]?[\d_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?[\d_]*)?)i?/y

/**
 * What a byte may be, in bits: the lexer looks at every one of an action, and a regular expression
 * for each was a quarter of what parsing cost.
 */
const isSpace = 1
const isName = 2
const isDigit = 4
const endsWord = 8
const classOf = new Uint8Array(256)
for (let code = 0; code < 0x80; code++) {
  const char = String.fromCharCode(code)
  if (/[ \t\r\n]/.test(char)) classOf[code]! |= isSpace
  if (/\w/.test(char)) classOf[code]! |= isName
  if (/\d/.test(char)) classOf[code]! |= isDigit
  if (/[ \t\r\n.,|:()]/.test(char)) classOf[code]! |= endsWord
}

function isNameChar(code: number): boolean {
  if (code < 0x80) return code >= 0 && (classOf[code]! & isName) !== 0
  return otherNameChar.test(String.fromCodePoint(code))
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
  /** The first line's end at or behind `#start`; looked for once a line, however many tokens it has. */
  #lineEnd: number

  constructor(input: ByteString, left: ByteString, right: ByteString) {
    this.#input = input
    this.#left = left === '' ? '{{' : left
    this.#right = right === '' ? '}}' : right
    this.#lineEnd = input.indexOf('\n')
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
    while (this.#lineEnd >= 0 && this.#lineEnd < this.#at) {
      this.#line++
      this.#lineEnd = this.#input.indexOf('\n', this.#lineEnd + 1)
    }
    this.#start = this.#at
    this.#startLine = this.#line
  }

  #error(what: string): Token {
    return { kind: 'error', at: this.#start, text: what, line: this.#startLine }
  }

  #has(text: ByteString, at = this.#at): boolean {
    return this.#input.startsWith(text, at)
  }

  #is(what: number, at: number): boolean {
    return at < this.#input.length && (classOf[this.#input.charCodeAt(at)]! & what) !== 0
  }

  #isSpaceAt(at: number): boolean {
    return this.#is(isSpace, at)
  }

  #hasLeftTrim(at: number): boolean {
    return this.#input.charCodeAt(at) === minus && this.#isSpaceAt(at + 1)
  }

  /** Whether the closing delimiter stands at `at`, and whether it trims. */
  #rightDelimAt(at: number): 'none' | 'plain' | 'trim' {
    if (this.#isSpaceAt(at)) {
      const isMarked = this.#input.charCodeAt(at + 1) === minus
      if (isMarked && this.#has(this.#right, at + 2)) return 'trim'
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
        while (end > this.#start && this.#isSpaceAt(end - 1)) end--
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
    if (this.#isSpaceAt(this.#at)) return this.#space()
    if (this.#is(isDigit, this.#at)) return this.#number()
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
        if (this.#at < this.#input.length && !this.#is(isDigit, this.#at)) {
          return this.#fieldOrVariable('field')
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

  /** Goes on to the end of a name. */
  #name(): void {
    while (this.#is(isName, this.#at)) this.#at++
    if (this.#at >= this.#input.length || this.#input.charCodeAt(this.#at) < 0x80) return
    while (isNameChar(this.#rune())) this.#advance()
  }

  #identifier(): Token {
    this.#name()
    if (!this.#atTerminator()) return this.#error(`bad character ${codeName(this.#rune())}`)
    const word = this.#input.slice(this.#start, this.#at)
    if (word === 'true' || word === 'false') return this.#take('bool')
    if (word === 'nil') return this.#take('nil')
    return this.#take(keywords.has(word) ? (word as Keyword) : 'identifier')
  }

  #fieldOrVariable(kind: 'field' | 'variable'): Token {
    if (this.#atTerminator()) return this.#take(kind === 'field' ? 'dot' : 'variable')
    this.#name()
    if (!this.#atTerminator()) return this.#error(`bad character ${codeName(this.#rune())}`)
    return this.#take(kind)
  }

  #atTerminator(): boolean {
    if (this.#at >= this.#input.length) return true
    return this.#is(endsWord, this.#at) || this.#has(this.#right)
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
    numberSyntax.lastIndex = this.#at
    this.#at += numberSyntax.exec(this.#input)?.[0].length ?? 0
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
