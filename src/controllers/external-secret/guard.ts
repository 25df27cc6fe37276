/**
 * Stands before every deletion that rests on "the backend says there is no such secret". When more than
 * half of a store's references (at least five) are absent together, nothing goes until a person
 * confirms: `lockstep confirm`, which puts the answer on the ExternalSecret, for that absence alone.
 *
 * Whether it is that many is asked of the backend anew, with a read that begins after the absence was
 * seen; what was there before is told by the targets in the cluster, as the server has them. So a restart
 * forgets nothing that matters.
 */
import { confirmAbsence, heldMessage, type ExternalSecret, type NamedStore } from '#api'
import { Fault, timeText, type Env } from '#base'
import { isReferent, type StoreView } from '#provider'
import type { EventNote, EventRecorder } from '#runtime'
import {
  answerTo,
  fewReferences,
  isMassAbsence,
  referenceId,
  sumOf,
  type Census,
} from './absence.ts'
import { countReferences, groupText, havingTargets, takeCensus, type CensusDeps } from './census.ts'
import type { AbsentRef } from './gather.ts'
import { readyOf } from './ready.ts'
import { StepFailed } from './step.ts'
import { storeText, type Store, type StoreKey } from './stores.ts'

export interface GuardDeps extends CensusDeps {
  readonly env: Pick<Env, 'clock'>
  readonly events: Pick<EventRecorder, 'record'>
  /** Everything that refers to a store. */
  readonly users: (store: StoreKey) => readonly ExternalSecret[]
  readonly cachedStore: (key: StoreKey) => Store | undefined
}

/** One answer of the backend about everything is good for so long for whoever it covers. */
const censusMs = 15_000
/** How long what went counts as having gone together with what goes now. */
const latelyMs = 3_600_000
/** How soon to look again whether the backend has it all back. */
const lookAgainMs = 300_000

/** What is known of those who see one backend. */
interface Group {
  /** Who has something to lose. */
  losers?: { readonly atMs: number; readonly asked: Promise<readonly ExternalSecret[]> }
  census?: { readonly atMs: number; readonly taken: Promise<Census> }
  /** References that went, with when and their weight. */
  readonly lately: Map<string, { readonly atMs: number; readonly weight: number }>
  /** When something was held back last. */
  heldMs?: number
}

/** The guard of one controller. */
export class AbsenceGuard {
  readonly #deps: GuardDeps
  readonly #groups = new Map<string, Group>()

  constructor(deps: GuardDeps) {
    this.#deps = deps
  }

  /**
   * Returns when `es` may lose what was proved absent.
   *
   * @param absent What gave nothing; or any entry of a list that has become shorter.
   * @throws StepFailed `held` when a person has to confirm it first; Fault when it cannot be told now.
   */
  async allow(
    es: ExternalSecret,
    absent: readonly AbsentRef[],
    signal: AbortSignal,
  ): Promise<void> {
    const stores = new Map(absent.map(({ store }) => [storeText(store), store]))
    for (const store of stores.values()) {
      const at = absent.filter((ref) => storeText(ref.store) === storeText(store))
      await this.#allowFrom(es, store, at, signal)
    }
  }

