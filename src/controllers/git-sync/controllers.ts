/**
 * The two controllers of Git sync and which event wakes which key.
 *
 * A GitRepository is woken by itself and its interval; a Kustomization by itself, by its source
 * standing at another revision, by its dependencies, and by drift of what it owns.
 */
import { Fault, field, stringOf, type Env } from '#base'
import {
  gitRepositories,
  keyText,
  kustomizations,
  type GitRepository,
  type Kustomization,
  type ObjectKey,
} from '#api'
import type { Client } from '#kube'
import {
  createController,
  createInformer,
  createStatusWriter,
  type Change,
  type Controller,
  type EventRecorder,
  type Informer,
  type Metrics,
} from '#runtime'
import { Blocked } from './blocked.ts'
import { namespaceOr, type Rules } from './decide.ts'
import { DriftWatch } from './drift.ts'
import { Mirrors, realMirrors, type Artifact, type OpenMirror } from './mirrors.ts'
import { requestOf } from './source-status.ts'
import { reconcileSource, type HeldAccess } from './source-reconciler.ts'
import { readable, whyNoSync } from './shape.ts'
import { SyncMemories } from './sync-memory.ts'
import { reconcileSync } from './sync-reconciler.ts'
import { Waits } from './waits.ts'

export interface GitSyncOptions {
  /** Where mirrors live; may be lost. */
  readonly folder: string
  /** The operator's own namespace, whose syncs may use the operator's own rights. */
  readonly systemNamespace?: string
  /** Impersonated where a Kustomization names none. */
  readonly defaultServiceAccount?: string
  /** Outside the system namespace an account to impersonate must be named. Default true. */
  readonly requireServiceAccount?: boolean
  /** Sources and dependencies of other namespaces may be named. Default false. */
  readonly allowCrossNamespace?: boolean
  /** How drift is seen: by watches, within seconds (default), or when the interval has passed. */
  readonly drift?: 'watch' | 'interval'
  /** A variable that nobody sets, without a default, fails the build; else it is empty. Default true. */
  readonly strictSubstitution?: boolean
  /** Watch one namespace only. */
  readonly namespace?: string
  /** Asked with each address of a Git server before connecting; false refuses it. */
  readonly allowAddress?: (address: string) => boolean
  /** Another way to open mirrors, for simulation. */
  readonly openMirror?: OpenMirror
}

export interface GitSyncDeps {
  readonly env: Env
  readonly client: Client
  /** Of Kustomizations; Flux's component is `kustomize-controller`. */
  readonly events: EventRecorder
  /** Of GitRepositories, `source-controller` with Flux. Default: `events`. */
  readonly sourceEvents?: EventRecorder
  readonly metrics?: Metrics
  readonly options: GitSyncOptions
}

/** One controller, to be run until its signal aborts. */
export interface GitSyncController {
  readonly name: string
  run(signal: AbortSignal): Promise<void>
  /** Whether its caches have been filled. */
  ready(): boolean
}

const driftDebounceMs = 250
const driftWindowMs = 60_000

/** The GitRepository and the Kustomization controller; run both, they share mirrors. */
export function gitSyncControllers(deps: GitSyncDeps): readonly GitSyncController[] {
  const shared = new GitSync(deps)
  return [shared.sourceController(), shared.syncController()]
}

class GitSync {
  readonly #deps: GitSyncDeps
  readonly #sources: Informer<GitRepository>
  readonly #syncs: Informer<Kustomization>
  readonly #sourceLoop: Controller
  readonly #syncLoop: Controller
  readonly #mirrors: Mirrors
  readonly #drift: DriftWatch
  readonly #blocked: Blocked
  readonly #waits = new Waits()
  readonly #artifacts = new Map<string, Artifact>()
  readonly #memories = new SyncMemories()
  readonly #passes = new Map<string, AbortController>()

