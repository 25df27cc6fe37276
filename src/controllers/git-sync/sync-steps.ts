/** The steps of a pass, in the order they are taken: render, hold, apply, prune, health. */
import { createHash } from 'node:crypto'
import { Fault, stringifyJson, utf8 } from '#base'
import { confirmPrune, keyOf, kustomizations, type AnyObject, type Kustomization } from '#api'
import {
  applySet,
  entryOf,
  guardOf,
  isCrowd,
  ownerLabels,
  prune,
  sameEntries,
  sorted,
  unionOf,
  without as entriesWithout,
  type ApplyItem,
  type InventoryEntry,
} from '#inventory'
import type { Client } from '#kube'
import { placeOf, render } from '#render'
import { addFinalizer, hasFinalizer } from './finalizer.ts'
import type { Artifact } from './mirrors.ts'
import { fieldManager, type Pass, type SyncDeps } from './pass.ts'
import { requestOf } from './source-status.ts'
import { proofsOf } from './sync-memory.ts'
import { progressingStatus, reasonOfPhase, timeoutMsOf } from './sync-status.ts'
import { variablesFor, type ReadVariables } from './variables.ts'
import { waitHealthy, watchedOf } from './wait.ts'

/** The objects of the folder, rendered anew only when the commit or the spec is another. */
export async function rendered(
  pass: Pass,
  artifact: Artifact,
  deps: SyncDeps,
  signal: AbortSignal,
): Promise<readonly ApplyItem[]> {
  const sync = pass.object
  const variables = await readVariables(pass, deps, signal)
  const from = `${artifact.commit} ${sync.metadata.generation ?? 0} ${variables.identity}`
  if (pass.memory.rendered?.from === from) return pass.memory.rendered.items
  const spec = sync.spec
  try {
    const result = await render(
      deps.env,
      {
        mirror: artifact.mirror,
        commit: artifact.commit,
        path: spec?.path ?? '',
        ...(spec?.targetNamespace ? { targetNamespace: spec.targetNamespace } : {}),
        labels: { ...spec?.commonMetadata?.labels, ...ownerLabels(keyOf(sync)) },
        annotations: spec?.commonMetadata?.annotations ?? {},
        ...(variables.substitution === undefined ? {} : { substitution: variables.substitution }),
      },
      signal,
    )
    for (const note of result.notes) {
      deps.events.record(sync, { type: 'Warning', reason: 'FileSkipped', message: note })
    }
    const items = result.objects.map(({ origin, ...entry }) => ({
      ...entry,
      place: placeOf(origin),
    }))
    pass.memory.rendered = { from, items, isDeliberate: result.isDeliberate }
    return items
  } catch (thrown) {
    if (!(thrown instanceof Fault && thrown.reason === 'NotFound')) pass.phase = 'build'
    throw variables.isWaiting ? soon(thrown) : thrown
  }
}

async function readVariables(
  pass: Pass,
  deps: SyncDeps,
  signal: AbortSignal,
): Promise<ReadVariables> {
  const client = clientFor(pass.object, deps)
  try {
    const strict = deps.strictSubstitution
    return await variablesFor(pass.object, { client, strict }, signal)
  } catch (thrown) {
    pass.phase = 'build'
    throw thrown
  }
}

/** What is missing is made by somebody, most often at the same time: nobody should wait for an interval. */
function soon(thrown: unknown): unknown {
  if (!(thrown instanceof Fault) || thrown.reason !== 'InvalidManifest') return thrown
  return new Fault(thrown.reason, thrown.message, {
    cause: thrown,
    retry: { kind: 'backoff' },
    ...(thrown.at === undefined ? {} : { at: thrown.at }),
    ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
  })
}

/** Holds the object back from deletion before there is anything to clean up. */
export async function hold(pass: Pass, deps: SyncDeps, signal: AbortSignal): Promise<void> {
  if (!isCleanedUp(pass.object) || hasFinalizer(pass.object)) return
  const held = await addFinalizer(kustomizations, pass.object, deps.client, signal)
  pass.object = { ...pass.object, metadata: held.metadata }
}

/** Whether deleting the Kustomization deletes what it applied; never by a word that nobody knows. */
export function isCleanedUp(sync: Kustomization): boolean {
  const policy = policyOf(sync)
  if (policy === 'MirrorPrune') return sync.spec?.prune === true
  return policy === 'Delete' || policy === 'WaitForTermination'
}

