/** What one entry of the spec gave: names and versions, no value. */
export interface Source {
  /** The field: `spec.data[0]`. */
  readonly from: string
  readonly keys: readonly string[]
  /** The store, or the generator, by kind and name. */
  readonly store: { readonly kind: string; readonly namespace?: string; readonly name: string }
  /** It was made just now. */
  readonly isMade?: true
  readonly remoteKey?: string
  readonly property?: string
  /** The backend's own name of the version read. */
  readonly version?: string
}
