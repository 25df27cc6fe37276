/**
 * Keeps the target Secret equal to what its stores hold.
 *
 * Ensures, in order: the stores are ours to use; when a refresh is due, the values are read and the
 * target is written; Secrets left by a rename are gone; status says so.
 * Woken by: the ExternalSecret (spec, labels, annotations, deletion), its stores, its target's
 * metadata, the refresh wheel.
 * Writes: the target Secret (create, update of the version seen, delete with uid and version); the
 * finalizer, where a deletion needs one; this object's status; events.
 *
 * Contents: reconcile · whyDue · refresh · write · remove · deleteLeftOvers · release · nextFor
 */
import {
  externalSecrets,
  isDeleting,
  keyOf,
  parseKey,
  secrets,
  type ExternalSecret,
  type ObjectMeta,
} from '#api'
import { Fault, faultOf, parseTime, type Env } from '#base'
import { dataHash } from '#go'
import type { Client } from '#kube'
import {
  settled,
  type Cache,
  type EventRecorder,
  type Next,
  type SecretMetadata,
  type StatusWriter,
} from '#runtime'
import {
  dueAt,
  isLeftOver,
  isOwnedBy,
  needsCheck,
  whyRefresh,
  type Due,
  type Seen,
  type SeenTarget,
} from './decide.ts'
import type { Gathered } from './gather.ts'
import type { Memories, Memory } from './memory.ts'
import {
  cleanupFinalizer,
  dataHashAnnotation,
  ownerLabelOf,
  syncedVersionOf,
  targetKeyOf,
  targetNameOf,
} from './names.ts'
import { policyOf, type Policy } from './policy.ts'
import {
  created,
  deleted,
  leftOverDeleted,
  nextStatus,
  readyOf,
  updated,
  updateFailed,
  type Result,
} from './status.ts'
import { during, StepFailed } from './step.ts'
import { dataOf, type Overlay } from './target.ts'
import { markTarget, writeTarget } from './write.ts'

/** What a reconcile needs; `controller.ts` puts it together. */
export interface Deps {
  readonly env: Env
  readonly client: Client
  readonly cache: Cache<ExternalSecret>
  /** Metadata of Secrets, with the index `createdBy` (namespace/label). */
  readonly targets: Cache<SecretMetadata>
  readonly status: StatusWriter<ExternalSecret>
  readonly events: EventRecorder
  readonly memories: Memories
  /** Whether every store it refers to, as far as they exist, is of our controller class. */
  readonly isOurs: (es: ExternalSecret) => boolean
  /** Reads the values. @throws Fault */
  readonly gather: (es: ExternalSecret, policy: Policy, signal: AbortSignal) => Promise<Gathered>
  /** Values, rendered templates and metadata for the target. @throws Fault */
  readonly overlay: (
    es: ExternalSecret,
    values: ReadonlyMap<string, Uint8Array>,
    signal: AbortSignal,
  ) => Promise<Overlay>
  /** The other ExternalSecret that the target belongs to by seniority; undefined: it is free. */
  readonly senior: (es: ExternalSecret, policy: Policy) => ExternalSecret | undefined
}

/** Brings one ExternalSecret's world to its spec. */
export async function reconcile(key: string, deps: Deps, signal: AbortSignal): Promise<Next> {
  const es = deps.cache.get(parseKey(key))
  if (es === undefined) {
    deps.memories.forget(key)
    return settled
  }
  if (isDeleting(es)) return await release(es, deps, signal)
  // Silently: another operator is in charge of it, and its status is that operator's.
  if (!deps.isOurs(es)) return settled

  const memory = deps.memories.of(key, es.metadata.uid ?? '')
  const work = new Refresh(es, memory, deps, signal)
  return await work.run()
}

/** One look at one object: what was seen, and what came of it. */
class Refresh {
  #es: ExternalSecret
  readonly #memory: Memory
  readonly #deps: Deps
  readonly #signal: AbortSignal
  readonly #startedMs: number
  /** Set as soon as there is a target that is or would be ours. */
  #binding: string | undefined

  constructor(es: ExternalSecret, memory: Memory, deps: Deps, signal: AbortSignal) {
    this.#es = es
    this.#memory = memory
    this.#deps = deps
    this.#signal = signal
    this.#startedMs = deps.env.clock.now()
  }

