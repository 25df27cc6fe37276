/**
 * The simulator: one seed is one life of a cluster. The whole operator runs on virtual time against
 * an API server, a Vault and a Git repository in memory, while faults strike, people act and the
 * process is killed and started; then all goes quiet, and everything has to come right and stay so.
 *
 * The same seed and the same code give the same run, down to the hash of its trace.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import type { Handler, HttpResponse } from '#base'
import { jsonLog, seededRandom, simEnv, type SimEnv } from '#base/env'
import { controllerSets, createOperator } from '#bin'
import { memoryMirror } from '#embedded/git'
import { createKubeApi, type KubeApi } from '#embedded/kube-api'
import { createVault } from '#embedded/vault'
import { createClient } from '#kube'
import { providers } from '#providers'
import { createMetrics } from '#runtime'
import { Faults, gitExchange, nameOf, startLife, type FaultKind, type Life } from './faults.ts'
import { Invariants, type Violation } from './invariants.ts'
import type { PlantedBug } from './planted.ts'
import { mark, startMs, World } from './world.ts'

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
  ...Object.values(providers).map((load) => load()),
  import('node-vault'),
  createMetrics(),
])

const system = 'lockstep-system'
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
  #lives = 0
  #current: { readonly life: Life; stop(): Promise<void>; metrics(): Promise<string> } | undefined
  #isUnattended = false
  readonly #oldLists = new Map<string, HttpResponse & { readonly bytes: Uint8Array }>()
  readonly #writer = new AsyncLocalStorage<'operator' | 'user'>()

  constructor(seed: number, env: SimEnv, logLines: readonly string[], options: SimOptions) {
    this.#seed = seed
    this.#env = env
    this.#logLines = logLines
    this.#options = options
    // Streams of their own: what the operator draws must not move the faults, nor they each other.
    this.#random = seededRandom(seed * 7 + 1)
    this.#faults = new Faults(seededRandom(seed * 7 + 2))
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
    })
    this.#invariants = new Invariants(world.truth)
    this.#watch(api, this.#invariants)
    await world.create()
    await this.#start(forOperator, world)
    await this.#storm(world, api, forOperator)
    await this.#calm(world, this.#invariants)
    await this.#end(this.#invariants)
    await client.close()
    api.close()
  }

  /** Faults strike and people act. */
  async #storm(world: World, api: KubeApi, server: { url: string; port: number }): Promise<void> {
    const { clock } = this.#env
    const untilMs = clock.monotonic() + 4 * minuteMs + this.#upTo(5 * minuteMs)
    const pauseMs = this.#pick([4_000, 10_000, 25_000])
    while (clock.monotonic() < untilMs) {
      await clock.sleep(this.#upTo(pauseMs))
      const die = this.#random.next()
      if (die < 0.7) {
        this.#count('people acted')
        await world.act()
      } else if (die < 0.76) {
        this.#count('outage of Vault')
        this.#outage('vault')
      } else if (die < 0.8) {
        this.#count('outage of Git')
        this.#outage('git')
      } else if (die < 0.86) {
        this.#count('history compacted')
        api.compact()
      } else if (die < 0.9 && this.#current?.life.isDead() === false) {
        this.#count('stopped and started in order')
        await this.#current.stop()
        await this.#start(server, world)
      }
    }
  }

  /** Nothing goes wrong any more: everything comes right within the bound, and then nothing moves. */
  async #calm(world: World, invariants: Invariants): Promise<void> {
    const { clock } = this.#env
    this.#faults.calm = true
    this.#faults.outages.clear()
    this.#note('calm')
    await world.mend()
    while (this.#current?.life.isDead() !== false) await clock.sleep(1_000) // being started again
    const calmMs = clock.monotonic()
    let wrong = world.wrong(invariants)
    while (wrong.length > 0 && clock.monotonic() - calmMs < boundMs) {
      await clock.sleep(1_000)
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

  async #end(invariants: Invariants): Promise<void> {
    const metrics = (await this.#current?.metrics()) ?? ''
    this.#isUnattended = true
    await this.#current?.stop()
    this.#violated(() => invariants.scan({ log: this.#logLines.join('\n'), metrics }))
  }

  /** Starts the operator as a process of its own. */
  async #start(server: { url: string; port: number }, world: World): Promise<void> {
    const { bug } = this.#options
    const name = `operator ${++this.#lives}`
    const life = startLife({
      name,
      env: this.#env,
      faults: this.#faults,
      apiPort: server.port,
      oldLists: this.#oldLists,
      onRequest: (request) => {
        if (request.method !== 'GET') this.#note(`${name}: ${nameOf(request)}`)
        this.#violated(() => this.#invariants?.onRequest(request))
      },
      onCrash: () => void this.#restart(server, world),
      ...(bug?.misread === undefined ? {} : { misread: bug.misread }),
    })
    const metrics = await createMetrics()
    const real = createClient({
      env: life.env,
      server: { url: server.url },
      onCall: (seen) => metrics.apiCall(seen),
    })
    const operator = createOperator({
      env: life.env,
      client: bug?.client === undefined ? real : bug.client(real),
      metrics,
      controllers: new Set(controllerSets),
      namespace: system,
      gitFolder: '/tmp/git',
      openMirror: () =>
        memoryMirror(world.repository, {
          exchange: (what, signal) =>
            gitExchange({ faults: this.#faults, env: life.env }, what, signal),
        }),
      allowLocalEndpoints: true,
    })
    const stopping = new AbortController()
    const running = operator.run(stopping.signal)
    running.catch((thrown: unknown) => this.#note(`${name} ended: ${String(thrown)}`))
    this.#note(`${name} starts`)
    this.#current = {
      life,
      metrics: async () => (await metrics.render()).text,
      stop: async () => {
        this.#note(`${name} stops`)
        stopping.abort()
        const late = this.#env.clock.sleep(2 * minuteMs)
        await Promise.race([running.catch(() => {}), late])
        life.kill()
      },
    }
  }

  async #restart(server: { url: string; port: number }, world: World): Promise<void> {
    this.#note('the operator was killed')
    await this.#env.clock.sleep(this.#upTo(30_000))
    if (!this.#isUnattended && this.#current?.life.isDead() === true)
      await this.#start(server, world)
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
      this.#violated(() => invariants.onEvent(event, by))
    })
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
