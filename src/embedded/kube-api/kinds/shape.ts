/**
 * What the fields of an object are, as far as merging, ownership and strict reading need it.
 * Built-in kinds get theirs from `data/shapes.ts`, custom ones from their schema.
 */
export type Shape =
  | {
      readonly kind: 'scalar'
      readonly type: ScalarType
      readonly number?: number
      /** What Go calls it in its refusals, where that is a name of its own. */
      readonly goType?: string
    }
  | StructShape
  | { readonly kind: 'map'; readonly element: Lazy; readonly atomic: boolean }
  | ListShape
  /** Anything; maps inside merge by key, lists are replaced whole. */
  | { readonly kind: 'any' }

export type ScalarType =
  | 'string'
  | 'bytes'
  | 'int32'
  | 'int64'
  | 'double'
  | 'bool'
  | 'time'
  | 'microtime'
  | 'quantity'
  | 'intstr'

export interface StructShape {
  readonly kind: 'struct'
  readonly name: string
  readonly fields: ReadonlyMap<string, Field>
  /** Those of them that are written though nobody has set them; absent: none. */
  readonly present?: readonly (readonly [string, Field])[]
  readonly atomic: boolean
  /** What stands under names that are no field: undefined refuses them. */
  readonly rest: Lazy | undefined
  /** Messages whose fields are this struct's own, by field number. */
  readonly embedded: ReadonlyMap<number, string>
}

export interface ListShape {
  readonly kind: 'list'
  readonly element: Lazy
  readonly relation: 'atomic' | 'set' | 'map'
  readonly keys: readonly string[]
}

/** A shape that may stand inside itself. */
export type Lazy = () => Shape

export interface Field {
  readonly shape: Lazy
  readonly required: boolean
  /** When it is empty it is written as its empty value (`+`), as null (`?`), as it came (`%`), or left out; undefined: not known. */
  readonly always?: string
  /** Number in protobuf messages. */
  readonly number: number | undefined
  /** How a strategic merge patch treats it. */
  readonly patch: PatchStrategy | undefined
  /** Value that a missing key of a list item stands for. */
  readonly fallback: string | number | boolean | undefined
}

export interface PatchStrategy {
  readonly merge: boolean
  /** Empty: items are compared whole. */
  readonly mergeKey: string
  readonly retainKeys: boolean
}

export const anyShape: Shape = { kind: 'any' }
export const anything: Lazy = () => anyShape

/** The shape of one field of a struct or map; undefined when there is no such field. */
export function childShape(shape: Shape, key: string): Lazy | undefined {
  if (shape.kind === 'struct') return shape.fields.get(key)?.shape ?? shape.rest
  if (shape.kind === 'map') return shape.element
  return shape.kind === 'any' ? anything : undefined
}
