/** Manifests as text to documents; the one place that reads YAML here. */
import { LineCounter, parseAllDocuments, type Document } from 'yaml'
import { limits, textIfUtf8 } from '#base'

export type YamlDocument =
  | { readonly kind: 'value'; readonly line: number; readonly value: unknown }
  | { readonly kind: 'broken'; readonly line: number; readonly message: string }

/** All documents of a file, empty ones left out. A broken file gives one `broken` for each mistake. */
export function readYaml(bytes: Uint8Array): readonly YamlDocument[] {
  const text = textIfUtf8(bytes)
  if (text === undefined) return [{ kind: 'broken', line: 1, message: 'the file is not UTF-8' }]
  const lines = new LineCounter()
  const documents = parseAllDocuments(text.replace(/^\uFEFF/, ''), {
    lineCounter: lines,
    uniqueKeys: true,
    schema: 'core',
    version: '1.2',
    prettyErrors: false,
    stringKeys: false,
  })
  if (!Array.isArray(documents)) return []
  return documents.flatMap((document) => readDocument(document, lines))
}

function readDocument(document: Document.Parsed, lines: LineCounter): readonly YamlDocument[] {
  if (document.errors.length > 0) {
    return document.errors.map((error) => ({
      kind: 'broken',
      line: lines.linePos(error.pos[0]).line,
      message: firstLine(error.message),
    }))
  }
  const line = lines.linePos(document.contents?.range[0] ?? document.range[0]).line
  if (document.contents === null) return []
  try {
    const value: unknown = plain(
      document.toJS({ mapAsMap: true, maxAliasCount: limits.yamlAliases }),
      0,
    )
    return value === null ? [] : [{ kind: 'value', line, value }]
  } catch (error) {
    const message = error instanceof TooDeep ? error.message : 'too many aliases'
    return [{ kind: 'broken', line, message }]
  }
}

class TooDeep extends Error {}

/** Maps as objects whose keys are their own, whatever they are called. */
function plain(value: unknown, depth: number): unknown {
  if (depth > limits.nesting) throw new TooDeep('the document nests too deep')
  if (value instanceof Map) {
    const object: Record<string, unknown> = Object.create(null) as Record<string, unknown>
    for (const [key, entry] of value as Map<unknown, unknown>) {
      object[String(key)] = plain(entry, depth + 1)
    }
    return object
  }
  if (Array.isArray(value)) return value.map((entry) => plain(entry, depth + 1))
  return value
}

// The first line names the mistake; what may follow quotes the file, which may hold anything.
function firstLine(message: string): string {
  const line = message.split('\n')[0] ?? ''
  return line.replace(/ at line \d+.*$/, '').replace(/:$/, '')
}
