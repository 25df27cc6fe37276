// Written by `npm run generate` from crds/; change crds/descriptions or crds/additions.yaml instead.
import type { Condition, KubeObject } from '../object.ts'
import { resource, type Resource } from '../resource.ts'

/** A SealedSecret. */
export interface SealedSecret extends KubeObject {
  /** Accepted for compatibility; not acted on yet. */
  readonly spec: SealedSecretSpec
  /** Accepted for compatibility; not acted on yet. */
  readonly status?: SealedSecretStatus
}

/** Accepted for compatibility; not acted on yet. */
export interface SealedSecretSpec {
  /** Base64. */
  readonly data?: string
  readonly encryptedData: Readonly<Record<string, string>>
  readonly template?: SealedSecretTemplate
}

export interface SealedSecretTemplate {
  readonly data?: Readonly<Record<string, string>> | null
  readonly immutable?: boolean
  readonly metadata?: SealedSecretTemplateMetadata | null
  readonly type?: string
}

export interface SealedSecretTemplateMetadata {
  readonly annotations?: Readonly<Record<string, string>>
  readonly finalizers?: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
  readonly name?: string
  readonly namespace?: string
}

/** Accepted for compatibility; not acted on yet. */
export interface SealedSecretStatus {
  readonly conditions?: readonly Condition[]
  readonly observedGeneration?: number
}

/** bitnami.com/v1alpha1 SealedSecret. */
export const sealedSecrets: Resource<SealedSecret> = resource(
  'bitnami.com/v1alpha1',
  'SealedSecret',
  'sealedsecrets',
)
