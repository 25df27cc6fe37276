import { Fault, limits } from '#base'

import { Composer, type Node } from './compose.ts'
import { YamlProblem, type Mark } from './problem.ts'
import { resolvePlain, resolveTagged, type YamlScalar } from './scalar.ts'
import { goSyntax, jsonOf, NotJson, YamlMap, type YamlValue } from './values.ts'

/** How a YAML text is to be read. */
export interface YamlOptions {
  /** Refuse equal keys in one map, as `kubectl apply` does; else the last one wins. */
  readonly strict?: boolean
  /** Aliases followed in one document; default `limits.yamlAliases`. */
  readonly maxAliases?: number
  /** Give booleans and numbers as text, as reading into a map of strings does. */
  readonly asText?: boolean
  /** Nesting of one document; default `limits.nesting`. */
  readonly maxNesting?: number
}

/** One document of a YAML text. */
export interface YamlDocument {
  /** JSON: plain objects with own keys only, arrays, BigNumber beyond 2^53. */
  readonly value: unknown
  /** Line on which its content begins; the first is 1. */
  readonly line: number
}

/**
 * Reads YAML as Kubernetes does (YAML 1.1: `yes` and `on` are booleans, `010` is 8): all documents
 * that hold something.
 *
 * @throws Fault InvalidManifest with line and column, TooLarge beyond the bounds; never quotes a value.
 */
export function parseKubeYaml(text: string, options: YamlOptions = {}): unknown[] {
  return parseYamlDocuments(text, options)
    .map((document) => document.value)
    .filter((value) => value !== null)
}

/** {@link parseKubeYaml} with the line on which each document begins, empty documents included. */
export function parseYamlDocuments(text: string, options: YamlOptions = {}): YamlDocument[] {
  return faulting(() => {
    const composer = composerOf(text, options)
    const documents: YamlDocument[] = []
    for (let root = composer.next(); root !== undefined; root = composer.next()) {
      documents.push({ value: valueOf(root, options), line: root.start.line + 1 })
    }
    return documents
  })
}

/** Reads the first document only, as a single object or template output is read. */
export function parseYaml(text: string, options: YamlOptions = {}): unknown {
  return faulting(() => firstOf(text, options))
}

/**
 * {@link parseYaml} with the peer's own sentence where it fails: for a place where that sentence
 * is the answer. It may hold parts of the text.
 */
export function decodeYaml(
  text: string,
  options: YamlOptions = {},
):
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly sentence: string } {
  try {
    return { ok: true, value: firstOf(text, options) }
  } catch (thrown) {
    if (thrown instanceof NotJson) return { ok: false, sentence: thrown.peerWhat }
    if (thrown instanceof YamlProblem) return { ok: false, sentence: `yaml: ${thrown.peerText}` }
    if (thrown instanceof Fault) return { ok: false, sentence: thrown.message }
    throw thrown
  }
}

function firstOf(text: string, options: YamlOptions): unknown {
  const root = composerOf(text, options).next()
  return root === undefined ? null : valueOf(root, options)
}

function valueOf(root: Node, options: YamlOptions): unknown {
  const reader = new Reader(options)
  const value = reader.read(root)
  return jsonOf(value, options.asText ?? false, reader.infiniteAt)
}

function composerOf(text: string, { maxNesting = limits.nesting }: YamlOptions): Composer {
  return new Composer(text, maxNesting, () =>
    tooLarge(`YAML is nested deeper than ${maxNesting} levels`),
  )
}

function faulting<T>(read: () => T): T {
  try {
    return read()
  } catch (thrown) {
    if (!(thrown instanceof YamlProblem)) throw thrown
    const { line, column } = thrown.mark
    const where = thrown.finder === 'reader' ? '' : `, column ${column + 1}`
    const text = `yaml: line ${line + 1}${where}: ${thrown.message}`
    throw new Fault('InvalidManifest', text)
  }
}

function tooLarge(what: string): Fault {
  return new Fault('TooLarge', what)
}

