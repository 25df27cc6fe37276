/** Our hold on a deletion: only where the target has to go before the object does. */
import { externalSecrets, keyOf, secrets, type ExternalSecret } from '#api'
import type { Client } from '#kube'
import { isOwnedBy } from './decide.ts'
import { cleanupFinalizer, targetKeyOf } from './names.ts'
import type { Policy } from './policy.ts'

/** The object with the finalizer, where its policy needs one. @throws Fault */
export async function holdDeletion(
  es: ExternalSecret,
  policy: Policy,
  client: Client,
  signal: AbortSignal,
): Promise<ExternalSecret> {
  const finalizers = es.metadata.finalizers ?? []
  if (policy.deletion !== 'Delete' || finalizers.includes(cleanupFinalizer)) return es
  return await setFinalizers(es, [...finalizers, cleanupFinalizer], client, signal)
}

/**
 * Lets the object go; with deletionPolicy Delete its target goes first. One that External Secrets left
 * with its finalizer is let go as well.
 */
export async function release(
  es: ExternalSecret,
  client: Client,
  signal: AbortSignal,
): Promise<void> {
  const finalizers = es.metadata.finalizers ?? []
  if (!finalizers.includes(cleanupFinalizer)) return
  if (es.spec?.target?.deletionPolicy === 'Delete') await deleteOwnTarget(es, client, signal)
  const others = finalizers.filter((finalizer) => finalizer !== cleanupFinalizer)
  await setFinalizers(es, others, client, signal)
}

async function deleteOwnTarget(
  es: ExternalSecret,
  client: Client,
  signal: AbortSignal,
): Promise<void> {
  const key = targetKeyOf(es)
  const seen = await client.getMetadata(secrets, key, { signal })
  if (seen === null || !isOwnedBy(seen.metadata, es.metadata.uid ?? '')) return
  const { uid, resourceVersion } = seen.metadata
  if (uid === undefined || resourceVersion === undefined) return
  await client.delete(secrets, key, { uid, resourceVersion, signal })
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
