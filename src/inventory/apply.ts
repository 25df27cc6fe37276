/**
 * Applies a rendered set by server-side apply.
 *
 * Ensures: everything of a stage is tried without effect first, and nothing of it is written unless
 * all of it would be taken; all refusals are told at once, each with its file and line; the caller
 * has noted what is about to be written before it is. What was proven equal is left alone.
 */
import { equalJson, Fault, faultOf, isObject, type Clock } from '#base'
import type { AnyObject, KubeObject, ManagedFields, ObjectKey } from '#api'
import { apiStatusOf, type Client, type DiscoveredResource } from '#kube'
import { entryOf, subjectOf, type InventoryEntry } from './entry.ts'
import { isForced, isMerged, isOnlyCreated, isReconcileDisabled } from './marks.ts'
import { stagesOf } from './order.ts'
import { inParallel } from './parallel.ts'
import { foreignToolFields, isAnnotated, takeOver } from './take-over.ts'

/** An object to apply, and its place in Git for messages. */
export interface ApplyItem {
  readonly object: AnyObject
  /** `apps/web.yaml:12`. */
  readonly place: string
}

/** What happened to one object. */
export interface Applied {
  readonly subject: string
  readonly action: 'created' | 'configured' | 'unchanged' | 'skipped'
}

/** That an object was seen to be as rendered; as long as both stay the same it still is. */
export interface Proof {
  /** Of what was rendered. */
  readonly digest: string
  /** Of what was seen live; see {@link markerOf}. */
  readonly marker: string
}

/** What is known about objects from earlier passes and from watches. Keys: inventory ids. */
export interface Proofs {
  get(id: string): Proof | undefined
  set(id: string, proof: Proof): void
  delete(id: string): void
  /** The marker of what a watch shows now; undefined: not known. */
  seen(id: string): string | undefined
}

export interface ApplyOptions {
  /** Asked which kinds are served. */
  readonly discovery: Client
  /** Writes; the identity the objects are written as. */
  readonly client: Client
  readonly fieldManager: string
  readonly clock: Clock
  readonly proofs: Proofs
  readonly digestOf: (object: AnyObject) => string
  /** Delete and make again what is refused as immutable. */
  readonly force: boolean
  /** Called with the entries of a stage before any of it is written; what it throws ends the pass. */
  readonly noteAhead: (entries: readonly InventoryEntry[]) => Promise<void>
  readonly signal: AbortSignal
}

export interface ApplyResult {
  readonly entries: readonly InventoryEntry[]
  readonly changes: readonly Applied[]
}

/**
 * What changes whenever something that is applied may have changed. Kinds that count generations
 * keep theirs while only their status moves; the others have nothing but their version.
 */