/** Turns the nodes of one document into values, keys of any type included. */
class Reader {
  readonly #strict: boolean
  readonly #maxNesting: number
  readonly #open = new Set<Node>()
  #aliasesLeft: number
  /** Where the first number stands that JSON cannot hold. */
  infiniteAt: Mark | undefined

  constructor(options: YamlOptions) {
    this.#strict = options.strict ?? false
    this.#aliasesLeft = options.maxAliases ?? limits.yamlAliases
    this.#maxNesting = options.maxNesting ?? limits.nesting
  }

  read(root: Node): YamlValue {
    return this.#node(root, 0)
  }

  #fail(node: Node, what: string, peerWhat: string = what): YamlProblem {
    return new YamlProblem('decoder', node.start, what, peerWhat)
  }

  #node(node: Node, depth: number): YamlValue {
    if (depth > this.#maxNesting) {
      throw tooLarge(`YAML is nested deeper than ${this.#maxNesting} levels`)
    }
    switch (node.kind) {
      case 'alias':
        return this.#followed(node, (target) => this.#node(target, depth + 1))
      case 'list':
        return node.items.map((item) => this.#node(item, depth + 1))
      case 'map': {
        const map = new YamlMap()
        this.#fill(map, node.pairs, depth)
        return map
      }
      case 'scalar': {
        const value = this.#scalar(node)
        const isInfinite = typeof value === 'number' && !Number.isFinite(value)
        if (isInfinite) this.infiniteAt ??= node.start
        return value
      }
    }
  }

  #followed<T>(node: Node & { readonly kind: 'alias' }, use: (target: Node) => T): T {
    this.#aliasesLeft--
    if (this.#aliasesLeft < 0) throw tooLarge('YAML follows too many aliases')
    if (this.#open.has(node)) {
      const peer = `anchor '${node.name}' value contains itself`
      throw this.#fail(node, 'the value of an anchor contains itself', peer)
    }
    this.#open.add(node)
    const value = use(node.target)
    this.#open.delete(node)
    return value
  }

  #scalar(node: Node & { readonly kind: 'scalar' }): YamlScalar {
    const { tag, text, isImplicit } = node
    if (tag === '') return isImplicit ? resolvePlain(text) : text
    const resolved = resolveTagged(tag, text)
    if (!resolved.ok) throw this.#fail(node, 'a value does not fit its tag', resolved.why)
    return resolved.value
  }

  #fill(map: YamlMap, pairs: readonly (readonly [Node, Node])[], depth: number): void {
    for (const [keyNode, valueNode] of pairs) {
      if (isMergeKey(keyNode)) {
        this.#merge(map, valueNode, depth)
        continue
      }
      const key = this.#key(keyNode, depth)
      const value = this.#node(valueNode, depth + 1)
      if (this.#strict && map.has(key)) {
        throw this.#fail(keyNode, `key ${JSON.stringify(String(key))} already set in map`)
      }
      map.set(key, { value, start: keyNode.start })
    }
  }

  #key(node: Node, depth: number): YamlScalar {
    if (node.kind === 'alias') return this.#followed(node, (target) => this.#key(target, depth + 1))
    if (node.kind === 'scalar') return this.#scalar(node)
    const value = this.#node(node, depth + 1)
    throw this.#fail(node, 'a key must be a plain value', `invalid map key: ${goSyntax(value)}`)
  }

  /** `<<`: entries of another map, or of several, of which earlier ones win. */
  #merge(map: YamlMap, from: Node, depth: number, isInList = false): void {
    if (from.kind === 'map') return this.#fill(map, from.pairs, depth + 1)
    if (from.kind === 'alias' && from.target.kind === 'map') {
      return this.#followed(from, (target) => this.#merge(map, target, depth + 1))
    }
    if (from.kind !== 'list' || isInList || depth > this.#maxNesting) {
      throw this.#fail(from, 'map merge requires map or sequence of maps as the value')
    }
    for (const item of from.items.toReversed()) this.#merge(map, item, depth + 1, true)
  }
}

function isMergeKey(key: Node): boolean {
  if (key.kind !== 'scalar' || key.text !== '<<') return false
  return key.isImplicit || key.tag === 'tag:yaml.org,2002:merge'
}
