// Written by `npm run generate` from crds/; change crds/descriptions or crds/additions.yaml instead.
import type { Condition, KubeObject } from '../object.ts'
import { resource, type Resource } from '../resource.ts'

/** A ExternalSecret. */
export interface ExternalSecret extends KubeObject {
  /** Accepted for compatibility; not acted on yet. */
  readonly spec?: ExternalSecretSpec
  /** Accepted for compatibility; not acted on yet. */
  readonly status?: ExternalSecretStatus
}

/** Accepted for compatibility; not acted on yet. */
export interface ExternalSecretSpec {
  readonly data?: readonly ExternalSecretData[]
  readonly dataFrom?: readonly ExternalSecretDataFrom[]
  /** Default: `1h0m0s`. */
  readonly refreshInterval?: string
  readonly refreshPolicy?: 'CreatedOnce' | 'Periodic' | 'OnChange'
  readonly secretStoreRef?: SecretStoreRef
  readonly syncWindows?: SyncWindows
  readonly target?: ExternalSecretTarget
}

export interface ExternalSecretData {
  readonly remoteRef: RemoteRef
  readonly secretKey: string
  readonly sourceRef?: StoreSourceRef
}

export interface RemoteRef {
  /** Default: `Default`. */
  readonly conversionStrategy?: 'Default' | 'Unicode'
  /** Default: `None`. */
  readonly decodingStrategy?: 'Auto' | 'Base64' | 'Base64URL' | 'None'
  readonly key: string
  /** Default: `None`. */
  readonly metadataPolicy?: 'None' | 'Fetch'
  readonly nullBytePolicy?: 'Ignore' | 'Fail'
  readonly property?: string
  readonly version?: string
}

export interface StoreSourceRef {
  readonly generatorRef?: GeneratorRef
  readonly storeRef?: SecretStoreRef
}

export interface GeneratorRef {
  /** Default: `generators.external-secrets.io/v1alpha1`. */
  readonly apiVersion?: string
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
  readonly name: string
}

export interface SecretStoreRef {
  readonly kind?: 'SecretStore' | 'ClusterSecretStore'
  readonly name?: string
}

export interface ExternalSecretDataFrom {
  readonly extract?: RemoteRef
  readonly find?: FindRef
  readonly rewrite?: readonly Rewrite[]
  readonly sourceRef?: StoreSourceRef
}

export interface FindRef {
  /** Default: `Default`. */
  readonly conversionStrategy?: 'Default' | 'Unicode'
  /** Default: `None`. */
  readonly decodingStrategy?: 'Auto' | 'Base64' | 'Base64URL' | 'None'
  readonly name?: FindName
  readonly nullBytePolicy?: 'Ignore' | 'Fail'
  readonly path?: string
  readonly tags?: Readonly<Record<string, string>>
}

export interface FindName {
  readonly regexp?: string
}

export interface Rewrite {
  readonly merge?: RewriteMerge
  readonly regexp?: RewriteRegexp
  readonly transform?: RewriteTransform
}

export interface RewriteMerge {
  /** Default: `Error`. */
  readonly conflictPolicy?: 'Ignore' | 'Error'
  readonly into?: string
  readonly priority?: readonly string[]
  /** Default: `Strict`. */
  readonly priorityPolicy?: 'IgnoreNotFound' | 'Strict'
  /** Default: `Extract`. */
  readonly strategy?: 'Extract' | 'JSON'
}

export interface RewriteRegexp {
  readonly source: string
  readonly target: string
}

export interface RewriteTransform {
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

export interface ExternalSecretTarget {
  /** Default: `Owner`. */
  readonly creationPolicy?: 'Owner' | 'Orphan' | 'Merge' | 'None' | 'CreateOrMerge'
  /** Default: `Retain`. */
  readonly deletionPolicy?: 'Delete' | 'Merge' | 'Retain'
  readonly immutable?: boolean
  readonly manifest?: ManifestReference
  readonly name?: string
  readonly template?: SecretTemplate
}

export interface ManifestReference {
  readonly apiVersion: string
  readonly kind: string
}

export interface SecretTemplate {
  readonly data?: Readonly<Record<string, string>>
  /** Default: `v2`. */
  readonly engineVersion?: 'v2'
  /** Default: `Replace`. */
  readonly mergePolicy?: 'Replace' | 'Merge'
  readonly metadata?: SecretTemplateMetadata
  readonly templateFrom?: readonly TemplateFrom[]
  readonly type?: string
}

export interface SecretTemplateMetadata {
  readonly annotations?: Readonly<Record<string, string>>
  readonly finalizers?: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
}

export interface TemplateFrom {
  readonly configMap?: TemplateSource
  readonly literal?: string
  readonly secret?: TemplateSource
  /** Default: `Data`. */
  readonly target?: string
  readonly valuesDecodingStrategy?: 'Auto' | 'Base64' | 'Base64URL' | 'None'
}

export interface TemplateSource {
  readonly items: readonly TemplateSourceItem[]
  readonly name: string
}

export interface TemplateSourceItem {
  readonly key: string
  /** Default: `Values`. */
  readonly templateAs?: 'Values' | 'KeysAndValues'
}

/** Accepted for compatibility; not acted on yet. */
export interface ExternalSecretStatus {
  readonly binding?: ExternalSecretBinding
  readonly conditions?: readonly Condition[]
  readonly refreshTime?: string | null
  readonly syncedResourceVersion?: string
}

export interface ExternalSecretBinding {
  readonly name?: string
}

/** external-secrets.io/v1 ExternalSecret. */
export const externalSecrets: Resource<ExternalSecret> = resource(
  'external-secrets.io/v1',
  'ExternalSecret',
  'externalsecrets',
)
