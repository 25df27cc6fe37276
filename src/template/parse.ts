import type { ByteString } from '#go'
import { goText } from '#go'

import { parseNumber, unquote } from './constants.ts'
import { isKeyword, Lexer, type Token, type TokenKind } from './lex.ts'
import type { BranchNode, CommandNode, Node, Operand, PipeNode, TemplateNode } from './nodes.ts'
import { TemplateFault, type FaultClass } from './template-fault.ts'

/** What the parser must know of the world: which functions there are. */
export interface ParseOptions {
  readonly name: string
  readonly left?: string
  readonly right?: string
  /** Whether a function exists; 'unsupported' for one that the peer has and we do not yet. */
  readonly hasFunction: (name: string) => boolean | 'unsupported'
  /** How deep blocks and parentheses may nest. */
  readonly maxNesting: number
}

/** Templates by name: the text's own and what it defines. */
export type TreeSet = ReadonlyMap<ByteString, readonly Node[]>

type End = { readonly kind: 'end' } | { readonly kind: 'else' }

/** What a pipeline gives names to. */
interface Declarations {
  readonly declared: readonly ByteString[]
  readonly isAssign: boolean
}

const noDeclarations: Declarations = { declared: [], isAssign: false }

/**
 * A list without the room for sixteen more that `push` leaves behind. Parsed templates are kept:
 * that room was half their memory, and the garbage collector copies it along.
 */
function exact<T>(list: readonly T[]): readonly T[] {
  return list.slice()
}

/** Text that unicode.IsSpace calls blank: a template of nothing else may be defined again. */
const onlyBlanks = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$/

const endText = { end: '{{end}}', else: '{{else}}' } as const

/**
 * Parses a template as Go's text/template does.
 *
 * @throws TemplateFault of phase `parse`.
 */
export function parse(text: ByteString, options: ParseOptions): TreeSet {
  return new Parser(text, options).parse()
}

class Parser {
  readonly #text: ByteString
  readonly #options: ParseOptions
  readonly #lexer: Lexer
  readonly #trees = new Map<ByteString, readonly Node[]>()
  /** Up to three tokens read ahead; the one at 0 says on which line an error is. */
  readonly #ahead: Token[] = []
  #ahead0: Token
  #variables: ByteString[] = ['$']
  #rangeDepth = 0
  #nesting = 0
  #actionLine = 0

  constructor(text: ByteString, options: ParseOptions) {
    this.#text = text
    this.#options = options
    this.#lexer = new Lexer(text, options.left ?? '', options.right ?? '')
    this.#ahead0 = { kind: 'eof', at: 0, text: '', line: 1 }
  }

  parse(): TreeSet {
    const root: Node[] = []
    while (this.#peek().kind !== 'eof') {
      if (this.#peek().kind === 'leftDelim') {
        const delim = this.#next()
        const token = this.#nextNonSpace()
        if (token.kind === 'define') {
          this.#definition()
          continue
        }
        this.#back(token)
        this.#back(delim)
      }
      const node = this.#textOrAction()
      if (node.kind === 'end' || node.kind === 'else') {
        throw this.#fail(`unexpected ${endText[node.kind]}`)
      }
      root.push(node)
    }
    this.#add(this.#options.name, root)
    if (!this.#trees.has(this.#options.name)) this.#trees.set(this.#options.name, root)
    return this.#trees
  }

  #next(): Token {
    const ahead = this.#ahead.pop()
    if (ahead !== undefined) return ahead
    this.#ahead0 = this.#lexer.next()
    return this.#ahead0
  }

