/** Puts our own words on the fields that Lockstep acts on, and says so where it does not. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { childrenOf, fieldsOf, type Crd, type Field, type Schema } from './schema.ts'

/** Said of a field that is served for compatibility alone. */
export const notActedOn = 'Accepted for compatibility; not acted on yet.'

/** Said of a field that is served, but that leaves an object not Ready. In the YAML: `refused`. */
export const refused =
  'Not supported yet. The status of an object that uses it says so, and nothing is changed for it.'

// `metadata` has no sentence: the API server refuses a CRD that says anything of it but its type.
const everywhere: Readonly<Record<string, string>> = {
  apiVersion: 'Group and version that this object is written in.',
  kind: 'The kind of this object.',
}

/** Sentences by path, for one kind. */
export interface Descriptions {
  /** What the kind is for. */
  readonly kind: string
  readonly fields: ReadonlyMap<string, string>
  /** Condition types with the reasons they can carry. */
  readonly conditions: readonly ConditionWords[]
}

export interface ConditionWords {
  readonly type: string
  readonly meaning: string
  readonly reasons: readonly { reason: string; status: string; when: string }[]
}

/**
 * Reads `crds/descriptions/<kind>.yaml`, and `base` before it when it names one: a kind whose fields
 * are those of another says only what differs.
 *
 * A key that begins with `*` (`*.serviceAccountRef.name`) holds wherever a path ends so, one that ends
 * with `*` (`spec.provider.*`) for every field there, where nothing more exact is said.
 */
export function readDescriptions(root: string, kind: string): Descriptions {
  const file = `${root}/crds/descriptions/${kind.toLowerCase()}.yaml`
  const own = parse(readFileSync(file, 'utf8')) as {
    kind: string
    base?: string
    fields?: Record<string, string>
    conditions?: ConditionWords[]
  }
  const base = own.base === undefined ? undefined : readDescriptions(root, own.base)
  return {
    kind: own.kind,
    fields: new Map([...(base?.fields ?? []), ...Object.entries(own.fields ?? {})]),
    conditions: own.conditions ?? base?.conditions ?? [],
  }
}

/**
 * `crd` with a description on every field that we act on, and {@link notActedOn} on the topmost
 * fields that we do not.
 *
 * @throws Error when a sentence is about a field that no version has: it was misspelt or has gone.
 */
export function describe(crd: Crd, words: Descriptions): Crd {
  const described = structuredClone(crd)
  const used = new Set<string>()
  for (const version of described.versions) {
    version.schema.description = words.kind
    for (const field of fieldsOf(version.schema)) describeField(field, words, used)
  }
  const unused = [...words.fields.keys()].filter((path) => !used.has(path))
  if (unused.length > 0) throw new Error(`${crd.names.kind} has no field ${unused.join(', ')}`)
  return described
}

/** Whether Lockstep acts on the field, judged by its description. */
export function isActedOn(schema: Schema): boolean {
  const { description } = schema
  return description !== undefined && description !== notActedOn && description !== refused
}

function describeField(field: Field, words: Descriptions, used: Set<string>): void {
  const key = keyFor(field.path, words.fields)
  const isElement = field.path.endsWith('[]') || field.path.endsWith('{}')
  if (key !== undefined) used.add(key)
  const sentence = key === undefined ? everywhere[field.path] : words.fields.get(key)
  if (sentence !== undefined) field.schema.description = sentence === 'refused' ? refused : sentence
  else if (!isElement && field.path !== 'metadata') field.schema.description = notActedOn
  if (!isElement && !isActedOn(field.schema)) return
  for (const child of childrenOf(field)) describeField(child, words, used)
}

function keyFor(path: string, fields: ReadonlyMap<string, string>): string | undefined {
  if (fields.has(path)) return path
  const parts = path.split('.')
  for (let from = 1; from < parts.length; from += 1) {
    const key = `*.${parts.slice(from).join('.')}`
    if (fields.has(key)) return key
  }
  const siblings = `${path.slice(0, path.lastIndexOf('.'))}.*`
  return fields.has(siblings) ? siblings : undefined
}
