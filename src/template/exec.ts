import {
  GoInt,
  GoMap,
  GoObject,
  GoSlice,
  int,
  printValue,
  typeOf,
  types,
  type ByteString,
  type GoMethod,
  type GoType,
  type GoValue,
} from '#go'

import { isTrue } from './compare.ts'
import { keepingCost, readingCost } from './cost.ts'
import {
  Args,
  type Context,
  type TemplateDeps,
  type TemplateFunction,
} from './functions/function.ts'
import type {
  ActionNode,
  BranchNode,
  CommandNode,
  Node,
  Operand,
  PipeNode,
  TemplateNode,
} from './nodes.ts'
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

interface Variable {
  readonly name: ByteString
  value: GoValue
}

/** No value comes from the pipeline, which is another thing than nil. */
const missing = Symbol('missing')
type Final = GoValue | typeof missing

/** How the walk of a list ended. */
type Flow = 'on' | 'break' | 'continue'

/**
 * Runs a parsed template.
 *
 * @throws TemplateFault of phase `exec`, also when a bound is reached.
 */
export function execute(
  program: Program,
  data: GoValue,
  limits: RenderLimits,
  deps: TemplateDeps,
): ByteString {
  return new Run(program, limits, deps).run(data)
}

class Run {
  readonly #program: Program
  readonly #limits: RenderLimits
  readonly #context: Context
  readonly #output: ByteString[] = []
  #outputBytes = 0
  #workBytes = 0
  #steps = 0
  #depth = 0
  #at = 0
  #variables: Variable[] = []

