/** Makes up sequences: each step from what the server has said so far. */
import { diceOf, type Dice } from '../fuzz/random.ts'
import { edited, editOf, jsonPatchOf, mergePatchOf, strategicPatchOf, type Edit } from './edits.ts'
import { grow, isMap, type Grammar, type Growth, type Json, type JsonMap } from './grammar.ts'
import { kindsUnderTest, type KindUnderTest } from './kinds.ts'
import type { Side } from './side.ts'
import type { Step } from './step.ts'

const managers = ['alpha', 'beta', 'gamma', 'kubectl'] as const

/** What makes one sequence unlike another. */
interface Mood {
  readonly length: number
  readonly density: number
  readonly oddity: number
  /** Whether seconds go by in it. */
  readonly slow: boolean
  readonly names: readonly string[]
  readonly kinds: readonly KindUnderTest[]
}

/** What sequences may be about. */
export interface Choice {
  /** Names of kinds; absent: all. */
  readonly kinds?: readonly string[]
  /** Values that do not belong there; absent: in some sequences. */
  readonly odd?: boolean
}

/** The steps of a seed, each asked for once the one before has been answered. */
export function sequenceOf(
  seed: number,
  choice: Choice = {},
): (at: number, real: Side) => Step | undefined {
  const dice = diceOf(seed)
  const all = Object.values(kindsUnderTest).filter(
    ({ kind }) => choice.kinds === undefined || choice.kinds.includes(kind),
  )
  const kinds = [dice.pick(all), ...(dice.chance(0.2) ? [dice.pick(all)] : [])]
  const hasOdd = choice.odd ?? dice.chance(0.25)
  const mood: Mood = {
    length: 8 + dice.below(25),
    density: dice.pick([0.15, 0.3, 0.5]),
    oddity: hasOdd ? 0.02 : 0,
    slow: dice.chance(0.08),
    names: dice.chance(0.5) ? ['one'] : ['one', 'two', 'three'],
    kinds,
  }
  const maker = new Maker(dice, mood)
  return (at, real) => maker.next(at, real)
}

class Maker {
  readonly #dice: Dice
  readonly #mood: Mood
  readonly #applied = new Map<string, JsonMap>()
  readonly #ending: Step[]

