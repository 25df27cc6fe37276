/** Waits until everything a sync cares about is healthy, or one of it cannot become so. */
import { Fault, type Clock } from '#base'
import type { Kustomization, ObjectKey } from '#api'
import { formatGoDuration } from '#go'
import { healthOf, parseEntry, subjectOf, type Health, type InventoryEntry } from '#inventory'
import type { Client } from '#kube'

/** One object whose health counts. */
export interface Watched {
  readonly apiVersion: string
  readonly kind: string
  readonly key: ObjectKey
}

export interface WaitOptions {
  readonly client: Client
  readonly discovery: Client
  readonly clock: Clock
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

const firstPollMs = 100
const mostPollMs = 2_000

/** What a sync waits for: all it applied (`wait`), else what it names in `healthChecks`. */
export function watchedOf(
  sync: Kustomization,
  entries: readonly InventoryEntry[],
): readonly Watched[] {
  const { namespace } = sync.metadata
  if (sync.spec?.wait === true) {
    return entries.flatMap((entry) => {
      const target = parseEntry(entry)
      if (target === undefined) return []
      const { group, version, kind, key } = target
      return [{ apiVersion: group === '' ? version : `${group}/${version}`, kind, key }]
    })
  }
  return (sync.spec?.healthChecks ?? []).map((check) => {
    const own = check.namespace ?? namespace
    return {
      apiVersion: check.apiVersion ?? 'apps/v1',
      kind: check.kind,
      key: own === undefined ? { name: check.name } : { namespace: own, name: check.name },
    }
  })
}

/** @throws Fault Timeout, or Unavailable when one has failed for good; both name the objects. */
export async function waitHealthy(
  watched: readonly Watched[],
  options: WaitOptions,
): Promise<void> {
  const { clock, signal, timeoutMs } = options
  const startedMs = clock.monotonic()
  let waiting = watched
  for (let pollMs = firstPollMs; ; pollMs = Math.min(pollMs * 2, mostPollMs)) {
    const seen = await look(waiting, options)
    const failed = seen.filter(({ health }) => health === 'Failed')
    const tookMs = clock.monotonic() - startedMs
    if (failed.length > 0) {
      throw unhealthy('failed early due to stalled resources', failed, tookMs)
    }
    const open = seen.filter(({ health }) => health !== 'Current')
    if (open.length === 0) return
    if (tookMs >= timeoutMs) throw unhealthy('timeout waiting for', open, tookMs)
    waiting = open.map(({ object }) => object)
    await clock.sleep(Math.min(pollMs, timeoutMs - tookMs + 1), signal)
  }
}

interface Seen {
  readonly object: Watched
  readonly health: Health
}

async function look(watched: readonly Watched[], options: WaitOptions): Promise<readonly Seen[]> {
  const { client, discovery, signal } = options
  const seen: Seen[] = []
  for (const object of watched) {
    const resource = await discovery.resourceOf(object.apiVersion, object.kind, { signal })
    const key = resource?.namespaced === false ? { name: object.key.name } : object.key
    const live = resource === null ? null : await client.get(resource, key, { signal })
    seen.push({ object, health: healthOf(live) })
  }
  return seen
}

const shownObjects = 10

function unhealthy(what: string, seen: readonly Seen[], tookMs: number): Fault {
  const names = seen.slice(0, shownObjects).map(({ object, health }) => {
    const subject = subjectOf({ kind: object.kind, metadata: object.key })
    return `${subject} status: '${health}'`
  })
  const more = seen.length > shownObjects ? [`and ${seen.length - shownObjects} more`] : []
  const took = formatGoDuration(Math.round(tookMs))
  const list = [...names, ...more].join(', ')
  return new Fault('Timeout', `health check failed after ${took}: ${what}: [${list}]`)
}
