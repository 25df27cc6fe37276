// Written by `npm run generate` from crds/; change crds/descriptions or crds/additions.yaml instead.
import type { Condition, KubeObject } from '../object.ts'
import { resource, type Resource } from '../resource.ts'

/**
 * Keeps a Secret equal to values that live in a secret store, and follows them when they change.
 */
export interface ExternalSecret extends KubeObject {
  /** Which values to read, from which store, how often, and the Secret they go to. */
  readonly spec?: ExternalSecretSpec
  /** What was last done, written by Lockstep. */
  readonly status?: ExternalSecretStatus
}

/** Which values to read, from which store, how often, and the Secret they go to. */
export interface ExternalSecretSpec {
  /** One entry for each key of the Secret. Runs after dataFrom, so its keys win. */
  readonly data?: readonly ExternalSecretData[]
  /** Entries that each give many keys, in order; a later entry wins over an earlier one. */
  readonly dataFrom?: readonly ExternalSecretDataFrom[]
  /**
   * How long a value may be out of date, as in 30s, 15m or 1h30m. With Periodic, zero or less means
   * to read once and never again. Default: `1h0m0s`.
   */
  readonly refreshInterval?: string
  /**
   * When values are read again. Periodic, also when empty, reads after each refreshInterval and
   * when this object changes. OnChange reads only when this object changes. CreatedOnce reads only
   * until the Secret was written once.
   */
  readonly refreshPolicy?: 'CreatedOnce' | 'Periodic' | 'OnChange'
  /** The store that entries are read from unless they name one themselves. */
  readonly secretStoreRef?: SecretStoreRef
  /** Accepted for compatibility; not acted on yet. */
  readonly syncWindows?: SyncWindows
  /** The Secret to write, and who it belongs to. */
  readonly target?: ExternalSecretTarget
}

export interface ExternalSecretData {
  /** The value in the store. */
  readonly remoteRef: RemoteRef
  /** The key in the Secret. */
  readonly secretKey: string
  /** Reads this entry from somewhere other than spec.secretStoreRef. */
  readonly sourceRef?: StoreSourceRef
}

/** The value in the store. */
export interface RemoteRef {
  /** Only looked at in dataFrom. An entry of data names its key itself. Default: `Default`. */
  readonly conversionStrategy?: 'Default' | 'Unicode'
  /**
   * How the value is encoded. Auto decodes what happens to be base64, which also hits plain words
   * of the right length; prefer to say it. Default: `None`.
   */
  readonly decodingStrategy?: 'Auto' | 'Base64' | 'Base64URL' | 'None'
  /** Name or path of the entry in the store. */
  readonly key: string
  /** Fetch reads the entry's tags or metadata in place of its value. Default: `None`. */
  readonly metadataPolicy?: 'None' | 'Fetch'
  /** Fail refuses a value that holds a zero byte. Ignore, also when empty, lets it pass. */
  readonly nullBytePolicy?: 'Ignore' | 'Fail'
  /**
   * One member of an entry that holds a map. A name that contains dots is tried as it stands first,
   * then as a path. Absent, the whole entry.
   */
  readonly property?: string
  /** Version of the entry, in the backend's own form. Absent, the newest. */
  readonly version?: string
}

/** Reads this entry from somewhere other than spec.secretStoreRef. */
export interface StoreSourceRef {
  /**
   * A generator whose values are taken in place of a store's, made anew at each refresh. In
   * dataFrom only: an object that names one in data is left alone, as the peer does.
   */
  readonly generatorRef?: GeneratorRef
  /** The store to read from. */
  readonly storeRef?: SecretStoreRef
}

/**
 * A generator whose values are taken in place of a store's, made anew at each refresh. In dataFrom
 * only: an object that names one in data is left alone, as the peer does.
 */
export interface GeneratorRef {
  /** Group and version of the generator. Default: `generators.external-secrets.io/v1alpha1`. */
  readonly apiVersion?: string
  /**
   * Password, SSHKey, UUID, Fake, or ClusterGenerator for one of these. The other kinds are not
   * supported yet; the status of an object that uses one says so.
   */
  readonly kind:
    | 'ACRAccessToken'
    | 'ClusterGenerator'
    | 'CloudsmithAccessToken'
    | 'ECRAuthorizationToken'
    | 'Fake'
    | 'GCRAccessToken'
    | 'GithubAccessToken'
    | 'QuayAccessToken'
    | 'Password'
    | 'SSHKey'
    | 'STSSessionToken'
    | 'UUID'
    | 'VaultDynamicSecret'
    | 'Webhook'
    | 'Grafana'
    | 'MFA'
    | 'BeyondtrustWorkloadCredentialsDynamicSecret'
    | 'GitlabDeployToken'
  /** Name of the generator, in this namespace unless it is a ClusterGenerator. */
  readonly name: string
}