  async run(): Promise<Next> {
    const { result, policy } = await this.#result()
    if (result === undefined) return this.#nextFor(policy)
    if (result.kind === 'failed' && isPassing(result.fault)) {
      return { kind: 'failed', retry: result.fault.retry }
    }
    if (result.kind === 'failed') this.#memory.errors++
    this.#tell(result)
    await this.#deps.status.write(this.#es, this.#statusFor(result, policy), this.#signal)
    if (result.kind === 'failed') return { kind: 'failed', retry: result.fault.retry }
    return this.#nextFor(policy)
  }

  /** What a refresh came to; no result: none was due. */
  async #result(): Promise<{ readonly result?: Result; readonly policy?: Policy }> {
    let policy: Policy | undefined
    try {
      policy = policyOf(this.#es)
      const due = await this.#whyDue(policy)
      if (due === undefined) return { policy }
      this.#deps.env.log.debug('refresh', { key: keyOf(this.#es), due })
      this.#memory.syncs++
      const kind = await this.#refresh(policy)
      this.#memory.refreshedMs = this.#startedMs
      return { result: { kind }, policy }
    } catch (thrown) {
      this.#signal.throwIfAborted()
      const step = thrown instanceof StepFailed ? thrown.step : 'read'
      const fault = thrown instanceof StepFailed ? thrown.fault : faultOf(thrown)
      if (fault.reason === 'InternalError') {
        this.#deps.env.log.error('refresh failed on a bug', { key: keyOf(this.#es), error: fault })
      }
      const result: Result = { kind: 'failed', step, fault }
      return { result, ...(policy === undefined ? {} : { policy }) }
    }
  }

  async #whyDue(policy: Policy): Promise<Due | undefined> {
    const seen = this.#observe(policy)
    const due = whyRefresh(seen)
    // A cache that has not caught up proves no absence.
    if (due === 'TargetMissing' && (await this.#isThereAfterAll())) return undefined
    if (due !== undefined) return due
    if (needsCheck(seen)) return await this.#checkTarget()
    const { uid, resourceVersion } = seen.target?.metadata ?? {}
    if (this.#memory.proven === undefined && uid !== undefined && resourceVersion !== undefined) {
      this.#memory.proven = { uid, resourceVersion }
    }
    return undefined
  }

  /** Caches only. */
  #observe(policy: Policy): Seen {
    const es = this.#es
    const target = this.#deps.targets.get(targetKeyOf(es))
    return {
      nowMs: this.#startedMs,
      uid: es.metadata.uid ?? '',
      policy,
      syncedVersion: es.status?.syncedResourceVersion,
      currentVersion: syncedVersionOf(es.metadata),
      lastRefreshMs: this.#lastRefreshMs(),
      ready: readyOf(es),
      target: target === undefined ? undefined : seenTarget(target),
      proven: this.#memory.proven,
    }
  }