  async #allowFrom(
    es: ExternalSecret,
    store: StoreKey,
    refs: readonly AbsentRef[],
    signal: AbortSignal,
  ): Promise<void> {
    const at = refs.map((ref) => ref.at)
    const view = await this.#deps.openStore(store, es, signal)
    const nowMs = this.#deps.env.clock.now()
    const since = sinceOf(es, nowMs)
    const answer = answerTo({ storeUid: view.uid, es, at, since })
    if (es.metadata.annotations?.[confirmAbsence] === answer) return
    const group = this.#group(groupText(store, es, isReferent(view)))
    const all = await this.#peers(es, store, view, group, signal)
    const lately = this.#latelyOf(group)
    const gone = refs.filter((ref) => ref.isShorter !== true)
    const ids = gone.map((ref) => referenceId(es, ref.at))
    if (countReferences(all, store) + sumOf(lately) < fewReferences) {
      this.#note(group, new Map(ids.map((id) => [id, 1])))
      return
    }
    const census = await this.#censusOf(group, all, store, ids, signal)
    if (!isMassAbsence(census, lately)) {
      this.#note(group, new Map(ids.map((id) => [id, census.absent.get(id) ?? 1])))
      return
    }
    this.#tell(group, store, census)
    const text = heldMessage({ store: named(store), answer })
    const ms = lookAgainMs
    const fault = new Fault('Forbidden', text, { retry: { kind: 'after', ms } })
    throw new StepFailed('held', fault, nowMs)
  }

  /** Those who see the same backend and have something to lose, this one among them. */
  async #peers(
    es: ExternalSecret,
    store: StoreKey,
    view: StoreView,
    group: Group,
    signal: AbortSignal,
  ): Promise<readonly ExternalSecret[]> {
    const nowMs = this.#deps.env.clock.monotonic()
    const known = group.losers
    let asked = known !== undefined && nowMs - known.atMs < censusMs ? known.asked : undefined
    if (asked === undefined || (await asked.catch(() => undefined)) === undefined) {
      const users = this.#deps
        .users(store)
        .filter(({ metadata }) => !isReferent(view) || metadata.namespace === es.metadata.namespace)
      asked = havingTargets(users, this.#deps, signal)
      group.losers = { atMs: nowMs, asked }
    }
    const others = (await asked).filter(({ metadata }) => metadata.uid !== es.metadata.uid)
    return [...others, es]
  }

  /** A census in which every one of `ids` is absent. @throws Fault Unavailable when they are back. */
  async #censusOf(
    group: Group,
    all: readonly ExternalSecret[],
    store: StoreKey,
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<Census> {
    const nowMs = this.#deps.env.clock.monotonic()
    const known = group.census
    if (known !== undefined && nowMs - known.atMs < censusMs) {
      const census = await known.taken.catch(() => undefined)
      if (census !== undefined && ids.every((id) => census.absent.has(id))) return census
    }
    const taken = takeCensus(all, store, this.#deps, signal)
    group.census = { atMs: nowMs, taken }
    const census = await taken
    if (ids.every((id) => census.absent.has(id))) return census
    throw new Fault('Unavailable', 'the store says of the same entry that it is absent and present')
  }

  #group(text: string): Group {
    const known = this.#groups.get(text)
    if (known !== undefined) return known
    const fresh: Group = { lately: new Map() }
    this.#groups.set(text, fresh)
    return fresh
  }

  #latelyOf({ lately }: Group): ReadonlyMap<string, number> {
    const oldestMs = this.#deps.env.clock.monotonic() - latelyMs
    for (const [id, { atMs }] of lately) if (atMs < oldestMs) lately.delete(id)
    return new Map([...lately].map(([id, { weight }]) => [id, weight]))
  }

  #note({ lately }: Group, gone: ReadonlyMap<string, number>): void {
    const atMs = this.#deps.env.clock.monotonic()
    for (const [id, weight] of gone) lately.set(id, { atMs, weight })
  }

  #tell(group: Group, store: StoreKey, census: Census): void {
    const nowMs = this.#deps.env.clock.monotonic()
    const isKnown = group.heldMs !== undefined && nowMs - group.heldMs < 3 * lookAgainMs
    group.heldMs = nowMs
    const object = isKnown ? undefined : this.#deps.cachedStore(store)
    if (object !== undefined) this.#deps.events.record(object, massAbsence(census))
  }
}

/** When the present trouble began, as the condition says, or will say when it begins now. */
function sinceOf(es: ExternalSecret, nowMs: number): string {
  const ready = readyOf(es)
  const isFailing = ready?.status === 'False' && ready.lastTransitionTime !== undefined
  return isFailing ? ready.lastTransitionTime : timeText(nowMs)
}

function named({ kind, namespace, name }: StoreKey): NamedStore {
  return { kind, ...(namespace === undefined ? {} : { namespace }), name }
}

function massAbsence({ absent, known, unclear }: Census): EventNote {
  const others = sumOf(unclear) === 0 ? '' : `, ${sumOf(unclear)} more cannot be read`
  return {
    type: 'Warning',
    reason: 'MassAbsence',
    message: `${sumOf(absent)} of ${sumOf(known)} references are absent at once${others}; nothing is deleted until a person confirms with lockstep confirm`,
  }
}
