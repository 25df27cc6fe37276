import '@aws-sdk/client-secrets-manager' // loaded beforehand: virtual time does not wait for files
import { Fault, utf8 } from '#base'
import type { ClusterReader } from '#provider'
import { createFakeSecretsManager } from '../test/fakes/aws-secrets-manager.ts'
import { describeProvider } from '../test/provider-contract.ts'
import { aws } from './aws.ts'

const region = 'eu-central-1'
const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG' }

/** A cluster whose one Secret holds the keys. */
function clusterWith(given: Readonly<Record<string, string>>): ClusterReader {
  return {
    secretKey: async (ref) => {
      const value = given[ref.key ?? '']
      if (value === undefined) throw new Fault('InvalidRef', `no key ${ref.key ?? ''}`)
      return await Promise.resolve(utf8(`${value}\n`))
    },
    secret: () => Promise.resolve(null),
    configMap: () => Promise.resolve(null),
    token: () => Promise.reject(new Fault('InvalidRef', 'no such account')),
  }
}

const byKeys = {
  secretRef: {
    accessKeyIDSecretRef: { name: 'aws', key: 'accessKeyId' },
    secretAccessKeySecretRef: { name: 'aws', key: 'secretAccessKey' },
  },
}

describeProvider(aws, {
  isRead: ({ headers }) => String(headers?.['x-amz-target']).endsWith('GetSecretValue'),
  missingProperty: 'fault',
  binary: false,
  secondVersion: 'uuid/00000000-0000-4000-8000-000000000002',
  start: async (env, entries) => {
    const fake = createFakeSecretsManager({ clock: env.clock, region, keys })
    await env.net.listen(fake.handler, {
      host: `secretsmanager.${region}.amazonaws.com`,
      port: 443,
    })
    for (const { key, properties } of entries) fake.put(key, JSON.stringify(properties))
    return {
      config: { service: 'SecretsManager', region, auth: byKeys },
      cluster: clusterWith(keys),
      deny: (key) => fake.deny(key),
    }
  },
})
