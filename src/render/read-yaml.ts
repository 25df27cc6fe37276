/**
 * Manifests as text to documents, as kustomize reads them: YAML 1.2 with Go's octal numbers. Not
 * kubectl's YAML 1.1 (`#go`'s parseKubeYaml), in which the key `n` is a boolean: what is synced from
 * Git was always read by kustomize.
 */
import { LineCounter, parseAllDocuments, type Document, type ScalarTag } from 'yaml'
import { BigNumber, limits, textIfUtf8 } from '#base'

export type YamlDocument =
  | { readonly kind: 'value'; readonly line: number; readonly value: unknown }
  | { readonly kind: 'broken'; readonly line: number; readonly message: string }

// `defaultMode: 0644` is what everybody writes; YAML 1.2 alone would read it as a decimal number.
const goOctal: ScalarTag = {
  identify: () => false,
  default: true,
  tag: 'tag:yaml.org,2002:int',
  format: 'GO_OCT',
  test: /^[-+]?0[0-7]+$/,
  resolve: (text) => {
    const digits = BigInt(`0o${text.replace(/^[-+]/, '')}`)
    return text.startsWith('-') ? -digits : digits
  },
}

/** All documents of a file, empty ones left out. Each mistake gives one `broken`. */
export function readYaml(bytes: Uint8Array): readonly YamlDocument[] {
  const text = textIfUtf8(bytes)
  if (text === undefined) return [{ kind: 'broken', line: 1, message: 'the file is not UTF-8' }]
  const lines = new LineCounter()
  try {
    const documents = parseAllDocuments(text.replace(/^\uFEFF/, ''), {
      lineCounter: lines,
      uniqueKeys: true,
      schema: 'core',
      version: '1.2',
      customTags: (tags) => [goOctal, ...tags],
      intAsBigInt: true,
      prettyErrors: false,
      logLevel: 'silent',
    })
    if (!Array.isArray(documents)) return []
    return documents.flatMap((document) => readDocument(document, lines))
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return [{ kind: 'broken', line: 1, message: 'the document nests too deep' }]
  }
}

function readDocument(document: Document.Parsed, lines: LineCounter): readonly YamlDocument[] {
  if (document.errors.length > 0) {
    return document.errors.map((error) => ({
      kind: 'broken',
      line: lines.linePos(error.pos[0]).line,
      message: `MalformedYAMLError: ${withoutText(error.message)}`,
    }))
  }
  const line = lines.linePos(document.contents?.range[0] ?? document.range[0]).line
  if (document.contents === null) return []
  try {
    const raw: unknown = document.toJS({ mapAsMap: true, maxAliasCount: limits.yamlAliases })
    const value = plain(raw, 0)
    return value === null ? [] : [{ kind: 'value', line, value }]
  } catch (error) {
    const message = error instanceof Unreadable ? error.message : 'too many aliases'
    return [{ kind: 'broken', line, message }]
  }
}

class Unreadable extends Error {}

/** Maps as objects whose keys are their own, whatever they are called. */
function plain(value: unknown, depth: number): unknown {
  if (depth > limits.nesting) throw new Unreadable('the document nests too deep')
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : new BigNumber(value.toString())
  }
  if (Array.isArray(value)) return value.map((entry) => plain(entry, depth + 1))
  if (!(value instanceof Map)) return value
  const object: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const [key, entry] of value as Map<unknown, unknown>) {
    object[keyText(key)] = plain(entry, depth + 1)
  }
  return object
}

function keyText(key: unknown): string {
  if (typeof key === 'string') return key
  if (typeof key === 'number' || typeof key === 'bigint' || typeof key === 'boolean') {
    return String(key)
  }
  throw new Unreadable('a mapping key is null or a collection; quote it')
}

// The first line names the mistake; what may follow quotes the file, which may hold anything.
function withoutText(message: string): string {
  const line = message.split('\n')[0] ?? ''
  return line.replace(/ at line \d+.*$/, '').replace(/:.*$/, '')
}
