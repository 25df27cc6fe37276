import { stringifyJson, type JsonObject } from '#base'

/**
 * Text of objects as kubeseal prints them: JSON indented by two, one behind the other; or YAML
 * with sorted keys, each document behind `---`.
 */
export async function printDocuments(
  documents: readonly JsonObject[],
  format: 'json' | 'yaml',
): Promise<string> {
  if (format === 'json') {
    return documents.map((document) => `${stringifyJson(document, 2)}\n`).join('')
  }
  const { stringify } = await import('yaml')
  const options = {
    // Quotes what YAML 1.1 readers, Kubernetes among them, would take for a boolean or a number.
    version: '1.1',
    sortMapEntries: true,
    indentSeq: false,
    lineWidth: 0,
    aliasDuplicateObjects: false,
  } as const
  return documents.map((document) => `---\n${stringify(document, options)}`).join('')
}

/** An object with these fields in this order, without those that are undefined. */
export function ordered(fields: readonly (readonly [string, unknown])[]): JsonObject {
  // A null prototype, so that a user's `__proto__` key is a key like any other.
  const object = Object.create(null) as Record<string, unknown>
  for (const [name, value] of fields) if (value !== undefined) object[name] = value
  return object
}

/** A map with sorted keys, or undefined when it is empty. */
export function sortedMap<T>(
  map: ReadonlyMap<string, T> | Readonly<Record<string, T>>,
): JsonObject | undefined {
  const entries = map instanceof Map ? [...map] : Object.entries(map as Record<string, T>)
  if (entries.length === 0) return undefined
  return ordered(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}
