/**
 * Keeps a store's status equal to whether it can be used.
 *
 * Ensures: a store of our class is validated when it is new or changed, and again at each interval.
 * Woken by: the store (spec, annotations), its own clock; when it is not Ready, a Secret it refers to.
 * Writes: the store's status; events of transitions. ExternalSecrets that wait for the store are
 * woken by the change of its status.
 */
import { isDeleting, parseKey } from '#api'
import { faultOf, type Env } from '#base'
import { OpenFault, storeView, type ReadPlanner, type StoreView } from '#provider'
import { settled, type Cache, type EventRecorder, type Next, type StatusWriter } from '#runtime'
import { isOfClass, isUnmaintained, validationIntervalMs, type Store } from './decide.ts'
import { isNews, nextStatus, notesFor, type Checked } from './status.ts'

/** What a reconcile needs. */
export interface Deps<S extends Store> {
  readonly env: Env
  readonly cache: Cache<S>
  readonly planner: Pick<ReadPlanner, 'validate' | 'capabilities'>
  readonly status: StatusWriter<S>
  readonly events: EventRecorder
  readonly controllerClass: string
  /** Cause of the last failure told, by uid. */
  readonly told: Map<string, string>
}

export async function reconcile<S extends Store>(
  key: string,
  deps: Deps<S>,
  signal: AbortSignal,
): Promise<Next> {
  const store = deps.cache.get(parseKey(key))
  if (store === undefined || isDeleting(store)) return settled
  // Another operator's: its status is that operator's, too.
  if (!isOfClass(store, deps.controllerClass)) return settled

  const checked = await check(store, deps.planner, signal)
  tell(store, checked, deps)
  await deps.status.write(store, nextStatus(store, checked, deps.env.clock.now()), signal)
  if (checked.kind === 'failed') return { kind: 'failed', retry: checked.fault.retry }
  return { kind: 'after', ms: validationIntervalMs(store) }
}

async function check(
  store: Store,
  planner: Pick<ReadPlanner, 'validate' | 'capabilities'>,
  signal: AbortSignal,
): Promise<Checked> {
  let view: StoreView
  try {
    validationIntervalMs(store)
    view = storeView(store)
  } catch (thrown) {
    return { kind: 'failed', step: 'open', fault: faultOf(thrown) }
  }
  try {
    const validation = await planner.validate(view, signal)
    if (validation.kind === 'unknown' && validation.message !== undefined) {
      return { kind: 'unknown', message: validation.message }
    }
    const { access } = await planner.capabilities(view)
    return { kind: 'valid', capabilities: access }
  } catch (thrown) {
    signal.throwIfAborted()
    const step = thrown instanceof OpenFault ? 'open' : 'validate'
    return { kind: 'failed', step, fault: faultOf(thrown) }
  }
}

/** Transitions only: a condition that says something new, or a failure with another cause. */
function tell<S extends Store>(store: S, checked: Checked, deps: Deps<S>): void {
  const uid = store.metadata.uid ?? ''
  const cause = checked.kind === 'failed' ? checked.fault.message : ''
  const isSameCause = cause === '' || deps.told.get(uid) === cause
  if (!isNews(store, checked) && isSameCause) return
  deps.told.set(uid, cause)
  const [providerName = ''] = Object.keys(store.spec?.provider ?? {})
  for (const note of notesFor(checked, isUnmaintained(store, providerName))) {
    deps.events.record(store, note)
  }
}
