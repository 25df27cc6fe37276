/** A cluster, a Git server and the controllers under test, all in this process, for one case. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Env, Handler, Listener, ListenOptions } from '#base'
import { realEnv } from '#base/env'
import { gitSyncControllers, type GitSyncOptions } from '#controllers/git-sync'
import { createGitServer, type GitServer, type NewFile } from '#embedded/git'
import { createKubeApi, type KubeApi } from '#embedded/kube-api'
import { createClient, type Client } from '#kube'
import { createEventRecorder } from '#runtime'
import { generateKeyTask, makeCertificate, makeSelfSigned } from '#x509'
import { filesUnder, type Case, type Fields } from './case-files.ts'

const crds = [
  'source.toolkit.fluxcd.io_gitrepositories',
  'kustomize.toolkit.fluxcd.io_kustomizations',
].map(
  (name) =>
    parse(readFileSync(join(import.meta.dirname, `../../crds/${name}.yaml`), 'utf8')) as object,
)

export interface World {
  readonly env: Env
  readonly api: KubeApi
  readonly client: Client
  readonly git: GitServer
  readonly gitUrl: string
  /** The same server behind TLS, and the authority to trust for it. */
  readonly tls: { readonly url: string; readonly ca: string }
  /** The controllers end and begin anew, knowing nothing but what is in the cluster and on disk. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** Starts everything; the controllers run until `stop`. */
export async function startWorld(options: Partial<GitSyncOptions> = {}): Promise<World> {
  const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  const log = { ...quiet, child: () => log }
  const env: Env = {
    ...realEnv(),
    log: process.env['LOCKSTEP_TEST_LOG'] === undefined ? log : realEnv().log,
  }
  const folder = await env.fs.makeTempFolder('lockstep-git-sync-')
  const api = createKubeApi({ env, crds, authorization: 'rbac' })
  const listeners: Listener[] = []
  const listen = async (handler: Handler, options: ListenOptions = {}): Promise<Listener> => {
    const listener = await env.net.listen(handler, options)
    listeners.push(listener)
    return listener
  }
  const server = await listen(api.handler)
  const client = createClient({ env, server: { url: server.url } })
  const git = createGitServer({ env, folder: `${folder}/served` })
  const gitListener = await listen(git.handler)
  const authority = await tlsAuthority(env)
  const tlsListener = await listen(git.handler, { tls: authority.server })
  const events = createEventRecorder({ env, client, component: 'kustomize-controller' })
  const start = (): (() => Promise<void>) => {
    const control = new AbortController()
    const running = gitSyncControllers({
      env,
      client,
      events,
      options: {
        folder: `${folder}/mirrors`,
        requireServiceAccount: false,
        allowCrossNamespace: true,
        ...options,
      },
    }).map((controller) => controller.run(control.signal))
    return async () => {
      control.abort(new Error('the test is over'))
      await Promise.all(running)
    }
  }
  let end = start()
  return {
    env,
    api,
    client,
    git,
    gitUrl: gitListener.url,
    tls: { url: tlsListener.url, ca: authority.ca },
    restart: async () => {
      await end()
      end = start()
    },
    stop: async () => {
      await end()
      await client.close()
      for (const listener of listeners) await listener.close()
      api.close()
      await env.fs.remove(folder)
    },
  }
}

async function tlsAuthority(
  env: Env,
): Promise<{ ca: string; server: { cert: string; key: string } }> {
  const day = 86_400_000
  const valid = { notBeforeMs: env.clock.now() - day, notAfterMs: env.clock.now() + day }
  const caKey = await generateKeyTask.run({ type: 'ec' })
  const request = { use: 'ca', commonName: 'test ca', ...valid } as const
  const ca = await makeSelfSigned(env, request, caKey)
  const key = await generateKeyTask.run({ type: 'ec' })
  const cert = await makeCertificate(
    env,
    { use: 'server', publicKey: key.publicKey, commonName: 'git', names: ['127.0.0.1'], ...valid },
    { request: { ...request, publicKey: caKey.publicKey }, privateKey: caKey.privateKey },
  )
  return { ca, server: { cert, key: key.privateKey } }
}

/** The repositories of one case, as the recording runner makes them. */
export class CaseRepositories {
  readonly commits: { sha: string; label: string; repo: string | undefined }[] = []
  readonly #world: World
  readonly #case: Case
  readonly #made = new Set<string>()

  constructor(world: World, of: Case) {
    this.#world = world
    this.#case = of
  }

  /** What the runner's helpers look at. */
  get repos(): Fields {
    return { commits: this.commits, proxied: 0 }
  }

  nameOf(repo: string | undefined): string {
    return repo === undefined ? this.#case.id : `${this.#case.id}--${repo}`
  }

  async init(repo?: string): Promise<string> {
    const name = this.nameOf(repo)
    if (!this.#made.has(name)) {
      this.#made.add(name)
      await this.#world.git.create(name)
    }
    return name
  }

  async initial(): Promise<readonly Fields[]> {
    const given = this.#case.meta['initial'] as readonly Fields[] | undefined
    if (given !== undefined) return given
    const { folder } = this.#case
    const libraries = readdirSync(folder).filter((name) => /^repo-[a-z]+$/.test(name))
    const first = ['repo', 'repo.1'].find((name) => existsSync(join(folder, name)))
    return [
      ...libraries.map((name) => ({ from: name, repo: name.slice(5) })),
      ...(first === undefined ? [] : [{ from: first }]),
    ]
  }

  async commit(action: Fields): Promise<void> {
    const { branch = 'main', repo, from, base, detached, message } = action
    const name = await this.init(repo as string | undefined)
    const files: Record<string, NewFile> =
      from === undefined ? {} : filesUnder(join(this.#case.folder, String(from)))
    for (const [path, made] of Object.entries((action['generate'] ?? {}) as Fields)) {
      files[path] =
        made.link !== undefined
          ? { link: made.link }
          : made.text !== undefined
            ? made.text.repeat(made.times ?? 1)
            : 'x'.repeat(made.size)
    }
    const { git } = this.#world
    const labelled = this.commits.find(({ label }) => label === base)
    const options = {
      branch: detached === true ? 'detached-for-a-moment' : String(branch),
      replace: true,
      ...(base === 'none'
        ? { parent: null }
        : labelled === undefined
          ? {}
          : { parent: labelled.sha }),
    }
    const text = message ?? `Change ${this.commits.length + 1}`
    const sha = await git.commit(name, files, String(text), options)
    if (detached === true) await git.setRef(name, 'refs/heads/detached-for-a-moment', null)
    const count = this.commits.filter((commit) => commit.repo === repo).length + 1
    this.commits.push({
      sha,
      label: `${repo === undefined ? 'commit ' : `${String(repo)} `}${count}`,
      repo,
    })
    for (const tag of action['tags'] ?? []) {
      await this.tag({ ...(typeof tag === 'string' ? { name: tag } : tag), repo }, sha)
    }
    for (const ref of action['refs'] ?? []) await git.setRef(name, String(ref), sha)
  }

  async tag(tag: Fields, sha?: string): Promise<void> {
    const name = this.nameOf(tag['repo'] as string | undefined)
    const target = sha ?? (await this.#world.git.resolve(name, 'refs/heads/main')) ?? ''
    if (tag['annotated'] === true) await this.#world.git.annotate(name, String(tag['name']), target)
    else await this.#world.git.setRef(name, `refs/tags/${String(tag['name'])}`, target)
  }

  async removeRef(ref: string, repo?: string): Promise<void> {
    await this.#world.git.setRef(this.nameOf(repo), ref, null)
  }
}
