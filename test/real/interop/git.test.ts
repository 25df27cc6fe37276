/**
 * GitRepositories over a real sshd and over `git http-backend` with basic authentication, by the
 * product's own controllers on a kube-apiserver.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { configMaps, resource, secrets, type AnyObject } from '#api'
import { at } from '#base'
import { createOperator } from '#bin'
import { createGitServer, type GitServer } from '#embedded/git'
import { createClient } from '#kube'
import { createMetrics } from '#runtime'
import { startSshd, type Sshd } from '../git-ssh.ts'
import { applyYaml, ensureNamespace, openReal, type Cluster } from './cluster.ts'
import { programOrSkip } from './programs.ts'
import { printTable, saw } from './table.ts'

const home = 'lockstep-system'
const target = 'git-interop'
const sources = resource<AnyObject>(
  'source.toolkit.fluxcd.io/v1',
  'GitRepository',
  'gitrepositories',
)
const syncs = resource<AnyObject>(
  'kustomize.toolkit.fluxcd.io/v1',
  'Kustomization',
  'kustomizations',
)
const program = programOrSkip('sshd', 'Git over ssh against a real server')

let cluster: Cluster
let git: GitServer
let served: string
let stop: () => Promise<void>

beforeAll(async () => {
  cluster = await openReal()
  for (const name of [home, target]) await ensureNamespace(cluster.client, name)
  served = join(cluster.folder, 'served')
  git = createGitServer({ env: cluster.env, folder: served })
  stop = await startGitOperator(cluster)
})
afterAll(async () => {
  await stop?.()
  await cluster?.close()
  printTable('Git:')
})
afterEach(async () => {
  for (const kind of [syncs, sources]) {
    for (const { metadata } of (await cluster.client.list(kind, { namespace: home })).items) {
      const key = { namespace: home, name: metadata.name }
      await cluster.client.delete(kind, key)
      while ((await cluster.client.get(kind, key)) !== null) await cluster.env.clock.sleep(50)
    }
  }
})

describe.each([
  ['', true],
  [' that takes nothing from the environment', false],
])('over ssh, from a server%s', (which, takesProtocol) => {
  if (program === undefined) {
    it.skip('sshd is missing')
    return
  }
  let sshd: Sshd
  const name = takesProtocol ? 'modern' : 'plain'
  beforeAll(async () => {
    const keys = join(cluster.folder, `keys-${name}`)
    mkdirSync(keys)
    await git.create(name)
    await commit(name, 'one')
    sshd = await startSshd(program, keys, served, takesProtocol)
  })
  afterAll(() => sshd?.close())
  const good = (): Record<string, string> => ({
    identity: sshd.identity,
    'identity.pub': sshd.identityPub,
    known_hosts: sshd.knownHosts,
  })
  const seen = (did: string): void => saw('sshd', `GitRepository${which}`, did)

  it('a commit is applied, and the next one is followed', async () => {
    await follow(name, sshd.url(name), good())
    await value(name, 'one')
    await commit(name, 'two')
    await value(name, 'two')
    const source = await cluster.client.get(sources, { namespace: home, name })
    expect(at(source, 'status', 'artifact', 'revision')).toMatch(/^main@sha1:[0-9a-f]{40}$/)
    seen('clone, follow')
  })

  it('a pinned commit and a tag are found', async () => {
    const tip = (await git.resolve(name, 'refs/heads/main')) ?? ''
    await git.annotate(name, 'v1.0.0', tip)
    await commit(name, 'later')
    await follow(name, sshd.url(name), good(), `{commit: ${tip}}`)
    await ready(name)
    await follow(name, sshd.url(name), good(), '{tag: v1.0.0}')
    const source = await ready(name)
    expect(at(source, 'status', 'artifact', 'revision')).toBe(`v1.0.0@sha1:${tip}`)
    seen('commit, tag')
  })

  it('an encrypted identity is opened with password, and not with a wrong one', async () => {
    const locked = { ...good(), identity: sshd.lockedIdentity }
    await follow(name, sshd.url(name), { ...locked, password: sshd.passphrase })
    await ready(name)
    await follow(name, sshd.url(name), { ...locked, password: 'wrong' }, undefined, `${name}-2`)
    expect(await failure(`${name}-2`)).toMatchObject({
      reason: 'GitOperationFailed',
      message: expect.stringContaining(
        'unable to construct auth method with options: x509: decryption password incorrect',
      ),
    })
    await follow(name, sshd.url(name), locked, undefined, `${name}-3`)
    expect(await failure(`${name}-3`)).toMatchObject({
      reason: 'AuthenticationFailed',
      message: `SSH identity key is encrypted but no 'password' field was provided in the secret '${home}/git-${name}-3'`,
    })
    seen('encrypted identity')
  })

  it.each([
    ['another key of the host', 'wrongHosts', 'ssh: handshake failed: knownhosts: key mismatch'],
    ['no line for the host', 'noHosts', 'ssh: handshake failed: knownhosts: key is unknown'],
  ])('known_hosts with %s: the host is refused', async (_what, which, message) => {
    const hosts =
      which === 'wrongHosts' ? sshd.wrongHosts : sshd.knownHosts.replace('127.0.0.1', '192.0.2.1')
    await follow(name, sshd.url(name), { ...good(), known_hosts: hosts })
    expect(await failure(name)).toMatchObject({
      reason: 'GitOperationFailed',
      message: expect.stringContaining(message),
    })
    seen(`refused: ${message.split(': ').at(-1)}`)
  })

  it('an identity that the server does not know is refused', async () => {
    await follow(name, sshd.url(name), { ...good(), identity: sshd.otherIdentity })
    expect(await failure(name)).toMatchObject({
      reason: 'GitOperationFailed',
      message: expect.stringContaining(
        'ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain',
      ),
    })
    seen('refused: unknown identity')
  })

  it.each([
    [
      'identity',
      "failed to configure authentication options: invalid 'ssh' auth option: 'identity' is required",
    ],
    [
      'known_hosts',
      "failed to configure authentication options: invalid 'ssh' auth option: 'known_hosts' is required",
    ],
  ])('without %s: nobody is called', async (entry, message) => {
    const { [entry]: _, ...rest } = good()
    await follow(name, sshd.url(name), rest)
    expect(await failure(name)).toMatchObject({
      reason: 'AuthenticationFailed',
      message: expect.stringContaining(message),
    })
  })

  it('a repository that is not there is told, and what is not a key', async () => {
    await follow(name, sshd.url('nowhere'), good())
    expect((await failure(name)).message).toContain('repository not found')
    const broken = { ...good(), identity: 'not a key' }
    await follow(name, sshd.url(name), broken, undefined, `${name}-2`)
    expect(await failure(`${name}-2`)).toMatchObject({
      reason: 'GitOperationFailed',
      message: expect.stringContaining('auth method with options: ssh: no key found'),
    })
  })

  it('a host whose key changes is spoken to no more, and what it brought stays', async () => {
    await commit(name, 'before')
    await follow(name, sshd.url(name), good())
    await value(name, 'before')
    await sshd.changeHostKey('host2')
    expect((await failure(name)).message).toContain('knownhosts: key mismatch')
    await commit(name, 'by a stranger')
    await cluster.env.clock.sleep(2_500) // two intervals of the source
    await value(name, 'before')
    await sshd.changeHostKey('host')
    await value(name, 'by a stranger')
    seen('a changed host key')
  })

  it('leaves no folder of its own, and no key in any file', async () => {
    await follow(name, sshd.url(name), good())
    await ready(name)
    await cluster.client.delete(sources, { namespace: home, name })
    while (sshFolders(sshd.port).length > 0) await cluster.env.clock.sleep(50)
    const key = sshd.identity.split('\n')[2] ?? ''
    expect(key.length).toBeGreaterThan(20)
    expect(await grep(join(cluster.folder, 'mirrors'), key)).toEqual([])
  })
})

describe('over HTTP with basic authentication', () => {
  const name = 'web'
  const auth = { username: 'ada', password: 'pass:word é' }
  let url: string
  let close: () => Promise<void>
  beforeAll(async () => {
    await git.create(name)
    await commit(name, 'one')
    git.behave({ auth })
    const listener = await cluster.env.net.listen(git.handler)
    url = `${listener.url}/${name}.git`
    close = () => listener.close()
  })
  afterAll(() => close?.())

  it('a commit is applied, and a new password is followed', async () => {
    await follow(name, url, auth)
    await value(name, 'one')
    const changed = { ...auth, password: 'another' }
    git.behave({ auth: changed })
    await commit(name, 'two')
    await failure(name)
    await putSecret(name, changed)
    await value(name, 'two')
    git.behave({ auth })
    saw('git http-backend', 'GitRepository', 'clone, follow, a new password')
  })

  it.each([
    ['a wrong password', { ...auth, password: 'wrong' }],
    ['no credential', undefined],
  ])('%s is refused', async (_what, given) => {
    await follow(name, url, given)
    const told = await failure(name)
    expect(told.message).toContain('authentication required')
    expect(told.message).not.toContain('wrong')
    saw('git http-backend', 'GitRepository', 'refused: authentication required')
  })
})

async function commit(name: string, text: string): Promise<string> {
  const manifest = `apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}, namespace: ${target}}
data: {value: ${text}}
`
  return await git.commit(name, { 'deploy/map.yaml': manifest }, text)
}

/** A GitRepository with its Secret, and a Kustomization of it. */
async function follow(
  repository: string,
  url: string,
  credential: Readonly<Record<string, string>> | undefined,
  ref = '{branch: main}',
  name = repository,
): Promise<void> {
  if (credential !== undefined) await putSecret(name, credential)
  await applyYaml(
    cluster.client,
    `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: ${name}, namespace: ${home}}
spec:
  interval: 1s
  timeout: 20s
  url: ${url}
  ref: ${ref}
${credential === undefined ? '' : `  secretRef: {name: git-${name}}`}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: ${name}, namespace: ${home}}
spec:
  interval: 10m
  retryInterval: 1s
  path: ./deploy
  prune: false
  sourceRef: {kind: GitRepository, name: ${name}}
`,
  )
}