/** Whether the policy is one of those in the definition, or none is given. */
export function isPolicyKnown(sync: Kustomization): boolean {
  return ['MirrorPrune', 'Delete', 'WaitForTermination', 'Orphan'].includes(policyOf(sync))
}

function policyOf(sync: Kustomization): string {
  return sync.spec?.deletionPolicy || 'MirrorPrune' // also when empty
}

/** Who the objects are written as. @throws Fault rather than write as ourselves instead. */
export function clientFor(sync: Kustomization, deps: SyncDeps): Client {
  const name = sync.spec?.serviceAccountName ?? deps.rules.defaultServiceAccount
  if (name === undefined || name === '') return deps.client
  const { namespace } = sync.metadata
  if (namespace === undefined || namespace === '') {
    throw new Fault('InternalError', 'no namespace to impersonate in') // never as ourselves instead
  }
  return deps.client.as({ user: `system:serviceaccount:${namespace}:${name}` })
}

/** Applies the set, noting it in status first. */
export async function applied(
  text: string,
  pass: Pass,
  items: readonly ApplyItem[],
  client: Client,
  deps: SyncDeps,
  signal: AbortSignal,
): Promise<void> {
  const { memory } = pass
  const result = await applySet(items, {
    discovery: deps.client,
    client,
    fieldManager,
    clock: deps.env.clock,
    proofs: proofsOf(memory, (id) => deps.drift.markerOf(text, id)),
    digestOf,
    force: pass.object.spec?.force === true,
    noteAhead: (entries) => {
      noteCrowd(pass, items)
      return noteAhead(pass, entries, deps, signal)
    },
    signal,
  })
  pass.inventory = result.entries
  pass.changes = result.changes
  deps.drift.follow(text, result.entries)
  const news = result.changes.filter(
    ({ action }) => action === 'created' || action === 'configured',
  )
  if (news.length === 0) return
  const message = news.map(({ subject, action }) => `${subject} ${action}`).join('\n')
  deps.events.record(pass.object, { type: 'Normal', reason: 'Progressing', message })
}

/**
 * Remembers that many would go before what is new joins them in the inventory: after that, also after a
 * crash, nobody could tell any more how large a part of what was there they are.
 */
function noteCrowd({ object, memory, before }: Pass, items: readonly ApplyItem[]): void {
  if (object.spec?.prune !== true || memory.crowd !== undefined) return
  const stays = items.flatMap(({ object: wanted }) => {
    const { namespace: _, ...metadata } = wanted.metadata // for kinds that turn out to have none
    return [entryOf(wanted), entryOf({ ...wanted, metadata })]
  })
  const gone = entriesWithout(before, stays)
  const guarded = isCrowd(gone, before) ? guardOf({ before, after: stays, gone }) : undefined
  memory.crowd = guarded?.message
}

/** Writes into status what is about to be applied, so that a crash leaves nothing unknown behind. */
async function noteAhead(
  pass: Pass,
  entries: readonly InventoryEntry[],
  deps: SyncDeps,
  signal: AbortSignal,
): Promise<void> {
  const known = pass.memory.inventory ?? pass.before
  const all = unionOf(known, entries)
  if (sameEntries(all, known)) return
  pass.inventory = all
  const facts = { ...pass, nowMs: deps.env.clock.now() }
  const written = await deps.status.write(
    pass.object,
    progressingStatus(pass.object, facts),
    signal,
  )
  pass.memory.inventory = all
  if (written !== 'unchanged') pass.object = written
}