  constructor(dice: Dice, mood: Mood) {
    this.#dice = dice
    this.#mood = mood
    this.#ending = mood.kinds.flatMap(({ kind, namespaced }): Step[] =>
      namespaced
        ? [
            { method: 'GET', kind },
            {
              method: 'WATCH',
              kind,
              query: { watch: 'true', resourceVersion: `«rv0 ${kind}/one»` },
            },
          ]
        : [],
    )
  }

  next(at: number, real: Side): Step | undefined {
    if (at >= this.#mood.length) return this.#ending[at - this.#mood.length]
    const dice = this.#dice
    const kind = dice.pick(this.#mood.kinds)
    const name = dice.pick(this.#mood.names)
    const live = real.objects.get(`${kind.kind}/${name}`)
    if (this.#mood.slow && dice.chance(0.08)) return { method: 'TICK', kind: kind.kind }
    if (live === undefined && dice.chance(0.75)) return this.#first(kind, name)
    const way = dice.next()
    if (way < 0.36) return this.#apply(kind, name, live)
    if (way < 0.68 && live !== undefined) return this.#change(kind, name, live)
    if (way < 0.74) return this.#first(kind, name)
    if (way < 0.84) return this.#look(kind, name)
    if (way < 0.9) return this.#delete(kind, name)
    if (way < 0.97 && kind.subresources.includes('scale')) return this.#scale(kind, name, live)
    return live === undefined ? this.#first(kind, name) : this.#change(kind, name, live)
  }

  #growth(partial: boolean): Growth {
    const { density, oddity } = this.#mood
    return { dice: this.#dice, density, partial, oddity }
  }

  #head({ apiVersion, kind, namespaced }: KindUnderTest, name: string): JsonMap {
    return { apiVersion, kind, metadata: { name: namespaced ? name : `«ns»-${name}` } }
  }

  #object(kind: KindUnderTest, name: string, partial: boolean): JsonMap {
    const head = this.#head(kind, name)
    // Were a spec only made by a scale, its defaults would come with the next write.
    const needed = kind.kind === 'Sample' ? { ...head, spec: {} } : head
    return joined(needed, grow(kind.grammar, this.#growth(partial)))
  }

  #common(operation: 'create' | 'other'): Pick<Step, 'query' | 'agent'> {
    const dice = this.#dice
    const query = {
      ...(dice.chance(0.6) ? { fieldManager: dice.pick(managers) } : {}),
      ...(dice.chance(0.06) ? { dryRun: 'All' } : {}),
      ...(dice.chance(this.#mood.oddity * 10)
        ? { fieldValidation: dice.pick(['Strict', 'Warn', 'Ignore']) }
        : {}),
    }
    const agents = ['kubectl/v1', 'client', '']
    return {
      query,
      ...(operation === 'other' && dice.chance(0.2) ? { agent: dice.pick(agents) } : {}),
    }
  }

  #first(kind: KindUnderTest, name: string): Step {
    const dice = this.#dice
    if (dice.chance(0.5)) return this.#apply(kind, name, undefined)
    const body = this.#object(kind, name, false)
    if (dice.chance(0.05) && kind.namespaced) {
      const metadata = { ...(body['metadata'] as JsonMap), generateName: 'made-' }
      const { name: _, ...rest } = metadata as JsonMap & { name?: Json }
      return {
        method: 'POST',
        kind: kind.kind,
        ...this.#common('create'),
        body: { ...body, metadata: rest },
      }
    }
    return { method: 'POST', kind: kind.kind, ...this.#common('create'), body }
  }

  #sub(kind: KindUnderTest): { sub?: string } {
    return kind.subresources.includes('status') && this.#dice.chance(0.3) ? { sub: 'status' } : {}
  }

  #apply(kind: KindUnderTest, name: string, live: JsonMap | undefined): Step {
    const dice = this.#dice
    const manager = dice.pick(managers)
    const sub = live === undefined ? {} : this.#sub(kind)
    const key = `${manager} ${sub.sub} ${kind.kind}/${name}`
    const last = this.#applied.get(key)
    const isAnew = last === undefined || dice.chance(0.2)
    const base = isAnew
      ? this.#object(kind, name, this.#applied.size > 0 && dice.chance(0.7))
      : joined(this.#head(kind, name), this.#changed(last, kind.grammar, 1 + dice.below(3)))
    const metadata = kind.isCustom === true ? withoutVoid(base['metadata']) : base['metadata']
    const about = dice.chance(0.05)
      ? { resourceVersion: dice.pick([`«rv ${kind.kind}/${name}»`, `«rv0 ${kind.kind}/${name}»`]) }
      : {}
    const body = { ...base, metadata: { ...(isMap(metadata) ? metadata : {}), ...about } }
    const dryRun = dice.chance(0.06)
    if (!dryRun) this.#applied.set(key, body)
    return {
      method: 'PATCH',
      kind: kind.kind,
      name,
      ...sub,
      type: 'application/apply-patch+yaml',
      query: {
        fieldManager: manager,
        ...(dice.chance(0.5) ? { force: 'true' } : {}),
        ...(dryRun ? { dryRun: 'All' } : {}),
      },
      body,
    }
  }

  #changed(value: Json, grammar: Grammar, count: number): Json {
    return edited(value, this.#edits(value, grammar, count))
  }

  #edits(value: Json, grammar: Grammar, count: number): Edit[] {
    const edits: Edit[] = []
    let now = value
    for (let i = 0; i < count; i++) {
      const edit = editOf(now, grammar, this.#growth(false))
      if (edit.at.length === 0) continue
      edits.push(edit)
      now = edited(now, [edit])
    }
    return edits
  }

  #change(kind: KindUnderTest, name: string, live: JsonMap): Step {
    const dice = this.#dice
    const address = { kind: kind.kind, name, ...this.#sub(kind), ...this.#common('other') }
    const edits = this.#edits(live, kind.grammar, 1 + dice.below(3))
    const way = dice.next()
    if (way < 0.35)
      return { method: 'PUT', ...address, edits: [...edits, ...this.#versionEdit(kind, name)] }
    if (way < 0.55) {
      const ops = jsonPatchOf(live, edits)
      const test = {
        op: 'test',
        path: '/metadata/resourceVersion',
        value: `«rv ${kind.kind}/${name}»`,
      }
      const body = dice.chance(0.1) ? [test, ...ops] : ops
      return { method: 'PATCH', ...address, type: 'application/json-patch+json', body }
    }
    const after = edited(live, edits)
    if (way < 0.78 || kind.isCustom === true) {
      return {
        method: 'PATCH',
        ...address,
        type: 'application/merge-patch+json',
        body: mergePatchOf(live, after),
      }
    }
    return {
      method: 'PATCH',
      ...address,
      type: 'application/strategic-merge-patch+json',
      body: strategicPatchOf(live, after, kind.grammar),
    }
  }

  #versionEdit({ kind }: KindUnderTest, name: string): Edit[] {
    const dice = this.#dice
    const at = ['metadata', 'resourceVersion']
    if (dice.chance(0.8)) return []
    return [dice.chance(0.6) ? { at } : { at, set: `«rv0 ${kind}/${name}»` }]
  }

  #scale(kind: KindUnderTest, name: string, live: JsonMap | undefined): Step {
    const dice = this.#dice
    const address = { kind: kind.kind, name, sub: 'scale' }
    const replicas = dice.below(4)
    const spec: JsonMap = { spec: { replicas } }
    const metadata = { name, namespace: '«ns»' }
    const way = dice.next()
    if (way < 0.3) return { method: 'GET', ...address }
    if (way < 0.55) {
      return {
        method: 'PATCH',
        ...address,
        ...this.#common('other'),
        type: 'application/merge-patch+json',
        body: spec,
      }
    }
    const body = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata, ...spec }
    const isOwned = isMap(live?.['metadata']) && 'managedFields' in live['metadata']
    if (way < 0.8 || !isOwned) return { method: 'PUT', ...address, ...this.#common('other'), body }
    const query = {
      fieldManager: dice.pick(managers),
      ...(dice.chance(0.5) ? { force: 'true' } : {}),
    }
    return { method: 'PATCH', ...address, type: 'application/apply-patch+yaml', query, body }
  }

  #delete(kind: KindUnderTest, name: string): Step {
    const dice = this.#dice
    const key = `${kind.kind}/${name}`
    if (kind.namespaced && dice.chance(0.15)) {
      const labelSelector = dice.pick(['a=1', 'a!=1,team=red', 'b in (1,2)', '!a,team'])
      return { method: 'DELETE', kind: kind.kind, query: { labelSelector } }
    }
    const preconditions = {
      ...(dice.chance(0.5) ? { uid: `«uid ${key}»` } : {}),
      ...(dice.chance(0.5) ? { resourceVersion: dice.pick([`«rv ${key}»`, `«rv0 ${key}»`]) } : {}),
    }
    const body = {
      ...(dice.chance(0.3) ? { preconditions } : {}),
      ...(dice.chance(0.3)
        ? { propagationPolicy: dice.pick(['Foreground', 'Background', 'Orphan']) }
        : {}),
      ...(dice.chance(0.1) ? { gracePeriodSeconds: dice.pick([0, 30]) } : {}),
      ...(dice.chance(0.1) ? { dryRun: ['All'] } : {}),
    }
    const hasBody = Object.keys(body).length > 0
    return { method: 'DELETE', kind: kind.kind, name, ...(hasBody ? { body } : {}) }
  }

  #look(kind: KindUnderTest, name: string): Step {
    const dice = this.#dice
    const address = { kind: kind.kind }
    if (!kind.namespaced || dice.chance(0.2)) {
      const table = dice.chance(0.3) ? { accept: tables } : {}
      return { method: 'GET', ...address, name, ...table }
    }
    const selectors = [
      'a=1',
      'a!=1',
      'a',
      '!a',
      'team in (red,blue)',
      'a=1,b=2',
      'team notin (red)',
    ]
    const query: Record<string, string> = {
      ...(dice.chance(0.5) ? { labelSelector: dice.pick(selectors) } : {}),
      ...(dice.chance(0.2)
        ? {
            fieldSelector: dice.pick([
              'metadata.name=one',
              'metadata.name!=two',
              'metadata.namespace=«ns»',
            ]),
          }
        : {}),
    }
    if (dice.chance(0.35)) {
      query['watch'] = 'true'
      query['resourceVersion'] = dice.pick([
        `«rv0 ${kind.kind}/${name}»`,
        `«rv ${kind.kind}/${name}»`,
      ])
      return { method: 'WATCH', ...address, query, ...(dice.chance(0.2) ? { accept: tables } : {}) }
    }
    if (dice.chance(0.3)) query['limit'] = dice.pick(['1', '2'])
    if (dice.chance(0.3) && query['limit'] !== undefined) {
      return { method: 'GET', ...address, query: { ...query, continue: '«continue»' } }
    }
    if (dice.chance(0.3)) {
      query['resourceVersion'] = dice.pick([
        `«rv0 ${kind.kind}/${name}»`,
        `«rv ${kind.kind}/${name}»`,
        '0',
      ])
      if (dice.chance(0.6)) query['resourceVersionMatch'] = dice.pick(['Exact', 'NotOlderThan'])
    }
    return { method: 'GET', ...address, query, ...(dice.chance(0.3) ? { accept: tables } : {}) }
  }
}

const tables = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'

// A custom object that is applied anew with empty labels keeps them until its next write, unseen.
function withoutVoid(metadata: Json | undefined): JsonMap {
  const entries = Object.entries(isMap(metadata) ? metadata : {})
  const isVoid = (value: Json): boolean =>
    value === null || (typeof value === 'object' && Object.keys(value).length === 0)
  return Object.fromEntries(entries.filter(([, value]) => !isVoid(value)))
}

/** `over` laid over `base`, maps by key. */
function joined(base: JsonMap, over: Json): JsonMap {
  if (!isMap(over)) return base
  const result: Record<string, Json> = { ...over }
  for (const [key, value] of Object.entries(base)) {
    const held = over[key]
    result[key] = isMap(value) && isMap(held) ? joined(value, held) : value
  }
  return result
}
