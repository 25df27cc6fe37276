// Written by `npm run generate` from crds/; change crds/descriptions or crds/additions.yaml instead.

/** Labels of the namespace. */
export interface LabelSelector {
  /** Further demands, all of which must hold. */
  readonly matchExpressions?: readonly LabelSelectorRequirement[]
  /** Labels that must all be there with these values. */
  readonly matchLabels?: Readonly<Record<string, string>>
}

export interface LabelSelectorRequirement {
  /** The label. */
  readonly key: string
  /** In, NotIn, Exists or DoesNotExist. */
  readonly operator: string
  /** For In and NotIn, the values. */
  readonly values?: readonly string[]
}

export interface LocalObjectReference {
  readonly name: string
}
