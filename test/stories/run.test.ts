import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { leases, resource, secrets, type AnyObject } from '#api'
import { realEnv } from '#base/env'
import { createClient, type Client } from '#kube'
import { portsTold } from '../told-ports.ts'
import { apiServer, realKubeconfig, type ApiServer } from './servers.ts'

const crds = readdirSync('crds')
  .filter((name) => /^[a-z.-]+_[a-z]+\.yaml$/.test(name))
  .flatMap((name) => parseAllDocuments(readFileSync(`crds/${name}`, 'utf8')))
  .map((document) => document.toJS() as object)

/** The operator as a process, on an API server of this one, or a real one. */
describe('lockstep run', () => {
  const env = realEnv()
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-run-'))
  let api: ApiServer
  let client: Client
  let child: ChildProcess
  let log = ''
  let exited: Promise<number | null>
  let health: number | undefined

  beforeAll(async () => {
    api = await apiServer(env, crds)
    client = createClient({ env, server: api.access })
    if (realKubeconfig === undefined) {
      await create('v1', 'Namespace', { metadata: { name: 'lockstep-system' } })
      await create('v1', 'Namespace', { metadata: { name: 'web' } })
    }
    const config = realKubeconfig ?? join(folder, 'config')
    if (realKubeconfig === undefined) writeFileSync(config, kubeconfig(api.access.url))
    child = spawn(
      process.execPath,
      [
        'src/bin/lockstep.ts',
        'run',
        '--controllers=secrets',
        `--kubeconfig=${config}`,
        '--health-port=auto',
      ],
      { env: { PATH: process.env['PATH'] }, stdio: ['ignore', 'ignore', 'pipe'] },
    )
    const told = portsTold(child)
    child.stderr?.on('data', (chunk: Buffer) => {
      log += chunk.toString()
    })
    exited = new Promise((resolve) => child.once('exit', (code) => resolve(code)))
    health = (await told).healthPort
  })

  afterAll(async () => {
    child.kill('SIGKILL')
    await client.close()
    await api.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function create(apiVersion: string, kind: string, rest: object): Promise<void> {
    const found = await client.resourceOf(apiVersion, kind)
    if (found === null) throw new Error(`${kind} is not served`)
    await client.create(found, { apiVersion, kind, ...rest } as unknown as AnyObject)
  }

  async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
    for (let tries = 0; tries < 300; tries++) {
      const found = await look().catch(() => undefined)
      if (found !== undefined) return found
      await env.clock.sleep(50)
    }
    throw new Error(`not within 15 s; the operator's log:\n${log}`)
  }

  const answer = async (path: string): Promise<{ status: number; text: string }> => {
    const response = await fetch(`http://127.0.0.1:${health}${path}`)
    return { status: response.status, text: await response.text() }
  }

  it('turns ready, takes its lease, and syncs', async () => {
    await until(async () => ((await answer('/readyz')).status === 200 ? true : undefined))
    expect((await answer('/healthz')).text).toBe('ok\n')
    const { items } = await client.list(leases, { namespace: 'lockstep-system' })
    expect(items.map((lease) => lease.spec?.holderIdentity)).toEqual([
      expect.stringMatching(/^.+_.+$/),
    ])
    await create('external-secrets.io/v1', 'SecretStore', {
      metadata: { name: 'fake', namespace: 'web' },
      spec: { provider: { fake: { data: [{ key: 'a', value: 'b' }] } } },
    })
    await create('external-secrets.io/v1', 'ExternalSecret', {
      metadata: { name: 'app', namespace: 'web' },
      spec: {
        secretStoreRef: { name: 'fake' },
        data: [{ secretKey: 'a', remoteRef: { key: 'a' } }],
      },
    })
    const secret = await until(
      async () => (await client.get(secrets, { namespace: 'web', name: 'app' })) ?? undefined,
    )
    expect(secret.data).toEqual({ a: 'Yg==' })
    const metrics = (await answer('/metrics')).text
    expect(metrics).toMatch(/^# HELP /m)
    expect(metrics).toMatch(/externalsecret/)
  })

  it('ends in order on SIGTERM: exit 0, the lease given back', async () => {
    child.kill('SIGTERM')
    expect(await exited).toBe(0)
    const { items } = await client.list(leases, { namespace: 'lockstep-system' })
    expect(items[0]?.spec?.holderIdentity ?? '').toBe('')
    expect(log.trim().split('\n').at(-1)).toContain('"stopped"')
    for (const line of log.trim().split('\n'))
      expect(() => JSON.parse(line) as unknown).not.toThrow()
    expect(await client.list(resource('v1', 'Event', 'events'))).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ reason: 'Created' })]) as unknown,
    })
  })
})

