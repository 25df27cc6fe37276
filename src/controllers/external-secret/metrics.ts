/** What dashboards made for External Secrets read, under the same names, and one of our own. */
import { parseHeld, parseKey, type ExternalSecret } from '#api'
import type { Cache, Metrics } from '#runtime'
import type { Memories } from './memory.ts'
import { readyOf } from './ready.ts'

const perObject = ['name', 'namespace']

/** Registers the metrics. Each is put together when it is asked for, so a deleted object is gone. */
export function registerMetrics(
  metrics: Pick<Metrics, 'collected'>,
  cache: Cache<ExternalSecret>,
  memories: Memories,
): void {
  const of = (key: string): Readonly<Record<string, string>> => {
    const { namespace = '', name } = parseKey(key)
    return { name, namespace }
  }
  metrics.collected(
    {
      name: 'externalsecret_status_condition',
      help: 'The condition of each ExternalSecret: 1 for the status it has, 0 for the other.',
      labels: [...perObject, 'condition', 'status'],
    },
    (set) => {
      for (const es of cache.list()) {
        const ready = readyOf(es)
        if (ready === undefined) continue
        const { name, namespace = '' } = es.metadata
        for (const status of ['True', 'False']) {
          const labels = { name, namespace, condition: 'Ready', status }
          set(ready.status === status ? 1 : 0, labels)
        }
      }
    },
  )
  metrics.collected(
    {
      name: 'lockstep_external_secret_deletion_held',
      help: '1 for each ExternalSecret whose target is kept until a person runs lockstep confirm.',
      labels: perObject,
    },
    (set) => {
      for (const es of cache.list()) {
        const { name, namespace = '' } = es.metadata
        const isHeld = parseHeld(readyOf(es)?.message ?? '', namespace) !== undefined
        if (isHeld) set(1, { name, namespace })
      }
    },
  )
  metrics.collected(
    {
      name: 'externalsecret_sync_calls_total',
      help: 'Refreshes since the start of the process.',
      labels: perObject,
    },
    (set) => memories.each((key, { syncs }) => set(syncs, of(key))),
  )
  metrics.collected(
    {
      name: 'externalsecret_sync_calls_error',
      help: 'Refreshes since the start of the process that failed.',
      labels: perObject,
    },
    (set) => memories.each((key, { errors }) => set(errors, of(key))),
  )
  metrics.collected(
    {
      name: 'lockstep_external_secret_refreshed_timestamp_seconds',
      help: 'When the values were last read, exactly; status.refreshTime is written less often.',
      labels: perObject,
    },
    (set) =>
      memories.each((key, { refreshedMs }) => {
        if (refreshedMs !== undefined) set(refreshedMs / 1_000, of(key))
      }),
  )
}
