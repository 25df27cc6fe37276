/**
 * Evaluates an expression: what it comes to, or why it comes to nothing, and what that cost. The cost is
 * counted as kube-apiserver counts it, and whoever asks for too much is stopped.
 */
import { gathered, type Call, type Expression, type Fold, type Select } from './ast.ts'
import { CelError, noOverload, TooDear } from './cel-error.ts'
import { dottedType } from './check.ts'
import { member } from './member.ts'
import { run } from './run.ts'
import { runCost } from './run-cost.ts'
import {
  Entries,
  isMapLike,
  List,
  Optional,
  TypeName,
  typeNameOf,
  Uint,
  type Value,
} from './values.ts'

/** What an evaluation came to. */
export type Outcome =
  | { readonly kind: 'value'; readonly value: Value; readonly cost: number }
  | { readonly kind: 'failed'; readonly why: string; readonly cost: number }
  /** It was stopped for what it cost. */
  | { readonly kind: 'stopped'; readonly why: string; readonly cost: number }

/**
 * Evaluates once.
 *
 * @param names What may be referred to; a function is asked when the name is met, and may throw a CelError.
 * @param most What it may cost.
 */
export function evaluate(
  expression: Expression,
  names: ReadonlyMap<string, () => Value>,
  most: number,
): Outcome {
  const evaluation = new Evaluation(names, most)
  try {
    const value = evaluation.of(expression, undefined)
    return { kind: 'value', value, cost: evaluation.cost }
  } catch (thrown) {
    const { cost } = evaluation
    if (thrown instanceof CelError) return { kind: 'failed', why: thrown.message, cost }
    if (thrown instanceof TooDear) return { kind: 'stopped', why: thrown.message, cost }
    throw thrown
  }
}

/** What loops name, the innermost first. */
interface Scope {
  readonly name: string
  value: Value | CelError
  readonly outer: Scope | undefined
}

const typeNames: ReadonlySet<string> = new Set(
  'int,uint,double,bool,string,bytes,list,map,null_type,type,optional_type'.split(','),
)

class Evaluation {
  cost = 0
  readonly #names: ReadonlyMap<string, () => Value>
  readonly #most: number

  constructor(names: ReadonlyMap<string, () => Value>, most: number) {
    this.#names = names
    this.#most = most
  }

  of(expression: Expression, scope: Scope | undefined): Value {
    switch (expression.kind) {
      case 'literal':
        return literalValue(expression.type, expression.text)
      case 'name':
        return this.#named(expression.name, scope)
      case 'select':
        return this.#selected(expression, scope)
      case 'call':
        return this.#called(expression, scope)
      case 'list':
        return this.#list(expression, scope)
      case 'map':
        return this.#map(expression, scope)
      case 'fold':
        return this.#fold(expression, scope)
    }
  }

  #spend(cost: number): void {
    this.cost += cost
    if (this.cost > this.#most) throw new TooDear()
  }

