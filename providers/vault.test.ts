import { createVault, type EmbeddedVault } from '#embedded/vault'
import { Fault, utf8 } from '#base'
import type { SimEnv } from '#base/env'
import type { ClusterReader } from '#provider'
import { describeProvider } from '../test/provider-contract.ts'
import { vault } from './vault.ts'

const root = 'root-token'

/** A cluster that holds one Secret with the token, and can issue ServiceAccount tokens. */
function clusterWith(token: string): ClusterReader {
  return {
    secretKey: async () => await Promise.resolve(utf8(`${token}\n`)),
    secret: () => Promise.resolve(null),
    configMap: () => Promise.resolve(null),
    token: () => Promise.reject(new Fault('InvalidRef', 'no such account')),
  }
}

async function startVault(env: SimEnv): Promise<{ url: string; vault: EmbeddedVault }> {
  const server = createVault({ env, rootToken: root })
  const listener = await env.net.listen(server.handler)
  return { url: listener.url, vault: server }
}

describeProvider(vault, {
  isRead: (request) => request.url.includes('/v1/secret/data/'),
  missingProperty: 'fault',
  binary: false,
  start: async (env, entries) => {
    const { url, vault: server } = await startVault(env)
    for (const { key, properties } of entries) server.put(`secret/${key}`, properties)
    const rules = ['path "secret/*" { capabilities = ["read", "list"] }']
    server.policy('reader', rules.join('\n'))
    return {
      config: {
        server: url,
        path: 'secret',
        auth: { tokenSecretRef: { name: 't', key: 'token' } },
      },
      cluster: clusterWith(server.token(['reader'])),
      deny: (key) => {
        rules.push(`path "secret/data/${key}" { capabilities = ["deny"] }`)
        server.policy('reader', rules.join('\n'))
      },
    }
  },
})
