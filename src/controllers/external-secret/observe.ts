/** What is seen of an object before anything is read or written, and whether a refresh is due. */
import { secrets, type ExternalSecret } from '#api'
import { parseTime } from '#base'
import { dataHash } from '#go'
import { needsCheck, whyRefresh, type Due, type Seen } from './decide.ts'
import type { Deps } from './deps.ts'
import { isGenerated } from './generators.ts'
import { provenBy, type Memory } from './memory.ts'
import { dataHashAnnotation, syncedVersionOf, targetKeyOf } from './names.ts'
import type { Policy } from './policy.ts'
import { readyOf } from './ready.ts'
import { dataOf } from './target.ts'

/** Caches and memory only. */
export function observe(
  es: ExternalSecret,
  policy: Policy,
  memory: Memory,
  deps: Pick<Deps, 'env' | 'targets'>,
): Seen {
  const target = deps.targets.get(targetKeyOf(es))
  return {
    nowMs: deps.env.clock.now(),
    uid: es.metadata.uid ?? '',
    policy,
    syncedVersion: es.status?.syncedResourceVersion,
    currentVersion: syncedVersionOf(es.metadata),
    isGenerated: isGenerated(es),
    lastRefreshMs: memory.refreshedMs ?? parseTime(es.status?.refreshTime ?? undefined),
    ready: readyOf(es),
    target:
      target === undefined
        ? undefined
        : { metadata: target.metadata, hasForeignData: target.foreignDataManagers },
    proven: memory.proven,
  }
}

/** Why to refresh. The target itself is looked at only where the caches leave a doubt. */
export async function whyDue(
  es: ExternalSecret,
  seen: Seen,
  memory: Memory,
  deps: Pick<Deps, 'client'>,
  signal: AbortSignal,
): Promise<Due | undefined> {
  const due = whyRefresh(seen)
  if (due === 'TargetMissing') {
    // A cache that has not caught up proves no absence.
    const live = await deps.client.getMetadata(secrets, targetKeyOf(es), { signal })
    return live === null ? due : undefined
  }
  if (due !== undefined) return due
  if (needsCheck(seen)) return await checkTarget(es, memory, deps, signal)
  if (seen.target !== undefined) memory.proven ??= provenBy(seen.target.metadata)
  return undefined
}

/** Compares data and hash annotation of a version that is not ours. */
async function checkTarget(
  es: ExternalSecret,
  memory: Memory,
  { client }: Pick<Deps, 'client'>,
  signal: AbortSignal,
): Promise<Due | undefined> {
  const secret = await client.get(secrets, targetKeyOf(es), { signal })
  if (secret === null) return 'TargetMissing'
  const { metadata } = secret
  if (metadata.annotations?.[dataHashAnnotation] !== dataHash(dataOf(secret)))
    return 'TargetDrifted'
  memory.proven = provenBy(metadata)
  return undefined
}
