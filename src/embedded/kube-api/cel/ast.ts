/** An expression of the Common Expression Language, with its macros written out. */

interface At {
  /** Where it stands, in UTF-16 units: an operator at its sign, a call at its bracket. */
  readonly pos: number
}

export type LiteralType = 'int' | 'uint' | 'double' | 'bool' | 'string' | 'bytes' | 'null'

export interface Literal extends At {
  readonly kind: 'literal'
  readonly type: LiteralType
  /** Of strings and bytes: what it says. */
  readonly text: string
}
export interface Name extends At {
  readonly kind: 'name'
  readonly name: string
}
export interface Select extends At {
  readonly kind: 'select'
  readonly of: Expression
  readonly field: string
  /** `has()`. */
  readonly isTest: boolean
  /** `.?field`: what is not there is none. */
  readonly isOptional?: boolean
}
/** A function, or an operator under its internal name (`_==_`, `@in`, `_?_:_`). */
export interface Call extends At {
  readonly kind: 'call'
  readonly name: string
  readonly target: Expression | undefined
  readonly args: readonly Expression[]
}
export interface ListOf extends At {
  readonly kind: 'list'
  readonly items: readonly Expression[]
  /** Which of them are optionals, of which only what is there counts: `[?x]`. */
  readonly optional?: ReadonlySet<number>
}
export interface MapOf extends At {
  readonly kind: 'map'
  readonly entries: readonly Entry[]
}
/** Key and value; the value may be an optional: `{?'a': x}`. */
export type Entry = readonly [key: Expression, value: Expression, isOptional?: boolean]
/** What macros over lists and maps come to. */
export interface Fold extends At {
  readonly kind: 'fold'
  readonly range: Expression
  readonly names: readonly string[]
  /** The name of what it gathers; without it, one that no source can write. */
  readonly accu?: string
  readonly start: Expression
  readonly condition: Expression
  readonly step: Expression
  readonly result: Expression
}

export type Expression = Literal | Name | Select | Call | ListOf | MapOf | Fold

/** The name of what a fold gathers. */
export const gathered = '@result'

/** One thing that is wrong, and where. */
export interface Mistake extends At {
  readonly message: string
}

/** Mistakes as the real compiler prints them: the place, the line, a caret under it. */
export function mistakesText(source: string, mistakes: readonly Mistake[]): string {
  return [...mistakes]
    .sort((a, b) => a.pos - b.pos)
    .map(({ pos, message }) => {
      if (pos < 0) return `ERROR: <input>:-1:0: ${message}`
      const lineStart = source.lastIndexOf('\n', pos - 1) + 1
      const number = source.slice(0, lineStart).split('\n').length
      const line = source.slice(lineStart).split('\n')[0] ?? ''
      const before = Array.from(source.slice(lineStart, pos))
      const dots = before.map((char) => ((char.codePointAt(0) ?? 0) > 0x7f ? '．' : '.')).join('')
      return `ERROR: <input>:${number}:${before.length + 1}: ${message}\n | ${line}\n | ${dots}^`
    })
    .join('\n')
}
