/**
 * The manifests of the articles that Lockstep was asked for by, as printed (test/stories/articles), do
 * what the articles say. The articles' README lists what is played and what is not, and why.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { parse, stringify } from 'yaml'
import { configMaps, secrets, type AnyObject, type ObjectKey, type Secret } from '#api'
import { at, textOf, utf8 } from '#base'
import { jsonLog, realEnv } from '#base/env'
import { seal } from '#cli/seal'
import { createGitServer, type GitServer, type NewFile } from '#embedded/git'
import { canary, describeLeaks, scanForCanaries } from '../canary.ts'
import { programOf } from '../real/programs.ts'
import { deployments, rollOut } from './roll-out.ts'
import { storyNamespaces } from './servers.ts'
import {
  conditionOf,
  externalSecrets,
  inSimulation,
  kustomizations,
  sealedSecrets,
  secretStores,
  setStage,
  type Stage,
} from './stage.ts'

// Real time, real git, real kustomize: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 120_000 })

// What `scripts/components` built, for who has it.
const kustomize = programOf('kustomize', 'optional')
if (kustomize !== undefined) process.env['PATH'] += delimiter + dirname(kustomize)

/** A manifest as printed, the lab's texts in place of the article's. */
function printed(path: string, lab: Readonly<Record<string, string>> = {}): string {
  let text = readFileSync(join(import.meta.dirname, 'articles', path), 'utf8')
  for (const [article, ours] of Object.entries(lab)) {
    if (!text.includes(article)) throw new Error(`${path} does not print ${article}`)
    text = text.replaceAll(article, ours)
  }
  return text
}

/** `kubectl -n NAMESPACE apply -f FILE`: for manifests that name no namespace. */
async function applyIn(stage: Stage, namespace: string, yaml: string): Promise<void> {
  const object = parse(yaml) as AnyObject
  await stage.apply(stringify({ ...object, metadata: { ...object.metadata, namespace } }))
}

async function makeNamespaces(stage: Stage, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await stage.apply(`{apiVersion: v1, kind: Namespace, metadata: {name: ${name}}}`)
  }
}

interface GitStage extends Stage {
  readonly git: GitServer
  readonly gitUrl: string
}

/** A lab with Git: repositories `k8s-manifests` and `webapp-config`, and Flux's namespace as ours. */
async function withGit(story: (stage: GitStage) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-articles-'))
  const lines: string[] = []
  const env = realEnv({ log: jsonLog('debug', (line) => lines.push(line)) })
  const git = createGitServer({ env, folder: join(folder, 'served') })
  for (const name of ['k8s-manifests', 'webapp-config']) {
    await git.create(name)
    await git.commit(name, { 'README.md': 'manifests\n' }, 'begin')
  }
  const listener = await env.net.listen(git.handler)
  const stage = await setStage(
    env,
    lines,
    ['secrets', 'unsealer', 'git'],
    join(folder, 'mirrors'),
    { namespace: 'flux-system' }, // as docs/coming-from-flux.md says
  )
  try {
    await makeNamespaces(stage, 'flux-system', 'payments', 'production', 'staging', 'ci-cd')
    await story({ ...stage, git, gitUrl: listener.url })
    const outputs = { ...(await stage.outputs()), mirrors: { folder: join(folder, 'mirrors') } }
    expect(describeLeaks(scanForCanaries(outputs))).toBe('')
  } finally {
    await stage.close()
    await listener.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The GitRepository that an article's Kustomization names and no article prints. */
function gitRepository(stage: GitStage, name: string, branch = 'main'): string {
  return `
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: ${name}, namespace: flux-system}
spec: {interval: 1s, url: "${stage.gitUrl}/${name}.git", ref: {branch: ${branch}}}
`
}

const ready = (object: AnyObject): boolean => conditionOf(object, 'Ready').status === 'True'

function configMap(namespace: string, name: string, value: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace, name },
    data: { value },
  })
}

const valueIs =
  (value: string) =>
  (object: AnyObject): boolean =>
    at(object, 'data', 'value') === value

async function gone(stage: Stage, kind: typeof deployments, key: ObjectKey): Promise<void> {
  while ((await stage.client.get(kind, key)) !== null) await stage.env.clock.sleep(50)
}

