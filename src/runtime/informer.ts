import type { KubeObject, ObjectKey } from '#api'

/** What happened to an object, as an informer tells it. */
export type Change<Kept> =
  | { readonly kind: 'added'; readonly object: Kept }
  | { readonly kind: 'updated'; readonly object: Kept; readonly previous: Kept }
  /** Also told when a relist shows that the object went unseen, or came back with another uid. */
  | { readonly kind: 'deleted'; readonly object: Kept }

/** The read-only copy an informer keeps. */
export interface Cache<Kept> {
  get(key: ObjectKey): Kept | undefined
  /** All, or those of one namespace, in no order. */
  list(namespace?: string): readonly Kept[]
  /** Those whose index function gave `value`. @throws Error for an index that was not declared. */
  by(index: string, value: string): readonly Kept[]
  readonly size: number
}

/** List-then-watch into a cache; see `createInformer`. */
export interface Informer<Kept extends KubeObject> {
  readonly cache: Cache<Kept>
  /** Whether the first list is in the cache. Absence in the cache proves nothing before that. */
  hasSynced(): boolean
  /** Resolves when {@link hasSynced} turns true. @throws the signal's reason. */
  synced(signal: AbortSignal): Promise<void>
  /** Told of every change after the cache shows it. Call before `run`. */
  onChange(listener: (change: Change<Kept>) => void): void
  /** Watches until `signal` aborts; survives everything the server does. */
  run(signal: AbortSignal): Promise<void>
}