describe('lockstep run, where a port is taken', () => {
  it('says so in one line and leaves no folder behind', async () => {
    const env = realEnv()
    const taken = await env.net.listen(() => Promise.resolve({ status: 200 }), { host: '0.0.0.0' })
    const folder = mkdtempSync(join(tmpdir(), 'lockstep-run-'))
    writeFileSync(join(folder, 'config'), kubeconfig('http://127.0.0.1:9'))
    const once = async (): Promise<Once> => {
      const before = gitFolders()
      const child = spawn(
        process.execPath,
        [
          'src/bin/lockstep.ts',
          'run',
          `--kubeconfig=${join(folder, 'config')}`,
          `--health-port=${taken.port}`,
        ],
        { env: { PATH: process.env['PATH'] }, stdio: ['ignore', 'ignore', 'pipe'] },
      )
      let told = ''
      child.stderr.on('data', (chunk: Buffer) => {
        told += chunk.toString()
      })
      const code = await new Promise((resolve) => child.once('exit', resolve))
      return { told, code, left: gitFolders().filter((name) => !before.includes(name)) }
    }
    // Other operators of this machine make such folders too; one that is left is left each time.
    let ended = await once()
    for (let more = 4; more > 0 && ended.left.length > 0; more--) ended = await once()
    const { told, code, left } = ended
    await taken.close()
    rmSync(folder, { recursive: true, force: true })
    expect(told).toMatch(new RegExp(`error: port ${taken.port} on 0.0.0.0 is taken\nhint: .+\n$`))
    expect(code).toBe(1)
    expect(left).toEqual([])
  })
})

describe('lockstep run, told something that cannot be', () => {
  it.each([
    [['--health-port=eighty'], /--health-port: eighty is neither a port nor auto/, 2],
    [['--require-service-account=perhaps'], /perhaps is none of true, false/, 2],
    [['--strict-substitution=perhaps'], /--strict-substitution: perhaps is none of true, false/, 2],
    [['--drift=never'], /never is none of watch, interval/, 2],
    [['--aws-endpoint=nowhere'], /the endpoint in place of AWS is no http or https address/, 1],
  ])('%j: says what, and exits', (flags, message, code) => {
    const folder = mkdtempSync(join(tmpdir(), 'lockstep-run-'))
    writeFileSync(join(folder, 'config'), kubeconfig('http://127.0.0.1:9'))
    const argv = ['src/bin/lockstep.ts', 'run', `--kubeconfig=${join(folder, 'config')}`, ...flags]
    const ran = spawnSync(process.execPath, argv, { encoding: 'utf8', timeout: 30_000 })
    rmSync(folder, { recursive: true, force: true })
    expect(ran.stderr).toMatch(message)
    expect(ran.status).toBe(code)
  })
})

interface Once {
  readonly told: string
  readonly code: unknown
  readonly left: readonly string[]
}

function gitFolders(): readonly string[] {
  return ['/dev/shm', tmpdir()].flatMap((parent) => {
    try {
      return readdirSync(parent).filter((name) => /^lockstep-git-\w{6}$/.test(name))
    } catch {
      return [] // not on this platform
    }
  })
}

function kubeconfig(server: string): string {
  return `apiVersion: v1
kind: Config
current-context: test
clusters: [{name: test, cluster: {server: "${server}"}}]
users: [{name: test, user: {}}]
contexts: [{name: test, context: {cluster: test, user: test}}]
`
}
