/**
 * ssh without ssh: what would run at the far end runs here, so that everything on our side of the wire is
 * the real thing. A real sshd is in test/real/interop.
 */
import type { Child, Command, Env } from '#base'

/** What the far end is like. */
export interface FarEnd {
  /** Folder that `/` of the repository URLs stands for. */
  readonly root: string
  /** Whether the server takes GIT_PROTOCOL from the environment. Default true. */
  readonly takesProtocol?: boolean
  /** What ssh writes before it ends with 255, in place of a session. */
  readonly refusal?: string
  /** What ssh-add writes before it ends with 1. */
  readonly badKey?: string
}

/** An Env whose `ssh` reaches `end`, and the commands that were run in it. */
export function withSsh(env: Env, end: FarEnd): Env & { readonly commands: Command[] } {
  const commands: Command[] = []
  const far = (command: Command): Promise<Child> => {
    if (end.refusal !== undefined) {
      const script = `process.stderr.write(${JSON.stringify(end.refusal)}); process.exitCode = 255`
      return env.spawn.start({ file: process.execPath, args: ['-e', script] })
    }
    const [, path = ''] = /^git-upload-pack '\/(.*)'$/.exec(command.args.at(-1) ?? '') ?? []
    const protocol = command.env?.['GIT_PROTOCOL'] ?? ''
    return env.spawn.start({
      file: 'git-upload-pack',
      args: [`${end.root}/${path}`],
      env: end.takesProtocol === false ? {} : { GIT_PROTOCOL: protocol },
    })
  }
  const agent = (): Promise<Child> => {
    const script = 'console.log("SSH_AUTH_SOCK=x"); setInterval(() => {}, 1000)'
    return env.spawn.start({ file: process.execPath, args: ['-e', script] })
  }
  return {
    ...env,
    commands,
    spawn: {
      find: (file) => env.spawn.find(file),
      start: (command) => {
        commands.push(command)
        if (command.file === 'ssh-agent') return agent()
        return command.file === 'ssh' ? far(command) : env.spawn.start(command)
      },
      run: (command) => {
        commands.push(command)
        if (command.file !== 'ssh-add') return env.spawn.run(command)
        return Promise.resolve({
          code: end.badKey === undefined ? 0 : 1,
          stdout: new Uint8Array(),
          stderr: Buffer.from(end.badKey ?? ''),
        })
      },
    },
  }
}
