/**
 * The operator's processes in a simulation: one alone, or two that share a lease. They crash and are
 * started again, stand still for a while, and have their clocks set.
 */
import type { HttpRequest, HttpResponse, Random } from '#base'
import type { Arrival, SimEnv } from '#base/env'
import { controllerSets, createOperator } from '#bin'
import { memoryMirror } from '#embedded/git'
import { createClient } from '#kube'
import { createFence, createMetrics, runWithLease } from '#runtime'
import { gitExchange, startLife, type Faults, type Life } from './faults.ts'
import type { PlantedBug } from './planted.ts'
import type { World } from './world.ts'

const system = 'lockstep-system'
/** The lease that two replicas share. */
const leaseKey = { namespace: system, name: 'lockstep' }
const secondMs = 1_000
const minuteMs = 60 * secondMs
const dayMs = 24 * 60 * minuteMs
/** No wall clock strays further: the sealing key has its birthday ten days before. */
const mostSkewMs = 9 * dayMs

export interface ReplicasParts {
  readonly env: SimEnv
  readonly faults: Faults
  readonly random: Random
  readonly world: World
  readonly server: { readonly url: string; readonly port: number }
  /** 1: no lease is needed. */
  readonly count: 1 | 2
  readonly bug: PlantedBug | undefined
  readonly note: (text: string) => void
  readonly onRequest: (request: HttpRequest, life: string) => void
}

/** Where a process runs: what outlasts it. */
interface Node {
  skewMs: number
  running: Running | undefined
}

interface Running {
  readonly life: Life
  leads: boolean
  readonly stop: () => Promise<void>
  readonly metrics: () => Promise<string>
}

/** What befell a process. */
export type Stall =
  | 'process stood still'
  | 'leader stood still'
  | 'leader woke when another led'
  | 'leader woke, its lease run out'

/** All of them. */
export class Replicas {
  readonly #parts: ReplicasParts
  readonly #nodes: readonly Node[]
  readonly #oldLists = new Map<string, HttpResponse & { readonly bytes: Uint8Array }>()
  #lives = 0
  #skewMs = 0
  #isUnattended = false

  constructor(parts: ReplicasParts) {
    this.#parts = parts
    this.#nodes = Array.from({ length: parts.count }, () => ({ skewMs: 0, running: undefined }))
  }

  async start(): Promise<void> {
    for (const node of this.#nodes) await this.#start(node)
  }

  /** Whether there was one that could be stopped. */
  async stopAndStart(): Promise<boolean> {
    const node = this.#pick(this.#nodes)
    const { running } = node
    if (running === undefined || running.life.isDead() || running.life.isPaused()) return false
    await running.stop()
    // Killed while it stopped, it has a successor already.
    if (node.running === running) await this.#start(node)
    return true
  }

  /** Stops one for a while, the leader more often. @returns what that was, once it is known. */
  stall(told: (what: Stall) => void): void {
    const alive = this.#nodes.filter(({ running }) => running?.life.isDead() === false)
    const leader = alive.find(({ running }) => running?.leads === true)
    const running = (this.#next() < 0.8 ? leader : undefined)?.running ?? this.#pick(alive)?.running
    if (running === undefined || running.life.isPaused()) return
    const { life } = running
    const isLeader = this.#nodes.length > 1 && running.leads
    const isLong = this.#next() < 0.6
    const forMs = isLong ? 20 * secondMs + this.#upTo(80 * secondMs) : this.#upTo(12 * secondMs)
    const first: Arrival = this.#next() < 0.5 ? 'timers' : 'answers'
    this.#parts.note(`${life.name} stands still for ${forMs} ms, ${first} first`)
    told(isLeader ? 'leader stood still' : 'process stood still')
    life.pause()
    this.#parts.env.clock.timer(forMs, () => {
      if (life.isDead() || !life.isPaused()) return
      this.#parts.note(`${life.name} wakes`)
      const other = this.#nodes.some((node) => node.running !== running && node.running?.leads)
      if (isLeader && other) told('leader woke when another led')
      else if (isLeader && forMs > 10 * secondMs) told('leader woke, its lease run out')
      life.resume(first)
    })
  }

