// Written by `npm run generate` from crds/; change crds/descriptions or crds/additions.yaml instead.
import type { Condition, KubeObject } from '../object.ts'
import { resource, type Resource } from '../resource.ts'
import type { LabelSelector } from './shared.ts'

/** A SecretStore. */
export interface SecretStore extends KubeObject {
  /** Accepted for compatibility; not acted on yet. */
  readonly spec?: SecretStoreSpec
  /** Accepted for compatibility; not acted on yet. */
  readonly status?: SecretStoreStatus
}

/** Accepted for compatibility; not acted on yet. */
export interface SecretStoreSpec {
  readonly conditions?: readonly StoreCondition[]
  readonly controller?: string
  readonly provider: StoreProviders
  readonly refreshInterval?: number | string
  readonly retrySettings?: RetrySettings
}

export interface StoreCondition {
  readonly namespaceRegexes?: readonly string[]
  readonly namespaceSelector?: LabelSelector
  readonly namespaces?: readonly string[]
}

export interface StoreProviders {
  readonly akeyless?: unknown
  readonly alibaba?: unknown
  readonly aws?: AwsProvider
  readonly azurekv?: AzureKeyVaultProvider
  readonly barbican?: unknown
  readonly beyondtrust?: unknown
  readonly beyondtrustworkloadcredentials?: unknown
  readonly bitwardensecretsmanager?: unknown
  readonly chef?: unknown
  readonly cloudrusm?: unknown
  readonly conjur?: unknown
  readonly crd?: unknown
  readonly delinea?: unknown
  readonly device42?: unknown
  readonly doppler?: unknown
  readonly dvls?: unknown
  readonly fake?: FakeProvider
  readonly fortanix?: unknown
  readonly gcpsm?: unknown
  readonly github?: unknown
  readonly gitlab?: unknown
  readonly ibm?: unknown
  readonly infisical?: unknown
  readonly keepersecurity?: unknown
  readonly kubernetes?: KubernetesProvider
  readonly nebiusmysterybox?: unknown
  readonly ngrok?: unknown
  readonly onboardbase?: unknown
  readonly onepassword?: unknown
  readonly onepasswordSDK?: unknown
  readonly openBao?: unknown
  readonly oracle?: unknown
  readonly ovh?: unknown
  readonly passbolt?: unknown
  readonly passworddepot?: unknown
  readonly previder?: unknown
  readonly pulumi?: unknown
  readonly scaleway?: unknown
  readonly secretserver?: unknown
  readonly senhasegura?: unknown
  readonly vault?: VaultProvider
  readonly volcengine?: unknown
  readonly webhook?: unknown
  readonly yandexcertificatemanager?: unknown
  readonly yandexlockbox?: unknown
}

export interface AwsProvider {
  readonly additionalRoles?: readonly string[]
  readonly auth?: AwsAuth
  readonly externalID?: string
  readonly prefix?: string
  readonly region: string
  readonly role?: string
  readonly secretsManager?: AwsSecretsManager
  readonly service: 'SecretsManager' | 'ParameterStore' | 'CertificateManager'
  readonly sessionTags?: readonly AwsSessionTag[]
  readonly transitiveTagKeys?: readonly string[]
}

export interface AwsAuth {
  readonly jwt?: AwsAuthJwt
  readonly secretRef?: AwsAuthSecretRef
}

export interface AwsAuthJwt {
  readonly serviceAccountRef?: ServiceAccountSelector
}

export interface ServiceAccountSelector {
  readonly audiences?: readonly string[]
  readonly name: string
  readonly namespace?: string
}

export interface AwsAuthSecretRef {
  readonly accessKeyIDSecretRef?: SecretKeySelector
  readonly secretAccessKeySecretRef?: SecretKeySelector
  readonly sessionTokenSecretRef?: SecretKeySelector
}

export interface SecretKeySelector {
  readonly key?: string
  readonly name?: string
  readonly namespace?: string
}

