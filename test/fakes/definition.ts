import type { AnyObject } from '#api'

/** What a test's own kind may have besides a name. */
export interface DefinitionOptions {
  /** Default `example.com`. */
  readonly group?: string
  /** Default: the kind in lower case with an s. */
  readonly plural?: string
  /** Default `Cluster`. */
  readonly scope?: 'Cluster' | 'Namespaced'
  readonly shortNames?: readonly string[]
  /** The whole schema; default: an object of which nothing is known. */
  readonly schema?: object
  /** Its versions, the stored one first. Default `v1`. */
  readonly versions?: readonly string[]
  /** Whether status is a subresource. */
  readonly hasStatus?: boolean
}

/** The CustomResourceDefinition of a kind that a test makes up. */
export function definitionOf(kind: string, options: DefinitionOptions = {}): AnyObject {
  const singular = kind.toLowerCase()
  const { group = 'example.com', plural = `${singular}s`, versions = ['v1'] } = options
  const { shortNames, schema = { type: 'object' }, hasStatus = false } = options
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: options.scope ?? 'Cluster',
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular,
        ...(shortNames === undefined ? {} : { shortNames }),
      },
      versions: versions.map((name, index) => ({
        name,
        served: true,
        storage: index === 0,
        ...(hasStatus ? { subresources: { status: {} } } : {}),
        schema: { openAPIV3Schema: schema },
      })),
    },
  }
}

/** A schema whose `spec` has these properties. */
export function schemaOfSpec(properties: object, more: object = {}): object {
  return { type: 'object', properties: { spec: { type: 'object', ...more, properties } } }
}
