/**
 * Lets a Kustomization go that is being deleted, with what it applied if that is its policy.
 *
 * Ensures: nothing is deleted for a spec that cannot be read, for a policy that nobody knows, nor where
 * the rules would refuse a pass: a deletion writes with the same rights. What its author asks to be
 * left needs none and is let go whatever else the spec says.
 */
import { Fault, type FaultReason } from '#base'
import { keyOf, kustomizations, type Kustomization } from '#api'
import { prune } from '#inventory'
import { settled, type Next } from '#runtime'
import { inventoryOf, newPass } from './begin.ts'
import { whyNotAllowed, type Rules } from './decide.ts'
import { dropFinalizer, hasFinalizer } from './finalizer.ts'
import type { SyncDeps } from './pass.ts'
import { whyNoSync } from './shape.ts'
import { sentenceOf } from './source-status.ts'
import { failed } from './sync-outcome.ts'
import type { Phase } from './sync-status.ts'
import { clientFor, isCleanedUp, isPolicyKnown } from './sync-steps.ts'

/** Takes the finalizer off once everything is done; until then status and events say what is not. */
export async function release(
  text: string,
  sync: Kustomization,
  deps: SyncDeps,
  signal: AbortSignal,
): Promise<Next> {
  deps.drift.forget(text)
  if (!hasFinalizer(sync)) return settled
  if (!isLeft(sync)) {
    const refused = whyKept(sync, deps.rules)
    if (refused !== undefined) return refuse(text, sync, refused, deps, signal)
    const next = await cleanedUp(text, sync, deps, signal)
    if (next !== undefined) return next
  }
  await dropFinalizer(kustomizations, sync, deps.client, signal)
  deps.memories.forget(text)
  return settled
}

/** The author's own word that nothing is to be deleted. */
function isLeft({ spec }: Kustomization): boolean {
  return spec?.deletionPolicy === 'Orphan' || spec?.suspend === true
}

/** Why nothing may be deleted for it; undefined when it may, or when there is nothing to delete. */
function whyKept(sync: Kustomization, rules: Rules): Fault | undefined {
  const misshapen = whyNoSync(sync)
  if (misshapen !== undefined || !isCleanedUp(sync)) return misshapen
  return whyNotAllowed(sync, rules)
}

/** @returns When to come back for what could not be deleted; undefined when nothing keeps the object. */
async function cleanedUp(
  text: string,
  sync: Kustomization,
  deps: SyncDeps,
  signal: AbortSignal,
): Promise<Next | undefined> {
  if (!isPolicyKnown(sync)) {
    const message = 'spec.deletionPolicy is none that is known; what was applied stays'
    deps.events.record(sync, { type: 'Warning', reason: 'InvalidSpec', message })
  }
  if (!isCleanedUp(sync)) return undefined
  const memory = deps.memories.of(text, sync.metadata.uid ?? '')
  const entries = await inventoryOf(sync, memory, deps, signal)
  const result = await prune(entries, {
    discovery: deps.client,
    client: clientFor(sync, deps),
    sync: keyOf(sync),
    signal,
  })
  const first = result.failed[0]
  if (first === undefined) return undefined
  const message = `${result.failed.length} objects could not be deleted: ${sentenceOf(first.fault)}`
  deps.events.record(sync, { type: 'Warning', reason: 'PruneFailed', message })
  return { kind: 'failed', retry: first.fault.retry }
}

/** As a pass that is refused for the same tells it. */
const phaseOf: Readonly<Partial<Record<FaultReason, Phase>>> = {
  InvalidSpec: 'shape',
  Unsupported: 'spec',
}

const wayOut = 'set spec.deletionPolicy to Orphan to leave what was applied'

/** Keeps the object and all it applied, and says why and how it can go on. */
async function refuse(
  text: string,
  sync: Kustomization,
  refused: Fault,
  deps: SyncDeps,
  signal: AbortSignal,
): Promise<Next> {
  const pass = await newPass(text, sync, new AbortController(), deps, signal)
  pass.phase = phaseOf[refused.reason] ?? 'access'
  const fault = new Fault(refused.reason, `deletion waits: ${refused.message}`, {
    cause: refused,
    retry: refused.retry,
    ...(refused.at === undefined ? {} : { at: refused.at }),
    hint: refused.hint === undefined ? wayOut : `${refused.hint}, or ${wayOut}`,
  })
  return failed(pass, fault, deps, signal)
}
