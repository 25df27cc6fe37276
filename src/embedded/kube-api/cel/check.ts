import { gathered, type Call, type Expression, type Fold, type Mistake } from './ast.ts'
import { overloadsOf, type Overload } from './functions.ts'
import { dyn, fits, plain, resolved, typeText, type Found, type Type } from './types.ts'

/** What is known of an expression once its types are. */
export interface Checked {
  readonly type: Type
  readonly types: ReadonlyMap<Expression, Type>
  /** Which overloads each call may come to. */
  readonly overloads: ReadonlyMap<Call, readonly Overload[]>
  /** The names that it refers to. */
  readonly names: ReadonlySet<string>
  readonly mistakes: readonly Mistake[]
}

/** Finds the type of an expression and what is wrong with it. @param names Types of what it may refer to. */
export function checkCel(expression: Expression, names: ReadonlyMap<string, Type>): Checked {
  const checker = new Checker()
  const type = resolved(checker.check(expression, names), checker.found)
  const { types, overloads, referred, mistakes, found } = checker
  for (const [one, its] of types) types.set(one, resolved(its, found))
  return { type, types, overloads, names: referred, mistakes }
}

const bool = plain('bool')
const none: ReadonlySet<number> = new Set()
const typeNames: ReadonlySet<string> = new Set([
  'int',
  'uint',
  'double',
  'bool',
  'string',
  'bytes',
  'list',
  'map',
  'null_type',
  'type',
  'optional_type',
])

/** The type that a name with dots stands for. */
export function dottedType(of: Expression, field: string): string | undefined {
  if (of.kind !== 'select' || of.isTest || of.of.kind !== 'name') return undefined
  if (of.of.name !== 'google' || of.field !== 'protobuf') return undefined
  return field === 'Timestamp' || field === 'Duration' ? `google.protobuf.${field}` : undefined
}

type Names = ReadonlyMap<string, Type>

class Checker {
  readonly types: Map<Expression, Type> = new Map()
  readonly overloads: Map<Call, readonly Overload[]> = new Map()
  readonly referred: Set<string> = new Set()
  readonly mistakes: Mistake[] = []
  readonly found: Found = new Map()
  #fresh = 0

  check(expression: Expression, names: Names): Type {
    const type = this.#typeOf(expression, names)
    this.types.set(expression, type)
    return type
  }

