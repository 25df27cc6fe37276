/**
 * The operator under exactly the rights that deploy/ gives it: each Deployment's own arguments, in a
 * process of its own, with a token of its own ServiceAccount, on an API server that checks rights. Every
 * request is recorded: nothing may be refused, and every right that no step needed is explained.
 */
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { configMaps, secrets } from '#api'
import { at } from '#base'
import { covers, grantsIn, textOfGrant, textOfUse, type Grant, type Use } from './deploy/rights.ts'
import { inCluster, type Cluster } from './deploy/cluster.ts'
import { conditionOf, externalSecrets, kustomizations, sealedSecrets } from './stories/stage.ts'

const root = resolve(import.meta.dirname, '..')

/** Rights that this story does not come to need, and when they are needed. */
const explained: readonly (readonly [RegExp, string])[] = [
  [
    /^get (externalsecrets|secretstores|clustersecretstores|sealedsecrets|gitrepositories)\./,
    'read past the cache: a status after a conflict, a store that looks missing',
  ],
  [/^update externalsecrets\/finalizers/, 'OwnerReferencesPermissionEnforcement, where it is on'],
  [/^patch gitrepositories\./, 'takes off the finalizer that Flux has left'],
  [/^patch events$/, 'counts an equal event up, where one comes again within its window'],
]
/** Watches kinds that Git may bring; a story brings a few of them. */
const driftRole = 'lockstep-git-drift'

function unexplained(grants: readonly Grant[], uses: readonly Use[]): readonly string[] {
  return unusedOf(grants, uses)
    .filter(({ role }) => role !== driftRole)
    .map((grant) => `${grant.account}: ${textOfGrant(grant)}`)
    .filter((text) => !explained.some(([right]) => right.test(text.replace(/^\S+: /, ''))))
}

function spaceOf({ namespace }: Use): string {
  return namespace
}

function unusedOf(grants: readonly Grant[], uses: readonly Use[]): readonly Grant[] {
  return grants.filter((grant) => !uses.some((use) => covers(grant, use)))
}

function uncovered(grants: readonly Grant[], uses: readonly Use[]): readonly string[] {
  const found = uses.filter((use) => !grants.some((grant) => covers(grant, use)))
  return [...new Set(found.map(textOfUse))]
}

describe.each(['deploy/base', 'deploy/overlays/all-in-one', 'deploy/overlays/namespaced'])(
  '%s',
  (way) => {
    it(
      'plays the whole story with the rights given, and without a single one too few',
      () =>
        inCluster(join(root, way), async (cluster) => {
          await fakeStores(cluster)
          if (cluster.home !== 'web') await clusterStore(cluster)
          await vault(cluster)
          await sealed(cluster)
          await git(cluster)
          expect(await cluster.stopped()).toEqual(cluster.accounts.map(() => 0))

          const seen = cluster.uses()
          const refused = seen.filter(({ status }) => status === 401 || status === 403)
          expect(refused.map(textOfUse)).toEqual([])
          const grants = grantsIn([...cluster.manifests, ...cluster.bound])
          const uses = seen.filter(({ account }) => cluster.accounts.includes(account))
          expect(uncovered(grants, uses)).toEqual([])
          if (cluster.home === 'web') expect(new Set(uses.map(spaceOf))).toEqual(new Set(['web']))
          expect(unexplained(grants, uses)).toEqual([])
          tell(way, grants, uses)
          expectBite(grants, uses)
        }),
      240_000,
    )
  },
)

it(
  'a Kustomization that names an account nobody lent to Lockstep applies nothing',
  () =>
    inCluster(
      join(root, 'deploy/base'),
      async (cluster) => {
        await cluster.commit({ 'deploy/settings.yaml': configMap('settings', 'one') })
        await cluster.apply(`
apiVersion: v1
kind: ServiceAccount
metadata: {name: admin, namespace: web}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: admin-of-web}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: deploys}
subjects: [{kind: ServiceAccount, name: admin, namespace: web}]
${gitObjects(cluster.gitUrl, 'web', '', 'serviceAccountName: admin')}`)
        await cluster.when(kustomizations, { namespace: 'web', name: 'web' }, (found) =>
          /cannot impersonate-on:serviceaccount:patch resource "configmaps"/.test(
            conditionOf(found, 'Ready').message ?? '',
          ),
        )
        expect(
          await cluster.client.get(configMaps, { namespace: 'web', name: 'settings' }),
        ).toBeNull()
      },
      ['lockstep-git'],
    ),
  120_000,
)

/** Prints what was used, and what was not with its reason. */
function tell(way: string, grants: readonly Grant[], uses: readonly Use[]): void {
  const unused = unusedOf(grants, uses)
  const drift = unused.filter(({ role }) => role === driftRole)
  const others = unused.filter(({ role }) => role !== driftRole).map(textOfGrant)
  const lines = others.map((text) => {
    const why = explained.find(([right]) => right.test(text))?.[1] ?? ''
    return `  unused: ${text}: ${why}`
  })
  console.log(
    [
      `${way}: ${uses.length} requests, ${grants.length} rights, ${unused.length} of them not used:`,
      `  ${drift.length} to watch kinds for drift that Git did not bring`,
      ...lines,
    ].join('\n'),
  )
}