async function putSecret(name: string, values: Readonly<Record<string, string>>): Promise<void> {
  const key = { namespace: home, name: `git-${name}` }
  await cluster.client.delete(secrets, key)
  await cluster.client.create(secrets, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: key,
    data: Object.fromEntries(
      Object.entries(values).map(([entry, text]) => [entry, Buffer.from(text).toString('base64')]),
    ),
  })
}

async function value(name: string, wanted: string): Promise<void> {
  let found: unknown
  for (let tries = 0; tries < 400; tries++) {
    const map = await cluster.client.get(configMaps, { namespace: target, name })
    found = at(map, 'data', 'value')
    if (found === wanted) return
    await cluster.env.clock.sleep(50)
  }
  const source = await cluster.client.get(sources, { namespace: home, name })
  throw new Error(`${name} is ${String(found)}: ${JSON.stringify(at(source, 'status'))}`)
}

interface Told {
  readonly status?: string
  readonly reason?: string
  readonly message: string
}

async function condition(name: string, status: string): Promise<[AnyObject, Told]> {
  let source: AnyObject | null = null
  for (let tries = 0; tries < 400; tries++) {
    source = await cluster.client.get(sources, { namespace: home, name })
    const conditions = (at(source, 'status', 'conditions') ?? []) as (Told & { type: string })[]
    const told = conditions.find(({ type }) => type === 'Ready')
    const isNow =
      at(source, 'status', 'observedGeneration') === source?.metadata.generation ||
      at(told, 'observedGeneration') === source?.metadata.generation
    if (source !== null && told?.status === status && isNow) return [source, told]
    await cluster.env.clock.sleep(50)
  }
  throw new Error(`${name} never was Ready=${status}: ${JSON.stringify(at(source, 'status'))}`)
}