export interface AwsSecretsManager {
  readonly forceDeleteWithoutRecovery?: boolean
  readonly recoveryWindowInDays?: number
}

export interface AwsSessionTag {
  readonly key: string
  readonly value: string
}

export interface AzureKeyVaultProvider {
  readonly authSecretRef?: AzureKeyVaultAuthSecretRef
  /** Default: `ServicePrincipal`. */
  readonly authType?: 'ServicePrincipal' | 'ManagedIdentity' | 'WorkloadIdentity'
  readonly customCloudConfig?: AzureKeyVaultCustomCloudConfig
  /** Default: `PublicCloud`. */
  readonly environmentType?:
    | 'PublicCloud'
    | 'USGovernmentCloud'
    | 'ChinaCloud'
    | 'GermanCloud'
    | 'AzureStackCloud'
  readonly identityId?: string
  readonly serviceAccountRef?: ServiceAccountSelector
  readonly tenantId?: string
  /** Default: `false`. */
  readonly useAzureSDK?: boolean
  readonly vaultUrl: string
}

export interface AzureKeyVaultAuthSecretRef {
  readonly clientCertificate?: SecretKeySelector
  readonly clientId?: SecretKeySelector
  readonly clientSecret?: SecretKeySelector
  readonly tenantId?: SecretKeySelector
}

export interface AzureKeyVaultCustomCloudConfig {
  readonly activeDirectoryEndpoint: string
  readonly keyVaultDNSSuffix?: string
  readonly keyVaultEndpoint?: string
  readonly resourceManagerEndpoint?: string
}

export interface FakeProvider {
  readonly data: readonly FakeEntry[]
  readonly validationResult?: number
}

export interface FakeEntry {
  readonly key: string
  readonly value: string
  readonly version?: string
}

export interface KubernetesProvider {
  readonly auth?: KubernetesAuth
  readonly authRef?: SecretKeySelector
  /** Default: `default`. */
  readonly remoteNamespace?: string
  readonly server?: KubernetesServer
}

export interface KubernetesAuth {
  readonly cert?: KubernetesAuthCert
  readonly serviceAccount?: ServiceAccountSelector
  readonly token?: KubernetesAuthToken
}

export interface KubernetesAuthCert {
  readonly clientCert?: SecretKeySelector
  readonly clientKey?: SecretKeySelector
}

export interface KubernetesAuthToken {
  readonly bearerToken?: SecretKeySelector
}

export interface KubernetesServer {
  /** Base64. */
  readonly caBundle?: string
  readonly caProvider?: CaProvider
  /** Default: `kubernetes.default`. */
  readonly url?: string
}

export interface CaProvider {
  readonly key?: string
  readonly name: string
  readonly namespace?: string
  readonly type: 'Secret' | 'ConfigMap'
}

export interface VaultProvider {
  readonly auth?: VaultAuth
  /** Base64. */
  readonly caBundle?: string
  readonly caProvider?: CaProvider
  readonly checkAndSet?: VaultCheckAndSet
  readonly forwardInconsistent?: boolean
  readonly headers?: Readonly<Record<string, string>>
  readonly namespace?: string
  readonly path?: string
  readonly readYourWrites?: boolean
  readonly server: string
  readonly tls?: VaultTls
  /** Default: `v2`. */
  readonly version?: 'v1' | 'v2'
}

export interface VaultAuth {
  readonly appRole?: VaultAppRoleAuth
  readonly cert?: VaultCertAuth
  readonly gcp?: VaultGcpAuth
  readonly iam?: VaultIamAuth
  readonly jwt?: VaultJwtAuth
  readonly kubernetes?: VaultKubernetesAuth
  readonly ldap?: VaultLdapAuth
  readonly namespace?: string
  readonly tokenSecretRef?: SecretKeySelector
  readonly userPass?: VaultUserPassAuth
}

export interface VaultAppRoleAuth {
  /** Default: `approle`. */
  readonly path: string
  readonly roleId?: string
  readonly roleRef?: SecretKeySelector
  readonly secretRef: SecretKeySelector
}

