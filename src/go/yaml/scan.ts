/**
 * YAML 1.1 as tokens, by the rules of libyaml, which Go's yaml.v2 (and so Kubernetes) follows: what
 * it takes and refuses, and in which words.
 */
import { YamlProblem, type Mark } from './problem.ts'
import { scanBlock, scanPlain, scanQuoted } from './scan-scalar.ts'
import { scanTag, scanTagDirective, scanVersion } from './scan-tag.ts'
import { Source } from './source.ts'
import type { Sign, Token } from './token.ts'

/** A place where a key without `?` may have begun: known only once its `:` is seen. */
interface SimpleKey {
  readonly isRequired: boolean
  /** Number of the token it would begin with. */
  readonly token: number
  readonly mark: Mark
  readonly at: number
}

// A key without `?` must end on its line, within so many characters.
const longestKey = 1024
const deepest = 10_000

export class Scanner {
  readonly #source: Source
  readonly #tokens: Token[] = []
  #head = 0
  /** Tokens handed out. */
  #taken = 0
  /** One place for each level of brackets, and one for outside of them. */
  readonly #keys: (SimpleKey | undefined)[] = [undefined]
  /** The levels of {@link #keys} by the tokens they begin with. */
  readonly #levels = new Map<number, number>()
  /** For each level the number of the token that last might have begun a key in it. */
  readonly #lastTokens: number[] = [0]
  #mayStartKey = true
  #indent = -1
  readonly #indents: number[] = []
  #isDone = false

  /** @throws YamlProblem */
  constructor(text: string) {
    this.#source = new Source(text)
  }

  /** The next token; it stays. @throws YamlProblem */
  peek(): Token {
    while (this.#needsMore()) this.#fetch()
    const token = this.#tokens[this.#head]
    if (token === undefined) throw this.#fail('did not find expected <stream-start>')
    return token
  }

  /** Takes the next token. @throws YamlProblem */
  take(): Token {
    const token = this.peek()
    if (token.kind === 'stream-end') return token
    this.#head++
    this.#taken++
    if (this.#head > 1024) {
      this.#tokens.splice(0, this.#head)
      this.#head = 0
    }
    return token
  }

  /** A token may yet turn out to be a key, and then has others in front of it. */
  #needsMore(): boolean {
    if (this.#head === this.#tokens.length) return !this.#isDone
    const level = this.#levels.get(this.#taken)
    return level !== undefined && this.#isValid(level)
  }

  get #inFlow(): boolean {
    return this.#keys.length > 1
  }

  #fail(what: string): YamlProblem {
    return new YamlProblem('scanner', this.#source.mark, what)
  }

