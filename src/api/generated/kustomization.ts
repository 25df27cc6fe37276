// Written by `npm run generate` from crds/; change crds/descriptions or crds/additions.yaml instead.
import type { Condition, KubeObject } from '../object.ts'
import { resource, type Resource } from '../resource.ts'
import type { LocalObjectReference } from './shared.ts'

/** Keeps a folder of a GitRepository applied to the cluster, and takes away what has left it. */
export interface Kustomization extends KubeObject {
  /** What to apply, from where, how often, and with whose rights. */
  readonly spec?: KustomizationSpec
  /** What was applied last, written by Lockstep. */
  readonly status?: KustomizationStatus
}

/** What to apply, from where, how often, and with whose rights. */
export interface KustomizationSpec {
  /** Accepted for compatibility; not acted on yet. */
  readonly buildMetadata?: readonly ('originAnnotations' | 'transformerAnnotations')[]
  /** Accepted for compatibility; not acted on yet. */
  readonly commonMetadata?: KustomizationCommonMetadata
  /** Accepted for compatibility; not acted on yet. */
  readonly components?: readonly string[]
  /** Accepted for compatibility; not acted on yet. */
  readonly decryption?: KustomizationDecryption
  /** Accepted for compatibility; not acted on yet. */
  readonly deletionPolicy?: 'MirrorPrune' | 'Delete' | 'WaitForTermination' | 'Orphan'
  /** Accepted for compatibility; not acted on yet. */
  readonly dependsOn?: readonly KustomizationDependency[]
  /** Accepted for compatibility; not acted on yet. Default: `false`. */
  readonly force?: boolean
  /** Accepted for compatibility; not acted on yet. */
  readonly healthCheckExprs?: readonly HealthCheckExpression[]
  /** Accepted for compatibility; not acted on yet. */
  readonly healthChecks?: readonly HealthCheck[]
  /** Accepted for compatibility; not acted on yet. */
  readonly ignore?: readonly KustomizationIgnore[]
  /** Accepted for compatibility; not acted on yet. */
  readonly ignoreMissingComponents?: boolean
  /** Accepted for compatibility; not acted on yet. */
  readonly images?: readonly KustomizationImage[]
  /** How often everything is applied again even when nothing moved, as in 10m. */
  readonly interval: string
  /** Accepted for compatibility; not acted on yet. */
  readonly kubeConfig?: KustomizationKubeConfig
  /** Accepted for compatibility; not acted on yet. */
  readonly namePrefix?: string
  /** Accepted for compatibility; not acted on yet. */
  readonly nameSuffix?: string
  /** Accepted for compatibility; not acted on yet. */
  readonly patches?: readonly KustomizationPatch[]
  /** The folder, from the root of the repository. Absent, the root. */
  readonly path?: string
  /** Accepted for compatibility; not acted on yet. */
  readonly postBuild?: PostBuild
  /** Deletes what was applied before and has left the folder. */
  readonly prune: boolean
  /** How long to wait after a failure. Absent, the interval. */
  readonly retryInterval?: string
  /**
   * The service account of this namespace whose rights are used. Outside the operator's own
   * namespace it is required.
   */
  readonly serviceAccountName?: string
  /** Where the manifests come from. */
  readonly sourceRef: KustomizationSourceRef
  /** Stops applying. What was applied stays. */
  readonly suspend?: boolean
  /** Puts every namespaced object into this namespace. */
  readonly targetNamespace?: string
  /** How long one pass may take, waiting included. Absent, the interval. */
  readonly timeout?: string
  /** Is Ready only once everything applied is healthy. */
  readonly wait?: boolean
}

export interface KustomizationCommonMetadata {
  readonly annotations?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
}

export interface KustomizationDecryption {
  readonly provider: 'sops'
  readonly secretRef?: LocalObjectReference
  readonly serviceAccountName?: string
}

