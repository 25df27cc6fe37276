import { gathered, type Entry, type Expression, type Literal, type Mistake } from './ast.ts'
import { overloadsOf } from './functions.ts'
import { literalText } from './literal-text.ts'
import { foldOf, isFoldMacro, nameCount } from './macros.ts'
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

// What an expression can begin with, in the order in which it is told; `also` is what else may stand there.
function startsWith(also: readonly string[] = []): string {
  const signs = ['[', ']', '{', '}', '(', ')', '.', ',', '-', '!', '?']
  const always = ['[', '{', '(', '.', '-', '!']
  const known = signs.filter((one) => always.includes(one) || also.includes(one))
  const quoted = [...known, 'true', 'false', 'null'].map((one) => `'${one}'`)
  return `{${quoted.join(', ')}, NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}`
}

const starts = startsWith()

const reserved: ReadonlySet<string> = new Set(
  'as,break,const,continue,else,for,function,if,import,let,loop,package,namespace,return,var,void,while'.split(
    ',',
  ),
)

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
  /** What will close the brackets that are open. */
  readonly #open: string[] = []

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
    this.#match(':')
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
      return this.#suffixes(this.#literal(after.kind, `-${after.text}`, token.pos))
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
        if (name === '_[_]') this.#settle(['?'])
        const index = this.#ternary()
        this.#match(']')
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
    if (name.kind !== 'name' && isOptional) {
      this.#note(name, `mismatched input '${name.text}' expecting {IDENTIFIER, ESC_IDENTIFIER}`)
      this.#mistakes.push({ pos: name.pos, message: 'unsupported ident kind' })
      throw new Stop()
    }
    if (name.kind !== 'name' || name.text === 'in') {
      const read = name.kind === 'end' ? '.' : `.${name.text}`
      this.#note(name, `no viable alternative at input '${read}'`)
      // An operator goes on from there.
      if (name.text === 'in') return of
      throw new Stop()
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
    if (of.kind === 'name' && overloadsOf(`${of.name}.${name.text}`) !== undefined) {
      return call(`${of.name}.${name.text}`, open.pos, args)
    }
    return { kind: 'call', name: name.text, target: of, args, pos: open.pos }
  }

  #fold(name: string, of: Expression, args: readonly Expression[], pos: number): Expression {
    const isOptional = name.startsWith('opt')
    const message = isOptional
      ? `${name}() variable name must be a simple identifier`
      : 'argument must be a simple name'
    for (const one of args.slice(0, nameCount(name, args))) {
      if (one.kind === 'name' && one.name !== gathered) continue
      this.#mistakes.push({ pos: one.pos, message })
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
        return this.#literal(token.kind, token.text, token.pos)
      case 'name':
        if (!this.#canStart(token)) return this.#bracketed(token)
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
    if (reserved.has(text)) this.#mistakes.push({ pos, message: `reserved identifier: ${text}` })
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
      this.#match(')')
      return inner
    }
    if (this.#take('[')) {
      const optional = new Set<number>()
      const items = this.#arguments(']', optional)
      return { kind: 'list', items, ...(optional.size > 0 ? { optional } : {}), pos: token.pos }
    }
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

  // In a list, a sign before an item says that it is an optional.
  #arguments(close: string, optional?: Set<number>): readonly Expression[] {
    const args: Expression[] = []
    this.#open.push(close)
    const list = this.#listed(close, optional, args)
    this.#open.pop()
    return list
  }

  #listed(
    close: string,
    optional: Set<number> | undefined,
    args: Expression[],
  ): readonly Expression[] {
    const isList = optional !== undefined
    this.#settle(isList ? [close, ',', '?'] : [close])
    if (isList) this.#takeLoneComma(close)
    if (this.#take(close)) return args
    for (;;) {
      if (isList && this.#take('?')) optional.add(args.length)
      args.push(this.#ternary())
      if (this.#take(close)) return args
      if (this.#take(',')) {
        if (isList && this.#take(close)) return args
        continue
      }
      if (!isList) {
        this.#match(close)
        return args
      }
      if (this.#matchEither(close)) return args
    }
  }

  #entries(): readonly Entry[] {
    const entries: Entry[] = []
    this.#settle(['}', ',', '?'])
    this.#takeLoneComma('}')
    while (!this.#take('}')) {
      const isOptional = this.#take('?')
      const key = this.#ternary()
      this.#match(':')
      entries.push([key, this.#ternary(), isOptional])
      if (this.#take(',') || this.#peek().text === '}') continue
      if (this.#matchEither('}')) return entries
    }
    return entries
  }

  // A comma may stand for itself where nothing is listed.
  #takeLoneComma(close: string): void {
    const next = this.#peek(1)
    if (next.kind === 'sign' && next.text === close) this.#take(',')
  }

  // Where an expression or one of these should begin, a token too many is passed over.
  #settle(also: readonly string[]): void {
    const token = this.#peek()
    const fits = (one: Token): boolean =>
      this.#canStart(one) || (one.kind === 'sign' && also.includes(one.text))
    if (fits(token)) return
    const expected = startsWith(also)
    if (token.kind === 'end' || !fits(this.#peek(1))) {
      this.#stop(token, `mismatched input '${token.text}' expecting ${expected}`)
    }
    this.#note(token, `extraneous input '${token.text}' expecting ${expected}`)
    this.#at++
  }

  // One token too many is passed over, one that is missing is taken as read where what follows fits.
  #match(sign: string): void {
    if (this.#take(sign)) return
    const token = this.#peek()
    const next = this.#peek(1)
    if (next.kind === 'sign' && next.text === sign) {
      this.#note(token, `extraneous input '${token.text}' expecting '${sign}'`)
      this.#at += 2
      return
    }
    const isMissing =
      sign === ':'
        ? this.#canStart(token)
        : token.kind === 'end' || (token.kind === 'sign' && token.text === this.#open.at(-1))
    if (!isMissing) this.#stop(token, `mismatched input '${token.text}' expecting '${sign}'`)
    this.#note(token, `missing '${sign}' at '${token.text}'`)
    if (token.kind === 'end') throw new Stop()
  }

  /** @returns whether the list is closed; else it goes on. */
  #matchEither(close: string): boolean {
    const token = this.#peek()
    const next = this.#peek(1)
    const isExtra = next.kind === 'sign' && (next.text === close || next.text === ',')
    const how = isExtra ? 'extraneous' : 'mismatched'
    const what = `${how} input '${token.text}' expecting {'${close}', ','}`
    if (!isExtra) this.#stop(token, what)
    this.#note(token, what)
    this.#at += 2
    return next.text === close || this.#take(close)
  }

  #canStart(token: Token): boolean {
    if (token.kind === 'sign') return ['(', '[', '{', '-', '!', '.'].includes(token.text)
    return token.kind !== 'end' && token.text !== 'in' && !token.text.startsWith('`')
  }

  #literal(type: Literal['type'], source: string, pos: number): Literal {
    if (type === 'string' || type === 'bytes') {
      const text = literalText(source)
      if (text === undefined) this.#mistakes.push({ pos, message: 'unable to unescape string' })
      return literal(type, text ?? '', pos)
    }
    if (!hasRoom(type, source)) this.#mistakes.push({ pos, message: `invalid ${type} literal` })
    return literal(type, source, pos)
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
  return { kind: 'literal', type, text, pos }
}

/** Whether a number is one that its type can hold. */
function hasRoom(type: Literal['type'], source: string): boolean {
  if (type === 'double') return Number.isFinite(Number(source))
  if (type !== 'int' && type !== 'uint') return true
  const digits = BigInt(source.replace(/^-|[uU]$/g, ''))
  if (type === 'uint') return digits < 2n ** 64n
  return source.startsWith('-') ? digits <= 2n ** 63n : digits < 2n ** 63n
}