  constructor(deps: GitSyncDeps) {
    this.#deps = deps
    const { env, client, events, metrics, options } = deps
    const scope = options.namespace === undefined ? {} : { namespace: options.namespace }
    const onRestart =
      metrics === undefined
        ? {}
        : { onRestart: (name: string, why: string) => metrics.watchRestarted(name, why) }
    const common = { env, client, ...scope, ...onRestart }
    this.#sources = createInformer<GitRepository, GitRepository>({
      ...common,
      resource: gitRepositories,
      keep: slim,
    })
    this.#syncs = createInformer<Kustomization, Kustomization>({
      ...common,
      resource: kustomizations,
      keep: slim,
      indexes: { source: (sync) => [sourceKeyOf(sync)], dependency: dependencyKeysOf },
    })
    this.#mirrors = new Mirrors(
      options.folder,
      options.openMirror ?? realMirrors(env, options.allowAddress),
      (folder) => env.fs.remove(folder),
    )
    this.#drift = new DriftWatch({
      env,
      client,
      mode: options.drift ?? 'watch',
      onDrift: (sync) => this.#drifted(sync),
      ...onRestart,
    })
    this.#blocked = new Blocked({
      env,
      client,
      onFree: (sync) => this.#syncLoop.enqueue(sync),
      ...onRestart,
    })
    const sourceStatus = createStatusWriter({ env, client, resource: gitRepositories })
    const syncStatus = createStatusWriter({ env, client, resource: kustomizations })
    const accesses = new Map<string, HeldAccess>()
    const parts = { env, client, ...(metrics === undefined ? {} : { metrics }) }
    this.#sourceLoop = createController({
      name: 'gitrepository',
      ...parts,
      reconcile: (key, signal) =>
        reconcileSource(
          key,
          {
            env,
            client,
            events: deps.sourceEvents ?? events,
            cache: this.#sources.cache,
            status: sourceStatus,
            mirrors: this.#mirrors,
            artifacts: this.#artifacts,
            accesses,
            moved: (source) => this.#moved(source),
          },
          signal,
        ),
    })
    this.#syncLoop = createController({
      name: 'kustomization',
      ...parts,
      reconcile: (key, signal) =>
        reconcileSync(
          key,
          {
            env,
            client,
            events,
            syncs: this.#syncs.cache,
            sources: this.#sources.cache,
            status: syncStatus,
            artifacts: this.#artifacts,
            memories: this.#memories,
            drift: this.#drift,
            // Without rights to watch, a sync comes back by its backoff.
            blocked: (options.drift ?? 'watch') === 'watch' ? this.#blocked : undefined,
            waits: this.#waits,
            rules: rulesOf(options),
            strictSubstitution: options.strictSubstitution ?? true,
            passes: this.#passes,
          },
          signal,
        ),
    })
    this.#sources.onChange((change) => {
      const key = keyText(change.object.metadata)
      if (isCalled(change)) this.#sourceLoop.enqueue(key)
      // The syncs say in their own status that their source is missing or has nothing yet.
      if (change.kind === 'deleted') return
      if (change.kind === 'added' || hasArtifact(change.object) !== hasArtifact(change.previous)) {
        this.#wakeUsers(key)
      }
    })
    this.#syncs.onChange((change) => {
      const key = keyText(change.object.metadata)
      if (isCalled(change)) this.#wake(key, 'its spec has changed')
      for (const dependent of this.#syncs.cache.by('dependency', key)) {
        if (isMoved(change)) this.#syncLoop.enqueue(keyText(dependent.metadata))
      }
    })
  }

  sourceController(): GitSyncController {
    return {
      name: 'gitrepository',
      ready: () => this.#sources.hasSynced(),
      run: async (signal) => {
        const watching = this.#sources.run(signal)
        try {
          await this.#sources.synced(signal).catch(() => {})
          if (!signal.aborted) await this.#sourceLoop.run(signal)
        } finally {
          await watching
          await this.#mirrors.close()
        }
      },
    }
  }

  syncController(): GitSyncController {
    return {
      name: 'kustomization',
      ready: () => this.#syncs.hasSynced() && this.#sources.hasSynced(),
      run: async (signal) => {
        this.#drift.start(signal)
        this.#blocked.start(signal)
        this.#waits.start(signal)
        const watching = this.#syncs.run(signal)
        try {
          // A source that is not in the cache yet must not look like one that does not exist.
          const filled = [this.#syncs.synced(signal), this.#sources.synced(signal)]
          await Promise.all(filled).catch(() => {})
          if (!signal.aborted) await this.#syncLoop.run(signal)
        } finally {
          await watching
        }
      },
    }
  }

  /** The source stands elsewhere: its users go there, whatever they are doing. */
  #moved(source: ObjectKey): void {
    this.#wakeUsers(keyText(source))
  }

  #wakeUsers(source: string): void {
    for (const sync of this.#syncs.cache.by('source', source)) {
      this.#wake(keyText(sync.metadata), 'its source has moved')
    }
  }

  #wake(key: string, why: string): void {
    this.#passes.get(key)?.abort(new Fault('Cancelled', why))
    this.#syncLoop.enqueue(key)
  }

  /** Puts drift back soon; ever later while somebody keeps changing the same things. */
  #drifted(sync: string): void {
    const memory = this.#memories.peek(sync)
    if (memory === undefined) return
    const nowMs = this.#deps.env.clock.monotonic()
    const recent = memory.corrections.filter((at) => nowMs - at < driftWindowMs)
    memory.corrections.splice(0, memory.corrections.length, ...recent, nowMs)
    const delayMs = Math.min(driftDebounceMs * 2 ** Math.max(0, recent.length - 3), driftWindowMs)
    this.#syncLoop.enqueueAfter(sync, delayMs)
  }
}

