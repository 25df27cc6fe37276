import type { ByteString, GoValue } from '#go'

import type { Context, TemplateDeps, TemplateFunction } from './functions/function.ts'
import type { TreeSet } from './parse.ts'
import { FunctionError, TemplateFault, type FaultClass } from './template-fault.ts'

/** Bounds of one rendering. */
export interface RenderLimits {
  /** Nodes walked and functions called. */
  readonly steps: number
  /** Size of the output. */
  readonly outputBytes: number
  /** Size of one value that a function makes. */
  readonly valueBytes: number
  /** Sum of what functions make and go through on the way. */
  readonly workBytes: number
  /** Templates that call templates. */
  readonly depth: number
}

/** What is to be run, and with what. */
export interface Program {
  readonly name: ByteString
  readonly text: ByteString
  readonly trees: TreeSet
  readonly functions: ReadonlyMap<string, TemplateFunction | undefined>
  /** A missing key of a map fails; else it is nil. */
  readonly failOnMissingKey: boolean
}

/** A variable of a template, `$` among them. */
export interface Variable {
  readonly name: ByteString
  value: GoValue
}

/** One rendering: where it stands, what it has used of its bounds, and the variables in scope. */
export class Run {
  readonly program: Program
  readonly limits: RenderLimits
  readonly context: Context
  /** Byte of the text that errors point to. */
  at = 0
  variables: Variable[] = []
  #workBytes = 0
  #steps = 0

  constructor(program: Program, limits: RenderLimits, deps: TemplateDeps) {
    this.program = program
    this.limits = limits
    this.context = {
      deps,
      charge: (bytes) => {
        if (!(bytes <= limits.valueBytes)) {
          throw new FunctionError(`makes more than ${limits.valueBytes} bytes at once`, 'limit')
        }
        this.spend(bytes)
      },
      spend: (bytes) => this.spend(bytes),
    }
  }

  /** Counts work. @throws FunctionError when it is used up. */
  spend(bytes: number): void {
    this.#workBytes += bytes
    if (!(this.#workBytes <= this.limits.workBytes)) {
      throw new FunctionError(`makes more than ${this.limits.workBytes} bytes`, 'limit')
    }
  }

  /** An error at the place that is being looked at. */
  fail(fault: FaultClass, what: string): TemplateFault {
    const { name, text } = this.program
    const before = text.slice(0, this.at)
    const line = before.split('\n').length
    const column = this.at - (before.lastIndexOf('\n') + 1)
    return new TemplateFault('exec', fault, { template: name, line, column }, what)
  }

  /** Goes on to another place. @throws TemplateFault when there were too many. */
  step(at: number): void {
    this.at = at
    this.#steps++
    if (this.#steps > this.limits.steps) {
      throw this.fail('limit', `takes more than ${this.limits.steps} steps`)
    }
  }

  /** @throws TemplateFault when there is no such variable. */
  assign(name: ByteString, value: GoValue): void {
    const variable = this.variables.findLast((entry) => entry.name === name)
    if (variable === undefined) throw this.fail('no-variable', `undefined variable: ${name}`)
    variable.value = value
  }

  /** @throws TemplateFault when there is no such variable. */
  variable(name: ByteString): GoValue {
    const variable = this.variables.findLast((entry) => entry.name === name)
    if (variable === undefined) throw this.fail('no-variable', `undefined variable: ${name}`)
    return variable.value
  }

  /** Runs a function; what it refuses becomes an error with name and place. */
  guarded<T>(name: ByteString, work: () => T): T {
    const at = this.at
    try {
      return work()
    } catch (thrown) {
      this.at = at
      if (thrown instanceof FunctionError) {
        throw this.fail(thrown.fault, `error calling ${name}: ${thrown.message}`)
      }
      if (thrown instanceof RangeError) {
        throw this.fail('limit', `error calling ${name}: too large or too deep`)
      }
      throw thrown
    }
  }
}
