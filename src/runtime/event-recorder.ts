import type { KubeObject } from '#api'

/** One sentence for `kubectl describe`, of a transition, never of a steady state. */
export interface EventNote {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  /** No secret byte, no body of a remote answer. Cut at 1,024 bytes. */
  readonly message: string
}

/** Records core/v1 Events as client-go's recorder does; see `createEventRecorder`. */
export interface EventRecorder {
  /**
   * Queues an event about `about`; returns at once. Failures to write are counted and dropped; an
   * equal event within ten minutes raises the count of the first in place of a new one.
   */
  record(about: KubeObject, note: EventNote): void
  /** Resolves when everything queued has been written or dropped. */
  flush(): Promise<void>
}
