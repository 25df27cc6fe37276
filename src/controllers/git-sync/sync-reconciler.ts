/**
 * Keeps the cluster equal to a folder of a repository.
 *
 * Ensures, in order: rights and dependencies; the source's newest revision; the folder rendered; the
 * whole set tried without effect; the inventory noted; the set applied; what left it pruned; health;
 * then status. A failure anywhere leaves what was applied before as it is.
 * Woken by: the Kustomization, its source standing at another revision, its dependencies, drift of
 * what it owns, its interval. A newer revision cancels a pass under way.
 * Writes: the objects (as the service account), this object's status and finalizer, events.
 */
import { createHash } from 'node:crypto'
import { Fault, faultOf, stringifyJson, utf8, type Env } from '#base'
import {
  isDeleting,
  keyOf,
  keyText,
  kustomizations,
  parseKey,
  type AnyObject,
  type GitRepository,
  type Kustomization,
} from '#api'
import { formatGoDuration } from '#go'
import {
  applySet,
  guardOf,
  ownerLabels,
  prune,
  sameEntries,
  sorted,
  unionOf,
  without as entriesWithout,
  type Applied,
  type ApplyItem,
  type InventoryEntry,
} from '#inventory'
import type { Client } from '#kube'
import { placeOf, render } from '#render'
import { settled, type Cache, type EventRecorder, type Next, type StatusWriter } from '#runtime'
import { whyNotAllowed, whyNotReady, type Rules } from './decide.ts'
import type { DriftWatch } from './drift.ts'
import { durationMs } from './durations.ts'
import { addFinalizer, dropFinalizer, hasFinalizer } from './finalizer.ts'
import type { Artifact } from './mirrors.ts'
import { sentenceOf } from './source-status.ts'
import { proofsOf, type SyncMemories, type SyncMemory } from './sync-memory.ts'
import {
  failedSyncStatus,
  progressingStatus,
  reasonOfPhase,
  saysAlready,
  succeededStatus,
  timeoutMsOf,
  type Phase,
} from './sync-status.ts'
import { waitHealthy, watchedOf } from './wait.ts'

export interface SyncDeps {
  readonly env: Env
  readonly client: Client
  readonly syncs: Cache<Kustomization>
  readonly sources: Cache<GitRepository>
  readonly status: StatusWriter<Kustomization>
  readonly events: EventRecorder
  readonly artifacts: ReadonlyMap<string, Artifact>
  readonly memories: SyncMemories
  readonly drift: DriftWatch
  readonly rules: Rules
  /** Passes under way, so that a newer revision can cancel them. */
  readonly passes: Map<string, AbortController>
}

/** The peer's own name, so that what it applied before stays owned by the same manager. */
export const fieldManager = 'kustomize-controller'
/** Its value, the revision, lets one prune happen that the guard holds back. */
export const confirmPrune = 'lockstep.dev/confirm-prune'
const dependencyWaitMs = 30_000

/** A pass as far as it has come. */
interface Pass {
  phase: Phase
  object: Kustomization
  revision: string | undefined
  inventory: readonly InventoryEntry[] | undefined
  changes: readonly Applied[]
  healthyMs: number | undefined
  readonly before: readonly InventoryEntry[]
  readonly memory: SyncMemory
  readonly startedMs: number
}

export async function reconcileSync(
  text: string,
  deps: SyncDeps,
  signal: AbortSignal,
): Promise<Next> {
  const sync = deps.syncs.get(parseKey(text))
  if (sync === undefined) {
    deps.memories.forget(text)
    deps.drift.forget(text)
    return settled
  }
  if (isDeleting(sync)) return release(text, sync, deps, signal)
  if (sync.spec?.suspend === true) return settled
  const control = new AbortController()
  deps.passes.set(text, control)
  try {
    return await onePass(text, sync, deps, signal, AbortSignal.any([signal, control.signal]))
  } catch (thrown) {
    if (control.signal.aborted && !signal.aborted) return settled // whoever cancelled has queued it
    throw thrown
  } finally {
    deps.passes.delete(text)
  }
}

async function onePass(
  text: string,
  sync: Kustomization,
  deps: SyncDeps,
  outer: AbortSignal,
  signal: AbortSignal,
): Promise<Next> {
  const memory = deps.memories.of(text, sync.metadata.uid ?? '')
  const pass: Pass = {
    phase: 'access',
    object: sync,
    revision: undefined,
    inventory: undefined,
    changes: [],
    healthyMs: undefined,
    before: await inventoryOf(sync, memory, deps, signal),
    memory,
    startedMs: deps.env.clock.monotonic(),
  }
  try {
    const wait = await work(text, pass, deps, signal)
    if (wait !== undefined) return wait
  } catch (thrown) {
    signal.throwIfAborted()
    return await failed(pass, faultOf(thrown), deps, outer)
  }
  return await succeeded(pass, deps, outer)
}