/** The store to read from. */
export interface SecretStoreRef {
  /** SecretStore (in this namespace) or ClusterSecretStore. Empty means SecretStore. */
  readonly kind?: 'SecretStore' | 'ClusterSecretStore'
  /** Name of the store. */
  readonly name?: string
}

export interface ExternalSecretDataFrom {
  /** Turns one remote entry that holds a map into one key for each of its members. */
  readonly extract?: RemoteRef
  /** Takes every remote entry that matches. */
  readonly find?: FindRef
  /** Changes the keys, one step after the other. Keys are then no longer converted. */
  readonly rewrite?: readonly Rewrite[]
  /** Reads this entry from somewhere other than spec.secretStoreRef. */
  readonly sourceRef?: StoreSourceRef
}

/** Takes every remote entry that matches. */
export interface FindRef {
  /**
   * What happens to characters that a Secret's key cannot hold. Default writes an underscore,
   * Unicode writes `_Uxxxx_`. Default: `Default`.
   */
  readonly conversionStrategy?: 'Default' | 'Unicode'
  /** How each value is encoded. Default: `None`. */
  readonly decodingStrategy?: 'Auto' | 'Base64' | 'Base64URL' | 'None'
  /** Selects by name. */
  readonly name?: FindName
  /** Fail refuses a value that holds a zero byte. Ignore, also when empty, lets it pass. */
  readonly nullBytePolicy?: 'Ignore' | 'Fail'
  /** Looks only below this path. What a path is, the backend decides. */
  readonly path?: string
  /** Takes entries that carry all of these tags or labels, where the backend has such. */
  readonly tags?: Readonly<Record<string, string>>
}

/** Selects by name. */
export interface FindName {
  /**
   * Regular expression in RE2 syntax, searched anywhere in the remote name; anchor it with ^ and $
   * to match the whole.
   */
  readonly regexp?: string
}

export interface Rewrite {
  /** Puts values that are JSON objects together into one map. */
  readonly merge?: RewriteMerge
  /** Replaces every match in each key. */
  readonly regexp?: RewriteRegexp
  /** Gives each key a new name. */
  readonly transform?: RewriteTransform
}

/** Puts values that are JSON objects together into one map. */
export interface RewriteMerge {
  /**
   * Error refuses a member that two values hold. Ignore lets the later one win. Default: `Error`.
   */
  readonly conflictPolicy?: 'Ignore' | 'Error'
  /** The key of the document, for the strategy JSON. */
  readonly into?: string
  /** Keys that are merged last, in this order, so that they win. */
  readonly priority?: readonly string[]
  /** Whether a key of priority that is not there is an error. Default: `Strict`. */
  readonly priorityPolicy?: 'IgnoreNotFound' | 'Strict'
  /**
   * Extract makes each member a key. JSON adds one document under into and keeps the rest beside
   * it. Default: `Extract`.
   */
  readonly strategy?: 'Extract' | 'JSON'
}

/** Replaces every match in each key. */
export interface RewriteRegexp {
  /** Regular expression in RE2 syntax. */
  readonly source: string
  /** What takes its place; `$1` or `${name}` stands for a group. */
  readonly target: string
}

/** Gives each key a new name. */
export interface RewriteTransform {
  /** Template of the new name, with the old one as `{{ .value }}`. */
  readonly template: string
}

export interface SyncWindows {
  readonly kind: 'allow' | 'deny'
  readonly windows: readonly SyncWindowsWindow[]
}

export interface SyncWindowsWindow {
  readonly duration: string
  readonly schedule: string
}

/** The Secret to write, and who it belongs to. */
export interface ExternalSecretTarget {
  /**
   * Owner creates the Secret and takes it away with this object. Orphan creates it and leaves it
   * behind. Merge writes only its own keys into a Secret that exists. CreateOrMerge does that too,
   * and creates the Secret when there is none. None writes nothing. Default: `Owner`.
   */
  readonly creationPolicy?: 'Owner' | 'Orphan' | 'Merge' | 'None' | 'CreateOrMerge'
  /**
   * What to do when the store proves that every entry is gone. Retain leaves the Secret as it is,
   * Merge takes away the keys, Delete deletes the Secret. Default: `Retain`.
   */
  readonly deletionPolicy?: 'Delete' | 'Merge' | 'Retain'
  /** Makes the Secret immutable. Its data is then never written again. */
  readonly immutable?: boolean
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly manifest?: ManifestReference
  /** Name of the Secret. Absent, the name of this object. */
  readonly name?: string
  /**
   * How the Secret is put together from the values. Absent, values go in as they are, with the
   * labels and annotations of this object.
   */
  readonly template?: SecretTemplate
}

