/** `dataFrom[].rewrite`: the operations on keys, in order, each on the result of the one before. */
import type { Rewrite, RewriteMerge } from '#api'
import { Fault, faultOf, isObject, parseJson, textIfUtf8, utf8 } from '#base'
import { goString, goText, type DataMap } from '#go'
import { jsonText, plainValue } from './json-values.ts'
import { regexpOf } from './regexp.ts'

/** Renders `transform.template` for one key. @throws Fault */
export type Transform = (template: string, key: string) => string

/** Applies all operations. @throws Fault, in the peer's words, that quotes no value. */
export function rewriteKeys(
  operations: readonly Rewrite[],
  values: DataMap,
  transform: Transform,
): DataMap {
  let rewritten = values
  for (const [index, operation] of operations.entries()) {
    try {
      rewritten = rewriteOnce(operation, rewritten, transform)
    } catch (thrown) {
      throw faultOf(thrown).within(`failed rewrite operation[${index}]`)
    }
  }
  return rewritten
}

function rewriteOnce(operation: Rewrite, values: DataMap, transform: Transform): DataMap {
  if (operation.merge !== undefined) return merged(operation.merge, values)
  if (operation.regexp !== undefined) {
    const { source, target } = operation.regexp
    const regexp = regexpOf(source, 'regexp failed with failed to compile')
    const rename = (key: string): string =>
      goText(regexp.replaceAll(goString(key), goString(target)))
    return renamed(values, rename)
  }
  const template = operation.transform?.template
  if (template === undefined) return values
  return renamed(values, (key) => transform(template, key))
}

/** Of keys that meet, the last by name wins; the peer leaves that to chance. */
function renamed(values: DataMap, rename: (key: string) => string): DataMap {
  const out = new Map<string, Uint8Array>()
  for (const [key, value] of inOrder(values)) out.set(rename(key), value)
  return out
}

function inOrder(values: DataMap): readonly (readonly [string, Uint8Array])[] {
  return [...values].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** DataMap that are JSON objects, put together: later wins, the keys of `priority` last of all. */
function merged(operation: RewriteMerge, values: DataMap): DataMap {
  const { into = '', strategy = 'Extract', conflictPolicy = 'Error' } = operation
  const document = new Map<string, unknown>()
  const conflicts: string[] = []
  for (const key of mergeOrder(operation, values)) {
    for (const [name, value] of Object.entries(objectIn(values.get(key)))) {
      if (document.has(name)) conflicts.push(name)
      document.set(name, value)
    }
  }
  if (conflictPolicy === 'Error' && conflicts.length > 0) {
    const names = [...new Set(conflicts)].sort().join(', ')
    throw new Fault('InvalidAnswer', `merge failed with conflicts: ${names}`)
  }
  if (strategy === 'Extract') {
    return new Map([...document].map(([name, value]) => [name, utf8(plainValue(value))]))
  }
  if (into === '') {
    throw new Fault('InvalidSpec', "merge failed with missing 'into' field", {
      hint: 'Name the key of the merged document in rewrite.merge.into.',
    })
  }
  // As the peer does: the merged entries stay beside the document.
  return new Map([...values, [into, utf8(jsonText(Object.fromEntries(document)))]])
}

function mergeOrder(operation: RewriteMerge, values: DataMap): readonly string[] {
  const { priority = [], priorityPolicy = 'Strict' } = operation
  const named = priority.filter((key) => {
    if (values.has(key)) return true
    if (priorityPolicy === 'IgnoreNotFound') return false
    throw new Fault('InvalidAnswer', `merge failed with key "${key}" not found in input map`)
  })
  const rest = inOrder(values).flatMap(([key]) => (named.includes(key) ? [] : [key]))
  return [...rest, ...named]
}

function objectIn(value: Uint8Array | undefined): Readonly<Record<string, unknown>> {
  const text = value === undefined ? undefined : textIfUtf8(value)
  const failed = 'merge failed with failed to unmarshal JSON'
  if (text === undefined) throw new Fault('InvalidAnswer', `${failed}: not valid UTF-8`)
  let parsed: unknown
  try {
    parsed = parseJson(text)
  } catch {
    throw new Fault('InvalidAnswer', `${failed}: not valid JSON`)
  }
  if (isObject(parsed)) return parsed
  throw new Fault('InvalidAnswer', `${failed}: not an object`)
}
