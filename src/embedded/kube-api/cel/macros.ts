import { gathered, type Expression } from './ast.ts'

const macros: Readonly<Record<string, readonly number[]>> = {
  all: [2, 3],
  exists: [2, 3],
  exists_one: [2, 3],
  existsOne: [3],
  map: [2, 3],
  filter: [2],
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
  const isGuarded = name === 'map' && args.length === 3
  const nameArgs = args.slice(0, isGuarded || name === 'map' || name === 'filter' ? 1 : -1)
  const names = nameArgs.map((one) => (one.kind === 'name' ? one.name : '@none'))
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
    case 'map': {
      const step = isGuarded
        ? build.call('_?_:_', args[1] as Expression, append(last), accu)
        : append(last)
      return fold({ kind: 'list', items: [], pos }, build.bool(true), step)
    }
    default: {
      const one = build.int(1)
      const step = build.call('_?_:_', last, build.call('_+_', accu, one), accu)
      return fold(build.int(0), build.bool(true), step, build.call('_==_', accu, one))
    }
  }
}

interface Builder {
  readonly name: (name: string) => Expression
  readonly bool: (value: boolean) => Expression
  readonly int: (value: number) => Expression
  readonly call: (name: string, ...args: readonly Expression[]) => Expression
}

function builderAt(pos: number): Builder {
  return {
    name: (name) => ({ kind: 'name', name, pos }),
    bool: (value) => ({ kind: 'literal', type: 'bool', text: String(value), pos }),
    int: (value) => ({ kind: 'literal', type: 'int', text: String(value), pos }),
    call: (name, ...args) => ({ kind: 'call', name, target: undefined, args, pos }),
  }
}
