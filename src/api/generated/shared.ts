// Written by `npm run generate` from crds/; change crds/descriptions or crds/additions.yaml instead.

export interface LabelSelector {
  readonly matchExpressions?: readonly LabelSelectorRequirement[]
  readonly matchLabels?: Readonly<Record<string, string>>
}

export interface LabelSelectorRequirement {
  readonly key: string
  readonly operator: string
  readonly values?: readonly string[]
}

export interface LocalObjectReference {
  readonly name: string
}
