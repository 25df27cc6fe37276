import { propertyOf, valuesOf, type Schema } from './schema.ts'

/** Where a path leads, or why it leads nowhere, in kube-apiserver's words. */
export type Followed =
  | { readonly kind: 'found'; readonly schema: Schema | undefined; readonly path: string }
  | { readonly kind: 'lost'; readonly why: string }

/** Whether a rule's `fieldPath` leads to a field of the schema: `.a.b`, `.map['key']`; never into a list. */
export function pathFits(path: string, schema: Schema): boolean {
  return followPath(path, schema).kind === 'found'
}

/**
 * Follows a path of fields and keys through a schema.
 *
 * @param brackets Whether `['key']` may stand in it.
 */
export function followPath(path: string, schema: Schema, brackets = true): Followed {
  const tokens = tokensOf(path)
  let at: Schema | undefined = schema
  let normal = ''
  for (let i = 0; i < tokens.length; i += 2) {
    const sign = tokens[i] ?? ''
    let name = tokens[i + 1]
    if (sign !== '.' && sign !== '[') return lost(`expected [ or . but got: ${sign}`)
    if (sign === '[' && !brackets) return lost('array notation is not allowed')
    if (name === undefined) return lost('unexpected end of JSON path')
    if (sign === '[') {
      if (!/^'.*'$/.test(name) || name.length < 2) {
        return lost(`expected single quoted string but got ${name}`)
      }
      name = name.slice(1, -1).replace(/\\(.)/g, '$1')
    }
    const properties: Readonly<Record<string, Schema>> = at?.properties ?? {}
    const values: Schema | undefined = at === undefined ? undefined : valuesOf(at)
    const isNamed = Object.keys(properties).length > 0
    const next: Schema | undefined = isNamed && at !== undefined ? propertyOf(at, name) : values
    if (next === undefined) return lost('does not refer to a valid field')
    at = next
    normal += isNamed ? `${normal === '' ? '' : '.'}${name}` : `[${name}]`
    if (sign === '[') {
      const end = tokens[i + 2]
      if (end === undefined) return lost('unexpected end of JSON path')
      if (end !== ']') return lost(`expected ] but got ${end}`)
      i++
    }
  }
  return { kind: 'found', schema: at, path: normal }
}

function lost(why: string): Followed {
  return { kind: 'lost', why }
}

function tokensOf(path: string): string[] {
  return path.match(/'(?:\\.|[^'\\])*'|[.[\]]|[^.[\]]+/g) ?? []
}
