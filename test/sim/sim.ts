/**
 * The simulator: one seed is one life of a cluster. The whole operator runs on virtual time against
 * an API server, a Vault and a Git repository in memory, while faults strike, people act and the
 * process is killed and started; then all goes quiet, and everything has to come right and stay so.
 *
 * What a seed is about is drawn (scenario.ts): one process, or two that share a lease; processes that
 * stand still past their lease and wake late; wall clocks that jump; a Vault or a Git repository that
 * is empty all at once, until somebody puts it back or confirms that it is meant.
 *
 * The same seed and the same code give the same run, down to the hash of its trace.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import type { KubeObject } from '#api'
import type { Handler } from '#base'
import { jsonLog, seededRandom, simEnv, type SimEnv } from '#base/env'
import { loaders } from '#cli'
import { createKubeApi, type KubeApi, type LogEvent } from '#embedded/kube-api'
import { createVault } from '#embedded/vault'
import { createClient } from '#kube'
import { createMetrics } from '#runtime'
import { loadProviders } from '../loaded-providers.ts'
import { Faults, nameOf, type FaultKind } from './faults.ts'
import { Invariants, readyMessageOf, type Violation } from './invariants.ts'
import type { PlantedBug } from './planted.ts'
import { Replicas, type Stall } from './replicas.ts'
import { scenarioOf, type Scenario } from './scenario.ts'
import { mark, startMs } from './things.ts'
import { World, type Vanishing } from './world.ts'

/** What became of one seed. */
export interface Run {
  readonly seed: number
  readonly violations: readonly Violation[]
  /** SHA-256 over every line of the trace. */
  readonly hash: string
  /** The last lines before the first violation, else before the end. */
  readonly tail: readonly string[]
  readonly lines: number
  readonly faults: ReadonlyMap<FaultKind | OtherFault, number>
  /** Virtual milliseconds from the last fault until all was right. */
  readonly convergedMs: number
}

/** What the engine itself does, beside the faults of single exchanges. */
export type OtherFault =
  | 'stopped and started in order'
  | 'outage of Vault'
  | 'outage of Git'
  | 'history compacted'
  | 'people acted'
  | 'wall clock jumped forward'
  | 'wall clock jumped back'
  | 'deletion held back'
  | 'prune held back'
  | 'confirmed by a person'
  | Stall
  | Vanishing

export interface SimOptions {
  readonly bug?: PlantedBug
  /** Sees every line of the trace. */
  readonly onLine?: (line: string) => void
}

const crds: readonly object[] = readdirSync('crds')
  .filter((name) => /^[a-z.-]+_[a-z]+\.yaml$/.test(name))
  .flatMap((name) => parseAllDocuments(readFileSync(`crds/${name}`, 'utf8')))
  .map((document) => document.toJS() as object)

// A lazy import takes real time, in which virtual time would run away: all of them happen now.
await Promise.all([
  loadProviders(),
  import('node-vault'),
  loaders['confirm']?.(() => Promise.reject(new Error('not connected'))),
  createMetrics(),
])

const minuteMs = 60_000
/** All must be right so long after the last fault: the longest backoff is five minutes. */
const boundMs = 25 * minuteMs
const silenceMs = 6 * minuteMs