export interface KustomizationDependency {
  readonly name: string
  readonly namespace?: string
  readonly readyExpr?: string
}

export interface HealthCheckExpression {
  readonly apiVersion: string
  readonly current: string
  readonly failed?: string
  readonly inProgress?: string
  readonly kind?: string
}

export interface HealthCheck {
  readonly apiVersion?: string
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

export interface KustomizationIgnore {
  readonly paths: readonly string[]
  readonly target?: PatchSelector
}

export interface PatchSelector {
  readonly annotationSelector?: string
  readonly group?: string
  readonly kind?: string
  readonly labelSelector?: string
  readonly name?: string
  readonly namespace?: string
  readonly version?: string
}

export interface KustomizationImage {
  readonly digest?: string
  readonly name: string
  readonly newName?: string
  readonly newTag?: string
}

export interface KustomizationKubeConfig {
  readonly configMapRef?: LocalObjectReference
  readonly secretRef?: KustomizationKubeConfigSecretRef
}

export interface KustomizationKubeConfigSecretRef {
  readonly key?: string
  readonly name: string
}

export interface KustomizationPatch {
  readonly patch: string
  readonly target?: PatchSelector
}

export interface PostBuild {
  readonly substitute?: Readonly<Record<string, string>>
  readonly substituteFrom?: readonly SubstituteReference[]
  readonly substituteStrategy?: 'WithVariables' | 'Always'
}

export interface SubstituteReference {
  readonly kind: 'Secret' | 'ConfigMap'
  readonly name: string
  /** Default: `false`. */
  readonly optional?: boolean
}

/** Where the manifests come from. */
export interface KustomizationSourceRef {
  /** Group and version of the source. Absent, source.toolkit.fluxcd.io/v1. */
  readonly apiVersion?: string
  /** GitRepository. */
  readonly kind: 'OCIRepository' | 'GitRepository' | 'Bucket' | 'ExternalArtifact'
  /** Name of the source. */
  readonly name: string
  /**
   * Namespace of the source. Another than this object's own is refused unless the operator's owner
   * allows it.
   */
  readonly namespace?: string
}

/** What was applied last, written by Lockstep. */
export interface KustomizationStatus {
  /** Ready, Reconciling, Stalled and Healthy. */
  readonly conditions?: readonly Condition[]
  /** Accepted for compatibility; not acted on yet. */
  readonly history?: readonly ReconcileSnapshot[]
  /** What is applied, and so may be pruned. Written before anything is applied. */
  readonly inventory?: ResourceInventory
  /** Accepted for compatibility; not acted on yet. */
  readonly lastAppliedOriginRevision?: string
  /** The revision that was applied whole. */
  readonly lastAppliedRevision?: string
  /** The revision that was tried last. */
  readonly lastAttemptedRevision?: string
  /** The value of the annotation reconcile.fluxcd.io/requestedAt that was acted on last. */
  readonly lastHandledReconcileAt?: string
  /** The generation that was acted on last; -1 before the first time. */
  readonly observedGeneration?: number
}

export interface ReconcileSnapshot {
  readonly digest: string
  readonly firstReconciled: string
  readonly lastReconciled: string
  readonly lastReconciledDuration: string
  readonly lastReconciledStatus: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly totalReconciliations: number
}

/** What is applied, and so may be pruned. Written before anything is applied. */
export interface ResourceInventory {
  /** One entry for each object. */
  readonly entries: readonly ResourceInventoryEntry[]
}

export interface ResourceInventoryEntry {
  /** namespace_name_group_kind, with an underscore twice for a colon in a name. */
  readonly id: string
  /** Version of the group that the object was applied as. */
  readonly v: string
}

/** kustomize.toolkit.fluxcd.io/v1 Kustomization. */
export const kustomizations: Resource<Kustomization> = resource(
  'kustomize.toolkit.fluxcd.io/v1',
  'Kustomization',
  'kustomizations',
)
