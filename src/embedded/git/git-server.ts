/**
 * Bare repositories in a folder, served over smart HTTP by the git binary, for the demo and for
 * tests: `git clone` and `git push` work against it. Not for production.
 */
import {
  concatBytes,
  equalBytes,
  Fault,
  fromBase64,
  textOf,
  utf8,
  type Child,
  type Command,
  type Env,
  type Handler,
  type ServerRequest,
  type ServerResponse,
} from '#base'
import { parseCgiHead } from './cgi.ts'
import { fastImport, type NewFile } from './fast-import.ts'

export interface GitServerOptions {
  readonly env: Env
  /** Holds `<name>.git` for each repository; made when absent. */
  readonly folder: string
  /** Asked for by basic authentication on every exchange when given. */
  readonly auth?: { readonly username: string; readonly password: string }
}

/** How the server behaves from now on, for tests of outages. */
export interface GitServerMood {
  /** Answer each exchange with this status. */
  readonly status?: number
  readonly auth?: { readonly username: string; readonly password: string } | null
}

export interface CommitOptions {
  /** Default `main`. */
  readonly branch?: string
  /** The files given are the whole tree, not changes to it. */
  readonly replace?: boolean
  /** Commit to build on in place of the branch's tip; null: none, a history of its own. */
  readonly parent?: string | null
}

export interface GitServer {
  /** For `env.net.listen`; repositories are at `/<name>.git`. */
  readonly handler: Handler
  /** Makes an empty bare repository whose HEAD is `refs/heads/<branch>`; present already is fine. */
  create(name: string, branch?: string): Promise<void>
  /** Commits files in process. @returns the commit's id. */
  commit(
    name: string,
    files: Readonly<Record<string, NewFile>>,
    message: string,
    options?: CommitOptions,
  ): Promise<string>
  /** Points a full reference name at a commit; null removes it. */
  setRef(name: string, ref: string, commit: string | null): Promise<void>
  /** Makes an annotated tag. */
  annotate(name: string, tag: string, commit: string): Promise<void>
  /** Points HEAD at a branch. */
  setHead(name: string, branch: string): Promise<void>
  /** What a reference names, or null. */
  resolve(name: string, ref: string): Promise<string | null>
  behave(mood: GitServerMood): void
  /** Exchanges answered so far. */
  requests(): number
}

const author = 'Lockstep Demo <demo@lockstep.invalid>'
const validName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/

/** A server over the repositories in a folder. */
export function createGitServer(options: GitServerOptions): GitServer {
  const { env, folder } = options
  let mood: GitServerMood = {}
  let answered = 0
  const pathOf = (name: string): string => {
    if (!validName.test(name)) throw new Fault('InvalidSpec', `${name} is no repository name`)
    return `${folder}/${name}.git`
  }
  const git = async (
    name: string,
    args: readonly string[],
    stdin?: Uint8Array,
  ): Promise<{ code: number; out: string }> => {
    const finished = await env.spawn.run(gitCommand(pathOf(name), args, stdin))
    return { code: finished.code, out: textOf(finished.stdout).trim() }
  }
  const must = async (
    name: string,
    args: readonly string[],
    stdin?: Uint8Array,
  ): Promise<string> => {
    const { code, out } = await git(name, args, stdin)
    if (code !== 0) throw new Fault('InvalidSpec', `git ${args[0]} failed with status ${code}`)
    return out
  }
  const resolve = async (name: string, ref: string): Promise<string | null> => {
    const { code, out } = await git(name, [
      'rev-parse',
      '--verify',
      '--quiet',
      '--end-of-options',
      ref,
    ])
    return code === 0 && out !== '' ? out : null
  }

  return {
    resolve,
    requests: () => answered,
    behave: (next) => void (mood = next),
    create: async (name, branch = 'main') => {
      const path = pathOf(name)
      if ((await env.fs.info(`${path}/HEAD`)) !== null) return
      await env.fs.makeFolder(path)
      await must(name, ['init', '--quiet', '--bare', '--template=', `--initial-branch=${branch}`])
      await must(name, ['config', 'http.receivepack', 'true'])
      await must(name, ['config', 'gc.auto', '0'])
    },
    commit: async (name, files, message, { branch = 'main', replace = false, parent } = {}) => {
      const base = parent === undefined ? await resolve(name, `refs/heads/${branch}`) : parent
      const seconds = Math.floor(env.clock.now() / 1_000)
      const stream = fastImport({
        branch,
        files,
        message,
        replace,
        parent: base ?? undefined,
        author,
        seconds,
      })
      return must(name, ['fast-import', '--quiet', '--force', '--done'], stream)
    },
    setRef: async (name, ref, commit) => {
      const args = commit === null ? ['update-ref', '-d', ref] : ['update-ref', ref, commit]
      await must(name, args)
    },
    annotate: async (name, tag, commit) => {
      await must(name, ['tag', '--force', '--annotate', '--message', tag, '--', tag, commit])
    },
    setHead: async (name, branch) => {
      await must(name, ['symbolic-ref', 'HEAD', `refs/heads/${branch}`])
    },
    handler: async (request) => {
      answered++
      if (mood.status !== undefined) return { status: mood.status, body: 'out of order\n' }
      const auth = mood.auth === undefined ? options.auth : (mood.auth ?? undefined)
      if (auth !== undefined && !isAllowed(request, auth)) {
        return { status: 401, headers: { 'www-authenticate': 'Basic realm="git"' }, body: '' }
      }
      return serve(env, folder, request)
    },
  }
}

