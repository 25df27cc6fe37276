import { GoInt, GoMap, GoSlice, int, printValue, type ByteString, type GoValue } from '#go'

import { nameOf } from './assignable.ts'
import { isTrue } from './compare.ts'
import { readingCost } from './cost.ts'
import { Evaluator } from './evaluate.ts'
import type { TemplateDeps } from './functions/function.ts'
import type { ActionNode, BranchNode, Node, PipeNode, TemplateNode } from './nodes.ts'
import { Run, type Program, type RenderLimits } from './run.ts'

export type { Program, RenderLimits } from './run.ts'

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
  return new Walk(new Run(program, limits, deps)).run(data)
}

/** Walks the nodes of a template and writes its output. */
class Walk {
  readonly #run: Run
  readonly #evaluator: Evaluator
  readonly #output: ByteString[] = []
  #outputBytes = 0
  #depth = 0

  constructor(run: Run) {
    this.#run = run
    this.#evaluator = new Evaluator(run)
  }

  run(data: GoValue): ByteString {
    this.#run.variables = [{ name: '$', value: data }]
    try {
      this.#list(this.#run.program.trees.get(this.#run.program.name) ?? [], data)
    } catch (thrown) {
      // Blocks within templates within blocks: the stack may end before the depth does.
      if (thrown instanceof RangeError) throw this.#run.fail('limit', 'too large or too deep')
      throw thrown
    }
    return this.#output.join('')
  }

  #list(nodes: readonly Node[], dot: GoValue): Flow {
    for (const node of nodes) {
      this.#run.step(node.at)
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
    if (this.#outputBytes > this.#run.limits.outputBytes) {
      throw this.#run.fail('limit', `writes more than ${this.#run.limits.outputBytes} bytes`)
    }
    this.#output.push(text)
  }

  #action(node: ActionNode, dot: GoValue): void {
    const value = this.#evaluator.pipe(node.pipe, dot)
    if (node.pipe.declared.length > 0) return
    this.#run.at = node.at
    this.#write(value === null ? '<no value>' : this.#printed(value))
  }

  #printed(value: GoValue): ByteString {
    if (typeof value === 'string') return value
    return this.#run.guarded('print', () => {
      this.#run.spend(readingCost('print', [value], this.#run.limits.valueBytes))
      return printValue(value)
    })
  }

  #branch(node: BranchNode, dot: GoValue): Flow {
    const mark = this.#run.variables.length
    const value = this.#evaluator.pipe(node.pipe, dot)
    let flow: Flow = 'on'
    if (isTrue(value)) flow = this.#list(node.list, node.kind === 'with' ? value : dot)
    else if (node.otherwise !== undefined) flow = this.#list(node.otherwise, dot)
    this.#run.variables.length = mark
    return flow
  }

  #range(node: BranchNode, dot: GoValue): void {
    const mark = this.#run.variables.length
    const value = this.#evaluator.pipe(node.pipe, dot)
    const inner = this.#run.variables.length
    let isEmpty = true
    for (const [index, element] of this.#entries(value, node.pipe.declared.length)) {
      isEmpty = false
      this.#run.step(node.at)
      this.#setRangeVariables(node.pipe, index, element)
      const flow = this.#list(node.list, element)
      this.#run.variables.length = inner
      if (flow === 'break') break
    }
    if (isEmpty && node.otherwise !== undefined) this.#list(node.otherwise, dot)
    this.#run.variables.length = mark
  }

  *#entries(value: GoValue, variables: number): Generator<readonly [GoValue, GoValue]> {
    if (value === null) return
    if (value instanceof GoSlice) {
      for (const [index, item] of value.items.entries()) yield [int(index), item]
    } else if (value instanceof GoMap) {
      for (const key of value.sortedKeys()) yield [key, value.entries.get(key) ?? null]
    } else if (value instanceof GoInt) {
      if (variables > 1) {
        throw this.#run.fail(
          'wrong-type',
          "can't use a number to iterate over more than one variable",
        )
      }
      for (let i = 0n; i < value.value; i++) yield [null, new GoInt(i, value.type)]
    } else {
      throw this.#run.fail(
        'wrong-type',
        `range can't iterate over a value of type ${nameOf(value)}`,
      )
    }
  }

  #setRangeVariables(pipe: PipeNode, index: GoValue, element: GoValue): void {
    const { declared, isAssign } = pipe
    const values = declared.length > 1 ? [index, element] : [element]
    for (const [i, name] of declared.entries()) {
      const value = values[i] ?? null
      if (isAssign) this.#run.assign(name, value)
      else this.#setTop(declared.length - i, value)
    }
  }

  #setTop(fromEnd: number, value: GoValue): void {
    const variable = this.#run.variables[this.#run.variables.length - fromEnd]
    if (variable !== undefined) variable.value = value
  }

  #call(node: TemplateNode, dot: GoValue): void {
    const tree = this.#run.program.trees.get(node.name)
    if (tree === undefined) {
      throw this.#run.fail('no-template', `template ${JSON.stringify(node.name)} not defined`)
    }
    if (this.#depth >= this.#run.limits.depth) {
      throw this.#run.fail('depth', `exceeded maximum template depth (${this.#run.limits.depth})`)
    }
    const value = node.pipe === undefined ? null : this.#evaluator.pipe(node.pipe, dot)
    const outer = this.#run.variables
    this.#run.variables = [{ name: '$', value }]
    this.#depth++
    this.#list(tree, value)
    this.#depth--
    this.#run.variables = outer
  }
}
