/** Where each key came from, as status keeps it for `lockstep trace`. */
import type { ExternalSecretProvenance } from '#api'
import { timeText } from '#base'
import type { Source } from './source.ts'

/** What status holds at most; the whole object has to stay small. */
const mostSources = 200
const mostKeys = 100

/**
 * The sources with the time at which each version was first read: as long as entry, remote names and
 * version stay the same, the time does.
 */
export function provenanceOf(
  sources: readonly Source[],
  before: readonly ExternalSecretProvenance[],
  readMs: number,
): readonly ExternalSecretProvenance[] {
  const times = new Map(before.map((entry) => [identityOf(entry), entry.time]))
  return sources.slice(0, mostSources).map(({ keys, store, isMade, ...source }) => {
    const { kind, name } = store
    const entry = { ...source, keys: [...keys].sort().slice(0, mostKeys), store: { kind, name } }
    const known = isMade === true ? undefined : times.get(identityOf(entry))
    return { ...entry, time: known ?? timeText(readMs) }
  })
}

function identityOf(entry: Omit<ExternalSecretProvenance, 'time'>): string {
  const { from, keys, store, remoteKey, property, version } = entry
  return JSON.stringify([from, keys, store.kind, store.name, remoteKey, property, version])
}
