import type { ConfigMap, ObjectKey, Secret } from '#api'
import type { Env, Fault, Log } from '#base'

/**
 * One entry of a backend as it was at one version: what one read brings. All keys that an
 * ExternalSecret draws from it are taken from this one value, so they never mix two versions.
 */
export interface Entry {
  /** The backend's own name of the version read, for status and `lockstep trace`; no secret. */
  readonly version?: string
  /**
   * The whole entry, or one property of it, as bytes of the caller's own; null: the entry is there,
   * the property is not, and the peer takes that for absence (`Secret does not exist`). How a
   * property is found (exact key, gjson path) is the backend's custom.
   *
   * @throws Fault NotFound, in the peer's words, where it takes a missing property for a failure;
   *   InvalidAnswer when the entry cannot have properties. Neither quotes a value.
   */
  value(property?: string): Uint8Array | null
  /**
   * The entry, or one property of it, spread into keys and values, for `dataFrom.extract`.
   *
   * @throws Fault InvalidAnswer when it is no map; NotFound as `value`.
   */
  map(property?: string): ReadonlyMap<string, Uint8Array> | null
}

/** Names an entry. Equal refs of one identity are read once. */
export interface EntryRef {
  readonly key: string
  /** Absent: the newest. */
  readonly version?: string
  /** Ask for the entry's metadata (tags, labels) in place of its value (`metadataPolicy: Fetch`). */
  readonly metadata?: boolean
}

/** What became of one ref. A ref whose outcome is unknown is a fault, never absent. */
export type EntryOutcome =
  | { readonly kind: 'entry'; readonly entry: Entry }
  /**
   * The backend itself said: no such secret. `message`: the peer's words for it in a single read, where
   * they are not `Secret does not exist`.
   */
  | { readonly kind: 'absent'; readonly message?: string }
  | { readonly kind: 'failed'; readonly fault: Fault }

/** `dataFrom.find`. All given parts must hold. */
export interface Find {
  readonly path?: string
  /** RE2 source, not anchored. */
  readonly nameRegexp?: string
  readonly tags?: Readonly<Record<string, string>>
  readonly conversionStrategy?: 'Default' | 'Unicode' | 'None'
}

/** What a provider can do; the contract suite skips only what is declared away here. */
export interface Capabilities {
  readonly find: boolean
  readonly push: boolean
  /** Largest number of refs in one call; 1: no batches. */
  readonly batch: number
  readonly versions: boolean
  /** Tells of changes by itself. */
  readonly events: boolean
  /** ESO's word for it, as SecretStore.status.capabilities. */
  readonly access: 'ReadOnly' | 'WriteOnly' | 'ReadWrite'
}

export type Validation =
  | { readonly kind: 'ready' }
  /**
   * Cannot be told before it is used: credentials come from the namespace of the consumer. With a
   * `message`, the provider tried and could not tell (ESO: ValidationUnknown, not Valid).
   */
  | { readonly kind: 'unknown'; readonly message?: string }

/** A backend, opened for one identity. */
export interface Provider {
  readonly capabilities: Capabilities
  /** One outcome for each ref, in their order. Throws only when the whole call failed. */
  read(refs: readonly EntryRef[], signal: AbortSignal): Promise<readonly EntryOutcome[]>
  /** All entries that fit, by key. Absent where `capabilities.find` is false. */
  find?(find: Find, signal: AbortSignal): Promise<ReadonlyMap<string, Uint8Array>>
  /** Proves that the store can be used. @throws Fault with the cause. */
  validate(signal: AbortSignal): Promise<Validation>
  /** Ends the login, drops connections. */
  close(): Promise<void>
}

/**
 * What a provider may read of the cluster: the credentials its store refers to. Bound to one store and
 * one consumer namespace; a reference across namespaces from a namespaced store is a Fault InvalidRef
 * before anything is read.
 */
export interface ClusterReader {
  /** A key of a Secret, with the resourceVersion read, which becomes part of the identity. */
  secretKey(ref: SecretKeyRef, signal: AbortSignal): Promise<Uint8Array>
  secret(key: ObjectKey, signal: AbortSignal): Promise<Secret | null>
  configMap(key: ObjectKey, signal: AbortSignal): Promise<ConfigMap | null>
  /** A ServiceAccount's token for these audiences (TokenRequest). */
  token(ref: ServiceAccountRef, signal: AbortSignal): Promise<{ token: string; expiresMs: number }>
}

/** ESO's SecretKeySelector. */
export interface SecretKeyRef {
  readonly name?: string
  readonly key?: string
  readonly namespace?: string
}

/** ESO's ServiceAccountSelector. */
export interface ServiceAccountRef {
  readonly name: string
  readonly namespace?: string
  readonly audiences?: readonly string[]
}

/** ESO's CAProvider. */
export interface CaProvider {
  readonly type: 'Secret' | 'ConfigMap'
  readonly name: string
  readonly key?: string
  readonly namespace?: string
}

/** What a store object says, as far as a provider may know it. */
export interface StoreContext {
  readonly kind: 'SecretStore' | 'ClusterSecretStore'
  readonly name: string
  /** Namespace of a SecretStore; absent for a ClusterSecretStore. */
  readonly namespace?: string
  /** Namespace of the consumer; equals `namespace` for a SecretStore. Absent when a store is validated alone. */
  readonly consumerNamespace?: string
}

/** What `open` is given beside its configuration. */
export interface ProviderDeps {
  readonly env: Env
  readonly log: Log
  readonly store: StoreContext
  readonly cluster: ClusterReader
  /** Whether endpoints on loopback, link-local and private addresses may be dialled. */
  readonly allowAddress?: (address: string) => boolean
  /** Told of each login, for metrics. */
  readonly onLogin?: () => void
}

/** A kind of backend: the key under `spec.provider` and how to open it. */
export interface ProviderKind<Config = unknown> {
  /** As under `spec.provider`: `vault`, `aws`. */
  readonly name: string
  readonly capabilities: Capabilities
  /** @throws Fault InvalidSpec (with `at` below spec.provider), InvalidRef, AccessDenied, Unavailable. */
  open(config: Config, deps: ProviderDeps, signal: AbortSignal): Promise<Provider>
}

/** Loads a provider when its first store is opened. */
export type ProviderLoader = () => Promise<ProviderKind>
