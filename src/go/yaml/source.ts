import { YamlProblem, type Mark } from './problem.ts'

// What YAML's reader lets through. A byte order mark may only stand in front of everything else.
// eslint-disable-next-line no-control-regex
const forbidden = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ud800-\udfff\ue000-\ufffd]/

/** A text being read, character by character, with its line and column. */
export class Source implements Mark {
  readonly text: string
  at = 0
  line = 0
  column = 0

  constructor(text: string) {
    this.text = text.startsWith('\ufeff') ? text.slice(1) : text
    const bad = forbidden.exec(this.text)
    if (bad === null) return
    const line = this.text.slice(0, bad.index).split('\n').length - 1
    throw new YamlProblem('reader', { line, column: 0 }, 'control characters are not allowed')
  }

  get mark(): Mark {
    return { line: this.line, column: this.column }
  }

  /** The character ahead, or some behind it; empty behind the end. */
  char(ahead: number = 0): string {
    return this.text.charAt(this.at + ahead)
  }

  isEnd(ahead: number = 0): boolean {
    return this.at + ahead >= this.text.length
  }

  isBlank(ahead: number = 0): boolean {
    const char = this.char(ahead)
    return char === ' ' || char === '\t'
  }

  isBreak(ahead: number = 0): boolean {
    switch (this.char(ahead)) {
      case '\r':
      case '\n':
      case '\x85':
      case '\u2028':
      case '\u2029':
        return true
      default:
        return false
    }
  }

  isBreakOrEnd(ahead: number = 0): boolean {
    return this.isEnd(ahead) || this.isBreak(ahead)
  }

  isBlankOrEnd(ahead: number = 0): boolean {
    return this.isBlank(ahead) || this.isBreakOrEnd(ahead)
  }

  /** Whether `---` or `...` stands here, alone at the start of a line. */
  isIndicator(sign: '-' | '.'): boolean {
    if (this.column !== 0 || !this.isBlankOrEnd(3)) return false
    return this.char() === sign && this.char(1) === sign && this.char(2) === sign
  }

  skip(count: number = 1): void {
    this.at += count
    this.column += count
  }

  /** Takes the character. */
  read(): string {
    const char = this.char()
    this.skip()
    return char
  }

  /** Takes a line break; all kinds of it read as `\n`, but for the separators of Unicode. */
  readBreak(): string {
    if (!this.isBreak()) return ''
    const char = this.char()
    this.at += char === '\r' && this.char(1) === '\n' ? 2 : 1
    this.column = 0
    this.line++
    return char === '\u2028' || char === '\u2029' ? char : '\n'
  }

  skipBlanks(): void {
    while (this.isBlank()) this.skip()
  }

  skipComment(): void {
    if (this.char() !== '#') return
    while (!this.isBreakOrEnd()) this.skip()
  }

  /** Letters, digits, `_` and `-`. */
  readName(): string {
    const start = this.at
    while (/[0-9A-Za-z_-]/.test(this.char())) this.skip()
    return this.text.slice(start, this.at)
  }
}