export interface ManifestReference {
  readonly apiVersion: string
  readonly kind: string
}

/**
 * How the Secret is put together from the values. Absent, values go in as they are, with the labels
 * and annotations of this object.
 */
export interface SecretTemplate {
  /**
   * Key of the Secret to template text. A value is written as {{ .key }}; a key with other
   * characters than letters, digits and underscores as {{ index . "the-key" }}.
   */
  readonly data?: Readonly<Record<string, string>>
  /** Version of the template language. Default: `v2`. */
  readonly engineVersion?: 'v2'
  /**
   * Replace writes only what the template gives. Merge starts from the values and lays the
   * template's keys over them. Default: `Replace`.
   */
  readonly mergePolicy?: 'Replace' | 'Merge'
  /** Metadata of the Secret, in place of this object's own labels and annotations. */
  readonly metadata?: SecretTemplateMetadata
  /**
   * Templates kept elsewhere. They run in order, a later one wins, and data wins over all of them.
   */
  readonly templateFrom?: readonly TemplateFrom[]
  /** Type of the Secret. Types that hold service account or bootstrap tokens are refused. */
  readonly type?: string
}

/** Metadata of the Secret, in place of this object's own labels and annotations. */
export interface SecretTemplateMetadata {
  /** Annotations. The values are templates. */
  readonly annotations?: Readonly<Record<string, string>>
  /** Finalizers to add. They are never taken away. */
  readonly finalizers?: readonly string[]
  /** Labels. The values are templates. */
  readonly labels?: Readonly<Record<string, string>>
}

export interface TemplateFrom {
  /** Templates in a ConfigMap of this namespace. */
  readonly configMap?: TemplateSource
  /** A template, written here, that renders to a YAML map of keys and values. */
  readonly literal?: string
  /** Templates in a Secret of this namespace. */
  readonly secret?: TemplateSource
  /** Where the result goes, as in Data, Labels or Annotations. Default: `Data`. */
  readonly target?: string
  /** How the values of a rendered map are encoded. */
  readonly valuesDecodingStrategy?: 'Auto' | 'Base64' | 'Base64URL' | 'None'
}

/** Templates in a ConfigMap of this namespace. */
export interface TemplateSource {
  /** The entries to use. */
  readonly items: readonly TemplateSourceItem[]
  /** Name of the ConfigMap. */
  readonly name: string
}

export interface TemplateSourceItem {
  /** The entry. */
  readonly key: string
  /**
   * Values renders the text under the entry's own key. KeysAndValues renders it to a YAML map of
   * keys and values. Default: `Values`.
   */
  readonly templateAs?: 'Values' | 'KeysAndValues'
}

/** What was last done, written by Lockstep. */
export interface ExternalSecretStatus {
  /** The Secret that was written, in the form that the Service Binding specification asks for. */
  readonly binding?: ExternalSecretBinding
  /** One condition, Ready. */
  readonly conditions?: readonly Condition[]
  /**
   * Where the keys of the values came from when the status was last written; names and versions, no
   * value. Shown by lockstep trace.
   */
  readonly provenance?: readonly ExternalSecretProvenance[]
  /** When values were last read and found or put in place. */
  readonly refreshTime?: string | null
  /**
   * Generation of this object and a hash of its labels and annotations, as of the last refresh. Any
   * change of either brings on a refresh.
   */
  readonly syncedResourceVersion?: string
}

/** The Secret that was written, in the form that the Service Binding specification asks for. */
export interface ExternalSecretBinding {
  /** Name of the Secret. */
  readonly name?: string
}

export interface ExternalSecretProvenance {
  /** The entry of the spec, as in spec.data[0]. */
  readonly from: string
  /** What it gave; a later entry wins over an earlier one. At most 100 are listed. */
  readonly keys: readonly string[]
  /** The store it was read from. */
  readonly store: ExternalSecretProvenanceStore
  /** The remote entry, where one was named. */
  readonly remoteKey?: string
  /** The part of it that was taken. */
  readonly property?: string
  /** The backend's own name of the version read. */
  readonly version?: string
  /** When this version was first read. */
  readonly time: string
}

/** The store it was read from. */
export interface ExternalSecretProvenanceStore {
  /** SecretStore (in this namespace) or ClusterSecretStore. */
  readonly kind: string
  /** Name of the store. */
  readonly name: string
}

/** external-secrets.io/v1 ExternalSecret. */
export const externalSecrets: Resource<ExternalSecret> = resource(
  'external-secrets.io/v1',
  'ExternalSecret',
  'externalsecrets',
)
