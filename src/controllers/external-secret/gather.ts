/**
 * The values an ExternalSecret asks for: everything is read first, each store's refs in one go, then
 * put together in the order of the spec. `dataFrom` comes before `data`, later entries win.
 */
import type { ExternalSecret, ExternalSecretData, ExternalSecretDataFrom, RemoteRef } from '#api'
import { Fault, faultOf, outcomeOf, type Outcome } from '#base'
import { convertKeys, decodeValue, type DataMap } from '#go'
import type { Entry, EntryOutcome, EntryRef, Find, ReadPlanner, StoreView } from '#provider'
import type { Generator } from '#provider'
import type { EventNote } from '#runtime'
import { generatorOf, type Generators } from './generators.ts'
import { decodeAll, refuseNulls, validKeys } from './keys.ts'
import type { DeletionPolicy } from './policy.ts'
import { rewriteKeys, type Transform } from './rewrite.ts'
import { missingAtProvider } from './status.ts'
import type { Source } from './source.ts'
import { storeKeyOf, storeText, type StoreKey } from './stores.ts'

/** What gathering needs of the world. */
export interface GatherDeps {
  readonly planner: Pick<ReadPlanner, 'read' | 'find'>
  /** The store, admitted and Ready. @throws Fault, in the peer's words. */
  readonly openStore: (key: StoreKey, es: ExternalSecret, signal: AbortSignal) => Promise<StoreView>
  readonly transform: Transform
  /** The generators it names, as they were read. */
  readonly generators: Pick<Generators, 'at'>
  /** Makes new values. @throws Fault */
  readonly generate: (generator: Generator, signal: AbortSignal) => Promise<DataMap>
}

/** The values, and what the provider says it does not have. */
export interface Gathered {
  readonly values: ReadonlyMap<string, Uint8Array>
  /** Proved absent, and passed over as the deletion policy says. */
  readonly missing: readonly EventNote[]
  /** What gave no value at all: what is missing, and lists and maps that came out empty. */
  readonly absent: readonly AbsentRef[]
  /** The lists that gave something: what is not in them any more is absent, too. */
  readonly lists: readonly AbsentRef[]
  /** Where the keys came from, in the order in which later ones win. */
  readonly sources: readonly Source[]
}

/** An entry of the spec that gave nothing. */
export interface AbsentRef {
  readonly store: StoreKey
  /** The field: `spec.data[0]`. */
  readonly at: string
  /** A list that gave something, but less than its target holds. */
  readonly isShorter?: true
}

