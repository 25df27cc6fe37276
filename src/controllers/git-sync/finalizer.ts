import type { KubeObject, Resource } from '#api'
import { gitRepositories, kustomizations, keyOf } from '#api'
import type { Client } from '#kube'

/** The peer's finalizer on all its kinds; ours too, so that either can take over from the other. */
export const fluxFinalizer = 'finalizers.fluxcd.io'

/** Whether the object waits for us before it may go. */
export function hasFinalizer(object: KubeObject): boolean {
  return object.metadata.finalizers?.includes(fluxFinalizer) === true
}

/** Lets go of an object that is being deleted. */
export async function dropFinalizer(
  resource: Resource<KubeObject>,
  object: KubeObject,
  client: Client,
  signal: AbortSignal,
): Promise<void> {
  if (!hasFinalizer(object)) return
  const finalizers = object.metadata.finalizers?.filter((name) => name !== fluxFinalizer) ?? []
  await client.patch(resource, keyOf(object), finalizerPatch(object, finalizers), {
    type: 'merge',
    signal,
  })
}

/** Holds the object back from deletion until what it applied is gone. */
export async function addFinalizer<T extends KubeObject>(
  resource: Resource<T>,
  object: T,
  client: Client,
  signal: AbortSignal,
): Promise<T> {
  const finalizers = [...(object.metadata.finalizers ?? []), fluxFinalizer]
  return client.patch(resource, keyOf(object), finalizerPatch(object, finalizers), {
    type: 'merge',
    signal,
  })
}

/** A source needs no clean-up of ours, but one that the peer made carries its finalizer. */
export async function dropPeerFinalizer(
  object: KubeObject,
  client: Client,
  signal: AbortSignal,
): Promise<void> {
  const resource = object.kind === 'Kustomization' ? kustomizations : gitRepositories
  await dropFinalizer(resource, object, client, signal)
}

// The version seen is part of it: a list of finalizers is replaced whole, with whatever others put in.
function finalizerPatch(object: KubeObject, finalizers: readonly string[]): unknown {
  const { resourceVersion, uid } = object.metadata
  return { metadata: { finalizers, resourceVersion, uid } }
}
