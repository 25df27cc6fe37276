/**
 * Applies a rendered set by server-side apply.
 *
 * Ensures: everything of a stage is tried without effect first, and nothing of it is written unless
 * all of it would be taken; all refusals are told at once, each with its file and line; the caller
 * has noted what is about to be written before it is. What was proven equal is left alone. What is
 * written carries the version that was looked at; see trial.ts and write.ts.
 */
import { equalJson, Fault, faultOf, isObject, type FaultOptions, type FaultReason } from '#base'
import type { AnyObject } from '#api'
import { apiStatusOf } from '#kube'
import type { Applied, ApplyItem, ApplyOptions, ApplyResult } from './apply-options.ts'
import { entryOf, subjectOf, type InventoryEntry } from './entry.ts'
import { stagesOf } from './order.ts'
import { inParallel } from './parallel.ts'
import { whyNoSecret } from './secret-shape.ts'
import { judge, keyOfStep, type Step, type Trial } from './trial.ts'
import { write } from './write.ts'

const width = 8
const establishMs = 60_000
const establishPollMs = 100

/** @throws Fault with every refusal of the stage that failed; see the file's head. */
export async function applySet(
  items: readonly ApplyItem[],
  options: ApplyOptions,
): Promise<ApplyResult> {
  const entries: InventoryEntry[] = []
  const changes: Applied[] = []
  for (const stage of stagesOf(items, (item) => item.object)) {
    const steps = await collected(stage.flat(), 'dry-run', (item) => prepare(item, options))
    const trials = new Map<Step, Trial>()
    await collected(steps, 'dry-run', async (step) => {
      trials.set(step, await judge(step, options))
    })
    entries.push(...steps.map((step) => step.entry))
    await options.noteAhead(entries)
    const stepOf = new Map(steps.map((step) => [step.item, step]))
    for (const wave of stage) {
      const mine = wave.flatMap((item) => stepOf.get(item) ?? [])
      changes.push(
        ...(await collected(mine, 'apply', (step) => write(step, trials.get(step), options))),
      )
    }
    await established(steps, options)
  }
  return { entries, changes }
}

/** Runs over all, and tells all failures at once. */
async function collected<T extends ApplyItem | Step, R>(
  items: readonly T[],
  doing: string,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const failures: { readonly item: ApplyItem; readonly fault: Fault }[] = []
  const results = await inParallel(items, width, async (item) => {
    try {
      return [await work(item)]
    } catch (thrown) {
      failures.push({ item: 'item' in item ? item.item : item, fault: faultOf(thrown) })
      return []
    }
  })
  if (failures.length > 0) throw refusal(failures, doing)
  return results.flat()
}

/** What was refused of a stage. */
class Refusal extends Fault {
  /** Namespaces that are not there, or on their way out. */
  readonly lacking: ReadonlySet<string>

  constructor(
    lacking: ReadonlySet<string>,
    ...fault: readonly [FaultReason, string, FaultOptions]
  ) {
    super(...fault)
    this.lacking = lacking
  }
}

/** The namespaces that objects of a set lack, by what `applySet` has thrown; empty when that was no trouble. */
export function lackingNamespaces(thrown: unknown): ReadonlySet<string> {
  for (let link: unknown = thrown; link instanceof Error; link = link.cause) {
    if (link instanceof Refusal) return link.lacking
  }
  return new Set()
}

function lackedBy(item: ApplyItem, fault: Fault): string | undefined {
  const status = apiStatusOf(fault)
  if (status?.reason === 'NotFound' && status.subject.kind === 'namespaces') {
    return status.subject.name
  }
  const isLeaving = status?.causes.some(({ reason }) => reason === 'NamespaceTerminating')
  return isLeaving === true ? item.object.metadata.namespace : undefined
}

const shownRefusals = 20

