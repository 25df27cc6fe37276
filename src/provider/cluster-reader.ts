import type { ConfigMap, ObjectKey, Secret } from '#api'
import { Fault, fromBase64 } from '#base'
import type { ClusterReader, SecretKeyRef, ServiceAccountRef, StoreContext } from './provider.ts'

/** The three questions to the cluster that a {@link ClusterReader} comes down to. */
export interface ClusterSource {
  secret(key: ObjectKey, signal: AbortSignal): Promise<Secret | null>
  configMap(key: ObjectKey, signal: AbortSignal): Promise<ConfigMap | null>
  requestToken(
    serviceAccount: ObjectKey,
    request: { readonly audiences?: readonly string[]; readonly expirationSeconds?: number },
    signal: AbortSignal,
  ): Promise<{ readonly token: string; readonly expiresMs: number }>
}

/** Seconds that a ServiceAccount token is asked for; the API server's least. */
const tokenSeconds = 600

/**
 * A reader bound to one store and one consumer: it decides in which namespace a reference lies before
 * anything is read. A namespaced store stays in its own; a cluster store's reference without a
 * namespace lies in the consumer's.
 */
export function createClusterReader(source: ClusterSource, store: StoreContext): ClusterReader {
  const locate = (kind: string, key: ObjectKey): ObjectKey => ({
    name: key.name,
    namespace: namespaceOf(store, kind, key),
  })
  return {
    secret: async (key, signal) => await source.secret(locate('Secret', key), signal),
    configMap: async (key, signal) => await source.configMap(locate('ConfigMap', key), signal),
    secretKey: async (ref, signal) => {
      const at = locate('Secret', { name: requiredName(ref), ...namespaceIn(ref) })
      const secret = await source.secret(at, signal)
      return secretKeyOf(secret, ref.key ?? '', at)
    },
    token: async (ref, signal) => {
      const at = locate('ServiceAccount', ref)
      const request = {
        expirationSeconds: tokenSeconds,
        ...(ref.audiences === undefined ? {} : { audiences: ref.audiences }),
      }
      try {
        return await source.requestToken(at, request, signal)
      } catch (thrown) {
        if (!(thrown instanceof Fault) || thrown.status !== 404) throw thrown
        throw new Fault('InvalidRef', `serviceaccounts "${at.name}" not found`, {
          at: 'spec.provider',
          status: 404,
          hint: `Create it in namespace ${at.namespace ?? ''}, or change the store's reference.`,
        })
      }
    },
  }
}

function namespaceIn(ref: SecretKeyRef | ServiceAccountRef): { namespace?: string } {
  return ref.namespace === undefined || ref.namespace === '' ? {} : { namespace: ref.namespace }
}

function requiredName(ref: SecretKeyRef): string {
  if (ref.name !== undefined && ref.name !== '') return ref.name
  throw new Fault('InvalidRef', 'a reference to a Secret has no name', { at: 'spec.provider' })
}

function namespaceOf(store: StoreContext, kind: string, key: ObjectKey): string {
  const asked = key.namespace === '' ? undefined : key.namespace
  if (store.kind === 'SecretStore') {
    if (asked === undefined || asked === store.namespace) return store.namespace ?? ''
    throw new Fault(
      'InvalidRef',
      `${kind} "${key.name}" lies in namespace "${asked}"; a SecretStore may only use its own`,
      { at: 'spec.provider', hint: 'Use a ClusterSecretStore, or move the object.' },
    )
  }
  const namespace = asked ?? store.consumerNamespace
  if (namespace !== undefined) return namespace
  throw new Fault('InvalidRef', `${kind} "${key.name}" has no namespace`, {
    at: 'spec.provider',
    hint: 'It is looked for in the namespace of each ExternalSecret that uses this store.',
  })
}

/** One key of a Secret. @throws Fault InvalidRef when the Secret or the key is not there. */
export function secretKeyOf(secret: Secret | null, key: string, at: ObjectKey): Uint8Array {
  const name = `${at.namespace ?? ''}/${at.name}`
  if (secret === null) {
    // The peer's words, which its users' alerts match.
    throw new Fault(
      'InvalidRef',
      `cannot get Kubernetes secret "${at.name}" from namespace "${at.namespace ?? ''}": secrets "${at.name}" not found`,
      { at: 'spec.provider' },
    )
  }
  const data = secret.data
  const text = data !== undefined && Object.hasOwn(data, key) ? data[key] : undefined
  if (text === undefined) {
    throw new Fault('InvalidRef', `cannot find secret data for key: "${key}"`, {
      at: 'spec.provider',
      hint: `Secret ${name} has: ${
        Object.keys(data ?? {})
          .sort()
          .join(', ') || 'no keys'
      }.`,
    })
  }
  const bytes = fromBase64(text)
  if (bytes === undefined) throw new Fault('InvalidAnswer', `Secret ${name}: data is not base64`)
  return bytes
}