/** What `kubeseal` prints for this Secret. */
async function sealedBy(stage: Stage, secret: object, flags: readonly string[]): Promise<string> {
  const [key] = await sealingKeys(stage)
  const folder = await stage.env.fs.makeTempFolder('lockstep-cert-')
  await stage.env.fs.write(
    join(folder, 'cert.pem'),
    Buffer.from(key?.data?.['tls.crt'] ?? '', 'base64'),
  )
  let out = ''
  const status = await seal(
    ['--cert', 'cert.pem', ...flags],
    {
      env: stage.env,
      cwd: folder,
      variables: {},
      stdin: () => Promise.resolve(utf8(stringify(secret))),
      stdout: (text) => {
        out += typeof text === 'string' ? text : textOf(text)
      },
      stderr: () => {},
      isTty: false,
    },
    new AbortController().signal,
  )
  await stage.env.fs.remove(folder)
  expect(status).toBe(0)
  return out
}

/** Waits until there is a sealing key. */
async function sealingKey(stage: Stage): Promise<void> {
  while ((await sealingKeys(stage)).length === 0) await stage.env.clock.sleep(50)
}

/** Those of the story's operator: others may have unsealers in the same cluster. */
async function sealingKeys(stage: Stage): Promise<readonly Secret[]> {
  const labelSelector = 'sealedsecrets.bitnami.com/sealed-secrets-key=active'
  const { items } = await stage.client.list(secrets, { labelSelector })
  return items.filter(({ metadata }) => storyNamespaces.includes(metadata.namespace ?? ''))
}

