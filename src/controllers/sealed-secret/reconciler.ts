/**
 * Keeps the Secret of a SealedSecret equal to what was sealed.
 *
 * Ensures, in order: nothing to do is seen without opening anything; all values open and all
 * templates render, or nothing is written; the Secret is made or replaced unless it is somebody
 * else's; status and an event say how it went.
 * Woken by: the SealedSecret (spec, scope), its Secret's metadata, the set of sealing keys.
 * Writes: the Secret (create, update of the version read); this object's status; events.
 */
import { isDeleting, parseKey, type SealedSecret } from '#api'
import type { Env } from '#base'
import type { Client } from '#kube'
import {
  settled,
  type Cache,
  type Counter,
  type EventRecorder,
  type Next,
  type SecretMetadata,
  type StatusWriter,
} from '#runtime'
import { syncedOf, whyUnseal } from './decide.ts'
import type { Fights } from './fights.ts'
import { messageOf, nextStatus, noteOf, type FailedStep, type Result } from './status.ts'
import { during, StepFailed } from './step.ts'
import { unseal, type UnsealParts } from './unseal.ts'
import { writeTarget } from './write.ts'

/** What a reconcile works with. */
export interface Deps {
  readonly env: Env
  readonly client: Client
  readonly sealed: Pick<Cache<SealedSecret>, 'get'>
  readonly secrets: Pick<Cache<SecretMetadata>, 'get'>
  readonly parts: UnsealParts
  /** Absent: no status is written. */
  readonly status: StatusWriter<SealedSecret> | undefined
  readonly events: EventRecorder
  readonly fights: Fights
  readonly requests?: Counter | undefined
  readonly errors?: Counter | undefined
}

/** Brings one SealedSecret's world to its spec. */
export async function reconcile(key: string, deps: Deps, signal: AbortSignal): Promise<Next> {
  const cached = deps.sealed.get(parseKey(key))
  if (cached === undefined || isDeleting(cached)) return settled // the Secret goes by its owner reference
  const sealed = deps.status?.newest(cached) ?? cached
  const why = whyUnseal({ sealed, secret: deps.secrets.get(parseKey(key)) })
  if (why === undefined) return settled
  const waitMs = why.isDrift ? deps.fights.waitMs(key) : 0
  if (waitMs > 0) return { kind: 'after', ms: waitMs }

  deps.requests?.inc()
  const { result, wrote } = await outcome(sealed, deps, signal)
  if (isNews(sealed, result, wrote)) deps.events.record(sealed, noteOf(result, sealed))
  if (why.isDrift && wrote) deps.fights.healed(key)
  await deps.status?.write(sealed, nextStatus(sealed, result, deps.env.clock.now()), signal)
  return nextFor(result)
}

async function outcome(
  sealed: SealedSecret,
  deps: Deps,
  signal: AbortSignal,
): Promise<{ readonly result: Result; readonly wrote: boolean }> {
  try {
    const content = await during('unseal', signal, () => unseal(sealed, deps.parts, signal))
    const wrote = await during('update', signal, () =>
      writeTarget(sealed, content, deps.client, signal),
    )
    return { result: { kind: 'unsealed' }, wrote }
  } catch (thrown) {
    if (!(thrown instanceof StepFailed)) throw thrown
    const { step, fault } = thrown
    if (fault.reason === 'InternalError') {
      deps.env.log.error('unsealing failed on a bug', { error: fault })
    }
    deps.errors?.inc({ reason: step, namespace: sealed.metadata.namespace ?? '' })
    return { result: { kind: 'failed', step, fault }, wrote: false }
  }
}

// Events tell of changes; an hourly look at what is still wrong, or still right, is none.
function isNews(sealed: SealedSecret, result: Result, wrote: boolean): boolean {
  const known = syncedOf(sealed)
  const isNewGeneration = sealed.status?.observedGeneration !== sealed.metadata.generation
  const status = result.kind === 'unsealed' ? 'True' : 'False'
  return (
    wrote ||
    isNewGeneration ||
    known?.status !== status ||
    (known.message ?? '') !== messageOf(result)
  )
}

// What only its author or the Secret's owner can change is looked at again when it has changed.
const waitsForChange: ReadonlySet<FailedStep> = new Set<FailedStep>(['unmanaged', 'immutable'])

function nextFor(result: Result): Next {
  if (result.kind === 'unsealed') return settled
  const { step, fault } = result
  const retry = waitsForChange.has(step) ? ({ kind: 'onChange' } as const) : fault.retry
  return { kind: 'failed', retry }
}