/** Deletes what left the set, unless the guard wants a person's word first. */
export async function pruned(
  pass: Pass,
  client: Client,
  deps: SyncDeps,
  signal: AbortSignal,
): Promise<void> {
  const rendered = pass.inventory ?? []
  const known = pass.memory.inventory ?? pass.before
  const gone = entriesWithout(known, rendered)
  pass.inventory = sorted(rendered)
  const { memory, wasCrowd } = pass
  memory.crowd = undefined
  if (gone.length === 0 || pass.object.spec?.prune !== true) return
  const isDeliberate = pass.memory.rendered?.isDeliberate ?? false
  const going = { before: pass.before, after: rendered, gone, isDeliberate, wasCrowd }
  const guarded = guardOf(going)
  const isConfirmed = pass.object.metadata.annotations?.[confirmPrune] === pass.revision
  const held = guarded === undefined || isConfirmed ? [] : guarded.entries
  if (guarded !== undefined && isCrowd(gone, wasCrowd ? [] : pass.before)) {
    memory.crowd = guarded.message // until it is gone or wanted again
  }
  const result = await prune(entriesWithout(gone, held), {
    discovery: deps.client,
    client,
    sync: keyOf(pass.object),
    signal,
  })
  for (const entry of gone) pass.memory.proofs.delete(entry.id)
  pass.inventory = unionOf([...held, ...result.failed.map(({ entry }) => entry)], rendered)
  if (result.deleted.length > 0) {
    const message = result.deleted.map((subject) => `${subject} deleted`).join('\n')
    deps.events.record(pass.object, { type: 'Normal', reason: 'Progressing', message })
  }
  const first = result.failed[0]
  if (first !== undefined) throw first.fault.within('prune')
  if (held.length === 0 || guarded === undefined) {
    memory.crowd = undefined
    return
  }
  const { namespace = '', name } = pass.object.metadata
  // The condition says that something waits, the event what: names, as many as an event can hold.
  const message = ['a person has to confirm this prune of:', ...held.map(({ id }) => id)].join('\n')
  if (!isPruneTold(pass)) {
    deps.events.record(pass.object, { type: 'Warning', reason: 'PruneHeld', message })
  }
  throw new Fault('Forbidden', `prune held back: ${guarded.message}`, {
    hint: `if that is meant: lockstep confirm kustomization/${name} -n ${namespace}`,
  })
}

/** Whether the condition says so of this revision already: a retry tells nothing new. */
function isPruneTold({ object, revision }: Pass): boolean {
  const ready = object.status?.conditions?.find(({ type }) => type === 'Ready')
  const isHeld = ready?.message?.includes('prune held back') === true
  return isHeld && object.status?.lastAttemptedRevision === revision
}

/** Waits for health where the spec asks for it. */
export async function healthy(
  pass: Pass,
  client: Client,
  deps: SyncDeps,
  signal: AbortSignal,
): Promise<void> {
  const watched = watchedOf(pass.object, pass.inventory ?? [])
  if (watched.length === 0) return
  const { clock } = deps.env
  const startedMs = clock.monotonic()
  pass.phase = 'health'
  const options = { client, discovery: deps.client, clock, signal }
  if (!(await isHealthyNow(watched, options))) {
    if (!isKnownUnhealthy(pass)) await noteWaiting(pass, deps, signal)
    const timeoutMs = timeoutMsOf(pass.object)
    await deps.waits.during(pass.control, () => waitHealthy(watched, { ...options, timeoutMs }))
  }
  pass.healthyMs = clock.monotonic() - startedMs
}

/** A retry of what failed before says so still; only something new makes it open again. */
function isKnownUnhealthy(pass: Pass): boolean {
  const { status, metadata } = pass.object
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')
  return (
    ready?.reason === reasonOfPhase.health &&
    ready.observedGeneration === metadata.generation &&
    status?.lastAttemptedRevision === pass.revision &&
    status?.lastHandledReconcileAt === requestOf(pass.object)
  )
}

async function isHealthyNow(
  watched: Parameters<typeof waitHealthy>[0],
  options: Omit<Parameters<typeof waitHealthy>[1], 'timeoutMs'>,
): Promise<boolean> {
  try {
    await waitHealthy(watched, { ...options, timeoutMs: 0 })
    return true
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.reason === 'Timeout') return false
    throw thrown
  }
}

async function noteWaiting(pass: Pass, deps: SyncDeps, signal: AbortSignal): Promise<void> {
  const facts = { ...pass, nowMs: deps.env.clock.now() }
  const written = await deps.status.write(
    pass.object,
    progressingStatus(pass.object, facts),
    signal,
  )
  if (written !== 'unchanged') pass.object = written
}

function digestOf(object: AnyObject): string {
  return createHash('sha256')
    .update(utf8(stringifyJson(object)))
    .digest('hex')
}
