/** Reads what a GitRepository's Secret says about who we are and whom we trust. */
import { Fault, fromBase64, Sensitive, textIfUtf8 } from '#base'
import { secrets, type GitRepository } from '#api'
import type { Client } from '#kube'
import { isEncryptedKey, type GitCredential } from '#git'

export interface Access {
  /** Which Secret in which version it came from; empty without one. */
  readonly identity: string
  readonly credential?: GitCredential
  /** PEM. */
  readonly ca?: string
}

/** @throws Fault InvalidRef when the Secret is missing or does not hold what is needed. */
export async function accessOf(
  repository: GitRepository,
  client: Client,
  signal: AbortSignal,
): Promise<Access> {
  const name = repository.spec?.secretRef?.name
  const isSsh = /^ssh:/i.test(repository.spec?.url ?? '')
  if (name === undefined || name === '') {
    if (isSsh) throw missingForSsh('identity')
    return { identity: '' }
  }
  const { namespace } = repository.metadata
  const key = namespace === undefined ? { name } : { namespace, name }
  const secret = await client.get(secrets, key, { signal })
  if (secret === null) {
    const shown = `${namespace ?? ''}/${name}`
    throw new Fault('InvalidRef', `failed to get secret '${shown}': secrets "${name}" not found`, {
      at: 'spec.secretRef.name',
      hint: isSsh
        ? 'create that Secret with identity and known_hosts'
        : 'create that Secret with username and password',
    })
  }
  const value = (entry: string): string | undefined => {
    const text = secret.data?.[entry]
    const bytes = text === undefined ? undefined : fromBase64(text)
    return bytes === undefined ? undefined : textIfUtf8(bytes)
  }
  const ca = value('ca.crt') ?? value('caFile')
  const credential = isSsh
    ? sshCredential(value, `${namespace ?? ''}/${name}`)
    : credentialOf(value, name)
  const { uid = '', resourceVersion = '' } = secret.metadata
  return {
    identity: `${uid} ${resourceVersion}`,
    ...(credential === undefined ? {} : { credential }),
    ...(ca === undefined ? {} : { ca }),
  }
}

type Entry = (name: string) => string | undefined

function sshCredential(value: Entry, secret: string): GitCredential {
  const identity = value('identity') ?? ''
  if (identity === '') throw missingForSsh('identity')
  const knownHosts = value('known_hosts') ?? ''
  if (knownHosts === '') throw missingForSsh('known_hosts')
  const password = value('password') ?? ''
  if (password === '' && isEncryptedKey(identity)) {
    const what = `SSH identity key is encrypted but no 'password' field was provided in the secret '${secret}'`
    throw new Fault('InvalidRef', what, { at: 'spec.secretRef.name' })
  }
  return {
    kind: 'ssh',
    identity: Sensitive.of(identity),
    knownHosts,
    ...(password === '' ? {} : { passphrase: Sensitive.of(password) }),
  }
}

/** In the peer's words. */
function missingForSsh(entry: 'identity' | 'known_hosts'): Fault {
  const what = `invalid 'ssh' auth option: '${entry}' is required`
  return new Fault('InvalidRef', `failed to configure authentication options: ${what}`, {
    at: 'spec.secretRef.name',
    hint:
      entry === 'identity'
        ? 'name a Secret with a private key in identity, and known_hosts'
        : 'put the host’s line into known_hosts of the Secret: ssh-keyscan prints it',
  })
}

function credentialOf(value: Entry, name: string): GitCredential | undefined {
  const token = value('bearerToken')
  const username = value('username')
  const password = value('password')
  if (token !== undefined) {
    if (username !== undefined || password !== undefined) {
      throw new Fault(
        'InvalidRef',
        `secret '${name}': bearerToken and password exclude each other`,
        {
          at: 'spec.secretRef.name',
        },
      )
    }
    return { kind: 'bearer', token: Sensitive.of(token) }
  }
  // Half a credential is none: the server then says what it wants.
  if (username === undefined || password === undefined) return undefined
  return { kind: 'basic', username, password: Sensitive.of(password) }
}
