/**
 * Writes one object as its trial decided.
 *
 * Ensures: the version that was looked at is written, or nothing is: an object that has changed since is
 * looked at anew at once and decided anew, a few times; one that never stands still is a Conflict, and
 * stays: nothing is removed when there is no turn left to make it again.
 */
import { Fault } from '#base'
import type { AnyObject } from '#api'
import type { Applied, ApplyOptions } from './apply-options.ts'
import { subjectOf } from './entry.ts'
import { isOnlyCreated } from './marks.ts'
import { takeOver } from './take-over.ts'
import {
  hasMoved,
  judgeAnew,
  keyOfStep,
  markerOf,
  pinned,
  tries,
  versionTextOf,
  type Step,
  type Trial,
  type Version,
} from './trial.ts'

const goneMs = 60_000
const gonePollMs = 100

/** @throws Fault; Conflict when the object changes faster than it can be looked at. */
export async function write(
  step: Step,
  trial: Trial | undefined,
  options: ApplyOptions,
): Promise<Applied> {
  let decided: Trial = trial ?? { kind: 'left' }
  for (let turn = 1; ; turn++) {
    options.signal.throwIfAborted()
    try {
      if (decided.kind !== 'replace') return await writeAs(step, decided, options)
      // What is removed has to be made again: on the last turn there would be no time for that.
      if (turn >= tries) throw new Fault('Conflict', 'it changes too often to be replaced')
      await remove(step, decided.live, options)
    } catch (thrown) {
      if (!hasMoved(thrown) || turn >= tries) throw thrown
    }
    // Also after a removal: whoever made it again is not to be written over unseen.
    decided = await judgeAnew(step, options)
  }
}

type Decided = Exclude<Trial, { readonly kind: 'replace' }>

async function writeAs(step: Step, trial: Decided, options: ApplyOptions): Promise<Applied> {
  const subject = subjectOf(step.object)
  switch (trial.kind) {
    case 'left':
      return { subject, action: 'skipped' }
    case 'proven':
      return { subject, action: 'unchanged' }
    case 'create':
      noteProof(step, await make(step, options), options)
      return { subject, action: 'created' }
    case 'apply': {
      const written = await change(step, trial, options)
      noteProof(step, written, options)
      const isSame = written.metadata.resourceVersion === trial.live.resourceVersion
      return { subject, action: isSame ? 'unchanged' : 'configured' }
    }
  }
}

function noteProof(step: Step, written: AnyObject, options: ApplyOptions): void {
  const { digest, entry } = step
  const seen = { marker: markerOf(written), version: versionTextOf(written) }
  options.proofs.set(entry.id, { digest, ...seen })
}

function make(step: Step, { client, fieldManager, signal }: ApplyOptions): Promise<AnyObject> {
  // Nothing of another author's may be touched here, and only a POST is refused when there is one.
  return isOnlyCreated(step.object)
    ? client.create(step.resource, step.object, { fieldManager, signal })
    : client.apply(step.resource, step.object, { fieldManager, force: true, signal })
}

async function change(
  step: Step,
  { live, cleanup }: Trial & { readonly kind: 'apply' },
  options: ApplyOptions,
): Promise<AnyObject> {
  const { client, fieldManager, signal } = options
  let version: Version = live
  if (cleanup !== undefined) {
    const seen = { ...live, managedFields: cleanup }
    version = await takeOver(step.resource, keyOfStep(step), seen, options)
  }
  const object = pinned(step.object, version)
  return client.apply(step.resource, object, { fieldManager, force: true, signal })
}

async function remove(step: Step, live: Version, options: ApplyOptions): Promise<void> {
  const { client, clock, signal } = options
  const key = keyOfStep(step)
  const { uid, resourceVersion } = live
  const exactly = { uid, resourceVersion, propagation: 'Background', signal } as const
  await client.delete(step.resource, key, exactly)
  const deadline = clock.monotonic() + goneMs
  for (;;) {
    const still = await client.getMetadata(step.resource, key, { signal })
    if (still === null || still.metadata.uid !== uid) return
    if (clock.monotonic() > deadline) {
      throw new Fault('Timeout', 'its deletion takes too long', {
        hint: 'look for finalizers on the object',
      })
    }
    await clock.sleep(gonePollMs, signal)
  }
}
