import { Fault } from '#base'

/**
 * Why ssh ended without a word of Git. What it wrote is matched, never quoted: a server may write
 * anything there. The words are the peer's, which people know to look for.
 */
export function sshFault(code: number, said: string, shown: string): Fault {
  const unable = `failed to checkout and determine revision: unable to clone '${shown}'`
  if (/REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for .* has changed/i.test(said)) {
    return new Fault('AccessDenied', `${unable}: ssh: handshake failed: knownhosts: key mismatch`, {
      hint: 'if the host really has a new key, put it into known_hosts of the Secret',
    })
  }
  if (/Host key verification failed|host key is known for|no matching host key/i.test(said)) {
    return new Fault(
      'AccessDenied',
      `${unable}: ssh: handshake failed: knownhosts: key is unknown`,
      { hint: 'put the host’s line into known_hosts of the Secret: ssh-keyscan prints it' },
    )
  }
  if (/Permission denied|Too many authentication failures/i.test(said)) {
    return new Fault(
      'AccessDenied',
      `${unable}: ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain`,
      { hint: 'give the public half of identity the right to read the repository' },
    )
  }
  if (/No user exists for uid/i.test(said)) {
    return new Fault('Unavailable', `${unable}: ssh does not know the user that it runs as`, {
      hint: 'give the user of the container a line in /etc/passwd',
    })
  }
  if (code === 255) {
    return new Fault('Unavailable', `${unable}: ${whyUnreachable(said)}`)
  }
  if (/not found|does not exist|does not appear to be a git repository|access denied/i.test(said)) {
    return new Fault('NotFound', `${unable}: repository not found`, {
      hint: 'check spec.url; private repositories often look like this to a key they do not know',
    })
  }
  return new Fault('InvalidAnswer', `${unable}: the server ended the session (status ${code})`, {
    hint: 'check spec.url, and that the account may run git-upload-pack',
  })
}

function whyUnreachable(said: string): string {
  if (/Could not resolve hostname/i.test(said)) return 'the host name is not known'
  if (/Connection refused/i.test(said)) return 'connect: connection refused'
  if (/timed out/i.test(said)) return 'the host did not answer in time'
  if (/No route to host|Network is unreachable/i.test(said)) return 'the host cannot be reached'
  return 'the connection broke off'
}
