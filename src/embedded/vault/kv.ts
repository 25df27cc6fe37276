import { isObject, microTimeText, type Env } from '#base'
import { absent, done, envelope, failure, type Answer, type Call } from './answers.ts'
import { lifeOf } from './kubernetes-login.ts'

/** What a mount does with the part of a path below it. */
export interface Engine {
  readonly kind: 'kv1' | 'kv2'
  handle(call: Call, path: string): Answer
  /** Stores a value, as a write through the API would. */
  put(path: string, data: Data, options?: { readonly customMetadata?: StringMap }): void
  /** Removes a value: the newest version is marked deleted (v2), or it is gone (v1). */
  remove(path: string): void
}

export type Data = Readonly<Record<string, unknown>>
export type StringMap = Readonly<Record<string, string>>

const invalidPath = (command: string): string =>
  'Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API ' +
  `endpoints to use. If using the Vault CLI, use 'vault kv ${command}' for this operation.`

const unsupported = failure(405, '1 error occurred:\n\t* unsupported operation\n\n')
const monthSeconds = 2_764_800

/** KV version 1: one value a path, no history. */
export function createKv1(env: Env): Engine {
  const values = new Map<string, Data>()
  return {
    kind: 'kv1',
    put: (path, data) => void values.set(path, data),
    remove: (path) => void values.delete(path),
    handle: (call, path) => {
      switch (call.operation) {
        case 'read': {
          const data = values.get(path)
          if (data === undefined) return absent
          // A value may say itself how long it is good for.
          const leaseSeconds = lifeOf(data['ttl'] ?? data['lease'], monthSeconds * 1_000) / 1_000
          return envelope(env, { data, leaseSeconds })
        }
        case 'list':
          return listed(env, values.keys(), path)
        case 'write':
          if (Object.keys(call.body).length === 0) return failure(400, 'missing data fields')
          values.set(path, call.body)
          return done
        case 'delete':
          values.delete(path)
          return done
        case 'patch':
          return unsupported
      }
    },
  }
}

interface Version {
  data: Data | null
  readonly createdMs: number
  deletedMs: number | undefined
  destroyed: boolean
}

interface Item {
  readonly versions: Map<number, Version>
  current: number
  readonly createdMs: number
  updatedMs: number
  customMetadata: StringMap | null
  casRequired: boolean
  maxVersions: number
  deleteVersionAfter: string
}

