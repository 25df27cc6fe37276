/** The manifests in deploy/: they render, they are hardened, and every right says what it is for. */
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  globSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { Environment } from '@marcbachmann/cel-js'
import { parse, parseAllDocuments } from 'yaml'
import { describe, expect, it } from 'vitest'
import { at } from '#base'
import { render, nameOf, type Manifest } from './deploy/kustomize.ts'

const root = resolve(import.meta.dirname, '..')
const ways = ['deploy/base', 'deploy/overlays/all-in-one', 'deploy/overlays/namespaced']

describe.each(ways)('%s', (way) => {
  const isNamespaced = way.endsWith('namespaced')
  const manifests = render(join(root, way))
  const deployments = manifests.filter(({ kind }) => kind === 'Deployment')

  it('renders, each object once', () => {
    const names = manifests.map(nameOf)
    expect(names).toEqual([...new Set(names)])
    expect(deployments.length).toBe(way === 'deploy/base' ? 3 : 1)
  })

  it('holds every definition; the one for a single namespace, nothing outside it', () => {
    const files = globSync('crds/*_*.yaml', { cwd: root })
    const definitions = manifests.filter(({ kind }) => kind === 'CustomResourceDefinition')
    // One for each namespace: the cluster's own objects are installed once, from shared/.
    expect(definitions).toHaveLength(isNamespaced ? 0 : files.length)
    const everywhere = manifests.filter(({ metadata }) => metadata.namespace === undefined)
    if (isNamespaced) expect(everywhere.map(nameOf)).toEqual([])
  })

  it('is what kustomize itself makes of it', (context) => {
    const binary = kustomize()
    if (binary === undefined) return context.skip('kustomize is not on this machine')
    const ran = spawnSync(binary, ['build', join(root, way)], { encoding: 'utf8' })
    expect(ran.stderr).toBe('')
    const theirs = parseAllDocuments(ran.stdout).map((document) => document.toJS() as Manifest)
    const sorted = (all: readonly Manifest[]): readonly string[] =>
      all.map((one) => JSON.stringify(inOrder(one))).toSorted()
    expect(sorted(manifests)).toEqual(sorted(theirs))
  })

  it.each(deployments.map((one) => [nameOf(one), one] as const))(
    '%s meets the restricted profile, and more',
    (_name, deployment) => {
      const pod = at(deployment, 'spec', 'template', 'spec') as Pod
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 65532,
        seccompProfile: { type: 'RuntimeDefault' },
      })
      expect(pod).not.toHaveProperty('hostNetwork')
      expect(pod.enableServiceLinks).toBe(false)
      for (const volume of pod.volumes ?? []) {
        expect(volume.emptyDir?.sizeLimit, 'every volume is bounded').toBeDefined()
      }
      for (const container of pod.containers) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          privileged: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        })
        expect(container.resources.limits.memory).toBeDefined()
        expect(container.readinessProbe.httpGet.path).toBe('/readyz')
        expect(container.livenessProbe.httpGet.path).toBe('/healthz')
        expect(container.image).toMatch(/:\d+\.\d+\.\d+$/)
        expect(JSON.stringify(container.env)).not.toMatch(/"value":/)
      }
    },
  )

  it('each Deployment has an account of its own, and a lease that it may hold', () => {
    const accounts = deployments.map((one) =>
      at(one, 'spec', 'template', 'spec', 'serviceAccountName'),
    )
    expect(accounts).toEqual([...new Set(accounts)])
    for (const deployment of deployments) {
      const container = (at(deployment, 'spec', 'template', 'spec') as Pod).containers[0]
      const sets = container?.args.find((arg) => arg.startsWith('--controllers='))
      const lease = `lockstep-${sets?.split('=')[1]?.replaceAll(',', '-') ?? 'secrets-unsealer-git'}`
      const role = manifests.find(
        (one) => one.kind === 'Role' && one.metadata.name === `${deployment.metadata.name}-lease`,
      )
      expect(rulesOf(role)).toContainEqual({
        apiGroups: ['coordination.k8s.io'],
        resources: ['leases'],
        resourceNames: [lease],
        verbs: ['get', 'update'],
      })
    }
  })

  it('one at a time: a new Pod, which waits for the lease, never waits for the old to go', () => {
    for (const one of deployments) {
      expect(one['spec']).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } })
    }
  })

  it('every Service and NetworkPolicy selects Pods that there are, and ports that they have', () => {
    const labels = deployments.map((one) => at(one, 'spec', 'template', 'metadata', 'labels'))
    for (const one of manifests) {
      const selector =
        one.kind === 'Service'
          ? at(one, 'spec', 'selector')
          : one.kind === 'NetworkPolicy'
            ? (at(one, 'spec', 'podSelector', 'matchLabels') ?? {})
            : undefined
      if (selector === undefined) continue
      const chosen = labels.filter((have) => matches(have, selector))
      expect(chosen.length, nameOf(one)).toBeGreaterThan(0)
    }
    const ports = new Set(
      deployments.flatMap((one) =>
        (at(one, 'spec', 'template', 'spec') as Pod).containers.flatMap((container) =>
          container.ports.map(({ name }) => name),
        ),
      ),
    )
    for (const service of manifests.filter(({ kind }) => kind === 'Service')) {
      for (const { targetPort } of at(service, 'spec', 'ports') as { targetPort: string }[]) {
        expect(ports, nameOf(service)).toContain(targetPort)
      }
    }
  })

  it('nothing goes in or out unless it is allowed, and never to a metadata service', () => {
    const policies = manifests.filter(({ kind }) => kind === 'NetworkPolicy')
    // Others live in that namespace, too.
    const matchLabels = { 'app.kubernetes.io/name': 'lockstep' }
    const name = isNamespaced ? 'lockstep' : 'default-deny'
    expect(policies.find(({ metadata }) => metadata.name === name)?.['spec']).toMatchObject({
      podSelector: isNamespaced ? { matchLabels } : {},
      policyTypes: ['Ingress', 'Egress'],
    })
    const blocks = JSON.stringify(policies).match(/"ipBlock":\{[^}]*\}/g) ?? []
    expect(blocks.length).toBeGreaterThan(0)
    for (const block of blocks) expect(block).toMatch(/169\.254\.0\.0\/16|fd00:ec2::254\/128/)
  })
})