/** @throws Fault that names the entry: one that cannot be read fails them all, and nothing is written. */
export async function gather(
  es: ExternalSecret,
  deletion: DeletionPolicy,
  deps: GatherDeps,
  signal: AbortSignal,
): Promise<Gathered> {
  const reads = await readAll(es, deps, signal)
  const values = new Map<string, Uint8Array>()
  const missing: EventNote[] = []
  const nothing: AbsentRef[] = []
  const lists: AbsentRef[] = []
  const sources: Source[] = []
  const mayBeAbsent = deletion !== 'Retain'

  const put = (from: Omit<Source, 'keys'>, found: DataMap): void => {
    for (const [key, value] of found) values.set(key, value)
    if (found.size > 0) sources.push({ ...from, keys: [...found.keys()] })
  }
  const take = (from: Omit<Source, 'keys'> & { store: StoreKey }, found: DataMap): void => {
    put(from, found)
    if (found.size === 0) nothing.push({ store: from.store, at: from.from })
  }
  for (const [index, entry] of (es.spec?.dataFrom ?? []).entries()) {
    const doing = `error processing spec.dataFrom[${index}].${sourceOf(entry)}, err`
    const generator = generatorOf(entry)
    if (generator !== undefined) {
      const made = await withinAsync(doing, () => fromGenerator(entry, index, deps, signal))
      const isMade = generator.kind === 'Fake' ? {} : { isMade: true as const }
      put({ from: `spec.dataFrom[${index}]`, store: generator, ...isMade }, made)
      continue
    }
    const found = within(doing, () => fromMany(entry, reads, es, deps.transform))
    if (found === null && !mayBeAbsent) throw absent(doing)
    if (found === null) missing.push(missingAtProvider(index))
    const store = storeKeyOf(es, entry.sourceRef?.storeRef)
    if (store === undefined) continue
    const from = { from: `spec.dataFrom[${index}]`, store }
    take({ ...from, ...describe(entry.extract, store, reads) }, found ?? new Map())
    if (entry.find !== undefined && (found?.size ?? 0) > 0) {
      lists.push({ store, at: from.from, isShorter: true })
    }
  }
  for (const [index, entry] of (es.spec?.data ?? []).entries()) {
    const { key } = entry.remoteRef
    const doing = `error processing spec.data[${index}] (key: ${key}), err`
    const value = within(doing, () => fromOne(entry, reads, es))
    if (value === null && !mayBeAbsent) throw absent(doing)
    if (value === null) missing.push(missingAtProvider(index, key))
    const store = requiredStore(es, entry.sourceRef?.storeRef)
    const from = { from: `spec.data[${index}]`, store }
    take(
      { ...from, ...describe(entry.remoteRef, store, reads) },
      new Map(value === null ? [] : [[entry.secretKey, value]]),
    )
  }
  return { values, missing, absent: nothing, lists, sources }
}

/** Names and version of what was read for a ref. */
function describe(
  ref: RemoteRef | undefined,
  store: StoreKey,
  reads: Reads,
): Pick<Source, 'remoteKey' | 'property' | 'version'> {
  if (ref === undefined) return {}
  const outcome = reads.entry(store, ref)
  const version = outcome.kind === 'entry' ? outcome.entry.version : undefined
  return {
    remoteKey: ref.key,
    ...(ref.property === undefined || ref.property === '' ? {} : { property: ref.property }),
    ...(version === undefined ? {} : { version }),
  }
}

function absent(doing: string): Fault {
  return new Fault('NotFound', `${doing}: Secret does not exist`, {
    hint: 'Create it in the backend, or correct remoteRef.key.',
  })
}

function within<T>(doing: string, work: () => T): T {
  try {
    return work()
  } catch (thrown) {
    throw faultOf(thrown).within(doing)
  }
}

async function withinAsync<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    throw faultOf(thrown).within(doing)
  }
}

/** New values; what a store's would go through beside the rewrite does not apply to them. */
async function fromGenerator(
  entry: ExternalSecretDataFrom,
  index: number,
  { generators, generate, transform }: GatherDeps,
  signal: AbortSignal,
): Promise<DataMap> {
  const generator = generators.at(index)
  if (generator.kind === 'failed') throw generator.fault
  const made = await withinAsync('error using generator', () => generate(generator.value, signal))
  return validated(rewritten(entry, made, transform))
}

function sourceOf(entry: ExternalSecretDataFrom): 'find' | 'extract' | 'sourceRef.generatorRef' {
  if (entry.find !== undefined) return 'find'
  return entry.extract === undefined ? 'sourceRef.generatorRef' : 'extract'
}

/** One entry of `dataFrom`; null: the provider does not have it. */
function fromMany(
  entry: ExternalSecretDataFrom,
  reads: Reads,
  es: ExternalSecret,
  transform: Transform,
): DataMap | null {
  const part = entry.find ?? entry.extract
  if (part === undefined) return new Map()
  const store = requiredStore(es, entry.sourceRef?.storeRef)
  const found =
    entry.find === undefined
      ? extracted(reads.entry(store, entry.extract as RemoteRef), entry.extract?.property)
      : reads.found(store, entry)
  if (found === null) return null
  const valid = validated(renamed(entry, found, part.conversionStrategy ?? 'Default', transform))
  const strategy = part.decodingStrategy ?? 'None'
  const decoded = within(`error applying decoding strategy ${strategy} to data`, () =>
    decodeAll(valid, strategy),
  )
  refuseNulls(decoded, part.nullBytePolicy)
  return decoded
}

