import { configMaps, resource, secrets, serviceAccounts } from '#api'
import { base64, textOf, utf8 } from '#base'
import { simEnv, type SimEnv } from '#base/env'
import { createKubeApi } from '#embedded/kube-api'
import { createVault, type EmbeddedVault } from '#embedded/vault'
import { createClient } from '#kube'
import { createClusterReader, createPlanner, type ReadPlanner, type StoreView } from '#provider'
import { loadProviders } from '#providers'
import { describe, expect, it } from 'vitest'

const live = new AbortController().signal
const rbac = 'rbac.authorization.k8s.io/v1'
const roles = resource(rbac, 'Role', 'roles')
const roleBindings = resource(rbac, 'RoleBinding', 'rolebindings')

interface World {
  readonly env: SimEnv
  readonly planner: ReadPlanner
  readonly vault: EmbeddedVault
  readonly vaultUrl: string
  readonly apiUrl: string
}

/** An API server with ServiceAccount `default/web`, a Vault that lets it in, and a planner. */
async function withCluster(work: (world: World) => Promise<void>): Promise<void> {
  const env = simEnv(1)
  const loaders = await loadProviders()
  const admin = { name: 'admin', groups: ['system:masters'] }
  const api = createKubeApi({ env, users: { 'reviewer-token': admin } })
  await env.clock.run(async () => {
    const { url: apiUrl } = await env.net.listen(api.handler)
    const client = createClient({ env, server: { url: apiUrl } })
    await client.create(serviceAccounts, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'web', namespace: 'default' },
    })
    const vault = createVault({
      env,
      rootToken: 'root',
      tokenReviewer: { url: apiUrl, token: 'reviewer-token' },
    })
    vault.policy('all', 'path "secret/*" { capabilities = ["read", "list"] }')
    vault.kubernetesRole('web', {
      bound_service_account_names: ['web'],
      bound_service_account_namespaces: ['default'],
      token_policies: ['all'],
    })
    const { url: vaultUrl } = await env.net.listen(vault.handler)
    const planner = createPlanner({
      env,
      loaders,
      clusterReader: (context) =>
        createClusterReader(
          {
            secret: (key, signal) => client.get(secrets, key, { signal }),
            configMap: (key, signal) => client.get(configMaps, key, { signal }),
            requestToken: (account, request, signal) =>
              client.requestToken(account, request, { signal }),
          },
          context,
        ),
    })
    await client.create(secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'db', namespace: 'default' },
      data: { user: base64(utf8('ann')) },
    })
    await client.create(roles, {
      apiVersion: rbac,
      kind: 'Role',
      metadata: { name: 'reader', namespace: 'default' },
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }],
    })
    await client.create(roleBindings, {
      apiVersion: rbac,
      kind: 'RoleBinding',
      metadata: { name: 'reader', namespace: 'default' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
      subjects: [{ kind: 'ServiceAccount', name: 'web', namespace: 'default' }],
    })
    await work({ env, planner, vault, vaultUrl, apiUrl })
    await planner.close()
    await client.close()
  })
  api.close()
}

function view(providerName: string, config: unknown): StoreView {
  const names = { kind: 'SecretStore', name: 'store', namespace: 'default' } as const
  return { ...names, uid: providerName, generation: 1, providerName, config }
}

async function read(planner: ReadPlanner, store: StoreView, property: string): Promise<string> {
  const [outcome] = await planner.read(store, 'default', [{ key: 'db' }], live)
  if (outcome?.kind === 'failed') throw outcome.fault
  if (outcome?.kind !== 'entry') return 'absent'
  return textOf(outcome.entry.value(property) ?? utf8('null'))
}

describe('with a real cluster behind them', () => {
  it('Vault lets a ServiceAccount in by asking the API server about its token', async () => {
    await withCluster(async ({ planner, vault, vaultUrl }) => {
      vault.put('secret/db', { password: 'x' })
      const auth = {
        kubernetes: { mountPath: 'kubernetes', role: 'web', serviceAccountRef: { name: 'web' } },
      }
      const store = view('vault', { server: vaultUrl, path: 'secret', auth })
      expect(await read(planner, store, 'password')).toBe('x')
      expect(await planner.validate(store, live)).toEqual({ kind: 'ready' })
      vault.put('secret/db', { password: 'rotated' })
      expect(await read(planner, store, 'password')).toBe('rotated')
      expect(vault.counts.logins).toBe(1)
      const other = { ...auth.kubernetes, serviceAccountRef: { name: 'nobody' } }
      const broken = view('vault', { server: vaultUrl, auth: { kubernetes: other } })
      await expect(read(planner, { ...broken, uid: 'broken' }, 'password')).rejects.toThrow(
        'serviceaccounts "nobody" not found',
      )
    })
  })

  it('the kubernetes provider reads as the ServiceAccount of the store', async () => {
    await withCluster(async ({ planner, apiUrl }) => {
      const store = view('kubernetes', {
        server: { url: apiUrl },
        remoteNamespace: 'default',
        auth: { serviceAccount: { name: 'web' } },
      })
      expect(await read(planner, store, 'user')).toBe('ann')
      expect(await planner.validate(store, live)).toEqual({ kind: 'ready' })
      const [found] = await Promise.allSettled([
        planner.find(store, 'default', { nameRegexp: 'db' }, live),
      ])
      expect(found).toMatchObject({ status: 'rejected', reason: { reason: 'AccessDenied' } })
    })
  })
})