function rulesOf(options: GitSyncOptions): Rules {
  const { systemNamespace, defaultServiceAccount } = options
  return {
    ...(systemNamespace === undefined ? {} : { systemNamespace }),
    ...(defaultServiceAccount === undefined ? {} : { defaultServiceAccount }),
    requireServiceAccount: options.requireServiceAccount ?? true,
    allowCrossNamespace: options.allowCrossNamespace ?? false,
  }
}

/** Without managedFields, which nobody reads here, and what of a status nobody can. */
function slim<T extends GitRepository | Kustomization>(object: T): T {
  const { managedFields: _, ...metadata } = object.metadata
  return readable({ ...object, metadata })
}

function sourceKeyOf(sync: Kustomization): string {
  const ref: unknown = sync.spec?.sourceRef
  const namespace = namespaceOr(stringOf(field(ref, 'namespace')), sync.metadata.namespace)
  return keyText({ namespace, name: stringOf(field(ref, 'name')) ?? '' })
}

function dependencyKeysOf(sync: Kustomization): readonly string[] {
  if (whyNoSync(sync) !== undefined) return []
  const own = sync.metadata.namespace
  return (sync.spec?.dependsOn ?? []).map(({ name, namespace }) =>
    keyText({ namespace: namespaceOr(namespace, own), name }),
  )
}

/** Whether a change calls for a reconcile: anything but a status of anybody's. */
function isCalled(change: Change<GitRepository | Kustomization>): boolean {
  if (change.kind !== 'updated') return true
  const { object, previous } = change
  return (
    object.metadata.generation !== previous.metadata.generation ||
    object.metadata.uid !== previous.metadata.uid ||
    object.metadata.deletionTimestamp !== previous.metadata.deletionTimestamp ||
    requestOf(object) !== requestOf(previous) ||
    annotationsText(object) !== annotationsText(previous)
  )
}

function annotationsText(object: GitRepository | Kustomization): string {
  return JSON.stringify(object.metadata.annotations ?? {})
}

/** Whether a dependency may have become ready, or unready. */
function isMoved(change: Change<Kustomization>): boolean {
  if (change.kind !== 'updated') return true
  const text = (sync: Kustomization): string =>
    JSON.stringify([
      sync.metadata.generation,
      sync.status?.observedGeneration,
      sync.status?.lastAppliedRevision,
      sync.status?.conditions?.find(({ type }) => type === 'Ready')?.status,
    ])
  return text(change.object) !== text(change.previous)
}

function hasArtifact(repository: GitRepository): boolean {
  return repository.status?.artifact !== undefined
}