/** Lives through one seed. */
export async function simulate(seed: number, options: SimOptions = {}): Promise<Run> {
  const logLines: string[] = []
  const env = simEnv(seed, { startMs, log: jsonLog('debug', (line) => logLines.push(line)) })
  const simulation = new Simulation(seed, env, logLines, options)
  const { stackTraceLimit } = Error
  // Thousands of Faults are thrown, and their stacks would take a good part of the time.
  if (options.onLine === undefined) Error.stackTraceLimit = 0
  try {
    await env.clock.run(() => simulation.play())
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
  return simulation.outcome()
}

interface StormParts {
  readonly world: World
  readonly api: KubeApi
  readonly replicas: Replicas
  readonly invariants: Invariants
}

class Simulation {
  readonly #seed: number
  readonly #env: SimEnv
  readonly #logLines: readonly string[]
  readonly #options: SimOptions
  readonly #random
  readonly #faults: Faults
  readonly #others = new Map<OtherFault, number>()
  readonly #trace = createHash('sha256')
  #tail: string[] = []
  #tailOfViolation: readonly string[] | undefined
  #lines = 0
  #invariants: Invariants | undefined
  #convergedMs = 0
  readonly #scenario: Scenario
  readonly #writer = new AsyncLocalStorage<'operator' | 'user'>()

  constructor(seed: number, env: SimEnv, logLines: readonly string[], options: SimOptions) {
    this.#seed = seed
    this.#env = env
    this.#logLines = logLines
    this.#options = options
    // Streams of their own: what the operator draws must not move the faults, nor they each other.
    this.#random = seededRandom(seed * 7 + 1)
    this.#faults = new Faults(seededRandom(seed * 7 + 2))
    const { scenario } = options.bug ?? {}
    this.#scenario = { ...scenarioOf(seededRandom(seed * 7 + 4)), ...scenario }
    this.#faults.onFault = (kind, what) => this.#note(`! ${kind}: ${what}`)
  }

  outcome(): Run {
    return {
      seed: this.#seed,
      violations: this.#invariants?.violations ?? [],
      hash: this.#trace.digest('hex'),
      tail: this.#tailOfViolation ?? this.#tail,
      lines: this.#lines,
      faults: new Map<FaultKind | OtherFault, number>([...this.#faults.counts, ...this.#others]),
      convergedMs: this.#convergedMs,
    }
  }

  async play(): Promise<void> {
    const env = this.#env
    const compactEveryMs = 20_000 + this.#upTo(280_000)
    const api = createKubeApi({ env, crds, compactEveryMs })
    const forUsers = await env.net.listen(this.#as('user', api.handler))
    const forOperator = await env.net.listen(this.#as('operator', api.handler))
    const rootToken = `${mark}-root`
    const vault = createVault({ env, rootToken })
    const vaultListener = await env.net.listen(vault.handler)
    const client = createClient({ env, server: { url: forUsers.url } })
    const world = new World({
      env,
      client,
      vault,
      vaultUrl: vaultListener.url,
      rootToken,
      random: seededRandom(this.#seed * 7 + 3),
      log: (line) => this.#note(line),
      isLarge: this.#scenario.isLarge,
    })
    const invariants = new Invariants(world.truth)
    this.#invariants = invariants
    this.#watch(api, invariants)
    await world.create()
    const replicas = new Replicas({
      env,
      faults: this.#faults,
      random: seededRandom(this.#seed * 7 + 5),
      world,
      server: forOperator,
      count: this.#scenario.replicas,
      bug: this.#options.bug,
      note: (text) => this.#note(text),
      onRequest: (request, life) => {
        if (request.method !== 'GET') this.#note(`${life}: ${nameOf(request)}`)
        this.#violated(() => invariants.onRequest(request, life))
      },
    })
    await replicas.start()
    await this.#storm({ world, api, replicas, invariants })
    await this.#calm(world, replicas, invariants)
    await this.#end(replicas, invariants)
    await client.close()
    api.close()
  }

  /** Faults strike and people act. */
  async #storm(parts: StormParts): Promise<void> {
    const { clock } = this.#env
    const untilMs = clock.monotonic() + 3 * minuteMs + this.#upTo(4 * minuteMs)
    const pauseMs = this.#pick([4_000, 10_000, 25_000])
    while (clock.monotonic() < untilMs) {
      await clock.sleep(this.#upTo(pauseMs))
      await this.#happen(this.#random.next(), parts)
    }
  }

  async #happen(die: number, { world, api, replicas, invariants }: StormParts): Promise<void> {
    const { stalls, jumps, absence } = this.#scenario
    if (die < 0.06) {
      this.#count('outage of Vault')
      this.#outage('vault')
    } else if (die < 0.1) {
      this.#count('outage of Git')
      this.#outage('git')
    } else if (die < 0.16) {
      this.#count('history compacted')
      api.compact()
    } else if (die < 0.2) {
      if (await replicas.stopAndStart()) this.#count('stopped and started in order')
    } else if (die < 0.28 && stalls) {
      replicas.stall((what) => this.#count(what))
    } else if (die < 0.34 && jumps) {
      replicas.jump((what) => this.#count(what))
    } else if (die < 0.42 && absence) {
      await this.#vanish(world, invariants)
    } else if (die > 0.3) {
      this.#count('people acted')
      await world.act()
    }
  }

  /** Most of something is gone; a person says that it is meant, or it comes back, or both. */
  async #vanish(world: World, invariants: Invariants): Promise<void> {
    const what = world.vanish(invariants)
    if (what === undefined) return
    this.#count(what)
    this.#note(`somebody: ${what}`)
    const { clock } = this.#env
    const isMeant = this.#random.next() < 0.5
    await clock.sleep(this.#upTo(30_000))
    const afterMs = minuteMs / 2 + this.#upTo(3 * minuteMs)
    clock.timer(afterMs, () => void (isMeant ? this.#confirm(world) : world.comeBack()))
  }

  async #confirm(world: World): Promise<void> {
    if (await world.confirm()) this.#count('confirmed by a person')
    else world.comeBack()
  }

  /** Nothing goes wrong any more: everything comes right within the bound, and then nothing moves. */
  async #calm(world: World, replicas: Replicas, invariants: Invariants): Promise<void> {
    const { clock } = this.#env
    this.#faults.calm = true
    this.#faults.outages.clear()
    this.#note('calm')
    world.comeBack()
    await world.mend()
    await replicas.settle()
    const calmMs = clock.monotonic()
    let wrong = world.wrong(invariants)
    let looks = 0
    while (wrong.length > 0 && clock.monotonic() - calmMs < boundMs) {
      await clock.sleep(1_000)
      if (++looks % 60 === 0) await this.#confirm(world) // what is held back by now is meant
      wrong = world.wrong(invariants)
    }
    this.#convergedMs = clock.monotonic() - calmMs
    for (const text of wrong) this.#violated(() => invariants.report('convergence', text))
    if (wrong.length > 0) return
    await clock.sleep(5.5 * minuteMs) // the last retries and events
    invariants.beginSilence()
    this.#note('silence')
    await clock.sleep(silenceMs)
    for (const text of world.wrong(invariants)) {
      this.#violated(() => invariants.report('convergence', `${text} any more`))
    }
  }

  async #end(replicas: Replicas, invariants: Invariants): Promise<void> {
    const metrics = await replicas.metrics()
    await replicas.end()
    this.#violated(() => invariants.scan({ log: this.#logLines.join('\n'), metrics }))
  }

  #outage(place: 'vault' | 'git'): void {
    this.#faults.outages.add(place)
    this.#env.clock.timer(this.#upTo(4 * minuteMs), () => this.#faults.outages.delete(place))
  }

  #watch(api: KubeApi, invariants: Invariants): void {
    api.subscribe((event) => {
      const { metadata, kind } = event.entry.object as unknown as {
        readonly kind: string
        readonly metadata: { readonly namespace?: string; readonly name?: string }
      }
      const by = this.#writer.getStore()
      const where = `${metadata.namespace ?? ''}/${metadata.name ?? ''}`
      this.#note(`  ${event.revision} ${event.type} ${kind} ${where} by ${by ?? 'the server'}`)
      this.#countHeld(event)
      this.#violated(() => invariants.onEvent(event, by))
    })
  }

  #countHeld({ entry, previous }: LogEvent): void {
    const isHeld = (object: unknown, words: string): boolean =>
      readyMessageOf(object as KubeObject | undefined).includes(words)
    for (const words of ['deletion held back', 'prune held back'] as const) {
      if (isHeld(entry.object, words) && !isHeld(previous?.object, words)) this.#count(words)
    }
  }

  #as(who: 'operator' | 'user', handler: Handler): Handler {
    return (request) => this.#writer.run(who, () => handler(request))
  }

  /** Keeps the end of the trace when a check finds something for the first time. */
  #violated(check: () => void): void {
    const before = this.#invariants?.violations.length ?? 0
    check()
    const found = this.#invariants?.violations.slice(before) ?? []
    for (const { invariant, text } of found) this.#note(`*** ${invariant}: ${text}`)
    if (found.length > 0) this.#tailOfViolation ??= [...this.#tail]
  }

  #note(text: string): void {
    const line = `${(this.#env.clock.monotonic() / 1000).toFixed(3)} ${text}`
    this.#trace.update(`${line}\n`)
    this.#lines++
    this.#tail.push(line)
    if (this.#tail.length > 400) this.#tail = this.#tail.slice(-40)
    this.#options.onLine?.(line)
  }

  #count(what: OtherFault): void {
    this.#others.set(what, (this.#others.get(what) ?? 0) + 1)
  }

  #upTo(most: number): number {
    return 1 + Math.floor(this.#random.next() * most)
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random.next() * from.length)] as T
  }
}

/** A failing seed as a person needs it: what, when, the last of the trace, and how to see it again. */
export function report(run: Run): string {
  const lines = run.violations
    .slice(0, 5)
    .map(({ invariant, atMs, text }) => `${invariant} at ${(atMs / 1000).toFixed(3)} s: ${text}`)
  return [
    `seed ${run.seed}:`,
    ...lines,
    ...run.tail.slice(-20).map((line) => `    ${line}`),
    `again: npm run sim -- --seed ${run.seed} --trace`,
  ].join('\n')
}
