/**
 * What an expression can cost at most, estimated as kube-apiserver does it before a definition is
 * taken: each name and field 1, each call 1 or by the length of what it reads, loops by the most
 * elements that the schema lets through. All constants were measured on kube-apiserver 1.36.
 */
import { gathered, type Call, type Expression, type Fold } from './ast.ts'
import { dottedType, type Checked } from './check.ts'
import type { Overload } from './functions.ts'
import type { Type } from './types.ts'

/** Most elements, bytes or characters of what a schema describes, and of its parts. */
export interface Sized {
  readonly most: number
  readonly items?: Sized
  readonly fields?: ReadonlyMap<string, Sized>
}

const unbounded = Number.POSITIVE_INFINITY
const perCharacter = 0.1
const perPatternCharacter = 0.25

/** The most that evaluating it once can cost. */
export function costOf(
  expression: Expression,
  checked: Checked,
  roots: ReadonlyMap<string, Sized>,
): number {
  return new Costs(checked, roots).cost(expression)
}

class Costs {
  readonly #checked: Checked
  readonly #roots: ReadonlyMap<string, Sized>
  /** Sizes that were worked out, of calls and loops. */
  readonly #computed = new Map<Expression, number>()
  /** What loop variables stand for. */
  readonly #loops: (readonly [string, Sized | undefined | 'unknown'])[] = []

  constructor(checked: Checked, roots: ReadonlyMap<string, Sized>) {
    this.#checked = checked
    this.#roots = roots
  }

  cost(expression: Expression): number {
    switch (expression.kind) {
      case 'literal':
        return 0
      case 'name':
        return 1
      case 'select': {
        const of = this.cost(expression.of)
        return expression.isTest ? of : of + 1
      }
      case 'call':
        return this.#call(expression)
      case 'list':
        return 10 + this.#sum(expression.items)
      case 'map':
        return 30 + this.#sum(expression.entries.flatMap(([key, value]) => [key, value]))
      case 'fold':
        return this.#fold(expression)
    }
  }