/** Keys are rewritten or converted, never both. */
function renamed(
  entry: ExternalSecretDataFrom,
  values: DataMap,
  conversion: 'Default' | 'Unicode',
  transform: Transform,
): DataMap {
  if ((entry.rewrite ?? []).length > 0) return rewritten(entry, values, transform)
  return within(`error applying conversion strategy ${conversion} to keys`, () =>
    convertKeys(values, conversion),
  )
}

function rewritten(
  { rewrite = [] }: ExternalSecretDataFrom,
  values: DataMap,
  transform: Transform,
): DataMap {
  return within('error applying rewrite to keys', () => rewriteKeys(rewrite, values, transform))
}

function validated(values: DataMap): DataMap {
  return within('invalid secret keys (TIP: use rewrite or conversionStrategy to change keys)', () =>
    validKeys(values),
  )
}

function extracted(outcome: EntryOutcome, property: string | undefined): DataMap | null {
  const entry = entryOf(outcome)
  return entry === null ? null : entry.map(property)
}

/** One entry of `data`; null: the provider does not have it. */
function fromOne(entry: ExternalSecretData, reads: Reads, es: ExternalSecret): Uint8Array | null {
  const { remoteRef } = entry
  const outcome = reads.entry(requiredStore(es, entry.sourceRef?.storeRef), remoteRef)
  // Where the peer has words of its own for this, it takes it for a failure, not for absence.
  if (outcome.kind === 'absent' && outcome.message !== undefined) {
    throw new Fault('NotFound', outcome.message)
  }
  const value = entryOf(outcome)?.value(remoteRef.property) ?? null
  if (value === null) return null
  const strategy = remoteRef.decodingStrategy ?? 'None'
  const decoded = within(`error applying decoding strategy ${strategy} to data`, () =>
    decodeValue(value, strategy),
  )
  refuseNulls(new Map([[entry.secretKey, decoded]]), remoteRef.nullBytePolicy)
  return decoded
}

function entryOf(outcome: EntryOutcome): Entry | null {
  if (outcome.kind === 'failed') throw outcome.fault
  return outcome.kind === 'absent' ? null : outcome.entry
}

function requiredStore(es: ExternalSecret, ref: Parameters<typeof storeKeyOf>[1]): StoreKey {
  const key = storeKeyOf(es, ref)
  if (key !== undefined) return key
  throw new Fault('InvalidSpec', 'no store is named', {
    at: 'spec.secretStoreRef.name',
    hint: 'Set spec.secretStoreRef, or sourceRef.storeRef of the entry.',
  })
}

/** Everything that was read, to be asked for in the order of the spec. */
interface Reads {
  entry(store: StoreKey, ref: RemoteRef): EntryOutcome
  /** @throws Fault */
  found(store: StoreKey, entry: ExternalSecretDataFrom): DataMap
}

/** What is wanted of one store. */
interface Wanted {
  readonly key: StoreKey
  readonly refs: Map<string, EntryRef>
  readonly finds: Set<ExternalSecretDataFrom>
}

/** Reads all stores at once. What fails is a value here, so that the spec's order decides what is told. */
async function readAll(es: ExternalSecret, deps: GatherDeps, signal: AbortSignal): Promise<Reads> {
  const entries = new Map<string, Map<string, EntryOutcome>>()
  const finds = new Map<ExternalSecretDataFrom, Outcome<DataMap>>()
  const readStore = async ({ key, refs, finds: wanted }: Wanted): Promise<void> => {
    const view = await outcomeOf(() => deps.openStore(key, es, signal), signal)
    const all = [...wanted].map(async (entry) => {
      finds.set(entry, await findOf(view, entry, es, deps, signal))
    })
    const outcomes = await entriesOf(view, [...refs.values()], es, deps, signal)
    entries.set(
      storeText(key),
      new Map([...refs.keys()].map((id, i) => [id, outcomes[i] as EntryOutcome])),
    )
    await Promise.all(all)
  }
  await Promise.all(wantedOf(es).map(readStore))
  return {
    entry: (store, ref) =>
      entries.get(storeText(store))?.get(idOf(entryRefOf(ref))) ?? unread('the entry'),
    found: (_store, entry) => {
      const outcome = finds.get(entry)
      if (outcome === undefined) throw unread('the list').fault
      if (outcome.kind === 'failed') throw outcome.fault
      return outcome.value
    },
  }
}

