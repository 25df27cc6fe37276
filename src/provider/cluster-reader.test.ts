import { base64, Fault, textOf, utf8 } from '#base'
import type { ObjectKey, Secret } from '#api'
import { describe, expect, it } from 'vitest'
import { createClusterReader, type ClusterSource } from './cluster-reader.ts'
import { trustedCertificates } from './certificates.ts'
import type { StoreContext } from './provider.ts'

const live = new AbortController().signal
const pem = '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n'

function source(): ClusterSource & { readonly asked: ObjectKey[] } {
  const asked: ObjectKey[] = []
  const secret: Secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', resourceVersion: '1' },
    data: { token: base64(utf8('t0k3n')), ca: base64(utf8(pem)) },
  }
  return {
    asked,
    secret: (key) => {
      asked.push(key)
      return Promise.resolve(key.name === 's' ? secret : null)
    },
    configMap: (key) => {
      asked.push(key)
      return Promise.resolve({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: key.name },
        data: { 'ca.crt': pem },
      })
    },
    requestToken: (account) => {
      asked.push(account)
      return account.name === 'reader'
        ? Promise.resolve({ token: 'jwt', expiresMs: 0 })
        : Promise.reject(new Fault('NotFound', 'request token of x: gone', { status: 404 }))
    },
  }
}

const own: StoreContext = {
  kind: 'SecretStore',
  name: 'store',
  namespace: 'apps',
  consumerNamespace: 'apps',
}
const shared: StoreContext = {
  kind: 'ClusterSecretStore',
  name: 'store',
  consumerNamespace: 'team',
}

describe('what a store may read of the cluster', () => {
  it('lies in its own namespace when it is a namespaced store', async () => {
    const from = source()
    const reader = createClusterReader(from, own)
    expect(textOf(await reader.secretKey({ name: 's', key: 'token' }, live))).toBe('t0k3n')
    await reader.secretKey({ name: 's', key: 'token', namespace: 'apps' }, live)
    expect(from.asked).toEqual([
      { name: 's', namespace: 'apps' },
      { name: 's', namespace: 'apps' },
    ])
  })

  it('is refused across namespaces before anything is read', async () => {
    const from = source()
    const reader = createClusterReader(from, own)
    const elsewhere = { name: 's', key: 'token', namespace: 'kube-system' }
    for (const attempt of [
      () => reader.secretKey(elsewhere, live),
      () => reader.secret(elsewhere, live),
      () => reader.configMap(elsewhere, live),
      () => reader.token(elsewhere, live),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ reason: 'InvalidRef' })
    }
    expect(from.asked).toEqual([])
  })

  it('lies with the consumer where a cluster store names no namespace', async () => {
    const from = source()
    const reader = createClusterReader(from, shared)
    await reader.token({ name: 'reader' }, live)
    await reader.secretKey({ name: 's', key: 'token', namespace: 'vault' }, live)
    expect(from.asked.map(({ namespace }) => namespace)).toEqual(['team', 'vault'])
    const { consumerNamespace: _none, ...alone } = shared
    await expect(
      createClusterReader(from, alone).secretKey({ name: 's' }, live),
    ).rejects.toMatchObject({ reason: 'InvalidRef' })
  })

  it('names what is missing, in words that help, and lists keys but no values', async () => {
    const reader = createClusterReader(source(), own)
    await expect(reader.secretKey({ name: 'gone', key: 'k' }, live)).rejects.toThrow(
      'cannot get Kubernetes secret "gone" from namespace "apps": secrets "gone" not found',
    )
    await expect(reader.secretKey({ name: 's', key: 'k' }, live)).rejects.toMatchObject({
      message: 'cannot find secret data for key: "k"',
      hint: 'Secret apps/s has: ca, token.',
    })
    for (const key of ['__proto__', 'constructor']) {
      await expect(reader.secretKey({ name: 's', key }, live)).rejects.toMatchObject({
        reason: 'InvalidRef',
      })
    }
    await expect(reader.token({ name: 'nobody' }, live)).rejects.toThrow(
      'serviceaccounts "nobody" not found',
    )
  })
})

describe('certificates to trust', () => {
  const ask = async (config: unknown): Promise<string | undefined> =>
    await trustedCertificates(config, 'spec.provider.x', createClusterReader(source(), own), live)

  it('come inline, from a Secret or from a ConfigMap', async () => {
    expect(await ask({ caBundle: base64(utf8(pem)) })).toBe(pem)
    expect(await ask({ caProvider: { type: 'Secret', name: 's', key: 'ca' } })).toBe(pem)
    expect(await ask({ caProvider: { type: 'ConfigMap', name: 'c', key: 'ca.crt' } })).toBe(pem)
    expect(await ask({})).toBeUndefined()
  })

  it('are refused when there are none, never passed over', async () => {
    const bad = [
      { caBundle: base64(utf8('nothing')) },
      { caProvider: { type: 'Secret', name: 's', key: 'token' } },
      { caProvider: { type: 'Secret', name: 'gone', key: 'ca' } },
      { caProvider: { type: 'ConfigMap', name: 'c', key: 'nothing' } },
      { caProvider: { type: 'File', name: 'c' } },
      { caProvider: {} },
    ]
    for (const config of bad) await expect(ask(config)).rejects.toBeInstanceOf(Fault)
  })
})
