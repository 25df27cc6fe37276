import { field, Fault, isObject, stringOf, utf8 } from '#base'
import { convertKeys, gjson } from '#go'
import {
  nameMatcher,
  rawMembers,
  rawString,
  type Capabilities,
  type Entry,
  type EntryOutcome,
  type EntryRef,
  type Find,
  type Provider,
  type ProviderKind,
} from '#provider'

/** `spec.provider.fake`. */
export interface FakeConfig {
  readonly data: readonly FakeEntry[]
  /** 0: ready, 1: unknown, 2: not usable. */
  readonly validationResult: number
}

interface FakeEntry {
  readonly key: string
  readonly value: string
  readonly version: string
  /** Older manifests: the entry's map, written out. */
  readonly valueMap?: ReadonlyMap<string, string>
}

const capabilities: Capabilities = {
  find: true,
  push: false,
  batch: 100,
  versions: true,
  events: false,
  access: 'ReadWrite',
}

/**
 * Values that stand in the store object itself: to try things out.
 *
 * - `key`: an entry's key
 * - `property`: a gjson path into the value; a path that leads nowhere counts as absent
 * - `version`: exactly the entry's version; absent, an entry without one
 * - Needs no permission.
 *
 * Source: https://external-secrets.io/latest/provider/fake/
 */
export const fake: ProviderKind = {
  name: 'fake',
  capabilities,
  open: (config) => Promise.resolve(new FakeProvider(parseConfig(config))),
}

function parseConfig(config: unknown): FakeConfig {
  const data = field(config, 'data')
  if (!Array.isArray(data)) {
    throw new Fault('InvalidSpec', 'a fake store needs a list of data', {
      at: 'spec.provider.fake.data',
    })
  }
  const result = field(config, 'validationResult')
  return {
    data: data.map((entry, i) => parseEntry(entry, i)),
    validationResult: typeof result === 'number' ? result : 0,
  }
}

function parseEntry(entry: unknown, index: number): FakeEntry {
  const key = stringOf(field(entry, 'key'))
  if (key === undefined) {
    throw new Fault('InvalidSpec', 'an entry has no key', {
      at: `spec.provider.fake.data[${index}].key`,
    })
  }
  const map = field(entry, 'valueMap')
  return {
    key,
    value: stringOf(field(entry, 'value')) ?? '',
    version: stringOf(field(entry, 'version')) ?? '',
    ...(isObject(map) ? { valueMap: textsOf(map) } : {}),
  }
}

function textsOf(map: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(map).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])),
  )
}

class FakeProvider implements Provider {
  readonly capabilities: Capabilities = capabilities
  readonly #entries = new Map<string, FakeEntry>()
  readonly #validationResult: number

  constructor(config: FakeConfig) {
    // The peer keeps a map, so of two entries that are named alike the last one counts.
    for (const entry of config.data) this.#entries.set(idOf(entry.key, entry.version), entry)
    this.#validationResult = config.validationResult
  }

  read(refs: readonly EntryRef[], signal: AbortSignal): Promise<readonly EntryOutcome[]> {
    signal.throwIfAborted()
    return Promise.resolve(refs.map((ref) => this.#read(ref)))
  }

  // `metadata` is passed over: the peer has none either and reads the value.
  #read(ref: EntryRef): EntryOutcome {
    const entry = this.#entries.get(idOf(ref.key, ref.version ?? ''))
    return entry === undefined ? { kind: 'absent' } : { kind: 'entry', entry: entryOf(entry) }
  }

  async find(find: Find, signal: AbortSignal): Promise<ReadonlyMap<string, Uint8Array>> {
    signal.throwIfAborted()
    if (find.tags !== undefined || find.nameRegexp === undefined) {
      throw new Fault('Unsupported', 'find by tags is not supported by the fake provider', {
        at: 'find.tags',
      })
    }
    const matches = nameMatcher(find.nameRegexp)
    const newest = new Map<string, FakeEntry>()
    for (const entry of this.#entries.values()) {
      if (!matches(entry.key)) continue // as in the peer, `path` narrows nothing
      const known = newest.get(entry.key)
      // Versions are compared as text: v9 comes after v10.
      if (known === undefined || entry.version > known.version) newest.set(entry.key, entry)
    }
    const values = new Map([...newest].map(([key, entry]) => [key, utf8(entry.value)]))
    return await Promise.resolve(convertKeys(values, find.conversionStrategy))
  }

  validate(): Promise<{ kind: 'ready' } | { kind: 'unknown'; message: string }> {
    switch (this.#validationResult) {
      case 0:
        return Promise.resolve({ kind: 'ready' })
      case 1:
        return Promise.resolve({ kind: 'unknown', message: 'unable to validate' })
      default:
        return Promise.reject(
          new Fault('InvalidSpec', 'unable to validate', {
            at: 'spec.provider.fake.validationResult',
          }),
        )
    }
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

function idOf(key: string, version: string): string {
  return JSON.stringify([key, version])
}

function entryOf(entry: FakeEntry): Entry {
  const valueAt = (property: string | undefined): string | Uint8Array | null => {
    if (property === undefined || property === '') return entry.value
    const found = gjson(entry.value, property)
    return found.exists ? found.bytes : null
  }
  return {
    ...(entry.version === '' ? {} : { version: entry.version }),
    value: (property) => {
      const value = valueAt(property)
      return typeof value === 'string' ? utf8(value) : value
    },
    map: (property) => {
      if (entry.valueMap !== undefined && (property === undefined || property === '')) {
        return new Map([...entry.valueMap].map(([key, text]) => [key, utf8(text)]))
      }
      const value = valueAt(property)
      if (value === null) return null
      return spread(typeof value === 'string' ? value : new TextDecoder().decode(value))
    },
  }
}

/** Members as bytes: strings without their quotes, everything else as the JSON text it is. */
function spread(text: string): ReadonlyMap<string, Uint8Array> {
  const members = rawMembers(text)
  if (members === undefined) throw notAnObject(text)
  return new Map([...members].map(([key, raw]) => [key, utf8(rawString(raw) ?? raw)]))
}

// The peer's words quote a character. The values of this one provider are no secrets: they
// stand in the store object for everyone who may read it.
function notAnObject(text: string): Fault {
  const first = /^[ \t\r\n]*([^ \t\r\n])/u.exec(text)?.[1]
  const why =
    first === undefined
      ? 'unexpected end of JSON input'
      : '{["-0123456789tfn'.includes(first)
        ? 'it is no JSON object'
        : `invalid character '${first}' looking for beginning of value`
  return new Fault('InvalidAnswer', `unable to unmarshal secret: ${why}`, {
    hint: 'extract needs a JSON object; name a property that holds one, or use data.',
  })
}