it('the keys stay in kube-system where the component is on', (context) => {
  const binary = kustomize()
  if (binary === undefined) return context.skip('kustomize is not on this machine')
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-overlay-'))
  try {
    const from = relative(realpathSync(folder), join(root, 'deploy'))
    const overlay = {
      resources: [`${from}/base`],
      components: [`${from}/components/sealing-keys-in-kube-system`],
    }
    writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(overlay))
    const ran = spawnSync(binary, ['build', folder], { encoding: 'utf8' })
    expect(ran.stderr).toBe('')
    expect(ran.stdout.match(/--sealing-key-namespace=kube-system/g)).toHaveLength(1)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

describe('rights', () => {
  const files = globSync('deploy/**/*.yaml', { cwd: root })
  const texts = files.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split(/^---$/m)
      .filter((text) => /^kind: (Cluster)?Role$/m.test(text))
      .map((text) => [`${file}: ${/^ {2}name: (.*)$/m.exec(text)?.[1]}`, text] as const),
  )

  it.each(texts)('%s says for every rule which room needs it', (_name, text) => {
    const rooms = /controllers\/|runtime, |provider, |cli\//
    const lines = text.split('\n')
    const isExplained = (from: number): boolean => {
      for (let i = from - 1; i >= 0; i--) {
        if (lines[i]?.trim().startsWith('#') !== true) continue
        return rooms.test(lines.slice(Math.max(0, i - 4), i + 1).join('\n'))
      }
      return false
    }
    const rules = lines.flatMap((line, i) => (line.startsWith('  - apiGroups:') ? [i] : []))
    expect(rules.length).toBeGreaterThan(0)
    expect(rules.filter((i) => !isExplained(i)).map((i) => lines[i])).toEqual([])
  })

  const all = files
    .filter((file) => !file.endsWith('kustomization.yaml'))
    .flatMap((file) =>
      parseAllDocuments(readFileSync(join(root, file), 'utf8')).map(
        (document) => document.toJS() as Manifest,
      ),
    )

  it('no rule has a wildcard, and nobody may widen rights, change webhooks or run in Pods', () => {
    const rules = all.filter(({ kind }) => kind.endsWith('Role')).flatMap(rulesOf)
    expect(rules.length).toBeGreaterThan(20)
    for (const rule of rules) {
      const text = JSON.stringify(rule)
      expect(text).not.toContain('*')
      expect(rule.verbs).not.toEqual(expect.arrayContaining(['escalate']))
      expect(rule.verbs).not.toEqual(expect.arrayContaining(['bind']))
      expect(text).not.toMatch(/webhook|pods|deletecollection|"users"|"groups"/)
    }
  })

  it('git: reads no Secret but by name, lists none, and writes nothing but its own kinds', () => {
    const rules = all
      .filter(({ metadata }) => metadata.name.startsWith('lockstep-git'))
      .flatMap(rulesOf)
    for (const rule of rules.filter(({ resources }) => resources.includes('secrets'))) {
      expect(rule).toMatchObject({ verbs: ['get'] })
      expect(rule.resourceNames?.length).toBeGreaterThan(0)
    }
    const writing = rules.filter(({ verbs }) =>
      verbs.some((verb) => ['create', 'update', 'patch', 'delete'].includes(verb)),
    )
    const ours = /^(gitrepositories|kustomizations)(\/status)?$|^events$|^leases$/
    for (const { resources } of writing) {
      expect(resources.filter((name) => !ours.test(name))).toEqual([])
    }
  })

  it('tokens of other accounts and the certificate for everyone are bound by components only', () => {
    for (const way of ways) {
      const bindings = render(join(root, way)).filter(({ kind }) => kind.endsWith('Binding'))
      const everywhere = bindings.filter(({ kind }) => kind === 'ClusterRoleBinding')
      expect(JSON.stringify(everywhere)).not.toMatch(/service-account-logins|impersonation/)
      expect(JSON.stringify(bindings)).not.toMatch(/sealing-certificate|system:authenticated/)
    }
    for (const name of ['service-account-logins', 'seal-for-everyone']) {
      const [binding] = render(join(root, 'deploy/components', name))
      const role = at(binding, 'roleRef', 'name')
      expect(all.some((one) => one.kind.endsWith('Role') && one.metadata.name === role)).toBe(true)
    }
  })
})

describe('the admission policy', () => {
  const policy = render(join(root, 'deploy/base')).find(
    ({ kind }) => kind === 'ValidatingAdmissionPolicy',
  )
  const environment = new Environment({ unlistedVariablesAreDyn: true })
  const holds = (expression: string, request: object): boolean =>
    environment.parse(expression)(request) === true
  const expressions = (
    at(policy, 'spec', 'validations') as readonly { readonly expression: string }[]
  ).map(({ expression }) => expression)
  const condition = (
    at(policy, 'spec', 'matchConditions') as readonly { readonly expression: string }[]
  )[0]?.expression

  const by = (name: string): object => ({
    username: `system:serviceaccount:lockstep-system:${name}`,
  })
  const key = { metadata: { labels: { 'sealedsecrets.bitnami.com/sealed-secrets-key': 'active' } } }
  const plain = { metadata: { labels: { a: 'b' } }, type: 'Opaque' }
  const bare = { metadata: {} }
  const token = { ...plain, type: 'kubernetes.io/service-account-token' }
  const cases: readonly [string, string, string, object | null, object | null, boolean][] = [
    ['a Secret is made', 'lockstep-secrets', 'CREATE', plain, null, true],
    ['a Secret without labels or type is made', 'lockstep-secrets', 'CREATE', bare, null, true],
    ['a Secret is changed', 'lockstep-unsealer', 'UPDATE', plain, bare, true],
    ['a Secret is deleted', 'lockstep-secrets', 'DELETE', null, plain, true],
    ['a token is asked for by a Secret', 'lockstep-secrets', 'CREATE', token, null, false],
    ['a Secret becomes a token', 'lockstep-unsealer', 'UPDATE', token, plain, false],
    ['the unsealer makes a key', 'lockstep-unsealer', 'CREATE', key, null, true],
    ['the one Pod makes a key', 'lockstep', 'CREATE', key, null, true],
    ['somebody else makes a key', 'lockstep-secrets', 'CREATE', key, null, false],
    ['a Secret becomes a key', 'lockstep-unsealer', 'UPDATE', key, plain, false],
    ['a key is changed', 'lockstep-unsealer', 'UPDATE', key, key, false],
    ['a key loses its label', 'lockstep-unsealer', 'UPDATE', plain, key, false],
    ['a key is deleted', 'lockstep-secrets', 'DELETE', null, key, false],
  ]

  it.each(cases)('%s (%s, %s): %#', (_what, name, operation, object, oldObject, allowed) => {
    const request = { request: { operation, userInfo: by(name) }, object, oldObject }
    expect(expressions.every((expression) => holds(expression, request))).toBe(allowed)
  })

  it('is about our accounts alone', () => {
    const about = (username: string): boolean =>
      holds(condition ?? '', { request: { userInfo: { username } } })
    expect(about('system:serviceaccount:lockstep-system:lockstep-git')).toBe(true)
    expect(about('system:serviceaccount:team:lockstep')).toBe(false)
    expect(about('alice')).toBe(false)
  })
})

describe('the Dockerfile', () => {
  const text = readFileSync(join(root, 'deploy/Dockerfile'), 'utf8').replaceAll(/\\\n/g, ' ')
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const stages = stagesOf(lines)

  it('holds known instructions only', () => {
    const words = new Set(lines.map((line) => line.split(' ')[0]))
    const known = ['ARG', 'FROM', 'WORKDIR', 'COPY', 'RUN', 'USER', 'EXPOSE', 'ENTRYPOINT', 'CMD']
    expect([...words].filter((word) => !known.includes(word ?? ''))).toEqual([])
  })

  it('has a build stage, and an image with git and one without', () => {
    expect([...stages.keys()]).toEqual(['build', 'lockstep', 'lockstep-git'])
    expect(stages.get('lockstep')?.join('\n')).not.toMatch(/\bgit\b|^RUN/m)
    expect(stages.get('lockstep-git')?.join('\n')).toMatch(/install .* git/)
  })

  it('an image runs as a user without rights and holds the bundle alone', () => {
    for (const name of ['lockstep', 'lockstep-git']) {
      const stage = stages.get(name) ?? []
      const copies = stage.filter((line) => line.startsWith('COPY'))
      expect(copies).toEqual(['COPY --from=build --chown=0:0 /src/dist /app'])
      expect(stage.filter((line) => line.startsWith('USER'))).toEqual(['USER 65532:65532'])
      expect(stage.findIndex((line) => line.startsWith('USER'))).toBeGreaterThan(
        stage.findIndex((line) => line.startsWith('RUN')),
      )
    }
  })

  it('what is copied exists, and what it needs is let through to the build', () => {
    const ignore = readFileSync(join(root, 'deploy/Dockerfile.dockerignore'), 'utf8')
    const sources = (stages.get('build') ?? [])
      .filter((line) => line.startsWith('COPY'))
      .flatMap((line) => line.split(' ').slice(1, -1))
    expect(sources.length).toBeGreaterThan(5)
    for (const source of sources) {
      expect(existsSync(join(root, source)), source).toBe(true)
      expect(ignore.split('\n')).toContain(`!${source}`)
    }
  })

  it('takes no secret, pins its tags, and is started with flags that Node has', () => {
    expect(text).not.toMatch(/password|token|secret=|ADD |curl|wget|:latest/i)
    const node = /ARG NODE_IMAGE=node:(\d+)\./.exec(text)?.[1]
    const { engines } = parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      engines: { node: string }
    }
    expect(`>=${node}`).toBe(engines.node)
    for (const name of ['lockstep', 'lockstep-git']) {
      const line = stages.get(name)?.find((one) => one.startsWith('ENTRYPOINT')) ?? ''
      const [, ...flags] = JSON.parse(line.replace('ENTRYPOINT ', '')) as string[]
      expect(flags.at(-1)).toBe('/app/lockstep.mjs')
      const ran = spawnSync(process.execPath, [...flags.slice(0, -1), '-p', '1'])
      expect(ran.stderr.toString()).toBe('')
      expect(ran.status).toBe(0)
    }
  })
})

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly verbs: readonly string[]
}

