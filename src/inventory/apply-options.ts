/** What an apply is given and what it answers. */
import type { Clock } from '#base'
import type { AnyObject } from '#api'
import type { Client } from '#kube'
import type { InventoryEntry } from './entry.ts'

/** An object to apply, and its place in Git for messages. */
export interface ApplyItem {
  readonly object: AnyObject
  /** `apps/web.yaml:12`. */
  readonly place: string
  /** It holds a value out of a Secret: what the server says of it is not repeated. */
  readonly isSecretive?: boolean
}

/** What happened to one object. */
export interface Applied {
  readonly subject: string
  readonly action: 'created' | 'configured' | 'unchanged' | 'skipped'
}

/** That an object was seen to be as rendered; as long as both stay the same it still is. */
export interface Proof {
  /** Of what was rendered. */
  readonly digest: string
  /** Of what was seen live; see {@link markerOf}. */
  readonly marker: string
  /** The exact version that was seen live; see {@link versionTextOf}. */
  readonly version: string
}

/** What is known about objects from earlier passes and from watches. Keys: inventory ids. */
export interface Proofs {
  get(id: string): Proof | undefined
  set(id: string, proof: Proof): void
  delete(id: string): void
  /** The marker of what a watch shows now; undefined: not known. */
  seen(id: string): string | undefined
}

export interface ApplyOptions {
  /** Asked which kinds are served. */
  readonly discovery: Client
  /** Writes; the identity the objects are written as. */
  readonly client: Client
  readonly fieldManager: string
  readonly clock: Clock
  readonly proofs: Proofs
  readonly digestOf: (object: AnyObject) => string
  /** Delete and make again what is refused as immutable. */
  readonly force: boolean
  /** Called with the entries of a stage before any of it is written; what it throws ends the pass. */
  readonly noteAhead: (entries: readonly InventoryEntry[]) => Promise<void>
  readonly signal: AbortSignal
}

export interface ApplyResult {
  readonly entries: readonly InventoryEntry[]
  readonly changes: readonly Applied[]
}
