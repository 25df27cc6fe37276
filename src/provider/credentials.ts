import { createHash } from 'node:crypto'
import { Fault, hex } from '#base'
import type { ClusterReader } from './provider.ts'

/** What was read of the cluster to log in, as far as it says whether the identity is still the same. */
export interface CredentialWatch {
  readonly reader: ClusterReader
  /** Reads again what was read; whether all of it is as it was. @throws Fault as the reader. */
  unchanged(signal: AbortSignal): Promise<boolean>
}

/**
 * Wraps a reader so that it remembers, by version or digest and never by value, what an open provider
 * was built from: that is its identity. ServiceAccounts count by name; their tokens change by design.
 *
 * @param mayUseConsumer Whether references without a namespace may be followed in a cluster store.
 */
export function watchCredentials(reader: ClusterReader, mayUseConsumer: boolean): CredentialWatch {
  const seen = new Map<string, { mark: string; look: (signal: AbortSignal) => Promise<string> }>()

  function guard(namespace: string | undefined): void {
    if (mayUseConsumer || (namespace !== undefined && namespace !== '')) return
    // isReferent said that no such reference exists; following one could mix two tenants.
    throw new Fault('InternalError', 'a reference without a namespace in a shared store')
  }

  async function remember<T>(
    id: string,
    read: (signal: AbortSignal) => Promise<T>,
    markOf: (value: T) => string,
    signal: AbortSignal,
  ): Promise<T> {
    const value = await read(signal)
    seen.set(id, { mark: markOf(value), look: async (later) => markOf(await read(later)) })
    return value
  }

  return {
    reader: {
      secretKey: async (ref, signal) => {
        guard(ref.namespace)
        return await remember(
          JSON.stringify(['key', ref.namespace, ref.name, ref.key]),
          (at) => reader.secretKey(ref, at),
          digest,
          signal,
        )
      },
      secret: async (key, signal) => {
        guard(key.namespace)
        return await remember(
          JSON.stringify(['secret', key.namespace, key.name]),
          (at) => reader.secret(key, at),
          (secret) => versionOf(secret),
          signal,
        )
      },
      configMap: async (key, signal) => {
        guard(key.namespace)
        return await remember(
          JSON.stringify(['configmap', key.namespace, key.name]),
          (at) => reader.configMap(key, at),
          (configMap) => versionOf(configMap),
          signal,
        )
      },
      token: async (ref, signal) => {
        guard(ref.namespace)
        return await reader.token(ref, signal)
      },
    },
    unchanged: async (signal) => {
      const looks = [...seen.values()].map(async ({ mark, look }) => (await look(signal)) === mark)
      return (await Promise.all(looks)).every((same) => same)
    },
  }
}

function digest(bytes: Uint8Array): string {
  return hex(createHash('sha256').update(bytes).digest())
}

function versionOf(
  object: {
    readonly metadata: { readonly resourceVersion?: string; readonly uid?: string }
  } | null,
): string {
  if (object === null) return 'absent'
  return `${object.metadata.uid ?? ''}/${object.metadata.resourceVersion ?? ''}`
}
