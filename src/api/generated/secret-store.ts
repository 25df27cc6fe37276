// Written by `npm run generate` from crds/; change crds/descriptions or crds/additions.yaml instead.
import type { Condition, KubeObject } from '../object.ts'
import { resource, type Resource } from '../resource.ts'
import type { LabelSelector } from './shared.ts'

/**
 * Says where secret values live and how to log in there. For ExternalSecrets of its own namespace.
 */
export interface SecretStore extends KubeObject {
  /** The backend, and who may use it. */
  readonly spec?: SecretStoreSpec
  /** What was found when the store was last validated, written by Lockstep. */
  readonly status?: SecretStoreStatus
}

/** The backend, and who may use it. */
export interface SecretStoreSpec {
  /** The namespaces that may use the store. Only looked at in a ClusterSecretStore. */
  readonly conditions?: readonly StoreCondition[]
  /**
   * Class of the operator that looks after this store. A store of another class is left alone, and
   * so is every ExternalSecret that reads from it.
   */
  readonly controller?: string
  /** The backend; exactly one. */
  readonly provider: StoreProviders
  /** How often the store is validated, in whole seconds or as in 5m. */
  readonly refreshInterval?: number | string
  /** Accepted for compatibility; not acted on yet. */
  readonly retrySettings?: RetrySettings
}

export interface StoreCondition {
  /**
   * Regular expressions in RE2 syntax, searched anywhere in the name; prod also admits nonprod-1.
   */
  readonly namespaceRegexes?: readonly string[]
  /** Labels of the namespace. */
  readonly namespaceSelector?: LabelSelector
  /** Names. */
  readonly namespaces?: readonly string[]
}