  #back(token: Token): void {
    this.#ahead.push(token)
  }

  #peek(): Token {
    const token = this.#next()
    this.#back(token)
    return token
  }

  #nextNonSpace(): Token {
    for (;;) {
      const token = this.#next()
      if (token.kind !== 'space') return token
    }
  }

  #peekNonSpace(): Token {
    const token = this.#nextNonSpace()
    this.#back(token)
    return token
  }

  /** @param about What it is about, when that is not the token read last. */
  #fail(what: string, fault: FaultClass = 'syntax', about: Token = this.#ahead0): TemplateFault {
    const { line } = this.#ahead0
    const { at } = about.line === line ? about : this.#ahead0
    const column = at - (this.#text.slice(0, at).lastIndexOf('\n') + 1)
    const place = { template: this.#options.name, line, column }
    return new TemplateFault('parse', fault, place, goText(what))
  }

  #unexpected(token: Token, context: string): TemplateFault {
    if (token.kind !== 'error') return this.#fail(`unexpected ${describe(token)} in ${context}`)
    let extra = ''
    if (this.#actionLine !== 0 && this.#actionLine !== token.line) {
      extra = ` in action started at ${this.#options.name}:${this.#actionLine}`
      if (token.text.endsWith(' action')) extra = extra.slice(' in action'.length)
    }
    return this.#fail(token.text + extra)
  }

  #expect(kind: TokenKind, context: string): Token {
    const token = this.#nextNonSpace()
    if (token.kind !== kind) throw this.#unexpected(token, context)
    return token
  }

  #add(name: ByteString, list: readonly Node[]): void {
    const isEmpty = (nodes: readonly Node[]): boolean =>
      nodes.every((node) => node.kind === 'text' && onlyBlanks.test(goText(node.text)))
    const before = this.#trees.get(name)
    if (before === undefined || isEmpty(before)) this.#trees.set(name, list)
    else if (!isEmpty(list)) {
      throw this.#fail(`template: multiple definition of template ${JSON.stringify(name)}`)
    }
  }

  #definition(): void {
    const name = this.#templateName(this.#nextNonSpace(), 'define clause')
    this.#expect('rightDelim', 'define clause')
    const { nodes, end } = this.#scoped(() => this.#itemList())
    if (end.kind !== 'end') throw this.#fail(`unexpected ${endText[end.kind]} in define clause`)
    this.#add(name, nodes)
  }

  /** Runs with the variables of a new template: only `$`. */
  #scoped<T>(work: () => T): T {
    const { variables, rangeDepth } = { variables: this.#variables, rangeDepth: this.#rangeDepth }
    this.#variables = ['$']
    this.#rangeDepth = 0
    const result = work()
    this.#variables = variables
    this.#rangeDepth = rangeDepth
    return result
  }

  #templateName(token: Token, context: string): ByteString {
    if (token.kind !== 'string' && token.kind !== 'rawString')
      throw this.#unexpected(token, context)
    const name = unquote(token.text)
    if (name === undefined) throw this.#fail('invalid syntax')
    return name
  }

  #itemList(): { readonly nodes: readonly Node[]; readonly end: End } {
    this.#nesting++
    if (this.#nesting > this.#options.maxNesting) throw this.#fail('nested too deeply', 'limit')
    const nodes: Node[] = []
    while (this.#peekNonSpace().kind !== 'eof') {
      const node = this.#textOrAction()
      if (node.kind === 'end' || node.kind === 'else') {
        this.#nesting--
        return { nodes: exact(nodes), end: node }
      }
      nodes.push(node)
    }
    throw this.#fail('unexpected EOF')
  }

  #textOrAction(): Node | End {
    const token = this.#nextNonSpace()
    if (token.kind === 'text') return { kind: 'text', at: token.at, text: token.text }
    if (token.kind !== 'leftDelim') throw this.#unexpected(token, 'input')
    this.#actionLine = token.line
    const node = this.#action()
    this.#actionLine = 0
    return node
  }

  #action(): Node | End {
    const token = this.#nextNonSpace()
    switch (token.kind) {
      case 'block':
        return this.#block()
      case 'break':
      case 'continue':
        return this.#loopControl(token.kind, token.at)
      case 'else':
        return this.#else()
      case 'end':
        this.#expect('rightDelim', 'end')
        return { kind: 'end' }
      case 'if':
      case 'range':
      case 'with':
        return this.#branch(token.kind, token.at)
      case 'template':
        return this.#template()
      default:
        this.#back(token)
        return { kind: 'action', at: token.at, pipe: this.#pipeline('command', 'rightDelim') }
    }
  }

  #loopControl(kind: 'break' | 'continue', at: number): Node {
    const token = this.#nextNonSpace()
    if (token.kind !== 'rightDelim') throw this.#unexpected(token, `{{${kind}}}`)
    if (this.#rangeDepth === 0) throw this.#fail(`{{${kind}}} outside {{range}}`)
    return { kind, at }
  }

  #else(): End {
    const token = this.#peekNonSpace()
    if (token.kind !== 'if' && token.kind !== 'with') this.#expect('rightDelim', 'else')
    return { kind: 'else' }
  }

  #branch(kind: BranchNode['kind'], at: number): BranchNode {
    const scope = this.#variables.length
    const pipe = this.#pipeline(kind, 'rightDelim')
    if (kind === 'range') this.#rangeDepth++
    const { nodes: list, end } = this.#itemList()
    if (kind === 'range') this.#rangeDepth--
    let otherwise: readonly Node[] | undefined
    if (end.kind === 'else') {
      const token = this.#peek()
      if (token.kind === kind && kind !== 'range') {
        this.#next()
        this.#nesting++
        if (this.#nesting > this.#options.maxNesting) throw this.#fail('nested too deeply', 'limit')
        otherwise = [this.#branch(kind, token.at)]
        this.#nesting--
      } else {
        const rest = this.#itemList()
        if (rest.end.kind !== 'end') throw this.#fail(`expected end; found ${endText.else}`)
        otherwise = rest.nodes
      }
    }
    this.#variables.length = scope
    return { kind, at, pipe, list, otherwise }
  }

  #block(): TemplateNode {
    const token = this.#nextNonSpace()
    const name = this.#templateName(token, 'block clause')
    const pipe = this.#pipeline('block clause', 'rightDelim')
    // Go reads the body with a parser of its own, so that its errors name the line of the clause.
    const clause = this.#ahead0
    const { nodes, end } = this.#scoped(() => this.#itemList())
    if (end.kind !== 'end') {
      this.#ahead0 = clause
      throw this.#fail(`unexpected ${endText[end.kind]} in block clause`)
    }
    this.#add(name, nodes)
    return { kind: 'template', at: token.at, name, pipe }
  }

  #template(): TemplateNode {
    const token = this.#nextNonSpace()
    const name = this.#templateName(token, 'template clause')
    const next = this.#nextNonSpace()
    if (next.kind === 'rightDelim') return { kind: 'template', at: token.at, name, pipe: undefined }
    this.#back(next)
    return {
      kind: 'template',
      at: token.at,
      name,
      pipe: this.#pipeline('template clause', 'rightDelim'),
    }
  }

  #pipeline(context: string, end: 'rightDelim' | 'rightParen'): PipeNode {
    const { at } = this.#peekNonSpace()
    const { declared, isAssign } = this.#declarations(context)
    const commands: CommandNode[] = []
    for (;;) {
      const token = this.#nextNonSpace()
      if (token.kind === end) break
      if (!startsOperand.has(token.kind)) throw this.#unexpected(token, context)
      this.#back(token)
      commands.push(this.#command())
    }
    if (commands.length === 0) throw this.#fail(`missing value for ${context}`)
    const bad = commands.slice(1).findIndex(({ args: [first] }) => isConstant(first))
    if (bad >= 0) throw this.#fail(`non executable command in pipeline stage ${bad + 2}`)
    return { kind: 'pipe', at, isAssign, declared, commands: exact(commands) }
  }

  /** `$x :=`, `$x =`, and for range `$i, $x :=`. */
  #declarations(context: string): Declarations {
    if (this.#peekNonSpace().kind !== 'variable') return noDeclarations
    const declared: ByteString[] = []
    for (;;) {
      const variable = this.#peekNonSpace()
      if (variable.kind !== 'variable') return { declared, isAssign: false }
      this.#next()
      const after = this.#peek()
      const next = this.#peekNonSpace()
      if (next.kind === 'assign' || next.kind === 'declare') {
        this.#nextNonSpace()
        declared.push(variable.text)
        this.#variables.push(variable.text)
        return { declared, isAssign: next.kind === 'assign' }
      }
      if (next.kind === 'char' && next.text === ',') {
        this.#nextNonSpace()
        declared.push(variable.text)
        this.#variables.push(variable.text)
        if (context !== 'range' || declared.length >= 2) {
          throw this.#fail(`too many declarations in ${context}`)
        }
        const { kind } = this.#peekNonSpace()
        if (kind !== 'variable' && kind !== 'rightDelim' && kind !== 'rightParen') {
          throw this.#fail('range can only initialize variables')
        }
        continue
      }
      // No declaration: the variable is an operand, and the blank behind it counts.
      if (after.kind === 'space') this.#back(after)
      this.#back(variable)
      return { declared, isAssign: false }
    }
  }

  #command(): CommandNode {
    const { at } = this.#peekNonSpace()
    const args: Operand[] = []
    for (;;) {
      this.#peekNonSpace()
      const operand = this.#operand()
      if (operand !== undefined) args.push(operand)
      const token = this.#next()
      if (token.kind === 'space') continue
      if (token.kind === 'rightDelim' || token.kind === 'rightParen') this.#back(token)
      else if (token.kind !== 'pipe') throw this.#unexpected(token, 'operand')
      break
    }
    if (args.length === 0) throw this.#fail('empty command')
    return { at, args: exact(args) }
  }

  #operand(): Operand | undefined {
    const node = this.#term()
    if (node === undefined || this.#peek().kind !== 'field') return node
    const { at } = this.#peek()
    const path: ByteString[] = []
    while (this.#peek().kind === 'field') path.push(this.#next().text.slice(1))
    if (node.kind === 'field' || node.kind === 'variable') {
      return { ...node, at, path: [...node.path, ...path] }
    }
    if (isConstant(node)) throw this.#fail(`unexpected . after term ${termText(node)}`)
    return { kind: 'chain', at, node, path }
  }

  #term(): Operand | undefined {
    const token = this.#nextNonSpace()
    const { at, text } = token
    switch (token.kind) {
      case 'identifier':
        this.#checkFunction(text)
        return { kind: 'identifier', at, name: text }
      case 'dot':
      case 'nil':
        return { kind: token.kind, at }
      case 'variable':
        if (!this.#variables.includes(text)) {
          throw this.#fail(`undefined variable ${JSON.stringify(text)}`, 'no-variable', token)
        }
        return { kind: 'variable', at, name: text, path: [] }
      case 'field':
        return { kind: 'field', at, path: [text.slice(1)] }
      case 'bool':
        return { kind: 'bool', at, value: text === 'true' }
      case 'charConstant':
      case 'complex':
      case 'number': {
        const number = parseNumber(text, at, token.kind)
        if (typeof number === 'string') throw this.#fail(number)
        return number
      }
      case 'leftParen':
        return this.#parenthesized()
      case 'string':
      case 'rawString': {
        const value = unquote(text)
        if (value === undefined) throw this.#fail('invalid syntax')
        return { kind: 'string', at, value }
      }
      default:
        this.#back(token)
        return undefined
    }
  }

  #parenthesized(): PipeNode {
    this.#nesting++
    if (this.#nesting > this.#options.maxNesting) throw this.#fail('nested too deeply', 'limit')
    const pipe = this.#pipeline('parenthesized pipeline', 'rightParen')
    this.#nesting--
    return pipe
  }

  #checkFunction(name: ByteString): void {
    const found = this.#options.hasFunction(name)
    if (found === true) return
    if (found === false) {
      throw this.#fail(`function ${JSON.stringify(name)} not defined`, 'no-function')
    }
    throw this.#fail(`function ${JSON.stringify(name)} is not supported yet`, 'unsupported')
  }
}

const startsOperand: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'bool',
  'charConstant',
  'complex',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'rawString',
  'string',
  'variable',
  'leftParen',
])

function isConstant(node: Operand | undefined): boolean {
  return node !== undefined && ['bool', 'dot', 'nil', 'number', 'string'].includes(node.kind)
}

function termText(node: Operand): string {
  if (node.kind === 'number') return JSON.stringify(node.text)
  return node.kind === 'dot' ? '"."' : node.kind
}

/** A token as Go's errors name it: at most ten characters of it. */
function describe(token: Token): string {
  if (token.kind === 'eof') return 'EOF'
  if (isKeyword(token.kind) || token.kind === 'nil') return `<${token.text}>`
  if (token.kind === 'dot' || token.kind === 'field') {
    return token.kind === 'dot' ? '<.>' : shortQuote(token.text)
  }
  return shortQuote(token.text)
}

function shortQuote(text: ByteString): string {
  return text.length > 10 ? `${JSON.stringify(text.slice(0, 10))}...` : JSON.stringify(text)
}
