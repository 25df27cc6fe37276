/**
 * What must never happen, looked at after every single write on the server's own event log, and
 * before every request that the operator sends. Names as in the reliability reference, §1.10.
 */
import { confirmAbsence, type KubeObject, type Secret } from '#api'
import { at, fromBase64, isObject, parseJson, stringOf, textOf, type HttpRequest } from '#base'
import type { LogEvent } from '#embedded/kube-api'
import { describeLeaks, scanForCanaries } from '../canary.ts'
import { nameOf } from './faults.ts'

export type Invariant = 'S1' | 'S4' | 'S5' | 'S7' | 'S8' | 'S11' | 'convergence'

export interface Violation {
  readonly invariant: Invariant
  readonly atMs: number
  readonly text: string
}

/** What is true outside the cluster, known to the simulation alone. */
export interface Truth {
  /** Every planted value begins with it; see {@link originOf}. */
  readonly mark: string
  nowMs(): number
  /**
   * Whether the backend truly had no entry at `path` at some moment since `fromMs`: what went together
   * with most others counts only when a person confirmed it then.
   *
   * @param confirmedMs When a person confirmed it last for whoever asks.
   */
  wasAbsent(path: string, fromMs: number, confirmedMs: number): boolean
  /** Whether the file was missing from some commit that was the newest since `fromMs`. */
  wasUncommitted(name: string, fromMs: number): boolean
  /** The newest version of an origin; 0: it was never given. */
  newestOf(origin: string): number
}

/** Secrets the operator has no claim on, as `namespace/name`. */
export const foreignSecrets: ReadonlySet<string> = new Set([
  'web/foreign',
  'web/unrelated',
  'web/vault-token',
])

/** Keys of others in Secrets that the operator merges into. */
const othersKeys: ReadonlyMap<string, string> = new Map([['web/merged', 'own']])

/**
 * How long ago something may have been read that a write of now rests on: a stalled watch is noticed
 * after 130 s, a slow backend answers after 40 s a call.
 */
const graceMs = 300_000
/** Writes of competing values to one Secret within the grace: more is a fight. */
const mostTurns = 3

/** Where a planted value comes from, and its version: `mark:origin:version`. */
export function originOf(
  value: string,
  mark: string,
): { readonly origin: string; readonly version: number } | undefined {
  const start = value.indexOf(mark)
  if (start < 0) return undefined
  const [origin = '', version = ''] = value.slice(start + mark.length + 1).split(':')
  return { origin, version: Number.parseInt(version, 10) }
}

/** What one object asked of a Secret, for as long as it asked so. */
interface Claim {
  readonly kind: string
  readonly uid: string
  readonly target: string
  /** Undefined: whatever is found. */
  readonly keys: ReadonlySet<string> | undefined
  readonly mayDelete: boolean
  readonly fromMs: number
  untilMs: number
}

/** Watches over one run. */
export class Invariants {
  readonly violations: Violation[] = []
  readonly #truth: Truth
  /** Newest state of everything, by `Kind namespace/name`. */
  readonly #live = new Map<string, KubeObject>()
  readonly #uids = new Set<string>()
  readonly #claims = new Map<string, Claim[]>()
  /** When a person confirmed an absence last, by claimant. */
  readonly #confirmed = new Map<string, { readonly answer: string; readonly atMs: number }>()
  readonly #turns = new Map<string, { readonly atMs: number; readonly origin: string }[]>()
  #silentSinceMs: number | undefined
  readonly #spoke = new Map<string, number>()

  constructor(truth: Truth) {
    this.#truth = truth
  }

  /** The object as the server has it now. */
  live(kind: string, key: string): KubeObject | undefined {
    return this.#live.get(`${kind} ${key}`)
  }

