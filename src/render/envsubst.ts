/**
 * Shell-like variables in a text, as Flux's post-build substitution knows them: `${var}`,
 * `${var:=default}`, lengths, case, parts, patterns. It differs from a shell where Flux does: `:+`
 * and `:?` do what `:-` does, `${var-x}` is an error, `$var` stays.
 */
import { Fault } from '#base'

/** A piece of a text: itself, or a variable with what is to be done to it. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'variable'
      readonly name: string
      /** `''`, or the characters between the name and its operands: `:=`, `//`, `##` … */
      readonly operation: string
      readonly operands: readonly Piece[]
    }

/** What one text may become. */
export const maxBytes: number = 16_777_216

/** Variables inside of operands of variables: deeper is refused. */
const maxNesting = 64

/** A text that cannot be substituted. Names variables, never values. */
export class SubstitutionFault extends Fault {
  /** `parse` before any value is seen. */
  readonly phase: 'parse' | 'exec'

  constructor(phase: 'parse' | 'exec', what: string, hint?: string) {
    super('InvalidSpec', what, hint === undefined ? {} : { hint })
    this.phase = phase
  }
}

/** @throws SubstitutionFault in Flux's words. */
export function parseSubstitutions(text: string): readonly Piece[] {
  return new Parser(text).all()
}

function mistake(what: string): SubstitutionFault {
  return new SubstitutionFault('parse', what, 'write $${…} for text that is no variable')
}

const badSubstitution = (): SubstitutionFault => mistake('bad substitution')

/** What a run of plain text ends at, and whether `$$`, `\/` and `\\` stand for one character. */
interface Stop {
  readonly at: RegExp
  readonly escapes: RegExp | undefined
}

const never: Stop = { at: /(?!)/, escapes: /^\$\$/ }
const brace: Stop = { at: /\}/, escapes: undefined }
const colonOrBrace: Stop = { at: /[:}]/, escapes: undefined }
const escapedSlash: Stop = { at: /\//, escapes: /^(?:\$\$|\\[/\\])/ }
const escapedBrace: Stop = { at: /\}/, escapes: /^(?:\$\$|\\[/\\])/ }

/** The names of all variables that a text asks for, those inside of defaults too. */
export function variableNames(text: string): ReadonlySet<string> {
  const names = new Set<string>()
  const visit = (piece: Piece): void => {
    if (piece.kind === 'text') return
    names.add(piece.name)
    piece.operands.forEach(visit)
  }
  parseSubstitutions(text).forEach(visit)
  return names
}

class Parser {
  readonly #text: string
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  all(): Piece[] {
    const pieces: Piece[] = []
    while (this.#at < this.#text.length) {
      pieces.push(this.#skips('${') ? this.#variable() : this.#plain(never))
    }
    return pieces
  }

  #skips(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }

  /** What matches here, skipped; `''` when nothing does. */
  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0] ?? ''
    this.#at += found.length
    return found
  }

  #close(): void {
    if (!this.#skips('}')) throw badSubstitution()
  }

  #plain(stop: Stop): Piece {
    let text = ''
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at]!
      if (char === '$' && this.#text[this.#at + 1] === '{') break
      if (stop.escapes?.test(this.#text.slice(this.#at, this.#at + 2)) === true) {
        text += this.#text[this.#at + 1]!
        this.#at += 2
        continue
      }
      if (stop.at.test(char)) break
      text += char
      this.#at++
    }
    return { kind: 'text', text }
  }

  #operand(stop: Stop): Piece {
    if (this.#skips('${')) return this.#variable()
    const start = this.#at
    const piece = this.#plain(stop)
    if (this.#at === start) throw mistake('unable to parse substitution within function')
    return piece
  }

  /** What follows `${`. */
  #variable(): Piece {
    if (++this.#depth > maxNesting) throw mistake('variables are nested too deep')
    const piece = this.#skips('#') ? this.#length() : this.#named()
    this.#depth--
    return piece
  }

  #name(): string {
    return this.#take(/[\p{L}\p{Nd}_]+/uy)
  }

  #length(): Piece {
    const name = this.#name()
    if (name === '') throw badSubstitution()
    this.#close()
    return { kind: 'variable', name, operation: '#', operands: [] }
  }

  #named(): Piece {
    const name = this.#name()
    if (name === '') throw mistake('unable to parse variable name')
    const operation = this.#take(/:[=\-?+]|=|:|[,^]{1,2}|\/[/#%]?|#{1,2}|%{1,2}/y)
    return { kind: 'variable', name, operation, operands: this.#operands(operation) }
  }

  #operands(operation: string): Piece[] {
    switch (operation[0]) {
      case undefined:
        if (!this.#skips('}')) throw mistake('missing closing brace')
        return []
      case '=':
        return this.#defaults()
      case ':':
        return operation === ':' ? this.#part() : this.#defaults()
      case '/':
        return this.#replacement()
      case ',':
      case '^':
        this.#close()
        return []
      default:
        return this.#closed(this.#operand(brace))
    }
  }

  #closed(...operands: Piece[]): Piece[] {
    this.#close()
    return operands
  }

  #defaults(): Piece[] {
    const operands: Piece[] = []
    while (!this.#skips('}')) operands.push(this.#operand(brace))
    return operands
  }

  #part(): Piece[] {
    // Flux steps back by the width of the character behind the colon, and loses its place when that is wider.
    if (this.#text.charCodeAt(this.#at) > 0x7f) throw badSubstitution()
    const from = this.#operand(colonOrBrace)
    if (this.#skips('}')) return [from]
    if (this.#take(/:+/y) === '') throw badSubstitution()
    return this.#closed(from, this.#operand(brace))
  }

  #replacement(): Piece[] {
    const pattern = this.#operand(escapedSlash)
    if (this.#take(/\/+/y) === '') throw badSubstitution()
    if (this.#skips('}')) return [pattern]
    return this.#closed(pattern, this.#operand(escapedBrace))
  }
}