export function markerOf(object: KubeObject): string {
  const { uid = '', generation, resourceVersion = '', labels, annotations } = object.metadata
  if (generation === undefined) return `${uid} v${resourceVersion}`
  const pairs = [labels, annotations].map((map) =>
    Object.entries(map ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
  return `${uid} g${generation} ${JSON.stringify(pairs)}`
}

const width = 8
const establishMs = 60_000
const establishPollMs = 100

/** One object on its way. */
interface Step {
  readonly item: ApplyItem
  readonly resource: DiscoveredResource
  /** As it is sent: without a namespace where the kind has none. */
  readonly object: AnyObject
  readonly entry: InventoryEntry
  readonly digest: string
}

/** What the trial of a step showed. */
type Trial =
  | { readonly kind: 'proven' }
  | { readonly kind: 'left' }
  | {
      readonly kind: 'apply'
      readonly cleanup: readonly ManagedFields[] | undefined
      readonly live: Live | undefined
    }
  | { readonly kind: 'replace' }

interface Live {
  readonly uid: string
  readonly resourceVersion: string
  readonly annotated: boolean
}

/** @throws Fault with every refusal of the stage that failed; see the file's head. */
export async function applySet(
  items: readonly ApplyItem[],
  options: ApplyOptions,
): Promise<ApplyResult> {
  const entries: InventoryEntry[] = []
  const changes: Applied[] = []
  for (const stage of stagesOf(items, (item) => item.object)) {
    const steps = await collected(stage.flat(), 'dry-run', (item) => prepare(item, options))
    const trials = new Map<Step, Trial>()
    await collected(steps, 'dry-run', async (step) => {
      trials.set(step, await attempt(step, options))
    })
    entries.push(...steps.map((step) => step.entry))
    await options.noteAhead(entries)
    const stepOf = new Map(steps.map((step) => [step.item, step]))
    for (const wave of stage) {
      const mine = wave.flatMap((item) => stepOf.get(item) ?? [])
      changes.push(
        ...(await collected(mine, 'apply', (step) => write(step, trials.get(step), options))),
      )
    }
    await established(steps, options)
  }
  return { entries, changes }
}

/** Runs over all, and tells all failures at once. */
async function collected<T extends ApplyItem | Step, R>(
  items: readonly T[],
  doing: string,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const failures: { readonly item: ApplyItem; readonly fault: Fault }[] = []
  const results = await inParallel(items, width, async (item) => {
    try {
      return [await work(item)]
    } catch (thrown) {
      failures.push({ item: 'item' in item ? item.item : item, fault: faultOf(thrown) })
      return []
    }
  })
  if (failures.length > 0) throw refusal(failures, doing)
  return results.flat()
}

const shownRefusals = 20

function refusal(
  failures: readonly { readonly item: ApplyItem; readonly fault: Fault }[],
  doing: string,
): Fault {
  const ordered = failures.toSorted((a, b) => (a.item.place < b.item.place ? -1 : 1))
  const lines = ordered.slice(0, shownRefusals).map(({ item, fault }) => {
    const status = apiStatusOf(fault)
    const reason = status?.reason === undefined || status.reason === '' ? '' : ` (${status.reason})`
    const words = status?.message ?? fault.message
    return `${subjectOf(item.object)} ${doing} failed${reason}: ${words} (${item.place})`
  })
  if (failures.length > shownRefusals) lines.push(`and ${failures.length - shownRefusals} more`)
  const first = ordered[0]
  const fault = first?.fault ?? new Fault('InternalError', doing)
  const worst = ordered.find((failure) => failure.fault.reason === 'Cancelled')?.fault ?? fault
  return new Fault(worst.reason, lines.join('\n'), {
    cause: worst,
    retry: worst.retry,
    ...(first === undefined ? {} : { at: first.item.place }),
    ...(worst.hint === undefined ? {} : { hint: worst.hint }),
  })
}

async function prepare(item: ApplyItem, options: ApplyOptions): Promise<Step> {
  const { apiVersion, kind, metadata } = item.object
  const resource = await options.discovery.resourceOf(apiVersion, kind, { signal: options.signal })
  if (resource === null) {
    throw new Fault('NotFound', `no matches for kind "${kind}" in version "${apiVersion}"`, {
      hint: 'install its definition first, or commit it to the same path',
    })
  }
  if (resource.namespaced && !metadata.namespace) {
    throw new Fault('InvalidManifest', 'namespace not specified', {
      hint: 'set metadata.namespace, or spec.targetNamespace of the Kustomization',
    })
  }
  const object = resource.namespaced ? item.object : withoutNamespace(item.object)
  return { item, resource, object, entry: entryOf(object), digest: options.digestOf(object) }
}

function withoutNamespace(object: AnyObject): AnyObject {
  if (object.metadata.namespace === undefined) return object
  const { namespace: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

async function attempt(step: Step, options: ApplyOptions): Promise<Trial> {
  const { object, resource } = step
  const { client, signal, proofs } = options
  if (isReconcileDisabled(object)) return { kind: 'left' }
  const proof = proofs.get(step.entry.id)
  if (proof?.digest === step.digest && proofs.seen(step.entry.id) === proof.marker) {
    return { kind: 'proven' }
  }
  const key = keyOfStep(step)
  if (isOnlyCreated(object) && (await client.getMetadata(resource, key, { signal })) !== null) {
    return { kind: 'left' }
  }
  try {
    const { fieldManager } = options
    const answer = await client.apply(resource, object, {
      fieldManager,
      force: true,
      dryRun: true,
      signal,
    })
    const live = liveOf(answer)
    if (live !== undefined && proof?.digest === step.digest && proof.marker === markerOf(answer)) {
      return { kind: 'proven' }
    }
    const cleanup = isMerged(object) ? undefined : foreignToolFields(answer, fieldManager)
    return { kind: 'apply', cleanup, live }
  } catch (thrown) {
    if (!isImmutable(thrown) || !mayReplace(object, options)) throw thrown
    return { kind: 'replace' }
  }
}

function liveOf(answer: AnyObject): Live | undefined {
  const { uid, resourceVersion } = answer.metadata
  // A dry-run that would create answers with a uid, too, but with no version of anything stored.
  if (uid === undefined || resourceVersion === undefined || resourceVersion === '') return undefined
  return { uid, resourceVersion, annotated: isAnnotated(answer) }
}

async function write(
  step: Step,
  trial: Trial | undefined,
  options: ApplyOptions,
): Promise<Applied> {
  const subject = subjectOf(step.object)
  options.signal.throwIfAborted()
  if (trial === undefined || trial.kind === 'left') return { subject, action: 'skipped' }
  if (trial.kind === 'proven') return { subject, action: 'unchanged' }
  if (trial.kind === 'replace') await removeForReplacing(step, options)
  else if (trial.cleanup !== undefined && trial.live !== undefined) {
    const seen = { ...trial.live, managedFields: trial.cleanup }
    await takeOver(step.resource, keyOfStep(step), seen, options)
  }
  const written = await options.client.apply(step.resource, step.object, {
    fieldManager: options.fieldManager,
    force: true,
    signal: options.signal,
  })
  const { resourceVersion = '' } = written.metadata
  options.proofs.set(step.entry.id, { digest: step.digest, marker: markerOf(written) })
  const before = trial.kind === 'apply' ? trial.live : undefined
  if (before === undefined) return { subject, action: 'created' }
  return {
    subject,
    action: before.resourceVersion === resourceVersion ? 'unchanged' : 'configured',
  }
}

// Refused for being immutable, and for nothing else: an ordinary mistake must never cost an object.
function isImmutable(thrown: unknown): boolean {
  const status = apiStatusOf(thrown)
  if (status === undefined || status.code !== 422) return false
  const words =
    status.causes.length > 0 ? status.causes.map((cause) => cause.message) : [status.message]
  return words.every((text) =>
    /immutable|may not be changed|cannot be changed|updates to .* forbidden/i.test(text),
  )
}

const irreplaceable = new Set([
  'CustomResourceDefinition',
  'Namespace',
  'PersistentVolume',
  'PersistentVolumeClaim',
])

function mayReplace(object: AnyObject, options: ApplyOptions): boolean {
  return (options.force || isForced(object)) && !irreplaceable.has(object.kind)
}

async function removeForReplacing(step: Step, options: ApplyOptions): Promise<void> {
  const { client, clock, signal } = options
  const key = keyOfStep(step)
  const live = await client.getMetadata(step.resource, key, { signal })
  if (live === null) return
  const { uid, resourceVersion } = live.metadata
  if (uid === undefined || resourceVersion === undefined) {
    throw new Fault('InvalidAnswer', 'the server names no uid or version')
  }
  const seen = { uid, resourceVersion, propagation: 'Background', signal } as const
  await client.delete(step.resource, key, seen)
  const deadline = clock.monotonic() + establishMs
  for (;;) {
    const still = await client.getMetadata(step.resource, key, { signal })
    if (still === null || still.metadata.uid !== uid) return
    if (clock.monotonic() > deadline) {
      throw new Fault('Timeout', 'its deletion takes too long', {
        hint: 'look for finalizers on the object',
      })
    }
    await clock.sleep(establishPollMs, signal)
  }
}

/** Waits until new definitions are served, so that the next stage can be understood. */
async function established(steps: readonly Step[], options: ApplyOptions): Promise<void> {
  const { client, clock, discovery, signal } = options
  const definitions = steps.filter((step) => step.object.kind === 'CustomResourceDefinition')
  if (definitions.length === 0) return
  const deadline = clock.monotonic() + establishMs
  let waited = false
  for (const step of definitions) {
    for (;;) {
      const live = await client.get(step.resource, keyOfStep(step), { signal })
      if (live !== null && isEstablished(live)) break
      waited = true
      if (clock.monotonic() > deadline) {
        throw new Fault(
          'Timeout',
          `${subjectOf(step.object)} is not established (${step.item.place})`,
        )
      }
      await clock.sleep(establishPollMs, signal)
    }
  }
  if (waited) await discovery.discover({ refresh: true, signal })
}

function isEstablished(definition: AnyObject): boolean {
  const status = definition['status']
  const conditions: unknown = isObject(status) ? status['conditions'] : undefined
  if (!Array.isArray(conditions)) return false
  return (conditions as readonly unknown[]).some(
    (condition) =>
      isObject(condition) &&
      equalJson([condition['type'], condition['status']], ['Established', 'True']),
  )
}

function keyOfStep(step: Step): ObjectKey {
  const { namespace, name } = step.object.metadata
  return namespace === undefined ? { name } : { namespace, name }
}
