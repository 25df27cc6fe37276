/** What one pass of a sync needs and knows. */
import type { Env } from '#base'
import type { GitRepository, Kustomization } from '#api'
import type { Applied, InventoryEntry } from '#inventory'
import type { Client } from '#kube'
import type { Cache, EventRecorder, StatusWriter } from '#runtime'
import type { Rules } from './decide.ts'
import type { Blocked } from './blocked.ts'
import type { DriftWatch } from './drift.ts'
import type { Artifact } from './mirrors.ts'
import type { SyncMemories, SyncMemory } from './sync-memory.ts'
import type { Phase } from './sync-status.ts'
import type { Waits } from './waits.ts'

/** What every reconcile of a Kustomization uses. */
export interface SyncDeps {
  readonly env: Env
  readonly client: Client
  readonly syncs: Cache<Kustomization>
  readonly sources: Cache<GitRepository>
  readonly status: StatusWriter<Kustomization>
  readonly events: EventRecorder
  readonly artifacts: ReadonlyMap<string, Artifact>
  readonly memories: SyncMemories
  readonly drift: DriftWatch
  /** Wakes who lacks a namespace; absent: nothing is watched. */
  readonly blocked: Blocked | undefined
  readonly waits: Waits
  readonly rules: Rules
  /** Whether a variable that nobody sets, without a default, fails the build; else it is empty. */
  readonly strictSubstitution: boolean
  /** Passes under way, so that a newer revision can cancel them. */
  readonly passes: Map<string, AbortController>
}

/** The peer's own name, so that what it applied before stays owned by the same manager. */
export const fieldManager = 'kustomize-controller'
/** A pass as far as it has come. */
export interface Pass {
  phase: Phase
  object: Kustomization
  revision: string | undefined
  inventory: readonly InventoryEntry[] | undefined
  changes: readonly Applied[]
  healthyMs: number | undefined
  /** Ends the pass. */
  readonly control: AbortController
  readonly before: readonly InventoryEntry[]
  /** A crowd was held back when the pass began. */
  readonly wasCrowd: boolean
  readonly memory: SyncMemory
  readonly startedMs: number
}
