import type { Core } from '../core.ts'
import { nowText } from '../core.ts'
import type { CustomVersion, ColumnDefinition } from '../kinds/custom.ts'
import type { Kind, Subresource } from '../kinds/kind.ts'
import { equalJson } from '#base'
import { afterUpdate } from '../managed/manager.ts'
import { ownership } from '../verbs/write.ts'
import { drop, get, isFielded, listAt, textAt, type Fielded, type Obj } from '../object.ts'
import type { Shape } from '../kinds/shape.ts'
import type { Schema } from '../schema/schema.ts'
import { approvalSaid } from '../rules/definition.ts'
import { shapeOfSchema } from '../schema/to-shape.ts'
import type { LogEvent } from '../storage/store.ts'
import { createHash } from 'node:crypto'

const bucket = 'customresourcedefinitions.apiextensions.k8s.io'

/** What may be done with objects whose definition goes away. */
const lastVerbs = ['delete', 'deletecollection', 'get', 'list', 'watch']
const verbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch']

/** How long kube-apiserver goes on serving a kind as it was, in milliseconds; measured. */
const servedOnMs = 1000

/** Serves the kinds of every definition in the store, and tells each what has become of it. */
export function startDefinitions(core: Core): () => void {
  const timers = new Set<{ cancel(): void }>()
  const stop = core.store.subscribe(bucket, (event) => {
    if (isServedAnew(event)) {
      const timer = core.env.clock.timer(servedOnMs, () => {
        timers.delete(timer)
        endWatches(core, event.entry.object)
      })
      timers.add(timer)
    }
    const definition = event.entry.object
    const name = definition.metadata.name ?? ''
    if (event.type === 'DELETED') core.kinds.setCustom(name, [])
    else {
      const isReady = isEstablished(definition)
      core.kinds.setCustom(name, isReady ? kindsOf(core, definition) : [])
      judgeNames(core, definition)
    }
    for (const other of othersOf(core, definition)) {
      if (!hasAllNames(other)) judgeNames(core, other)
    }
  })
  return () => {
    stop()
    for (const timer of timers) timer.cancel()
  }
}

// Labels and conditions of a definition change nothing for those who watch its kind.
function isServedAnew({ type, entry, previous }: LogEvent): boolean {
  if (type === 'DELETED') return true
  if (previous === undefined || !isEstablished(previous.object)) return false
  const [before, now] = [previous.object, entry.object]
  const names = (definition: Obj): unknown => get(definition, 'status', 'acceptedNames')
  return !equalJson(before['spec'], now['spec']) || !equalJson(names(before), names(now))
}

// Who goes on from an older version is told 410: a server's memory of a kind goes with how it was served.
function endWatches({ store, customWatches }: Core, definition: Obj): void {
  const name = definition.metadata.name ?? ''
  store.reopen(name)
  for (const end of customWatches.get(name) ?? []) end()
}

function isTrue(definition: Obj, type: string): boolean {
  return listAt(definition, 'status', 'conditions').some(
    (one) => textAt(one, 'type') === type && textAt(one, 'status') === 'True',
  )
}

function isEstablished(definition: Obj): boolean {
  return isTrue(definition, 'Established')
}

function hasAllNames(definition: Obj): boolean {
  return isTrue(definition, 'NamesAccepted')
}

/** The definitions of the same group, newest state. */
function othersOf(core: Core, definition: Obj): Obj[] {
  const group = textAt(definition, 'spec', 'group')
  const { name } = definition.metadata
  return Array.from(core.store.entries(bucket), ([, { object }]) => object).filter(
    (one) => one.metadata.name !== name && textAt(one, 'spec', 'group') === group,
  )
}

interface Names {
  readonly accepted: Fielded
  /** Why not all that were asked for. */
  readonly conflict: { readonly reason: string; readonly message: string } | undefined
}