describe('the guide for CTOs', () => {
  const key = { namespace: 'payments', name: 'database-credentials' }

  /** The ClusterSecretStore `vault-backend` that the article names and does not print. */
  const store = (stage: Stage): string => `
apiVersion: v1
kind: Secret
metadata: {name: vault-token, namespace: lockstep-system}
stringData: {token: ${stage.rootToken}}
---
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault-backend}
spec:
  provider:
    vault:
      server: ${stage.vaultUrl}
      path: secret
      auth: {tokenSecretRef: {name: vault-token, namespace: lockstep-system, key: token}}
`

  it('syncs its ExternalSecret (v1beta1) from Vault, and follows a rotation within its hour', () =>
    inSimulation(async (stage) => {
      await makeNamespaces(stage, 'payments')
      const first = canary('payments-first')
      const second = canary('payments-second')
      stage.vault.put('secret/production/database', { password: first, other: canary('other') })
      await stage.apply(store(stage))
      await applyIn(stage, 'payments', printed('guide-for-ctos/external-secret.yaml'))
      expect(await stage.values(key)).toEqual({ password: first })
      await stage.when(externalSecrets, key, ready)

      stage.vault.put('secret/production/database', { password: second })
      await stage.pass(3_600_000)
      await stage.values(key, (values) => values['password'] === second)
      expect(describeLeaks(scanForCanaries(await stage.outputs()))).toBe('')
    }))

  it('applies its path of its repository by its Flux Kustomization, and prunes what leaves it', () =>
    withGit(async (stage) => {
      await stage.git.commit(
        'k8s-manifests',
        {
          'deploy/production/a.yaml': configMap('payments', 'a', 'production'),
          'deploy/production/b.yaml': configMap('payments', 'b', 'production'),
          'deploy/staging/a.yaml': configMap('staging', 'a', 'staging'),
        },
        'payments',
      )
      await stage.apply(gitRepository(stage, 'k8s-manifests'))
      await stage.apply(printed('guide-for-ctos/flux-kustomization.yaml'))
      const b = { namespace: 'payments', name: 'b' }
      await stage.when(configMaps as never, b, valueIs('production'))
      await stage.when(
        kustomizations,
        { namespace: 'flux-system', name: 'payments-service' },
        ready,
      )
      // "Drift is detectable … applying corrections when drift occurs."
      await stage.client.patch(
        configMaps,
        b,
        { data: { value: 'by hand' } },
        { type: 'merge', fieldManager: 'kubectl-edit' },
      )
      await stage.when(configMaps as never, b, valueIs('production'))
      await stage.git.commit('k8s-manifests', { 'deploy/production/b.yaml': null }, 'remove b')
      await gone(stage, configMaps as never, b)
      // The other environment's folder is no matter of this Kustomization.
      expect(await stage.client.get(configMaps, { namespace: 'staging', name: 'a' })).toBeNull()
    }))

  it('maps each environment to a branch: a merge into the branch is what promotes', () =>
    withGit(async (stage) => {
      const at1 = await stage.git.commit(
        'k8s-manifests',
        { 'deploy/production/app.yaml': configMap('payments', 'app', 'one') },
        'one',
      )
      await stage.git.commit(
        'k8s-manifests',
        { 'deploy/production/app.yaml': configMap('payments', 'app', 'two') },
        'two, for the release branch',
        { branch: 'release/2', parent: at1 },
      )
      await stage.apply(gitRepository(stage, 'k8s-manifests'))
      await stage.apply(printed('guide-for-ctos/flux-kustomization.yaml'))
      // Staging follows the release branch: the same manifest, other name, source and namespace.
      await stage.apply(
        gitRepository(stage, 'k8s-manifests', 'release/2').replace(
          'name: k8s-manifests,',
          'name: k8s-manifests-staging,',
        ),
      )
      const staging = parse(printed('guide-for-ctos/flux-kustomization.yaml')) as AnyObject
      await stage.apply(
        stringify({
          ...staging,
          metadata: { name: 'payments-staging', namespace: 'flux-system' },
          spec: {
            ...(staging['spec'] as object),
            targetNamespace: 'staging',
            sourceRef: { kind: 'GitRepository', name: 'k8s-manifests-staging' },
          },
        }),
      )
      const inProduction = { namespace: 'payments', name: 'app' }
      await stage.when(configMaps as never, inProduction, valueIs('one'))
      await stage.when(configMaps as never, { namespace: 'staging', name: 'app' }, valueIs('two'))
      expect(at(await stage.client.get(configMaps, inProduction), 'data', 'value')).toBe('one')

      const release = await stage.git.resolve('k8s-manifests', 'refs/heads/release/2')
      await stage.git.setRef('k8s-manifests', 'refs/heads/main', release) // fast-forward
      await stage.when(configMaps as never, inProduction, valueIs('two'))
    }))

  it('lets its developer-bot change staging, and nothing else', () =>
    withGit(async (stage) => {
      await stage.apply(`
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: staging-deployer}
rules:
  - {apiGroups: [""], resources: [configmaps], verbs: ["*"]}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: developer-bot, namespace: ci-cd}}
`)
      await stage.apply(printed('guide-for-ctos/staging-rights.yaml'))
      await stage.git.commit(
        'k8s-manifests',
        { 'dev/app.yaml': configMap('staging', 'app', 'by the bot') },
        'staging',
      )
      await stage.apply(
        gitRepository(stage, 'k8s-manifests').replace('namespace: flux-system', 'namespace: ci-cd'),
      )
      const sync = { namespace: 'ci-cd', name: 'dev' }
      await stage.apply(
        stringify({
          apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
          kind: 'Kustomization',
          metadata: sync,
          spec: {
            interval: '10m',
            retryInterval: '1s',
            path: './dev',
            prune: true,
            serviceAccountName: 'developer-bot',
            sourceRef: { kind: 'GitRepository', name: 'k8s-manifests' },
          },
        }),
      )
      const inStaging = { namespace: 'staging', name: 'app' }
      await stage.when(configMaps as never, inStaging, valueIs('by the bot'))
      await stage.git.commit(
        'k8s-manifests',
        { 'dev/production.yaml': configMap('production', 'app', 'by the bot') },
        'production, which is not theirs',
      )
      const refused = await stage.when(
        kustomizations,
        sync,
        (found) => conditionOf(found, 'Ready').status === 'False',
      )
      expect(conditionOf(refused, 'Ready').message).toMatch(/developer-bot.*cannot|forbidden/)
      expect(
        await stage.client.get(configMaps, { namespace: 'production', name: 'app' }),
      ).toBeNull()
    }))
})

