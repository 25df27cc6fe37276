/**
 * A bare repository on disk that follows one remote, by the git binary. Losing the folder costs a
 * fetch and nothing else.
 */
import { createHash } from 'node:crypto'
import { Fault, textOf, utf8, type Env, type Pool } from '#base'
import { gitIn, succeeded, type Git } from './git.ts'
import type {
  CommitInfo,
  Difference,
  GitCredential,
  Mirror,
  RemoteRefs,
  TreeEntry,
} from './mirror.ts'
import { ObjectReader, type GitObject } from './object-reader.ts'
import { diffTrees, folderAt, parseCommit, parseTree } from './objects.ts'
import { checkRefName, isObjectId } from './ref-name.ts'
import { withRelay } from './relay.ts'
import { HttpRemote, type Remote } from './remote.ts'
import { sshPlace } from './ssh-command.ts'
import { SshRemote } from './ssh-remote.ts'
import { shareNext } from './share-next.ts'

export interface GitMirrorOptions {
  readonly env: Env
  /** http: or https: without user and password; or ssh:, perhaps with a user. */
  readonly url: string
  readonly credential?: GitCredential
  /** Where the bare repository lives; made when absent. One mirror for each folder. */
  readonly folder: string
  /** PEM certificates to trust in place of the platform's. */
  readonly ca?: string
  /** For one exchange's headers and for each silence in a body; default 60,000. */
  readonly timeoutMs?: number
  /** Most bytes of one fetch; default 1 GiB. */
  readonly maxFetchBytes?: number
  /** Asked with each address before connecting; see PoolOptions. */
  readonly allowAddress?: (address: string) => boolean
}

const defaultPrefixes: readonly string[] = ['HEAD', 'refs/heads/', 'refs/tags/']
const maxTreeBytes = 16 * 1_048_576
const maxCommitBytes = 1_048_576
const fetchFactor = 5

/**
 * @throws Fault InvalidSpec for a URL of another kind, or one that carries a password; InvalidRef for an
 * ssh URL without an ssh credential.
 */
export function gitMirror(options: GitMirrorOptions): Mirror {
  checkUrl(options.url)
  return new GitMirror(options)
}

class GitMirror implements Mirror {
  readonly #options: GitMirrorOptions
  readonly #timeoutMs: number
  readonly #pool: Pool
  readonly #remote: Remote
  readonly #git: Git
  readonly #reader: ObjectReader
  readonly #closing = new AbortController()
  readonly #shared = new Map<string, (signal: AbortSignal) => Promise<RemoteRefs>>()
  #turn: Promise<unknown> = Promise.resolve()
  #made: Promise<void> | undefined

