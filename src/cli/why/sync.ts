/** Why what is in Git is not in the cluster. */
import type { Condition, GitRepository, Kustomization } from '#api'
import { plainUrl, textOf } from '../chain/chain.ts'
import { firstSaid, quoted, type Finding, type Rule } from './finding.ts'

/** What is wrong with a sync or its repository; empty: nothing. */
export function whySync(sync: Kustomization, repository: GitRepository | null): readonly Finding[] {
  const { namespace = '', name } = sync.metadata
  const about = textOf(sync)
  if (sync.spec?.suspend === true) {
    const what = 'It is suspended: what is committed since then is not applied.'
    return [
      { about, reason: 'SyncSuspended', what, fix: [resumed('kustomization', namespace, name)] },
    ]
  }
  const findings: Finding[] = []
  const ref = sync.spec?.sourceRef
  if (repository !== null) findings.push(...whyRepository(repository))
  else if (ref?.kind === 'GitRepository') {
    const where = (ref.namespace ?? '') || namespace
    const what = `It draws from the GitRepository ${where}/${ref.name}, and there is none.`
    findings.push({
      about,
      reason: 'SourceMissing',
      what,
      fix: [`kubectl -n ${where} get gitrepositories`],
    })
  }
  const ready = readyOf(sync)
  if (findings.length > 0 || ready?.status === 'True') return findings
  return [whyNotApplied(sync, ready)]
}

function whyNotApplied(sync: Kustomization, ready: Condition | undefined): Finding {
  const { namespace = '', name } = sync.metadata
  const about = textOf(sync)
  const look = `kubectl -n ${namespace} describe kustomization ${name}`
  if (ready === undefined || ready.status === 'Unknown') {
    const what =
      ready === undefined
        ? 'No operator has looked at it yet. Is Lockstep running with the git controllers?'
        : `It is being applied: ${ready.message ?? ''}`
    return { about, reason: 'Pending', what, fix: [look] }
  }
  const message = ready.message ?? ''
  if (message.includes('prune held back')) {
    const what = `${message}. What is there is kept until a person says that this is meant; if it is not, restore the files.`
    return {
      about,
      reason: 'PruneHeld',
      what,
      fix: [`lockstep confirm kustomization/${name} -n ${namespace}`],
    }
  }
  const reason = reasons[ready.reason ?? ''] ?? 'ManifestNotApplied'
  const words = sentences[reason] ?? 'What is committed is not applied'
  return { about, reason, what: `${words}: ${message}`, fix: fixes(reason, sync, look) }
}

const reasons: Readonly<Record<string, string>> = {
  BuildFailed: 'ManifestBroken',
  HealthCheckFailed: 'NotHealthy',
  DependencyNotReady: 'DependencyNotReady',
  AccessDenied: 'SyncNotAllowed',
  ArtifactFailed: 'SourceFailed',
}

const sentences: Readonly<Record<string, string>> = {
  ManifestBroken:
    'A file in the commit is wrong, so nothing of the commit is applied and the last good state stays',
  ManifestNotApplied: 'The API server refused a part of what is committed',
  NotHealthy: 'It is applied, but something in it does not become healthy',
  DependencyNotReady: 'It waits for another sync',
  SyncNotAllowed: 'It may not run',
  SourceFailed: 'The commit could not be fetched',
}

function fixes(reason: string, sync: Kustomization, look: string): readonly string[] {
  const path = sync.spec?.path ?? '.'
  if (reason === 'ManifestBroken') {
    return [
      `kubectl kustomize ${quoted(path)}  # in a checkout; then correct the file and commit`,
      look,
    ]
  }
  if (reason === 'ManifestNotApplied') {
    return [`kubectl apply --dry-run=server -f ${quoted(path)}  # in a checkout`, look]
  }
  return [look]
}

/** What is wrong with a repository; empty: nothing. */
export function whyRepository(repository: GitRepository): readonly Finding[] {
  const { namespace = '', name } = repository.metadata
  const about = textOf(repository)
  if (repository.spec?.suspend === true) {
    const what = 'It is suspended: new commits are not fetched.'
    return [
      { about, reason: 'SyncSuspended', what, fix: [resumed('gitrepository', namespace, name)] },
    ]
  }
  const ready = readyOf(repository)
  if (ready?.status === 'True') return []
  const text = ready?.message ?? 'No operator has looked at it yet.'
  const found = firstSaid(rules, text, repository, about)
  if (found !== undefined) return [found]
  const fix = [`kubectl -n ${namespace} describe gitrepository ${name}`]
  return [{ about, reason: 'SourceFailed', what: `The repository cannot be fetched: ${text}`, fix }]
}

const rules: readonly Rule<GitRepository>[] = [
  {
    reason: 'SourceDenied',
    matches: /authentication|credential|\b40[13]\b|denied/i,
    say: (found, { metadata: { namespace = '' }, spec }) => ({
      what: `The Git server refuses: ${found.input}`,
      fix: [
        `kubectl -n ${namespace} create secret generic ${spec?.secretRef?.name ?? 'git-credentials'} --from-literal=username=git --from-file=password=/dev/stdin`,
      ],
    }),
  },
  {
    reason: 'RevisionMissing',
    matches: /couldn't find|not found|no such|does not exist/i,
    say: (found, { spec }) => ({
      what: `The branch, tag or commit it asks for is not there: ${found.input}`,
      fix: [`git ls-remote ${quoted(plainUrl(spec?.url ?? ''))}`],
    }),
  },
  {
    reason: 'Outage',
    matches:
      /refused|did not answer|unreachable|reset|timed? ?out|resolve|unavailable|\b50[0234]\b/i,
    say: (_found, { spec }) => ({
      what: 'The Git server cannot be reached. It is tried again by itself; what is in the cluster stays.',
      fix: [`git ls-remote ${quoted(plainUrl(spec?.url ?? ''))}`],
    }),
  },
]

function resumed(kind: string, namespace: string, name: string): string {
  return `kubectl -n ${namespace} patch ${kind} ${name} --type=merge -p '{"spec":{"suspend":false}}'`
}

function readyOf(object: {
  readonly status?: { readonly conditions?: readonly Condition[] }
}): Condition | undefined {
  return object.status?.conditions?.find(({ type }) => type === 'Ready')
}
