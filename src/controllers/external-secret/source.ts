import type { StoreKey } from './stores.ts'

/** What one entry of the spec gave: names and versions, no value. */
export interface Source {
  /** The field: `spec.data[0]`. */
  readonly from: string
  readonly keys: readonly string[]
  readonly store: StoreKey
  readonly remoteKey?: string
  readonly property?: string
  /** The backend's own name of the version read. */
  readonly version?: string
}
