import { gathered, type Expression, type Name } from './ast.ts'

const macros: Readonly<Record<string, readonly number[]>> = {
  all: [2, 3],
  exists: [2, 3],
  exists_one: [2, 3],
  existsOne: [3],
  map: [2, 3],
  filter: [2],
  transformList: [3, 4],
  transformMap: [3, 4],
  transformMapEntry: [3, 4],
  optMap: [2],
  optFlatMap: [2],
  sortBy: [2],
}

/** How many of a macro's arguments are names. */
export function nameCount(name: string, args: readonly Expression[]): number {
  if (name === 'map' || name === 'filter') return 1
  return name.startsWith('transform') ? 2 : args.length - 1
}

/** Whether a member call is a macro over a list or map: by its name and how many arguments it has. */
export function isFoldMacro(name: string, args: readonly Expression[]): boolean {
  return Object.hasOwn(macros, name) && macros[name]?.includes(args.length) === true
}

/** The loop that a macro stands for. */
export function foldOf(
  name: string,
  range: Expression,
  args: readonly Expression[],
  pos: number,
): Expression {
  const build = builderAt(pos)
  const last = args[args.length - 1] as Expression
  const count = nameCount(name, args)
  const names = args.slice(0, count).map((one) => (one.kind === 'name' ? one.name : '@none'))
  const guard = args.length === count + 2 ? args[count] : undefined
  const accu = build.name(gathered)
  const fold = (
    start: Expression,
    condition: Expression,
    step: Expression,
    result: Expression = accu,
  ): Expression => ({ kind: 'fold', range, names, start, condition, step, result, pos })
  const goOn = (test: Expression): Expression => build.call('@not_strictly_false', test)
  const append = (item: Expression): Expression =>
    build.call('_+_', accu, { kind: 'list', items: [item], pos })
  const guarded = (step: Expression): Expression =>
    guard === undefined ? step : build.call('_?_:_', guard, step, accu)
  // A loop over nothing, for the name that it gives a value.
  const bound = (held: string, start: Expression, result: Expression): Expression => ({
    kind: 'fold',
    range: { kind: 'list', items: [], pos },
    names: ['#unused'],
    accu: held,
    start,
    condition: build.bool(false),
    step: build.name(held),
    result,
    pos,
  })
  switch (name) {
    case 'all':
      return fold(build.bool(true), goOn(accu), build.call('_&&_', accu, last))
    case 'exists': {
      const not = build.call('!_', accu)
      return fold(build.bool(false), goOn(not), build.call('_||_', accu, last))
    }
    case 'filter': {
      const step = build.call('_?_:_', last, append(build.name(names[0] ?? '')), accu)
      return fold({ kind: 'list', items: [], pos }, build.bool(true), step)
    }
    case 'map':
    case 'transformList':
      return fold({ kind: 'list', items: [], pos }, build.bool(true), guarded(append(last)))
    case 'transformMap': {
      const step = build.call('cel.@mapInsert', accu, build.name(names[0] ?? ''), last)
      return fold({ kind: 'map', entries: [], pos }, build.bool(true), guarded(step))
    }
    case 'transformMapEntry': {
      const step = build.call('cel.@mapInsert', accu, last)
      return fold({ kind: 'map', entries: [], pos }, build.bool(true), guarded(step))
    }
    case 'optMap':
    case 'optFlatMap': {
      const inner = bound(names[0] ?? '', build.on(range, 'value'), last)
      const found = name === 'optMap' ? build.call('optional.of', inner) : inner
      return build.call('_?_:_', build.on(range, 'hasValue'), found, build.call('optional.none'))
    }
    case 'sortBy': {
      const input = build.name('@__sortBy_input__')
      const keys = foldOf('map', input, args, pos)
      return bound(input.name, range, build.on(input, '@sortByAssociatedKeys', keys))
    }
    default: {
      const one = build.int(1)
      const step = build.call('_?_:_', last, build.call('_+_', accu, one), accu)
      return fold(build.int(0), build.bool(true), step, build.call('_==_', accu, one))
    }
  }
}

interface Builder {
  readonly name: (name: string) => Name
  readonly on: (target: Expression, name: string, ...args: readonly Expression[]) => Expression
  readonly bool: (value: boolean) => Expression
  readonly int: (value: number) => Expression
  readonly call: (name: string, ...args: readonly Expression[]) => Expression
}

function builderAt(pos: number): Builder {
  return {
    name: (name) => ({ kind: 'name', name, pos }),
    on: (target, name, ...args) => ({ kind: 'call', name, target, args, pos }),
    bool: (value) => ({ kind: 'literal', type: 'bool', text: String(value), pos }),
    int: (value) => ({ kind: 'literal', type: 'int', text: String(value), pos }),
    call: (name, ...args) => ({ kind: 'call', name, target: undefined, args, pos }),
  }
}
