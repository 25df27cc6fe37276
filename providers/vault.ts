import { at, field, Fault, isObject, stringMapOf, stringOf, textOf, type TlsOptions } from '#base'
import {
  nameMatcher,
  secretKeyRef,
  trustedCertificates,
  JsonNumber,
  type Capabilities,
  type EntryOutcome,
  type EntryRef,
  type Find,
  type Provider,
  type ProviderDeps,
  type ProviderKind,
  type Validation,
} from '#provider'
import {
  createVaultClient,
  vaultFault,
  type VaultAnswer,
  type VaultClient,
} from './vault/client.ts'
import { MountCheck } from './vault/mount-check.ts'
import { mapEntry } from './vault/entry.ts'
import { createVaultAuth, type VaultAuth } from './vault/login.ts'
import { dataPath, metadataPath, type Mount } from './vault/path.ts'

const capabilities: Capabilities = {
  find: true,
  push: false,
  batch: 1,
  versions: true,
  events: false,
  access: 'ReadWrite',
}

/** Reads that one find makes at the same time. */
const together = 8
/** Names that one find may look at. */
const mostNames = 20_000

/**
 * HashiCorp Vault and OpenBao, KV versions 1 and 2.
 *
 * - `key`: path under the mount, as in `apps/web/db`; the mount and `data/` may stand in front
 * - `property`: one key of the map, else a gjson path into it; absent, the whole map as JSON
 * - `version`: KV version number (v2); absent, the newest
 * - Needs `read` on `<mount>/data/<key>`, for find `list` and `read` on `<mount>/metadata/*`.
 *   A deleted or destroyed version reads as absent.
 *
 * Source: https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
 */
export const vault: ProviderKind = { name: 'vault', capabilities, open }

async function open(config: unknown, deps: ProviderDeps, signal: AbortSignal): Promise<Provider> {
  const server = serverOf(config)
  const mount = mountOf(config)
  const tls = await tlsOf(config, deps, signal)
  const { allowAddress, env } = deps
  const pool = env.net.pool({
    ...(tls === undefined ? {} : { tls }),
    ...(allowAddress === undefined ? {} : { allowAddress }),
  })
  const namespace = stringOf(field(config, 'namespace'))
  const authNamespace = stringOf(at(config, 'auth', 'namespace')) ?? namespace
  const headers = headersOf(config)
  const clientFor = (name: string | undefined): VaultClient =>
    createVaultClient({
      env,
      pool,
      server,
      headers,
      ...(name === undefined ? {} : { namespace: name }),
    })
  const authClient = clientFor(authNamespace)
  try {
    const auth = await createVaultAuth(
      field(config, 'auth'),
      {
        env,
        cluster: deps.cluster,
        client: authClient,
        ...(deps.onLogin === undefined ? {} : { onLogin: deps.onLogin }),
      },
      signal,
    )
    const check = new MountCheck(env.clock, mount)
    const client = clientFor(namespace)
    return new VaultProvider(mount, client, authClient, auth, check, () => pool.close())
  } catch (thrown) {
    await pool.close()
    throw thrown
  }
}

function serverOf(config: unknown): string {
  const text = stringOf(field(config, 'server')) ?? ''
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '') {
    return text.replace(/\/+$/, '')
  }
  throw new Fault('InvalidSpec', 'server is no http(s) address', {
    at: 'spec.provider.vault.server',
    hint: 'For example https://vault.example.com:8200.',
  })
}

function mountOf(config: unknown): Mount {
  const version = stringOf(field(config, 'version')) ?? 'v2'
  if (version !== 'v1' && version !== 'v2') {
    throw new Fault('InvalidSpec', 'version is v1 or v2', { at: 'spec.provider.vault.version' })
  }
  const path = stringOf(field(config, 'path'))?.replace(/^\/+|\/+$/g, '')
  return { version, ...(path === undefined || path === '' ? {} : { path }) }
}

function headersOf(config: unknown): Readonly<Record<string, string>> {
  // What says who we are comes from `auth` and `namespace` alone.
  const ours = new Set(['x-vault-token', 'x-vault-namespace', 'authorization', 'host'])
  const given = Object.entries(stringMapOf(field(config, 'headers')))
  for (const [name, value] of given) {
    if (/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name) && /^[\x20-\x7e]*$/.test(value)) continue
    throw new Fault('InvalidSpec', 'a header has a name or value that HTTP does not allow', {
      at: 'spec.provider.vault.headers',
    })
  }
  const headers: Record<string, string> = Object.fromEntries(
    given.filter(([name]) => !ours.has(name.toLowerCase()) && name !== '__proto__'),
  )
  if (field(config, 'forwardInconsistent') === true) {
    headers['x-vault-inconsistent'] = 'forward-active-node'
  }
  return headers
}

