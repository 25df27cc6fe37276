/**
 * Asks a store for all that it is asked for, to tell one secret's end from a whole backend's. Happens only
 * when something would be deleted for being absent; what was present before is told by what is
 * durable: the targets that are there, with the hash that their writer put on them.
 */
import { isDeleting, secrets, type ExternalSecret } from '#api'
import { faultOf, field, isObject, type Fault } from '#base'
import type { Client } from '#kube'
import type { EntryOutcome, ReadPlanner, StoreView } from '#provider'
import type { Cache, SecretMetadata } from '#runtime'
import { referenceId, type Census } from './absence.ts'
import { entryRefOf, findRequestOf } from './gather.ts'
import { generatorOf } from './generators.ts'
import { dataHashAnnotation, targetKeyOf } from './names.ts'
import { storeKeyOf, storeText, type StoreKey } from './stores.ts'

export interface CensusDeps {
  readonly client: Pick<Client, 'getMetadata'>
  readonly planner: Pick<ReadPlanner, 'read' | 'find'>
  readonly openStore: (key: StoreKey, es: ExternalSecret, signal: AbortSignal) => Promise<StoreView>
  readonly targets: Pick<Cache<SecretMetadata>, 'get'>
}

/**
 * The ExternalSecrets that have something to lose. Where the cache shows no target the server is asked:
 * a cache filled from a replica that lags knows few of them, and a crowd must not look small for that.
 *
 * @throws Fault when the server cannot be asked now: then nothing is known.
 */
export async function havingTargets(
  all: readonly ExternalSecret[],
  { client, targets }: Pick<CensusDeps, 'client' | 'targets'>,
  signal: AbortSignal,
): Promise<readonly ExternalSecret[]> {
  const has = await Promise.all(
    all.map(async (es) => {
      if (isDeleting(es)) return false
      const key = targetKeyOf(es)
      if (isMade(targets.get(key))) return true
      return isMade((await client.getMetadata(secrets, key, { signal })) ?? undefined)
    }),
  )
  return all.filter((_es, i) => has[i])
}

function isMade(target: Pick<SecretMetadata, 'metadata'> | undefined): boolean {
  return target?.metadata.annotations?.[dataHashAnnotation] !== undefined
}

/** How many references they have on a store at most, as far as that can be told without reading. */
export function countReferences(all: readonly ExternalSecret[], store: StoreKey): number {
  let count = 0
  for (const es of all) {
    const { data, dataFrom } = entriesOn(es, store)
    // A list may stand for any number.
    if (dataFrom.some(({ entry }) => entry.find !== undefined)) return Infinity
    count += data.length + dataFrom.length
  }
  return count
}

/**
 * Reads everything. What is refused, or answered with what cannot be read, is unclear; what an object may not
 * ask at all, or is there but of no use to it, says nothing.
 *
 * @throws Fault when the store cannot be read now: then nothing is known.
 */
export async function takeCensus(
  all: readonly ExternalSecret[],
  store: StoreKey,
  deps: CensusDeps,
  signal: AbortSignal,
): Promise<Census> {
  const known = new Map<string, number>()
  const absent = new Map<string, number>()
  const unclear = new Map<string, number>()
  await Promise.all(
    all.map(async (es) => {
      const found = await lookAt(es, store, deps, signal)
      for (const { at, present, gone, maybe } of found) {
        const id = referenceId(es, at)
        if (present + gone > 0) known.set(id, present + gone)
        if (gone > 0) absent.set(id, gone)
        if (maybe > 0) unclear.set(id, maybe)
      }
    }),
  )
  return { known, absent, unclear }
}

interface Found {
  readonly at: string
  readonly present: number
  readonly gone: number
  /** Of which nothing was told. */
  readonly maybe: number
}

async function lookAt(
  es: ExternalSecret,
  store: StoreKey,
  deps: CensusDeps,
  signal: AbortSignal,
): Promise<readonly Found[]> {
  const { data, dataFrom } = entriesOn(es, store)
  if (data.length + dataFrom.length === 0) return []
  const view = await viewOf(es, store, deps, signal)
  if (view === undefined) return []
  const refs = [
    ...data.map(({ at, entry }) => ({ at, ref: entry.remoteRef, isMap: false })),
    ...dataFrom.flatMap(({ at, entry }) =>
      entry.extract === undefined ? [] : [{ at, ref: entry.extract, isMap: true }],
    ),
  ]
  const namespace = es.metadata.namespace ?? ''
  const outcomes =
    refs.length === 0
      ? []
      : await deps.planner.read(
          view,
          namespace,
          refs.map(({ ref }) => entryRefOf(ref)),
          signal,
        )
  const found = refs.map(({ at, ref, isMap }, i) => ({
    at,
    ...presence(outcomes[i] as EntryOutcome, ref.property, isMap),
  }))
  const lists = dataFrom.filter(({ entry }) => entry.find !== undefined)
  return [...found, ...(await lookAtLists(es, view, lists, found.length, deps, signal))]
}