/** The backend; exactly one. */
export interface StoreProviders {
  /** Accepted for compatibility; not acted on yet. */
  readonly akeyless?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly alibaba?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly aws?: AwsProvider
  /** Accepted for compatibility; not acted on yet. */
  readonly azurekv?: AzureKeyVaultProvider
  /** Accepted for compatibility; not acted on yet. */
  readonly barbican?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly beyondtrust?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly beyondtrustworkloadcredentials?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly bitwardensecretsmanager?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly chef?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly cloudrusm?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly conjur?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly crd?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly delinea?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly device42?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly doppler?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly dvls?: unknown
  /** Values written down in this object. For demonstrations and tests; nothing here is secret. */
  readonly fake?: FakeProvider
  /** Accepted for compatibility; not acted on yet. */
  readonly fortanix?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly gcpsm?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly github?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly gitlab?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly ibm?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly infisical?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly keepersecurity?: unknown
  /** Secrets of a Kubernetes cluster, this one or another. */
  readonly kubernetes?: KubernetesProvider
  /** Accepted for compatibility; not acted on yet. */
  readonly nebiusmysterybox?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly ngrok?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly onboardbase?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly onepassword?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly onepasswordSDK?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly openBao?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly oracle?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly ovh?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly passbolt?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly passworddepot?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly previder?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly pulumi?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly scaleway?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly secretserver?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly senhasegura?: unknown
  /** HashiCorp Vault or OpenBao, key-value engine. */
  readonly vault?: VaultProvider
  /** Accepted for compatibility; not acted on yet. */
  readonly volcengine?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly webhook?: unknown
  /** Accepted for compatibility; not acted on yet. */
  readonly yandexcertificatemanager?: unknown
  /** Accepted for compatibility; not acted on yet. */
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

/** Values written down in this object. For demonstrations and tests; nothing here is secret. */
export interface FakeProvider {
  /** The entries. */
  readonly data: readonly FakeEntry[]
  /** The answer when the store is validated. 0 is ready; 1 is unknown; 2 is an error. */
  readonly validationResult?: number
}

export interface FakeEntry {
  /** Name of the entry. */
  readonly key: string
  /** The value; a JSON object where properties are asked for. */
  readonly value: string
  /** Version of the entry. Versions are compared as text. */
  readonly version?: string
}

/** Secrets of a Kubernetes cluster, this one or another. */
export interface KubernetesProvider {
  /** The identity to read with; exactly one. */
  readonly auth?: KubernetesAuth
  /** A Secret that holds a kubeconfig, in place of auth and server. */
  readonly authRef?: SecretKeySelector
  /** The namespace to read from. Default: `default`. */
  readonly remoteNamespace?: string
  /** The API server. */
  readonly server?: KubernetesServer
}

/** The identity to read with; exactly one. */
export interface KubernetesAuth {
  /** A client certificate. */
  readonly cert?: KubernetesAuthCert
  /** A service account of this cluster; a short-lived token is asked for. */
  readonly serviceAccount?: ServiceAccountSelector
  /** A token kept in a Secret. */
  readonly token?: KubernetesAuthToken
}

/** A client certificate. */
export interface KubernetesAuthCert {
  /** The certificate in PEM. */
  readonly clientCert?: SecretKeySelector
  /** Its private key in PEM. */
  readonly clientKey?: SecretKeySelector
}

/** A token kept in a Secret. */
export interface KubernetesAuthToken {
  /** The token. */
  readonly bearerToken?: SecretKeySelector
}

/** The API server. */
export interface KubernetesServer {
  /** Certificates to trust, in PEM. Base64. */
  readonly caBundle?: string
  /** Certificates to trust, kept in a Secret or ConfigMap. */
  readonly caProvider?: CaProvider
  /** Its address. Absent, this cluster's. Default: `kubernetes.default`. */
  readonly url?: string
}

/** Certificates to trust, kept in a Secret or ConfigMap. */
export interface CaProvider {
  /** The key that holds the certificates. */
  readonly key?: string
  /** Name of the Secret or ConfigMap. */
  readonly name: string
  /** Its namespace. Only in a ClusterSecretStore. */
  readonly namespace?: string
  /** Secret or ConfigMap. */
  readonly type: 'Secret' | 'ConfigMap'
}

/** HashiCorp Vault or OpenBao, key-value engine. */
export interface VaultProvider {
  /** How to log in. The first method that is given is used. */
  readonly auth?: VaultAuth
  /** Certificates to trust, in PEM. Base64. */
  readonly caBundle?: string
  /** Certificates to trust, kept in a Secret or ConfigMap. */
  readonly caProvider?: CaProvider
  /** Accepted for compatibility; not acted on yet. */
  readonly checkAndSet?: VaultCheckAndSet
  /** Asks a server that is behind to pass the request to the active one. */
  readonly forwardInconsistent?: boolean
  /** Headers sent with every request. */
  readonly headers?: Readonly<Record<string, string>>
  /** Vault namespace to read from. */
  readonly namespace?: string
  /** Where the engine is mounted, as in secret. Absent, keys begin with the mount. */
  readonly path?: string
  /**
   * Sends the state of the last answer with each request, so that a cluster of several servers
   * answers no older.
   */
  readonly readYourWrites?: boolean
  /** Address, as in https://vault.example.com:8200. */
  readonly server: string
  /** Accepted for compatibility; not acted on yet. */
  readonly tls?: VaultTls
  /** Version of the key-value engine. Default: `v2`. */
  readonly version?: 'v1' | 'v2'
}

/** How to log in. The first method that is given is used. */
export interface VaultAuth {
  /** Accepted for compatibility; not acted on yet. */
  readonly appRole?: VaultAppRoleAuth
  /** Accepted for compatibility; not acted on yet. */
  readonly cert?: VaultCertAuth
  /** Accepted for compatibility; not acted on yet. */
  readonly gcp?: VaultGcpAuth
  /** Accepted for compatibility; not acted on yet. */
  readonly iam?: VaultIamAuth
  /** Accepted for compatibility; not acted on yet. */
  readonly jwt?: VaultJwtAuth
  /** A service account of this cluster. */
  readonly kubernetes?: VaultKubernetesAuth
  /** Accepted for compatibility; not acted on yet. */
  readonly ldap?: VaultLdapAuth
  /** Vault namespace to log in to. Absent, the one to read from. */
  readonly namespace?: string
  /** A token kept in a Secret. */
  readonly tokenSecretRef?: SecretKeySelector
  /** Accepted for compatibility; not acted on yet. */
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

/** A service account of this cluster. */
export interface VaultKubernetesAuth {
  /** Where the method is mounted. Default: `kubernetes`. */
  readonly mountPath: string
  /** The Vault role to take. */
  readonly role: string
  /** A service account token kept in a Secret. An empty key means token. */
  readonly secretRef?: SecretKeySelector
  /** The service account; a short-lived token is asked for. */
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

/** What was found when the store was last validated, written by Lockstep. */
export interface SecretStoreStatus {
  /** ReadOnly, WriteOnly or ReadWrite. */
  readonly capabilities?: string
  /** One condition, Ready. */
  readonly conditions?: readonly Condition[]
}

/**
 * Says where secret values live and how to log in there. For ExternalSecrets of every namespace it
 * admits.
 */
export interface ClusterSecretStore extends KubeObject {
  /** The backend, and who may use it. */
  readonly spec?: SecretStoreSpec
  /** What was found when the store was last validated, written by Lockstep. */
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
