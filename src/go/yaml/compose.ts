/** YAML's tokens as trees of nodes, one a document; and what is wrong, in the peer's words. */
import { YamlProblem, type Mark } from './problem.ts'
import { Scanner } from './scan.ts'
import type { Sign, Token } from './token.ts'

interface Common {
  readonly start: Mark
  /** In full, as in `tag:yaml.org,2002:int`; empty where none was written. */
  readonly tag: string
}

/** A node of a document. */
export type Node =
  | (Common & {
      readonly kind: 'scalar'
      readonly text: string
      /** Whether its type follows from its text: not quoted, or tagged `!`. */
      readonly isImplicit: boolean
    })
  | (Common & { readonly kind: 'list'; readonly items: readonly Node[] })
  | (Common & { readonly kind: 'map'; readonly pairs: readonly (readonly [Node, Node])[] })
  | (Common & { readonly kind: 'alias'; readonly name: string; readonly target: Node })

const standardTags: readonly (readonly [string, string])[] = [
  ['!', '!'],
  ['!!', 'tag:yaml.org,2002:'],
]

interface Properties {
  readonly start: Mark
  readonly tag: string
  readonly anchor: string | undefined
}

export class Composer {
  readonly #scanner: Scanner
  readonly #tooDeep: () => Error
  readonly #maxNesting: number
  #tags = new Map<string, string>()
  #anchors = new Map<string, Node>()
  #isFirst = true
  #depth = 0

  /**
   * @param tooDeep What to throw for a document nested deeper than `maxNesting`.
   * @throws YamlProblem for what may not stand in any YAML.
   */
  constructor(text: string, maxNesting: number, tooDeep: () => Error) {
    // As the peer does: nothing at all is a line without content.
    this.#scanner = new Scanner(text === '' ? '\n' : text)
    this.#maxNesting = maxNesting
    this.#tooDeep = tooDeep
  }

  /**
   * The next document; `undefined` behind the last. What follows a document is read only when asked for.
   *
   * @throws YamlProblem
   */
  next(): Node | undefined {
    if (!this.#isFirst) while (this.#is('document-end')) this.#scanner.take()
    const isFirst = this.#isFirst
    this.#isFirst = false
    const { kind } = this.#scanner.peek()
    if (kind === 'stream-end') return undefined
    this.#anchors = new Map()
    this.#directives()
    const hasDirectives = kind === 'version' || kind === 'tag-directive'
    const isBare = isFirst && !hasDirectives && kind !== 'document-start'
    if (!isBare) this.#expect('document-start', 'did not find expected <document start>')
    const root = !isBare && this.#endsDocument() ? this.#empty() : this.#node(true, false)
    if (this.#is('document-end')) this.#scanner.take()
    this.#tags = new Map()
    return root
  }

  #is(...kinds: readonly Token['kind'][]): boolean {
    return kinds.includes(this.#scanner.peek().kind)
  }

  #expect(kind: Sign, what: string): void {
    if (!this.#is(kind)) throw this.#fail(what)
    this.#scanner.take()
  }

  #fail(what: string, mark: Mark = this.#scanner.peek().start): YamlProblem {
    return new YamlProblem('parser', mark, what)
  }

  #endsDocument(): boolean {
    return this.#is('version', 'tag-directive', 'document-start', 'document-end', 'stream-end')
  }

  #directives(): void {
    let hasVersion = false
    for (;;) {
      const token = this.#scanner.peek()
      if (token.kind === 'version') {
        if (hasVersion) throw this.#fail('found duplicate %YAML directive')
        if (token.major !== 1 || token.minor !== 1) {
          throw this.#fail('found incompatible YAML document')
        }
        hasVersion = true
      } else if (token.kind === 'tag-directive') {
        if (this.#tags.has(token.handle)) throw this.#fail('found duplicate %TAG directive')
        this.#tags.set(token.handle, token.prefix)
      } else break
      this.#scanner.take()
    }
    for (const [handle, prefix] of standardTags) {
      if (!this.#tags.has(handle)) this.#tags.set(handle, prefix)
    }
  }

  /** A node that is not there. */
  #empty(start: Mark = this.#scanner.peek().start): Node {
    return { kind: 'scalar', start, tag: '', text: '', isImplicit: true }
  }

