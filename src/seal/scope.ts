import { Fault, utf8 } from '#base'

/** What a sealed value is bound to: one name, one namespace, or nothing. */
export type Scope = 'strict' | 'namespace-wide' | 'cluster-wide'

/** All scopes, narrowest first. */
export const scopes: readonly Scope[] = ['strict', 'namespace-wide', 'cluster-wide']

/** Annotations and labels with a meaning of their own; annotations count only as the exact text `true`. */
interface Marks {
  readonly clusterWide: string
  readonly namespaceWide: string
  /** On a present Secret: may be taken over. */
  readonly managed: string
  /** On a present Secret: is merged into. */
  readonly patch: string
  /** In a template: the Secret gets no owner reference. */
  readonly skipOwnerReferences: string
  /** Label of a sealing key's Secret; `active` is in use. */
  readonly sealingKey: string
}

const mark = (name: string): string => `sealedsecrets.bitnami.com/${name}`

/** The names of {@link Marks}. */
export const marks: Marks = {
  clusterWide: mark('cluster-wide'),
  namespaceWide: mark('namespace-wide'),
  managed: mark('managed'),
  patch: mark('patch'),
  skipOwnerReferences: mark('skip-set-owner-references'),
  sealingKey: mark('sealed-secrets-key'),
}

/** The scope that an object's annotations say; cluster-wide wins over namespace-wide. */
export function scopeOf(annotations: Readonly<Record<string, string>> | undefined): Scope {
  if (isSet(annotations, marks.clusterWide)) return 'cluster-wide'
  return isSet(annotations, marks.namespaceWide) ? 'namespace-wide' : 'strict'
}

/** Whether an annotation is there and is exactly `true`. */
export function isSet(
  annotations: Readonly<Record<string, string>> | undefined,
  name: string,
): boolean {
  return (
    annotations !== undefined && Object.hasOwn(annotations, name) && annotations[name] === 'true'
  )
}

/** The annotation that says `scope` on an object; none for strict. */
export function scopeAnnotations(scope: Scope): Readonly<Record<string, string>> {
  switch (scope) {
    case 'strict':
      return {}
    case 'namespace-wide':
      return { [marks.namespaceWide]: 'true' }
    case 'cluster-wide':
      return { [marks.clusterWide]: 'true' }
  }
}

/** @throws Fault InvalidSpec for a text that names no scope. */
export function parseScope(text: string): Scope {
  const scope = scopes.find((known) => known === text)
  if (scope === undefined) {
    throw new Fault('InvalidSpec', `must be one of the supported scopes: ${scopes.join(', ')}`)
  }
  return scope
}

/**
 * The label that is bound into a sealed value (UTF-8): `namespace/name`, `namespace`, or empty.
 * A namespace holds no slash, so no two scopes share a label.
 */
export function labelOf(scope: Scope, namespace: string, name: string): Uint8Array {
  switch (scope) {
    case 'strict':
      return utf8(`${namespace}/${name}`)
    case 'namespace-wide':
      return utf8(namespace)
    case 'cluster-wide':
      return new Uint8Array()
  }
}