function unread(what: string): { readonly kind: 'failed'; readonly fault: Fault } {
  return { kind: 'failed', fault: new Fault('InternalError', `${what} was not read`) }
}

async function entriesOf(
  view: Outcome<StoreView>,
  refs: readonly EntryRef[],
  es: ExternalSecret,
  { planner }: GatherDeps,
  signal: AbortSignal,
): Promise<readonly EntryOutcome[]> {
  if (view.kind === 'failed') return refs.map(() => view)
  if (refs.length === 0) return []
  return await planner.read(view.value, es.metadata.namespace ?? '', refs, signal)
}

async function findOf(
  view: Outcome<StoreView>,
  { find }: ExternalSecretDataFrom,
  es: ExternalSecret,
  { planner }: GatherDeps,
  signal: AbortSignal,
): Promise<Outcome<DataMap>> {
  if (view.kind === 'failed') return view
  const request = findRequestOf(find)
  const namespace = es.metadata.namespace ?? ''
  const found = await outcomeOf(() => planner.find(view.value, namespace, request, signal), signal)
  if (found.kind === 'done') return found
  return { kind: 'failed', fault: found.fault.within('error getting all secrets') }
}

/** What a planner is asked for a list. */
export function findRequestOf(find: ExternalSecretDataFrom['find']): Find {
  return {
    ...(find?.path === undefined ? {} : { path: find.path }),
    ...(find?.name?.regexp === undefined ? {} : { nameRegexp: find.name.regexp }),
    ...(find?.tags === undefined ? {} : { tags: find.tags }),
    ...(find?.conversionStrategy === undefined
      ? {}
      : { conversionStrategy: find.conversionStrategy }),
  }
}

function wantedOf(es: ExternalSecret): readonly Wanted[] {
  const stores = new Map<string, Wanted>()
  const of = (ref: Parameters<typeof storeKeyOf>[1]): Wanted | undefined => {
    const key = storeKeyOf(es, ref)
    if (key === undefined) return undefined
    const known = stores.get(storeText(key)) ?? { key, refs: new Map(), finds: new Set() }
    stores.set(storeText(key), known)
    return known
  }
  const add = (wanted: Wanted | undefined, ref: RemoteRef): void => {
    const entry = entryRefOf(ref)
    wanted?.refs.set(idOf(entry), entry)
  }
  for (const entry of es.spec?.dataFrom ?? []) {
    if (generatorOf(entry) !== undefined) continue
    const wanted = of(entry.sourceRef?.storeRef)
    if (entry.find !== undefined) wanted?.finds.add(entry)
    else if (entry.extract !== undefined) add(wanted, entry.extract)
  }
  for (const entry of es.spec?.data ?? []) {
    add(of(entry.sourceRef?.storeRef), entry.remoteRef)
  }
  return [...stores.values()]
}

/** What a planner is asked for a ref. */
export function entryRefOf(ref: RemoteRef): EntryRef {
  const { key, version, metadataPolicy } = ref
  return {
    key,
    ...(version === undefined || version === '' ? {} : { version }),
    ...(metadataPolicy === 'Fetch' ? { metadata: true } : {}),
  }
}

function idOf(ref: EntryRef): string {
  return JSON.stringify([ref.key, ref.version, ref.metadata === true])
}