  /** Sets the wall clock of one node, or of all and the servers, minutes to days off. */
  jump(told: (what: 'wall clock jumped forward' | 'wall clock jumped back') => void): void {
    const sizeMs = this.#upTo(this.#pick([5 * minuteMs, 60 * minuteMs, dayMs, 3 * dayMs]))
    const byMs = this.#next() < 0.5 ? sizeMs : -sizeMs
    const node = this.#next() < 0.6 ? this.#pick(this.#nodes) : undefined
    const skewMs = this.#skewMs + (node?.skewMs ?? 0) + byMs
    if (Math.abs(skewMs) > mostSkewMs / 2) return
    this.#parts.note(`the clock of ${node === undefined ? 'all' : 'one'} jumps by ${byMs} ms`)
    told(byMs > 0 ? 'wall clock jumped forward' : 'wall clock jumped back')
    if (node === undefined) {
      this.#skewMs += byMs
      this.#parts.env.clock.jumpWall(byMs)
    } else {
      node.skewMs += byMs
      node.running?.life.jumpWall(byMs)
    }
  }

  /** Until all run. */
  async settle(): Promise<void> {
    const { clock } = this.#parts.env
    const runs = ({ running }: Node): boolean =>
      running !== undefined && !running.life.isDead() && !running.life.isPaused()
    for (const { running } of this.#nodes) running?.life.resume('timers')
    while (!this.#nodes.every(runs)) await clock.sleep(secondMs)
  }

  /** What all metrics say, as one text. */
  async metrics(): Promise<string> {
    const texts = this.#nodes.map(async ({ running }) => (await running?.metrics()) ?? '')
    return (await Promise.all(texts)).join('\n')
  }

  /** Stops all of them for good. */
  async end(): Promise<void> {
    this.#isUnattended = true
    for (const { running } of this.#nodes) await running?.stop()
  }

  async #start(node: Node): Promise<void> {
    const { env, faults, server, world, bug, note } = this.#parts
    const name = `operator ${++this.#lives}`
    const life = startLife({
      name,
      env,
      faults,
      apiPort: server.port,
      oldLists: this.#oldLists,
      onRequest: (request) => this.#parts.onRequest(request, name),
      onCrash: () => void this.#restart(node),
      ...(bug?.misread === undefined ? {} : { misread: bug.misread }),
    })
    life.jumpWall(node.skewMs)
    const metrics = await createMetrics()
    const real = createClient({
      env: life.env,
      server: { url: server.url },
      onCall: (seen) => metrics.apiCall(seen),
    })
    const fence = createFence()
    const isFenced = this.#nodes.length > 1 && bug?.fence !== 'none'
    const own = isFenced ? real.behind(fence.check) : real
    const operator = createOperator({
      env: life.env,
      client: bug?.client === undefined ? own : bug.client(own),
      metrics,
      controllers: new Set(controllerSets),
      namespace: system,
      gitFolder: '/tmp/git',
      openMirror: () =>
        memoryMirror(world.repository, {
          exchange: (what, signal) => gitExchange({ faults, env: life.env }, what, signal),
        }),
      allowLocalEndpoints: true,
    })
    const stopping = new AbortController()
    const lead = async (signal: AbortSignal): Promise<void> => {
      note(`${name} leads`)
      running.leads = true
      await operator.run(signal).finally(() => {
        running.leads = false
      })
    }
    const running: Running = {
      life,
      leads: false,
      metrics: async () => (await metrics.render()).text,
      stop: async () => {
        note(`${name} stops`)
        stopping.abort()
        const late = env.clock.sleep(2 * minuteMs)
        await Promise.race([ended.catch(() => {}), late])
        life.kill()
      },
    }
    note(`${name} starts`)
    const leaseEnv = bug?.leaseEnv?.(life.env) ?? life.env
    const options = {
      env: leaseEnv,
      client: real,
      ...leaseKey,
      identity: name,
      fence,
      onLead: lead,
    }
    const ended =
      this.#nodes.length === 1 ? lead(stopping.signal) : runWithLease(options, stopping.signal)
    ended.catch((thrown: unknown) => note(`${name} ended: ${String(thrown)}`))
    node.running = running
  }

  async #restart(node: Node): Promise<void> {
    if (node.running?.life.isDead() !== true) return
    this.#parts.note(`${node.running.life.name} was killed`)
    node.running.leads = false
    node.running = undefined
    await this.#parts.env.clock.sleep(this.#upTo(30_000))
    if (!this.#isUnattended) await this.#start(node)
  }

  #next(): number {
    return this.#parts.random.next()
  }

  #upTo(most: number): number {
    return 1 + Math.floor(this.#next() * most)
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#next() * from.length)] as T
  }
}
