// Written by `npm run generate` from crds/; change crds/descriptions or crds/additions.yaml instead.
import type { Condition, KubeObject } from '../object.ts'
import { resource, type Resource } from '../resource.ts'
import type { LocalObjectReference } from './shared.ts'

/** A branch, tag or commit of a Git repository, fetched when it moves. */
export interface GitRepository extends KubeObject {
  /** The repository, the revision that is wanted, and how often to look. */
  readonly spec?: GitRepositorySpec
  /** What was fetched last, written by Lockstep. */
  readonly status?: GitRepositoryStatus
}

/** The repository, the revision that is wanted, and how often to look. */
export interface GitRepositorySpec {
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly ignore?: string
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly include?: readonly GitRepositoryInclude[]
  /** How often to look for a new commit, as in 1m or 1h30m. */
  readonly interval: string
  /**
   * How to log in. generic, also when empty, uses secretRef; every other way is not supported yet.
   */
  readonly provider?: 'generic' | 'aws' | 'azure' | 'github'
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly proxySecretRef?: LocalObjectReference
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly recurseSubmodules?: boolean
  /**
   * The revision. When several are given, commit comes before name, name before semver, semver
   * before tag, and tag before branch. None means the branch master.
   */
  readonly ref?: GitReference
  /**
   * A Secret of this namespace with username and password, or bearerToken, and ca.crt where needed.
   */
  readonly secretRef?: LocalObjectReference
  /** Accepted for compatibility; not acted on yet. */
  readonly serviceAccountName?: string
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly sparseCheckout?: readonly string[]
  /** Stops fetching. What was fetched stays in use. */
  readonly suspend?: boolean
  /** How long one Git operation may take, as in 60s. Default: `60s`. */
  readonly timeout?: string
  /** Address of the repository; http and https are fetched. */
  readonly url: string
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly verify?: GitRepositoryVerification
}

export interface GitRepositoryInclude {
  readonly fromPath?: string
  readonly repository: LocalObjectReference
  readonly toPath?: string
}

/**
 * The revision. When several are given, commit comes before name, name before semver, semver before
 * tag, and tag before branch. None means the branch master.
 */
export interface GitReference {
  /** A branch. */
  readonly branch?: string
  /** A commit, by its full hash. Given with a branch, it must lie on that branch. */
  readonly commit?: string
  /** A full reference, as in refs/pull/7/head. */
  readonly name?: string
  /**
   * A range of versions, as in 1.2.x. The tag with the newest version in it is taken; tags that are
   * no whole versions are passed over.
   */
  readonly semver?: string
  /** A tag. */
  readonly tag?: string
}

export interface GitRepositoryVerification {
  /** Default: `HEAD`. */
  readonly mode?: 'head' | 'HEAD' | 'Tag' | 'TagAndHEAD'
  readonly secretRef: LocalObjectReference
}

/** What was fetched last, written by Lockstep. */
export interface GitRepositoryStatus {
  /** The revision that is in use. */
  readonly artifact?: Artifact
  /** Ready, Reconciling, Stalled, FetchFailed and ArtifactInStorage. */
  readonly conditions?: readonly Condition[]
  /** Accepted for compatibility; not acted on yet. */
  readonly includedArtifacts?: readonly Artifact[]
  /** The value of the annotation reconcile.fluxcd.io/requestedAt that was acted on last. */
  readonly lastHandledReconcileAt?: string
  /** The generation that was acted on last; -1 before the first time. */
  readonly observedGeneration?: number
  /** Accepted for compatibility; not acted on yet. */
  readonly observedIgnore?: string
  /** Accepted for compatibility; not acted on yet. */
  readonly observedInclude?: readonly GitRepositoryInclude[]
  /** Accepted for compatibility; not acted on yet. */
  readonly observedRecurseSubmodules?: boolean
  /** Accepted for compatibility; not acted on yet. */
  readonly observedSparseCheckout?: readonly string[]
  /** Accepted for compatibility; not acted on yet. */
  readonly sourceVerificationFingerprint?: string
  /** Accepted for compatibility; not acted on yet. */
  readonly sourceVerificationMode?: string
}

/** The revision that is in use. */
export interface Artifact {
  /** SHA-256 that stands for the commit. */
  readonly digest: string
  /** When the revision came into use. */
  readonly lastUpdateTime: string
  /** Accepted for compatibility; not acted on yet. */
  readonly metadata?: Readonly<Record<string, string>>
  /** Name of the revision within Lockstep. */
  readonly path: string
  /** The ref and the commit, as in main@sha1:… with the full hash. */
  readonly revision: string
  /** Accepted for compatibility; not acted on yet. */
  readonly size?: number
  /** Not served; there is no tarball to download. Present because consumers require it. */
  readonly url: string
}

/** source.toolkit.fluxcd.io/v1 GitRepository. */
export const gitRepositories: Resource<GitRepository> = resource(
  'source.toolkit.fluxcd.io/v1',
  'GitRepository',
  'gitrepositories',
)