/** A right too few and one too many are both seen, on the very requests of this run. */
function expectBite(grants: readonly Grant[], uses: readonly Use[]): void {
  const fewer = grants.filter(({ verb, resource }) => `${verb} ${resource}` !== 'update secrets')
  expect(uncovered(fewer, uses).join('\n')).toContain('update secrets web/')
  const account = grants[0]?.account ?? ''
  const more = [...grants, { account, verb: 'delete', resource: 'namespaces', role: 'planted' }]
  expect(unexplained(more, uses)).toEqual([`${account}: delete namespaces`])
}

it(
  'a kind that it may not watch is applied all the same: the interval looks after its drift',
  () =>
    inCluster(
      join(root, 'deploy/base'),
      async (cluster) => {
        await cluster.commit({
          'deploy/secret.yaml': `apiVersion: v1
kind: Secret
metadata: {name: plain, namespace: web}
stringData: {a: b}
`,
        })
        await cluster.apply(gitObjects(cluster.gitUrl, 'lockstep-system', credentials))
        const sync = { namespace: 'lockstep-system', name: 'web' }
        await cluster.when(
          kustomizations,
          sync,
          (found) => conditionOf(found, 'Ready').status === 'True',
        )
        expect(await cluster.values({ namespace: 'web', name: 'plain' })).toEqual({ a: 'b' })
        const looked = cluster
          .uses()
          .filter(
            ({ account, resource, status }) =>
              account === 'lockstep-git' && resource === 'secrets' && status < 300,
          )
        expect(new Set(looked.map(textOfUse))).toEqual(
          new Set(['lockstep-git: get secrets lockstep-system/git-credentials (200)']),
        )
      },
      ['lockstep-git'],
    ),
  120_000,
)

async function fakeStores({ apply, values, client, when }: Cluster): Promise<void> {
  await apply(`
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: fake, namespace: web}
spec: {provider: {fake: {data: [{key: a, value: one}]}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: templates, namespace: web}
data: {greeting: "hello {{ .a }}"}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: fake, namespace: web}
spec:
  refreshInterval: 1h
  secretStoreRef: {name: fake}
  target:
    deletionPolicy: Delete
    template:
      templateFrom: [{configMap: {name: templates, items: [{key: greeting}]}}]
  data: [{secretKey: a, remoteRef: {key: a}}]
---
apiVersion: v1
kind: Secret
metadata: {name: theirs, namespace: web}
stringData: {mine: yes-mine}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: theirs, namespace: web}
spec:
  refreshInterval: 1h
  secretStoreRef: {name: fake}
  target: {creationPolicy: None}
  data: [{secretKey: a, remoteRef: {key: a}}]
---
apiVersion: generators.external-secrets.io/v1alpha1
kind: Password
metadata: {name: made, namespace: web}
spec: {}
---
apiVersion: generators.external-secrets.io/v1alpha1
kind: SSHKey
metadata: {name: made, namespace: web}
spec: {keyType: ed25519}
---
apiVersion: generators.external-secrets.io/v1alpha1
kind: UUID
metadata: {name: made, namespace: web}
spec: {}
---
apiVersion: generators.external-secrets.io/v1alpha1
kind: Fake
metadata: {name: made, namespace: web}
spec: {data: {user: ann}}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: made, namespace: web}
spec:
  refreshPolicy: CreatedOnce
  dataFrom:
    - sourceRef: {generatorRef: {kind: Password, name: made}}
    - sourceRef: {generatorRef: {kind: SSHKey, name: made}}
    - sourceRef: {generatorRef: {kind: UUID, name: made}}
    - sourceRef: {generatorRef: {kind: Fake, name: made}}
`)
  const made = await values({ namespace: 'web', name: 'made' })
  expect(Object.keys(made).sort()).toEqual(['password', 'privateKey', 'publicKey', 'user', 'uuid'])
  const fake = { namespace: 'web', name: 'fake' }
  expect(await values(fake)).toEqual({ greeting: 'hello one' })
  await when(
    secrets,
    { namespace: 'web', name: 'theirs' },
    (found) => found.metadata.labels?.['reconcile.external-secrets.io/managed'] === 'true',
  )
  // Put back what somebody edits, twice: the second event counts the first one up.
  for (const value of ['MQ==', 'Mg==']) {
    await client.patch(secrets, fake, { data: { greeting: value } }, { type: 'merge' })
    await values(fake, (found) => found['greeting'] === 'hello one')
  }
  await client.delete(externalSecrets, fake)
  await when(secrets, fake, (found) => found === undefined)
}

