// Written by `npm run generate` from crds/; change crds/descriptions or crds/additions.yaml instead.
import type { Condition, KubeObject } from '../object.ts'
import { resource, type Resource } from '../resource.ts'
import type { LocalObjectReference } from './shared.ts'

/** A Kustomization. */
export interface Kustomization extends KubeObject {
  /** Accepted for compatibility; not acted on yet. */
  readonly spec?: KustomizationSpec
  /** Accepted for compatibility; not acted on yet. */
  readonly status?: KustomizationStatus
}

/** Accepted for compatibility; not acted on yet. */
export interface KustomizationSpec {
  readonly buildMetadata?: readonly ('originAnnotations' | 'transformerAnnotations')[]
  readonly commonMetadata?: KustomizationCommonMetadata
  readonly components?: readonly string[]
  readonly decryption?: KustomizationDecryption
  readonly deletionPolicy?: 'MirrorPrune' | 'Delete' | 'WaitForTermination' | 'Orphan'
  readonly dependsOn?: readonly KustomizationDependency[]
  /** Default: `false`. */
  readonly force?: boolean
  readonly healthCheckExprs?: readonly HealthCheckExpression[]
  readonly healthChecks?: readonly HealthCheck[]
  readonly ignore?: readonly KustomizationIgnore[]
  readonly ignoreMissingComponents?: boolean
  readonly images?: readonly KustomizationImage[]
  readonly interval: string
  readonly kubeConfig?: KustomizationKubeConfig
  readonly namePrefix?: string
  readonly nameSuffix?: string
  readonly patches?: readonly KustomizationPatch[]
  readonly path?: string
  readonly postBuild?: PostBuild
  readonly prune: boolean
  readonly retryInterval?: string
  readonly serviceAccountName?: string
  readonly sourceRef: KustomizationSourceRef
  readonly suspend?: boolean
  readonly targetNamespace?: string
  readonly timeout?: string
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

export interface KustomizationSourceRef {
  readonly apiVersion?: string
  readonly kind: 'OCIRepository' | 'GitRepository' | 'Bucket' | 'ExternalArtifact'
  readonly name: string
  readonly namespace?: string
}

/** Accepted for compatibility; not acted on yet. */
export interface KustomizationStatus {
  readonly conditions?: readonly Condition[]
  readonly history?: readonly ReconcileSnapshot[]
  readonly inventory?: ResourceInventory
  readonly lastAppliedOriginRevision?: string
  readonly lastAppliedRevision?: string
  readonly lastAttemptedRevision?: string
  readonly lastHandledReconcileAt?: string
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

export interface ResourceInventory {
  readonly entries: readonly ResourceInventoryEntry[]
}

export interface ResourceInventoryEntry {
  readonly id: string
  readonly v: string
}

/** kustomize.toolkit.fluxcd.io/v1 Kustomization. */
export const kustomizations: Resource<Kustomization> = resource(
  'kustomize.toolkit.fluxcd.io/v1',
  'Kustomization',
  'kustomizations',
)
