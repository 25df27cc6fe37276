/** Types of the expression language, and when a value of one may stand where another is asked for. */

export type Type =
  | { readonly kind: 'plain'; readonly name: string }
  /** Anything goes. */
  | { readonly kind: 'dyn' }
  | { readonly kind: 'list'; readonly of: Type }
  | { readonly kind: 'map'; readonly key: Type; readonly of: Type }
  | { readonly kind: 'object'; readonly name: string; readonly fields: ReadonlyMap<string, Type> }
  | { readonly kind: 'optional'; readonly of: Type }
  | { readonly kind: 'type'; readonly of: Type }
  /** Stands for a type that is still to be found. */
  | { readonly kind: 'open'; readonly id: string }

export const dyn: Type = { kind: 'dyn' }

/** A type without parts: `int`, `string`, `kubernetes.Quantity` … */
export function plain(name: string): Type {
  return { kind: 'plain', name }
}

/** As it stands in messages. */
export function typeText(type: Type): string {
  switch (type.kind) {
    case 'plain':
    case 'object':
      return type.name
    case 'dyn':
    case 'open':
      return 'dyn'
    case 'list':
      return `list(${typeText(type.of)})`
    case 'map':
      return `map(${typeText(type.key)}, ${typeText(type.of)})`
    case 'optional':
      return `optional_type(${typeText(type.of)})`
    case 'type':
      return `type(${typeText(type.of)})`
  }
}

/** What open types were found to be. */
export type Found = Map<string, Type>

/** The type with what was found put in. */
export function resolved(type: Type, found: Found): Type {
  switch (type.kind) {
    case 'open': {
      const known = found.get(type.id)
      return known === undefined ? type : resolved(known, found)
    }
    case 'list':
    case 'optional':
    case 'type':
      return { kind: type.kind, of: resolved(type.of, found) }
    case 'map':
      return { kind: 'map', key: resolved(type.key, found), of: resolved(type.of, found) }
    default:
      return type
  }
}

/** Whether `given` may stand where `wanted` is asked for; open types are settled on the way. */
export function fits(wanted: Type, given: Type, found: Found): boolean {
  const a = resolved(wanted, found)
  const b = resolved(given, found)
  if (a.kind === 'open' || b.kind === 'open') {
    if (a.kind === 'open' && b.kind === 'open' && a.id === b.id) return true
    const [open, other] = a.kind === 'open' ? [a, b] : [b as typeof a & { kind: 'open' }, a]
    found.set((open as { readonly id: string }).id, other)
    return true
  }
  if (a.kind === 'dyn' || b.kind === 'dyn') return true
  switch (a.kind) {
    case 'plain':
      return b.kind === 'plain' && a.name === b.name
    case 'object':
      return b.kind === 'object' && a.name === b.name
    case 'map':
      return b.kind === 'map' && fits(a.key, b.key, found) && fits(a.of, b.of, found)
    case 'type':
      // Which type it is the language does not hold types to.
      return b.kind === 'type'
    default:
      return b.kind === a.kind && fits(a.of, b.of, found)
  }
}