/** Of the cluster: not for one who looks after a single namespace. */
async function clusterStore({ apply, values }: Cluster): Promise<void> {
  await apply(`
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: shared}
spec:
  conditions: [{namespaceSelector: {matchLabels: {team: web}}}]
  provider: {fake: {data: [{key: b, value: two}]}}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: shared, namespace: web}
spec:
  refreshInterval: 1h
  secretStoreRef: {name: shared, kind: ClusterSecretStore}
  data: [{secretKey: b, remoteRef: {key: b}}]
---
apiVersion: generators.external-secrets.io/v1alpha1
kind: ClusterGenerator
metadata: {name: shared}
spec: {kind: Fake, generator: {fakeSpec: {data: {c: three}}}}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: made-for-all, namespace: web}
spec:
  dataFrom: [{sourceRef: {generatorRef: {kind: ClusterGenerator, name: shared}}}]
`)
  expect(await values({ namespace: 'web', name: 'shared' })).toEqual({ b: 'two' })
  expect(await values({ namespace: 'web', name: 'made-for-all' })).toEqual({ c: 'three' })
}

async function vault({ apply, values, vault: server, vaultUrl }: Cluster): Promise<void> {
  server.put('secret/apps/web', { password: 'first' })
  await apply(`
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: web}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: web}
spec:
  provider:
    vault:
      server: ${vaultUrl}
      path: secret
      version: v2
      auth: {kubernetes: {mountPath: kubernetes, role: web, serviceAccountRef: {name: web}}}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: vault, namespace: web}
spec:
  refreshInterval: 1s
  secretStoreRef: {name: vault}
  data: [{secretKey: password, remoteRef: {key: apps/web, property: password}}]
`)
  const key = { namespace: 'web', name: 'vault' }
  expect(await values(key)).toEqual({ password: 'first' })
  server.put('secret/apps/web', { password: 'second' })
  await values(key, (found) => found['password'] === 'second')
}

async function sealed({ apply, seal, values, client, when }: Cluster): Promise<void> {
  const key = { namespace: 'web', name: 'sealed' }
  await apply(
    await seal(`
apiVersion: v1
kind: Secret
metadata: {name: sealed, namespace: web}
stringData: {token: sealed-value}
`),
  )
  expect(await values(key)).toEqual({ token: 'sealed-value' })
  await client.patch(secrets, key, { data: { token: 'MQ==' } }, { type: 'merge' })
  await values(key, (found) => found['token'] === 'sealed-value')
  await when(sealedSecrets, key, (found) => conditionOf(found, 'Synced').status === 'True')
}

async function git({ apply, commit, client, when, values, gitUrl, home }: Cluster): Promise<void> {
  await commit({
    'deploy/settings.yaml': configMap('settings', 'one'),
    'deploy/secret.yaml': `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: from-git, namespace: web}
spec:
  secretStoreRef: {name: fake}
  data: [{secretKey: a, remoteRef: {key: a}}]
`,
  })
  await apply(gitObjects(gitUrl, home, credentials))
  const settings = { namespace: 'web', name: 'settings' }
  const valueOf = (found: unknown): unknown => at(found, 'data', 'value')
  await when(configMaps, settings, (found) => valueOf(found) === 'one')
  await values({ namespace: 'web', name: 'from-git' })
  const sync = { namespace: home, name: 'web' }
  await when(kustomizations, sync, (found) => conditionOf(found, 'Ready').status === 'True')
  await client.patch(configMaps, settings, { data: { value: 'edited' } }, { type: 'merge' })
  // Without watches beyond the namespace, drift is seen by the next pass; here one is asked for.
  const asked = { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': 'now' } } }
  if (home === 'web') await client.patch(kustomizations, sync, asked, { type: 'merge' })
  await when(configMaps, settings, (found) => valueOf(found) === 'one')
  await commit({ 'deploy/secret.yaml': null })
  await when(
    externalSecrets,
    { namespace: 'web', name: 'from-git' },
    (found) => found === undefined,
  )
  await client.delete(kustomizations, sync)
  await when(kustomizations, sync, (found) => found === undefined)
  expect(await client.get(configMaps, settings)).toBeNull()
}

function configMap(name: string, value: string): string {
  return `apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}, namespace: web}
data: {value: ${value}}
`
}

const credentials = 'secretRef: {name: git-credentials}'

function gitObjects(url: string, namespace: string, forSource: string, forSync = ''): string {
  return `---
apiVersion: v1
kind: Secret
metadata: {name: git-credentials, namespace: ${namespace}}
stringData: {username: git, password: the-password-of-git}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: web, namespace: ${namespace}}
spec:
  interval: 1s
  url: ${url}
  ref: {branch: main}
  ${forSource}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: web, namespace: ${namespace}}
spec:
  interval: 10m
  retryInterval: 1s
  path: ./deploy
  prune: true
  ${forSync}
  sourceRef: {kind: GitRepository, name: web}
`
}
