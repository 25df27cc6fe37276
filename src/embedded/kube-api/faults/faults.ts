import { Fault } from '#base'
import { planOf, type CallFault, type CallSeen, type EventFault, type EventSeen } from './plan.ts'
import type { FaultPlan, FaultRule } from './plan.ts'
import type { Env } from '#base'

/** The kinds of fault, as they are counted. */
export type FaultKind = `call: ${CallFault['kind']}` | `event: ${EventFault['kind']}`

/** What goes wrong at a running server; may be changed at any time. */
export class Faults {
  readonly #env: Env
  #plan: FaultPlan | undefined
  #downUntilMs = Number.NEGATIVE_INFINITY
  #lives = 0
  /** How often each kind has struck. */
  readonly counts: Map<FaultKind, number> = new Map()
  /** Told of each fault that strikes, for a trace. */
  onFault: (kind: FaultKind, what: string) => void = () => {}

  constructor(env: Env, plan?: FaultPlan | readonly FaultRule[]) {
    this.#env = env
    this.use(plan)
  }

  /** Goes by this plan from now on, open watches included; undefined: nothing goes wrong any more. */
  use(plan: FaultPlan | readonly FaultRule[] | undefined): void {
    this.#plan = plan !== undefined && 'length' in plan ? planOf(plan, this.#env.random) : plan
  }

  /** Whether there is a plan at all. */
  get planned(): boolean {
    return this.#plan !== undefined
  }

  /** Counts the server's lives: another number means that it was restarted. */
  get life(): number {
    return this.#lives
  }

  /** Refuses connections for `downMs` from now. */
  restarted(downMs: number): void {
    this.#lives++
    this.#downUntilMs = this.#env.clock.monotonic() + downMs
  }

  get isDown(): boolean {
    return this.#env.clock.monotonic() < this.#downUntilMs
  }

  ofCall(call: CallSeen): readonly CallFault[] {
    const planned = this.#plan?.onCall?.(call)
    const faults = planned === undefined ? [] : 'kind' in planned ? [planned] : planned
    for (const { kind } of faults) this.#note(`call: ${kind}`, `${call.verb} ${call.path}`)
    return faults
  }

  ofEvent(event: EventSeen, call: CallSeen): EventFault | undefined {
    const fault = this.#plan?.onEvent?.(event, call)
    if (fault !== undefined) {
      this.#note(`event: ${fault.kind}`, `${call.path} ${event.type} ${event.name}`)
    }
    return fault
  }

  #note(kind: FaultKind, what: string): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1)
    this.onFault(kind, what)
  }
}

/** What a caller sees of a connection that breaks: a throw of the handler, which cuts a real one. */
export function cutConnection(): Fault {
  return new Fault('Unavailable', 'connection cut')
}
