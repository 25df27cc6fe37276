import type { CustomVersion } from './custom.ts'
import type { Lazy } from './shape.ts'

/** A kind as it is served in one version. */
export interface Kind {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly singular: string
  readonly kind: string
  readonly listKind: string
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly storageVersionHash: string | undefined
  readonly subresources: ReadonlyMap<string, Subresource>
  /** Where its objects lie in the store; shared by all versions of the kind. */
  readonly bucket: string
  /** apiVersion of what is stored. */
  readonly storedAs: string
  readonly shape: Lazy
  /** Name of the built-in type; empty for custom kinds. */
  readonly shapeName: string
  /** For custom kinds: the schema and all that stands in their definition. */
  readonly custom: CustomVersion | undefined
}

export interface Subresource {
  readonly name: string
  readonly kind: string
  readonly group: string
  readonly version: string
  readonly verbs: readonly string[]
  readonly shapeName: string
}

/** `group/version`, or `version` in the core group. */
export function apiVersionOf(kind: { readonly group: string; readonly version: string }): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`
}

/** Plural with group, as messages name it: `deployments.apps`. */
export function resourceName(kind: { readonly group: string; readonly plural: string }): string {
  return kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`
}

/** How Go prints a kind: `apps/v1, Kind=Deployment`; the core group is empty before the slash. */
export function kindText(kind: {
  readonly group: string
  readonly version: string
  readonly kind: string
}): string {
  return `${kind.group}/${kind.version}, Kind=${kind.kind}`
}
