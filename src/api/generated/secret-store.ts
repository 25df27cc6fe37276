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
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly akeyless?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly alibaba?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly aws?: AwsProvider
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly azurekv?: AzureKeyVaultProvider
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly barbican?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly beyondtrust?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly beyondtrustworkloadcredentials?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly bitwardensecretsmanager?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly chef?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly cloudrusm?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly conjur?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly crd?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly delinea?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly device42?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly doppler?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly dvls?: unknown
  /** Values written down in this object. For demonstrations and tests; nothing here is secret. */
  readonly fake?: FakeProvider
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly fortanix?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly gcpsm?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly github?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly gitlab?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly ibm?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly infisical?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly keepersecurity?: unknown
  /** Secrets of a Kubernetes cluster, this one or another. */
  readonly kubernetes?: KubernetesProvider
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly nebiusmysterybox?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly ngrok?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly onboardbase?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly onepassword?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly onepasswordSDK?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly openBao?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly oracle?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly ovh?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly passbolt?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly passworddepot?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly previder?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly pulumi?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly scaleway?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly secretserver?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly senhasegura?: unknown
  /** HashiCorp Vault or OpenBao, key-value engine. */
  readonly vault?: VaultProvider
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly volcengine?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly webhook?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly yandexcertificatemanager?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
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
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
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
  /** Accepted for compatibility; not acted on yet. */
  readonly readYourWrites?: boolean
  /** Address, as in https://vault.example.com:8200. */
  readonly server: string
  /** A client certificate to show to Vault. */
  readonly tls?: VaultTls
  /** Version of the key-value engine. Default: `v2`. */
  readonly version?: 'v1' | 'v2'
}

/** How to log in. The first method that is given is used. */
export interface VaultAuth {
  /** A role and its secret id. */
  readonly appRole?: VaultAppRoleAuth
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly cert?: VaultCertAuth
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly gcp?: VaultGcpAuth
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly iam?: VaultIamAuth
  /** A signed token. */
  readonly jwt?: VaultJwtAuth
  /** A service account of this cluster. */
  readonly kubernetes?: VaultKubernetesAuth
  /** A user of a directory. */
  readonly ldap?: VaultLdapAuth
  /** Vault namespace to log in to. Absent, the one to read from. */
  readonly namespace?: string
  /** A token kept in a Secret. */
  readonly tokenSecretRef?: SecretKeySelector
  /** A user of Vault's own. */
  readonly userPass?: VaultUserPassAuth
}

/** A role and its secret id. */
export interface VaultAppRoleAuth {
  /** Where the method is mounted. Default: `approle`. */
  readonly path: string
  /** The role id. */
  readonly roleId?: string
  /** The role id, kept in a Secret. */
  readonly roleRef?: SecretKeySelector
  /** The secret id, kept in a Secret. */
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

/** A signed token. */
export interface VaultJwtAuth {
  /** The token of a service account of this cluster. */
  readonly kubernetesServiceAccountToken?: VaultJwtAuthKubernetesServiceAccountToken
  /** Where the method is mounted. Default: `jwt`. */
  readonly path: string
  /** The Vault role to take. Absent, the method's own default. */
  readonly role?: string
  /** The token, kept in a Secret. An empty key means jwt. */
  readonly secretRef?: SecretKeySelector
}

/** The token of a service account of this cluster. */
export interface VaultJwtAuthKubernetesServiceAccountToken {
  /** Audiences that the token is made for. None means vault. */
  readonly audiences?: readonly string[]
  /** How long the token is good for. Absent, 600. */
  readonly expirationSeconds?: number
  /** The service account. */
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

/** A user of a directory. */
export interface VaultLdapAuth {
  /** Where the method is mounted. Default: `ldap`. */
  readonly path: string
  /** The password, kept in a Secret. */
  readonly secretRef?: SecretKeySelector
  /** Name of the user. */
  readonly username: string
}

/** A user of Vault's own. */
export interface VaultUserPassAuth {
  /** Where the method is mounted. Default: `userpass`. */
  readonly path: string
  /** The password, kept in a Secret. */
  readonly secretRef?: SecretKeySelector
  /** Name of the user. */
  readonly username: string
}

export interface VaultCheckAndSet {
  readonly required?: boolean
}

/** A client certificate to show to Vault. */
export interface VaultTls {
  /** The certificate in PEM. */
  readonly certSecretRef?: SecretKeySelector
  /** Its private key in PEM. */
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