  #node(isInBlock: boolean, mayBeIndentless: boolean): Node {
    if (++this.#depth > this.#maxNesting) throw this.#tooDeep()
    const token = this.#scanner.peek()
    const node =
      token.kind === 'alias'
        ? this.#alias(token.name)
        : this.#content(this.#properties(), isInBlock, mayBeIndentless)
    this.#depth--
    return node
  }

  #alias(name: string): Node {
    const { start } = this.#scanner.peek()
    const target = this.#anchors.get(name)
    if (target === undefined) {
      const peer = `unknown anchor '${name}' referenced`
      throw new YamlProblem('decoder', start, 'an alias refers to no anchor', peer)
    }
    this.#scanner.take()
    return { kind: 'alias', start, tag: '', name, target }
  }

  /** Anchor and tag, in either order, at most one of each. */
  #properties(): Properties {
    const { start } = this.#scanner.peek()
    let [tag, anchor]: [string | undefined, string | undefined] = [undefined, undefined]
    for (;;) {
      const token = this.#scanner.peek()
      if (token.kind === 'anchor' && anchor === undefined) anchor = token.name
      else if (token.kind === 'tag' && tag === undefined) {
        tag = this.#tagOf(token.handle, token.suffix) ?? ''
        if (tag === '') throw this.#undefinedHandle(token.start)
      } else break
      this.#scanner.take()
    }
    return { start, tag: tag ?? '', anchor }
  }

  /** The peer reads on to the content before it looks at the handle. */
  #undefinedHandle(mark: Mark): YamlProblem {
    this.#scanner.take()
    if (this.#is('anchor')) this.#scanner.take()
    this.#scanner.peek()
    return this.#fail('found undefined tag handle', mark)
  }

  #tagOf(handle: string, suffix: string): string | undefined {
    if (handle === '') return suffix
    const prefix = this.#tags.get(handle)
    return prefix === undefined ? undefined : prefix + suffix
  }

  #content(properties: Properties, isInBlock: boolean, mayBeIndentless: boolean): Node {
    const token = this.#scanner.peek()
    const { start, tag, anchor } = properties
    switch (token.kind) {
      case 'scalar': {
        const isImplicit = tag === '!' || (tag === '' && token.isPlain)
        this.#scanner.take()
        return this.#named(anchor, { kind: 'scalar', start, tag, text: token.text, isImplicit })
      }
      case 'flow-sequence-start':
        return this.#list(properties, (items) => this.#flowList(items))
      case 'flow-mapping-start':
        return this.#map(properties, (pairs) => this.#flowMap(pairs))
      case 'block-entry':
        if (!mayBeIndentless) break
        return this.#list(properties, (items) => this.#indentlessList(items))
      case 'block-sequence-start':
        if (!isInBlock) break
        return this.#list(properties, (items) => this.#blockList(items))
      case 'block-mapping-start':
        if (!isInBlock) break
        return this.#map(properties, (pairs) => this.#blockMap(pairs))
      default:
    }
    if (anchor === undefined && tag === '') throw this.#fail('did not find expected node content')
    return this.#named(anchor, { kind: 'scalar', start, tag, text: '', isImplicit: tag === '' })
  }

  #named(anchor: string | undefined, node: Node): Node {
    if (anchor !== undefined) this.#anchors.set(anchor, node)
    return node
  }

  /** The anchor holds from the start: a list may stand in itself, which the reader then refuses. */
  #list({ start, tag, anchor }: Properties, fill: (items: Node[]) => void): Node {
    const items: Node[] = []
    const node = this.#named(anchor, { kind: 'list', start, tag, items })
    fill(items)
    return node
  }

  #map({ start, tag, anchor }: Properties, fill: (pairs: [Node, Node][]) => void): Node {
    const pairs: [Node, Node][] = []
    const node = this.#named(anchor, { kind: 'map', start, tag, pairs })
    fill(pairs)
    return node
  }

  #blockList(items: Node[]): void {
    this.#scanner.take()
    while (this.#is('block-entry')) {
      const behind = this.#behind()
      if (this.#is('block-entry', 'block-end')) items.push(this.#empty(behind))
      else items.push(this.#node(true, false))
    }
    this.#expect('block-end', "did not find expected '-' indicator")
  }

  #indentlessList(items: Node[]): void {
    while (this.#is('block-entry')) {
      const behind = this.#behind()
      const isEmpty = this.#is('block-entry', 'key', 'value', 'block-end')
      items.push(isEmpty ? this.#empty(behind) : this.#node(true, false))
    }
  }

  #blockMap(pairs: [Node, Node][]): void {
    this.#scanner.take()
    while (!this.#is('block-end')) {
      this.#expect('key', 'did not find expected key')
      const key = this.#blockPart()
      if (!this.#is('value')) pairs.push([key, this.#empty()])
      else {
        this.#scanner.take()
        pairs.push([key, this.#blockPart()])
      }
    }
    this.#scanner.take()
  }

  #blockPart(): Node {
    const isEmpty = this.#is('key', 'value', 'block-end')
    return isEmpty ? this.#empty() : this.#node(true, true)
  }

  #flowList(items: Node[]): void {
    this.#scanner.take()
    for (let isFirst = true; !this.#is('flow-sequence-end'); isFirst = false) {
      if (!isFirst) this.#expect('flow-entry', "did not find expected ',' or ']'")
      if (this.#is('flow-sequence-end')) break
      items.push(this.#is('key') ? this.#flowPair() : this.#node(false, false))
    }
    this.#scanner.take()
  }

  /** `[key: value]`: a map of one. */
  #flowPair(): Node {
    const { start } = this.#scanner.take()
    let key: Node
    if (!this.#is('value', 'flow-entry', 'flow-sequence-end')) key = this.#node(false, false)
    else {
      key = this.#empty()
      // The peer takes the sign as well, and so loses a value behind an empty key.
      this.#scanner.take()
    }
    if (!this.#is('value')) return { kind: 'map', start, tag: '', pairs: [[key, this.#empty()]] }
    this.#scanner.take()
    const isEmpty = this.#is('flow-entry', 'flow-sequence-end')
    const value = isEmpty ? this.#empty() : this.#node(false, false)
    return { kind: 'map', start, tag: '', pairs: [[key, value]] }
  }

  #flowMap(pairs: [Node, Node][]): void {
    this.#scanner.take()
    for (let isFirst = true; !this.#is('flow-mapping-end'); isFirst = false) {
      if (!isFirst) this.#expect('flow-entry', "did not find expected ',' or '}'")
      if (this.#is('flow-mapping-end')) break
      if (!this.#is('key')) {
        pairs.push([this.#node(false, false), this.#empty()])
        continue
      }
      this.#scanner.take()
      const key = this.#flowPart('value')
      if (!this.#is('value')) pairs.push([key, this.#empty()])
      else {
        this.#scanner.take()
        pairs.push([key, this.#flowPart()])
      }
    }
    this.#scanner.take()
  }

  #flowPart(...ends: readonly Sign[]): Node {
    const isEmpty = this.#is(...ends, 'flow-entry', 'flow-mapping-end')
    return isEmpty ? this.#empty() : this.#node(false, false)
  }

  /** Takes a sign. @returns The place behind it. */
  #behind(): Mark {
    const { line, column } = this.#scanner.take().start
    return { line, column: column + 1 }
  }
}
