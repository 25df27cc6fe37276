/**
 * Keeps the newest commit that a GitRepository asks for at hand.
 *
 * Ensures: credential read, revision resolved by one ls-refs, its tree in the mirror, then status.
 * An outage of Git leaves what was fetched in use and says so.
 * Woken by: the GitRepository, its interval.
 * Writes: this object's status; events on transitions.
 */
import { Fault, outcomeOf, type Env } from '#base'
import { isDeleting, keyText, parseKey, type GitRepository, type ObjectKey } from '#api'
import {
  commitOfRevision,
  fetchRevision,
  isEmptyRepository,
  resolveRevision,
  type Mirror,
  type Revision,
  type WantedRef,
} from '#git'
import type { Client } from '#kube'
import { settled, type Cache, type EventRecorder, type Next, type StatusWriter } from '#runtime'
import { accessOf, type Access } from './credential.ts'
import { durationMs } from './durations.ts'
import type { Artifact, Mirrors } from './mirrors.ts'
import { dropPeerFinalizer } from './finalizer.ts'
import { whyNoSource } from './shape.ts'
import { newestInRange } from './versions.ts'
import {
  failedStatus,
  requestOf,
  sentenceOf,
  storedStatus,
  type SourceReason,
} from './source-status.ts'

export interface SourceDeps {
  readonly env: Env
  readonly client: Client
  readonly cache: Cache<GitRepository>
  readonly status: StatusWriter<GitRepository>
  readonly events: EventRecorder
  readonly mirrors: Mirrors
  /** What each source stands at, by key; read by the syncs. */
  readonly artifacts: Map<string, Artifact>
  /** Told when a source stands at another revision, or is gone. */
  readonly moved: (source: ObjectKey) => void
  /** Credentials as last read, by key. */
  readonly accesses: Map<string, HeldAccess>
}

/** A credential, and what it was read for. */
export interface HeldAccess {
  readonly access: Access
  readonly reason: string
  readonly readMs: number
}

const defaultTimeoutMs = 60_000
const defaultIntervalMs = 60_000
/** A credential that works is read again after so long; one that fails at once. */
const accessAgeMs = 600_000

export async function reconcileSource(
  text: string,
  deps: SourceDeps,
  signal: AbortSignal,
): Promise<Next> {
  const key = parseKey(text)
  const repository = deps.cache.get(key)
  if (repository === undefined || isDeleting(repository)) {
    await forget(text, deps)
    if (repository !== undefined) await dropPeerFinalizer(repository, deps.client, signal)
    return settled
  }
  const misshapen = whyNoSource(repository)
  if (repository.spec?.suspend === true) {
    if (misshapen === undefined) await restore(repository, deps, signal)
    return settled
  }
  const work = (): Promise<Refreshed> =>
    misshapen === undefined ? refresh(repository, deps, signal) : Promise.reject(misshapen)
  const outcome = await outcomeOf(work, signal)
  const nowMs = deps.env.clock.now()
  if (outcome.kind === 'done') {
    await stored(repository, outcome.value, deps, signal)
    return { kind: 'after', ms: durationMs(repository.spec?.interval, defaultIntervalMs) }
  }
  deps.accesses.delete(text)
  const { fault } = outcome
  const reason = misshapen === undefined ? reasonOf(fault) : 'InvalidSpec'
  const stalled = isStalled(reason)
  const message = sentenceOf(fault)
  const status = failedStatus(repository, reason, message, { stalled, nowMs })
  if (isNews(repository, reason, message)) {
    deps.events.record(repository, { type: 'Warning', reason, message })
  }
  await deps.status.write(repository, status, signal)
  return { kind: 'failed', retry: stalled ? { kind: 'onChange' } : fault.retry }
}

interface Refreshed {
  readonly revision: Revision
  readonly mirror: Mirror
}

async function refresh(
  repository: GitRepository,
  deps: SourceDeps,
  signal: AbortSignal,
): Promise<Refreshed> {
  checkSupported(repository)
  const mirror = await mirrorOf(repository, deps, signal)
  await restore(repository, deps, signal, mirror)
  const wanted: WantedRef = repository.spec?.ref ?? {}
  const listed = await resolveRevision(mirror, wanted, signal, newestInRange)
  return { mirror, revision: await fetchRevision(mirror, wanted, listed, signal) }
}

async function stored(
  repository: GitRepository,
  { mirror, revision }: Refreshed,
  deps: SourceDeps,
  signal: AbortSignal,
): Promise<void> {
  const key = keyText(repository.metadata)
  const before = deps.artifacts.get(key)
  deps.artifacts.set(key, { mirror, commit: revision.commit, revision: revision.text })
  const isElsewhere = before?.revision !== revision.text || before.mirror !== mirror
  try {
    await tellStored(repository, { mirror, revision }, deps, signal)
  } finally {
    // Also where the API server is away: the next look finds the source where it is already.
    if (isElsewhere) deps.moved(repository.metadata)
  }
}

