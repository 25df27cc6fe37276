/** What goes wrong while an expression is evaluated, in the words of the real evaluator. */
export class CelError extends Error {
  override readonly name = 'CelError'
}

/** Thrown when an expression has cost more than it may. */
export class TooDear extends Error {
  override readonly name = 'TooDear'

  constructor() {
    super('operation cancelled: actual cost limit exceeded')
  }
}

/** What is said of arguments that a function does not take. */
export const noOverload = 'no such overload'