  all(kind: string): readonly KubeObject[] {
    return [...this.#live.values()].filter((object) => object.kind === kind)
  }

  report(invariant: Invariant, text: string): void {
    this.violations.push({ invariant, atMs: this.#truth.nowMs(), text })
  }

  /** From now on nothing may be written but lease renewals and one refresh time an object and hour. */
  beginSilence(): void {
    this.#silentSinceMs = this.#truth.nowMs()
  }

  /** At the moment it is sent. @param life Who sends it. */
  onRequest(request: HttpRequest, life: string): void {
    if (request.method === 'GET') return
    if (request.method === 'DELETE') this.#checkDelete(request)
    this.#checkFence(request, life)
    if (this.#silentSinceMs !== undefined) this.#checkSilence(request)
  }

  /** After the server wrote it. @param by Who asked for it; undefined: the server itself. */
  onEvent(event: LogEvent, by: 'operator' | 'user' | undefined): void {
    const object = event.entry.object as unknown as KubeObject
    const before = event.previous?.object as unknown as KubeObject | undefined
    const after = event.type === 'DELETED' ? undefined : object
    const key = `${object.metadata.namespace ?? ''}/${object.metadata.name}`
    if (object.kind === 'Secret' && by !== 'user') {
      this.#checkLoss(key, before, after, by)
      if (by === 'operator') this.#checkOwnership(key, before, after)
    }
    if (object.kind === 'ConfigMap' && after === undefined && by === 'operator') {
      this.#checkPrune(object)
    }
    if (by === 'operator') this.#checkLeak(object)
    this.#keep(object, key, after, by)
  }

  /** S7 over what was written outside the cluster. */
  scan(outputs: Readonly<Record<string, unknown>>): void {
    const leaks = scanForCanaries(outputs)
    if (leaks.length > 0) this.report('S7', describeLeaks(leaks.slice(0, 3)))
  }

  // S1: never destroy through ignorance.
  #checkLoss(
    key: string,
    before: Secret | undefined,
    after: Secret | undefined,
    by: 'operator' | undefined,
  ): void {
    const old = plain(before)
    const now = plain(after)
    if (by === 'operator') {
      for (const [name, value] of now) {
        if (old.get(name) !== value) this.#checkGiven(`${key}.${name}`, value)
      }
    }
    for (const [name, value] of old) {
      const came = originOf(value, this.#truth.mark)
      if (came === undefined || (now.get(name) ?? '') !== '') continue
      if (by === undefined && !this.#isOwned(before)) continue // garbage: its owner is gone
      const loser = this.#protector(key, name, came.origin)
      if (loser === undefined) continue
      const what = after === undefined ? 'was deleted' : `lost its key ${name}`
      this.report('S1', `Secret ${key} ${what}, though ${loser} asks for it and the backend has it`)
      return
    }
  }

  /** Who has wanted that key all along, from a backend that never said it was gone. */
  #protector(target: string, key: string, origin: string): string | undefined {
    const fromMs = this.#truth.nowMs() - graceMs
    const path = origin.slice(0, origin.lastIndexOf('.'))
    for (const [claimant, history] of this.#claims) {
      const recent = history.filter(({ untilMs }) => untilMs > fromMs)
      const first = recent[0]
      if (first === undefined) continue
      const wants = (claim: Claim): boolean =>
        claim.uid === first.uid &&
        claim.target === target &&
        (claim.keys === undefined || claim.keys.has(key))
      if (recent.at(-1)?.untilMs !== Number.POSITIVE_INFINITY || !recent.every(wants)) continue
      const mayGo = recent.some(({ mayDelete }) => mayDelete)
      const isSealed = first.kind === 'SealedSecret'
      const mayLose = mayGo || first.keys === undefined
      const confirmedMs = this.#confirmed.get(claimant)?.atMs ?? Number.NEGATIVE_INFINITY
      if (!isSealed && mayLose && this.#truth.wasAbsent(path, fromMs, confirmedMs)) continue
      return claimant
    }
    return undefined
  }

  #checkGiven(where: string, value: string): void {
    const came = originOf(value, this.#truth.mark)
    if (came === undefined) {
      if (value === '') this.report('S1', `${where} was emptied`)
      return
    }
    if (came.version > this.#truth.newestOf(came.origin)) {
      this.report('S1', `${where} holds a value nobody gave`)
    }
  }

  #isOwned(secret: KubeObject | undefined): boolean {
    return (secret?.metadata.ownerReferences ?? []).some(({ uid }) => this.#uids.has(uid))
  }

  // S4: ownership.
  #checkOwnership(
    key: string,
    before: KubeObject | undefined,
    after: KubeObject | undefined,
  ): void {
    if (foreignSecrets.has(key)) this.report('S4', `the foreign Secret ${key} was written`)
    const others = othersKeys.get(key)
    if (others !== undefined && before !== undefined) {
      const was = plain(before).get(others)
      if (was !== undefined && plain(after).get(others) !== was) {
        this.report('S4', `the key ${others} of ${key}, which is somebody else's, was changed`)
      }
    }
    const owner = controllerUid(before)
    const next = controllerUid(after)
    if (owner !== undefined && next !== undefined && owner !== next && this.#uids.has(owner)) {
      this.report('S4', `Secret ${key} was taken from its living owner`)
    }
    this.#checkFight(key, before, after)
  }

  #checkFight(key: string, before: Secret | undefined, after: Secret | undefined): void {
    const old = plain(before)
    for (const [name, value] of plain(after)) {
      const came = originOf(value, this.#truth.mark)
      if (came === undefined) continue
      const was = originOf(old.get(name) ?? '', this.#truth.mark)
      if (was === undefined || was.origin === came.origin) continue
      const nowMs = this.#truth.nowMs()
      const all = this.#turns.get(key) ?? []
      const turns = [...all, { atMs: nowMs, origin: came.origin }].filter(
        ({ atMs }) => nowMs - atMs < graceMs,
      )
      this.#turns.set(key, turns)
      if (turns.length > mostTurns) this.report('S4', `two claimants write ${key} in turn`)
    }
  }

  #checkPrune(object: KubeObject): void {
    const { name } = object.metadata
    if (!this.#truth.wasUncommitted(name, this.#truth.nowMs() - graceMs)) {
      this.report('S1', `ConfigMap ${name} was pruned, though it was committed all along`)
    }
  }

  // S5: deletes carry both preconditions.
  #checkDelete(request: HttpRequest): void {
    const body = typeof request.body === 'string' ? request.body : textOf(request.body ?? empty)
    const given = at(body === '' ? {} : parseJson(body), 'preconditions')
    for (const part of ['uid', 'resourceVersion']) {
      if (isObject(given) && typeof given[part] === 'string') continue
      this.report('S5', `${nameOf(request)} carries no ${part}`)
    }
  }

  // S11: fencing. What is under way when a lease lapses is the preconditions' matter (S5).
  #checkFence(request: HttpRequest, life: string): void {
    const holder = stringOf(at(this.live('Lease', leaseText), 'spec', 'holderIdentity'))
    const name = nameOf(request)
    if (holder === undefined || holder === life || name.includes('/leases')) return
    this.report(
      'S11',
      `${name} is sent by ${life}, while ${holder === '' ? 'nobody' : holder} holds the lease`,
    )
  }

  // S7: nothing outside Secret.data.
  #checkLeak(object: KubeObject): void {
    const shown = object.kind === 'Secret' ? { ...object, data: undefined } : object
    const text = JSON.stringify(shown)
    const leaks = scanForCanaries({ [`${object.kind} ${object.metadata.name}`]: text })
    if (leaks.length > 0) this.report('S7', describeLeaks(leaks))
  }

  // S8: silence.
  #checkSilence(request: HttpRequest): void {
    const name = nameOf(request)
    if (!name.includes(apiPaths) && !name.includes(corePaths)) return
    if (name.includes('/leases/') || name.endsWith('reviews')) return
    if (request.url.includes('dryRun=All')) return
    const times = (this.#spoke.get(name) ?? 0) + 1
    this.#spoke.set(name, times)
    // A due refresh time is written once an object and hour; the silence watched is shorter.
    if (times === 1 && /^PUT .*\/externalsecrets\/[^/]+\/status$/.test(name)) return
    const afterMs = this.#truth.nowMs() - (this.#silentSinceMs ?? 0)
    this.report('S8', `${name}, ${Math.round(afterMs / 1000)} s into the silence`)
  }

  #keep(
    object: KubeObject,
    key: string,
    after: KubeObject | undefined,
    by: 'operator' | 'user' | undefined,
  ): void {
    const id = `${object.kind} ${key}`
    if (after === undefined) this.#live.delete(id)
    else this.#live.set(id, after)
    const { uid = '' } = object.metadata
    if (after === undefined) this.#uids.delete(uid)
    else this.#uids.add(uid)
    if (object.kind !== 'ExternalSecret' && object.kind !== 'SealedSecret') return
    const nowMs = this.#truth.nowMs()
    const answer = after?.metadata.annotations?.[confirmAbsence]
    if (by === 'user' && answer !== undefined && this.#confirmed.get(id)?.answer !== answer) {
      this.#confirmed.set(id, { answer, atMs: nowMs })
    }
    const history = this.#claims.get(id) ?? []
    this.#claims.set(id, history)
    const last = history.at(-1)
    if (last !== undefined && last.untilMs > nowMs) last.untilMs = nowMs
    if (after === undefined || after.metadata.deletionTimestamp !== undefined) return
    const claim = claimOf(after, nowMs)
    if (last !== undefined && last.untilMs === nowMs && isSameClaim(last, claim)) {
      last.untilMs = Number.POSITIVE_INFINITY
    } else history.push(claim)
  }
}