  #sum(all: readonly Expression[]): number {
    return all.reduce((sum, one) => sum + this.cost(one), 0)
  }

  #fold(fold: Fold): number {
    const { range, start, condition, step, result, names } = fold
    const before = this.cost(range) + this.cost(start)
    const sized = this.#sized(range)
    const isMap = this.#checked.types.get(range)?.kind === 'map'
    const depth = this.#loops.length
    // Keys of maps count as short; a key or index beside a value is not traced to the schema.
    if (names.length === 1) {
      this.#loops.push([names[0] ?? '', isMap ? sized && { most: 0 } : sized?.items])
    } else this.#loops.push([names[0] ?? '', undefined], [names[1] ?? '', sized?.items])
    const { accu } = fold
    this.#loops.push([accu ?? gathered, accu === undefined ? undefined : this.#bound(start)])
    const each = this.cost(condition) + this.cost(step)
    if (accu === undefined) this.#loops.length = depth
    const last = this.cost(result)
    const count = accu === undefined ? this.#size(range) : this.#size(result)
    this.#loops.length = depth
    this.#computed.set(fold, count)
    return before + times(this.#size(range), each) + last
  }

  #call(call: Call): number {
    const { name, target, args } = call
    const [first, second, third] = args
    if (name === '_?_:_' && first !== undefined && second !== undefined && third !== undefined) {
      const cost = this.cost(first) + Math.max(this.cost(second), this.cost(third))
      this.#computed.set(call, Math.max(this.#size(second), this.#size(third)))
      return cost
    }
    const given = target === undefined ? args : [target, ...args]
    const before = this.#sum(given)
    if (name === '_&&_' || name === '_||_') return before
    const overloads = this.#checked.overloads.get(call) ?? []
    const costs = overloads.map((overload) => this.#overload(overload, call, given))
    return before + (costs.length === 0 ? 1 : Math.max(...costs))
  }

  // What the call itself costs; sizes of results are noted on the way.
  #overload(overload: Overload, call: Call, given: readonly Expression[]): number {
    const [left = 0, right = 0] = given.map((one) => this.#size(one))
    const reading = traversal(left)
    const isOfText = /^(?:string|bytes)\b|\((?:string|bytes)\b/.test(overload.id)
    switch (call.name) {
      case '_==_':
      case '_!=_':
        return traversal(Math.min(left, right))
      case '_<_':
      case '_<=_':
      case '_>_':
      case '_>=_':
        return isOfText ? traversal(Math.min(left, right)) : 1
      case '_+_':
        if (isOfText) return this.#sizedCall(call, left + right, traversal(left + right))
        return overload.id.includes('list') ? this.#sizedCall(call, left + right, 1) : 1
      case '@in':
        return overload.id.includes('list') ? right : 1
      case 'startsWith':
      case 'endsWith':
        return traversal(right)
      case 'contains':
      case 'lastIndexOf':
      case 'indexOf':
        return isOfText ? times(reading, traversal(right)) : times(left, this.#perItem(given[0]))
      case 'matches':
        return matching(left, right)
      case 'find':
      case 'findAll':
        return this.#sizedCall(call, left, matching(left, right))
      case 'lists.range': {
        const [count] = call.args
        return this.#sizedCall(call, count?.kind === 'literal' ? Number(count.text) : unbounded, 1)
      }
      case 'flatten':
        return this.#sizedCall(call, this.#flat(given[0]), 1)
      case 'strings.quote':
        return this.#sizedCall(call, left, 1)
      case 'bytes':
        return overload.id === 'bytes(string)' ? this.#sizedCall(call, left * 4, reading) : 1
      case 'string':
        return overload.id === 'string(bytes)' ? this.#sizedCall(call, left, reading) : 1
      case 'split':
        return this.#sizedCall(call, partsOf(left, call.args[1]), 2 * reading)
      case 'replace':
        return this.#sizedCall(call, this.#replaced(left, call.args), 2 * reading)
      case 'dyn':
        return this.#sizedCall(call, left, 1)
      case 'slice':
        if (isBackwards(call.args)) return unbounded
        return this.#sizedCall(call, sliceOf(left, call.args), 1)
      case 'sort':
      case 'reverse':
      case 'distinct':
      case '@sortByAssociatedKeys':
        return this.#sizedCall(call, left, 1)
      case 'lowerAscii':
      case 'upperAscii':
      case 'trim':
      case 'substring':
        return this.#sizedCall(call, left, reading)
      case 'url':
      case 'quantity':
      case 'isQuantity':
      case 'isIP':
      case 'isCIDR':
      case 'semver':
      case 'isSemver':
      case 'format':
        return reading
      case 'sets.contains':
      case 'sets.intersects':
        return times(left, right) + 1
      case 'sets.equivalent':
        return 2 * times(left, right) + 1
      case 'ip':
      case 'cidr':
        return overload.isMember ? 1 : reading
      case 'join': {
        const item = this.#sized(given[0] ?? call)?.items?.most ?? unbounded
        this.#sizedCall(call, times(left, item) + times(left, right), 1)
        return times(left, this.#perItem(given[0]))
      }
      case 'sum':
      case 'min':
      case 'max':
      case 'isSorted':
        return times(left, this.#perItem(given[0]))
      default:
        return 1
    }
  }

  #flat(list: Expression | undefined): number {
    if (list?.kind === 'list') return list.items.reduce((sum, one) => sum + this.#size(one), 0)
    const sized = list === undefined ? undefined : this.#sized(list)
    return sized?.items === undefined ? unbounded : times(sized.most, sized.items.most)
  }

  // Each part that is replaced is as short as it can be, and what takes its place as long.
  #replaced(size: number, [from, to]: readonly Expression[]): number {
    const least = from?.kind === 'literal' ? Array.from(from.text).length : 0
    const most = to === undefined ? unbounded : this.#size(to)
    if (least === 0) return times(size + 1, most) + size
    return most <= least ? size : times(Math.ceil(size / least), most)
  }

  // What a name stands for that is given a value once.
  #bound(start: Expression): Sized | 'unknown' {
    const most = this.#size(start)
    return most === unbounded ? 'unknown' : { ...this.#sized(start), most }
  }

  #sizedCall(call: Call, size: number, cost: number): number {
    this.#computed.set(call, Math.max(this.#computed.get(call) ?? 0, size))
    return cost
  }

  #perItem(list: Expression | undefined): number {
    const type = list === undefined ? undefined : this.#checked.types.get(list)
    if (type?.kind === 'list' && type.of.kind === 'plain' && scalars.has(type.of.name)) return 1
    return traversal(list === undefined ? unbounded : (this.#sized(list)?.items?.most ?? unbounded))
  }

  #size(expression: Expression): number {
    const computed = this.#computed.get(expression)
    if (computed !== undefined) return computed
    if (expression.kind === 'literal' && ['string', 'bytes'].includes(expression.type)) {
      return Array.from(expression.text).length
    }
    if (expression.kind === 'list') return expression.items.length
    if (expression.kind === 'map') return expression.entries.length
    const sized = this.#sized(expression)
    if (sized !== undefined) return sized.most
    return isScalar(this.#checked.types.get(expression)) ? 1 : unbounded
  }

  /** What the schema says of a path; undefined for what is no path, and where it leads out. */
  #sized(expression: Expression): Sized | undefined {
    switch (expression.kind) {
      case 'name': {
        // Whatever cannot be traced to the schema is taken to be as large as the whole of it.
        const loop = this.#loops.findLast(([name]) => name === expression.name)
        const known = loop === undefined ? this.#roots.get(expression.name) : loop[1]
        if (known === 'unknown') return undefined
        return known ?? this.#roots.get('self')
      }
      case 'select': {
        if (dottedType(expression.of, expression.field) !== undefined)
          return this.#roots.get('self')
        if (expression.isOptional === true) return undefined
        const of = this.#sized(expression.of)
        return of?.fields === undefined ? of?.items : of.fields.get(expression.field)
      }
      case 'call':
        if (expression.name !== '_[_]' || expression.args[0] === undefined) return undefined
        return this.#sized(expression.args[0])?.items
      default:
        return undefined
    }
  }
}

const scalars: ReadonlySet<string> = new Set([
  'int',
  'uint',
  'double',
  'bool',
  'timestamp',
  'duration',
])

// What counts as one however large it is; a value that may be missing, by what it may be.
function isScalar(type: Type | undefined): boolean {
  if (type?.kind === 'optional') return type.of.kind === 'plain' && scalars.has(type.of.name)
  return type?.kind === 'plain' && (scalars.has(type.name) || type.name.includes('.'))
}

function matching(size: number, pattern: number): number {
  return times(traversal(size + 1), Math.ceil(pattern * perPatternCharacter))
}

function sliceOf(size: number, [from, to]: readonly Expression[]): number {
  if (from?.kind !== 'literal' || to?.kind !== 'literal') return size
  return Number(to.text) - Number(from.text)
}

// A text falls apart into its letters at most, or into as many parts as were asked for.
function partsOf(size: number, most: Expression | undefined): number {
  if (most?.kind !== 'literal' || most.type !== 'int' || Number(most.text) < 0) return size
  return Number(most.text)
}

// Sizes are counted without a sign: one below nothing is more than there can be.
function isBackwards([from, to]: readonly Expression[]): boolean {
  if (from?.kind !== 'literal' || to?.kind !== 'literal') return false
  return Number(from.text) > Number(to.text)
}

function traversal(size: number): number {
  return Math.ceil(size * perCharacter)
}

function times(count: number, each: number): number {
  return count === 0 || each === 0 ? 0 : count * each
}
