/** Shapes of built-in kinds, as far as Lockstep reads or writes them. */
import type { AnyObject, KubeObject } from './object.ts'

export interface Secret extends KubeObject {
  readonly type?: string
  /** Base64. */
  readonly data?: Readonly<Record<string, string>>
  /** Write-only: the server folds it into `data`. */
  readonly stringData?: Readonly<Record<string, string>>
  readonly immutable?: boolean
}

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>
  /** Base64. */
  readonly binaryData?: Readonly<Record<string, string>>
  readonly immutable?: boolean
}

export interface Namespace extends KubeObject {
  readonly spec?: { readonly finalizers?: readonly string[] }
  readonly status?: { readonly phase?: string }
}

export interface ServiceAccount extends KubeObject {
  readonly secrets?: readonly { readonly name: string }[]
}

export interface Deployment extends AnyObject {}

/** An event of the core group, as controllers record it. */
export interface CoreEvent extends KubeObject {
  readonly involvedObject: {
    readonly apiVersion?: string
    readonly kind?: string
    readonly namespace?: string
    readonly name?: string
    readonly uid?: string
    readonly resourceVersion?: string
    readonly fieldPath?: string
  }
  readonly reason?: string
  readonly message?: string
  readonly type?: string
  readonly source?: { readonly component?: string; readonly host?: string }
  readonly firstTimestamp?: string
  readonly lastTimestamp?: string
  readonly count?: number
  readonly reportingComponent?: string
  readonly reportingInstance?: string
}

export interface Lease extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string
    readonly leaseDurationSeconds?: number
    /** RFC 3339 with six digits. */
    readonly acquireTime?: string
    readonly renewTime?: string
    readonly leaseTransitions?: number
  }
}