  #named(name: string, scope: Scope | undefined): Value {
    this.#spend(1)
    for (let at = scope; at !== undefined; at = at.outer) {
      if (at.name !== name) continue
      if (at.value instanceof CelError) throw at.value
      return at.value
    }
    const known = this.#names.get(name)
    if (known !== undefined) return known()
    if (typeNames.has(name)) return new TypeName(name)
    throw new CelError(`no such attribute(s): ${name}`)
  }

  #selected(select: Select, scope: Scope | undefined): Value {
    const type = select.isTest ? undefined : dottedType(select.of, select.field)
    if (type !== undefined) {
      this.#spend(1)
      return new TypeName(type)
    }
    const of = this.of(select.of, scope)
    if (!select.isTest) this.#spend(1)
    const found = member(of, select.field)
    if (select.isTest) return found !== undefined
    if (select.isOptional === true || of instanceof Optional) return new Optional(found)
    if (found === undefined) throw new CelError(`no such key: ${select.field}`)
    return found
  }

  #called(call: Call, scope: Scope | undefined): Value {
    const { name, target, args } = call
    const [first, second, third] = args
    switch (name) {
      case '_&&_':
        if (first !== undefined && second !== undefined)
          return this.#either(first, second, false, scope)
        break
      case '_||_':
        if (first !== undefined && second !== undefined)
          return this.#either(first, second, true, scope)
        break
      case '_?_:_':
        if (first !== undefined && second !== undefined && third !== undefined) {
          const condition = this.of(first, scope)
          if (typeof condition !== 'boolean') throw new CelError(noOverload)
          return this.of(condition ? second : third, scope)
        }
        break
      case '@not_strictly_false':
        return this.#notFalse(first, scope)
      case '_+_': {
        const grown = this.#grown(first, second, scope)
        if (grown !== undefined) return grown
        break
      }
      case 'or':
      case 'orValue':
        if (target !== undefined && first !== undefined) return this.#or(name, target, first, scope)
    }
    const given = (target === undefined ? args : [target, ...args]).map((one) =>
      this.of(one, scope),
    )
    const value = run(name, given)
    this.#spend(runCost(name, given, value))
    if (value === undefined) throw new CelError(refusalOf(name, given))
    return value
  }

  // One that decides is enough, even where the other cannot be told.
  #either(left: Expression, right: Expression, decisive: boolean, scope: Scope | undefined): Value {
    const first = this.#tried(left, scope)
    if (first === decisive) return decisive
    const second = this.#tried(right, scope)
    if (second === decisive) return decisive
    for (const one of [first, second]) {
      if (one instanceof CelError) throw one
      if (typeof one !== 'boolean') throw new CelError(noOverload)
    }
    return !decisive
  }

  #tried(expression: Expression, scope: Scope | undefined): Value | CelError {
    try {
      return this.of(expression, scope)
    } catch (thrown) {
      if (thrown instanceof CelError) return thrown
      throw thrown
    }
  }

  #notFalse(expression: Expression | undefined, scope: Scope | undefined): boolean {
    const value = expression === undefined ? false : this.#tried(expression, scope)
    this.#spend(1)
    return value !== false
  }

  // A list that a loop gathers grows in place: nobody else has seen it yet.
  #grown(
    left: Expression | undefined,
    right: Expression | undefined,
    scope: Scope | undefined,
  ): Value | undefined {
    if (left?.kind !== 'name' || left.name !== gathered || right?.kind !== 'list') return undefined
    const list = this.of(left, scope)
    if (!(list instanceof List)) throw new CelError(noOverload)
    const more = this.of(right, scope)
    this.#spend(1)
    if (more instanceof List) list.items.push(...more.items)
    return list
  }

  #or(name: string, target: Expression, other: Expression, scope: Scope | undefined): Value {
    const optional = this.of(target, scope)
    if (!(optional instanceof Optional)) throw new CelError(noOverload)
    if (optional.value !== undefined) return name === 'or' ? optional : optional.value
    return this.of(other, scope)
  }

  #list(
    { items, optional }: Expression & { readonly kind: 'list' },
    scope: Scope | undefined,
  ): Value {
    const found: Value[] = []
    for (const [i, item] of items.entries()) {
      const value = this.of(item, scope)
      if (optional?.has(i) !== true) found.push(value)
      else if (!(value instanceof Optional)) throw notOptional(value, 'list element')
      else if (value.value !== undefined) found.push(value.value)
    }
    this.#spend(10)
    return new List(found)
  }

  #map({ entries }: Expression & { readonly kind: 'map' }, scope: Scope | undefined): Value {
    const found = new Entries()
    for (const [key, value, isOptional] of entries) {
      const name = this.of(key, scope)
      const held = this.of(value, scope)
      if (isOptional !== true) found.add(name, held)
      else if (!(held instanceof Optional)) throw notOptional(held, 'map entry')
      else if (held.value !== undefined) found.add(name, held.value)
    }
    this.#spend(30)
    return found
  }

  #fold(fold: Fold, scope: Scope | undefined): Value {
    const range = this.of(fold.range, scope)
    const accu: Scope = {
      name: fold.accu ?? gathered,
      value: this.of(fold.start, scope),
      outer: scope,
    }
    const [first = '', second] = fold.names
    for (const [key, item] of partsOf(range, second !== undefined)) {
      let inner: Scope = { name: first, value: key, outer: accu }
      if (second !== undefined) inner = { name: second, value: item, outer: inner }
      if (this.#tried(fold.condition, inner) !== true) break
      accu.value = this.#tried(fold.step, inner)
    }
    return this.of(fold.result, accu)
  }
}

const named =
  /^(?:get[A-Z]\w*|u?int|double|bool|string|bytes|duration|timestamp|charAt|(?:lastI|i)ndexOf|(?:low|upp)erAscii|replace|split|substring|trim|join|format|slice|flatten|distinct|reverse|sort|first|last)$/

// Some functions name what they were given.
/** What is said of arguments that a function does not take. */
export function refusalOf(name: string, given: readonly Value[]): string {
  if (!named.test(name)) return noOverload
  return `${noOverload}: ${name}(${given.map((one) => typeNameOf(one)).join(', ')})`
}

function notOptional(value: Value, what: string): CelError {
  return new CelError(
    `cannot initialize optional ${what} from non-optional value of type ${typeNameOf(value)}`,
  )
}

function* partsOf(range: Value, isTwofold: boolean): Generator<readonly [Value, Value]> {
  if (range instanceof List) {
    const { items } = range
    for (let i = 0; i < items.length; i++) {
      const item = items[i] ?? null
      yield isTwofold ? [BigInt(i), item] : [item, null]
    }
  } else if (isMapLike(range)) {
    for (const key of range.keys()) yield [key, isTwofold ? (range.find(key) ?? null) : null]
  } else throw new CelError(`got '${goTypeOf(range)}', expected iterable type`)
}

function goTypeOf(value: Value): string {
  const name = typeNameOf(value).replace('_type', '').split('.').at(-1) ?? ''
  return `types.${name[0]?.toUpperCase()}${name.slice(1)}`
}

/** The value of a literal. */
export function literalValue(type: string, text: string): Value {
  switch (type) {
    case 'int':
      return BigInt.asIntN(64, wholeOf(text))
    case 'uint':
      return new Uint(wholeOf(text.slice(0, -1)))
    case 'double':
      return Number(text)
    case 'bool':
      return text === 'true'
    case 'null':
      return null
    case 'bytes':
      return Uint8Array.from(text, (one) => one.charCodeAt(0))
    default:
      return text
  }
}

function wholeOf(text: string): bigint {
  return text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text)
}