const ready = async (name: string): Promise<AnyObject> => (await condition(name, 'True'))[0]
const failure = async (name: string): Promise<Told> => (await condition(name, 'False'))[1]

/** What sessions to this sshd keep for themselves. */
function sshFolders(port: number): readonly string[] {
  return readdirSync('/dev/shm').filter(
    (entry) =>
      entry.startsWith('lockstep-ssh-') &&
      readIfThere(join('/dev/shm', entry, 'known_hosts')).includes(`:${port} `),
  )
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // it went away meanwhile
  }
}

async function grep(folder: string, text: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const bytes = await cluster.env.fs.read(join(entry.parentPath, entry.name))
    if (bytes !== null && Buffer.from(bytes).includes(text)) found.push(entry.name)
  }
  return found
}

async function startGitOperator({ env, access, folder }: Cluster): Promise<() => Promise<void>> {
  const client = createClient({ env, server: access })
  const mirrors = join(folder, 'mirrors')
  mkdirSync(mirrors)
  writeFileSync(join(mirrors, '.keep'), '')
  const operator = createOperator({
    env,
    client,
    metrics: await createMetrics(),
    controllers: new Set(['git']),
    namespace: home,
    gitFolder: mirrors,
    allowLocalEndpoints: true,
  })
  const control = new AbortController()
  const running = operator.run(control.signal)
  running.catch(() => {}) // seen when it is stopped
  return async () => {
    control.abort()
    await running
    await client.close()
  }
}
