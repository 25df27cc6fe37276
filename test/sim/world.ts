/**
 * Who lives beside the operator in a simulation: people who commit, rotate, edit and delete. What they
 * have is in things.ts, what they expect to find in the end in expected.ts.
 */
import { configMaps, externalSecrets, secrets, type AnyObject } from '#api'
import { base64, utf8, type Env, type Random } from '#base'
import { MemoryRepository } from '#embedded/git'
import type { EmbeddedVault } from '#embedded/vault'
import type { Client } from '#kube'
import { marks } from '#seal'
import { lockstep } from '../stories/command.ts'
import { whatIsWrong } from './expected.ts'
import type { Invariants, Truth } from './invariants.ts'
import {
  certificate,
  dataOf,
  filesOf,
  mark,
  namespace,
  privateKey,
  sealedNames,
  sealedValue,
  sealedVersions,
  system,
  type Wanted,
} from './things.ts'

export interface WorldParts {
  readonly env: Env
  /** A client of theirs: nothing goes wrong for people. */
  readonly client: Client
  readonly vault: EmbeddedVault
  readonly vaultUrl: string
  readonly rootToken: string
  readonly random: Random
  readonly log: (line: string) => void
  /** Whether Git holds enough that most of it can go at once. */
  readonly isLarge: boolean
}

interface Presence {
  readonly fromMs: number
  readonly isThere: boolean
  /** It went together with most others: so a person has to say that it is meant. */
  readonly isMass: boolean
}

/** How much may vanish at once. */
export type Vanishing =
  | 'store emptied'
  | 'most of the store absent'
  | 'Git emptied'
  | 'Git without its folder'
  | 'most of Git gone'

/** How often somebody does it, what it is called, and how it is done. */
type Act = readonly [number, string, () => Promise<void> | void]

/** What ExternalSecrets put on their targets; see #controllers/external-secret. */
const dataHash = 'reconcile.external-secrets.io/data-hash'

/** The people and their things. */
export class World {
  readonly repository: MemoryRepository = new MemoryRepository()
  readonly truth: Truth
  readonly #parts: WorldParts
  readonly #wanted = new Map<string, Wanted>()
  /** Versions of each property of each path, as Vault has them now; a path without any is gone. */
  readonly #entries = new Map<string, Map<string, number>>()
  readonly #newest = new Map<string, number>()
  readonly #presence = new Map<string, Presence[]>()
  readonly #sealed = new Map<string, number>()
  readonly #files = new Map<string, number>()
  /** What Vault has lost without anybody meaning it; undefined: nothing. */
  #vanished: ReadonlyMap<string, ReadonlyMap<string, number>> | undefined
  /** What Git has lost so; undefined: nothing. */
  #unfiled: ReadonlyMap<string, number> | undefined
  /** A person has said of what vanished that it is meant. */
  #isMeant = false
  readonly #commits: { readonly atMs: number; readonly names: ReadonlySet<string> }[] = []

