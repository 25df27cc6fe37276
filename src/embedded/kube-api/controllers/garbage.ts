import type { Core } from '../core.ts'
import type { Kind } from '../kinds/kind.ts'
import type { Fields, ManagedEntry, Obj, OwnerReference } from '../object.ts'
import { entryKey, type Entry } from '../storage/store.ts'
import { deleteEntry } from '../verbs/delete.ts'
import { isFinished } from '../verbs/write.ts'
import { Later } from './later.ts'

/** Who deletes can look at what is left for a moment, as where the collector is a program of its own. */
const noticeMs = 60

/**
 * The garbage collector: deletes what all owners of are gone, drops references to owners that are
 * gone, and lets owners go that wait for their dependents (foreground) or for being forgotten by
 * them (orphan).
 */
export function startGarbage(core: Core): () => void {
  const dependents = new Map<string, Set<string>>()
  const later = new Later(core, (id) => collect(core, id, dependents), noticeMs)
  const stop = core.store.subscribeAll((event) => {
    const { object } = event.entry
    const id = idOf(event.bucket, object)
    const { uid = '', ownerReferences = [] } = object.metadata
    for (const { uid: owner } of event.previous?.object.metadata.ownerReferences ?? []) {
      dependents.get(owner)?.delete(id)
    }
    if (event.type === 'DELETED') {
      for (const dependent of dependents.get(uid) ?? []) later.ask(dependent)
      for (const owner of ownerReferences) later.ask(ownerId(core, owner, object) ?? '')
      return
    }
    for (const { uid: owner } of ownerReferences) {
      const known = dependents.get(owner)
      if (known === undefined) dependents.set(owner, new Set([id]))
      else known.add(id)
    }
    const waits = object.metadata.deletionTimestamp !== undefined
    if (ownerReferences.length > 0 || waits) later.ask(id)
    if (waits) for (const dependent of dependents.get(uid) ?? []) later.ask(dependent)
  })
  return () => {
    stop()
    later.stop()
  }
}

function idOf(bucket: string, object: Obj): string {
  return `${bucket} ${entryKey(object.metadata.namespace ?? '', object.metadata.name ?? '')}`
}

function split(id: string): readonly [string, string] {
  const space = id.indexOf(' ')
  return [id.slice(0, space), id.slice(space + 1)]
}

function kindOfBucket(core: Core, object: Obj): Kind | undefined {
  return core.kinds.byKind(object.apiVersion, object.kind)
}

function ownerKind(core: Core, owner: OwnerReference): Kind | undefined {
  return core.kinds.byKind(owner.apiVersion, owner.kind)
}

function ownerId(core: Core, owner: OwnerReference, dependent: Obj): string | undefined {
  const kind = ownerKind(core, owner)
  if (kind === undefined) return undefined
  return `${kind.bucket} ${ownerKey(kind, owner, dependent)}`
}

function ownerKey(kind: Kind, owner: OwnerReference, dependent: Obj): string {
  return entryKey(kind.namespaced ? (dependent.metadata.namespace ?? '') : '', owner.name)
}

type OwnerState = 'absent' | 'unknown' | 'foreground' | 'present'

function stateOf(core: Core, owner: OwnerReference, dependent: Obj): OwnerState {
  const kind = ownerKind(core, owner)
  // A kind that is not served proves nothing about its objects.
  if (kind === undefined) return 'unknown'
  const entry = core.store.get(kind.bucket, ownerKey(kind, owner, dependent))
  if (entry === undefined || entry.object.metadata.uid !== owner.uid) return 'absent'
  const { deletionTimestamp, finalizers = [] } = entry.object.metadata
  return deletionTimestamp !== undefined && finalizers.includes('foregroundDeletion')
    ? 'foreground'
    : 'present'
}

