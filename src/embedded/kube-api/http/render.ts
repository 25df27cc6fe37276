import { base64, stringifyJson } from '#base'
import type { Core } from '../core.ts'
import { apiVersionOf, type Kind } from '../kinds/kind.ts'
import { drop, type Obj } from '../object.ts'
import type { CustomVersion } from '../kinds/custom.ts'
import { TypeMismatch } from '../kinds/strict.ts'
import { withDefaults } from '../schema/default.ts'
import { prune } from '../schema/prune.ts'
import type { Schema } from '../schema/schema.ts'
import type { Entry } from '../storage/store.ts'

/** An object as one version of its kind shows it. */
export interface View {
  readonly object: Obj
  /** As JSON. */
  readonly text: string
}

// The answer to a write, its event at each watch and the next read show one version: the newest views
// are kept. Those of everything would take more memory than what is stored.
const views = new Map<Entry, LazyView>()
const mostViews = 1_000
const mostLetters = 65_536

/**
 * How `kind` shows a stored object: in its version, and with the defaults its schema has now.
 * Readers that come soon after each other share it.
 */
export function viewOf(kind: Kind, entry: Entry): View {
  const held = views.get(entry)
  if (held !== undefined && held.kind === kind) return held
  const view = new LazyView(kind, shownAs(kind, entry.object))
  views.set(entry, view)
  if (views.size > mostViews) views.delete(views.keys().next().value as Entry)
  return view
}

class LazyView implements View {
  readonly kind: Kind
  readonly object: Obj
  #text: string | undefined

  constructor(kind: Kind, object: Obj) {
    this.kind = kind
    this.object = object
  }

  get text(): string {
    if (this.#text !== undefined) return this.#text
    const text = stringifyJson(this.kind.custom === undefined ? inOrder(this.object) : this.object)
    if (text.length <= mostLetters) this.#text = text
    return text
  }
}

const metaOrder = [
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
] as const

// The order Go writes, for people who read the raw answer.
function inOrder(object: Obj): object {
  const { kind, apiVersion, metadata, ...rest } = object
  return { kind, apiVersion, metadata: inMetaOrder(metadata), ...rest }
}

/** Metadata in the order Go writes its fields. */
export function inMetaOrder(metadata: Obj['metadata']): object {
  const sorted: Record<string, unknown> = {}
  for (const name of metaOrder) if (metadata[name] !== undefined) sorted[name] = metadata[name]
  return sorted
}

function shownAs(kind: Kind, stored: Obj): Obj {
  const apiVersion = apiVersionOf(kind)
  if (kind.custom !== undefined) return customAs(kind, kind.custom, stored)
  return stored.apiVersion === apiVersion ? stored : convert(kind, { ...stored, apiVersion })
}

/** Stored objects that a schema, as it stands, takes nothing from and adds nothing to. */
const fitting = new WeakMap<Obj, Schema>()

/**
 * Notes that what is stored was read by the schema that it is stored by, with its defaults filled in: it need
 * not be looked at again before the schema changes.
 */
export function noteFitting({ custom }: Kind, stored: Obj): void {
  if (custom?.schema === undefined || custom.preserveUnknownFields) return
  if (custom.storedSchema !== undefined || lacksDefault(custom.schema, stored)) return
  fitting.set(stored, custom.schema)
}

// What is not stored, a status that its own path has yet to write, is shown with its default.
function lacksDefault({ properties = {} }: Schema, stored: Obj): boolean {
  return Object.entries(properties).some(
    ([name, inner]) => inner.default !== undefined && stored[name] === undefined,
  )
}

// What is stored is read by the schema that it is stored by, as it is now; another version shows of that
// what it knows, and adds nothing.
function customAs(kind: Kind, custom: CustomVersion, stored: Obj): Obj {
  const own = custom.storedSchema ?? custom.schema
  const read = own === undefined ? stored : readBy(own, stored)
  const apiVersion = apiVersionOf(kind)
  if (apiVersion === kind.storedAs) {
    // Stored when another version was the one to store.
    return read.apiVersion === apiVersion ? read : { ...read, apiVersion }
  }
  const shown = { ...read, apiVersion }
  return custom.schema === undefined ? shown : prunedBy(custom.schema, shown)
}

function readBy(schema: Schema, stored: Obj): Obj {
  if (fitting.get(stored) === schema) return stored
  const read = withDefaults(prunedBy(schema, stored), schema)
  if (read === stored) fitting.set(stored, schema)
  return read
}

function prunedBy(schema: Schema, object: Obj): Obj {
  const dropped: string[] = []
  try {
    const pruned = prune(object, schema, dropped) as Obj
    if (dropped.length > 0) return pruned
  } catch (error) {
    // What is in metadata of an object inside it stays as it is.
    if (!(error instanceof TypeMismatch)) throw error
  }
  return object
}

// events.k8s.io/v1 and v1 are one store; the fields have other names.
function convert(kind: Kind, object: Obj): Obj {
  if (kind.bucket !== 'events') return object
  return eventAs(kind.group, object)
}

const eventFields: readonly (readonly [string, string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
]

/** An Event under the field names of the other group. */
export function eventAs(group: string, event: Obj): Obj {
  const names = new Map(
    eventFields.map(([core, own]) => (group === '' ? [own, core] : [core, own])),
  )
  const shown = Object.fromEntries(
    Object.entries(event).map(([key, value]) => [names.get(key) ?? key, value]),
  ) as Obj
  // Each group has its own fields that are there even when empty.
  if (group === '') {
    shown['reportingComponent'] ??= ''
    shown['reportingInstance'] ??= ''
  } else {
    for (const key of ['reportingController', 'reportingInstance', 'note']) {
      if (shown[key] === '') drop(shown, key)
    }
  }
  return shown
}

/** Opaque text for `metadata.continue`. */
export function continueToken(core: Core, revision: number, start: string): string {
  void core
  const text = JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start })
  return base64(new TextEncoder().encode(text))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
}
