import { at, Fault, field, isObject, parseJson, textIfUtf8, type JsonObject } from '#base'

/**
 * The objects of an input: JSON objects one behind the other, or YAML documents. Empty documents
 * are passed over; what is no object, and all behind it, is not there for kubeseal either.
 *
 * @throws Fault InvalidSpec for an input that holds no object; never quotes the input.
 */
export async function readDocuments(bytes: Uint8Array): Promise<readonly JsonObject[]> {
  const text = textIfUtf8(bytes)
  const documents =
    text === undefined
      ? []
      : text.trimStart().startsWith('{')
        ? jsonDocuments(text)
        : await yamlDocuments(text)
  if (documents.length === 0) {
    throw new Fault(
      'InvalidSpec',
      'no secrets found. Ensure the input is valid and UTF-8 encoded',
      {
        hint: 'pipe a Secret in, as JSON or YAML: kubectl create secret … --dry-run=client -o yaml',
      },
    )
  }
  return documents
}

function jsonDocuments(text: string): JsonObject[] {
  const documents: JsonObject[] = []
  for (const part of jsonParts(text)) {
    let value: unknown
    try {
      value = parseJson(part)
    } catch {
      break
    }
    if (!isObject(value)) break
    documents.push(value)
  }
  return documents
}

/** The texts between balanced outer braces; a last one that is not closed is left out. */
function jsonParts(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]
    if (quoted) {
      if (letter === '\\') i++
      else if (letter === '"') quoted = false
    } else if (letter === '"') quoted = true
    else if (letter === '{' && depth++ === 0) start = i
    else if (letter === '}' && --depth === 0) parts.push(text.slice(start, i + 1))
  }
  return parts
}

// YAML 1.1 as kubectl and kubeseal read it: `yes` is true there. The parser loads only when needed:
// most input is JSON from kubectl, and start-up counts.
async function yamlDocuments(text: string): Promise<JsonObject[]> {
  const { parseAllDocuments } = await import('yaml')
  const documents: JsonObject[] = []
  const parsed = parseAllDocuments(text, { version: '1.1', merge: true, logLevel: 'silent' })
  for (const document of parsed) {
    if (document.errors.length > 0) break
    let value: unknown
    try {
      value = document.toJS({ maxAliasCount: 100 }) as unknown
    } catch {
      break
    }
    if (value === null || value === undefined) continue
    if (!isObject(value)) break
    documents.push(value)
  }
  return documents
}

/** A document's `metadata`, empty when it has none. */
export function metadataOf(document: JsonObject): JsonObject {
  const metadata = field(document, 'metadata')
  return isObject(metadata) ? metadata : {}
}

/** A text field of `metadata`; empty text counts as absent, as in Go. */
export function metadataText(document: JsonObject, name: string): string | undefined {
  const value = at(document, 'metadata', name)
  return typeof value === 'string' && value !== '' ? value : undefined
}
