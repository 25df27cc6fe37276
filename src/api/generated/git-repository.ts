// Written by `npm run generate` from crds/; change crds/descriptions or crds/additions.yaml instead.
import type { Condition, KubeObject } from '../object.ts'
import { resource, type Resource } from '../resource.ts'
import type { LocalObjectReference } from './shared.ts'

/** A GitRepository. */
export interface GitRepository extends KubeObject {
  /** Accepted for compatibility; not acted on yet. */
  readonly spec?: GitRepositorySpec
  /** Accepted for compatibility; not acted on yet. */
  readonly status?: GitRepositoryStatus
}

/** Accepted for compatibility; not acted on yet. */
export interface GitRepositorySpec {
  readonly ignore?: string
  readonly include?: readonly GitRepositoryInclude[]
  readonly interval: string
  readonly provider?: 'generic' | 'aws' | 'azure' | 'github'
  readonly proxySecretRef?: LocalObjectReference
  readonly recurseSubmodules?: boolean
  readonly ref?: GitReference
  readonly secretRef?: LocalObjectReference
  readonly serviceAccountName?: string
  readonly sparseCheckout?: readonly string[]
  readonly suspend?: boolean
  /** Default: `60s`. */
  readonly timeout?: string
  readonly url: string
  readonly verify?: GitRepositoryVerification
}

export interface GitRepositoryInclude {
  readonly fromPath?: string
  readonly repository: LocalObjectReference
  readonly toPath?: string
}

export interface GitReference {
  readonly branch?: string
  readonly commit?: string
  readonly name?: string
  readonly semver?: string
  readonly tag?: string
}

export interface GitRepositoryVerification {
  /** Default: `HEAD`. */
  readonly mode?: 'head' | 'HEAD' | 'Tag' | 'TagAndHEAD'
  readonly secretRef: LocalObjectReference
}

/** Accepted for compatibility; not acted on yet. */
export interface GitRepositoryStatus {
  readonly artifact?: Artifact
  readonly conditions?: readonly Condition[]
  readonly includedArtifacts?: readonly Artifact[]
  readonly lastHandledReconcileAt?: string
  readonly observedGeneration?: number
  readonly observedIgnore?: string
  readonly observedInclude?: readonly GitRepositoryInclude[]
  readonly observedRecurseSubmodules?: boolean
  readonly observedSparseCheckout?: readonly string[]
  readonly sourceVerificationFingerprint?: string
  readonly sourceVerificationMode?: string
}

export interface Artifact {
  readonly digest: string
  readonly lastUpdateTime: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly path: string
  readonly revision: string
  readonly size?: number
  readonly url: string
}

/** source.toolkit.fluxcd.io/v1 GitRepository. */
export const gitRepositories: Resource<GitRepository> = resource(
  'source.toolkit.fluxcd.io/v1',
  'GitRepository',
  'gitrepositories',
)