describe('pipelines and GitOps', () => {
  it('seals with the two commands it prints, and what is committed becomes the Secret', () =>
    withGit(async (stage) => {
      const script = printed('pipelines-and-gitops/seal.sh')
      expect(script).toContain('--from-literal=password=mysecret')
      expect(script).toContain('| kubeseal -o yaml > sealed-secret.yaml')
      await sealingKey(stage)
      // What `kubectl create secret generic db-password --from-literal=… --dry-run=client` prints;
      // the current context's namespace is the one it is sealed for.
      const value = canary('mysecret')
      const secret = {
        apiVersion: 'v1',
        data: { password: Buffer.from(value).toString('base64') },
        kind: 'Secret',
        metadata: { creationTimestamp: null, name: 'db-password' },
      }
      const sealed = await sealedBy(stage, secret, ['-o', 'yaml', '--namespace', 'production'])
      expect(sealed).not.toContain(value)
      await stage.git.commit(
        'k8s-manifests',
        { 'deploy/production/sealed-secret.yaml': sealed },
        'Add sealed DB secret',
      )
      await stage.apply(gitRepository(stage, 'k8s-manifests'))
      await stage.apply(printed('guide-for-ctos/flux-kustomization.yaml'))
      expect(await stage.values({ namespace: 'production', name: 'db-password' })).toEqual({
        password: value,
      })
    }))
})

