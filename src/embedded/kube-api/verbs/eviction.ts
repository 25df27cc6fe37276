/** A Pod is asked to give way: it is deleted, as long as no disruption budget is against it. */
import { nowText, type Call } from '../core.ts'
import { ApiError, badRequest, forbidden, internal } from '../errors.ts'
import type { Answer } from '../http/exchange.ts'
import { viewOf } from '../http/render.ts'
import { copy, get, isFielded, listAt, put, textAt, type Fielded, type Obj } from '../object.ts'
import { matchesLabels } from '../rules/label-query.ts'
import type { Entry } from '../storage/store.ts'
import { deleteEntry } from './delete.ts'
import { asked, created, podOf, type Asked } from './pods.ts'
import { updateObject } from './write.ts'

/** POST on `pods/<name>/eviction`. @throws ApiError 429 while a budget is against it. */
export async function evictPod(call: Call): Promise<Answer> {
  const request = await asked(call, 'Eviction')
  const eviction = request.object
  const { name } = call.target
  if (textAt(eviction, 'metadata', 'name') !== name) {
    throw badRequest('name in URL does not match name in Eviction object')
  }
  const dryRun = dryRunOf(request)
  const entry = podOf(call, name)
  if (!isPassing(entry.object)) askBudget(call, entry.object, dryRun)
  const options = get(eviction, 'deleteOptions')
  const grace = get(options, 'gracePeriodSeconds')
  const uid = textAt(options, 'preconditions', 'uid')
  const resourceVersion = textAt(options, 'preconditions', 'resourceVersion')
  const seen = {
    ...(uid === '' ? {} : { uid }),
    ...(resourceVersion === '' ? {} : { resourceVersion }),
  }
  // Refuses a Pod that is another than its author had seen, before anything of it is written.
  deleteEntry(call.core, call.kind, entry, { ...seen, dryRun: true })
  if (dryRun) return created(call)
  const told = call.core.store.put('pods', withReason(entry.object, nowText(call.core)))
  deleteEntry(call.core, call.kind, told, typeof grace === 'number' ? { graceSeconds: grace } : {})
  return created(call)
}

// Said in the query, or in the options of the deletion; said in both, it must be the same.
function dryRunOf({ object, dryRun }: Asked): boolean {
  const own = listAt(object, 'deleteOptions', 'dryRun')
  if (dryRun && own.length > 0 && (own.length > 1 || own[0] !== 'All')) {
    const both = `[All] and [${own.join(' ')}]`
    throw internal(`Non-matching dry-run options in request and content: ${both}`)
  }
  return dryRun || own.length > 0
}

// No budget counts a Pod that does not run yet, or no more.
function isPassing(pod: Obj): boolean {
  const phase = textAt(pod, 'status', 'phase')
  const { deletionTimestamp } = pod.metadata
  return ['Succeeded', 'Failed', 'Pending'].includes(phase) || deletionTimestamp !== undefined
}

function withReason(pod: Obj, now: string): Obj {
  const type = 'DisruptionTarget'
  const status: Fielded = isFielded(pod['status']) ? pod['status'] : {}
  const held = listAt(status, 'conditions')
  const before = held.find((one) => textAt(one, 'type') === type)
  const isKept = textAt(before, 'status') === 'True'
  const condition = {
    type,
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: isKept ? get(before, 'lastTransitionTime') : now,
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  }
  const conditions =
    before === undefined
      ? [...held, condition]
      : held.map((one) => (one === before ? condition : one))
  return { ...pod, metadata: { ...pod.metadata }, status: { ...status, conditions } }
}

/**
 * Asks the budget of a Pod and, when it allows the disruption, takes it off.
 *
 * @throws ApiError 429 when there is none left.
 */
function askBudget(call: Call, pod: Obj, dryRun: boolean): void {
  const { store } = call.core
  const all = [...store.entries('poddisruptionbudgets.policy', `${call.target.namespace}/`)]
  const entries = all.map(([, entry]) => entry).filter(({ object }) => selects(object, pod))
  const [entry, other] = entries
  if (entry === undefined) return
  if (other !== undefined) {
    throw internal(
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    )
  }
  const budget = entry.object
  if (!isReady(pod) && lacksNoUnready(budget)) return
  assertAllows(budget)
  if (!dryRun) takeOff(call, entry, pod.metadata.name ?? '')
}

function isReady(pod: Obj): boolean {
  const conditions = listAt(pod, 'status', 'conditions')
  const ready = conditions.find((one) => textAt(one, 'type') === 'Ready')
  return textAt(ready, 'status') === 'True'
}

const count = (budget: Obj, name: string): number => Number(get(budget, 'status', name) ?? 0)