/** KV version 2: versions, check-and-set, metadata, soft deletion, destruction. */
export function createKv2(env: Env): Engine {
  const items = new Map<string, Item>()

  function itemOf(path: string): Item {
    const known = items.get(path)
    if (known !== undefined) return known
    const nowMs = env.clock.now()
    const item: Item = {
      versions: new Map(),
      current: 0,
      createdMs: nowMs,
      updatedMs: nowMs,
      customMetadata: null,
      casRequired: false,
      maxVersions: 0,
      deleteVersionAfter: '0s',
    }
    items.set(path, item)
    return item
  }

  function append(path: string, data: Data): Answer {
    const item = itemOf(path)
    item.current++
    item.updatedMs = env.clock.now()
    item.versions.set(item.current, {
      data,
      createdMs: item.updatedMs,
      deletedMs: undefined,
      destroyed: false,
    })
    item.versions.delete(item.current - (item.maxVersions || 10))
    return envelope(env, { data: versionMetadata(item, item.current) })
  }

  function readData(call: Call, path: string): Answer {
    const text = call.query.get('version') ?? '0'
    const asked = Number(text)
    if (!Number.isSafeInteger(asked)) {
      return failure(
        400,
        `Field validation failed: error converting input for field "version": cannot parse '' as int: strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`,
      )
    }
    const item = items.get(path)
    if (item === undefined) return absent
    const number = asked <= 0 ? item.current : asked
    const version = item.versions.get(number)
    if (version === undefined) return absent
    const gone = version.destroyed || version.deletedMs !== undefined
    return envelope(env, {
      status: gone ? 404 : 200,
      data: { data: gone ? null : version.data, metadata: versionMetadata(item, number) },
    })
  }

  function writeData(call: Call, path: string): Answer {
    const { data, options } = call.body
    if (!isObject(data)) return failure(400, 'no data provided')
    const cas = isObject(options) ? options['cas'] : undefined
    const item = items.get(path)
    if (item?.casRequired === true && cas === undefined) {
      return failure(400, 'check-and-set parameter required for this call')
    }
    if (cas !== undefined && cas !== (item?.current ?? 0)) {
      return failure(400, 'check-and-set parameter did not match the current version')
    }
    if (call.operation !== 'patch') return append(path, data)
    const current = item?.versions.get(item.current)
    if (item === undefined || current === undefined) return { status: 404 }
    if (current.data === null || current.deletedMs !== undefined) {
      return envelope(env, { status: 404, data: versionMetadata(item, item.current) })
    }
    return append(path, { ...current.data, ...data })
  }

  function mark(call: Call, path: string, how: (version: Version) => void): Answer {
    const item = items.get(path)
    const versions = call.body['versions']
    if (!Array.isArray(versions) || versions.length === 0) {
      return failure(400, 'No version number provided')
    }
    for (const number of versions) {
      const version = item?.versions.get(Number(number))
      if (version !== undefined) how(version)
    }
    return done
  }

  function removeNewest(path: string): void {
    const item = items.get(path)
    const version = item?.versions.get(item.current)
    if (version !== undefined) version.deletedMs ??= env.clock.now()
  }

  function metadata(call: Call, path: string): Answer {
    switch (call.operation) {
      case 'read': {
        const item = items.get(path)
        return item === undefined ? absent : envelope(env, { data: itemMetadata(item) })
      }
      case 'list':
        return listed(env, items.keys(), path)
      case 'delete':
        items.delete(path)
        return done
      case 'write':
      case 'patch': {
        const item = itemOf(path)
        const { custom_metadata: custom, cas_required: cas, max_versions: max } = call.body
        if (isObject(custom)) item.customMetadata = textMap(custom)
        if (typeof cas === 'boolean') item.casRequired = cas
        if (typeof max === 'number') item.maxVersions = max
        return done
      }
    }
  }

  function data(call: Call, path: string): Answer {
    switch (call.operation) {
      case 'read':
        return readData(call, path)
      case 'write':
      case 'patch':
        return writeData(call, path)
      case 'delete':
        removeNewest(path)
        return done
      case 'list':
        return envelope(env, { status: 404, warnings: [invalidPath('list')] })
    }
  }

  /** The keys of a value without what they hold. */
  function subkeys(call: Call, path: string): Answer {
    if (call.operation !== 'read') return unsupported
    const item = items.get(path)
    const version = item?.versions.get(item.current)
    if (item === undefined || version === undefined) return absent
    const isGone = version.data === null || version.deletedMs !== undefined
    return envelope(env, {
      status: isGone ? 404 : 200,
      data: {
        metadata: versionMetadata(item, item.current),
        subkeys: isGone ? null : keysOf(version.data),
      },
    })
  }

  return {
    kind: 'kv2',
    put: (path, value, options = {}) => {
      append(path, value)
      if (options.customMetadata !== undefined) itemOf(path).customMetadata = options.customMetadata
    },
    remove: removeNewest,
    handle: (call, path) => {
      const slash = path.indexOf('/')
      const head = slash < 0 ? path : path.slice(0, slash)
      const rest = slash < 0 ? '' : path.slice(slash + 1)
      switch (head) {
        case 'config':
          return call.operation === 'read'
            ? envelope(env, {
                data: { cas_required: false, delete_version_after: '0s', max_versions: 0 },
              })
            : done
        case 'data':
          return data(call, rest)
        case 'metadata':
          return metadata(call, rest)
        case 'subkeys':
          return subkeys(call, rest)
        case 'delete':
          return mark(call, rest, (version) => void (version.deletedMs ??= env.clock.now()))
        case 'undelete':
          return mark(call, rest, (version) => void (version.deletedMs = undefined))
        case 'destroy':
          return mark(call, rest, (version) => {
            version.destroyed = true
            version.data = null
          })
        default:
          return envelope(env, { status: 404, warnings: [invalidPath('get')] })
      }
    },
  }
}

function keysOf(value: unknown): unknown {
  if (!isObject(value) || Object.keys(value).length === 0) return null
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, keysOf(inner)]))
}

function textMap(value: Readonly<Record<string, unknown>>): StringMap {
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]))
}

function versionMetadata(item: Item, number: number): Data {
  const version = item.versions.get(number)
  return {
    created_time: microTimeText(version?.createdMs ?? item.createdMs),
    custom_metadata: item.customMetadata,
    deletion_time: version?.deletedMs === undefined ? '' : microTimeText(version.deletedMs),
    destroyed: version?.destroyed ?? false,
    version: number,
  }
}

function itemMetadata(item: Item): Data {
  const versions: Record<string, Data> = {}
  for (const [number, version] of item.versions) {
    versions[number] = {
      created_time: microTimeText(version.createdMs),
      deletion_time: version.deletedMs === undefined ? '' : microTimeText(version.deletedMs),
      destroyed: version.destroyed,
    }
  }
  return {
    cas_required: item.casRequired,
    created_time: microTimeText(item.createdMs),
    current_version: item.current,
    custom_metadata: item.customMetadata,
    delete_version_after: item.deleteVersionAfter,
    max_versions: item.maxVersions,
    oldest_version: Math.max(0, item.current - (item.maxVersions || 10)),
    updated_time: microTimeText(item.updatedMs),
    versions,
  }
}

/** Names directly below `path`, folders with a slash at their end; none: 404, as Vault has it. */
function listed(env: Env, paths: Iterable<string>, path: string): Answer {
  const below = path === '' || path.endsWith('/') ? path : `${path}/`
  const names = new Set<string>()
  for (const known of paths) {
    if (!known.startsWith(below)) continue
    const rest = known.slice(below.length)
    const slash = rest.indexOf('/')
    names.add(slash < 0 ? rest : rest.slice(0, slash + 1))
  }
  return names.size === 0 ? absent : envelope(env, { data: { keys: [...names].sort() } })
}
