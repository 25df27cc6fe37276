/** Bundled as the program is, and run as the image runs it: one read from each cloud's double. */
import { Fault, textOf, utf8, type Env } from '#base'
import { simEnv } from '#base/env'
import type { ClusterReader } from '#provider'
import { loadProviders } from '#providers'
import { createFakeSecretsManager } from '../fakes/aws-secrets-manager.ts'
import { createFakeKeyVault } from '../fakes/azure-key-vault.ts'

const region = 'eu-central-1'
const awsKeys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'nobody' }
const tenantId = '11111111-2222-3333-4444-555555555555'
const app = { clientId: '66666666-7777-8888-9999-000000000000', clientSecret: 'nobody' }
const vaultHost = 'demo.vault.azure.net'
const of = (name: string, key: string): object => ({ name, key })

const stores: readonly (readonly [provider: string, config: object])[] = [
  [
    'aws',
    {
      service: 'SecretsManager',
      region,
      auth: {
        secretRef: {
          accessKeyIDSecretRef: of('aws', 'accessKeyId'),
          secretAccessKeySecretRef: of('aws', 'secretAccessKey'),
        },
      },
    },
  ],
  [
    'azurekv',
    {
      vaultUrl: `https://${vaultHost}`,
      tenantId,
      authSecretRef: {
        clientId: of('azure', 'clientId'),
        clientSecret: of('azure', 'clientSecret'),
      },
    },
  ],
]

async function serve(env: Env): Promise<void> {
  const { clock } = env
  const aws = createFakeSecretsManager({ clock, region, keys: awsKeys })
  const azure = createFakeKeyVault({ clock, origin: `https://${vaultHost}`, tenantId, ...app })
  aws.put('db', 'the value')
  azure.put('db', 'the value')
  const at443 = (host: string): { host: string; port: number } => ({ host, port: 443 })
  await env.net.listen(aws.handler, at443(`secretsmanager.${region}.amazonaws.com`))
  await env.net.listen(azure.vault, at443(vaultHost))
  await env.net.listen(azure.login, at443('login.microsoftonline.com'))
}

function clusterWith(values: Readonly<Record<string, string>>): ClusterReader {
  return {
    secretKey: ({ key }) => Promise.resolve(utf8(values[key ?? ''] ?? '')),
    secret: () => Promise.resolve(null),
    configMap: () => Promise.resolve(null),
    token: () => Promise.reject(new Fault('InvalidRef', 'no such account')),
  }
}

const env = simEnv(1)
const loaders = await loadProviders()
// Virtual time does not wait for files.
await Promise.all([import('@aws-sdk/client-secrets-manager'), import('@azure/keyvault-secrets')])
const live = new AbortController().signal

await env.clock.run(async () => {
  await serve(env)
  for (const [name, config] of stores) {
    const kind = await loaders[name]?.()
    const cluster = clusterWith({ ...awsKeys, ...app })
    const store = { kind: 'SecretStore', name, namespace: 'web' } as const
    const provider = await kind?.open(config, { env, cluster, log: env.log, store }, live)
    const [outcome] = (await provider?.read([{ key: 'db' }], live)) ?? []
    const value = outcome?.kind === 'entry' ? outcome.entry.value() : null
    const isRead = value !== null && textOf(value) === 'the value'
    process.stdout.write(`${name}: ${isRead ? 'read' : (outcome?.kind ?? 'not opened')}\n`)
    await provider?.close()
  }
})