  #add(token: Token, at: number = this.#tokens.length): void {
    this.#tokens.splice(at, 0, token)
  }

  #fetch(): void {
    this.#skipToToken()
    const source = this.#source
    this.#unroll(source.column)
    if (source.isEnd()) return this.#end()
    if (source.column === 0 && source.char() === '%') return this.#directive()
    if (source.isIndicator('-')) return this.#indicator('document-start')
    if (source.isIndicator('.')) return this.#indicator('document-end')
    const char = source.char()
    const isAlone = source.isBlankOrEnd(1)
    switch (char) {
      case '[':
        return this.#open('flow-sequence-start')
      case '{':
        return this.#open('flow-mapping-start')
      case ']':
        return this.#close('flow-sequence-end')
      case '}':
        return this.#close('flow-mapping-end')
      case ',':
        return this.#entry('flow-entry')
      case '-':
        return isAlone ? this.#blockEntry() : this.#plain()
      case '?':
        return this.#inFlow || isAlone ? this.#key() : this.#plain()
      case ':':
        return this.#inFlow || isAlone ? this.#value() : this.#plain()
      case '*':
      case '&':
        return this.#named(char === '*' ? 'alias' : 'anchor')
      case '!':
        return this.#tag()
      case '|':
      case '>':
        if (!this.#inFlow) return this.#block()
        break
      case "'":
      case '"':
        return this.#quoted()
      case '%':
      case '@':
      case '`':
      case '\t':
        break
      default:
        return this.#plain()
    }
    throw this.#fail('found character that cannot start any token')
  }

  #skipToToken(): void {
    const source = this.#source
    for (;;) {
      const blank = this.#inFlow || !this.#mayStartKey ? /[ \t]/ : / /
      while (blank.test(source.char())) source.skip()
      source.skipComment()
      if (!source.isBreak()) return
      source.readBreak()
      if (!this.#inFlow) this.#mayStartKey = true
    }
  }

  /** Whether a key may still have begun there. @throws YamlProblem when one had to. */
  #isValid(level: number): boolean {
    const key = this.#keys[level]
    if (key === undefined) return false
    const { line, at } = this.#source
    if (key.mark.line === line && at <= key.at + longestKey) return true
    if (key.isRequired) throw this.#fail("could not find expected ':'")
    this.#forgetKey(level)
    return false
  }

  #saveKey(): void {
    const { column, mark, at } = this.#source
    if (!this.#mayStartKey) return
    this.#removeKey()
    const isRequired = !this.#inFlow && this.#indent === column
    const token = this.#nextNumber
    const level = this.#keys.length - 1
    this.#levels.set(token, level)
    this.#lastTokens[level] = token
    this.#keys[level] = { isRequired, token, mark, at }
  }

  #removeKey(): void {
    const last = this.#keys.length - 1
    if (this.#keys[last]?.isRequired === true) throw this.#fail("could not find expected ':'")
    this.#forgetKey(last)
  }

  #forgetKey(level: number): void {
    const key = this.#keys[level]
    if (key !== undefined) this.#levels.delete(key.token)
    this.#keys[level] = undefined
  }

  /** Begins a block where the text stands further in. @param before Number of a token. */
  #roll(column: number, kind: Sign, start: Mark, before?: number): void {
    if (this.#inFlow || this.#indent >= column) return
    this.#indents.push(this.#indent)
    this.#indent = column
    if (this.#indents.length > deepest) throw this.#fail(`exceeded max depth of ${deepest}`)
    this.#add({ kind, start }, before === undefined ? undefined : this.#indexOf(before))
  }

  /** Number that the next token gets. */
  get #nextNumber(): number {
    return this.#taken + (this.#tokens.length - this.#head)
  }

  /** Where a token stands; behind all others when it was handed out already. */
  #indexOf(token: number): number {
    return token < this.#taken ? this.#tokens.length : this.#head + token - this.#taken
  }

  /** Ends the blocks that stand further in than a column. */
  #unroll(column: number): void {
    if (this.#inFlow) return
    while (this.#indent > column) {
      this.#add({ kind: 'block-end', start: this.#source.mark })
      this.#indent = this.#indents.pop() ?? -1
    }
  }

  #end(): void {
    const source = this.#source
    if (source.column !== 0) {
      source.column = 0
      source.line++
    }
    this.#unroll(-1)
    this.#removeKey()
    this.#mayStartKey = false
    this.#add({ kind: 'stream-end', start: source.mark })
    this.#isDone = true
  }

  #directive(): void {
    this.#unroll(-1)
    this.#removeKey()
    this.#mayStartKey = false
    const source = this.#source
    const start = source.mark
    source.skip()
    const name = source.readName()
    if (name === '') throw this.#fail('could not find expected directive name')
    if (!source.isBlankOrEnd()) throw this.#fail('found unexpected non-alphabetical character')
    if (name === 'YAML') this.#add({ kind: 'version', start, ...scanVersion(source) })
    else if (name === 'TAG')
      this.#add({ kind: 'tag-directive', start, ...scanTagDirective(source) })
    else throw this.#fail('found unknown directive name')
    source.skipBlanks()
    source.skipComment()
    if (!source.isBreakOrEnd()) throw this.#fail('did not find expected comment or line break')
    source.readBreak()
  }

  #indicator(kind: 'document-start' | 'document-end'): void {
    this.#unroll(-1)
    this.#removeKey()
    this.#mayStartKey = false
    this.#sign(kind, 3)
  }

  #sign(kind: Sign, width: number = 1): void {
    this.#add({ kind, start: this.#source.mark })
    this.#source.skip(width)
  }

  #open(kind: 'flow-sequence-start' | 'flow-mapping-start'): void {
    this.#saveKey()
    this.#keys.push(undefined)
    this.#lastTokens.push(this.#nextNumber)
    if (this.#keys.length > deepest) throw this.#fail(`exceeded max depth of ${deepest}`)
    this.#mayStartKey = true
    this.#sign(kind)
  }

  #close(kind: 'flow-sequence-end' | 'flow-mapping-end'): void {
    this.#removeKey()
    if (this.#inFlow) {
      this.#keys.pop()
      // As in the peer, whose `[]: x` is therefore no map: empty brackets are not waited for as a key.
      this.#levels.delete(this.#lastTokens.pop() ?? -1)
    }
    this.#mayStartKey = false
    this.#sign(kind)
  }

  #entry(kind: 'flow-entry' | 'block-entry'): void {
    this.#removeKey()
    this.#mayStartKey = true
    this.#sign(kind)
  }

  #blockEntry(): void {
    this.#mustStartBlock('block-sequence-start', 'block sequence entries')
    this.#entry('block-entry')
  }

  #mustStartBlock(kind: Sign, what: string): void {
    if (this.#inFlow) return
    if (!this.#mayStartKey) throw this.#fail(`${what} are not allowed in this context`)
    this.#roll(this.#source.column, kind, this.#source.mark)
  }

  #key(): void {
    this.#mustStartBlock('block-mapping-start', 'mapping keys')
    this.#removeKey()
    this.#mayStartKey = !this.#inFlow
    this.#sign('key')
  }

  #value(): void {
    const level = this.#keys.length - 1
    const key = this.#isValid(level) ? this.#keys[level] : undefined
    if (key !== undefined) {
      this.#add({ kind: 'key', start: key.mark }, this.#indexOf(key.token))
      this.#roll(key.mark.column, 'block-mapping-start', key.mark, key.token)
      this.#forgetKey(level)
      this.#mayStartKey = false
    } else {
      this.#mustStartBlock('block-mapping-start', 'mapping values')
      this.#mayStartKey = !this.#inFlow
    }
    this.#sign('value')
  }

  #named(kind: 'alias' | 'anchor'): void {
    this.#saveKey()
    this.#mayStartKey = false
    const source = this.#source
    const start = source.mark
    source.skip()
    const name = source.readName()
    if (name === '' || !(source.isBlankOrEnd() || /[?:,\]}%@`]/.test(source.char()))) {
      throw this.#fail('did not find expected alphabetic or numeric character')
    }
    this.#add({ kind, start, name })
  }

  #tag(): void {
    this.#saveKey()
    this.#mayStartKey = false
    const start = this.#source.mark
    this.#add({ kind: 'tag', start, ...scanTag(this.#source) })
  }

  #block(): void {
    this.#removeKey()
    this.#mayStartKey = true
    const start = this.#source.mark
    const text = scanBlock(this.#source, this.#indent)
    this.#add({ kind: 'scalar', start, text, isPlain: false })
  }

  #quoted(): void {
    this.#saveKey()
    this.#mayStartKey = false
    const start = this.#source.mark
    this.#add({ kind: 'scalar', start, text: scanQuoted(this.#source), isPlain: false })
  }

  #plain(): void {
    this.#saveKey()
    this.#mayStartKey = false
    const start = this.#source.mark
    const { text, endsLine } = scanPlain(this.#source, this.#indent + 1, this.#inFlow)
    this.#add({ kind: 'scalar', start, text, isPlain: true })
    if (endsLine) this.#mayStartKey = true
  }
}
