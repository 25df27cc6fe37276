/** Puts a target into the cluster: by POST or by PUT of the version seen, never by apply. */
import {
  controllerOf,
  externalSecrets,
  keyOf,
  secrets,
  type ExternalSecret,
  type Secret,
} from '#api'
import { equalJson, Fault, faultOf } from '#base'
import type { Client } from '#kube'
import { fieldManagerOf, managedLabel, targetKeyOf, targetNameOf } from './names.ts'
import { creates, type Policy } from './policy.ts'
import { refusalOf } from './refusal.ts'
import { StepFailed } from './step.ts'
import { targetSecret, type Overlay } from './target.ts'

/** What became of the target. */
export type Written =
  | {
      readonly kind: 'created' | 'updated' | 'marked' | 'unchanged'
      readonly secret: Secret
      readonly replaced?: string
    }
  /** There is none, and the policy makes none. */
  | { readonly kind: 'missing' }

export interface WriteDeps {
  readonly client: Client
  /** Whether the caches know of a target. */
  readonly isExpected: boolean
  /** Asked before a Secret that is there is changed. @throws StepFailed when it must not be. */
  readonly mayLose: (loss: Loss) => Promise<void>
}

/** What a write takes away. */
export interface Loss {
  readonly keys: readonly string[]
}

/** Times a target is read anew after somebody else was quicker. */
const attempts = 4

/**
 * Makes the target what `overlay` says, from the newest version of it. When somebody else writes at
 * the same moment, it is read and built again; the values are not.
 *
 * @throws StepFailed
 */
export async function writeTarget(
  es: ExternalSecret,
  policy: Policy,
  overlay: Overlay,
  { client, isExpected, mayLose }: WriteDeps,
  signal: AbortSignal,
): Promise<Written> {
  for (let attempt = 1; ; attempt++) {
    try {
      // Where none is expected, making it is the quickest way to find out.
      const blind = attempt === 1 && !isExpected && creates(policy.creation)
      const existing = blind ? null : await client.get(secrets, targetKeyOf(es), { signal })
      return await writeOver(existing, es, policy, overlay, { client, mayLose }, signal)
    } catch (thrown) {
      signal.throwIfAborted()
      const { reason } = faultOf(thrown)
      const wasQuicker = reason === 'Conflict' || reason === 'AlreadyExists'
      if (!wasQuicker || attempt === attempts) throw thrown
    }
  }
}

async function writeOver(
  existing: Secret | null,
  es: ExternalSecret,
  policy: Policy,
  overlay: Overlay,
  { client, mayLose }: Pick<WriteDeps, 'client' | 'mayLose'>,
  signal: AbortSignal,
): Promise<Written> {
  const options = { fieldManager: fieldManagerOf(es.metadata.name), signal }
  if (existing === null) {
    if (!creates(policy.creation)) return { kind: 'missing' }
    const secret = targetSecret(es, policy, overlay, undefined)
    const made = await refused(es, '', () => client.create(secrets, secret, options))
    return { kind: 'created', secret: made }
  }
  const wanted = targetSecret(es, policy, overlay, existing) as Secret
  if (isSame(existing, wanted)) return { kind: 'unchanged', secret: existing }
  refuseFrozen(existing, wanted)
  const keys = Object.keys(existing.data ?? {})
  await mayLose({ keys: keys.filter((key) => !Object.hasOwn(wanted.data ?? {}, key)) })
  await refuseLate(es, existing, client, signal)
  const doing = `unable to update secret ${wanted.metadata.name}`
  const secret = await refused(es, doing, () => client.update(secrets, wanted, options))
  const replaced = existing.metadata.resourceVersion
  const kind = differsByMarkOnly(existing, wanted) ? 'marked' : 'updated'
  return { kind, secret, ...(replaced === undefined ? {} : { replaced }) }
}

/**
 * An object of our name but another uid is in charge: the one before us, whose Secret we take over;
 * or, when a cache lags, the one after us, whose Secret would be collected if we took it. The
 * server knows which.
 *
 * @throws Fault Conflict when `es` is not there any more.
 */
async function refuseLate(
  es: ExternalSecret,
  existing: Secret,
  client: Client,
  signal: AbortSignal,
): Promise<void> {
  const owner = controllerOf(existing)
  if (owner === undefined || owner.uid === es.metadata.uid) return
  if (owner.kind !== externalSecrets.kind || owner.name !== es.metadata.name) return
  const live = await client.getMetadata(externalSecrets, keyOf(es), { signal })
  if (live?.metadata.uid === es.metadata.uid) return
  throw new Fault('Conflict', `ExternalSecret ${es.metadata.name} was made anew meanwhile`)
}

/** Puts a refusal of the API server into the peer's words. */
async function refused<T>(es: ExternalSecret, doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    const fault = refusalOf(faultOf(thrown), es, targetNameOf(es))
    throw doing === '' ? fault : fault.within(doing)
  }
}

/** @throws StepFailed `immutable` rather than have the API server refuse it. */
function refuseFrozen(existing: Secret, wanted: Secret): void {
  if (existing.immutable !== true) return
  if (equalJson(existing.data ?? {}, wanted.data ?? {}) && existing.type === wanted.type) return
  const text = `unable to update secret ${wanted.metadata.name}: secret is immutable`
  throw new StepFailed(
    'immutable',
    new Fault('InvalidSpec', text, {
      hint: 'Delete the Secret, or give the target another name.',
    }),
  )
}

function isSame(a: Secret, b: Secret): boolean {
  return (
    equalJson(a.data ?? {}, b.data ?? {}) &&
    a.type === b.type &&
    a.immutable === b.immutable &&
    isSameMetadata(a, b)
  )
}

function isSameMetadata(a: Secret, b: Secret): boolean {
  return (
    equalJson(a.metadata.labels ?? {}, b.metadata.labels ?? {}) &&
    equalJson(a.metadata.annotations ?? {}, b.metadata.annotations ?? {}) &&
    equalJson(a.metadata.ownerReferences ?? [], b.metadata.ownerReferences ?? []) &&
    equalJson(a.metadata.finalizers ?? [], b.metadata.finalizers ?? [])
  )
}

/** Putting back the managed label alone is not worth an event: the peer writes none either. */
function differsByMarkOnly(existing: Secret, wanted: Secret): boolean {
  const labels = { ...existing.metadata.labels, [managedLabel]: 'true' }
  return isSame({ ...existing, metadata: { ...existing.metadata, labels } }, wanted)
}

/**
 * Puts the managed label on a Secret that is not ours to write otherwise (creationPolicy None), as
 * the peer does, so that its tools find it.
 */
export async function markTarget(
  es: ExternalSecret,
  client: Client,
  signal: AbortSignal,
): Promise<void> {
  const key = targetKeyOf(es)
  const seen = await client.getMetadata(secrets, key, { signal })
  if (seen === null || seen.metadata.labels?.[managedLabel] === 'true') return
  const { uid, resourceVersion } = seen.metadata
  const body = { metadata: { uid, resourceVersion, labels: { [managedLabel]: 'true' } } }
  const fieldManager = fieldManagerOf(es.metadata.name)
  await client.patch(secrets, key, body, { type: 'merge', fieldManager, signal })
}