// Of two definitions in a group that want one name, it is the earlier one's.
function namesFor(definition: Obj, others: readonly Obj[]): Names {
  const taken = others.map((one) => get(one, 'status', 'acceptedNames'))
  const held = get(definition, 'status', 'acceptedNames')
  const wanted = get(definition, 'spec', 'names')
  const resources = taken.flatMap((one) => [
    textAt(one, 'plural'),
    textAt(one, 'singular'),
    ...listAt(one, 'shortNames'),
  ])
  const kinds = taken.flatMap((one) => [textAt(one, 'kind'), textAt(one, 'listKind')])
  const accepted: Fielded = { plural: '', kind: '', ...(isFielded(held) ? held : {}) }
  let conflict: Names['conflict']
  const inUse = (names: readonly unknown[]): string =>
    names.map((one) => `${JSON.stringify(one)} is already in use`).join(', ')
  const claim = (part: string, reason: string, all: readonly unknown[]): void => {
    const name = textAt(wanted, part)
    if (name === textAt(held, part)) return
    if (all.includes(name)) conflict = { reason, message: inUse([name]) }
    else accepted[part] = name
  }
  claim('plural', 'PluralConflict', resources)
  claim('singular', 'SingularConflict', resources)
  const own = listAt(held, 'shortNames')
  const lost = listAt(wanted, 'shortNames').filter(
    (one) => !own.includes(one) && resources.includes(one),
  )
  const message = inUse(lost)
  if (lost.length > 0) {
    conflict = {
      reason: 'ShortNamesConflict',
      message: lost.length === 1 ? message : `[${message}]`,
    }
  } else copyList(wanted, accepted, 'shortNames')
  claim('kind', 'KindConflict', kinds)
  claim('listKind', 'ListKindConflict', kinds)
  copyList(wanted, accepted, 'categories')
  return { accepted, conflict }
}

function copyList(from: unknown, to: Fielded, key: string): void {
  const list = listAt(from, key)
  if (list.length > 0) to[key] = list
  else drop(to, key)
}

