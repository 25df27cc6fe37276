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
import { Fault, faultOf } from '#base'
import { isDeleting, keyText, parseKey, type Kustomization } from '#api'
import { formatGoDuration } from '#go'
import { lackingNamespaces } from '#inventory'
import { settled, type Next } from '#runtime'
import { newPass } from './begin.ts'
import { namespaceOr, whyNotAllowed, whyNotReady } from './decide.ts'
import type { Artifact } from './mirrors.ts'
import type { Pass, SyncDeps } from './pass.ts'
import { release } from './release.ts'
import { whyNoSync } from './shape.ts'
import { failed, succeeded } from './sync-outcome.ts'
import { applied, clientFor, healthy, hold, pruned, rendered } from './sync-steps.ts'

const dependencyWaitMs = 30_000

export async function reconcileSync(
  text: string,
  deps: SyncDeps,
  signal: AbortSignal,
): Promise<Next> {
  const sync = deps.syncs.get(parseKey(text))
  if (sync === undefined) {
    deps.memories.forget(text)
    deps.drift.forget(text)
    deps.blocked?.free(text)
    return settled
  }
  if (isDeleting(sync) || sync.spec?.suspend === true) deps.blocked?.free(text)
  if (isDeleting(sync)) return release(text, sync, deps, signal)
  if (sync.spec?.suspend === true) return settled
  const control = new AbortController()
  deps.passes.set(text, control)
  try {
    return await onePass(text, sync, deps, signal, control)
  } catch (thrown) {
    if (!control.signal.aborted || signal.aborted) throw thrown
    // A lease may be won again: nobody else would wake what a stop has ended.
    return deps.waits.isOver() ? { kind: 'after', ms: 1 } : settled // else who cancelled has queued it
  } finally {
    deps.passes.delete(text)
  }
}

async function onePass(
  text: string,
  sync: Kustomization,
  deps: SyncDeps,
  outer: AbortSignal,
  control: AbortController,
): Promise<Next> {
  const signal = AbortSignal.any([outer, control.signal])
  const pass = await newPass(text, sync, control, deps, signal)
  try {
    const wait = await work(text, pass, deps, signal)
    if (wait !== undefined) return wait
  } catch (thrown) {
    signal.throwIfAborted()
    const fault = faultOf(thrown)
    const lacking = lackingNamespaces(fault)
    if (lacking.size === 0) deps.blocked?.free(text)
    else deps.blocked?.waits(text, lacking)
    return await failed(pass, fault, deps, outer)
  }
  deps.blocked?.free(text)
  return await succeeded(pass, deps, outer)
}

async function work(
  text: string,
  pass: Pass,
  deps: SyncDeps,
  signal: AbortSignal,
): Promise<Next | undefined> {
  const misshapen = whyNoSync(pass.object)
  if (misshapen !== undefined) {
    pass.phase = 'shape'
    throw misshapen
  }
  const refused = whyNotAllowed(pass.object, deps.rules)
  if (refused !== undefined) {
    if (refused.reason === 'Unsupported') pass.phase = 'spec'
    throw refused
  }
  await hold(pass, deps, signal)
  const sync = pass.object
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
  const client = clientFor(sync, deps)
  await applied(text, pass, items, client, deps, signal)
  pass.phase = 'prune'
  await pruned(pass, client, deps, signal)
  await healthy(pass, client, deps, signal)
  return undefined
}

/** What the source stands at; undefined while that is being found out after a start. */
function artifactOf(sync: Kustomization, deps: SyncDeps): Artifact | undefined {
  const { kind, name, namespace: given } = sync.spec?.sourceRef ?? { kind: '', name: '' }
  const namespace = namespaceOr(given, sync.metadata.namespace)
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
