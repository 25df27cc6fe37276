/** With the real ssh-agent and ssh-add, which are there wherever git is used over ssh. */
import { execFileSync } from 'node:child_process'
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Sensitive, type Command, type Env } from '#base'
import { realEnv } from '#base/env'
import { startAgent, type SshAgent } from './ssh-agent.ts'

const passphrase = 'canary "of" $a passphrase'
const signal = new AbortController().signal

let keys: string
let folder: string
beforeEach(async () => {
  keys = mkdtempSync(join(tmpdir(), 'lockstep-keys-'))
  folder = await realEnv().fs.makeTempFolder('lockstep-ssh-test-')
  for (const [name, words] of [
    ['open', ''],
    ['locked', passphrase],
  ] as const) {
    const flags = ['-q', '-t', 'ed25519', '-N', words, '-C', name, '-f', join(keys, name)]
    execFileSync('ssh-keygen', flags)
  }
})
afterEach(async () => {
  rmSync(keys, { recursive: true, force: true })
  await realEnv().fs.remove(folder)
})

interface Look {
  readonly kinds: readonly string[]
  readonly modes: readonly string[]
}

/** The real thing; each look at the folder is taken while a child is about to start, or runs. */
function watched(): { readonly env: Env; readonly commands: Command[]; readonly looks: Look[] } {
  const real = realEnv()
  const commands: Command[] = []
  const looks: Look[] = []
  const look = (command: Command): void => {
    commands.push(command)
    const found = readdirSync(folder).map((name) => lstatSync(join(folder, name)))
    looks.push({
      kinds: found.map((info) => (info.isFile() ? 'file' : info.isFIFO() ? 'fifo' : 'socket')),
      modes: found.map((info) => (info.mode & 0o777).toString(8)),
    })
  }
  const spawn = {
    find: (file: string) => real.spawn.find(file),
    run: async (command: Command) => {
      look(command)
      const finished = await real.spawn.run(command)
      look(command)
      return finished
    },
    start: (command: Command) => {
      look(command)
      return real.spawn.start(command)
    },
  }
  return { env: { ...real, spawn }, commands, looks }
}

async function started(env: Env, name: string, words?: string): Promise<SshAgent> {
  const identity = Sensitive.of(readFileSync(join(keys, name), 'utf8'))
  const secret = words === undefined ? {} : { passphrase: Sensitive.of(words) }
  return startAgent(env, { kind: 'ssh', identity, knownHosts: 'h', ...secret }, folder, signal)
}

function held(socket: string): string {
  const env = { PATH: process.env['PATH'], SSH_AUTH_SOCK: socket }
  try {
    return execFileSync('ssh-add', ['-l'], { env, encoding: 'utf8', stdio: 'pipe' })
  } catch {
    return ''
  }
}

describe('a private key', () => {
  it.each([
    ['locked', passphrase],
    ['open', undefined],
    ['open', 'nobody asks for it'],
  ])('%s, with passphrase %j, is in the agent, and nothing in a file', async (name, words) => {
    const { env, commands, looks } = watched()
    const agent = await started(env, name, words)
    expect(held(agent.socket)).toContain(name)
    expect(looks.flatMap(({ kinds }) => kinds)).not.toContain('file')
    expect(looks.flatMap(({ modes }) => modes).filter((mode) => mode !== '600')).toEqual([])
    if (words !== undefined) expect(looks.flatMap(({ kinds }) => kinds)).toContain('fifo')
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(readdirSync(folder)).toEqual(['agent']) // by now the fifo is gone as well
    const shown = JSON.stringify(commands.map((command) => ({ ...command, stdin: undefined })))
    expect(shown).not.toMatch(/canary|nobody asks|PRIVATE KEY/)
    await agent.stop()
    expect(held(agent.socket)).toBe('')
  })

  it('does not stay for ever in an agent whose owner was killed', async () => {
    const { env, commands } = watched()
    const agent = await started(env, 'open')
    const args = commands.find(({ file }) => file === 'ssh-agent')?.args ?? []
    expect(args[args.indexOf('-t') + 1]).toBe('3600')
    await agent.stop()
  })

  it('whose passphrase is another is refused at once, and nothing stays behind', async () => {
    const { env, looks } = watched()
    await expect(started(env, 'locked', 'another')).rejects.toMatchObject({
      reason: 'AccessDenied',
      message: expect.stringContaining('decryption password incorrect') as string,
    })
    expect(looks.flatMap(({ kinds }) => kinds)).not.toContain('file')
    expect(readdirSync(folder).filter((name) => name !== 'agent')).toEqual([])
  })
})