  #typeOf(expression: Expression, names: Names): Type {
    switch (expression.kind) {
      case 'literal':
        return plain(expression.type)
      case 'name':
        return this.#named(expression.name, expression.pos, names)
      case 'select':
        return this.#selected(expression, names)
      case 'call':
        return this.#called(expression, names)
      case 'list':
        return {
          kind: 'list',
          of: this.#common(expression.items, names, expression.optional ?? none),
        }
      case 'map': {
        const { entries } = expression
        const optional = new Set(
          entries.flatMap(([, , isOptional], i) => (isOptional === true ? [i] : [])),
        )
        const key = this.#common(
          entries.map(([one]) => one),
          names,
          none,
        )
        const values = entries.map(([, value]) => value)
        return { kind: 'map', key, of: this.#common(values, names, optional) }
      }
      case 'fold':
        return this.#folded(expression, names)
    }
  }

  #named(name: string, pos: number, names: Names): Type {
    const type = names.get(name)
    if (type !== undefined) {
      this.referred.add(name)
      return type
    }
    if (typeNames.has(name)) return { kind: 'type', of: plain(name) }
    this.#note(pos, `undeclared reference to '${name}' (in container '')`)
    return dyn
  }

  #selected(
    { of, field, isTest, isOptional, pos }: Expression & { readonly kind: 'select' },
    names: Names,
  ): Type {
    const named = isTest ? undefined : dottedType(of, field)
    if (named !== undefined) return { kind: 'type', of: plain(named) }
    const type = resolved(this.check(of, names), this.found)
    const found = this.#fieldOf(type, field, pos)
    if (isOptional === true && found.kind !== 'optional') return { kind: 'optional', of: found }
    return isTest ? bool : found
  }

  #fieldOf(type: Type, field: string, pos: number): Type {
    switch (type.kind) {
      case 'dyn':
      case 'open':
        return dyn
      case 'map':
        return type.of
      case 'optional': {
        const inner = this.#fieldOf(type.of, field, pos)
        return { kind: 'optional', of: inner }
      }
      case 'object': {
        const found = type.fields.get(field)
        if (found !== undefined) return found
        this.#note(pos, `undefined field '${field}'`)
        return dyn
      }
      default:
        this.#note(pos, `type '${typeText(type)}' does not support field selection`)
        return dyn
    }
  }

  #called(call: Call, names: Names): Type {
    const { name, target, args, pos } = call
    if (name === '_&&_' || name === '_||_') return this.#logical(args, names)
    const known = overloadsOf(name)
    const targetType = target === undefined ? undefined : this.check(target, names)
    const types = args.map((arg) => this.check(arg, names))
    if (known === undefined) {
      this.#note(pos, `undeclared reference to '${name}' (in container '')`)
      return dyn
    }
    const given = targetType === undefined ? types : [targetType, ...types]
    const matching: Overload[] = []
    let result: Type | undefined
    for (const overload of known) {
      if (overload.isMember !== (target !== undefined)) continue
      const its = this.#match(overload, given)
      if (its === undefined) continue
      matching.push(overload)
      result = result === undefined || typeText(result) === typeText(its) ? its : dyn
    }
    this.overloads.set(call, matching)
    if (result !== undefined) return result
    const shown = types.map((type) => this.#text(type)).join(', ')
    const on = targetType === undefined ? '' : `${this.#text(targetType)}.`
    this.#note(pos, `found no matching overload for '${name}' applied to '${on}(${shown})'`)
    return dyn
  }

  // What an overload settles is kept only when it is the one.
  #match(overload: Overload, given: readonly Type[]): Type | undefined {
    if (overload.args.length !== given.length) return undefined
    const trial: Found = new Map(this.found)
    const own = `#${this.#fresh++}`
    const fits_ = overload.args.every((arg, i) => fits(opened(arg, own), given[i] ?? dyn, trial))
    if (!fits_) return undefined
    for (const [id, type] of trial) this.found.set(id, type)
    return resolved(opened(overload.result, own), trial)
  }

  #logical(args: readonly Expression[], names: Names): Type {
    for (const arg of args) {
      const type = this.check(arg, names)
      if (fits(bool, type, this.found)) continue
      this.#note(arg.pos, `expected type 'bool' but found '${this.#text(type)}'`)
    }
    return bool
  }

  // What elements have in common; where that is nothing, anything goes.
  #common(items: readonly Expression[], names: Names, optional: ReadonlySet<number>): Type {
    let common: Type | undefined
    for (const [i, item] of items.entries()) {
      const held = this.check(item, names)
      const type = optional.has(i) ? this.#unwrapped(held, item.pos) : held
      if (common === undefined) common = type
      else if (!fits(common, type, this.found)) common = dyn
      else if (resolved(type, this.found).kind === 'dyn') common = dyn
    }
    return common ?? { kind: 'open', id: `#${this.#fresh++}` }
  }

  #unwrapped(given: Type, pos: number): Type {
    const type = resolved(given, this.found)
    if (type.kind === 'optional') return type.of
    if (type.kind !== 'dyn' && type.kind !== 'open') {
      const text = typeText(type)
      this.#note(pos, `expected type 'optional_type(${text})' but found '${text}'`)
    }
    return type
  }

  #folded(fold: Fold, names: Names): Type {
    const range = resolved(this.check(fold.range, names), this.found)
    const inner = new Map(names)
    const [first = '', second] = fold.names
    const [key, value] = this.#partsOf(range, fold.range.pos)
    if (second === undefined) inner.set(first, range.kind === 'map' ? key : value)
    else inner.set(first, key).set(second, value)
    const accu = fold.accu ?? gathered
    inner.set(accu, this.check(fold.start, names))
    this.check(fold.condition, inner)
    this.check(fold.step, inner)
    const result = new Map(names).set(accu, inner.get(accu) ?? dyn)
    return this.check(fold.result, result)
  }

  #partsOf(range: Type, pos: number): readonly [Type, Type] {
    switch (range.kind) {
      case 'list':
        return [plain('int'), range.of]
      case 'map':
        return [range.key, range.of]
      case 'dyn':
      case 'open':
        return [dyn, dyn]
      default:
        this.#note(
          pos,
          `expression of type '${typeText(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
        )
        return [dyn, dyn]
    }
  }

  #text(type: Type): string {
    return typeText(resolved(type, this.found))
  }

  #note(pos: number, message: string): void {
    this.mistakes.push({ pos, message })
  }
}

// The open types of a signature, as those of this one call.
function opened(type: Type, own: string): Type {
  switch (type.kind) {
    case 'open':
      return { kind: 'open', id: type.id + own }
    case 'list':
    case 'optional':
    case 'type':
      return { kind: type.kind, of: opened(type.of, own) }
    case 'map':
      return { kind: 'map', key: opened(type.key, own), of: opened(type.of, own) }
    default:
      return type
  }
}