  #lastRefreshMs(): number | undefined {
    return this.#memory.refreshedMs ?? parseTime(this.#es.status?.refreshTime ?? undefined)
  }

  async #isThereAfterAll(): Promise<boolean> {
    const { client } = this.#deps
    return (
      (await client.getMetadata(secrets, targetKeyOf(this.#es), { signal: this.#signal })) !== null
    )
  }

  /** Compares data and hash annotation of a version that is not ours. */
  async #checkTarget(): Promise<Due | undefined> {
    const key = targetKeyOf(this.#es)
    const secret = await this.#deps.client.get(secrets, key, { signal: this.#signal })
    if (secret === null) return 'TargetMissing'
    const { uid, resourceVersion, annotations } = secret.metadata
    if (annotations?.[dataHashAnnotation] !== dataHash(dataOf(secret))) return 'TargetDrifted'
    if (uid !== undefined && resourceVersion !== undefined) this.#remember(secret.metadata)
    return undefined
  }

  /** Reads, decides, writes. @throws StepFailed, Fault */
  async #refresh(policy: Policy): Promise<Exclude<Result['kind'], 'failed'>> {
    const deps = this.#deps
    refuseManifest(this.#es)
    const gathered = await during('read', () => deps.gather(this.#es, policy, this.#signal))
    for (const note of gathered.missing) deps.events.record(this.#es, note)
    if (gathered.values.size === 0) {
      if (policy.deletion === 'Retain') return 'retained'
      if (policy.deletion === 'Delete') return await during('delete', () => this.#remove(policy))
    }
    return await this.#write(policy, gathered)
  }

  async #write(policy: Policy, { values }: Gathered): Promise<Exclude<Result['kind'], 'failed'>> {
    const { client, events, targets, senior, overlay } = this.#deps
    const signal = this.#signal
    if (policy.creation === 'None') {
      await during('write', () => markTarget(this.#es, client, signal))
      return 'synced'
    }
    const name = targetNameOf(this.#es)
    const owner = senior(this.#es, policy)
    if (owner !== undefined || targets.get(targetKeyOf(this.#es)) !== undefined)
      this.#binding = name
    if (owner !== undefined) throw ownedBy(name, owner)
    await this.#holdDeletion(policy)
    const written = await during('write', async () => {
      const wanted = await overlay(this.#es, values, signal)
      return await writeTarget(this.#es, policy, wanted, client, signal)
    })
    if (written.kind === 'missing') return 'missing'
    this.#binding = name
    this.#remember(written.secret.metadata, written.replaced)
    if (written.kind === 'created') events.record(this.#es, created)
    if (written.kind === 'updated') events.record(this.#es, updated)
    // After the new one is there, so that nobody finds neither.
    if (policy.creation === 'Owner') await this.#deleteLeftOvers(name)
    return 'synced'
  }

  #remember(metadata: ObjectMeta, replaced?: string): void {
    const { uid = '', resourceVersion = '' } = metadata
    this.#memory.proven = { uid, resourceVersion, ...(replaced === undefined ? {} : { replaced }) }
  }

  /** The provider has none of the values any more, and the policy says what follows from that. */
  async #remove(policy: Policy): Promise<'deleted'> {
    const { client, events } = this.#deps
    const key = targetKeyOf(this.#es)
    if (policy.creation !== 'Owner') {
      const text = `unable to delete secret ${key.name}: creationPolicy=${policy.creation} is not Owner`
      throw new Fault('InvalidSpec', text, { at: 'spec.target.deletionPolicy' })
    }
    const seen = await client.getMetadata(secrets, key, { signal: this.#signal })
    if (seen === null) return 'deleted'
    if (!isOwnedBy(seen.metadata, this.#es.metadata.uid ?? '')) {
      const text = `unable to delete secret ${key.name}: it is not owned by this ExternalSecret`
      throw new Fault('Forbidden', text, { hint: 'Delete it by hand if it is not needed.' })
    }
    // The guard against a backend that was restored empty (many references absent at once) goes here.
    if (await this.#deleteSeen(seen.metadata)) events.record(this.#es, deleted)
    return 'deleted'
  }

  /** Deletes that very version. @returns false when it was gone already. */
  async #deleteSeen(metadata: ObjectMeta): Promise<boolean> {
    const { uid, resourceVersion, namespace, name } = metadata
    if (uid === undefined || resourceVersion === undefined) return false
    const key = { ...(namespace === undefined ? {} : { namespace }), name }
    const options = { uid, resourceVersion, signal: this.#signal }
    return await this.#deps.client.delete(secrets, key, options)
  }

  /** Removes the Secrets that were its targets before a rename. */
  async #deleteLeftOvers(targetName: string): Promise<void> {
    const { events, targets } = this.#deps
    const { namespace = '', uid = '' } = this.#es.metadata
    const label = ownerLabelOf(this.#es.metadata)
    for (const { metadata } of targets.by('createdBy', `${namespace}/${label}`)) {
      if (!isLeftOver(metadata, { uid, label, targetName })) continue
      const isDeleted = await during('deleteLeftOver', () => this.#deleteSeen(metadata))
      if (isDeleted) events.record(this.#es, leftOverDeleted)
    }
  }

  /** Sets the finalizer where the target has to go before the object does. */
  async #holdDeletion(policy: Policy): Promise<void> {
    const { metadata } = this.#es
    const has = metadata.finalizers?.includes(cleanupFinalizer) === true
    if (policy.deletion !== 'Delete' || has) return
    const finalizers = [...(metadata.finalizers ?? []), cleanupFinalizer]
    const patched = await during('write', () =>
      setFinalizers(this.#es, finalizers, this.#deps.client, this.#signal),
    )
    this.#es = { ...patched, ...(this.#es.status === undefined ? {} : { status: this.#es.status }) }
  }

  #statusFor(result: Result, policy: Policy | undefined): object {
    return nextStatus(this.#es, {
      result,
      nowMs: this.#startedMs,
      refreshedMs: this.#startedMs,
      syncedVersion: syncedVersionOf(this.#es.metadata),
      binding: this.#binding,
      intervalMs: policy?.intervalMs ?? 0,
    })
  }

  /** The cause of a failure as an event, once; a steady state is told by the condition alone. */
  #tell(result: Result): void {
    if (result.kind !== 'failed') {
      delete this.#memory.failure
      return
    }
    const { message } = result.fault
    if (this.#memory.failure === message && readyOf(this.#es)?.status === 'False') return
    this.#memory.failure = message
    this.#deps.events.record(this.#es, updateFailed(message))
  }

  #nextFor(policy: Policy | undefined): Next {
    if (policy === undefined) return settled
    const uid = this.#es.metadata.uid ?? ''
    const dueMs = dueAt({ uid, policy, lastRefreshMs: this.#lastRefreshMs() })
    if (dueMs === undefined) return settled
    return { kind: 'after', ms: Math.max(1, dueMs - this.#deps.env.clock.now()) }
  }
}

/** Better no target than a Secret where something else was asked for. @throws StepFailed */
function refuseManifest(es: ExternalSecret): void {
  if (es.spec?.target?.manifest === undefined) return
  const text = 'targets other than Secrets are not built into Lockstep yet'
  throw new StepFailed('write', new Fault('Unsupported', text, { at: 'spec.target.manifest' }))
}

/**
 * Not worth telling anybody: somebody else was quicker again and again, or the store was made a
 * moment ago and is being validated.
 */
function isPassing({ reason, retry }: Fault): boolean {
  return reason === 'Conflict' || (reason === 'StoreNotReady' && retry.kind === 'after')
}

function seenTarget(secret: SecretMetadata): SeenTarget {
  return { metadata: secret.metadata, hasForeignData: secret.foreignDataManagers }
}

function ownedBy(name: string, owner: ExternalSecret): StepFailed {
  const text = `unable to mutate secret ${name}: secret is owned by another ExternalSecret: ${owner.metadata.name}`
  return new StepFailed('owned', new Fault('Forbidden', text))
}

/** Lets the object go: with deletionPolicy Delete its target goes first. */
async function release(es: ExternalSecret, deps: Deps, signal: AbortSignal): Promise<Next> {
  const finalizers = es.metadata.finalizers ?? []
  if (!finalizers.includes(cleanupFinalizer)) return settled
  if (es.spec?.target?.deletionPolicy === 'Delete') await deleteOwnTarget(es, deps, signal)
  const others = finalizers.filter((finalizer) => finalizer !== cleanupFinalizer)
  await setFinalizers(es, others, deps.client, signal)
  return settled
}

async function deleteOwnTarget(es: ExternalSecret, deps: Deps, signal: AbortSignal): Promise<void> {
  const key = targetKeyOf(es)
  const seen = await deps.client.getMetadata(secrets, key, { signal })
  if (seen === null || !isOwnedBy(seen.metadata, es.metadata.uid ?? '')) return
  const { uid = '', resourceVersion = '' } = seen.metadata
  await deps.client.delete(secrets, key, { uid, resourceVersion, signal })
}

/** Sets the finalizers of the version seen. @throws Fault Conflict when it is no longer the newest. */
async function setFinalizers(
  es: ExternalSecret,
  finalizers: readonly string[],
  client: Client,
  signal: AbortSignal,
): Promise<ExternalSecret> {
  const { uid, resourceVersion } = es.metadata
  const body = { metadata: { uid, resourceVersion, finalizers } }
  return await client.patch(externalSecrets, keyOf(es), body, { type: 'merge', signal })
}
