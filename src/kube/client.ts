import type { KubeObject, NewObject, ObjectKey, ObjectMeta, Resource } from '#api'

/** Options that any call takes. */
export interface CallOptions {
  readonly signal?: AbortSignal
}

export interface ListOptions extends CallOptions {
  /** Absent: all namespaces, or a cluster-scoped kind. */
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

export interface WriteOptions extends CallOptions {
  readonly fieldManager?: string
  readonly dryRun?: boolean
  /** What the server does with fields its schema does not know; the server's default is Warn. */
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore'
}

export interface ApplyOptions extends WriteOptions {
  readonly fieldManager: string
  /** Take fields over that another manager owns; else that is a Fault Conflict naming them. */
  readonly force?: boolean
  readonly subresource?: 'status'
}

export interface PatchOptions extends WriteOptions {
  readonly type: 'json' | 'merge' | 'strategic'
  readonly subresource?: 'status'
}

export interface DeleteOptions extends CallOptions {
  /** Delete only this very object. Every delete of ours gives it. */
  readonly uid?: string
  readonly resourceVersion?: string
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan'
}

/** An object of which only the metadata was asked for (PartialObjectMetadata). */
export interface MetadataOnly extends KubeObject {
  readonly metadata: ObjectMeta
}

export interface ListResult<T> {
  readonly items: readonly T[]
  /** Version of the whole list, to watch from. */
  readonly resourceVersion: string
}

export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | {
      readonly type: 'BOOKMARK'
      readonly resourceVersion: string
      /** The last of the initial events of a watch-list. */
      readonly initialEventsEnd: boolean
    }

export interface WatchOptions extends ListOptions {
  readonly resourceVersion: string
  /** Send the present objects first, closed by a bookmark, in place of a list. */
  readonly initialEvents?: boolean
  /** The server ends the watch after so long. */
  readonly timeoutSeconds?: number
}

/** A kind as discovery names it. */
export interface DiscoveredResource extends Resource {
  readonly shortNames: readonly string[]
  readonly verbs: readonly string[]
}

/** Who the calls are made as. */
export interface Impersonation {
  readonly user: string
  readonly groups?: readonly string[]
  readonly uid?: string
  /** What else is known of the user, by key: scopes and the like. */
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/**
 * The API server as one identity sees it. Safe to share: it holds connections, no state of a call.
 *
 * Failures are Faults with the verb, kind and name in front: `AccessDenied` (401, 403), `Conflict`
 * (409), `AlreadyExists`, `Expired` (410), `RateLimited` with the server's Retry-After, `InvalidSpec`
 * (400, 422; `at` names the first field), `TooLarge` (413), `NotFound` (the kind itself is not served),
 * `Unavailable`, `Timeout`, `InvalidAnswer` (not what a Kubernetes API server says). The object's
 * absence is `null`, and only on the server's own word for it (a Status of reason NotFound about it).
 */
export interface Client {
  get<T extends KubeObject>(
    resource: Resource<T>,
    key: ObjectKey,
    options?: CallOptions,
  ): Promise<T | null>
  getMetadata(
    resource: Resource<KubeObject>,
    key: ObjectKey,
    options?: CallOptions,
  ): Promise<MetadataOnly | null>
  /** The whole list, read in pages of one consistent version. */
  list<T extends KubeObject>(resource: Resource<T>, options?: ListOptions): Promise<ListResult<T>>
  listMetadata(
    resource: Resource<KubeObject>,
    options?: ListOptions,
  ): Promise<ListResult<MetadataOnly>>
  /**
   * Events as they come, on a connection of their own. Ends when the server ends it; throws a Fault
   * `Expired` for 410 in either form, `Unavailable` when it is cut or silent beyond the watchdog.
   */
  watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
  ): AsyncIterable<WatchEvent<T>>
  watchMetadata(
    resource: Resource<KubeObject>,
    options: WatchOptions,
  ): AsyncIterable<WatchEvent<MetadataOnly>>

  create<T extends KubeObject>(
    resource: Resource<T>,
    object: NewObject<T>,
    options?: WriteOptions,
  ): Promise<T>
  /** Replaces the version that `object.metadata.resourceVersion` names, which must be set. */
  update<T extends KubeObject>(resource: Resource<T>, object: T, options?: WriteOptions): Promise<T>
  updateStatus<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    options?: WriteOptions,
  ): Promise<T>
  patch<T extends KubeObject>(
    resource: Resource<T>,
    key: ObjectKey,
    body: unknown,
    options: PatchOptions,
  ): Promise<T>
  /** Server-side apply. */
  apply<T extends KubeObject>(resource: Resource<T>, object: T, options: ApplyOptions): Promise<T>
  /** @returns false when it was absent already. */
  delete(resource: Resource<KubeObject>, key: ObjectKey, options?: DeleteOptions): Promise<boolean>

  /** A token for a ServiceAccount (TokenRequest). */
  requestToken(
    serviceAccount: ObjectKey,
    request: { readonly audiences?: readonly string[]; readonly expirationSeconds?: number },
    options?: CallOptions,
  ): Promise<{ readonly token: string; readonly expiresMs: number }>

  /** The kinds served, from aggregated discovery; cached until `refresh`. */
  discover(
    options?: CallOptions & { readonly refresh?: boolean },
  ): Promise<readonly DiscoveredResource[]>
  /** The resource of a kind, asking discovery anew once when it is unknown; null: not served. */
  resourceOf(
    apiVersion: string,
    kind: string,
    options?: CallOptions,
  ): Promise<DiscoveredResource | null>

  /** The same server as somebody else. An empty user or group is a Fault before any call. */
  as(identity: Impersonation): Client

  /** A plain exchange, for paths without a method of their own (`/version`, a service proxy). */
  raw(
    method: string,
    path: string,
    options?: CallOptions & {
      readonly body?: Uint8Array | string
      readonly headers?: Readonly<Record<string, string>>
    },
  ): Promise<{
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body: Uint8Array
  }>

  /** Calls `listener` each time the server answers after five seconds or more of failures alone; for as long as the client lives. */
  onRecovered?(listener: () => void): void

  /** Closes its connections. */
  close(): Promise<void>
}