/** The store for this object; undefined: it may not use it, so it proves nothing. */
async function viewOf(
  es: ExternalSecret,
  store: StoreKey,
  { openStore }: Pick<CensusDeps, 'openStore'>,
  signal: AbortSignal,
): Promise<StoreView | undefined> {
  try {
    return await openStore(store, es, signal)
  } catch (thrown) {
    signal.throwIfAborted()
    refuseOutage(faultOf(thrown))
    return undefined
  }
}

type Entries = ReturnType<typeof entriesOn>

/** A list counts by its length; what its target holds beyond that is gone, or unclear where one was refused. */
async function lookAtLists(
  es: ExternalSecret,
  view: StoreView,
  lists: Entries['dataFrom'],
  others: number,
  deps: CensusDeps,
  signal: AbortSignal,
): Promise<readonly Found[]> {
  if (lists.length === 0) return []
  const found: Found[] = []
  for (const { at, entry } of lists) {
    try {
      const request = findRequestOf(entry.find)
      const list = await deps.planner.find(view, es.metadata.namespace ?? '', request, signal)
      found.push({ at, present: list.size, gone: list.size === 0 ? 1 : 0, maybe: 0 })
    } catch (thrown) {
      signal.throwIfAborted()
      refuseOutage(faultOf(thrown))
      found.push({ at, ...unclear })
    }
  }
  const target = await deps.client.getMetadata(secrets, targetKeyOf(es), { signal })
  const had = new Set<string>()
  for (const { fieldsV1 } of target?.metadata.managedFields ?? []) {
    const keys = field(fieldsV1, 'f:data')
    if (isObject(keys)) for (const key of Object.keys(keys)) if (key.startsWith('f:')) had.add(key)
  }
  const told = found.reduce((sum, { present, gone, maybe }) => sum + present + gone + maybe, 0)
  const beyond = Math.max(0, had.size - others - told - generatedKeys(es))
  const refused = found.findIndex(({ maybe }) => maybe > 0)
  return found.map((list, i) => {
    if (i === refused) return { ...list, maybe: list.maybe + beyond }
    return i === 0 && refused < 0 ? { ...list, gone: list.gone + beyond } : list
  })
}

/** How many keys of the target generators gave, as far as its status tells. */
function generatedKeys(es: ExternalSecret): number {
  const fields = (es.spec?.dataFrom ?? []).flatMap((entry, index) =>
    generatorOf(entry) === undefined ? [] : [`spec.dataFrom[${index}]`],
  )
  const sources = es.status?.provenance ?? []
  return sources
    .filter(({ from }) => fields.includes(from))
    .reduce((sum, { keys }) => sum + keys.length, 0)
}

/** Everything an object asks of one store, by field. */
function entriesOn(es: ExternalSecret, store: StoreKey) {
  const wanted = storeText(store)
  const isOn = (entry: { readonly sourceRef?: Parameters<typeof refOf>[0] }): boolean => {
    const key = storeKeyOf(es, refOf(entry.sourceRef))
    return key !== undefined && storeText(key) === wanted
  }
  const fields = <T>(name: string, entries: readonly T[] = []) =>
    entries.map((entry, index) => ({ at: `spec.${name}[${index}]`, entry }))
  return {
    data: fields('data', es.spec?.data).filter(({ entry }) => isOn(entry)),
    dataFrom: fields('dataFrom', es.spec?.dataFrom).filter(
      ({ entry }) => generatorOf(entry) === undefined && isOn(entry),
    ),
  }
}

function refOf(
  source:
    | { readonly storeRef?: Parameters<typeof storeKeyOf>[1]; readonly generatorRef?: unknown }
    | undefined,
): Parameters<typeof storeKeyOf>[1] {
  return source?.storeRef
}

/** What of a reference is there, what is not, and what may be either; all 0: it says nothing. */
type Presence = Omit<Found, 'at'>

const here: Presence = { present: 1, gone: 0, maybe: 0 }
const away: Presence = { present: 0, gone: 1, maybe: 0 }
const unclear: Presence = { present: 0, gone: 0, maybe: 1 }
/** There, but of no use as it is asked for. */
const unusable: Presence = { present: 0, gone: 0, maybe: 0 }

function presence(outcome: EntryOutcome, property: string | undefined, isMap: boolean): Presence {
  if (outcome.kind === 'absent') return away
  if (outcome.kind === 'failed') {
    refuseOutage(outcome.fault)
    return unclear
  }
  try {
    if (isMap) return (outcome.entry.map(property)?.size ?? 0) > 0 ? here : away
    const value = outcome.entry.value(property)
    value?.fill(0)
    return value === null ? away : here
  } catch (thrown) {
    return faultOf(thrown).reason === 'NotFound' ? away : unusable
  }
}

const lasting = new Set<Fault['reason']>(['AccessDenied', 'Forbidden', 'InvalidAnswer', 'NotFound'])

/** What heals by itself is waited for; a refusal is that one object's matter. @throws Fault */
function refuseOutage(fault: Fault): void {
  if (fault.retry.kind === 'onChange' || lasting.has(fault.reason)) return
  throw fault.within('find out what else is absent')
}

/** Text of the part of a store's users that see the same backend. */
export function groupText(store: StoreKey, es: ExternalSecret, isReferent: boolean): string {
  return isReferent ? `${storeText(store)} for ${es.metadata.namespace ?? ''}` : storeText(store)
}