async function tlsOf(
  config: unknown,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<TlsOptions | undefined> {
  const ca = await trustedCertificates(config, 'spec.provider.vault', deps.cluster, signal)
  const cert = secretKeyRef(at(config, 'tls', 'certSecretRef'))
  const key = secretKeyRef(at(config, 'tls', 'keySecretRef'))
  const client =
    cert === undefined || key === undefined
      ? {}
      : {
          cert: textOf(await deps.cluster.secretKey(cert, signal)),
          key: textOf(await deps.cluster.secretKey(key, signal)),
        }
  const tls = { ...(ca === undefined ? {} : { ca }), ...client }
  return Object.keys(tls).length === 0 ? undefined : tls
}

class VaultProvider implements Provider {
  readonly capabilities: Capabilities = capabilities
  readonly #mount: Mount
  readonly #client: VaultClient
  readonly #authClient: VaultClient
  readonly #auth: VaultAuth
  readonly #check: MountCheck
  readonly #closePool: () => Promise<void>

  constructor(
    mount: Mount,
    client: VaultClient,
    authClient: VaultClient,
    auth: VaultAuth,
    check: MountCheck,
    closePool: () => Promise<void>,
  ) {
    this.#mount = mount
    this.#client = client
    this.#authClient = authClient
    this.#auth = auth
    this.#check = check
    this.#closePool = closePool
  }

  async read(refs: readonly EntryRef[], signal: AbortSignal): Promise<readonly EntryOutcome[]> {
    return await Promise.all(refs.map((ref) => this.#outcome(ref, signal)))
  }

  async #outcome(ref: EntryRef, signal: AbortSignal): Promise<EntryOutcome> {
    try {
      const data =
        ref.metadata === true ? await this.#metadata(ref, signal) : await this.#data(ref, signal)
      if (data !== undefined) return data
      const path = dataPath(this.#mount, ref.key)
      await this.#check.assertVersion(path, (of) =>
        this.#auth.use((token) => this.#client.read(of, { token, signal }), signal),
      )
      return { kind: 'absent' }
    } catch (thrown) {
      if (thrown instanceof Fault) return { kind: 'failed', fault: readFault(thrown) }
      throw thrown
    }
  }

  async #data(ref: EntryRef, signal: AbortSignal): Promise<EntryOutcome | undefined> {
    const path = dataPath(this.#mount, ref.key)
    const query = ref.version === undefined ? '' : `?version=${encodeURIComponent(ref.version)}`
    const answer = await this.#get(`${path}${query}`, signal)
    if (answer === undefined) return undefined
    const whole = field(answer.body, 'data')
    if (this.#mount.version === 'v1') return entryOf(whole)
    const data = field(whole, 'data')
    if (data === null) return undefined // deleted or destroyed
    return entryOf(data, versionOf(field(whole, 'metadata')))
  }

  async #metadata(ref: EntryRef, signal: AbortSignal): Promise<EntryOutcome | undefined> {
    if (this.#mount.version === 'v1') {
      throw new Fault(
        'Unsupported',
        'cannot perform metadata fetch operations with kv version v1',
        {
          at: 'remoteRef.metadataPolicy',
        },
      )
    }
    const answer = await this.#get(metadataPath(this.#mount, ref.key), signal)
    if (answer === undefined) return undefined
    const data = field(answer.body, 'data')
    if (!isObject(data)) throw new Fault('InvalidAnswer', 'Vault answered without metadata')
    const custom = field(data, 'custom_metadata')
    const some = ['created_time', 'current_version', 'delete_version_after'].map(
      (name) => [name, field(data, name)] as const,
    )
    return entryOf({ ...(isObject(custom) ? custom : {}), ...Object.fromEntries(some) })
  }

  /** A GET; undefined: Vault itself says that nothing is there. @throws Fault for anything else. */
  async #get(path: string, signal: AbortSignal): Promise<VaultAnswer | undefined> {
    return await this.#auth.use(async (token) => {
      const answer = await this.#client.read(path, { token, signal })
      return checked(answer)
    }, signal)
  }

  async find(find: Find, signal: AbortSignal): Promise<ReadonlyMap<string, Uint8Array>> {
    if (this.#mount.version === 'v1') {
      throw new Fault('Unsupported', 'cannot perform find operations with kv version v1', {
        at: 'spec.provider.vault.version',
      })
    }
    const matches = find.nameRegexp === undefined ? () => true : nameMatcher(find.nameRegexp)
    const folder = find.path === undefined || find.path === '' ? '' : `${find.path}/`
    const names = (await this.#names(folder, signal)).filter(matches)
    const found = new Map<string, Uint8Array>()
    for (let at = 0; at < names.length; at += together) {
      const some = names.slice(at, at + together)
      const values = await Promise.all(some.map((name) => this.#found(name, find, signal)))
      for (const [i, bytes] of values.entries()) if (bytes !== null) found.set(some[i] ?? '', bytes)
    }
    return found
  }

  /** The value of a listed name; null: its tags differ, or it was deleted since. */
  async #found(name: string, find: Find, signal: AbortSignal): Promise<Uint8Array | null> {
    if (find.tags !== undefined && !(await this.#hasTags(name, find.tags, signal))) return null
    const outcome = await this.#data({ key: name }, signal)
    return outcome?.kind === 'entry' ? outcome.entry.value() : null
  }

  /** All names below a folder, at any depth. */
  async #names(folder: string, signal: AbortSignal): Promise<readonly string[]> {
    const names: string[] = []
    const folders = [folder]
    for (let next = folders.shift(); next !== undefined; next = folders.shift()) {
      for (const name of await this.#list(next, next === folder, signal)) {
        if (name.endsWith('/')) folders.push(`${next}${name}`)
        else names.push(`${next}${name}`)
      }
      if (names.length + folders.length > mostNames) {
        throw new Fault('TooLarge', `find would look at more than ${mostNames} names`, {
          at: 'find.path',
          hint: 'Give a path that holds fewer.',
        })
      }
    }
    return names
  }

  async #list(folder: string, isFirst: boolean, signal: AbortSignal): Promise<readonly string[]> {
    const path = metadataPath(this.#mount, folder).replace(/\/$/, '')
    const answer = await this.#auth.use(
      async (token) => checked(await this.#client.list(path, { token, signal })),
      signal,
    )
    if (answer === undefined) {
      if (!isFirst) return [] // emptied since its folder was listed
      throw new Fault('NotFound', `provided path ${folder} does not contain any secrets`, {
        at: 'find.path',
      })
    }
    const keys = at(answer.body, 'data', 'keys')
    if (Array.isArray(keys) && keys.every((key) => typeof key === 'string')) return keys
    throw new Fault('InvalidAnswer', 'Vault answered a list without keys')
  }

  async #hasTags(
    name: string,
    tags: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const answer = await this.#get(metadataPath(this.#mount, name), signal)
    const custom = at(answer?.body, 'data', 'custom_metadata')
    return Object.entries(tags).every(([key, value]) => field(custom, key) === value)
  }

  async validate(signal: AbortSignal): Promise<Validation> {
    await this.#auth.use(async (token) => {
      const answer = await this.#authClient.read('auth/token/lookup-self', { token, signal })
      if (answer.status === 200) return
      if (answer.status === 403) {
        throw new Fault(
          'AccessDenied',
          'invalid vault credentials: Vault does not know the token',
          {
            status: 403,
            at: 'spec.provider.vault.auth',
            hint: 'It has expired or was revoked, or its policies lack "default".',
          },
        )
      }
      throw vaultFault(answer)
    }, signal)
    return { kind: 'ready' }
  }

  async close(): Promise<void> {
    await this.#auth.close(new AbortController().signal).catch(() => {})
    await this.#closePool()
  }
}

/** The answer of a success; undefined for proven absence. @throws Fault */
function checked(answer: VaultAnswer): VaultAnswer | undefined {
  if (answer.status === 200) return answer
  if (answer.status === 404 && isProofOfAbsence(answer.body)) return undefined
  throw vaultFault(answer)
}

/**
 * Vault also answers 404 for a mount that does not exist or a path that its engine does not have. Only
 * an empty list of errors, or a version that is there and has no data, means absent.
 */
function isProofOfAbsence(body: unknown): boolean {
  const errors = field(body, 'errors')
  if (Array.isArray(errors)) return errors.length === 0 && field(body, 'warnings') == null
  return at(body, 'data', 'data') === null && isObject(at(body, 'data', 'metadata'))
}

function entryOf(data: unknown, version?: string): EntryOutcome {
  if (!isObject(data)) throw new Fault('InvalidAnswer', 'Vault answered without data')
  return { kind: 'entry', entry: mapEntry(data, version) }
}

function versionOf(metadata: unknown): string | undefined {
  const version = field(metadata, 'version')
  if (version instanceof JsonNumber) return version.text
  return typeof version === 'number' ? String(version) : undefined
}

function readFault(fault: Fault): Fault {
  return fault.within('cannot read secret data from Vault')
}
