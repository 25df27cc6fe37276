import type { ByteString, GoValue } from '#go'

/** The parsed template. Every node knows its byte offset, from which line and column come. */
export type Node =
  | TextNode
  | ActionNode
  | BranchNode
  | TemplateNode
  | { readonly kind: 'break' | 'continue'; readonly at: number }

export interface TextNode {
  readonly kind: 'text'
  readonly at: number
  readonly text: ByteString
}

export interface ActionNode {
  readonly kind: 'action'
  readonly at: number
  readonly pipe: PipeNode
}

export interface BranchNode {
  readonly kind: 'if' | 'range' | 'with'
  readonly at: number
  readonly pipe: PipeNode
  readonly list: readonly Node[]
  readonly otherwise: readonly Node[] | undefined
}

export interface TemplateNode {
  readonly kind: 'template'
  readonly at: number
  readonly name: ByteString
  readonly pipe: PipeNode | undefined
}

export interface PipeNode {
  readonly kind: 'pipe'
  readonly at: number
  readonly isAssign: boolean
  /** Names with their `$`. */
  readonly declared: readonly ByteString[]
  readonly commands: readonly CommandNode[]
}

export interface CommandNode {
  readonly at: number
  readonly args: readonly Operand[]
}

export type Operand =
  | PipeNode
  | { readonly kind: 'dot' | 'nil'; readonly at: number }
  | { readonly kind: 'bool'; readonly at: number; readonly value: boolean }
  | { readonly kind: 'string'; readonly at: number; readonly value: ByteString }
  | NumberNode
  | { readonly kind: 'identifier'; readonly at: number; readonly name: ByteString }
  | { readonly kind: 'field'; readonly at: number; readonly path: readonly ByteString[] }
  | {
      readonly kind: 'variable'
      readonly at: number
      readonly name: ByteString
      readonly path: readonly ByteString[]
    }
  | ChainNode

export interface ChainNode {
  readonly kind: 'chain'
  readonly at: number
  readonly node: Operand
  readonly path: readonly ByteString[]
}

/** A numeric constant: what it could be, depending on what is wanted. */
export interface NumberNode {
  readonly kind: 'number'
  readonly at: number
  readonly text: ByteString
  /** Set when it is a whole number that fits int64. */
  readonly int: bigint | undefined
  /** Set when it is a whole number that fits uint64. */
  readonly uint: bigint | undefined
  readonly float: number | undefined
  /** Written with an `i`: real and imaginary part. */
  readonly complex: readonly [number, number] | undefined
  /** What it is when nothing says otherwise; undefined when that overflows int. */
  readonly ideal: GoValue | undefined
}
