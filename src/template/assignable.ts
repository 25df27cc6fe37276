import { GoInt, GoMap, GoSlice, typeOf, type GoType, type GoValue } from '#go'

/** The type of a value, for an error. */
export function nameOf(value: GoValue): string {
  return value === null ? 'interface {}' : typeOf(value).name
}

/** Whether nil may be given for a parameter of this type. */
export function canBeNil(type: GoType): boolean {
  return ['interface', 'map', 'slice', 'ptr', 'func'].includes(type.kind)
}

/** What nil becomes for a parameter. */
export function zeroOf(type: GoType): GoValue {
  if (type.kind === 'map') return new GoMap(type, [], true)
  return type.kind === 'slice' ? new GoSlice(type, [], true) : null
}

/** A number as written, in the type that is wanted; `undefined` when it does not fit. */
export function constantAs(
  node: {
    readonly int: bigint | undefined
    readonly uint: bigint | undefined
    readonly float: number | undefined
  },
  type: GoType,
): GoValue | undefined {
  if (type.kind.startsWith('uint')) {
    return node.uint === undefined ? undefined : new GoInt(node.uint, type)
  }
  if (type.kind.startsWith('int')) {
    return node.int === undefined ? undefined : new GoInt(node.int, type)
  }
  return type.kind.startsWith('float') ? node.float : undefined
}