function collect(core: Core, id: string, dependents: Map<string, Set<string>>): void {
  const [bucket, key] = split(id)
  const entry = core.store.get(bucket, key)
  if (entry === undefined) return
  const kind = kindOfBucket(core, entry.object)
  if (kind === undefined) return
  if (releaseOwner(core, kind, entry, dependents)) return
  const { ownerReferences = [], deletionTimestamp } = entry.object.metadata
  if (ownerReferences.length === 0 || deletionTimestamp !== undefined) return
  const states = ownerReferences.map((owner) => stateOf(core, owner, entry.object))
  if (states.includes('unknown')) return
  if (states.includes('present')) {
    const left = ownerReferences.filter((_, i) => states[i] === 'present')
    const stays = states.every((state) => state !== 'absent' && state !== 'foreground')
    if (!stays) put(core, kind, entry, { ownerReferences: left })
    return
  }
  const policy = states.includes('foreground') ? 'Foreground' : 'Background'
  const { uid = '' } = entry.object.metadata
  const hasDependents = (dependents.get(uid)?.size ?? 0) > 0
  deleteEntry(core, kind, entry, {
    policy: policy === 'Foreground' && hasDependents ? policy : undefined,
  })
}

// What an owner waits for before it may go. True when it was let go.
function releaseOwner(
  core: Core,
  kind: Kind,
  entry: Entry,
  dependents: Map<string, Set<string>>,
): boolean {
  const { deletionTimestamp, finalizers = [], uid = '' } = entry.object.metadata
  if (deletionTimestamp === undefined) return false
  const ids = [...(dependents.get(uid) ?? [])]
  if (finalizers.includes('orphan')) {
    for (const id of ids) forget(core, id, uid)
    put(core, kind, entry, { finalizers: finalizers.filter((one) => one !== 'orphan') })
    return true
  }
  if (!finalizers.includes('foregroundDeletion')) return false
  const blocking = ids.some((id) => {
    const [bucket, key] = split(id)
    const held = core.store.get(bucket, key)?.object.metadata.ownerReferences ?? []
    return held.some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true)
  })
  if (blocking) return false
  put(core, kind, entry, { finalizers: finalizers.filter((one) => one !== 'foregroundDeletion') })
  return true
}

function forget(core: Core, id: string, uid: string): void {
  const [bucket, key] = split(id)
  const entry = core.store.get(bucket, key)
  if (entry === undefined) return
  const kind = kindOfBucket(core, entry.object)
  if (kind === undefined) return
  const left = (entry.object.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid)
  put(core, kind, entry, { ownerReferences: left })
}

interface Change {
  readonly ownerReferences?: OwnerReference[]
  readonly finalizers?: string[]
}

function put(core: Core, kind: Kind, entry: Entry, change: Change): void {
  const { ownerReferences, finalizers, managedFields, ...rest } = entry.object.metadata
  const owners = change.ownerReferences ?? ownerReferences ?? []
  const holds = change.finalizers ?? finalizers ?? []
  const metadata = {
    ...rest,
    ...(managedFields === undefined ? {} : { managedFields: disowned(managedFields, owners) }),
    ...(owners.length === 0 ? {} : { ownerReferences: owners }),
    ...(holds.length === 0 ? {} : { finalizers: holds }),
  }
  const next: Obj = { ...entry.object, metadata }
  if (isFinished(next)) {
    core.store.remove(kind.bucket, entryKey(metadata.namespace ?? '', metadata.name ?? ''))
  } else core.store.put(kind.bucket, next)
}

// Nobody owns the mention of an owner that is gone.
function disowned(
  entries: readonly ManagedEntry[],
  owners: readonly OwnerReference[],
): ManagedEntry[] {
  const left = new Set(owners.map(({ uid }) => `k:${JSON.stringify({ uid })}`))
  return entries.flatMap((entry) => {
    const fields = entry.fieldsV1?.['f:metadata']?.['f:ownerReferences']
    if (fields === undefined) return [entry]
    const { 'f:ownerReferences': _, ...others } = entry.fieldsV1?.['f:metadata'] ?? {}
    const kept = Object.entries(fields).filter(([key]) => key !== '.' && left.has(key))
    const own: Fields =
      kept.length === 0 ? {} : { 'f:ownerReferences': Object.fromEntries([['.', {}], ...kept]) }
    const metadata = { ...others, ...own }
    const { 'f:metadata': __, ...rest } = entry.fieldsV1 ?? {}
    const isEmpty = Object.keys(metadata).length === 0
    const fieldsV1 = isEmpty ? rest : { ...rest, 'f:metadata': metadata }
    return Object.keys(fieldsV1).length === 0 ? [] : [{ ...entry, fieldsV1 }]
  })
}
