import { gathered, type Expression, type Literal, type Mistake } from './ast.ts'
import { foldOf, isFoldMacro } from './macros.ts'
import { tokensOf, type Token } from './lexer.ts'

/** Thrown out of a source that cannot be read any further; what is wrong stands with the mistakes. */
class Stop extends Error {}

/** An expression, or what is wrong with it. */
export type Parsed =
  | { readonly kind: 'parsed'; readonly expression: Expression }
  | { readonly kind: 'mistaken'; readonly mistakes: readonly Mistake[] }

/** Reads an expression; macros are written out. */
export function parseCel(source: string): Parsed {
  const mistakes: Mistake[] = []
  const parser = new Parser(tokensOf(source, mistakes), mistakes)
  const expression = parser.whole()
  return expression === undefined || mistakes.length > 0
    ? { kind: 'mistaken', mistakes }
    : { kind: 'parsed', expression }
}

const starts =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"

const binary: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>=', 'in'],
  ['+', '-'],
  ['*', '/', '%'],
]

const mostDepth = 250

class Parser {
  readonly #tokens: readonly Token[]
  readonly #mistakes: Mistake[]
  #at = 0
  #depth = 0

  constructor(tokens: readonly Token[], mistakes: Mistake[]) {
    this.#tokens = tokens
    this.#mistakes = mistakes
  }

  whole(): Expression | undefined {
    try {
      const expression = this.#ternary()
      const token = this.#peek()
      if (token.kind !== 'end') {
        const how = this.#peek(1).kind === 'end' ? 'extraneous' : 'mismatched'
        this.#stop(token, `${how} input '${token.text}' expecting <EOF>`)
      }
      return expression
    } catch (thrown) {
      if (thrown instanceof Stop) return undefined
      throw thrown
    }
  }

