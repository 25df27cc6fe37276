// Written by `npm run generate` from crds/; change crds/descriptions or crds/additions.yaml instead.
import type { Condition, KubeObject } from '../object.ts'
import { resource, type Resource } from '../resource.ts'

/** A Secret that is safe to keep in Git. Only the cluster it was sealed for can open it. */
export interface SealedSecret extends KubeObject {
  /** The sealed values, and the Secret they become. */
  readonly spec: SealedSecretSpec
  /** How unsealing went, written by Lockstep. */
  readonly status?: SealedSecretStatus
}

/** The sealed values, and the Secret they become. */
export interface SealedSecretSpec {
  /** A whole Secret sealed as one value, in the form used before encryptedData. Base64. */
  readonly data?: string
  /** Key of the Secret to sealed value, in base64. */
  readonly encryptedData: Readonly<Record<string, string>>
  /** The rest of the Secret. */
  readonly template?: SealedSecretTemplate
}

/** The rest of the Secret. */
export interface SealedSecretTemplate {
  /**
   * Key to plain text, or to a template over the opened values. A sealed value of the same key
   * wins; null keeps a key out of the Secret.
   */
  readonly data?: Readonly<Record<string, string | null>> | null
  /** Makes the Secret immutable. */
  readonly immutable?: boolean
  /** Metadata of the Secret. */
  readonly metadata?: SealedSecretTemplateMetadata | null
  /** Type of the Secret. Absent, Opaque. */
  readonly type?: string
}

/** Metadata of the Secret. */
export interface SealedSecretTemplateMetadata {
  /**
   * Annotations of the Secret. sealedsecrets.bitnami.com/managed "true" lets it take over a Secret
   * that exists, sealedsecrets.bitnami.com/patch "true" lets it add keys to one, and
   * sealedsecrets.bitnami.com/skip-set-owner-references "true" leaves the Secret behind when this
   * object goes.
   */
  readonly annotations?: Readonly<Record<string, string>>
  /** Finalizers of the Secret. */
  readonly finalizers?: readonly string[]
  /** Labels of the Secret. */
  readonly labels?: Readonly<Record<string, string>>
  /**
   * Not used. The Secret always has this object's name; a value is bound to it unless its scope is
   * wider.
   */
  readonly name?: string
  /** Not used. The Secret is always in this object's namespace. */
  readonly namespace?: string
}

/** How unsealing went, written by Lockstep. */
export interface SealedSecretStatus {
  /** Synced comes first; kubectl shows the first condition. */
  readonly conditions?: readonly Condition[]
  /** The generation that the conditions are about. */
  readonly observedGeneration?: number
}

/** bitnami.com/v1alpha1 SealedSecret. */
export const sealedSecrets: Resource<SealedSecret> = resource(
  'bitnami.com/v1alpha1',
  'SealedSecret',
  'sealedsecrets',
)