  constructor(parts: WorldParts) {
    this.#parts = parts
    const nowMs = (): number => parts.env.clock.monotonic()
    this.truth = {
      mark,
      nowMs,
      wasAbsent: (path, fromMs, confirmedMs) =>
        was(
          this.#presence.get(path),
          fromMs,
          (one) => !one.isThere && (!one.isMass || confirmedMs >= one.fromMs),
        ),
      wasUncommitted: (name, fromMs) => was(this.#commits, fromMs, (one) => !one.names.has(name)),
      newestOf: (origin) => this.#newest.get(origin) ?? 0,
    }
  }

  /** Makes what is there before the operator starts. */
  async create(): Promise<void> {
    const { client, vaultUrl, rootToken } = this.#parts
    for (const name of [system, namespace]) {
      await this.#apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
    }
    await client.create(secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace: system, name: 'key', labels: { [marks.sealingKey]: 'active' } },
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': base64(utf8(certificate)), 'tls.key': base64(utf8(privateKey)) },
    })
    await this.#secret('vault-token', { token: rootToken })
    await this.#secret('unrelated', { own: 'theirs' })
    await this.#secret('foreign', { key: 'theirs' })
    await this.#secret('merged', { own: 'theirs' })
    for (const path of ['apps/a', 'apps/b', 'apps/c', 'mortal/a', 'mortal/b', 'team/x', 'team/y']) {
      this.#put(path)
    }
    await this.#apply({
      apiVersion: 'external-secrets.io/v1',
      kind: 'SecretStore',
      metadata: { namespace, name: 'vault' },
      spec: {
        provider: {
          vault: {
            server: vaultUrl,
            path: 'secret',
            version: 'v2',
            auth: { tokenSecretRef: { name: 'vault-token', key: 'token' } },
          },
        },
      },
    })
    for (const wanted of this.#firstWishes()) await this.#want(wanted)
    for (const name of sealedNames) await this.#seal(name)
    for (const name of ['one', 'two', 'three', 'four']) this.#files.set(name, 1)
    if (this.#parts.isLarge) for (let i = 0; i < 22; i++) this.#files.set(`bulk-${i}`, 1)
    this.#commit()
    await this.#sync()
  }

  /** One thing that somebody does: nobody touches what is not there. */
  async act(): Promise<void> {
    const acts = [
      ...(this.#vanished === undefined ? this.#actsOnSecrets() : []),
      ...(this.#unfiled === undefined ? this.#actsOnGit() : []),
      ...this.#otherActs(),
    ]
    let at = this.#parts.random.next() * acts.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, what, act] of acts) {
      at -= weight
      if (at >= 0) continue
      this.#parts.log(`somebody: ${what}`)
      return await act()
    }
  }

  #actsOnSecrets(): readonly Act[] {
    const lasting = ['apps/a', 'apps/b', 'apps/c', 'team/x', 'team/y']
    return [
      [4, 'rotate', () => this.#put(this.#pick(lasting))],
      [3, 'remove or restore', () => this.#toggle(this.#pick(['mortal/a', 'mortal/b']))],
      [2, 'edit a Secret', () => this.#editSecret()],
      [2, 'delete a Secret', () => this.#deleteSecret()],
      [2, 'change a spec', () => this.#changeSpec()],
      [1, 'delete and make anew', () => this.#remake()],
    ]
  }

  #actsOnGit(): readonly Act[] {
    return [
      [3, 'commit', () => this.#change()],
      [1, 'commit what does not parse', () => this.#commit({ 'broken.yaml': 'kind: [' })],
    ]
  }

  #otherActs(): readonly Act[] {
    return [
      [2, 'seal anew', () => this.#seal(this.#pick(['sealed', 'other']))],
      [1, 'spoil a SealedSecret', () => this.#spoil(this.#pick(['sealed', 'other']))],
      [1, 'edit a ConfigMap', () => this.#editConfigMap()],
    ]
  }

  /**
   * Most of what the operator reads, or all of it, is gone at once, and nobody meant it.
   *
   * @returns what vanished; undefined: nothing, since too little is there for a crowd.
   */
  vanish(seen: Invariants): Vanishing | undefined {
    return this.#parts.random.next() < 0.6 ? this.#vanishFromVault(seen) : this.#vanishFromGit()
  }

  #vanishFromVault(seen: Invariants): Vanishing | undefined {
    if (this.#vanished !== undefined) return undefined
    const isAll = this.#parts.random.next() < 0.5
    const kept = isAll ? undefined : this.#pick(['apps/a', 'apps/b', 'team/x'])
    const gone = new Map([...this.#entries].filter(([path]) => path !== kept))
    if (this.#countOn((path) => gone.has(path), seen) < 8 + this.#countOn((path) => path === kept))
      return undefined
    this.#vanished = gone
    this.#isMeant = false
    for (const path of gone.keys()) {
      this.#parts.vault.remove(`secret/${path}`)
      this.#notePresence(path, false, true)
    }
    return isAll ? 'store emptied' : 'most of the store absent'
  }

  /** How many references to such paths there are; with `seen` only those whose target is there. */
  #countOn(isOne: (path: string) => boolean, seen?: Invariants): number {
    let count = 0
    for (const { target, data, find } of this.#wanted.values()) {
      const live = seen?.live('Secret', `${namespace}/${target}`)
      if (seen !== undefined && live?.metadata.annotations?.[dataHash] === undefined) continue
      const origins = find === true ? ['team/x.', 'team/y.'] : Object.values(data)
      count += origins.filter((origin) => isOne(origin.slice(0, origin.lastIndexOf('.')))).length
    }
    return count
  }

  #vanishFromGit(): Vanishing | undefined {
    if (this.#unfiled !== undefined) return undefined
    this.#isMeant = false
    if (this.#parts.isLarge && this.#files.size > 24) {
      this.#unfiled = new Map([...this.#files].filter(([name]) => name.startsWith('bulk')))
      const left = new Map([...this.#files].filter(([name]) => !name.startsWith('bulk')))
      this.repository.commit(filesOf(left), 'most of it is gone')
      return 'most of Git gone'
    }
    this.#unfiled = new Map(this.#files)
    const hasFolder = this.#parts.random.next() < 0.7
    this.repository.commit(hasFolder ? filesOf(new Map()) : { 'README.md': '' }, 'nothing is left')
    return hasFolder ? 'Git emptied' : 'Git without its folder'
  }

  /** A person looks at what is held back and says that it is meant. @returns whether anything was. */
  async confirm(): Promise<boolean> {
    for (const path of this.#vanished?.keys() ?? []) this.#entries.delete(path)
    let isAny = await this.#saysYes('secretstore/vault', namespace)
    this.#isMeant ||= isAny
    if (this.#unfiled !== undefined) {
      const left = new Map([...this.#files].filter(([name]) => this.#unfiled?.has(name) !== true))
      const commit = { atMs: this.truth.nowMs(), names: new Set(left.keys()) }
      this.#commits.push(commit)
      if (await this.#saysYes('kustomization/web', system)) {
        isAny = true
        for (const name of this.#unfiled.keys()) this.#files.delete(name)
      } else this.#commits.splice(this.#commits.indexOf(commit), 1)
    } else if (await this.#saysYes('kustomization/web', system)) {
      // What was confirmed for one revision is asked again for the next, if it was not done by then.
      isAny = true
    }
    return isAny
  }

  async #saysYes(what: string, where: string): Promise<boolean> {
    const { stdout } = await lockstep(this.#parts, ['confirm', what, '-n', where, '--yes'])
    this.#parts.log(`somebody: confirm ${what}: ${stdout.split('\n').length} lines`)
    return stdout.includes('confirmed')
  }

  /** Vault and Git have again what they had, and what was meant to go stays away. */
  comeBack(): void {
    for (const [path, entry] of this.#vanished ?? []) {
      if (!this.#isMeant) this.#entries.set(path, new Map(entry))
      if (!this.#entries.has(path)) continue
      this.#parts.vault.put(`secret/${path}`, dataOf(path, entry))
      this.#notePresence(path, true)
    }
    this.#vanished = undefined
    if (this.#unfiled !== undefined) this.#commit()
    this.#unfiled = undefined
  }

  /** People put right what they themselves have spoilt; what was meant to go may stay away. */
  async mend(): Promise<void> {
    for (const name of ['sealed', 'other']) await this.#seal(name)
    this.#commit()
  }

  /** What is not as it should be; empty: all is right. */
  wrong(seen: Invariants): readonly string[] {
    return whatIsWrong(
      {
        wanted: [...this.#wanted.values()],
        entries: this.#entries,
        sealed: this.#sealed,
        files: this.#files,
      },
      seen,
    )
  }

  #firstWishes(): readonly Wanted[] {
    const wish = (name: string, more: Partial<Wanted> = {}): Wanted => ({
      name,
      target: name,
      data: { user: 'apps/a.user', password: 'apps/a.password' },
      creation: 'Owner',
      deletion: 'Retain',
      interval: this.#pick(['30s', '1m', '5m']),
      ...more,
    })
    const mortal = { user: 'mortal/a.user' }
    const soon = { deletion: 'Delete', interval: this.#pick(['30s', '1m']) }
    return [
      wish('plain'),
      wish('wide', { data: { a: 'apps/a.user', b: 'apps/b.user', c: 'apps/c.password' } }),
      wish('orphan', { creation: 'Orphan', data: { user: 'apps/b.user' } }),
      wish('merged', { creation: 'Merge', data: { user: 'apps/b.user' } }),
      wish('deleted', { ...soon, data: mortal }),
      wish('both', { ...soon, data: { a: 'mortal/a.user', b: 'mortal/b.user' } }),
      wish('careful', { ...soon, data: { user: 'apps/c.user' } }),
      wish('retained', { data: mortal }),
      wish('found', { data: {}, find: true }),
      wish('claim-a', { target: 'shared', data: { user: 'apps/a.user' } }),
      wish('claim-b', { target: 'shared', data: { user: 'apps/b.user' } }),
      wish('orphan-a', { target: 'both-orphan', creation: 'Orphan', data: { u: 'apps/a.user' } }),
      wish('orphan-b', { target: 'both-orphan', creation: 'Orphan', data: { u: 'apps/b.user' } }),
    ]
  }

  async #want(wanted: Wanted): Promise<void> {
    this.#wanted.set(wanted.name, wanted)
    await this.#apply({
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { namespace, name: wanted.name },
      spec: {
        refreshInterval: wanted.interval,
        secretStoreRef: { name: 'vault' },
        target: {
          name: wanted.target,
          creationPolicy: wanted.creation,
          deletionPolicy: wanted.deletion,
        },
        ...(wanted.find === true
          ? { dataFrom: [{ find: { path: 'team', name: { regexp: '.*' } } }] }
          : {
              data: Object.entries(wanted.data).map(([secretKey, from]) => {
                const dot = from.lastIndexOf('.')
                const remoteRef = { key: from.slice(0, dot), property: from.slice(dot + 1) }
                return { secretKey, remoteRef }
              }),
            }),
      },
    })
  }

  #put(path: string): void {
    const entry = new Map<string, number>()
    for (const property of ['user', 'password']) {
      const origin = `${path}.${property}`
      const version = (this.#newest.get(origin) ?? 0) + 1
      this.#newest.set(origin, version)
      entry.set(property, version)
    }
    this.#entries.set(path, entry)
    this.#parts.vault.put(`secret/${path}`, dataOf(path, entry))
    this.#notePresence(path, true)
  }

  #toggle(path: string): void {
    if (!this.#entries.has(path)) return this.#put(path)
    this.#entries.delete(path)
    this.#parts.vault.remove(`secret/${path}`)
    this.#notePresence(path, false)
  }

  #notePresence(path: string, isThere: boolean, isMass = false): void {
    const history = this.#presence.get(path) ?? []
    history.push({ fromMs: this.truth.nowMs(), isThere, isMass })
    this.#presence.set(path, history)
  }

  async #seal(name: string): Promise<void> {
    const version = ((this.#sealed.get(name) ?? 0) % sealedVersions) + 1
    this.#sealed.set(name, version)
    const origin = `sealed/${name}.key`
    this.#newest.set(origin, sealedVersions)
    await this.#applySealed(name, sealedValue(name, version))
  }

  /** Somebody copies a ciphertext badly; the Secret must stay as it is. */
  async #spoil(name: string): Promise<void> {
    const good = sealedValue(name, 1)
    await this.#applySealed(name, `${good.slice(0, 400)}AAAA${good.slice(404)}`)
  }

  async #applySealed(name: string, value: string): Promise<void> {
    await this.#apply({
      apiVersion: 'bitnami.com/v1alpha1',
      kind: 'SealedSecret',
      metadata: { namespace, name },
      spec: { encryptedData: { key: value }, template: { metadata: { namespace, name } } },
    })
  }

  async #editSecret(): Promise<void> {
    const name = this.#pick(['plain', 'wide', 'orphan', 'sealed', 'other', 'claim-a', 'careful'])
    const key = { namespace, name: name === 'claim-a' ? 'shared' : name }
    const secret = await this.#parts.client.get(secrets, key)
    const [first] = Object.keys(secret?.data ?? {})
    if (secret === null || first === undefined) return
    const value = this.#parts.random.next() < 0.5 ? null : base64(utf8('edited by hand'))
    await this.#parts.client.patch(
      secrets,
      key,
      { data: { [first]: value } },
      { type: 'merge', fieldManager: 'somebody' },
    )
  }

  async #deleteSecret(): Promise<void> {
    const name = this.#pick(['plain', 'wide', 'sealed', 'other', 'shared', 'careful', 'found'])
    await this.#parts.client.delete(secrets, { namespace, name })
  }

  async #changeSpec(): Promise<void> {
    const wanted = this.#wanted.get('wide')
    if (wanted === undefined) return
    const all = ['apps/a.user', 'apps/b.password', 'apps/c.user', 'apps/c.password']
    const data: Record<string, string> = {}
    for (const [i, from] of all.entries()) {
      if (i === 0 || this.#parts.random.next() < 0.5) data[`key${i}`] = from
    }
    await this.#want({ ...wanted, data })
  }

  async #remake(): Promise<void> {
    const name = this.#pick(['plain', 'claim-a', 'claim-b', 'deleted', 'found'])
    const wanted = this.#wanted.get(name)
    if (wanted === undefined) return
    const key = { namespace, name }
    await this.#parts.client.delete(externalSecrets, key)
    while ((await this.#parts.client.get(externalSecrets, key)) !== null) {
      await this.#parts.env.clock.sleep(500) // a finalizer may hold it
    }
    await this.#want(wanted)
  }

  #change(): void {
    const name = this.#pick(['one', 'two', 'three', 'four'])
    const version = this.#files.get(name)
    const isGone = version !== undefined && this.#files.size > 2 && this.#parts.random.next() < 0.4
    if (isGone) this.#files.delete(name)
    else this.#files.set(name, (version ?? 0) + 1)
    this.#commit()
  }

  #commit(more: Readonly<Record<string, string>> = {}): void {
    const files = filesOf(this.#files)
    for (const [name, text] of Object.entries(more)) files[`deploy/${name}`] = text
    this.repository.commit(files, 'a change')
    this.#commits.push({ atMs: this.truth.nowMs(), names: new Set(this.#files.keys()) })
  }

  async #editConfigMap(): Promise<void> {
    const key = { namespace, name: this.#pick(['one', 'two']) }
    if ((await this.#parts.client.get(configMaps, key)) === null) return
    const body = { data: { version: 'edited by hand' } }
    await this.#parts.client.patch(configMaps, key, body, {
      type: 'merge',
      fieldManager: 'somebody',
    })
  }

  async #sync(): Promise<void> {
    await this.#apply({
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: { namespace: system, name: 'web' },
      spec: { interval: '30s', url: 'https://git.test/web.git', ref: { branch: 'main' } },
    })
    await this.#apply({
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { namespace: system, name: 'web' },
      spec: {
        interval: '5m',
        retryInterval: '30s',
        path: './deploy',
        prune: true,
        sourceRef: { kind: 'GitRepository', name: 'web' },
      },
    })
  }

  async #secret(name: string, values: Readonly<Record<string, string>>): Promise<void> {
    await this.#parts.client.create(secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace, name },
      stringData: values,
    })
  }

  async #apply(object: AnyObject): Promise<void> {
    const { client } = this.#parts
    const kind = await client.resourceOf(object.apiVersion, object.kind)
    if (kind === null) throw new Error(`${object.kind} is not served`)
    await client.apply(kind, object, { fieldManager: 'somebody', force: true })
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#parts.random.next() * from.length)] as T
  }
}

/** Whether any state since `fromMs`, the one before it included, was as asked. */
function was<T extends { readonly fromMs?: number; readonly atMs?: number }>(
  history: readonly T[] | undefined,
  fromMs: number,
  asked: (state: T) => boolean,
): boolean {
  if (history === undefined) return true
  const since = (state: T): number => state.fromMs ?? state.atMs ?? 0
  const first = history.findLastIndex((state) => since(state) <= fromMs)
  return history.slice(Math.max(0, first)).some(asked)
}