async function tellStored(
  repository: GitRepository,
  { mirror, revision }: Refreshed,
  deps: SourceDeps,
  signal: AbortSignal,
): Promise<void> {
  await deps.mirrors.settled(keyText(repository.metadata))
  if (repository.status?.artifact?.revision !== revision.text) {
    const { subject } = await mirror.commit(revision.commit, signal)
    const message = `stored artifact for commit '${subject.slice(0, 200)}'`
    deps.events.record(repository, { type: 'Normal', reason: 'NewArtifact', message })
  }
  const status = storedStatus(repository, revision.text, deps.env.clock.now())
  await deps.status.write(repository, status, signal)
}

/** After a restart: what status names and the mirror on disk still has is in use without the network. */
async function restore(
  repository: GitRepository,
  deps: SourceDeps,
  signal: AbortSignal,
  known?: Mirror,
): Promise<void> {
  const key = keyText(repository.metadata)
  const revision = repository.status?.artifact?.revision
  const commit = revision === undefined ? undefined : commitOfRevision(revision)
  if (deps.artifacts.has(key) || revision === undefined || commit === undefined) return
  const mirror = known ?? (await mirrorOf(repository, deps, signal))
  if (!(await mirror.has(commit, signal))) return
  deps.artifacts.set(key, { mirror, commit, revision })
  deps.moved(repository.metadata)
}

async function mirrorOf(
  repository: GitRepository,
  deps: SourceDeps,
  signal: AbortSignal,
): Promise<Mirror> {
  const key = keyText(repository.metadata)
  const access = await heldAccess(key, repository, deps, signal)
  return deps.mirrors.use(key, {
    ...access,
    url: repository.spec?.url ?? '',
    timeoutMs: durationMs(repository.spec?.timeout, defaultTimeoutMs),
  })
}

async function heldAccess(
  key: string,
  repository: GitRepository,
  deps: SourceDeps,
  signal: AbortSignal,
): Promise<Access> {
  const { uid = '', generation = 0 } = repository.metadata
  const reason = `${uid} ${generation} ${requestOf(repository) ?? ''}`
  const held = deps.accesses.get(key)
  const nowMs = deps.env.clock.monotonic()
  if (held?.reason === reason && nowMs - held.readMs < accessAgeMs) return held.access
  const access = await accessOf(repository, deps.client, signal)
  deps.accesses.set(key, { access, reason, readMs: nowMs })
  return access
}

/** Fields that change what is fetched must not be passed over in silence. */
function checkSupported(repository: GitRepository): void {
  const spec = repository.spec
  const given: readonly (readonly [string, boolean])[] = [
    ['verify', spec?.verify !== undefined],
    ['include', (spec?.include?.length ?? 0) > 0],
    ['recurseSubmodules', spec?.recurseSubmodules === true],
    ['sparseCheckout', (spec?.sparseCheckout?.length ?? 0) > 0],
    ['ignore', (spec?.ignore ?? '') !== ''],
    ['proxySecretRef', spec?.proxySecretRef !== undefined],
    ['provider', spec?.provider !== undefined && spec.provider !== 'generic'],
  ]
  const found = given.find(([, isGiven]) => isGiven)
  if (found === undefined) return
  throw new Fault('Unsupported', `spec.${found[0]} is not supported yet`, {
    at: `spec.${found[0]}`,
    hint: 'remove the field, or leave this object to another controller',
  })
}

async function forget(text: string, deps: SourceDeps): Promise<void> {
  deps.accesses.delete(text)
  deps.artifacts.delete(text) // its users find out when they look next; nothing of theirs changes
  await deps.mirrors.release(text)
}

function reasonOf(fault: Fault): SourceReason {
  if (isEmptyRepository(fault)) return 'EmptyGitRepository'
  switch (fault.reason) {
    case 'InvalidRef':
      return 'AuthenticationFailed'
    case 'InvalidSpec':
      return fault.message.includes('URL') ? 'URLInvalid' : 'GitOperationFailed'
    case 'Unsupported':
      return 'UnsupportedField'
    default:
      return 'GitOperationFailed'
  }
}

function isStalled(reason: SourceReason): boolean {
  return ['InvalidSpec', 'URLInvalid', 'UnsupportedField'].includes(reason)
}

function isNews(repository: GitRepository, reason: string, message: string): boolean {
  const ready = repository.status?.conditions?.find(({ type }) => type === 'Ready')
  return ready?.status !== 'False' || ready.reason !== reason || ready.message !== message
}
