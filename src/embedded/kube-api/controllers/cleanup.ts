import type { Core } from '../core.ts'
import { textAt } from '../object.ts'
import { cleanupFinalizer } from '../rules/definition.ts'
import { entryKey } from '../storage/store.ts'
import { deleteEntry } from '../verbs/delete.ts'
import { Later } from './later.ts'
import { inProgress, isTerminating, withTerminating } from './terminating.ts'

const bucket = 'customresourcedefinitions.apiextensions.k8s.io'

/** Deletes all objects of a definition that is going away, and then the definition. */
export function startCleanup(core: Core): () => void {
  const later = new Later(core, (name) => clean(core, name))
  const stop = core.store.subscribeAll((event) => {
    const { metadata } = event.entry.object
    if (event.bucket === bucket) {
      if (event.type !== 'DELETED' && metadata.deletionTimestamp !== undefined)
        later.ask(metadata.name ?? '')
    } else if (event.type === 'DELETED' && event.bucket.includes('.')) later.ask(event.bucket)
  })
  return () => {
    stop()
    later.stop()
  }
}

function clean(core: Core, name: string): void {
  const entry = core.store.get(bucket, entryKey('', name))
  if (entry?.object.metadata.deletionTimestamp === undefined) return
  const definition = entry.object
  if (!isTerminating(definition, inProgress)) {
    const next = withTerminating(core, definition, inProgress)
    core.store.put(bucket, { ...next, metadata: { ...definition.metadata } })
    return
  }
  const group = textAt(definition, 'spec', 'group')
  const plural = textAt(definition, 'spec', 'names', 'plural')
  const kind = core.kinds.byGroupResource(group, plural)
  let left = 0
  if (kind !== undefined) {
    for (const [, one] of Array.from(core.store.entries(kind.bucket))) {
      if (!deleteEntry(core, kind, one).gone) left++
    }
  }
  if (left > 0) return
  const finalizers = (definition.metadata.finalizers ?? []).filter(
    (one) => one !== cleanupFinalizer,
  )
  if (finalizers.length === 0) core.store.remove(bucket, entryKey('', name))
  else if (finalizers.length < (definition.metadata.finalizers ?? []).length) {
    core.store.put(bucket, { ...definition, metadata: { ...definition.metadata, finalizers } })
  }
}
