/**
 * How ssh is started: nothing of the machine's or the user's configuration, one key from one agent, one
 * file of known hosts, no question asked, nothing forwarded.
 */
import { Fault } from '#base'

/** Where a repository is, as ssh sees it. */
export interface SshPlace {
  readonly user: string
  readonly host: string
  readonly port: number
  /** As the server's git-upload-pack is to see it. */
  readonly path: string
}

/** What one run of ssh may use. */
export interface SshMeans {
  readonly agentSocket: string
  readonly knownHostsFile: string
  /** An address that was found good; absent: ssh looks the host up itself. */
  readonly address?: string
  readonly connectTimeoutMs: number
}

const nameForm = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/
const defaultUser = 'git'
const defaultPort = 22

/**
 * @throws Fault InvalidSpec for a URL that is no ssh URL, holds a password, or names a user or host that
 * ssh could take for something else.
 */
export function sshPlace(url: string): SshPlace {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol !== 'ssh:') {
    throw new Fault('InvalidSpec', 'the repository URL must begin with ssh://')
  }
  if (parsed.password !== '') {
    throw new Fault('InvalidSpec', 'the repository URL must not hold a password', {
      hint: 'ssh proves who we are by the identity in the Secret of spec.secretRef',
    })
  }
  const user = parsed.username === '' ? defaultUser : decoded(parsed.username)
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1')
  const path = decoded(parsed.pathname)
  const isAddress = parsed.hostname.startsWith('[')
  if (!nameForm.test(user) || !(isAddress || nameForm.test(host)) || !isPath(path)) {
    throw new Fault('InvalidSpec', 'the repository URL must be ssh://user@host/path', {
      hint: 'letters, digits, dots and hyphens for user and host',
    })
  }
  return {
    user,
    host,
    port: parsed.port === '' ? defaultPort : Number(parsed.port),
    // `/~ada/x` means a home folder, which no server knows by that name.
    path: path.startsWith('/~') ? path.slice(1) : path,
  }
}

/** Arguments of ssh. No shell reads them here; at the far end a shell reads the last one. */
export function sshArguments(place: SshPlace, means: SshMeans): readonly string[] {
  const alias = place.port === defaultPort ? place.host : `[${place.host}]:${place.port}`
  const options: Readonly<Record<string, string>> = {
    BatchMode: 'yes',
    StrictHostKeyChecking: 'yes',
    UserKnownHostsFile: means.knownHostsFile,
    GlobalKnownHostsFile: 'none',
    HostKeyAlias: alias,
    CheckHostIP: 'no',
    UpdateHostKeys: 'no',
    VerifyHostKeyDNS: 'no',
    CanonicalizeHostname: 'no',
    IdentityAgent: means.agentSocket,
    IdentityFile: 'none',
    PreferredAuthentications: 'publickey',
    ForwardAgent: 'no',
    ForwardX11: 'no',
    ClearAllForwardings: 'yes',
    ControlMaster: 'no',
    ControlPath: 'none',
    PermitLocalCommand: 'no',
    ProxyCommand: 'none',
    RequestTTY: 'no',
    EscapeChar: 'none',
    SendEnv: 'GIT_PROTOCOL',
    ConnectTimeout: String(Math.max(1, Math.ceil(means.connectTimeoutMs / 1_000))),
    ServerAliveInterval: '15',
    ServerAliveCountMax: '3',
    LogLevel: 'ERROR',
    ...(means.address === undefined ? {} : { HostName: means.address }),
  }
  return [
    '-F',
    'none',
    ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    '-p',
    String(place.port),
    '-l',
    place.user,
    '-T',
    '--',
    place.host,
    `git-upload-pack ${quoted(place.path)}`,
  ]
}

/** What follows is one line: no control characters. */
function isPath(path: string): boolean {
  return path.length > 1 && !Array.from(path).some((mark) => mark < ' ' || mark === '\x7f')
}

/** As git itself quotes it: servers with restricted commands look for exactly this form. */
function quoted(path: string): string {
  return `'${path.replaceAll(/['!]/g, (mark) => `'\\${mark}'`)}'`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
