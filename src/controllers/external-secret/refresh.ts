/** One refresh: the values are read, then the target is written, or removed when nothing is left. */
import { secrets, type ExternalSecret, type ObjectMeta } from '#api'
import { Fault, faultOf } from '#base'
import type { EventNote, EventRecorder } from '#runtime'
import { isLeftOver, isOwnedBy } from './decide.ts'
import type { Deps } from './deps.ts'
import type { Gathered } from './gather.ts'
import type { Generators } from './generators.ts'
import { provenBy, type Memory } from './memory.ts'
import { ownerLabelOf, targetKeyOf, targetNameOf } from './names.ts'
import type { Policy } from './policy.ts'
import { created, deleted, leftOverDeleted, updated, type Result } from './status.ts'
import { during, StepFailed } from './step.ts'
import { ownedText, type Overlay } from './target.ts'
import { markTarget, writeTarget, type Loss } from './write.ts'

/** How a refresh that did not fail ended. */
export type Refreshed = Exclude<Result, { readonly kind: 'failed' }>

/** @throws StepFailed; nothing was destroyed then. */
export async function refresh(
  es: ExternalSecret,
  policy: Policy,
  generators: Generators,
  memory: Memory,
  deps: Deps,
  signal: AbortSignal,
): Promise<Refreshed> {
  refuseManifest(es)
  const gathered = await during('read', () => deps.gather(es, policy, generators, signal))
  const { values, missing, sources } = gathered
  tellMissing(es, missing, memory, deps.events)
  if (values.size === 0 && policy.deletion === 'Retain') return { kind: 'retained' }
  if (values.size === 0 && policy.deletion === 'Delete') {
    return await during('delete', () => removeTarget(es, policy, gathered, deps, signal))
  }
  if (policy.creation === 'None') {
    await during('write', () => markTarget(es, deps.client, signal))
    return { kind: 'synced', sources }
  }
  return await write(es, policy, gathered, memory, deps, signal)
}

/** Once for each entry, until it is there again. */
function tellMissing(
  es: ExternalSecret,
  missing: readonly EventNote[],
  memory: Memory,
  events: Pick<EventRecorder, 'record'>,
): void {
  for (const note of missing) {
    if (memory.missing?.has(note.message) !== true) events.record(es, note)
  }
  memory.missing = new Set(missing.map(({ message }) => message))
}

/** Better no target than a Secret where something else was asked for. @throws StepFailed */
function refuseManifest(es: ExternalSecret): void {
  if (es.spec?.target?.manifest === undefined) return
  const text = 'targets other than Secrets are not built into Lockstep yet'
  throw new StepFailed('write', new Fault('Unsupported', text, { at: 'spec.target.manifest' }))
}

async function write(
  es: ExternalSecret,
  policy: Policy,
  gathered: Gathered,
  memory: Memory,
  deps: Deps,
  signal: AbortSignal,
): Promise<Refreshed> {
  const owner = deps.senior(es, policy)
  if (owner !== undefined) {
    throw new StepFailed('owned', new Fault('Forbidden', ownedText(es, owner.metadata.name)))
  }
  const written = await during('write', async () => {
    const overlay = await overlayFor(es, gathered.values, deps, signal)
    const isExpected = deps.targets.get(targetKeyOf(es)) !== undefined
    const mayLose = (loss: Loss): Promise<void> => assertMayLose(es, gathered, loss, deps, signal)
    const { client } = deps
    memory.isWriting = true
    return await writeTarget(es, policy, overlay, { client, isExpected, mayLose }, signal)
  })
  delete memory.isWriting
  if (written.kind === 'missing') return { kind: 'missing' }
  memory.proven = provenBy(written.secret.metadata, written.replaced)
  if (written.kind === 'created') deps.events.record(es, created)
  if (written.kind === 'updated') deps.events.record(es, updated)
  // After the new one is there, so that nobody finds neither.
  if (policy.creation === 'Owner') await deleteLeftOvers(es, deps, signal)
  const isWritten = written.kind === 'created' || written.kind === 'updated'
  return { kind: 'synced', sources: gathered.sources, ...(isWritten ? { isWritten } : {}) }
}

