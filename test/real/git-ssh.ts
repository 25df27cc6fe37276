/** An sshd on loopback, with keys of its own, that serves the repositories of one folder. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { freePort, start, untilReady, type Running } from './children.ts'

/** An sshd that runs, and what a client needs to reach it. */
export interface Sshd {
  readonly port: number
  /** Repository `name` of the folder served. */
  url(name: string): string
  /** A key that may read, and its other half. */
  readonly identity: string
  readonly identityPub: string
  /** The same right, its private half encrypted with `passphrase`. */
  readonly lockedIdentity: string
  readonly passphrase: string
  /** A key that the server does not know. */
  readonly otherIdentity: string
  readonly knownHosts: string
  /** The right name with a wrong key. */
  readonly wrongHosts: string
  /** Ends it and starts it with another host key, or with the first one again. */
  changeHostKey(to: 'host' | 'host2'): Promise<void>
  close(): Promise<void>
}

/**
 * Starts one.
 *
 * @param takesProtocol Whether it takes GIT_PROTOCOL from clients; a plain one does not.
 */
export async function startSshd(
  program: string,
  folder: string,
  root: string,
  takesProtocol = true,
): Promise<Sshd> {
  const port = await freePort()
  const { username, uid } = userInfo()
  const passphrase = 'open "sesame" $HOME'
  for (const [name, words] of [
    ['host', ''],
    ['host2', ''],
    ['reader', ''],
    ['locked', passphrase],
    ['other', ''],
  ] as const) {
    const key = join(folder, name)
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', words, '-C', name, '-f', key])
  }
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  const hostLine = (name: string): string =>
    `[127.0.0.1]:${port} ${read(`${name}.pub`).split(' ').slice(0, 2).join(' ')}\n`
  writeFileSync(join(folder, 'authorized'), read('reader.pub') + read('locked.pub'), {
    mode: 0o600,
  })
  // Run as root it wants an account for its unprivileged half, which is in Debian's package script.
  const passwd = readFileSync('/etc/passwd', 'utf8')
  const account = 'sshd:x:22022:65534::/run/sshd:/usr/sbin/nologin\n'
  writeFileSync(join(folder, 'passwd'), passwd.replace(/^sshd:.*\n/m, '') + account)
  const launch = async (hostKey: string): Promise<Running> => {
    const config = join(folder, 'sshd_config')
    writeFileSync(
      config,
      `Port ${port}
ListenAddress 127.0.0.1
HostKey ${join(folder, hostKey)}
AuthorizedKeysFile ${join(folder, 'authorized')}
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
UsePAM no
StrictModes no
PidFile none
MaxStartups 100
${takesProtocol ? 'AcceptEnv GIT_PROTOCOL' : ''}
`,
    )
    const flags = [program, '-D', '-e', '-f', config]
    const inRoom =
      'mount -t tmpfs tmpfs /run && mkdir /run/sshd && mount --bind "$1" /etc/passwd && shift && exec "$@"'
    const [file = '', ...args] =
      uid === 0
        ? ['unshare', '--mount', 'sh', '-c', inRoom, 'sh', join(folder, 'passwd'), ...flags]
        : flags
    const running = start(file, args, join(folder, 'sshd.log'))
    await untilReady('sshd', running, () => answers(port), 20_000)
    return running
  }
  let running = await launch('host')
  return {
    port,
    url: (name) => `ssh://${username}@127.0.0.1:${port}${root}/${name}.git`,
    identity: read('reader'),
    identityPub: read('reader.pub'),
    lockedIdentity: read('locked'),
    passphrase,
    otherIdentity: read('other'),
    knownHosts: hostLine('host'),
    wrongHosts: hostLine('other'),
    changeHostKey: async (to) => {
      await running.kill()
      running = await launch(to)
    },
    close: () => running.kill(),
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' })
    const done = (result: boolean): void => {
      socket.destroy()
      resolve(result)
    }
    socket.once('data', (bytes: Buffer) => done(bytes.toString().startsWith('SSH-2.0')))
    socket.once('error', () => done(false))
  })
}
