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
  /** Metadata that every object gets. */
  readonly commonMetadata?: KustomizationCommonMetadata
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly components?: readonly string[]
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly decryption?: KustomizationDecryption
  /**
   * What happens to what was applied when this object is deleted. MirrorPrune, also when empty,
   * deletes it where prune is set. Delete and WaitForTermination delete it, Orphan leaves it.
   */
  readonly deletionPolicy?: 'MirrorPrune' | 'Delete' | 'WaitForTermination' | 'Orphan'
  /** Kustomizations that must be ready first. One of the same source must have come as far. */
  readonly dependsOn?: readonly KustomizationDependency[]
  /** Deletes and creates again what cannot be changed in place. Default: `false`. */
  readonly force?: boolean
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly healthCheckExprs?: readonly HealthCheckExpression[]
  /** Is Ready only once these objects are healthy. Not looked at with wait. */
  readonly healthChecks?: readonly HealthCheck[]
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly ignore?: readonly KustomizationIgnore[]
  /** Accepted for compatibility; not acted on yet. */
  readonly ignoreMissingComponents?: boolean
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly images?: readonly KustomizationImage[]
  /** How often everything is applied again even when nothing moved, as in 10m. */
  readonly interval: string
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly kubeConfig?: KustomizationKubeConfig
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly namePrefix?: string
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly nameSuffix?: string
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
  readonly patches?: readonly KustomizationPatch[]
  /** The folder, from the root of the repository. Absent, the root. */
  readonly path?: string
  /** Variables that are put into each object once it is rendered. */
  readonly postBuild?: PostBuild
  /** Deletes what was applied before and has left the folder. */
  readonly prune: boolean
  /**
   * How long to wait after a failure. Absent, longer each time, from a second to five minutes; the
   * interval, an hour at most, where only a change can help.
   */
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
  /**
   * How long to wait for health, with wait or healthChecks. Absent, half a minute less than the
   * interval.
   */
  readonly timeout?: string
  /** Is Ready only once everything applied is healthy. */
  readonly wait?: boolean
}

/** Metadata that every object gets. */
export interface KustomizationCommonMetadata {
  /** Annotations. */
  readonly annotations?: Readonly<Record<string, string>>
  /** Labels. */
  readonly labels?: Readonly<Record<string, string>>
}

export interface KustomizationDecryption {
  readonly provider: 'sops'
  readonly secretRef?: LocalObjectReference
  readonly serviceAccountName?: string
}

export interface KustomizationDependency {
  /** Name of the Kustomization. */
  readonly name: string
  /** Its namespace. Absent, this object's own. */
  readonly namespace?: string
  /**
   * Not supported yet. The status of an object that uses it says so, and nothing is changed for it.
   */
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
  /** Group and version of the object. */
  readonly apiVersion?: string
  /** Kind of the object. */
  readonly kind: string
  /** Name of the object. */
  readonly name: string
  /** Namespace of the object. Absent, this object's own. */
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

/** Variables that are put into each object once it is rendered. */
export interface PostBuild {
  /** Values by name. They win over those of substituteFrom. */
  readonly substitute?: Readonly<Record<string, string>>
  /**
   * ConfigMaps and Secrets of this namespace whose keys are variables, read with the rights of the
   * service account. A later one wins.
   */
  readonly substituteFrom?: readonly SubstituteReference[]
  /**
   * WithVariables, the default, leaves everything as it is when there is no variable at all; Always
   * does not.
   */
  readonly substituteStrategy?: 'WithVariables' | 'Always'
}

export interface SubstituteReference {
  /** ConfigMap or Secret. */
  readonly kind: 'Secret' | 'ConfigMap'
  /** Its name. */
  readonly name: string
  /** It may be missing. Default: `false`. */
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
  /** Ready, Reconciling, Stalled, Healthy and PruneHeld. */
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
  /** namespace_name_group_kind. A colon in a name is written as two underscores. */
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
