import { faultOf, type Fault } from '#base'
import type { Step } from './status.ts'

/** A Fault together with where it happened, which chooses the sentence in the condition. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed'
  readonly step: Step
  readonly fault: Fault
  /** When it began, in wall time, where the condition has to say that very moment. */
  readonly sinceMs: number | undefined

  constructor(step: Step, fault: Fault, sinceMs?: number) {
    super(fault.message, { cause: fault })
    this.step = step
    this.fault = fault
    this.sinceMs = sinceMs
  }
}

/** Runs `work`; what it throws is put down to `step`, unless a step further in has claimed it. */
export async function during<T>(step: Step, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    throw thrown instanceof StepFailed ? thrown : new StepFailed(step, faultOf(thrown))
  }
}
