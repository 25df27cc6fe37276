import '@aws-sdk/client-secrets-manager' // loaded beforehand: virtual time does not wait for files
import '@azure/keyvault-secrets'
import { at, stringOf, textOf, utf8 } from '#base'
import { simEnv } from '#base/env'
import { loadProviders } from '#providers'
import type { ClusterReader } from '#provider'
import { readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import { describe, expect, it } from 'vitest'
import { createFakeKeyVault } from '../test/fakes/azure-key-vault.ts'
import { createFakeSecretsManager } from '../test/fakes/aws-secrets-manager.ts'

const root = new URL('..', import.meta.url)

/** The manifests that a page shows, in their order. */
function manifestsOf(page: string): readonly unknown[] {
  const text = readFileSync(new URL(`providers/${page}`, root), 'utf8')
  return [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].flatMap(([, yaml = '']) =>
    parseAllDocuments(yaml).map((document) => document.toJS() as unknown),
  )
}

function manifest(page: string, kind: string): unknown {
  return manifestsOf(page).find((each) => at(each, 'kind') === kind)
}

/** A cluster that holds the Secrets which the page shows. */
function clusterOf(page: string): ClusterReader {
  return {
    secretKey: (ref) => {
      const value = at(manifest(page, 'Secret'), 'stringData', ref.key ?? '')
      return typeof value === 'string'
        ? Promise.resolve(utf8(value))
        : Promise.reject(new Error(`the page shows no key ${ref.key ?? ''}`))
    },
    secret: () => Promise.resolve(null),
    configMap: () => Promise.resolve(null),
    token: () => Promise.reject(new Error('the page shows no account')),
  }
}

const secretOf = (page: string, key: string): string =>
  stringOf(at(manifest(page, 'Secret'), 'stringData', key)) ?? ''

// Loaded beforehand, as the packages of the clouds.
const kinds = await loadProviders()

describe('the page of a cloud', () => {
  it('of AWS shows a store that opens, and a secret that it reads', async () => {
    const page = 'aws.md'
    const env = simEnv(1)
    await env.clock.run(async () => {
      const config = at(manifest(page, 'SecretStore'), 'spec', 'provider', 'aws')
      const region = stringOf(at(config, 'region')) ?? ''
      const fake = createFakeSecretsManager({
        clock: env.clock,
        region,
        keys: {
          accessKeyId: secretOf(page, 'access-key-id'),
          secretAccessKey: secretOf(page, 'secret-access-key'),
        },
      })
      fake.put('apps/db', '{"password":"pass"}')
      const host = `secretsmanager.${region}.amazonaws.com`
      await env.net.listen(fake.handler, { host, port: 443 })
      expect(await readAsShown(page, 'aws', config, env)).toEqual(['pass'])
    })
  })

  it('of Azure shows a store that opens, and secrets that it reads', async () => {
    const page = 'azurekv.md'
    const env = simEnv(1)
    await env.clock.run(async () => {
      const config = at(manifest(page, 'SecretStore'), 'spec', 'provider', 'azurekv')
      const origin = stringOf(at(config, 'vaultUrl')) ?? ''
      const fake = createFakeKeyVault({
        clock: env.clock,
        origin,
        tenantId: stringOf(at(config, 'tenantId')) ?? '',
        clientId: secretOf(page, 'client-id'),
        clientSecret: secretOf(page, 'client-secret'),
      })
      fake.put('db-password', 'pass')
      fake.put('db', '{"user":"ann"}')
      await env.net.listen(fake.vault, { host: new URL(origin).host, port: 443 })
      await env.net.listen(fake.login, { host: 'login.microsoftonline.com', port: 443 })
      expect(await readAsShown(page, 'azurekv', config, env)).toEqual(['pass', 'ann'])
    })
  })
})

/** The values of the refs in the page's first ExternalSecret. */
async function readAsShown(
  page: string,
  name: string,
  config: unknown,
  env: ReturnType<typeof simEnv>,
): Promise<readonly string[]> {
  const signal = new AbortController().signal
  const store = { kind: 'SecretStore', name: 'store', namespace: 'apps' } as const
  const kind = await kinds[name]?.()
  const provider = await kind?.open(
    config,
    { env, log: env.log, store, cluster: clusterOf(page) },
    signal,
  )
  const data = at(manifest(page, 'ExternalSecret'), 'spec', 'data')
  const refs = (Array.isArray(data) ? data : []).map((each) => at(each, 'remoteRef'))
  const keys = refs.map((ref) => ({ key: stringOf(at(ref, 'key')) ?? '' }))
  const outcomes = (await provider?.read(keys, signal)) ?? []
  return outcomes.map((outcome, i) => {
    if (outcome.kind !== 'entry') throw new Error(`the secret ${i} is ${outcome.kind}`)
    return textOf(outcome.entry.value(stringOf(at(refs[i], 'property'))) ?? utf8('null'))
  })
}
