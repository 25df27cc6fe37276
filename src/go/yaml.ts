import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node,
  type Pair,
  type YAMLError,
} from 'yaml'

import { Fault, limits } from '#base'

import { formatGeneral } from './float.ts'
import { jsonScalar, resolvePlain, resolveTagged, type YamlScalar } from './yaml-scalar.ts'

/** How a YAML text is read. */
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
  const counter = new LineCounter()
  return read(text, counter).map((document) => {
    const reader = new Reader(document, counter, options)
    const start = document.contents?.range?.[0] ?? document.range[0]
    return { value: reader.document(), line: counter.linePos(start).line }
  })
}

/** Reads the first document only, as a single object or template output is read. */
export function parseYaml(text: string, options: YamlOptions = {}): unknown {
  return parseYamlDocuments(text, options)[0]?.value ?? null
}

// eslint-disable-next-line no-control-regex
const forbidden = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/

function read(text: string, counter: LineCounter): Document.Parsed[] {
  const control = forbidden.exec(text)
  if (control !== null) {
    const line = text.slice(0, control.index).split('\n').length
    throw invalid('control characters are not allowed', line)
  }
  try {
    return [
      ...parseAllDocuments(text, {
        schema: 'failsafe',
        version: '1.1',
        uniqueKeys: false,
        strict: true,
        logLevel: 'silent',
        prettyErrors: false,
        lineCounter: counter,
      }),
    ]
  } catch (thrown) {
    if (thrown instanceof RangeError) throw tooLarge('YAML is nested too deeply')
    throw new Fault('InvalidManifest', 'not valid YAML', { cause: thrown })
  }
}

/** What the parser's codes mean, in words that hold nothing of the document. */
const sayings: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  BAD_ALIAS: 'an alias is not valid',
  BAD_INDENT: 'the indentation is wrong',
  BLOCK_AS_IMPLICIT_KEY: 'mapping values are not allowed in this context',
  BLOCK_IN_FLOW: 'a block is not allowed inside brackets',
  MISSING_CHAR: 'a character is missing: a quote, bracket, comma or blank',
  MULTILINE_IMPLICIT_KEY: 'a key may not span lines',
  TAB_AS_INDENT: 'a tab is not allowed as indentation',
  UNEXPECTED_TOKEN: 'did not find what was expected',
}

function invalid(what: string, line: number, column?: number): Fault {
  const place = column === undefined ? `line ${line}` : `line ${line}, column ${column}`
  return new Fault('InvalidManifest', `yaml: ${place}: ${what}`)
}

function tooLarge(what: string): Fault {
  return new Fault('TooLarge', what)
}

/** Turns the nodes of one document into JSON. */
class Reader {
  readonly #document: Document.Parsed
  readonly #counter: LineCounter
  readonly #strict: boolean
  readonly #asText: boolean
  readonly #anchors = new Map<string, Node | null>()
  readonly #maxNesting: number
  #aliasesLeft: number

  constructor(document: Document.Parsed, counter: LineCounter, options: YamlOptions) {
    this.#document = document
    this.#counter = counter
    this.#strict = options.strict ?? false
    this.#asText = options.asText ?? false
    this.#aliasesLeft = options.maxAliases ?? limits.yamlAliases
    this.#maxNesting = options.maxNesting ?? limits.nesting
  }

  document(): unknown {
    const error = this.#document.errors.find((entry) => entry.code !== 'TAG_RESOLVE_FAILED')
    if (error !== undefined) {
      const { line, col } = this.#counter.linePos(error.pos[0])
      throw invalid(sayings[error.code] ?? 'not valid YAML', line, col)
    }
    return this.#node(this.#document.contents, 0)
  }