// A Pod that is not ready is not among those that a budget counts: its end disturbs nothing.
function lacksNoUnready(budget: Obj): boolean {
  if (textAt(budget, 'spec', 'unhealthyPodEvictionPolicy') === 'AlwaysAllow') return true
  const desired = count(budget, 'desiredHealthy')
  return desired > 0 && count(budget, 'currentHealthy') >= desired
}

const mostDisrupted = 2000

// Whoever would count the Pods of a budget does not run here: a budget allows what its status says.
function assertAllows(budget: Obj): void {
  const name = budget.metadata.name ?? ''
  const refused = { group: 'policy', plural: 'poddisruptionbudget', kind: '' }
  if (count(budget, 'observedGeneration') < (budget.metadata.generation ?? 0)) {
    throw tooSoon(`The disruption budget ${name} is still being processed by the server.`, 10)
  }
  const allowed = count(budget, 'disruptionsAllowed')
  if (allowed < 0) throw forbidden(refused, name, 'pdb disruptions allowed is negative')
  const disrupted = get(budget, 'status', 'disruptedPods')
  if (isFielded(disrupted) && Object.keys(disrupted).length > mostDisrupted) {
    const why = 'DisruptedPods map too big - too many evictions not confirmed by PDB controller'
    throw forbidden(refused, name, why)
  }
  if (allowed === 0) throw tooSoon(`The disruption budget ${name} ${whyNone(budget)}`, 0)
}

const conditionType = 'DisruptionAllowed'

function whyNone(budget: Obj): string {
  const conditions = listAt(budget, 'status', 'conditions')
  const condition = conditions.find((one) => textAt(one, 'type') === conditionType)
  const said = textAt(condition, 'status') === 'False' ? textAt(condition, 'message') : ''
  const reason = textAt(condition, 'reason')
  const not = 'does not allow evicting pods currently'
  if (said !== '' && reason === 'SyncFailed') return `${not} because it failed sync: ${said}`
  const desired = count(budget, 'desiredHealthy')
  const current = count(budget, 'currentHealthy')
  if (current <= desired) return `needs ${desired} healthy pods and has ${current} currently`
  return said === '' ? not : `${not} (${reason}): ${said}`
}

function tooSoon(why: string, seconds: number): ApiError {
  const causes = [{ reason: 'DisruptionBudget', message: why }]
  const message = "Cannot evict pod as it would violate the pod's disruption budget."
  const details = { causes, ...(seconds === 0 ? {} : { retryAfterSeconds: seconds }) }
  const headers: Record<string, string> = seconds === 0 ? {} : { 'retry-after': String(seconds) }
  return new ApiError(429, 'TooManyRequests', message, details, headers)
}

// Written as kube-apiserver itself, which does so through its own front door.
function takeOff(call: Call, entry: Entry, podName: string): void {
  const kind = call.core.kinds.find('policy', 'v1', 'poddisruptionbudgets')
  if (kind === undefined) throw internal('policy/v1 is not served')
  const next = copy(viewOf(kind, entry).object)
  const status: Fielded = isFielded(next['status']) ? next['status'] : {}
  const now = nowText(call.core)
  const allowed = Number(get(status, 'disruptionsAllowed') ?? 0) - 1
  const disrupted = get(status, 'disruptedPods')
  const pods: Fielded = isFielded(disrupted) ? disrupted : {}
  put(pods, podName, now)
  status['disruptionsAllowed'] = allowed
  status['disruptedPods'] = pods
  if (allowed === 0) sayNoneLeft(status, now)
  next['status'] = status
  const target = { ...call.target, subresource: 'status' }
  const writer = { manager: 'kube-apiserver', apiVersion: 'policy/v1', subresource: 'status' }
  updateObject({ ...call, kind, target }, kind, entry, next, {
    dryRun: false,
    writer: { ...writer, operation: 'Update' },
    subresource: 'status',
  })
}

function sayNoneLeft(status: Fielded, now: string): void {
  const held = listAt(status, 'conditions')
  const before = held.find((one) => textAt(one, 'type') === conditionType)
  const isKept = textAt(before, 'status') === 'False'
  const condition = {
    type: conditionType,
    status: 'False',
    ...(get(status, 'observedGeneration') === undefined
      ? {}
      : { observedGeneration: get(status, 'observedGeneration') }),
    lastTransitionTime: isKept ? get(before, 'lastTransitionTime') : now,
    reason: 'InsufficientPods',
    message: '',
  }
  status['conditions'] =
    before === undefined
      ? [...held, condition]
      : held.map((one) => (one === before ? condition : one))
}

function selects(budget: Obj, pod: Obj): boolean {
  const selector = get(budget, 'spec', 'selector')
  return isFielded(selector) && matchesLabels(selector, pod.metadata.labels ?? {})
}
