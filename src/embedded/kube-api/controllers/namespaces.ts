import { equalJson } from '#base'
import type { Core } from '../core.ts'
import { nowText } from '../core.ts'
import { resourceName, type Kind } from '../kinds/kind.ts'
import { isFielded, listAt, type Obj } from '../object.ts'
import { entryKey } from '../storage/store.ts'
import { deleteEntry } from '../verbs/delete.ts'
import { isFinished } from '../verbs/write.ts'
import { Later } from './later.ts'

/** Empties namespaces that are going away, says what is left, and when nothing is holds them no more. */
export function startNamespaces(core: Core): () => void {
  const later = new Later(core, (name) => empty(core, name))
  const stop = core.store.subscribeAll((event) => {
    const { namespace, name = '' } = event.entry.object.metadata
    if (event.bucket === 'namespaces' && event.type !== 'DELETED') {
      if (event.entry.object.metadata.deletionTimestamp !== undefined) later.ask(name)
    } else if (namespace !== undefined && isLeaving(core, namespace)) later.ask(namespace)
  })
  return () => {
    stop()
    later.stop()
  }
}

function isLeaving(core: Core, name: string): boolean {
  const entry = core.store.get('namespaces', entryKey('', name))
  return entry?.object.metadata.deletionTimestamp !== undefined
}

interface Left {
  readonly kind: Kind
  readonly objects: readonly Obj[]
}

function empty(core: Core, name: string): void {
  const entry = core.store.get('namespaces', entryKey('', name))
  if (entry?.object.metadata.deletionTimestamp === undefined) return
  const left = deleteContent(core, name)
  const next = left.length === 0 ? released(entry.object) : entry.object
  if (isFinished(next)) {
    core.store.remove('namespaces', entryKey('', name))
    return
  }
  const conditions = conditionsFor(core, entry.object, left)
  const status = { phase: 'Terminating', conditions }
  const isNews = !equalJson([next['status'], next['spec']], [status, entry.object['spec']])
  if (isNews) core.store.put('namespaces', { ...next, metadata: { ...next.metadata }, status })
}

// What this controller holds it by is taken away; what others do is theirs.
function released(namespace: Obj): Obj {
  const held = listAt(namespace, 'spec', 'finalizers')
  const others = held.filter((one) => one !== 'kubernetes')
  return { ...namespace, spec: others.length === 0 ? {} : { finalizers: others } }
}

function deleteContent(core: Core, namespace: string): Left[] {
  const left: Left[] = []
  const done = new Set<string>()
  for (const kind of core.kinds.all()) {
    if (!kind.namespaced || done.has(kind.bucket)) continue
    done.add(kind.bucket)
    const objects: Obj[] = []
    for (const [, entry] of Array.from(core.store.entries(kind.bucket, `${namespace}/`))) {
      const { gone, entry: held } = deleteEntry(core, kind, entry)
      if (!gone) objects.push(held.object)
    }
    if (objects.length > 0) left.push({ kind, objects })
  }
  return left
}

function conditionsFor(core: Core, namespace: Obj, left: readonly Left[]): object[] {
  const remaining = left
    .map(({ kind, objects }) => `${resourceName(kind)}. has ${objects.length} resource instances`)
    .sort()
    .join(', ')
  const holds = new Map<string, number>()
  for (const { objects } of left) {
    for (const object of objects) {
      for (const one of object.metadata.finalizers ?? []) holds.set(one, (holds.get(one) ?? 0) + 1)
    }
  }
  const finalizers = [...holds]
    .map(([one, count]) => `${one} in ${count} resource instances`)
    .sort()
    .join(', ')
  const held = isFielded(namespace['status']) ? namespace['status']['conditions'] : undefined
  const condition = (type: string, status: string, reason: string, message: string): object => ({
    type,
    status,
    lastTransitionTime: since(held, type, status) ?? nowText(core),
    reason,
    message,
  })
  return [
    condition(
      'NamespaceDeletionDiscoveryFailure',
      'False',
      'ResourcesDiscovered',
      'All resources successfully discovered',
    ),
    condition(
      'NamespaceDeletionGroupVersionParsingFailure',
      'False',
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ),
    condition(
      'NamespaceDeletionContentFailure',
      'False',
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ),
    condition(
      'NamespaceContentRemaining',
      remaining === '' ? 'False' : 'True',
      remaining === '' ? 'ContentRemoved' : 'SomeResourcesRemain',
      remaining === ''
        ? 'All content successfully removed'
        : `Some resources are remaining: ${remaining}`,
    ),
    condition(
      'NamespaceFinalizersRemaining',
      finalizers === '' ? 'False' : 'True',
      finalizers === '' ? 'ContentHasNoFinalizers' : 'SomeFinalizersRemain',
      finalizers === ''
        ? 'All content-preserving finalizers finished'
        : `Some content in the namespace has finalizers remaining: ${finalizers}`,
    ),
  ]
}

function since(conditions: unknown, type: string, status: string): unknown {
  if (!Array.isArray(conditions)) return undefined
  const held: unknown = conditions.find(
    (one: unknown) => isFielded(one) && one['type'] === type && one['status'] === status,
  )
  return isFielded(held) ? held['lastTransitionTime'] : undefined
}