  #ternary(): Expression {
    this.#deeper()
    const expression = this.#choice()
    this.#depth--
    return expression
  }

  // Nesting is bounded, as it is in the real compiler; so is what hangs together in one chain.
  #deeper(): void {
    if (++this.#depth <= mostDepth) return
    const message = `expression recursion limit exceeded: ${mostDepth}`
    this.#mistakes.push({ pos: -1, message })
    throw new Stop()
  }

  #choice(): Expression {
    const condition = this.#binary(0)
    const mark = this.#peek()
    if (!this.#take('?')) return condition
    const then = this.#binary(0)
    const colon = this.#peek()
    if (!this.#take(':')) this.#stop(colon, `mismatched input '${colon.text}' expecting ':'`)
    const otherwise = this.#ternary()
    return call('_?_:_', mark.pos, [condition, then, otherwise])
  }

  #binary(level: number): Expression {
    const signs = binary[level]
    if (signs === undefined) return this.#unary()
    if (level < 2) return this.#logical(level, signs[0] ?? '')
    let left = this.#binary(level + 1)
    const depth = this.#depth
    for (;;) {
      const token = this.#peek()
      if (!signs.includes(token.text) || (token.kind !== 'sign' && token.text !== 'in')) {
        this.#depth = depth
        return left
      }
      this.#at++
      this.#deeper()
      const right = this.#binary(level + 1)
      left = call(token.text === 'in' ? '@in' : `_${token.text}_`, token.pos, [left, right])
    }
  }

  // Chains of these may be as long as they like: they are hung into a tree of little depth.
  #logical(level: number, sign: string): Expression {
    const terms = [this.#binary(level + 1)]
    const places: number[] = []
    for (let token = this.#peek(); this.#take(sign); token = this.#peek()) {
      places.push(token.pos)
      terms.push(this.#binary(level + 1))
    }
    return balanced(`_${sign}_`, terms, places)
  }

  #unary(): Expression {
    const token = this.#peek()
    if (token.kind !== 'sign' || (token.text !== '!' && token.text !== '-')) return this.#member()
    this.#at++
    const after = this.#peek()
    if (token.text === '-' && (after.kind === 'int' || after.kind === 'double')) {
      this.#at++
      return this.#suffixes(literal(after.kind, `-${after.text}`, token.pos))
    }
    if (after.kind === 'end') this.#stop(after, `extraneous input '<EOF>' expecting ${starts}`)
    this.#deeper()
    const operand = this.#unary()
    this.#depth--
    return call(`${token.text}_`, token.pos, [operand])
  }

  #member(): Expression {
    return this.#suffixes(this.#primary())
  }

  #suffixes(first: Expression): Expression {
    let of = first
    const depth = this.#depth
    for (;;) {
      const token = this.#peek()
      this.#deeper()
      if (this.#take('.')) of = this.#selected(of, token.pos)
      else if (this.#take('[')) {
        const name = this.#take('?') ? '_[?_]' : '_[_]'
        const index = this.#ternary()
        this.#close(']')
        of = call(name, token.pos, [of, index])
      } else {
        this.#depth = depth
        return of
      }
    }
  }

  #selected(of: Expression, pos: number): Expression {
    const isOptional = this.#take('?')
    const name = this.#peek()
    if (name.kind !== 'name') {
      const read = name.text === '.' ? '..' : '.'
      this.#stop(name, `no viable alternative at input '${read}'`)
    }
    this.#at++
    const open = this.#peek()
    if (name.text.startsWith('`')) {
      this.#mistakes.push({ pos: name.pos, message: "unsupported syntax: '`'" })
    }
    if (isOptional) return { kind: 'select', of, field: name.text, isTest: false, isOptional, pos }
    if (!this.#take('(')) return { kind: 'select', of, field: name.text, isTest: false, pos }
    const args = this.#arguments(')')
    if (isFoldMacro(name.text, args)) return this.#fold(name.text, of, args, open.pos)
    if (of.kind === 'name' && ['optional', 'format', 'sets'].includes(of.name)) {
      return call(`${of.name}.${name.text}`, open.pos, args)
    }
    return { kind: 'call', name: name.text, target: of, args, pos: open.pos }
  }

  #fold(name: string, of: Expression, args: readonly Expression[], pos: number): Expression {
    const names = args.slice(0, args.length - (name === 'map' && args.length === 3 ? 2 : 1))
    for (const one of names) {
      if (one.kind === 'name' && one.name !== gathered) continue
      this.#mistakes.push({ pos: one.pos, message: 'argument must be a simple name' })
    }
    return foldOf(name, of, args, pos)
  }

  #primary(): Expression {
    const token = this.#peek()
    switch (token.kind) {
      case 'int':
      case 'uint':
      case 'double':
      case 'string':
      case 'bytes':
        this.#at++
        return literal(token.kind, token.text, token.pos)
      case 'name':
        this.#at++
        return this.#named(token)
      case 'sign':
      case 'end':
        return this.#bracketed(token)
    }
  }

  #named(token: Token): Expression {
    const { text, pos } = token
    if (text === 'true' || text === 'false') return literal('bool', text, pos)
    if (text === 'null') return literal('null', text, pos)
    const open = this.#peek()
    if (!this.#take('(')) return { kind: 'name', name: text, pos }
    const args = this.#arguments(')')
    const [only] = args
    if (text === 'has' && args.length === 1 && only !== undefined) {
      if (only.kind === 'select' && only.isOptional !== true) {
        return { ...only, isTest: true, pos: open.pos }
      }
      this.#mistakes.push({ pos: only.pos, message: 'invalid argument to has() macro' })
    }
    return call(text, open.pos, args)
  }

  #bracketed(token: Token): Expression {
    if (this.#take('(')) {
      const inner = this.#ternary()
      this.#close(')')
      return inner
    }
    if (this.#take('[')) return { kind: 'list', items: this.#arguments(']'), pos: token.pos }
    if (this.#take('{')) return { kind: 'map', entries: this.#entries(), pos: token.pos }
    if (this.#take('.')) return this.#member()
    // One token too many is passed over when what follows could stand in its place.
    if (token.kind !== 'end' && this.#canStart(this.#peek(1))) {
      this.#note(token, `extraneous input '${token.text}' expecting ${starts}`)
      this.#at++
      return this.#primary()
    }
    // After an operator that stands where an operand should, another operand is looked for.
    const after = this.#peek(1)
    if (['+', '*', '/', '%'].includes(token.text) && after.kind === 'end') {
      this.#note(token, `mismatched input '${token.text}' expecting ${starts}`)
      return this.#stop(after, `mismatched input '${after.text}' expecting ${starts}`)
    }
    return this.#stop(token, `mismatched input '${token.text}' expecting ${starts}`)
  }

  #arguments(close: string): readonly Expression[] {
    const args: Expression[] = []
    if (this.#take(close)) return args
    for (;;) {
      args.push(this.#ternary())
      if (this.#take(close)) return args
      const token = this.#peek()
      if (this.#take(',')) {
        if (close !== ')' && this.#take(close)) return args
      } else if (close === ')' && token.kind === 'end') {
        this.#stop(token, `missing ')' at '${token.text}'`)
      } else this.#stop(token, `mismatched input '${token.text}' expecting {'${close}', ','}`)
    }
  }

  #entries(): readonly (readonly [Expression, Expression])[] {
    const entries: (readonly [Expression, Expression])[] = []
    while (!this.#take('}')) {
      const key = this.#ternary()
      const colon = this.#peek()
      if (!this.#take(':')) this.#stop(colon, `mismatched input '${colon.text}' expecting ':'`)
      entries.push([key, this.#ternary()])
      const token = this.#peek()
      if (this.#take(',') || token.text === '}') continue
      this.#stop(token, `mismatched input '${token.text}' expecting {'}', ','}`)
    }
    return entries
  }

  #close(sign: string): void {
    const token = this.#peek()
    if (!this.#take(sign)) this.#stop(token, `missing '${sign}' at '${token.text}'`)
  }

  #canStart(token: Token): boolean {
    if (token.kind === 'sign') return ['(', '[', '{', '-', '!', '.'].includes(token.text)
    return token.kind !== 'end' && token.text !== 'in'
  }

  #peek(ahead = 0): Token {
    const last = this.#tokens[this.#tokens.length - 1] as Token
    return this.#tokens[this.#at + ahead] ?? last
  }

  #take(sign: string): boolean {
    const token = this.#peek()
    if (token.kind !== 'sign' || token.text !== sign) return false
    this.#at++
    return true
  }

  #note(token: Token, what: string): void {
    this.#mistakes.push({ pos: token.pos, message: `Syntax error: ${what}` })
  }

  #stop(token: Token, what: string): never {
    this.#note(token, what)
    throw new Stop()
  }
}

function balanced(
  name: string,
  terms: readonly Expression[],
  places: readonly number[],
): Expression {
  const [only] = terms
  if (terms.length === 1 && only !== undefined) return only
  const half = terms.length >> 1
  const left = balanced(name, terms.slice(0, half), places.slice(0, half - 1))
  const right = balanced(name, terms.slice(half), places.slice(half))
  return call(name, places[half - 1] ?? 0, [left, right])
}

function call(name: string, pos: number, args: readonly Expression[]): Expression {
  return { kind: 'call', name, target: undefined, args, pos }
}

function literal(type: Literal['type'], text: string, pos: number): Literal {
  const isText = type === 'string' || type === 'bytes'
  return { kind: 'literal', type, text: isText ? unquoted(text) : text, pos }
}

// Escapes count as one character each: only the length and patterns are of interest.
function unquoted(text: string): string {
  const raw = /^[bB]?[rR]/.test(text)
  const body = text.replace(/^[bBrR]*/, '')
  const quotes = body.startsWith('"""') || body.startsWith("'''") ? 3 : 1
  const inner = body.slice(quotes, -quotes)
  if (raw) return inner
  return inner.replace(
    /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}|.)/g,
    (escape) => escapes[escape[1] ?? ''] ?? '.',
  )
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\',
  n: '\n',
  r: '\r',
  t: '\t',
  '"': '"',
  "'": "'",
  '`': '`',
  '?': '?',
}