function judgeNames(core: Core, definition: Obj): void {
  const { accepted, conflict } = namesFor(definition, othersOf(core, definition))
  const held = get(definition, 'status')
  const now = nowText(core)
  const names =
    conflict === undefined
      ? { status: 'True', reason: 'NoConflicts', message: 'no conflicts found' }
      : { status: 'False', ...conflict }
  const established = isEstablished(definition)
    ? undefined
    : conflict === undefined
      ? {
          status: 'True',
          reason: 'InitialNamesAccepted',
          message: 'the initial names have been accepted',
        }
      : { status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' }
  const named = withCondition(listAt(held, 'conditions'), 'NamesAccepted', names, now)
  const conditions = withCondition(
    withCondition(named, 'Established', established, now),
    'KubernetesAPIApprovalPolicyConformant',
    approvalSaid(definition),
    now,
  )
  const status = { ...(isFielded(held) ? held : {}), conditions, acceptedNames: accepted }
  if (equalJson(status, held)) return
  const next: Obj = { ...definition, metadata: { ...definition.metadata }, status }
  own(core, definition, next)
  core.store.put(bucket, next)
}

interface Said {
  readonly status: string
  readonly reason: string
  readonly message: string
}

// A condition that says what it said before keeps its time.
function withCondition(
  conditions: readonly unknown[],
  type: string,
  said: Said | undefined,
  now: string,
): readonly unknown[] {
  if (said === undefined) return conditions
  const held = conditions.find((one) => textAt(one, 'type') === type)
  const isSame = (Object.keys(said) as (keyof Said)[]).every(
    (key) => textAt(held, key) === said[key],
  )
  if (held !== undefined && isSame) return conditions
  const sameStatus = textAt(held, 'status') === said.status
  const time = sameStatus ? textAt(held, 'lastTransitionTime') : now
  const next = { type, lastTransitionTime: time, ...said }
  return held === undefined
    ? [...conditions, next]
    : conditions.map((one) => (one === held ? next : one))
}

// The status is the server's own writing.
function own(core: Core, before: Obj, next: Obj): void {
  const kind = core.kinds.byKind(next.apiVersion, next.kind)
  if (kind === undefined || before.metadata.managedFields === undefined) return
  const writer = {
    manager: 'kube-apiserver',
    operation: 'Update' as const,
    apiVersion: next.apiVersion,
    subresource: 'status',
  }
  const entries = afterUpdate(before, next, writer, ownership(core, kind, 'status'))
  if (entries.length > 0) next.metadata.managedFields = entries
}

function kindsOf(core: Core, definition: Obj): Kind[] {
  const group = textAt(definition, 'spec', 'group')
  const names = get(definition, 'status', 'acceptedNames')
  const plural = textAt(names, 'plural')
  const storage = listAt(definition, 'spec', 'versions').find((one) => get(one, 'storage') === true)
  const storedAs = `${group}/${textAt(storage, 'name')}`
  core.store.open(`${plural}.${group}`, true)
  return listAt(definition, 'spec', 'versions')
    .filter((version) => get(version, 'served') === true)
    .map((version) => kindOf(definition, version, group, names, plural, storedAs, storage))
}

function storageHash(kind: string): string {
  return createHash('sha256').update(kind).digest().subarray(0, 8).toString('base64')
}

// Names what to use instead: the newest version that is served and not deprecated, if it is newer.
function deprecation(definition: Obj, group: string, version: string, kind: string): string {
  const better = listAt(definition, 'spec', 'versions')
    .filter((one) => get(one, 'served') === true && get(one, 'deprecated') !== true)
    .map((one) => textAt(one, 'name'))
    .sort((a, b) => (isNewerVersion(a, b) ? -1 : 1))
    .find((name) => isNewerVersion(name, version))
  const instead = better === undefined ? '' : `; use ${group}/${better} ${kind}`
  return `${group}/${version} ${kind} is deprecated${instead}`
}

// v2 > v1 > v2beta1 > v1beta2 > v1alpha1 > anything else, by its letters.
function isNewerVersion(a: string, b: string): boolean {
  const rank = (name: string): readonly number[] => {
    const [, major = '0', stage, minor = '0'] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(name) ?? []
    const stages = { alpha: 1, beta: 2 } as const
    const isOdd = !/^v\d+(?:(?:alpha|beta)\d+)?$/.test(name)
    const level = isOdd ? 0 : stage === undefined ? 3 : stages[stage as keyof typeof stages]
    return [level, Number(major), Number(minor)]
  }
  const [ours, theirs] = [rank(a), rank(b)]
  for (const [i, part] of ours.entries()) {
    if (part !== theirs[i]) return part > (theirs[i] ?? 0)
  }
  return false
}

function kindOf(
  definition: Obj,
  version: unknown,
  group: string,
  names: unknown,
  plural: string,
  storedAs: string,
  storage: unknown,
): Kind {
  const kind = textAt(names, 'kind')
  const versionName = textAt(version, 'name')
  const schema = get(version, 'schema', 'openAPIV3Schema') as Schema | undefined
  const subresources = new Map<string, Subresource>()
  const sub = (name: string, of: string, g: string, v: string): void =>
    void subresources.set(name, {
      name,
      kind: of,
      group: g,
      version: v,
      verbs: ['get', 'patch', 'update'],
      shapeName: '',
    })
  const hasStatus = get(version, 'subresources', 'status') !== undefined
  if (hasStatus) sub('status', kind, group, versionName)
  const scale = get(version, 'subresources', 'scale')
  if (isFielded(scale)) sub('scale', 'Scale', 'autoscaling', 'v1')
  // Made when the first object comes: of a definition that nobody uses it would be most of the work.
  let shape: Shape | undefined
  const custom: CustomVersion = {
    definition: definition.metadata.name ?? '',
    schema,
    storedSchema:
      version === storage
        ? undefined
        : (get(storage, 'schema', 'openAPIV3Schema') as Schema | undefined),
    hasStatus,
    scale: isFielded(scale)
      ? {
          spec: textAt(scale, 'specReplicasPath'),
          status: textAt(scale, 'statusReplicasPath'),
          selector: textAt(scale, 'labelSelectorPath') || undefined,
        }
      : undefined,
    columns: listAt(version, 'additionalPrinterColumns') as readonly ColumnDefinition[],
    selectable: listAt(version, 'selectableFields').map((one) =>
      textAt(one, 'jsonPath').replace(/^\./, ''),
    ),
    deprecationWarning:
      get(version, 'deprecated') === true
        ? textAt(version, 'deprecationWarning') || deprecation(definition, group, versionName, kind)
        : undefined,
    ...(isTrue(definition, 'Terminating') ? { shownVerbs: lastVerbs } : {}),
    preserveUnknownFields: get(definition, 'spec', 'preserveUnknownFields') === true,
  }
  return {
    group,
    version: versionName,
    plural,
    singular: textAt(names, 'singular') || kind.toLowerCase(),
    kind,
    listKind: textAt(names, 'listKind') || `${kind}List`,
    namespaced: textAt(definition, 'spec', 'scope') === 'Namespaced',
    verbs,
    shortNames: listAt(names, 'shortNames') as readonly string[],
    categories: listAt(names, 'categories') as readonly string[],
    get storageVersionHash() {
      return storageHash(`${storedAs}/${kind}`) // only discovery asks
    },
    subresources,
    bucket: `${plural}.${group}`,
    storedAs,
    shape: () => (shape ??= shapeOfSchema(schema)),
    shapeName: '',
    custom,
  }
}