interface Container {
  readonly image: string
  readonly args: readonly string[]
  readonly env: readonly object[]
  readonly ports: readonly { readonly name: string }[]
  readonly securityContext: object
  readonly resources: { readonly limits: { readonly memory?: string } }
  readonly readinessProbe: { readonly httpGet: { readonly path: string } }
  readonly livenessProbe: { readonly httpGet: { readonly path: string } }
}

interface Pod {
  readonly securityContext: object
  readonly enableServiceLinks?: boolean
  readonly volumes?: readonly { readonly emptyDir?: { readonly sizeLimit?: string } }[]
  readonly containers: readonly Container[]
}

function rulesOf(role: Manifest | undefined): readonly Rule[] {
  return (role?.['rules'] ?? []) as readonly Rule[]
}

function matches(have: unknown, wanted: unknown): boolean {
  return Object.entries(wanted as object).every(
    ([name, value]) => (have as Readonly<Record<string, unknown>>)[name] === value,
  )
}

function kustomize(): string | undefined {
  const found = spawnSync('which', ['kustomize'], { encoding: 'utf8' }).stdout.trim()
  if (found !== '') return found
  const cached = join(homedir(), '.cache/lockstep/components/kustomize')
  return existsSync(cached) ? cached : undefined
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, inOrder(inner)]),
  )
}

function stagesOf(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const stages = new Map<string, string[]>()
  let current: string[] = []
  for (const line of lines) {
    const name = /^FROM \S+ AS (\S+)$/.exec(line)?.[1]
    if (name !== undefined) stages.set(name, (current = []))
    else current.push(line)
  }
  return stages
}
