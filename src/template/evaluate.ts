import {
  GoMap,
  GoObject,
  typeOf,
  types,
  type ByteString,
  type GoMethod,
  type GoType,
  type GoValue,
} from '#go'

import { canBeNil, constantAs, nameOf, zeroOf } from './assignable.ts'
import { isTrue } from './compare.ts'
import { keepingCost, readingCost } from './cost.ts'
import { Args } from './functions/function.ts'
import type { CommandNode, Operand, PipeNode } from './nodes.ts'
import type { Run } from './run.ts'
import type { TemplateFault } from './template-fault.ts'

/** No value comes from the pipeline, which is another thing than nil. */
const missing = Symbol('missing')
type Final = GoValue | typeof missing

/** Evaluates pipelines: commands, fields, methods, functions, and the types of their arguments. */
export class Evaluator {
  readonly #run: Run

  constructor(run: Run) {
    this.#run = run
  }

  /** What a pipeline comes to; declared variables get it. @throws TemplateFault */
  pipe(pipe: PipeNode, dot: GoValue): GoValue {
    this.#run.step(pipe.at)
    let value: Final = missing
    for (const command of pipe.commands) value = this.#command(command, dot, value)
    const result = value === missing ? null : value
    for (const name of pipe.declared) {
      if (pipe.isAssign) this.#run.assign(name, result)
      else this.#run.variables.push({ name, value: result })
    }
    return result
  }

  #command(command: CommandNode, dot: GoValue, final: Final): GoValue {
    const [first] = command.args
    if (first === undefined) return null
    this.#run.at = first.at
    switch (first.kind) {
      case 'field':
        return this.#chain(dot, dot, first.path, command.args, final)
      case 'chain':
        return this.#chain(dot, this.#chainStart(first.node, dot), first.path, command.args, final)
      case 'identifier':
        return this.#function(first.name, command.at, command.args, dot, final)
      case 'variable': {
        const value = this.#run.variable(first.name)
        if (first.path.length > 0) {
          return this.#chain(dot, value, first.path, command.args, final)
        }
        this.#mustBeAlone(command, final)
        return value
      }
      default:
        this.#mustBeAlone(command, final)
        if (first.kind === 'nil') throw this.#run.fail('nil', 'nil is not a command')
        return this.#operand(first, dot)
    }
  }

  #mustBeAlone(command: CommandNode, final: Final): void {
    if (command.args.length > 1 || final !== missing) {
      throw this.#run.fail('wrong-type', "can't give argument to non-function")
    }
  }

  #chainStart(node: Operand, dot: GoValue): GoValue {
    if (node.kind === 'nil') throw this.#run.fail('nil', 'indirection through explicit nil')
    return this.#operand(node, dot)
  }

  /** An operand where nothing says which type is wanted. */
  #operand(node: Operand, dot: GoValue): GoValue {
    this.#run.at = node.at
    switch (node.kind) {
      case 'pipe':
        return this.pipe(node, dot)
      case 'dot':
        return dot
      case 'nil':
        return null
      case 'bool':
      case 'string':
        return node.value
      case 'number':
        if (node.ideal === undefined) throw this.#run.fail('overflow', `${node.text} overflows int`)
        return node.ideal
      case 'identifier':
        return this.#function(node.name, node.at, [node], dot, missing)
      case 'field':
        return this.#chain(dot, dot, node.path, [node], missing)
      case 'variable':
        return this.#chain(dot, this.#run.variable(node.name), node.path, [node], missing)
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
        if (this.#run.program.failOnMissingKey || !isMissing) {
          throw this.#run.fail('nil', `nil data; no entry for key ${JSON.stringify(name)}`)
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
      if (hasArgs) throw this.#run.fail('no-field', `${name} is not a method but has arguments`)
      const value = receiver.entries.get(name)
      if (value === undefined && this.#run.program.failOnMissingKey) {
        throw this.#run.fail('missing-key', `map has no entry for key ${JSON.stringify(name)}`)
      }
      return value
    }
    if (receiver instanceof GoObject && receiver.fields.has(name) && /^[A-Z]/.test(name)) {
      if (hasArgs) throw this.#run.fail('no-field', `${name} has arguments but cannot be invoked`)
      return receiver.fields.get(name)
    }
    throw this.#run.fail('no-field', `can't evaluate field ${name} in type ${nameOf(receiver)}`)
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
    return this.#run.guarded(name, () => method.call(...values))
  }

  #function(
    name: ByteString,
    at: number,
    args: readonly Operand[],
    dot: GoValue,
    final: Final,
  ): GoValue {
    this.#run.step(at)
    const found = this.#run.program.functions.get(name)
    if (found === undefined)
      throw this.#run.fail('no-function', `${name} is not a defined function`)
    const operands = args.slice(1)
    this.#checkCount(name, found.fixed.length, found.variadic !== undefined, operands, final)
    if (found.isBuiltin && (name === 'and' || name === 'or')) {
      return this.#andOr(name, operands, dot, final)
    }
    const values = this.#values(found.fixed, found.variadic, operands, dot, final)
    this.#run.at = at
    const result = this.#run.guarded(name, () => {
      this.#run.spend(readingCost(name, values, this.#run.limits.valueBytes))
      const made = found.body(new Args(values), this.#run.context)
      if (typeof made === 'object') this.#run.spend(keepingCost(made))
      return made
    })
    if (typeof result === 'string')
      this.#run.guarded(name, () => this.#run.context.charge(result.length))
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
    throw this.#run.fail(
      'wrong-args',
      `wrong number of args for ${name}: want ${want} got ${count}`,
    )
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
    this.#run.at = node.at
    if (type.kind === 'interface') return node.kind === 'nil' ? null : this.#operand(node, dot)
    switch (node.kind) {
      case 'nil':
        if (!canBeNil(type)) throw this.#run.fail('nil', `cannot assign nil to ${type.name}`)
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
    return this.#run.fail('wrong-type', `expected ${type.name}`)
  }

  /** A value for a parameter: it must have the type already. */
  #checked(value: GoValue, type: GoType): GoValue {
    if (type.kind === 'interface') return value
    if (value === null) {
      if (canBeNil(type)) return zeroOf(type)
      throw this.#run.fail('wrong-type', `invalid value; expected ${type.name}`)
    }
    if (typeOf(value).name === type.name) return value
    const what = `wrong type for value; expected ${type.name}; got ${nameOf(value)}`
    throw this.#run.fail('wrong-type', what)
  }
}