/** The inventory that counts: as we wrote it, else as the server has it, never as a cache shows it. */
async function inventoryOf(
  sync: Kustomization,
  memory: SyncMemory,
  deps: SyncDeps,
  signal: AbortSignal,
): Promise<readonly InventoryEntry[]> {
  if (memory.inventory === undefined) {
    const live = await deps.client.get(kustomizations, keyOf(sync), { signal })
    if (live === null || live.metadata.uid !== sync.metadata.uid) {
      throw new Fault('Conflict', 'the Kustomization was deleted or made anew meanwhile')
    }
    memory.inventory = live.status?.inventory?.entries ?? []
  }
  return memory.inventory
}

async function work(
  text: string,
  pass: Pass,
  deps: SyncDeps,
  signal: AbortSignal,
): Promise<Next | undefined> {
  const sync = pass.object
  const refused = whyNotAllowed(sync, deps.rules)
  if (refused !== undefined) throw refused
  pass.phase = 'source'
  const artifact = artifactOf(sync, deps)
  if (artifact === undefined) return settled // its source is being read; it wakes us
  pass.phase = 'dependency'
  const waits = whyNotReady(sync, deps.syncs)
  if (waits !== undefined) throw waits
  pass.phase = 'fetch'
  pass.revision = artifact.revision
  const items = await rendered(pass, artifact, deps, signal)
  pass.phase = 'apply'
  await hold(pass, deps, signal)
  const client = clientFor(sync, deps)
  await applied(text, pass, items, client, deps, signal)
  pass.phase = 'prune'
  await pruned(pass, client, deps, signal)
  await healthy(pass, client, deps, signal)
  return undefined
}

/** What the source stands at; undefined while that is being found out after a start. */
function artifactOf(sync: Kustomization, deps: SyncDeps): Artifact | undefined {
  const {
    kind,
    name,
    namespace = sync.metadata.namespace ?? '',
  } = sync.spec?.sourceRef ?? { kind: '', name: '' }
  if (kind !== 'GitRepository') {
    throw new Fault('Unsupported', `sources of kind ${kind} are not supported`, {
      at: 'spec.sourceRef.kind',
      hint: 'use a GitRepository',
    })
  }
  const key = { namespace, name }
  const source = deps.sources.get(key)
  if (source === undefined) {
    throw new Fault('InvalidRef', `GitRepository.source.toolkit.fluxcd.io "${name}" not found`, {
      at: 'spec.sourceRef.name',
    })
  }
  const artifact = deps.artifacts.get(keyText(key))
  if (artifact !== undefined || source.status?.artifact !== undefined) return artifact
  const message = `Source artifact not found, retrying in ${formatGoDuration(dependencyWaitMs)}`
  throw new Fault('StoreNotReady', message, { retry: { kind: 'onChange' } })
}

async function rendered(
  pass: Pass,
  artifact: Artifact,
  deps: SyncDeps,
  signal: AbortSignal,
): Promise<readonly ApplyItem[]> {
  const sync = pass.object
  const from = `${artifact.commit} ${sync.metadata.generation ?? 0}`
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
      },
      signal,
    )
    for (const note of result.notes) {
      deps.events.record(sync, { type: 'Warning', reason: 'FileSkipped', message: note })
    }
    const items = result.objects.map(({ object, origin }) => ({ object, place: placeOf(origin) }))
    pass.memory.rendered = { from, items }
    return items
  } catch (thrown) {
    if (!(thrown instanceof Fault && thrown.reason === 'NotFound')) pass.phase = 'build'
    throw thrown
  }
}

/** Holds the object back from deletion as soon as there is something to clean up. */
async function hold(pass: Pass, deps: SyncDeps, signal: AbortSignal): Promise<void> {
  if (!isCleanedUp(pass.object) || hasFinalizer(pass.object)) return
  const held = await addFinalizer(kustomizations, pass.object, deps.client, signal)
  pass.object = { ...pass.object, metadata: held.metadata }
}

/** Whether deleting the Kustomization deletes what it applied. */
function isCleanedUp(sync: Kustomization): boolean {
  const policy = sync.spec?.deletionPolicy ?? 'MirrorPrune'
  if (policy === 'MirrorPrune') return sync.spec?.prune === true
  return policy !== 'Orphan'
}

function clientFor(sync: Kustomization, deps: SyncDeps): Client {
  const name = sync.spec?.serviceAccountName ?? deps.rules.defaultServiceAccount
  if (name === undefined || name === '') return deps.client
  const { namespace } = sync.metadata
  if (namespace === undefined || namespace === '') {
    throw new Fault('InternalError', 'no namespace to impersonate in') // never as ourselves instead
  }
  return deps.client.as({ user: `system:serviceaccount:${namespace}:${name}` })
}

