/** What a GitRepository's status says, in the peer's words. */
import { createHash } from 'node:crypto'
import { timeText, utf8, type Fault } from '#base'
import type { Condition, GitRepository, GitRepositoryStatus } from '#api'
import { setCondition } from '#runtime'

/** The reasons the peer's users match on. */
export type SourceReason =
  | 'AuthenticationFailed'
  | 'EmptyGitRepository'
  | 'GitOperationFailed'
  | 'InvalidProviderConfiguration'
  | 'InvalidSpec'
  | 'UnsupportedField'
  | 'URLInvalid'

const requestedAt = 'reconcile.fluxcd.io/requestedAt'

/** The value with which a person asks for a reconcile now. */
export function requestOf(object: {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> }
}): string | undefined {
  const { annotations } = object.metadata
  if (annotations === undefined || !Object.hasOwn(annotations, requestedAt)) return undefined
  return annotations[requestedAt]
}

/** Status after the newest revision is in the mirror. */
export function storedStatus(
  repository: GitRepository,
  revision: string,
  nowMs: number,
): GitRepositoryStatus {
  const message = `stored artifact for revision '${revision}'`
  const generation = repository.metadata.generation ?? 0
  const good = (type: string): Omit<Condition, 'lastTransitionTime'> => ({
    type,
    status: 'True',
    reason: 'Succeeded',
    message,
    observedGeneration: generation,
  })
  const kept = without(repository.status?.conditions, ['Reconciling', 'Stalled', 'FetchFailed'])
  const ready = setCondition(kept, good('Ready'), nowMs)
  return {
    ...carried(repository),
    observedGeneration: generation,
    artifact: artifactOf(repository, revision, nowMs),
    conditions: setCondition(ready, good('ArtifactInStorage'), nowMs),
  }
}

/** Status after a failure; what was fetched before stays and stays usable. */
export function failedStatus(
  repository: GitRepository,
  reason: SourceReason,
  message: string,
  options: { readonly stalled: boolean; readonly nowMs: number },
): GitRepositoryStatus {
  const { nowMs, stalled } = options
  const generation = repository.metadata.generation ?? 0
  const hasArtifact = repository.status?.artifact !== undefined
  const about = { reason, message, observedGeneration: generation }
  let conditions = without(repository.status?.conditions, ['Reconciling', 'Stalled'])
  conditions = setCondition(conditions, { type: 'Ready', status: 'False', ...about }, nowMs)
  conditions = stalled
    ? setCondition(conditions, { type: 'Stalled', status: 'True', ...about }, nowMs)
    : setCondition(conditions, retrying(hasArtifact, generation), nowMs)
  conditions = setCondition(conditions, { type: 'FetchFailed', status: 'True', ...about }, nowMs)
  return {
    ...carried(repository),
    observedGeneration: stalled ? generation : (repository.status?.observedGeneration ?? -1),
    conditions,
  }
}

/** One sentence for a person: what, and what to do about it. */
export function sentenceOf(fault: Fault): string {
  return fault.hint === undefined ? fault.message : `${fault.message}; ${fault.hint}`
}

function retrying(hasArtifact: boolean, generation: number): Omit<Condition, 'lastTransitionTime'> {
  return {
    type: 'Reconciling',
    status: 'True',
    reason: 'ProgressingWithRetry',
    message: hasArtifact ? 'reconciliation in progress' : 'building artifact',
    observedGeneration: generation,
  }
}

function carried(repository: GitRepository): GitRepositoryStatus {
  const request = requestOf(repository)
  return {
    ...repository.status,
    ...(request === undefined ? {} : { lastHandledReconcileAt: request }),
  }
}

function artifactOf(
  repository: GitRepository,
  revision: string,
  nowMs: number,
): NonNullable<GitRepositoryStatus['artifact']> {
  const before = repository.status?.artifact
  if (before?.revision === revision) return before
  const { namespace = '', name } = repository.metadata
  const commit = revision.slice(-40)
  const path = `gitrepository/${namespace}/${name}/${commit}`
  return {
    digest: `sha256:${createHash('sha256').update(utf8(commit)).digest('hex')}`,
    lastUpdateTime: timeText(nowMs),
    path,
    revision,
    url: `mirror:///${path}`, // nothing is served there; consumers require the field
  }
}

/** The conditions but those of some types. */
export function without(
  conditions: readonly Condition[] | undefined,
  types: readonly string[],
): readonly Condition[] {
  return (conditions ?? []).filter((condition) => !types.includes(condition.type))
}