describe('deployment automation', () => {
  it("logs in to Vault by its SecretStore (v1beta1), as the namespace's own account", () =>
    inSimulation(async (stage) => {
      await makeNamespaces(stage, 'production')
      const password = canary('webapp-database')
      stage.vault.put('secret/webapp', { password })
      stage.vault.policy('webapp', 'path "secret/data/webapp" { capabilities = ["read"] }')
      stage.vault.kubernetesRole('webapp-role', {
        bound_service_account_names: ['default'],
        bound_service_account_namespaces: ['production'],
        token_policies: ['webapp'],
      })
      const printedStore = printed('deployment-automation/secret-store.yaml', {
        'https://vault.company.com': stage.vaultUrl,
      })
      // Vault reviews tokens with the token it was given, as it does when it runs outside a cluster.
      await stage.apply(`
{apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: production}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: token-reviewer}
rules: [{apiGroups: [authentication.k8s.io], resources: [tokenreviews], verbs: [create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: token-reviewer}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: token-reviewer}
subjects: [{kind: ServiceAccount, name: default, namespace: production}]
`)
      await applyIn(stage, 'production', printedStore)
      await stage.when(secretStores, { namespace: 'production', name: 'vault-backend' }, ready)
      await applyIn(
        stage,
        'production',
        `
apiVersion: external-secrets.io/v1beta1
kind: ExternalSecret
metadata: {name: webapp}
spec:
  secretStoreRef: {name: vault-backend}
  data: [{secretKey: password, remoteRef: {key: webapp, property: password}}]
`,
      )
      expect(await stage.values({ namespace: 'production', name: 'webapp' })).toEqual({ password })
      expect(stage.vault.counts.logins).toBeGreaterThan(0)
      expect(describeLeaks(scanForCanaries(await stage.outputs()))).toBe('')
    }))

  it('unseals its SealedSecret once the value that was cut short is whole', () =>
    inSimulation(async (stage) => {
      await makeNamespaces(stage, 'production')
      await sealingKey(stage)
      const key = { namespace: 'production', name: 'webapp-secrets' }
      const value = canary('database-password')
      await stage.apply(printed('deployment-automation/sealed-secret.yaml'))
      const failed = await stage.when(
        sealedSecrets,
        key,
        (object) => conditionOf(object, 'Synced').status === 'False',
      )
      expect(conditionOf(failed, 'Synced').message).toMatch(/database-password|base64/)
      expect(await stage.secret(key)).toBeNull()

      const sealed = await sealedBy(
        stage,
        {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: key,
          stringData: { 'database-password': value },
        },
        ['-o', 'yaml'],
      )
      const whole = String(at(parse(sealed), 'spec', 'encryptedData', 'database-password'))
      await stage.apply(
        printed('deployment-automation/sealed-secret.yaml', {
          'AgBy3i4OJSWK+PiTySYZZA9rO43cGDEQAx...': whole,
        }),
      )
      expect(await stage.values(key)).toEqual({ 'database-password': value })
      expect((await stage.secret(key))?.type).toBe('Opaque')
      expect(describeLeaks(scanForCanaries(await stage.outputs()))).toBe('')
    }))

  /** The layout that the article draws: `base`, and a folder for each cluster's environment. */
  const layout = (image = 'v1.2.3-staging'): Readonly<Record<string, NewFile>> => ({
    'base/kustomization.yaml': 'resources: [deployment.yaml]\n',
    'base/deployment.yaml': printed('deployment-automation/deployment.yaml'),
    'environments/staging/kustomization.yaml': printed(
      'deployment-automation/staging-kustomization.yaml',
    ).replace('v1.2.3-staging', image),
    'environments/staging/replica-count.yaml': stringify({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'webapp' },
      spec: { replicas: 1 },
    }),
    'clusters/production/webapp/kustomization.yaml':
      'namespace: production\nresources: [../../../base]\n',
    'clusters/staging/webapp/kustomization.yaml':
      'namespace: staging\nresources: [../../../environments/staging]\n',
  })
  const production = { namespace: 'flux-system', name: 'webapp-production' }
  const staging = { namespace: 'flux-system', name: 'webapp-staging' }

  it('deploys its base and overlay by its Flux Kustomization (v1beta2), with health checks', () =>
    withGit(async (stage) => {
      await stage.git.commit('webapp-config', layout(), 'layout')
      await stage.apply(gitRepository(stage, 'webapp-config'))
      const manifest = printed('deployment-automation/flux-kustomization.yaml')
      await stage.apply(manifest)
      const forStaging = manifest
        .replaceAll('production', 'staging')
        .replace('webapp-production', 'webapp-staging')
      await stage.apply(forStaging)

      if ((await stage.env.spawn.find('kustomize')) === null) {
        // No binary, no overlays: said clearly, and nothing is half-rendered.
        const failed = await stage.when(
          kustomizations,
          production,
          (found) => conditionOf(found, 'Ready').status === 'False',
        )
        expect(conditionOf(failed, 'Ready').message).toMatch(
          /clusters\/production\/webapp\/kustomization\.yaml needs kustomize, which is not installed/,
        )
        expect((await stage.client.list(deployments)).items).toEqual([])
        return
      }
      const inProduction = { namespace: 'production', name: 'webapp' }
      const inStaging = { namespace: 'staging', name: 'webapp' }
      const deployed = await stage.when(deployments, inProduction, () => true)
      expect(at(deployed, 'spec', 'replicas')).toBe(2)
      expect(imageOf(deployed)).toBe('webapp:latest')
      const staged = await stage.when(deployments, inStaging, () => true)
      expect(at(staged, 'spec', 'replicas')).toBe(1)
      expect(imageOf(staged)).toBe('webapp:v1.2.3-staging')

      // Not Ready before the Deployment is healthy: no node runs Pods here, so the lab says it.
      const waiting = await stage.client.get(kustomizations, production)
      expect(waiting === null ? undefined : conditionOf(waiting, 'Ready').status).not.toBe('True')
      await rollOut(stage, inProduction)
      await rollOut(stage, inStaging)
      await stage.when(kustomizations, production, ready)
      await stage.when(kustomizations, staging, ready)

      // Promotion: a commit changes the tag of one environment, and only that one follows.
      await stage.git.commit('webapp-config', layout('v1.2.4-staging'), 'promote to staging')
      await stage.when(
        deployments,
        inStaging,
        (found) => imageOf(found) === 'webapp:v1.2.4-staging',
      )
      expect(imageOf(await stage.client.get(deployments, inProduction))).toBe('webapp:latest')

      // "Quick rollback to previous version": git revert HEAD, git push.
      await rollOut(stage, inStaging)
      await stage.git.commit('webapp-config', layout(), 'Revert "promote to staging"')
      await stage.when(
        deployments,
        inStaging,
        (found) => imageOf(found) === 'webapp:v1.2.3-staging',
      )
      await rollOut(stage, inStaging)
    }))

  it('follows a branch that was reset and pushed by force', () =>
    withGit(async (stage) => {
      const good = await stage.git.commit(
        'webapp-config',
        { 'clusters/production/webapp/app.yaml': configMap('production', 'app', 'good') },
        'good',
      )
      await stage.git.commit(
        'webapp-config',
        { 'clusters/production/webapp/app.yaml': configMap('production', 'app', 'bad') },
        'bad',
      )
      // What its health checks look at is there and well.
      await applyIn(stage, 'production', printed('deployment-automation/deployment.yaml'))
      await rollOut(stage, { namespace: 'production', name: 'webapp' })
      await stage.apply(gitRepository(stage, 'webapp-config'))
      await stage.apply(printed('deployment-automation/flux-kustomization.yaml'))
      const app = { namespace: 'production', name: 'app' }
      await stage.when(configMaps as never, app, valueIs('bad'))
      await stage.git.setRef('webapp-config', 'refs/heads/main', good)
      await stage.when(configMaps as never, app, valueIs('good'))
    }))

  it('acts within its Role: a Secret, which the Role does not name, is refused and named', () =>
    withGit(async (stage) => {
      await stage.apply(printed('deployment-automation/operator-role.yaml'))
      await stage.apply(`
{apiVersion: v1, kind: ServiceAccount, metadata: {name: gitops-operator, namespace: flux-system}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: gitops-operator, namespace: production}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: gitops-operator}
subjects: [{kind: ServiceAccount, name: gitops-operator, namespace: flux-system}]
`)
      const deployment = parse(printed('deployment-automation/deployment.yaml')) as AnyObject
      const namespaced = { ...deployment, metadata: { name: 'webapp', namespace: 'production' } }
      await stage.git.commit(
        'webapp-config',
        { 'clusters/production/webapp/app.yaml': stringify(namespaced) },
        'a Deployment',
      )
      await stage.apply(gitRepository(stage, 'webapp-config'))
      const sync = parse(printed('deployment-automation/flux-kustomization.yaml')) as AnyObject
      const spec = {
        ...(sync['spec'] as object),
        serviceAccountName: 'gitops-operator',
        retryInterval: '1s',
      }
      await stage.apply(stringify({ ...sync, spec }))
      const key = { namespace: 'production', name: 'webapp' }
      await stage.when(deployments, key, () => true)
      await rollOut(stage, key)
      await stage.when(kustomizations, production, ready)
      await stage.git.commit(
        'webapp-config',
        {
          'clusters/production/webapp/secret.yaml': stringify({
            apiVersion: 'v1',
            kind: 'Secret',
            metadata: { name: 'plain', namespace: 'production' },
            stringData: { password: canary('plain') },
          }),
        },
        'a Secret in plain',
      )
      const refused = await stage.when(
        kustomizations,
        production,
        (found) => conditionOf(found, 'Ready').status === 'False',
      )
      expect(conditionOf(refused, 'Ready').message).toMatch(/secrets?.*plain|Secret/)
      expect(await stage.secret({ namespace: 'production', name: 'plain' })).toBeNull()
      expect(await stage.client.get(deployments, key)).not.toBeNull()
    }))
})

