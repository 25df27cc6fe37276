import { Fault } from '#base'
import {
  nameMatcher,
  type Capabilities,
  type EntryOutcome,
  type EntryRef,
  type Find,
  type Provider,
  type ProviderDeps,
  type ProviderKind,
  type Validation,
} from '#provider'
import { createKeyVaultClient, type KeyVaultClient } from './azurekv/client.ts'
import { clientSecretOf, keyVaultConfig } from './azurekv/config.ts'
import { secretEntry, tagsEntry } from './azurekv/entry.ts'

const capabilities: Capabilities = {
  find: true,
  push: false,
  batch: 1,
  versions: true,
  events: false,
  access: 'ReadWrite',
}

/** Secrets that one find may look at. */
const mostSecrets = 50_000
/** Values that a find reads at once. */
const findWidth = 8

/**
 * Azure Key Vault: secrets.
 *
 * - `key`: name of the secret, also as `secret/name`
 * - `property`: a gjson path into the JSON in it, else a key of it, dots and all; absent, all of it
 * - `version`: the id of a version; absent, the newest
 * - Needs the role "Key Vault Secrets User" on the vault (`get`, for find also `list`).
 *
 * Source: https://learn.microsoft.com/rest/api/keyvault/secrets/operation-groups
 */
export const azurekv: ProviderKind = { name: 'azurekv', capabilities, open }

async function open(config: unknown, deps: ProviderDeps, signal: AbortSignal): Promise<Provider> {
  const store = keyVaultConfig(config)
  const client = await clientSecretOf(config, deps.cluster, signal)
  const { allowAddress, env, onLogin } = deps
  const pool = env.net.pool(allowAddress === undefined ? {} : { allowAddress })
  try {
    const vault = await createKeyVaultClient({
      env,
      pool,
      config: store,
      client,
      ...(onLogin === undefined ? {} : { onLogin }),
    })
    return new KeyVaultProvider(vault, () => pool.close())
  } catch (thrown) {
    await pool.close()
    throw thrown
  }
}

class KeyVaultProvider implements Provider {
  readonly capabilities: Capabilities = capabilities
  readonly #vault: KeyVaultClient
  readonly #closePool: () => Promise<void>

  constructor(vault: KeyVaultClient, closePool: () => Promise<void>) {
    this.#vault = vault
    this.#closePool = closePool
  }

  async read(refs: readonly EntryRef[], signal: AbortSignal): Promise<readonly EntryOutcome[]> {
    signal.throwIfAborted()
    return await Promise.all(refs.map((ref) => this.#outcome(ref, signal)))
  }

  async #outcome(ref: EntryRef, signal: AbortSignal): Promise<EntryOutcome> {
    try {
      const name = secretNameOf(ref)
      const secret = await this.#vault.secret(name, versionOf(ref), signal)
      if (secret === null) return { kind: 'absent' }
      const entry =
        ref.metadata === true ? tagsEntry(ref.key, name, secret) : secretEntry(ref.key, secret)
      return { kind: 'entry', entry }
    } catch (thrown) {
      signal.throwIfAborted()
      if (!(thrown instanceof Fault)) throw thrown
      return { kind: 'failed', fault: thrown.within('read from Azure Key Vault') }
    }
  }

  /** As in the peer, `path` narrows nothing: a vault has no folders. */
  async find(find: Find, signal: AbortSignal): Promise<ReadonlyMap<string, Uint8Array>> {
    signal.throwIfAborted()
    const names = await this.#names(find, signal)
    const found = new Map<string, Uint8Array>()
    for (let from = 0; from < names.length; from += findWidth) {
      const some = names.slice(from, from + findWidth).map((key) => ({ key }))
      for (const [i, outcome] of (await this.read(some, signal)).entries()) {
        if (outcome.kind === 'failed') throw outcome.fault
        const bytes = outcome.kind === 'entry' ? outcome.entry.value() : null
        if (bytes !== null) found.set(names[from + i] as string, bytes) // else deleted meanwhile
      }
    }
    return found
  }

  async #names(find: Find, signal: AbortSignal): Promise<readonly string[]> {
    const matches = find.nameRegexp === undefined ? () => true : nameMatcher(find.nameRegexp)
    const wanted = Object.entries(find.tags ?? {})
    const names: string[] = []
    let seen = 0
    for await (const page of this.#vault.secrets(signal)) {
      for (const { name, isEnabled, tags } of page) {
        if (++seen > mostSecrets) throw tooMany()
        const fits = wanted.every(([tag, text]) => tags.get(tag) === text)
        if (isEnabled && fits && matches(name)) names.push(name)
      }
    }
    return names
  }

  /** A login; the peer takes its word for it and tells at the first read. */
  async validate(signal: AbortSignal): Promise<Validation> {
    await this.#vault.open(signal)
    return { kind: 'ready' }
  }

  async close(): Promise<void> {
    await this.#closePool()
  }
}

/** Of more than two parts the peer takes the second, too. */
function secretNameOf(ref: EntryRef): string {
  const [first = '', second] = ref.key.split('/')
  const where = { at: 'remoteRef.key' }
  if (second !== undefined && (first === 'key' || first === 'cert')) {
    throw new Fault('Unsupported', `${first}s of a vault are not built into Lockstep yet`, where)
  }
  if (second !== undefined && first !== 'secret') {
    throw new Fault('InvalidRef', `unknown Azure Keyvault object Type for ${second}`, where)
  }
  const name = second ?? first
  // It becomes part of a path; a vault has no other names.
  if (/^[0-9A-Za-z-]{1,127}$/.test(name)) return name
  throw new Fault('InvalidRef', 'a secret of a vault is named by letters, digits and "-"', where)
}

function versionOf({ version }: EntryRef): string | undefined {
  if (version === undefined || version === '') return undefined
  if (/^[0-9A-Za-z]{1,64}$/.test(version)) return version
  throw new Fault('InvalidRef', 'this is no version of a secret', { at: 'remoteRef.version' })
}

function tooMany(): Fault {
  return new Fault('TooLarge', `find would look at more than ${mostSecrets} secrets`, {
    at: 'find',
    hint: 'Name the secrets one by one, or keep them in a vault of their own.',
  })
}
