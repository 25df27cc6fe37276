import { readFileSync, readdirSync } from 'node:fs'
import { isObject, utf8 } from '#base'
import { simEnv } from '#base/env'
import { createKubeApi } from '#embedded/kube-api'
import { loadProviders, providers } from '#providers'
import { storeView, type ClusterReader } from '#provider'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'

const folder = import.meta.dirname
const live = new AbortController().signal
const pem = '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n'

/** A cluster in which every object that a page refers to exists. */
const everything: ClusterReader = {
  secretKey: () => Promise.resolve(utf8('s')),
  secret: () => Promise.resolve(null),
  configMap: ({ name }) =>
    Promise.resolve({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      data: { 'ca.crt': pem },
    }),
  token: () => Promise.resolve({ token: 'jwt', expiresMs: Number.MAX_SAFE_INTEGER }),
}

interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
}

function manifestsIn(page: string): readonly Manifest[] {
  const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')
  return blocks.flatMap((block) =>
    parseAllDocuments(block).map((document) => {
      expect(document.errors).toEqual([])
      return document.toJS() as Manifest
    }),
  )
}

describe('the list of providers', () => {
  it('names each by the key it has under spec.provider, loaded late or early', async () => {
    const early = await loadProviders()
    expect(Object.keys(early)).toEqual(Object.keys(providers))
    for (const [name, load] of Object.entries(early)) expect((await load()).name).toBe(name)
  })
})

describe('the pages of the providers', () => {
  it('are one for each provider', () => {
    const pages = readdirSync(folder).filter((name) => name.endsWith('.md'))
    expect(pages.sort()).toEqual(
      Object.keys(providers)
        .map((name) => `${name}.md`)
        .sort(),
    )
  })

  it.each(Object.keys(providers))('%s shows manifests that the API server takes', async (name) => {
    const crds = `${folder}/../crds`
    const definitions = readdirSync(crds)
      .filter((file) => file.startsWith('external-secrets.io_'))
      .map((file) => parse(readFileSync(`${crds}/${file}`, 'utf8')) as object)
    const env = simEnv(1)
    const api = createKubeApi({ env, crds: definitions })
    const post = async (path: string, object: object): Promise<void> => {
      const request = new Request(`http://x/${path}?fieldValidation=Strict`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(object),
      })
      const answer = await api.handle(request)
      expect(answer.status, await answer.text()).toBe(201)
    }
    for (const namespace of ['apps', 'shared']) {
      await post('api/v1/namespaces', { metadata: { name: namespace } })
    }
    for (const manifest of manifestsIn(readFileSync(`${folder}/${name}.md`, 'utf8'))) {
      const { apiVersion, kind, metadata } = manifest
      const group = apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`
      const plural = `${kind.toLowerCase()}s`
      await post(`${group}/namespaces/${metadata.namespace ?? ''}/${plural}`, manifest)
    }
    api.close()
  })

  it.each(Object.keys(providers))('%s shows manifests that work', async (name) => {
    const page = readFileSync(`${folder}/${name}.md`, 'utf8')
    const manifests = manifestsIn(page)
    const stores = manifests.filter(({ kind }) => kind === 'SecretStore')
    expect(stores.length).toBeGreaterThan(0)
    for (const manifest of manifests) {
      expect(manifest.metadata.namespace).toBeDefined()
      const ref: unknown = isObject(manifest) ? Reflect.get(manifest, 'spec') : undefined
      if (manifest.kind !== 'ExternalSecret' || !isObject(ref)) continue
      const names = stores.map((store) => store.metadata.name)
      expect(names).toContain(Reflect.get(ref['secretStoreRef'] as object, 'name'))
    }
    const env = simEnv(1)
    // Whoever logs in is let in.
    env.net.plan = () => ({
      kind: 'answer',
      status: 200,
      body: '{"auth":{"client_token":"t","lease_duration":0}}',
    })
    for (const store of stores) {
      const view = storeView(store, new Set(Object.keys(providers)))
      expect(view.providerName).toBe(name)
      const kind = await providers[name]?.()
      const context = { kind: 'SecretStore', name: view.name, namespace: 'apps' } as const
      const deps = { env, log: env.log, store: context, cluster: everything }
      const provider = await kind?.open(view.config, deps, live)
      expect(provider?.capabilities).toEqual(kind?.capabilities)
      await provider?.close()
    }
  })
})
