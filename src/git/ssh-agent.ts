/**
 * A private key for the moments in which ssh needs it: in the memory of an ssh-agent of our own, behind a
 * socket in a folder that only we can enter. The key goes there over standard input, and the passphrase
 * of an encrypted one through a fifo: no file ever holds either.
 */
import { Fault, fromBase64, textOf, type Child, type Env } from '#base'
import type { SshCredential } from './mirror.ts'

const startMs = 10_000
/** Longer than any fetch, whose sessions may each ask the agent; in seconds. */
const keyLifeS = 3_600

/** An agent that runs. */
export interface SshAgent {
  readonly socket: string
  /** Ends it; the key is gone with it. */
  stop(): Promise<void>
}

/**
 * Starts an agent that holds the key of `credential`.
 *
 * @param folder Private and empty; a socket is made in it.
 * @throws Fault AccessDenied when the key cannot be read or its passphrase does not fit; NotFound when
 * there is no ssh-agent on PATH.
 */
export async function startAgent(
  env: Env,
  credential: SshCredential,
  folder: string,
  signal: AbortSignal,
): Promise<SshAgent> {
  const socket = `${folder}/agent`
  const child = await env.spawn.start({
    file: 'ssh-agent',
    // Should we be killed, the agent outlives us, but not for long what it holds.
    args: ['-D', '-t', String(keyLifeS), '-a', socket],
    cwd: folder,
    env: { HOME: folder, LC_ALL: 'C' },
  })
  try {
    await listening(child)
    await addKey(env, credential, { folder, socket }, signal)
  } catch (error) {
    await child.stop()
    throw error
  }
  return { socket, stop: () => child.stop() }
}

/** It tells the name of its socket once that is there. */
async function listening(child: Child): Promise<void> {
  for await (const chunk of child.stdout) {
    if (textOf(chunk).includes('SSH_AUTH_SOCK')) return
  }
  throw new Fault('Unavailable', 'ssh-agent ended at once', {
    cause: new Error(textOf(child.stderr())),
  })
}

interface Place {
  readonly folder: string
  readonly socket: string
}

async function addKey(
  env: Env,
  { identity, passphrase }: SshCredential,
  { folder, socket }: Place,
  signal: AbortSignal,
): Promise<void> {
  // ssh-add asks a program of our choice and gives it the question as its one argument: `cat` answers
  // with the file of that name, and with none when ssh-add asks a second time.
  const question = `${folder}/Enter passphrase for (stdin): `
  const told = passphrase === undefined ? undefined : await tell(env, passphrase, question, folder)
  try {
    const key = identity.revealText().replaceAll('\r\n', '\n')
    const { code, stderr } = await env.spawn.run({
      file: 'ssh-add',
      args: ['-q', '-'],
      cwd: folder,
      env: {
        HOME: folder,
        LC_ALL: 'C',
        SSH_AUTH_SOCK: socket,
        SSH_ASKPASS: (await env.spawn.find('cat')) ?? '/bin/cat',
        SSH_ASKPASS_REQUIRE: 'force',
      },
      stdin: key.endsWith('\n') ? key : `${key}\n`,
      timeoutMs: startMs,
      signal,
    })
    if (code !== 0) throw unusable(textOf(stderr), passphrase !== undefined)
  } finally {
    await told?.stop()
    await env.fs.remove(question)
  }
}

/**
 * Tells the passphrase to who opens `fifo` first; nobody may, when the key needs none.
 *
 * @returns The child that waits for that.
 */
async function tell(
  env: Env,
  passphrase: NonNullable<SshCredential['passphrase']>,
  fifo: string,
  folder: string,
): Promise<Child> {
  const variables = { HOME: folder, LC_ALL: 'C' }
  const made = await env.spawn.run({
    file: 'mkfifo',
    args: ['-m', '600', '--', fifo],
    cwd: folder,
    env: variables,
    timeoutMs: startMs,
  })
  if (made.code !== 0) throw new Fault('Unavailable', 'a fifo could not be made')
  // It waits in open() for a reader: a thread of ours would wait for ever where none comes.
  const child = await env.spawn.start({
    file: 'dd',
    args: [`of=${fifo}`, 'status=none'],
    cwd: folder,
    env: variables,
  })
  await child.write(`${passphrase.revealText()}\n`).catch(() => {}) // ssh-add then gets no answer
  child.end()
  return child
}

/** In the peer's words. */
function unusable(said: string, hasPassphrase: boolean): Fault {
  const unable =
    'failed to checkout and determine revision: unable to construct auth method with options'
  if (hasPassphrase && !/invalid format|error in libcrypto|unsupported/i.test(said)) {
    return new Fault('AccessDenied', `${unable}: x509: decryption password incorrect`, {
      hint: 'put the passphrase of identity into password of the same Secret',
    })
  }
  return new Fault('AccessDenied', `${unable}: ssh: no key found`, {
    hint: 'identity has to be a whole private key, from its first line to its last, as ssh-keygen wrote it',
  })
}

/** Whether a private key, PEM or OpenSSH's form, needs a passphrase. */
export function isEncryptedKey(text: string): boolean {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/.test(text)) return true
  const [, body = ''] =
    /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]*)-----END/.exec(text) ?? []
  const bytes = fromBase64(body.replaceAll(/\s/g, ''))
  if (bytes === undefined) return false
  // "openssh-key-v1", a zero byte, then the length and the name of the cipher.
  const begins = textOf(bytes.subarray(0, 15)) === 'openssh-key-v1\0'
  return begins && textOf(bytes.subarray(19, 23)) !== 'none'
}
