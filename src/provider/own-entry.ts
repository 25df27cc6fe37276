import type { Entry, EntryOutcome } from './provider.ts'

/** The same outcome with bytes that belong to one caller alone: what it does to them harms nobody. */
export function ownOutcome(outcome: EntryOutcome): EntryOutcome {
  return outcome.kind === 'entry' ? { kind: 'entry', entry: ownEntry(outcome.entry) } : outcome
}

function ownEntry(entry: Entry): Entry {
  return {
    ...(entry.version === undefined ? {} : { version: entry.version }),
    value: (property) => entry.value(property)?.slice() ?? null,
    map: (property) => {
      const map = entry.map(property)
      return map === null ? null : ownMap(map)
    },
  }
}

/** A copy of the map with copies of its values. */
export function ownMap(map: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array> {
  return new Map([...map].map(([key, bytes]) => [key, bytes.slice()]))
}