  constructor(program: Program, limits: RenderLimits, deps: TemplateDeps) {
    this.#program = program
    this.#limits = limits
    this.#context = {
      deps,
      charge: (bytes) => {
        if (!(bytes <= limits.valueBytes)) {
          throw new FunctionError(`makes more than ${limits.valueBytes} bytes at once`, 'limit')
        }
        this.#spend(bytes)
      },
      spend: (bytes) => this.#spend(bytes),
    }
  }

  run(data: GoValue): ByteString {
    this.#variables = [{ name: '$', value: data }]
    try {
      this.#list(this.#program.trees.get(this.#program.name) ?? [], data)
    } catch (thrown) {
      // Blocks within templates within blocks: the stack may end before the depth does.
      if (thrown instanceof RangeError) throw this.#fail('limit', 'too large or too deep')
      throw thrown
    }
    return this.#output.join('')
  }

  #spend(bytes: number): void {
    this.#workBytes += bytes
    if (!(this.#workBytes <= this.#limits.workBytes)) {
      throw new FunctionError(`makes more than ${this.#limits.workBytes} bytes`, 'limit')
    }
  }

  #fail(fault: FaultClass, what: string): TemplateFault {
    const { name, text } = this.#program
    const before = text.slice(0, this.#at)
    const line = before.split('\n').length
    const column = this.#at - (before.lastIndexOf('\n') + 1)
    return new TemplateFault('exec', fault, { template: name, line, column }, what)
  }

  #step(at: number): void {
    this.#at = at
    this.#steps++
    if (this.#steps > this.#limits.steps) {
      throw this.#fail('limit', `takes more than ${this.#limits.steps} steps`)
    }
  }

  #list(nodes: readonly Node[], dot: GoValue): Flow {
    for (const node of nodes) {
      this.#step(node.at)
      const flow = this.#node(node, dot)
      if (flow !== 'on') return flow
    }
    return 'on'
  }

  #node(node: Node, dot: GoValue): Flow {
    switch (node.kind) {
      case 'text':
        this.#write(node.text)
        return 'on'
      case 'action':
        this.#action(node, dot)
        return 'on'
      case 'if':
      case 'with':
        return this.#branch(node, dot)
      case 'range':
        this.#range(node, dot)
        return 'on'
      case 'template':
        this.#call(node, dot)
        return 'on'
      default:
        return node.kind
    }
  }

  #write(text: ByteString): void {
    this.#outputBytes += text.length
    if (this.#outputBytes > this.#limits.outputBytes) {
      throw this.#fail('limit', `writes more than ${this.#limits.outputBytes} bytes`)
    }
    this.#output.push(text)
  }

  #action(node: ActionNode, dot: GoValue): void {
    const value = this.#pipe(node.pipe, dot)
    if (node.pipe.declared.length > 0) return
    this.#at = node.at
    this.#write(value === null ? '<no value>' : this.#printed(value))
  }

  #printed(value: GoValue): ByteString {
    if (typeof value === 'string') return value
    return this.#guarded('print', () => {
      this.#spend(readingCost('print', [value], this.#limits.valueBytes))
      return printValue(value)
    })
  }

  #branch(node: BranchNode, dot: GoValue): Flow {
    const mark = this.#variables.length
    const value = this.#pipe(node.pipe, dot)
    let flow: Flow = 'on'
    if (isTrue(value)) flow = this.#list(node.list, node.kind === 'with' ? value : dot)
    else if (node.otherwise !== undefined) flow = this.#list(node.otherwise, dot)
    this.#variables.length = mark
    return flow
  }

  #range(node: BranchNode, dot: GoValue): void {
    const mark = this.#variables.length
    const value = this.#pipe(node.pipe, dot)
    const inner = this.#variables.length
    let isEmpty = true
    for (const [index, element] of this.#entries(value, node.pipe.declared.length)) {
      isEmpty = false
      this.#step(node.at)
      this.#setRangeVariables(node.pipe, index, element)
      const flow = this.#list(node.list, element)
      this.#variables.length = inner
      if (flow === 'break') break
    }
    if (isEmpty && node.otherwise !== undefined) this.#list(node.otherwise, dot)
    this.#variables.length = mark
  }

  *#entries(value: GoValue, variables: number): Generator<readonly [GoValue, GoValue]> {
    if (value === null) return
    if (value instanceof GoSlice) {
      for (const [index, item] of value.items.entries()) yield [int(index), item]
    } else if (value instanceof GoMap) {
      for (const key of value.sortedKeys()) yield [key, value.entries.get(key) ?? null]
    } else if (value instanceof GoInt) {
      if (variables > 1) {
        throw this.#fail('wrong-type', "can't use a number to iterate over more than one variable")
      }
      for (let i = 0n; i < value.value; i++) yield [null, new GoInt(i, value.type)]
    } else {
      throw this.#fail('wrong-type', `range can't iterate over a value of type ${nameOf(value)}`)
    }
  }

  #setRangeVariables(pipe: PipeNode, index: GoValue, element: GoValue): void {
    const { declared, isAssign } = pipe
    const values = declared.length > 1 ? [index, element] : [element]
    for (const [i, name] of declared.entries()) {
      const value = values[i] ?? null
      if (isAssign) this.#assign(name, value)
      else this.#setTop(declared.length - i, value)
    }
  }

  #setTop(fromEnd: number, value: GoValue): void {
    const variable = this.#variables[this.#variables.length - fromEnd]
    if (variable !== undefined) variable.value = value
  }

  #assign(name: ByteString, value: GoValue): void {
    const variable = this.#variables.findLast((entry) => entry.name === name)
    if (variable === undefined) throw this.#fail('no-variable', `undefined variable: ${name}`)
    variable.value = value
  }

  #call(node: TemplateNode, dot: GoValue): void {
    const tree = this.#program.trees.get(node.name)
    if (tree === undefined) {
      throw this.#fail('no-template', `template ${JSON.stringify(node.name)} not defined`)
    }
    if (this.#depth >= this.#limits.depth) {
      throw this.#fail('depth', `exceeded maximum template depth (${this.#limits.depth})`)
    }
    const value = node.pipe === undefined ? null : this.#pipe(node.pipe, dot)
    const outer = this.#variables
    this.#variables = [{ name: '$', value }]
    this.#depth++
    this.#list(tree, value)
    this.#depth--
    this.#variables = outer
  }

  #pipe(pipe: PipeNode, dot: GoValue): GoValue {
    this.#step(pipe.at)
    let value: Final = missing
    for (const command of pipe.commands) value = this.#command(command, dot, value)
    const result = value === missing ? null : value
    for (const name of pipe.declared) {
      if (pipe.isAssign) this.#assign(name, result)
      else this.#variables.push({ name, value: result })
    }
    return result
  }

  #command(command: CommandNode, dot: GoValue, final: Final): GoValue {
    const [first] = command.args
    if (first === undefined) return null
    this.#at = first.at
    switch (first.kind) {
      case 'field':
        return this.#chain(dot, dot, first.path, command.args, final)
      case 'chain':
        return this.#chain(dot, this.#chainStart(first.node, dot), first.path, command.args, final)
      case 'identifier':
        return this.#function(first.name, command.at, command.args, dot, final)
      case 'variable': {
        const value = this.#variable(first.name)
        if (first.path.length > 0) {
          return this.#chain(dot, value, first.path, command.args, final)
        }
        this.#mustBeAlone(command, final)
        return value
      }
      default:
        this.#mustBeAlone(command, final)
        if (first.kind === 'nil') throw this.#fail('nil', 'nil is not a command')
        return this.#operand(first, dot)
    }
  }

  #mustBeAlone(command: CommandNode, final: Final): void {
    if (command.args.length > 1 || final !== missing) {
      throw this.#fail('wrong-type', "can't give argument to non-function")
    }
  }

  #chainStart(node: Operand, dot: GoValue): GoValue {
    if (node.kind === 'nil') throw this.#fail('nil', 'indirection through explicit nil')
    return this.#operand(node, dot)
  }

  #variable(name: ByteString): GoValue {
    const variable = this.#variables.findLast((entry) => entry.name === name)
    if (variable === undefined) throw this.#fail('no-variable', `undefined variable: ${name}`)
    return variable.value
  }

  /** An operand where nothing says which type is wanted. */
  #operand(node: Operand, dot: GoValue): GoValue {
    this.#at = node.at
    switch (node.kind) {
      case 'pipe':
        return this.#pipe(node, dot)
      case 'dot':
        return dot
      case 'nil':
        return null
      case 'bool':
      case 'string':
        return node.value
      case 'number':
        if (node.ideal === undefined) throw this.#fail('overflow', `${node.text} overflows int`)
        return node.ideal
      case 'identifier':
        return this.#function(node.name, node.at, [node], dot, missing)
      case 'field':
        return this.#chain(dot, dot, node.path, [node], missing)
      case 'variable':
        return this.#chain(dot, this.#variable(node.name), node.path, [node], missing)
      case 'chain':
        return this.#chain(dot, this.#chainStart(node.node, dot), node.path, [node], missing)
    }
  }

  /** `.a.b.c`: only the last one may be a method that takes arguments. */
  #chain(
    dot: GoValue,
    start: GoValue,
    path: readonly ByteString[],
    args: readonly Operand[],
    final: Final,
  ): GoValue {
    let value = start
    // A nil that was never there may be asked for more where missing keys are tolerated.
    let isMissing = start === null
    for (const [i, name] of path.entries()) {
      const isLast = i === path.length - 1
      if (value === null) {
        if (this.#program.failOnMissingKey || !isMissing) {
          throw this.#fail('nil', `nil data; no entry for key ${JSON.stringify(name)}`)
        }
        continue
      }
      const found = this.#field(value, name, dot, isLast ? args : [], isLast ? final : missing)
      isMissing = found === undefined
      value = found ?? null
    }
    return value
  }

  #field(
    receiver: GoValue,
    name: ByteString,
    dot: GoValue,
    args: readonly Operand[],
    final: Final,
  ): GoValue | undefined {
    if (receiver instanceof GoObject) {
      const method = receiver.methods.get(name)
      if (method !== undefined) return this.#method(method, name, dot, args.slice(1), final)
    }
    const hasArgs = args.length > 1 || final !== missing
    if (receiver instanceof GoMap) {
      if (hasArgs) throw this.#fail('no-field', `${name} is not a method but has arguments`)
      const value = receiver.entries.get(name)
      if (value === undefined && this.#program.failOnMissingKey) {
        throw this.#fail('missing-key', `map has no entry for key ${JSON.stringify(name)}`)
      }
      return value
    }
    if (receiver instanceof GoObject && receiver.fields.has(name) && /^[A-Z]/.test(name)) {
      if (hasArgs) throw this.#fail('no-field', `${name} has arguments but cannot be invoked`)
      return receiver.fields.get(name)
    }
    throw this.#fail('no-field', `can't evaluate field ${name} in type ${nameOf(receiver)}`)
  }

  #method(
    method: GoMethod,
    name: ByteString,
    dot: GoValue,
    args: readonly Operand[],
    final: Final,
  ): GoValue {
    const variadic = method.variadic === true ? method.in.at(-1) : undefined
    const fixed = variadic === undefined ? method.in : method.in.slice(0, -1)
    const values = this.#arguments(name, fixed, variadic?.elem, args, dot, final)
    return this.#guarded(name, () => method.call(...values))
  }

  #function(
    name: ByteString,
    at: number,
    args: readonly Operand[],
    dot: GoValue,
    final: Final,
  ): GoValue {
    this.#step(at)
    const found = this.#program.functions.get(name)
    if (found === undefined) throw this.#fail('no-function', `${name} is not a defined function`)
    const operands = args.slice(1)
    this.#checkCount(name, found.fixed.length, found.variadic !== undefined, operands, final)
    if (found.isBuiltin && (name === 'and' || name === 'or')) {
      return this.#andOr(name, operands, dot, final)
    }
    const values = this.#values(found.fixed, found.variadic, operands, dot, final)
    this.#at = at
    const result = this.#guarded(name, () => {
      this.#spend(readingCost(name, values, this.#limits.valueBytes))
      const made = found.body(new Args(values), this.#context)
      if (typeof made === 'object') this.#spend(keepingCost(made))
      return made
    })
    if (typeof result === 'string') this.#guarded(name, () => this.#context.charge(result.length))
    return result
  }

  #andOr(name: string, operands: readonly Operand[], dot: GoValue, final: Final): GoValue {
    let value: GoValue = null
    for (const operand of operands) {
      value = this.#argument(operand, types.any, dot)
      if (isTrue(value) === (name === 'or')) return value
    }
    return final === missing ? value : final
  }

  #arguments(
    name: ByteString,
    fixed: readonly GoType[],
    variadic: GoType | undefined,
    operands: readonly Operand[],
    dot: GoValue,
    final: Final,
  ): GoValue[] {
    this.#checkCount(name, fixed.length, variadic !== undefined, operands, final)
    return this.#values(fixed, variadic, operands, dot, final)
  }

  #checkCount(
    name: ByteString,
    fixed: number,
    isVariadic: boolean,
    operands: readonly Operand[],
    final: Final,
  ): void {
    const count = operands.length + (final === missing ? 0 : 1)
    if (isVariadic ? count >= fixed : count === fixed) return
    const want = isVariadic ? `at least ${fixed}` : String(fixed)
    throw this.#fail('wrong-args', `wrong number of args for ${name}: want ${want} got ${count}`)
  }

  #values(
    fixed: readonly GoType[],
    variadic: GoType | undefined,
    operands: readonly Operand[],
    dot: GoValue,
    final: Final,
  ): GoValue[] {
    const typeAt = (index: number): GoType => fixed[index] ?? variadic ?? types.any
    const values = operands.map((operand, i) => this.#argument(operand, typeAt(i), dot))
    if (final !== missing) values.push(this.#checked(final, typeAt(values.length)))
    return values
  }

  /** An operand for a parameter: constants adapt to the type that is wanted. */
  #argument(node: Operand, type: GoType, dot: GoValue): GoValue {
    this.#at = node.at
    if (type.kind === 'interface') return node.kind === 'nil' ? null : this.#operand(node, dot)
    switch (node.kind) {
      case 'nil':
        if (!canBeNil(type)) throw this.#fail('nil', `cannot assign nil to ${type.name}`)
        return zeroOf(type)
      case 'bool':
      case 'string':
        if (type.kind !== node.kind) throw this.#expected(type)
        return node.value
      case 'number': {
        const value = constantAs(node, type)
        if (value === undefined) throw this.#expected(type)
        return value
      }
      default:
        return this.#checked(this.#operand(node, dot), type)
    }
  }

  #expected(type: GoType): TemplateFault {
    return this.#fail('wrong-type', `expected ${type.name}`)
  }

  /** A value for a parameter: it must have the type already. */
  #checked(value: GoValue, type: GoType): GoValue {
    if (type.kind === 'interface') return value
    if (value === null) {
      if (canBeNil(type)) return zeroOf(type)
      throw this.#fail('wrong-type', `invalid value; expected ${type.name}`)
    }
    if (typeOf(value).name === type.name) return value
    const what = `wrong type for value; expected ${type.name}; got ${nameOf(value)}`
    throw this.#fail('wrong-type', what)
  }

  #guarded<T>(name: ByteString, work: () => T): T {
    const at = this.#at
    try {
      return work()
    } catch (thrown) {
      this.#at = at
      if (thrown instanceof FunctionError) {
        throw this.#fail(thrown.fault, `error calling ${name}: ${thrown.message}`)
      }
      if (thrown instanceof RangeError) {
        throw this.#fail('limit', `error calling ${name}: too large or too deep`)
      }
      throw thrown
    }
  }
}

function nameOf(value: GoValue): string {
  return value === null ? 'interface {}' : typeOf(value).name
}

function canBeNil(type: GoType): boolean {
  return ['interface', 'map', 'slice', 'ptr', 'func'].includes(type.kind)
}

function zeroOf(type: GoType): GoValue {
  if (type.kind === 'map') return new GoMap(type, [], true)
  return type.kind === 'slice' ? new GoSlice(type, [], true) : null
}

function constantAs(
  node: {
    readonly int: bigint | undefined
    readonly uint: bigint | undefined
    readonly float: number | undefined
  },
  type: GoType,
): GoValue | undefined {
  if (type.kind.startsWith('uint')) {
    return node.uint === undefined ? undefined : new GoInt(node.uint, type)
  }
  if (type.kind.startsWith('int')) {
    return node.int === undefined ? undefined : new GoInt(node.int, type)
  }
  return type.kind.startsWith('float') ? node.float : undefined
}