  constructor(options: GitMirrorOptions) {
    this.#options = options
    this.#timeoutMs = options.timeoutMs ?? 60_000
    this.#pool = options.env.net.pool({
      ...(options.ca === undefined ? {} : { tls: { ca: options.ca } }),
      ...(options.allowAddress === undefined ? {} : { allowAddress: options.allowAddress }),
      maxConnections: 4,
    })
    this.#remote = remoteOf(options, this.#pool, this.#timeoutMs)
    this.#git = gitIn(options.env, options.folder)
    this.#reader = new ObjectReader(this.#git)
  }

  refs(signal: AbortSignal, prefixes: readonly string[] = defaultPrefixes): Promise<RemoteRefs> {
    const key = prefixes.join(' ')
    let shared = this.#shared.get(key)
    if (shared === undefined) {
      shared = shareNext((own) => this.#remote.refs(prefixes, own), this.#closing.signal)
      this.#shared.set(key, shared)
    }
    return shared(signal)
  }

  async fetch(ref: string, signal: AbortSignal): Promise<string> {
    checkRefName(ref)
    return this.#alone(signal, async () => {
      const local = localName(ref)
      await this.#fetch([`+${ref}:${local}`], ['--depth=1'], signal)
      const commit = await this.#object(`${local}^{commit}`, maxCommitBytes, signal)
      if (commit === null) throw new Fault('InvalidAnswer', `${ref} does not name a commit`)
      return commit.id
    })
  }

  async fetchCommit(commit: string, signal: AbortSignal, branch?: string): Promise<void> {
    if (!isObjectId(commit)) {
      throw new Fault('InvalidSpec', `${JSON.stringify(commit)} is not a whole commit id`)
    }
    if (branch !== undefined) checkRefName(branch)
    return this.#alone(signal, async () => {
      const kept =
        branch === undefined ? 'refs/lockstep/all' : `refs/lockstep/history/${nameHash(branch)}`
      if (await this.#isReachable(commit, kept, signal)) return
      const specs =
        branch === undefined
          ? ['+refs/heads/*:refs/lockstep/all/heads/*', '+refs/tags/*:refs/lockstep/all/tags/*']
          : [`+${branch}:${kept}/tip`]
      const shallow = await this.#options.env.fs.info(`${this.#options.folder}/shallow`)
      const depth = shallow === null ? ['--prune'] : ['--prune', '--unshallow']
      await this.#fetch(specs, depth, signal)
      if (await this.#isReachable(commit, kept, signal)) return
      throw new Fault(
        'NotFound',
        `no commit ${commit} can be reached from ${branch ?? 'any branch or tag'}`,
        {
          hint: 'push the commit to a branch, or mend spec.ref.commit',
        },
      )
    })
  }

  async has(commit: string, signal: AbortSignal): Promise<boolean> {
    if (!isObjectId(commit)) return false
    try {
      return (await this.#object(commit, maxCommitBytes, signal))?.type === 'commit'
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof Fault) return false // a broken copy has nothing; the next fetch mends it
      throw error
    }
  }

  async commit(id: string, signal: AbortSignal): Promise<CommitInfo> {
    const found = await this.#needed(id, 'commit', maxCommitBytes, signal)
    return parseCommit(id, found.bytes)
  }

  async tree(
    commit: string,
    path: string,
    signal: AbortSignal,
  ): Promise<readonly TreeEntry[] | null> {
    const { tree } = await this.commit(commit, signal)
    return folderAt(tree, path, (id) => this.treeById(id, signal))
  }

  async treeById(id: string, signal: AbortSignal): Promise<readonly TreeEntry[]> {
    return parseTree((await this.#needed(id, 'tree', maxTreeBytes, signal)).bytes)
  }

  async blob(id: string, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    return (await this.#needed(id, 'blob', maxBytes, signal)).bytes
  }

  async diff(from: string, to: string, signal: AbortSignal): Promise<readonly Difference[]> {
    const [a, b] = [await this.commit(from, signal), await this.commit(to, signal)]
    return diffTrees(a.tree, b.tree, (id) => this.treeById(id, signal))
  }

  async close(): Promise<void> {
    this.#closing.abort(new Fault('Cancelled', 'the mirror is closing'))
    await this.#turn.catch(() => {})
    await this.#reader.stop()
    await this.#pool.close()
  }

  /** One fetch at a time: two would wait for each other's lock files. */
  #alone<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(async () => {
      signal.throwIfAborted()
      return work()
    })
    this.#turn = mine.catch(() => {})
    return mine
  }

  async #fetch(
    specs: readonly string[],
    options: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    const own = AbortSignal.any([signal, this.#closing.signal])
    const { env, maxFetchBytes = 1_073_741_824 } = this.#options
    const attempt = async (): Promise<void> => {
      await this.#ensure(own)
      await withRelay(
        { env, remote: this.#remote, maxBytes: maxFetchBytes, signal: own },
        async (url) => {
          const finished = await this.#git.run(
            [
              'fetch',
              '--quiet',
              '--no-tags',
              '--no-write-fetch-head',
              ...options,
              '--stdin',
              'lockstep',
            ],
            {
              signal: own,
              timeoutMs: this.#timeoutMs * fetchFactor,
              stdin: `${specs.join('\n')}\n`,
              config: { 'remote.lockstep.url': url },
            },
          )
          if (/couldn't find remote ref/.test(textOf(finished.stderr))) throw noSuchRef(specs)
          succeeded(finished, `fetch from ${this.#remote.shown}`)
        },
      )
    }
    try {
      await attempt()
    } catch (error) {
      // Every exchange went well and git still failed: the copy may be broken by a crash. It is only
      // a copy, so it is made anew, once.
      if (!(error instanceof Fault) || error.reason !== 'InvalidAnswer') throw error
      env.log.warn('the mirror is made anew', { repository: this.#remote.shown })
      await this.#reader.stop()
      await env.fs.remove(this.#options.folder)
      this.#made = undefined
      await attempt()
    }
  }

  #ensure(signal: AbortSignal): Promise<void> {
    this.#made ??= this.#make(signal).catch((error: unknown) => {
      this.#made = undefined
      throw error
    })
    return this.#made
  }

  async #make(signal: AbortSignal): Promise<void> {
    const { env, folder } = this.#options
    if ((await env.fs.info(`${folder}/HEAD`)) !== null) return
    await env.fs.makeFolder(folder, { mode: 0o700 })
    const args = ['init', '--quiet', '--bare', '--template=']
    succeeded(await this.#git.run(args, { signal, timeoutMs: this.#timeoutMs }), 'make a mirror')
  }

  async #isReachable(commit: string, kept: string, signal: AbortSignal): Promise<boolean> {
    if (!(await this.has(commit, signal))) return false
    const args = ['for-each-ref', '--count=1', '--format=%(refname)', `--contains=${commit}`, kept]
    const finished = await this.#git.run(args, { signal, timeoutMs: this.#timeoutMs })
    return finished.code === 0 && finished.stdout.length > 0
  }

  async #needed(
    id: string,
    type: GitObject['type'],
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<GitObject> {
    const found = isObjectId(id) ? await this.#object(id, maxBytes, signal) : null
    if (found?.type === type) return found
    throw new Fault('NotFound', `${type} ${id} of ${this.#remote.shown} is not here`)
  }

  async #object(name: string, maxBytes: number, signal: AbortSignal): Promise<GitObject | null> {
    if ((await this.#options.env.fs.info(`${this.#options.folder}/HEAD`)) === null) return null
    return this.#reader.read(name, maxBytes, signal)
  }
}

function localName(ref: string): string {
  return `refs/lockstep/ref/${nameHash(ref)}`
}

// Remote names can be each other's folders over time (`x`, then `x/y`); hashes cannot.
function nameHash(ref: string): string {
  return createHash('sha256').update(utf8(ref)).digest('hex').slice(0, 32)
}

function noSuchRef(specs: readonly string[]): Fault {
  const ref = specs[0]?.slice(1).split(':')[0] ?? ''
  return new Fault('NotFound', `couldn't find remote ref ${JSON.stringify(ref)}`)
}

function remoteOf(options: GitMirrorOptions, pool: Pool, timeoutMs: number): Remote {
  const { url, credential, env, allowAddress } = options
  if (!url.startsWith('ssh://')) {
    if (credential?.kind === 'ssh') throw new Fault('InvalidSpec', notOverHttp)
    return new HttpRemote({
      url,
      pool,
      timeoutMs,
      ...(credential === undefined ? {} : { credential }),
    })
  }
  if (credential?.kind !== 'ssh') {
    throw new Fault('InvalidRef', 'an ssh URL needs a Secret with identity and known_hosts')
  }
  const guard = allowAddress === undefined ? {} : { allowAddress }
  return new SshRemote({ env, url, credential, timeoutMs, ...guard })
}

const notOverHttp = 'an ssh identity cannot be used with an http URL'

function checkUrl(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol === 'ssh:') return void sshPlace(url)
  if (parsed === undefined || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')) {
    throw new Fault('InvalidSpec', 'the repository URL must begin with http://, https:// or ssh://')
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new Fault('InvalidSpec', 'the repository URL must not hold a user or password', {
      hint: 'put them into a Secret and name it in spec.secretRef',
    })
  }
}
