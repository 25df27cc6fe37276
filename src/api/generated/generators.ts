// Written by `npm run generate` from crds/; change crds/descriptions or crds/additions.yaml instead.
import type { KubeObject } from '../object.ts'
import { resource, type Resource } from '../resource.ts'

/**
 * Makes a random password each time an ExternalSecret that names it refreshes. With refreshPolicy
 * CreatedOnce, or refreshInterval 0, that is once.
 */
export interface Password extends KubeObject {
  /** What the password is made of. */
  readonly spec?: PasswordSpec
}

/** What the password is made of. */
export interface PasswordSpec {
  /**
   * Lets a character come more than once. Without it no more can be asked for than there are.
   * Default: `false`.
   */
  readonly allowRepeat: boolean
  /** How many of them are digits. Absent, a quarter of the length. */
  readonly digits?: number
  /** How the password is written into the Secret. Default: `raw`. */
  readonly encoding?: 'base64' | 'base64url' | 'base32' | 'hex' | 'raw'
  /** Number of characters; 0 or less means 24. Default: `24`. */
  readonly length: number
  /** Leaves capital letters out. Default: `false`. */
  readonly noUpper: boolean
  /** The keys to make a password for, each one of its own. Absent, the key password. */
  readonly secretKeys?: readonly string[]
  /** The symbols to choose from. Absent or empty, the symbols of a US keyboard. */
  readonly symbolCharacters?: string
  /** How many of them are symbols. Absent, a quarter of the length. */
  readonly symbols?: number
}

/**
 * Makes an SSH key pair each time an ExternalSecret that names it refreshes. Gives the keys
 * privateKey, in the format of OpenSSH, and publicKey, as a line of authorized_keys.
 */
export interface SSHKey extends KubeObject {
  /** What kind of key. */
  readonly spec?: SshKeySpec
}

/** What kind of key. */
export interface SshKeySpec {
  /** Stands in both keys. */
  readonly comment?: string
  /**
   * Bits. For rsa at least 1024, 2048 when absent; for ecdsa 256, 384 or 521, 256 when it is
   * anything else; of no meaning for ed25519.
   */
  readonly keySize?: number
  /** The algorithm. Default: `rsa`. */
  readonly keyType?: 'rsa' | 'ecdsa' | 'ed25519'
}

/**
 * Makes a random UUID, version 4, each time an ExternalSecret that names it refreshes. Gives the
 * key uuid.
 */
export interface UUID extends KubeObject {
  /** Empty; there is nothing to choose. */
  readonly spec?: Readonly<Record<string, unknown>>
}

/** Gives the same data each time, for trying out what would come from another generator. */
export interface Fake extends KubeObject {
  /** What it gives. */
  readonly spec?: FakeSpec
}

/** What it gives. */
export interface FakeSpec {
  /**
   * Class of the operator it is for. Absent, any; for one of another class its ExternalSecrets are
   * left alone.
   */
  readonly controller?: string
  /** Key to value, as they come into the Secret. */
  readonly data?: Readonly<Record<string, string>>
}

/** A generator that ExternalSecrets of every namespace can name, by kind ClusterGenerator. */
export interface ClusterGenerator extends KubeObject {
  /** The generator. */
  readonly spec?: ClusterGeneratorSpec
}

/** The generator. */
export interface ClusterGeneratorSpec {
  /** The spec of that kind, under its own name. */
  readonly generator: GeneratorSpecs
  /** Which kind of generator it stands for. Password, SSHKey, UUID and Fake are built. */
  readonly kind:
    | 'ACRAccessToken'
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
}

/** The spec of that kind, under its own name. */
export interface GeneratorSpecs {
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly acrAccessTokenSpec?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly cloudsmithAccessTokenSpec?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly ecrAuthorizationTokenSpec?: unknown
  /** A Fake. */
  readonly fakeSpec?: FakeSpec
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly gcrAccessTokenSpec?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly githubAccessTokenSpec?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly grafanaSpec?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly mfaSpec?: unknown
  /** A Password. */
  readonly passwordSpec?: PasswordSpec
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly quayAccessTokenSpec?: unknown
  /** An SSHKey. */
  readonly sshKeySpec?: SshKeySpec
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly stsSessionTokenSpec?: unknown
  /** A UUID. */
  readonly uuidSpec?: Readonly<Record<string, unknown>>
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly vaultDynamicSecretSpec?: unknown
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly webhookSpec?: unknown
}

/** generators.external-secrets.io/v1alpha1 Password. */
export const passwords: Resource<Password> = resource(
  'generators.external-secrets.io/v1alpha1',
  'Password',
  'passwords',
)

/** generators.external-secrets.io/v1alpha1 SSHKey. */
export const sshKeys: Resource<SSHKey> = resource(
  'generators.external-secrets.io/v1alpha1',
  'SSHKey',
  'sshkeys',
)

/** generators.external-secrets.io/v1alpha1 UUID. */
export const uuids: Resource<UUID> = resource(
  'generators.external-secrets.io/v1alpha1',
  'UUID',
  'uuids',
)

/** generators.external-secrets.io/v1alpha1 Fake. */
export const fakes: Resource<Fake> = resource(
  'generators.external-secrets.io/v1alpha1',
  'Fake',
  'fakes',
)

/** Cluster-scoped. generators.external-secrets.io/v1alpha1 ClusterGenerator. */
export const clusterGenerators: Resource<ClusterGenerator> = resource(
  'generators.external-secrets.io/v1alpha1',
  'ClusterGenerator',
  'clustergenerators',
  'cluster',
)