const leaseText = 'lockstep-system/lockstep'
const empty = new Uint8Array()
const apiPaths = ' /apis/'
const corePaths = ' /api/'

function isSameClaim(a: Claim, b: Claim): boolean {
  const keys = (claim: Claim): string => [...(claim.keys ?? ['*'])].join()
  return (
    a.uid === b.uid && a.target === b.target && a.mayDelete === b.mayDelete && keys(a) === keys(b)
  )
}

function claimOf(object: KubeObject, nowMs: number): Claim {
  const { namespace = '', name, uid = '' } = object.metadata
  const spec = at(object, 'spec')
  const base = { kind: object.kind, uid, fromMs: nowMs, untilMs: Number.POSITIVE_INFINITY }
  if (object.kind === 'SealedSecret') {
    const sealed = at(spec, 'encryptedData')
    const keys = new Set(isObject(sealed) ? Object.keys(sealed) : [])
    return { ...base, target: `${namespace}/${name}`, keys, mayDelete: false }
  }
  const target = at(spec, 'target', 'name')
  const data = at(spec, 'data')
  return {
    ...base,
    target: `${namespace}/${typeof target === 'string' ? target : name}`,
    keys: Array.isArray(data)
      ? new Set((data as readonly unknown[]).map((entry) => String(at(entry, 'secretKey'))))
      : undefined,
    mayDelete: (at(spec, 'target', 'deletionPolicy') ?? 'Retain') !== 'Retain',
  }
}

function controllerUid(object: KubeObject | undefined): string | undefined {
  return object?.metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid
}

/** What the condition Ready says; empty when there is none. */
export function readyMessageOf(object: KubeObject | undefined): string {
  const conditions = at(object, 'status', 'conditions')
  if (!Array.isArray(conditions)) return ''
  const ready = (conditions as readonly unknown[]).find((one) => at(one, 'type') === 'Ready')
  return stringOf(at(ready, 'message')) ?? ''
}

/** Values as text. */
export function plain(secret: Secret | undefined): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(secret?.data ?? {}).map(([key, value]) => [
      key,
      textOf(fromBase64(value) ?? empty),
    ]),
  )
}
