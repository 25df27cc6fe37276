import { faultOf, type Fault } from '#base'
import type { FailedStep } from './status.ts'

/** A failure together with the step it happened in. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed'
  readonly step: FailedStep
  readonly fault: Fault

  constructor(step: FailedStep, fault: Fault) {
    super(fault.message, { cause: fault })
    this.step = step
    this.fault = fault
  }
}

/** Runs `work`; what it throws is said to have happened in `step`. Cancellation passes through. */
export async function during<T>(
  step: FailedStep,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    signal.throwIfAborted()
    throw thrown instanceof StepFailed ? thrown : new StepFailed(step, faultOf(thrown))
  }
}
