/**
 * What is to be done about one object, found out by a server-side apply without effect. The answer
 * names the version it was about: the write that follows is for that version alone.
 */
import { Fault } from '#base'
import type { AnyObject, KubeObject, ManagedFields, ObjectKey } from '#api'
import { apiStatusOf, type DiscoveredResource } from '#kube'
import type { ApplyItem, ApplyOptions } from './apply-options.ts'
import type { InventoryEntry } from './entry.ts'
import { isForced, isMerged, isOnlyCreated, isReconcileDisabled } from './marks.ts'
import { foreignToolFields, isAnnotated } from './take-over.ts'

/** One object on its way. */
export interface Step {
  readonly item: ApplyItem
  readonly resource: DiscoveredResource
  /** As it is sent: without a namespace where the kind has none. */
  readonly object: AnyObject
  readonly entry: InventoryEntry
  readonly digest: string
}

/** The object that was looked at, in the version it had then. */
export interface Version {
  readonly uid: string
  readonly resourceVersion: string
}

export interface Live extends Version {
  /** `kubectl apply` left its copy on it. */
  readonly annotated: boolean
}

/** What the trial of a step showed. */
export type Trial =
  | { readonly kind: 'proven' }
  | { readonly kind: 'left' }
  /** There is none, and there is to be one. */
  | { readonly kind: 'create' }
  | {
      readonly kind: 'apply'
      readonly live: Live
      /** Its managed fields as they shall be first; undefined: they may stay. */
      readonly cleanup: readonly ManagedFields[] | undefined
    }
  /** Exactly this one refuses the change as immutable, and may be made again. */
  | { readonly kind: 'replace'; readonly live: Version }

/** How often something that will not stand still is looked at before the pass is given up. */
export const tries = 5

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

/** What changes with every write, that of a status too. */
export function versionTextOf({
  metadata: { uid = '', resourceVersion = '' },
}: KubeObject): string {
  return `${uid} ${resourceVersion}`
}

/** Its name, and its namespace where the kind has one. */
export function keyOfStep(step: Step): ObjectKey {
  const { namespace, name } = step.object.metadata
  return namespace === undefined ? { name } : { namespace, name }
}

/** The object as it is sent when only that version of it may be written; the server answers 409 else. */
export function pinned(object: AnyObject, { uid, resourceVersion }: Version): AnyObject {
  return { ...object, metadata: { ...object.metadata, uid, resourceVersion } }
}

/**
 * Finds out what is to be done. No call at all where a watch shows what was proven equal.
 *
 * @throws Fault when the server would refuse the write.
 */
export async function judge(step: Step, options: ApplyOptions): Promise<Trial> {
  if (isReconcileDisabled(step.object)) return { kind: 'left' }
  const proof = options.proofs.get(step.entry.id)
  if (proof?.digest === step.digest && options.proofs.seen(step.entry.id) === proof.marker) {
    return { kind: 'proven' }
  }
  return judgeAnew(step, options)
}

/** As {@link judge}, by the server's word alone: a watch may be behind. */
export async function judgeAnew(step: Step, options: ApplyOptions): Promise<Trial> {
  const { client, signal } = options
  const { object, resource } = step
  const isAuthors = isOnlyCreated(object)
  if (isAuthors && (await client.getMetadata(resource, keyOfStep(step), { signal })) !== null) {
    return { kind: 'left' }
  }
  try {
    return judged(step, await tried(step, object, options), options)
  } catch (thrown) {
    if (!isImmutable(thrown) || !mayReplace(object, options)) throw thrown
    return judgeReplacing(step, options)
  }
}

function tried(step: Step, object: AnyObject, options: ApplyOptions): Promise<AnyObject> {
  const { client, fieldManager, signal } = options
  return client.apply(step.resource, object, { fieldManager, force: true, dryRun: true, signal })
}

function judged(step: Step, answer: AnyObject, options: ApplyOptions): Trial {
  const live = liveOf(answer)
  if (live === undefined) return { kind: 'create' }
  if (isOnlyCreated(step.object)) return { kind: 'left' }
  const proof = options.proofs.get(step.entry.id)
  // Only its version says what is there: labels that were changed are back in the answer already, and
  // no generation counts them. Of a version not seen yet, an apply that changes nothing is one.
  if (proof?.digest === step.digest && proof.version === versionTextOf(answer)) {
    return { kind: 'proven' }
  }
  const { fieldManager } = options
  const cleanup = isMerged(step.object) ? undefined : foreignToolFields(answer, fieldManager)
  return { kind: 'apply', cleanup, live }
}

function liveOf(answer: AnyObject): Live | undefined {
  const { uid, resourceVersion } = answer.metadata
  // A dry-run that would create answers with a uid, too, but with no version of anything stored.
  if (uid === undefined || resourceVersion === undefined || resourceVersion === '') return undefined
  return { uid, resourceVersion, annotated: isAnnotated(answer) }
}

/** A refusal names no version: it is asked for once more about one that is known. */
async function judgeReplacing(step: Step, options: ApplyOptions): Promise<Trial> {
  const { client, signal } = options
  for (let turn = 1; ; turn++) {
    const seen = await client.getMetadata(step.resource, keyOfStep(step), { signal })
    if (seen === null) return { kind: 'create' }
    const live = versionOf(seen)
    try {
      return judged(step, await tried(step, pinned(step.object, live), options), options)
    } catch (thrown) {
      if (isImmutable(thrown)) return { kind: 'replace', live }
      if (turn >= tries || !hasMoved(thrown)) throw thrown
    }
  }
}

function versionOf(object: KubeObject): Version {
  const { uid, resourceVersion } = object.metadata
  if (uid === undefined || resourceVersion === undefined) {
    throw new Fault('InvalidAnswer', 'the server names no uid or version')
  }
  return { uid, resourceVersion }
}

/** Whether a write was refused because the object is not the one that was looked at. */
export function hasMoved(thrown: unknown): boolean {
  if (!(thrown instanceof Fault)) return false
  return thrown.reason === 'Conflict' || thrown.reason === 'AlreadyExists'
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
