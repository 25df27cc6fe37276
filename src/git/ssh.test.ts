import { describe, expect, it, test } from 'vitest'
import { Fault, Sensitive } from '#base'
import { realEnv } from '#base/env'
import { withSsh, type FarEnd } from '../../test/fakes/ssh.ts'
import { gitMirror } from './git-mirror.ts'
import { PacketStream } from './packet-stream.ts'
import { isEncryptedKey } from './ssh-agent.ts'
import { sshArguments, sshPlace } from './ssh-command.ts'
import { sshFault } from './ssh-fault.ts'

const signal = new AbortController().signal
const means = { agentSocket: '/s/agent', knownHostsFile: '/s/known', connectTimeoutMs: 5_500 }
const url = 'ssh://git@git.example.com/team/app.git'

async function* chunks(...parts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part)
}

describe('a place behind ssh', () => {
  test.each([
    ['ssh://git@host/app.git', 'git', 'host', 22, '/app.git'],
    ['ssh://host/app.git', 'git', 'host', 22, '/app.git'],
    ['ssh://ada@host:2222/a%20b.git', 'ada', 'host', 2222, '/a b.git'],
    ['ssh://git@[::1]:22/x', 'git', '::1', 22, '/x'],
    ['ssh://git@host/~ada/x.git', 'git', 'host', 22, '~ada/x.git'],
  ])('%s', (text, user, host, port, path) => {
    expect(sshPlace(text)).toEqual({ user, host, port, path })
  })

  test.each([
    'ssh://git:canary@host/x',
    'ssh://git@-oProxyCommand=canary/x',
    'ssh://-oProxyCommand=canary@host/x',
    'ssh://git@ho%20st/x',
    'ssh://git@host/',
    'ssh://git@host/x%0acanary',
    'ssh://git@host/x%00',
    'http://host/x',
  ])('%s is refused without being shown', (text) => {
    expect(() => sshPlace(text)).toThrow(Fault)
    expect(() => sshPlace(text)).not.toThrow('canary')
  })

  it('is asked for by one argument that a shell takes for one path', () => {
    const evil = sshArguments(sshPlace("ssh://git@host/a'$(id)!b"), means)
    expect(evil.at(-1)).toBe(`git-upload-pack '/a'\\''$(id)'\\!'b'`)
    expect(evil.slice(-3, -1)).toEqual(['--', 'host'])
  })

  it('is known by its own name and port, whatever address it is held to', () => {
    const held = { ...means, address: '192.0.2.7' }
    const args = sshArguments(sshPlace('ssh://git@host:2222/x'), held)
    expect(args).toContain('HostName=192.0.2.7')
    expect(args).toContain('HostKeyAlias=[host]:2222')
    expect(sshArguments(sshPlace('ssh://git@host/x'), means)).toContain('HostKeyAlias=host')
    expect(args).toContain('ConnectTimeout=6')
  })
})

describe('what ssh says', () => {
  test.each([
    ['@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @', 255, 'AccessDenied', 'key mismatch'],
    ['No ED25519 host key is known for [h]:22 canary', 255, 'AccessDenied', 'key is unknown'],
    ['git@h: Permission denied (publickey).', 255, 'AccessDenied', 'unable to authenticate'],
    ['ssh: Could not resolve hostname h: Name', 255, 'Unavailable', 'name is not known'],
    ['ssh: connect to host h port 22: Connection refused', 255, 'Unavailable', 'refused'],
    ['No user exists for uid 65532', 255, 'Unavailable', 'user that it runs as'],
    ['canary', 255, 'Unavailable', 'broke off'],
    ["fatal: '/x' does not appear to be a git repository", 128, 'NotFound', 'not found'],
    ['canary', 1, 'InvalidAnswer', 'status 1'],
  ])('%s', (said, code, reason, message) => {
    const fault = sshFault(code, said, url)
    expect(fault.reason).toBe(reason)
    expect(fault.message).toContain(message)
    expect(`${fault.message} ${fault.hint}`).not.toContain('canary')
  })
})