  #fail(node: Node | null, what: string): Fault {
    const { line, col } = this.#counter.linePos(node?.range?.[0] ?? 0)
    return invalid(what, line, col)
  }

  #node(node: Node | null, depth: number): unknown {
    if (depth > this.#maxNesting) {
      throw tooLarge(`YAML is nested deeper than ${this.#maxNesting} levels`)
    }
    if (node === null) return null
    if (isAlias(node)) return this.#node(this.#aliased(node.source, node), depth + 1)
    const anchor = (node as { anchor?: string }).anchor
    if (anchor !== undefined) this.#anchors.set(anchor, node)
    if (isMap(node)) {
      const object: Record<string, unknown> = {}
      this.#fill(object, node.items as Pair<Node, Node | null>[], depth, new Set())
      return object
    }
    if (isSeq(node)) return node.items.map((item) => this.#node(item as Node | null, depth + 1))
    return this.#json(node, this.#scalar(node))
  }

  #aliased(name: string, node: Node): Node | null {
    this.#aliasesLeft--
    if (this.#aliasesLeft < 0) throw tooLarge('YAML follows too many aliases')
    const target = this.#anchors.get(name)
    if (target === undefined) throw this.#fail(node, 'an alias refers to no anchor')
    return target
  }

  #scalar(node: Node): YamlScalar {
    if (!isScalar(node)) throw this.#fail(node, 'not a value')
    const text = typeof node.value === 'string' ? node.value : (node.source ?? '')
    const isPlain = node.type === 'PLAIN' || node.type === undefined
    const tag = node.tag
    if (tag !== undefined && tag !== '') {
      const value = tag === '!' ? text : resolveTagged(tag, text, isPlain)
      if (value === undefined) throw this.#fail(node, `a value does not fit its tag`)
      return value
    }
    return isPlain ? resolvePlain(text) : text
  }

  #json(node: Node, value: YamlScalar): unknown {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw this.#fail(node, 'a number that JSON cannot hold')
    }
    if (!this.#asText || value === null) return jsonScalar(value)
    return typeof value === 'number' ? formatGeneral(value) : String(value)
  }

  #fill(
    object: Record<string, unknown>,
    pairs: readonly Pair<Node, Node | null>[],
    depth: number,
    seen: Set<string>,
  ): void {
    for (const pair of pairs) {
      if (isMergeKey(pair.key)) {
        this.#merge(object, pair.value, depth)
        continue
      }
      const key = this.#key(pair.key)
      if (this.#strict && seen.has(key)) {
        throw this.#fail(pair.key, `key ${JSON.stringify(key)} already set in map`)
      }
      seen.add(key)
      setOwn(object, key, this.#node(pair.value, depth + 1))
    }
  }

  #key(node: Node | null): string {
    if (node !== null && isAlias(node)) return this.#key(this.#aliased(node.source, node))
    if (node !== null && !isScalar(node)) throw this.#fail(node, 'a key must be a plain value')
    const anchor = node?.anchor
    if (node !== null && anchor !== undefined) this.#anchors.set(anchor, node)
    const value = node === null ? null : this.#scalar(node)
    if (value === null) throw this.#fail(node, 'a key must not be null')
    if (typeof value !== 'number') return String(value)
    if (Number.isNaN(value)) return '.nan'
    if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf'
    // Float keys pass through 32 bits in the peer's conversion to JSON.
    return formatGeneral(Number(Math.fround(value).toPrecision(8)))
  }

  /** `<<`: entries of another map, or of several, of which earlier ones win. */
  #merge(object: Record<string, unknown>, from: Node | null, depth: number): void {
    const source = from !== null && isAlias(from) ? this.#aliased(from.source, from) : from
    if (isMap(source)) {
      this.#fill(object, source.items as Pair<Node, Node | null>[], depth + 1, new Set())
    } else if (isSeq(source) && depth < this.#maxNesting) {
      for (const item of [...source.items].reverse()) {
        this.#merge(object, item as Node | null, depth + 1)
      }
    } else throw this.#fail(from, 'map merge requires map or sequence of maps as the value')
  }
}

function isMergeKey(key: Node | null): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.source === '<<' && key.tag === undefined
}

/** Assigns an own property, whatever its name. */
function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') object[key] = value
  else {
    Object.defineProperty(object, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
}
