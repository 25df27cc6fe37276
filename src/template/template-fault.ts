import { Fault } from '#base'

/** Whether a template fails before any data is seen, or while it runs. */
export type Phase = 'parse' | 'exec'

/** What kind of mistake it is, for reports and tests; the message says it in words. */
export type FaultClass =
  | 'syntax'
  | 'no-function'
  | 'unsupported'
  | 'no-variable'
  | 'no-template'
  | 'missing-key'
  | 'no-field'
  | 'nil'
  | 'wrong-type'
  | 'wrong-args'
  | 'function-error'
  | 'overflow'
  | 'depth'
  | 'limit'

/** A template that does not parse or does not run. Never carries a value of the data. */
export class TemplateFault extends Fault {
  readonly phase: Phase
  readonly fault: FaultClass
  /** The name the template was parsed under. */
  readonly template: string
  /** Line in the template's text; the first is 1. */
  readonly line: number
  /** Bytes before the place on that line, as Go counts; absent when it is about the whole text. */
  readonly column: number | undefined
  /** The message without name and place. */
  readonly what: string

  constructor(
    phase: Phase,
    fault: FaultClass,
    place: { readonly template: string; readonly line: number; readonly column?: number },
    what: string,
    hint?: string,
  ) {
    // Go tells the column only of what fails while it runs; scripts may match the text.
    const isTold = phase === 'exec' && place.column !== undefined
    const column = isTold ? `:${place.column}` : ''
    super('TemplateError', `template: ${place.template}:${place.line}${column}: ${what}`, {
      at: `line ${place.line}`,
      ...(hint === undefined ? {} : { hint }),
    })
    this.phase = phase
    this.fault = fault
    this.template = place.template
    this.line = place.line
    this.column = place.column
    this.what = what
  }
}

/**
 * What a function throws when it refuses its arguments. The evaluator adds name and place. The
 * message must not hold a value.
 */
export class FunctionError extends Error {
  override readonly name = 'FunctionError'
  readonly fault: FaultClass

  constructor(message: string, fault: FaultClass = 'function-error') {
    super(message)
    this.fault = fault
  }
}
