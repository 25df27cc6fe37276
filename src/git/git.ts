/**
 * The git binary, held as tightly as it goes: no shell, no configuration of the machine or the
 * user, no hooks, no prompts, no helpers, no protocol but HTTP to our own relay on loopback. Its
 * arguments are ours; what a user wrote reaches it only over standard input or as a checked name.
 */
import { Fault, textOf, type Child, type Env, type Finished } from '#base'

/** Runs git on one bare repository. */
export interface Git {
  run(args: readonly string[], options: GitRun): Promise<Finished>
  start(args: readonly string[]): Promise<Child>
}

export interface GitRun {
  readonly signal: AbortSignal
  readonly timeoutMs: number
  readonly stdin?: string
  /** More configuration, in the child's environment, which only its own user can read. */
  readonly config?: Readonly<Record<string, string>>
}

const settings: Readonly<Record<string, string>> = {
  'protocol.allow': 'never',
  'protocol.http.allow': 'always',
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'core.pager': 'cat',
  'credential.helper': '',
  'http.proxy': '',
  'http.followRedirects': 'false',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'transfer.fsckObjects': 'true',
  'fetch.unpackLimit': '1', // a pack appears whole or not at all
  'transfer.bundleURI': 'false',
  'fetch.recurseSubmodules': 'no',
  'submodule.recurse': 'false',
  'fetch.writeCommitGraph': 'false',
  'pack.threads': '1',
}

/**
 * Git on the bare repository in `folder`.
 *
 * @throws Fault NotFound from each call when there is no git on PATH.
 */
export function gitIn(env: Env, folder: string): Git {
  const command = (args: readonly string[], config: Readonly<Record<string, string>> = {}) => ({
    file: 'git',
    args: ['--git-dir', folder, ...args],
    cwd: folder,
    env: {
      HOME: folder, // nothing of a user's is in it
      LC_ALL: 'C',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_SYSTEM: '/dev/null',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_ATTR_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_ASKPASS: '',
      GIT_PROTOCOL_FROM_USER: '0',
      GIT_OPTIONAL_LOCKS: '0',
      GIT_NO_REPLACE_OBJECTS: '1',
      GIT_FLUSH: '1',
      ...configuration({ ...settings, 'safe.directory': folder, ...config }),
    },
  })
  return {
    run: async (args, options) =>
      env.spawn.run({
        ...command(args, options.config),
        signal: options.signal,
        timeoutMs: options.timeoutMs,
        ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
      }),
    start: async (args) => env.spawn.start(command(args)),
  }
}

function configuration(values: Readonly<Record<string, string>>): Record<string, string> {
  const env: Record<string, string> = {}
  const entries = Object.entries(values)
  for (const [index, [key, value]] of entries.entries()) {
    env[`GIT_CONFIG_KEY_${index}`] = key
    env[`GIT_CONFIG_VALUE_${index}`] = value
  }
  env['GIT_CONFIG_COUNT'] = String(entries.length)
  return env
}

/** Demands exit status 0. The child's words go to the log of whoever asks, never into a message. */
export function succeeded(finished: Finished, doing: string): Finished {
  if (finished.code === 0) return finished
  throw new Fault('InvalidAnswer', `${doing}: git ended with status ${finished.code}`, {
    cause: new Error(textOf(finished.stderr.slice(-2_000))),
  })
}
