import { describe, expect, it } from 'vitest'
import { canary, describeLeaks, scanForCanaries } from '../canary.ts'
import { lockstep } from './command.ts'
import { every } from './servers.ts'
import { conditionOf, externalSecrets, inSimulation, type Stage, vaultStore } from './stage.ts'

interface Traced {
  readonly madeBy: readonly string[]
  readonly notes: readonly string[]
  readonly manifest: Readonly<Record<string, unknown>>
  readonly keys: readonly Readonly<Record<string, string>>[]
}

async function trace(stage: Stage, name: string): Promise<{ json: Traced; text: string }> {
  const json = await lockstep(stage, ['trace', name, '-o', 'json'])
  const text = await lockstep(stage, ['trace', name])
  expect([json.status, json.stderr, text.status]).toEqual([0, '', 0])
  return { json: JSON.parse(json.stdout) as Traced, text: text.stdout }
}

async function prepare(stage: Stage): Promise<void> {
  stage.vault.put('secret/apps/web', { password: canary('trace-one'), user: 'shop' })
  stage.vault.put('secret/apps/more', { token: canary('trace-token'), ['__proto__']: 'x' })
  await stage.apply(`
${vaultStore(stage)}---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: app
  namespace: web
  labels:
    kustomize.toolkit.fluxcd.io/name: shop
    kustomize.toolkit.fluxcd.io/namespace: lockstep-system
spec:
  refreshInterval: ${every('10s')}
  secretStoreRef: {name: vault}
  target: {name: db, template: {mergePolicy: Merge, data: {url: "postgres://{{ .user }}:{{ .password }}@db", name: "{{ .user }}"}}}
  data:
    - {secretKey: user, remoteRef: {key: apps/web, property: user}}
    - {secretKey: password, remoteRef: {key: apps/web, property: password}}
  dataFrom: [{extract: {key: apps/more}}]
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: shop, namespace: lockstep-system}
spec: {interval: 1m, url: "https://me:${encodeURIComponent(canary('url-password'))}@git.example/shop.git"}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: shop, namespace: lockstep-system}
spec: {interval: 10m, prune: true, sourceRef: {kind: GitRepository, name: shop}}
`)
  await stage.values({ namespace: 'web', name: 'db' })
}

describe('lockstep trace', () => {
  it('names store, remote key, property, version and time of each key, and follows a rotation', () =>
    inSimulation(async (stage) => {
      await prepare(stage)
      const ready = await stage.when(
        externalSecrets,
        { namespace: 'web', name: 'app' },
        (es) => conditionOf(es, 'Ready').status === 'True',
      )
      const { json, text } = await trace(stage, 'web/db')
      expect(json.madeBy).toEqual(['ExternalSecret web/app'])
      const keys = new Map(json.keys.map((key) => [key['key'], key]))
      expect([...keys.keys()]).toEqual(['__proto__', 'name', 'password', 'token', 'url', 'user'])
      expect(keys.get('password')).toMatchObject({
        from: 'spec.data[1]',
        store: 'SecretStore/vault',
        remoteKey: 'apps/web',
        property: 'password',
        version: '1',
      })
      expect(keys.get('token')).toMatchObject({ from: 'spec.dataFrom[0]', remoteKey: 'apps/more' })
      expect(keys.get('url')).toEqual({ key: 'url', from: 'template of user, password' })
      expect(keys.get('name')).toMatchObject({ from: 'template of user', property: 'user' })
      expect(text).toMatch(/KEY +FROM +STORE +REMOTE KEY +PROPERTY +VERSION +SINCE/)

      await stage.env.clock.sleep(120_000)
      const quiet = await stage.client.get(externalSecrets, { namespace: 'web', name: 'app' })
      expect(quiet?.metadata.resourceVersion).toBe(ready.metadata.resourceVersion)

      const second = canary('trace-two')
      stage.vault.put('secret/apps/web', { password: second, user: 'shop' })
      await stage.values(
        { namespace: 'web', name: 'db' },
        (values) => values['password'] === second,
      )
      await stage.env.clock.sleep(1_000)
      const after = (await trace(stage, 'web/db')).json.keys.find(({ key }) => key === 'password')
      expect(after?.['version']).toBe('2')
      expect(
        describeLeaks(scanForCanaries({ text, json, log: (await stage.outputs())['log'] })),
      ).toBe('')
    }))

  it('names the commit and the repository, without the credentials in its address', () =>
    inSimulation(async (stage) => {
      await prepare(stage)
      const kustomizations = await stage.client.resourceOf(
        'kustomize.toolkit.fluxcd.io/v1',
        'Kustomization',
      )
      const sync = { namespace: 'lockstep-system', name: 'shop' }
      if (kustomizations === null) throw new Error('not served')
      await stage.client.patch(
        kustomizations,
        sync,
        {
          status: {
            lastAppliedRevision: 'main@sha1:abc',
            inventory: {
              entries: [{ id: 'web_app_external-secrets.io_ExternalSecret', v: 'v1' }],
            },
          },
        },
        { type: 'merge', subresource: 'status' },
      )
      const { json, text } = await trace(stage, 'web/db')
      expect(json.manifest).toEqual({
        of: 'ExternalSecret web/app',
        kustomization: 'lockstep-system/shop',
        repository: 'lockstep-system/shop',
        revision: 'main@sha1:abc',
        url: 'https://git.example/shop.git',
      })
      expect(text).toContain('main@sha1:abc of https://git.example/shop.git, by Kustomization')
      expect(describeLeaks(scanForCanaries({ text, json }))).toBe('')
    }))

  it('says of a Secret made by hand who wrote it, and fails for one that nothing makes', () =>
    inSimulation(async (stage) => {
      await prepare(stage)
      const { json, text } = await trace(stage, 'web/vault-token')
      expect(json.madeBy[0]).toContain('somebody')
      expect(json.keys).toEqual([{ key: 'token', from: 'by hand' }])
      expect(text).toContain('applied by hand')
      const gone = await lockstep(stage, ['trace', 'web/gone'])
      expect(gone.status).toBe(1)
      expect(gone.stderr).toContain('there is no Secret web/gone')
    }))
})
