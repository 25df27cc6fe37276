import { Fault } from '#base'

/** Where a store's keys lie. */
export interface Mount {
  /** `spec.provider.vault.path`; absent: the first segment of each key. */
  readonly path?: string
  readonly version: 'v1' | 'v2'
}

/**
 * The API path of a key's value, as the peer builds it: the mount may stand in front of the key or not,
 * `data/` too.
 *
 * @throws Fault InvalidRef for a key that names no entry or would climb out of the mount.
 */
export function dataPath(mount: Mount, key: string): string {
  // A folder has no value: asked for one, Vault's answer could pass for absence.
  if (key === '' || key.endsWith('/') || !key.isWellFormed()) {
    throw new Fault('InvalidRef', 'the key names no entry', { at: 'remoteRef.key' })
  }
  return encodePath(plainPath(mount, key, 'data'))
}

/** The API path of a key's metadata, or of the folder to list. KV version 2 only. */
export function metadataPath(mount: Mount, key: string): string {
  return encodePath(plainPath(mount, key, 'metadata'))
}

function plainPath(mount: Mount, key: string, part: 'data' | 'metadata'): string {
  if (mount.path !== undefined) {
    const below = withoutPrefix(key, `${mount.path}/`)
    if (mount.version === 'v1') return `${mount.path}/${below ?? key}`
    const rest = below === undefined ? key : (withoutPrefix(below, 'data/') ?? below)
    return `${mount.path}/${part}/${rest}`
  }
  if (mount.version === 'v1') return key
  const at = key.indexOf('/data/')
  if (at >= 0) return `${key.slice(0, at)}/${part}/${key.slice(at + '/data/'.length)}`
  const slash = key.indexOf('/')
  if (slash < 0) return `${key}/${part}`
  return `${key.slice(0, slash)}/${part}/${key.slice(slash + 1)}`
}

function withoutPrefix(text: string, prefix: string): string | undefined {
  return text.startsWith(prefix) ? text.slice(prefix.length) : undefined
}

function encodePath(path: string): string {
  const segments = path.split('/')
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    throw new Fault('InvalidRef', 'a key may not have "." or ".." between slashes', {
      at: 'remoteRef.key',
    })
  }
  return segments.map(encodeURIComponent).join('/')
}
