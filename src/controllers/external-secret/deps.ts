import type { ExternalSecret } from '#api'
import type { Env } from '#base'
import type { Client } from '#kube'
import type { Cache, EventRecorder, SecretMetadata, StatusWriter } from '#runtime'
import type { Gathered } from './gather.ts'
import type { Generators } from './generators.ts'
import type { AbsenceGuard } from './guard.ts'
import type { Memories } from './memory.ts'
import type { Policy } from './policy.ts'
import type { Overlay } from './target.ts'

/** What a reconcile needs; `controller.ts` puts it together. */
export interface Deps {
  readonly env: Env
  readonly client: Client
  readonly cache: Cache<ExternalSecret>
  /** Metadata of Secrets, with the index `createdBy` (namespace/label). */
  readonly targets: Cache<SecretMetadata>
  readonly status: StatusWriter<ExternalSecret>
  readonly events: EventRecorder
  readonly memories: Memories
  /** Whether every store it refers to, as far as they exist, is of our controller class. */
  readonly isOurs: (es: ExternalSecret) => boolean
  /** Reads the values. @throws Fault */
  readonly gather: (
    es: ExternalSecret,
    policy: Policy,
    generators: Generators,
    signal: AbortSignal,
  ) => Promise<Gathered>
  /** Its generators, as they are now. */
  readonly generators: (es: ExternalSecret, signal: AbortSignal) => Promise<Generators>
  /** Asked before anything is deleted for being absent. */
  readonly guard: Pick<AbsenceGuard, 'allow'>
  /** Values, rendered templates and metadata for the target. @throws Fault */
  readonly overlay: (
    es: ExternalSecret,
    values: ReadonlyMap<string, Uint8Array>,
    signal: AbortSignal,
  ) => Promise<Overlay>
  /** The other ExternalSecret that the target belongs to by seniority; undefined: it is free. */
  readonly senior: (es: ExternalSecret, policy: Policy) => ExternalSecret | undefined
}