function gitCommand(path: string, args: readonly string[], stdin?: Uint8Array): Command {
  return {
    file: 'git',
    args: ['--git-dir', path, '-c', `safe.directory=${path}`, ...args],
    cwd: path,
    env: childEnv(path),
    ...(stdin === undefined ? {} : { stdin }),
  }
}

function childEnv(home: string): Record<string, string> {
  return {
    HOME: home,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'Lockstep Demo',
    GIT_AUTHOR_EMAIL: 'demo@lockstep.invalid',
    GIT_COMMITTER_NAME: 'Lockstep Demo',
    GIT_COMMITTER_EMAIL: 'demo@lockstep.invalid',
  }
}

function isAllowed(
  request: ServerRequest,
  auth: { readonly username: string; readonly password: string },
): boolean {
  const header = request.headers['authorization']
  if (typeof header !== 'string' || !header.startsWith('Basic ')) return false
  const given = fromBase64(header.slice(6))
  return given !== undefined && equalBytes(given, utf8(`${auth.username}:${auth.password}`))
}

/** One exchange through `git http-backend`, which speaks CGI. */
async function serve(env: Env, folder: string, request: ServerRequest): Promise<ServerResponse> {
  const [path = '', query = ''] = request.target.split('?')
  const name = /^\/([^/]+)\.git\//.exec(path)?.[1]
  if (name === undefined || !validName.test(name)) return { status: 404, body: 'not found\n' }
  if ((await env.fs.info(`${folder}/${name}.git/HEAD`)) === null) {
    return { status: 404, body: 'repository not found\n' }
  }
  const child = await env.spawn.start({
    file: 'git',
    args: ['-c', 'safe.directory=*', 'http-backend'],
    cwd: folder,
    env: { ...childEnv(folder), ...cgiEnv(folder, path, query, request) },
  })
  request.signal.addEventListener('abort', () => void child.stop(), { once: true })
  void feed(child, request.body)
  return answer(child)
}

function cgiEnv(
  folder: string,
  path: string,
  query: string,
  request: ServerRequest,
): Record<string, string> {
  const header = (name: string): string => {
    const value = request.headers[name]
    return typeof value === 'string' ? value : ''
  }
  const optional = (key: string, value: string): Record<string, string> =>
    value === '' ? {} : { [key]: value }
  return {
    GIT_PROJECT_ROOT: folder,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: path,
    QUERY_STRING: query,
    REQUEST_METHOD: request.method,
    REMOTE_ADDR: request.remoteAddress,
    REMOTE_USER: 'demo',
    SERVER_PROTOCOL: 'HTTP/1.1',
    CONTENT_TYPE: header('content-type'),
    ...optional('CONTENT_LENGTH', header('content-length')),
    ...optional('HTTP_CONTENT_ENCODING', header('content-encoding')),
    ...optional('GIT_PROTOCOL', header('git-protocol')),
  }
}

async function feed(child: Child, body: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const chunk of body) await child.write(chunk)
  } catch {
    // the peer hung up or the child ended early: the answer says so
  } finally {
    child.end()
  }
}

async function answer(child: Child): Promise<ServerResponse> {
  const chunks = child.stdout[Symbol.asyncIterator]()
  let head: Uint8Array = new Uint8Array()
  for (;;) {
    const next = await chunks.next()
    if (next.done === true) return { status: 500, body: 'git http-backend failed\n' }
    head = concatBytes([head, next.value])
    const parsed = parseCgiHead(head)
    if (parsed === undefined) continue
    return {
      status: parsed.status,
      headers: parsed.headers,
      body: rest(parsed.body, chunks, child),
    }
  }
}

async function* rest(
  first: Uint8Array,
  chunks: AsyncIterator<Uint8Array>,
  child: Child,
): AsyncGenerator<Uint8Array> {
  try {
    if (first.length > 0) yield first
    for (;;) {
      const next = await chunks.next()
      if (next.done === true) return
      yield next.value
    }
  } finally {
    await child.stop()
  }
}