function imageOf(deployment: AnyObject | null): unknown {
  return at(deployment, 'spec', 'template', 'spec', 'containers', 0, 'image')
}

describe('what an article prints and Lockstep does not serve', () => {
  // When one of these kinds is built, this list fails: then play it above.
  it.each([
    ['guide-for-ctos/argo-application.yaml', 'Application'],
    ['pipelines-and-gitops/argo-application.yaml', 'Application'],
    ['deployment-automation/argo-application.yaml', 'Application'],
    ['pipelines-and-gitops/kyverno-policy.yaml', 'ClusterPolicy'],
    ['deployment-automation/service-monitor.yaml', 'ServiceMonitor'],
  ])('%s is refused by its kind, and in Git named as a kind that is not served', (path, kind) =>
    withGit(async (stage) => {
      await expect(stage.apply(printed(path))).rejects.toThrow(`${kind} is not served`)
      await stage.git.commit(
        'k8s-manifests',
        {
          'deploy/production/odd.yaml': printed(path),
          'deploy/production/app.yaml': configMap('payments', 'app', 'beside it'),
        },
        'a kind that is not served',
      )
      await stage.apply(gitRepository(stage, 'k8s-manifests'))
      await stage.apply(printed('guide-for-ctos/flux-kustomization.yaml'))
      // Before, it says that there is no artifact yet.
      await stage.when(
        kustomizations,
        { namespace: 'flux-system', name: 'payments-service' },
        (found) =>
          conditionOf(found, 'Ready').status === 'False' &&
          conditionOf(found, 'Ready').message?.includes(kind) === true,
      )
    }),
  )
})

it('plays or names every manifest in the folder', async () => {
  const { globSync } = await import('node:fs')
  const listed = readFileSync(join(import.meta.dirname, 'articles', 'README.md'), 'utf8')
  const files = globSync('*/*', { cwd: join(import.meta.dirname, 'articles') })
  expect(files.length).toBeGreaterThan(10)
  const missing = files.filter((file) => !listed.includes(file.split('/')[1] ?? file))
  expect(missing).toEqual([])
})