function refusal(
  failures: readonly { readonly item: ApplyItem; readonly fault: Fault }[],
  doing: string,
): Fault {
  const ordered = failures.toSorted((a, b) => (a.item.place < b.item.place ? -1 : 1))
  const lines = ordered.slice(0, shownRefusals).map(({ item, fault }) => {
    const status = apiStatusOf(fault)
    const reason = status?.reason === undefined || status.reason === '' ? '' : ` (${status.reason})`
    const words = wordsAbout(item, fault)
    return `${subjectOf(item.object)} ${doing} failed${reason}: ${words} (${placeOf({ item, fault })})`
  })
  if (failures.length > shownRefusals) lines.push(`and ${failures.length - shownRefusals} more`)
  const first = ordered[0]
  const fault = first?.fault ?? new Fault('InternalError', doing)
  const worst = ordered.find((failure) => failure.fault.reason === 'Cancelled')?.fault ?? fault
  const names = failures.map((failure) => lackedBy(failure.item, failure.fault))
  const lacking = new Set(names.filter((name) => name !== undefined))
  return new Refusal(lacking, worst.reason, lines.join('\n'), {
    cause: worst,
    retry: worst.retry,
    ...(first === undefined ? {} : { at: placeOf(first) }),
    ...(worst.hint === undefined ? {} : { hint: worst.hint }),
  })
}

/** The server's own words, unless they may quote what must not be told. */
function wordsAbout(item: ApplyItem, fault: Fault): string {
  const status = apiStatusOf(fault)
  if (status === undefined) return fault.message
  if (item.isSecretive !== true || kept.has(status.reason)) return status.message
  if (status.causes.some(({ reason }) => reason === 'NamespaceTerminating')) {
    const { namespace = '' } = item.object.metadata
    return `unable to create new content in namespace ${namespace} because it is being terminated`
  }
  return `the API server refused it (status ${status.code}); it holds a value of a Secret, so what was said is not repeated`
}

/** Refusals that are about who asks and what for, never about what stands in it. */
const kept: ReadonlySet<string> = new Set(['Conflict', 'NotFound', 'Unauthorized'])

/** `apps/web.yaml:12`, and the field where we know it. */
function placeOf({ item, fault }: { readonly item: ApplyItem; readonly fault: Fault }): string {
  const isOurs = apiStatusOf(fault) === undefined && fault.at !== undefined
  return isOurs ? `${item.place}:${fault.at}` : item.place
}

async function prepare(item: ApplyItem, options: ApplyOptions): Promise<Step> {
  const { apiVersion, kind, metadata } = item.object
  const resource = await options.discovery.resourceOf(apiVersion, kind, { signal: options.signal })
  if (resource === null) {
    throw new Fault('NotFound', `no matches for kind "${kind}" in version "${apiVersion}"`, {
      hint: 'install its definition first, or commit it to the same path',
    })
  }
  if (resource.namespaced && !metadata.namespace) {
    throw new Fault('InvalidManifest', 'namespace not specified', {
      hint: 'set metadata.namespace, or spec.targetNamespace of the Kustomization',
    })
  }
  const malformed = whyNoSecret(item.object)
  if (malformed !== undefined) throw malformed
  const object = resource.namespaced ? item.object : withoutNamespace(item.object)
  return { item, resource, object, entry: entryOf(object), digest: options.digestOf(object) }
}

function withoutNamespace(object: AnyObject): AnyObject {
  if (object.metadata.namespace === undefined) return object
  const { namespace: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** Waits until new definitions are served, so that the next stage can be understood. */
async function established(steps: readonly Step[], options: ApplyOptions): Promise<void> {
  const { client, clock, discovery, signal } = options
  const definitions = steps.filter((step) => step.object.kind === 'CustomResourceDefinition')
  if (definitions.length === 0) return
  const deadline = clock.monotonic() + establishMs
  let waited = false
  for (const step of definitions) {
    for (;;) {
      const live = await client.get(step.resource, keyOfStep(step), { signal })
      if (live !== null && isEstablished(live)) break
      waited = true
      if (clock.monotonic() > deadline) {
        throw new Fault(
          'Timeout',
          `${subjectOf(step.object)} is not established (${step.item.place})`,
        )
      }
      await clock.sleep(establishPollMs, signal)
    }
  }
  if (waited) await discovery.discover({ refresh: true, signal })
}

function isEstablished(definition: AnyObject): boolean {
  const status = definition['status']
  const conditions: unknown = isObject(status) ? status['conditions'] : undefined
  if (!Array.isArray(conditions)) return false
  return (conditions as readonly unknown[]).some(
    (condition) =>
      isObject(condition) &&
      equalJson([condition['type'], condition['status']], ['Established', 'True']),
  )
}