test('a private key tells whether it is encrypted', () => {
  const openssh = (cipher: string): string => {
    const size = Buffer.from([0, 0, 0, cipher.length])
    const bytes = Buffer.concat([Buffer.from('openssh-key-v1\0'), size, Buffer.from(cipher)])
    return `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`
  }
  expect(isEncryptedKey(openssh('aes256-ctr'))).toBe(true)
  expect(isEncryptedKey(openssh('none'))).toBe(false)
  expect(isEncryptedKey('-----BEGIN ENCRYPTED PRIVATE KEY-----\n')).toBe(true)
  for (const text of ['', 'not a key', '-----BEGIN OPENSSH PRIVATE KEY-----\nAA\n-----END'])
    expect(isEncryptedKey(text)).toBe(false)
})

describe('packets out of a stream', () => {
  it('come whole, however the bytes are cut', async () => {
    const stream = new PacketStream(chunks('00', '06a', 'b0', '00', '00005', 'rest'))
    const seen: string[] = []
    for await (const packet of stream.untilFlush()) seen.push(Buffer.from(packet).toString())
    expect(seen).toEqual(['0006ab', '0000'])
    const rest: string[] = []
    for await (const part of stream.untilEnd()) rest.push(Buffer.from(part).toString())
    expect(rest.join('')).toBe('0005rest')
  })

  test.each(['0006a', '00', 'xyz1aaaa'])('%s is refused', async (text) => {
    const read = async (): Promise<void> => {
      for await (const _ of new PacketStream(chunks(text)).untilFlush()) continue
    }
    await expect(read()).rejects.toMatchObject({ reason: 'InvalidAnswer' })
  })
})

describe('a repository over ssh', () => {
  const identity = Sensitive.of('canary of a key')
  const passphrase = Sensitive.of('canary of a passphrase')

  async function refsOf(end: Partial<FarEnd>, allowAddress?: (address: string) => boolean) {
    const real = realEnv()
    const env = withSsh(real, { root: '/nowhere', ...end })
    const mirror = gitMirror({
      env,
      url: 'ssh://git@127.0.0.1/app.git',
      folder: '/nowhere/mirror',
      timeoutMs: 20_000,
      credential: { kind: 'ssh', identity, passphrase, knownHosts: 'h ssh-ed25519 AAAA' },
      ...(allowAddress === undefined ? {} : { allowAddress }),
    })
    const outcome = await mirror.refs(signal).then(
      () => 'done',
      (error: unknown) => error,
    )
    await mirror.close()
    return { outcome, commands: env.commands }
  }

  it('leaves no key and no passphrase in arguments, variables or files', async () => {
    const { commands } = await refsOf({ refusal: 'Permission denied (publickey).' })
    const shown = commands.map((each) => JSON.stringify({ ...each, stdin: null })).join()
    expect(shown).toContain('ssh-add')
    expect(shown).not.toContain('canary')
    const folder = commands.find(({ file }) => file === 'ssh')?.cwd ?? ''
    expect(folder).not.toBe('')
    expect(await realEnv().fs.info(folder)).toBeNull()
  })

  it('that refuses our key is told in words that people look for', async () => {
    const { outcome } = await refsOf({ refusal: 'git@h: Permission denied (publickey).' })
    expect(outcome).toMatchObject({ reason: 'AccessDenied' })
    expect(String(outcome)).toContain('no supported methods remain')
  })

  it('is not asked with a key that cannot be read', async () => {
    const { outcome, commands } = await refsOf({
      badKey: 'Error loading key "(stdin)": invalid format',
    })
    expect(outcome).toMatchObject({ reason: 'AccessDenied' })
    expect(String(outcome)).toContain('ssh: no key found')
    expect(commands.map(({ file }) => file)).not.toContain('ssh')
  })

  it('at an address that is not allowed is never called', async () => {
    const { outcome, commands } = await refsOf({}, (address) => address !== '127.0.0.1')
    expect(outcome).toMatchObject({ reason: 'AccessDenied' })
    expect(commands).toEqual([])
  })

  it('that is not there is told so', async () => {
    const { outcome } = await refsOf({})
    expect(outcome).toMatchObject({ reason: 'NotFound' })
  })

  it('needs an ssh credential, and an http one does not do', () => {
    const open = (given: object) => (): unknown =>
      gitMirror({ env: realEnv(), url, folder: '/x', ...given })
    expect(open({})).toThrow(/identity and known_hosts/)
    const basic = { kind: 'basic', username: 'a', password: identity }
    expect(open({ credential: basic })).toThrow(/identity and known_hosts/)
  })
})