export interface VaultCertAuth {
  readonly clientCert?: SecretKeySelector
  /** Default: `cert`. */
  readonly path?: string
  readonly secretRef?: SecretKeySelector
  readonly vaultRole?: string
}

export interface VaultGcpAuth {
  readonly location?: string
  /** Default: `gcp`. */
  readonly path?: string
  readonly projectID?: string
  readonly role: string
  readonly secretRef?: VaultGcpAuthSecretRef
  readonly serviceAccountRef?: ServiceAccountSelector
  readonly workloadIdentity?: VaultGcpAuthWorkloadIdentity
}

export interface VaultGcpAuthSecretRef {
  readonly secretAccessKeySecretRef?: SecretKeySelector
}

export interface VaultGcpAuthWorkloadIdentity {
  readonly clusterLocation?: string
  readonly clusterName?: string
  readonly clusterProjectID?: string
  readonly serviceAccountRef: ServiceAccountSelector
}

export interface VaultIamAuth {
  readonly externalID?: string
  readonly jwt?: VaultIamAuthJwt
  readonly path?: string
  readonly region?: string
  readonly role?: string
  readonly secretRef?: VaultIamAuthSecretRef
  readonly vaultAwsIamServerID?: string
  readonly vaultRole: string
}

export interface VaultIamAuthJwt {
  readonly serviceAccountRef?: ServiceAccountSelector
}

export interface VaultIamAuthSecretRef {
  readonly accessKeyIDSecretRef?: SecretKeySelector
  readonly secretAccessKeySecretRef?: SecretKeySelector
  readonly sessionTokenSecretRef?: SecretKeySelector
}

export interface VaultJwtAuth {
  readonly kubernetesServiceAccountToken?: VaultJwtAuthKubernetesServiceAccountToken
  /** Default: `jwt`. */
  readonly path: string
  readonly role?: string
  readonly secretRef?: SecretKeySelector
}

export interface VaultJwtAuthKubernetesServiceAccountToken {
  readonly audiences?: readonly string[]
  readonly expirationSeconds?: number
  readonly serviceAccountRef: ServiceAccountSelector
}

export interface VaultKubernetesAuth {
  /** Default: `kubernetes`. */
  readonly mountPath: string
  readonly role: string
  readonly secretRef?: SecretKeySelector
  readonly serviceAccountRef?: ServiceAccountSelector
}

export interface VaultLdapAuth {
  /** Default: `ldap`. */
  readonly path: string
  readonly secretRef?: SecretKeySelector
  readonly username: string
}

export interface VaultUserPassAuth {
  /** Default: `userpass`. */
  readonly path: string
  readonly secretRef?: SecretKeySelector
  readonly username: string
}

export interface VaultCheckAndSet {
  readonly required?: boolean
}

export interface VaultTls {
  readonly certSecretRef?: SecretKeySelector
  readonly keySecretRef?: SecretKeySelector
}

export interface RetrySettings {
  readonly maxRetries?: number
  readonly retryInterval?: string
}

/** Accepted for compatibility; not acted on yet. */
export interface SecretStoreStatus {
  readonly capabilities?: string
  readonly conditions?: readonly Condition[]
}

/** A ClusterSecretStore. */
export interface ClusterSecretStore extends KubeObject {
  /** Accepted for compatibility; not acted on yet. */
  readonly spec?: SecretStoreSpec
  /** Accepted for compatibility; not acted on yet. */
  readonly status?: SecretStoreStatus
}

/** external-secrets.io/v1 SecretStore. */
export const secretStores: Resource<SecretStore> = resource(
  'external-secrets.io/v1',
  'SecretStore',
  'secretstores',
)

/** Cluster-scoped. external-secrets.io/v1 ClusterSecretStore. */
export const clusterSecretStores: Resource<ClusterSecretStore> = resource(
  'external-secrets.io/v1',
  'ClusterSecretStore',
  'clustersecretstores',
  'cluster',
)