async function applied(
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
    noteAhead: (entries) => noteAhead(pass, entries, deps, signal),
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

async function pruned(
  pass: Pass,
  client: Client,
  deps: SyncDeps,
  signal: AbortSignal,
): Promise<void> {
  const rendered = pass.inventory ?? []
  const known = pass.memory.inventory ?? pass.before
  const gone = entriesWithout(known, rendered)
  pass.inventory = sorted(rendered)
  if (gone.length === 0 || pass.object.spec?.prune !== true) return
  const guarded = guardOf(known, rendered, gone)
  const isConfirmed = pass.object.metadata.annotations?.[confirmPrune] === pass.revision
  const held = guarded === undefined || isConfirmed ? [] : guarded.entries
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
  if (held.length === 0 || guarded === undefined) return
  const { namespace = '', name } = pass.object.metadata
  throw new Fault('Forbidden', `prune held back: ${guarded.message}`, {
    hint: `if that is meant: kubectl annotate --overwrite -n ${namespace} kustomization ${name} ${confirmPrune}='${pass.revision ?? ''}'`,
  })
}

async function healthy(
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
  const wasHealthy = pass.object.status?.lastAppliedRevision === pass.revision
  const quick = await isHealthyNow(watched, options)
  if (!quick) {
    if (!wasHealthy || pass.changes.length > 0) await noteWaiting(pass, deps, signal)
    await waitHealthy(watched, { ...options, timeoutMs: timeoutMsOf(pass.object) })
  }
  pass.healthyMs = clock.monotonic() - startedMs
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

async function succeeded(pass: Pass, deps: SyncDeps, signal: AbortSignal): Promise<Next> {
  const sync = pass.object
  const message = `Applied revision: ${pass.revision ?? ''}`
  const status = succeededStatus(sync, { ...pass, nowMs: deps.env.clock.now() })
  const isNews = !saysAlready(sync, 'ReconciliationSucceeded', message)
  await deps.status.write(sync, status, signal)
  pass.memory.inventory = pass.inventory
  const intervalMs = durationMs(sync.spec?.interval, 600_000)
  if (isNews) {
    const took = formatGoDuration(Math.round(deps.env.clock.monotonic() - pass.startedMs))
    const next = formatGoDuration(intervalMs)
    deps.events.record(sync, {
      type: 'Normal',
      reason: 'ReconciliationSucceeded',
      message: `Reconciliation finished in ${took}, next run in ${next}`,
    })
  }
  return { kind: 'after', ms: intervalMs }
}

async function failed(
  pass: Pass,
  fault: Fault,
  deps: SyncDeps,
  signal: AbortSignal,
): Promise<Next> {
  const sync = pass.object
  const message = sentenceOf(fault)
  const reason = reasonOfPhase[pass.phase]
  const inventory = failedInventory(pass)
  const facts = { ...pass, inventory, nowMs: deps.env.clock.now() }
  const stalled = pass.phase === 'access'
  if (
    !saysAlready(sync, reason, message) &&
    !(pass.phase === 'source' && sync.status === undefined)
  ) {
    deps.events.record(sync, { type: 'Warning', reason, message })
  }
  await deps.status.write(sync, failedSyncStatus(sync, facts, message, stalled), signal)
  if (inventory !== undefined) pass.memory.inventory = inventory
  if (fault.reason === 'InternalError') throw fault
  const retryMs = durationMs(sync.spec?.retryInterval, 0)
  if (retryMs > 0) return { kind: 'after', ms: retryMs }
  if (fault.retry.kind === 'onChange') {
    return { kind: 'after', ms: Math.min(durationMs(sync.spec?.interval, 600_000), 3_600_000) }
  }
  return { kind: 'failed', retry: fault.retry }
}

/** After a pass that stopped half-way: all that is or may be there. Pruning alone makes it shorter. */
function failedInventory(pass: Pass): readonly InventoryEntry[] | undefined {
  if (pass.phase === 'prune' || pass.phase === 'health') return pass.inventory
  const known = pass.memory.inventory
  return known === undefined || known.length === 0 ? undefined : known
}

/** A Kustomization on its way out takes along what it applied, if that is its policy. */
async function release(
  text: string,
  sync: Kustomization,
  deps: SyncDeps,
  signal: AbortSignal,
): Promise<Next> {
  deps.drift.forget(text)
  if (!hasFinalizer(sync)) return settled
  if (isCleanedUp(sync) && sync.spec?.suspend !== true) {
    const memory = deps.memories.of(text, sync.metadata.uid ?? '')
    const entries = await inventoryOf(sync, memory, deps, signal)
    const result = await prune(entries, {
      discovery: deps.client,
      client: clientFor(sync, deps),
      sync: keyOf(sync),
      signal,
    })
    const first = result.failed[0]
    if (first !== undefined) {
      const message = `${result.failed.length} objects could not be deleted: ${sentenceOf(first.fault)}`
      deps.events.record(sync, { type: 'Warning', reason: 'PruneFailed', message })
      return { kind: 'failed', retry: first.fault.retry }
    }
  }
  await dropFinalizer(kustomizations, sync, deps.client, signal)
  deps.memories.forget(text)
  return settled
}

function digestOf(object: AnyObject): string {
  return createHash('sha256')
    .update(utf8(stringifyJson(object)))
    .digest('hex')
}