/**
 * Keys that leave the target because the spec no longer asks for them go; those that leave for being
 * absent have to pass the guard.
 *
 * @throws StepFailed `held`
 */
async function assertMayLose(
  es: ExternalSecret,
  { absent, lists }: Pick<Gathered, 'absent' | 'lists'>,
  loss: Loss,
  { guard }: Pick<Deps, 'guard'>,
  signal: AbortSignal,
): Promise<void> {
  // A template may make an empty text of what is absent, and keep the key.
  const isRendered = es.spec?.target?.template !== undefined && absent.length > 0
  if (loss.keys.length === 0 && !isRendered) return
  const gone = [...absent, ...(loss.keys.length > 0 ? lists : [])]
  await during('read', () => guard.allow(es, gone, signal))
}

async function overlayFor(
  es: ExternalSecret,
  values: ReadonlyMap<string, Uint8Array>,
  deps: Pick<Deps, 'overlay' | 'targets'>,
  signal: AbortSignal,
): Promise<Overlay> {
  const key = targetKeyOf(es)
  try {
    return await deps.overlay(es, values, signal)
  } catch (thrown) {
    const fault = faultOf(thrown)
    // The peer says so only of a Secret that is there.
    const isThere = deps.targets.get(key) !== undefined
    throw isThere ? fault.within(`unable to mutate secret ${key.name}`) : fault
  }
}

/** The provider has none of the values any more, and the policy says what follows from that. */
async function removeTarget(
  es: ExternalSecret,
  policy: Policy,
  { absent }: Pick<Gathered, 'absent'>,
  deps: Pick<Deps, 'client' | 'events' | 'guard'>,
  signal: AbortSignal,
): Promise<Refreshed> {
  const key = targetKeyOf(es)
  if (policy.creation !== 'Owner') {
    const text = `unable to delete secret ${key.name}: creationPolicy=${policy.creation} is not Owner`
    throw new Fault('InvalidSpec', text, { at: 'spec.target.deletionPolicy' })
  }
  const seen = await deps.client.getMetadata(secrets, key, { signal })
  if (seen === null) return { kind: 'deleted' }
  if (!isOwnedBy(seen.metadata, es.metadata.uid ?? '')) {
    const text = `unable to delete secret ${key.name}: it is not owned by this ExternalSecret`
    throw new Fault('Forbidden', text, { hint: 'Delete it by hand if it is not needed.' })
  }
  await during('read', () => deps.guard.allow(es, absent, signal))
  if (await deleteSeen(seen.metadata, deps, signal)) deps.events.record(es, deleted)
  return { kind: 'deleted' }
}

/** Deletes that very version. @returns false when it was gone already. */
async function deleteSeen(
  { uid, resourceVersion, namespace, name }: ObjectMeta,
  { client }: Pick<Deps, 'client'>,
  signal: AbortSignal,
): Promise<boolean> {
  if (uid === undefined || resourceVersion === undefined) return false
  const key = { ...(namespace === undefined ? {} : { namespace }), name }
  return await client.delete(secrets, key, { uid, resourceVersion, signal })
}

/** Removes the Secrets that were its targets before a rename. */
export async function deleteLeftOvers(
  es: ExternalSecret,
  deps: Pick<Deps, 'client' | 'events' | 'targets'>,
  signal: AbortSignal,
): Promise<void> {
  const { namespace = '', uid = '' } = es.metadata
  const owner = { uid, label: ownerLabelOf(es.metadata), targetName: targetNameOf(es) }
  for (const { metadata } of deps.targets.by('createdBy', `${namespace}/${owner.label}`)) {
    if (!isLeftOver(metadata, owner)) continue
    const isDeleted = await during('deleteLeftOver', () => deleteSeen(metadata, deps, signal))
    if (isDeleted) deps.events.record(es, leftOverDeleted)
  }
}
