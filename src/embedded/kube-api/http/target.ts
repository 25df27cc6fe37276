/** What a path under /api or /apis is about. */
export interface Target {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly namespace: string
  readonly name: string
  readonly subresource: string
  /** Segments behind the subresource, as a proxy has them. */
  readonly rest: readonly string[]
  /** The old `/watch/` prefix. */
  readonly watch: boolean
}

/** Reads a resource path; undefined when it is none. It is decoded before it is cut, as Go does it. */
export function targetOf(path: string): Target | undefined {
  const parts = decoded(path).split('/').slice(1)
  if (parts[parts.length - 1] === '') parts.pop()
  let at: number
  let group = ''
  let version: string
  if (parts[0] === 'api' && parts.length > 2) {
    version = parts[1] as string
    at = 2
  } else if (parts[0] === 'apis' && parts.length > 3) {
    group = parts[1] as string
    version = parts[2] as string
    at = 3
  } else return undefined
  const watch = parts[at] === 'watch'
  if (watch) at++
  let rest = parts.slice(at)
  let namespace = ''
  if (rest[0] === 'namespaces' && rest.length > 1) {
    const inside = rest[2]
    const isNamespaceItself =
      rest.length === 2 || (rest.length === 3 && (inside === 'status' || inside === 'finalize'))
    if (isNamespaceItself) {
      return {
        group,
        version,
        plural: 'namespaces',
        // The namespace is in itself as far as rights go.
        namespace: '',
        name: rest[1] as string,
        subresource: inside ?? '',
        rest: [],
        watch,
      }
    }
    namespace = rest[1] as string
    rest = rest.slice(2)
  }
  const [plural = '', name = '', subresource = '', ...more] = rest
  return { group, version, plural, namespace, name, subresource, rest: more, watch }
}

function decoded(part: string): string {
  if (!part.includes('%')) return part
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
