/**
 * The sealing keys of a cluster: Secrets in the controller's own namespace, exactly as Sealed
 * Secrets keeps them.
 *
 * Ensures: the ring holds every labelled key, newest first, and follows the Secrets live; there is
 * a key at all; a new one comes when the newest is older than the renewal period. A new key is used
 * only once it was stored and read back. Keys are never deleted here.
 */
import {
  backoffMs,
  base64,
  Fault,
  faultOf,
  fromBase64,
  parseTime,
  textOf,
  utf8,
  type Env,
} from '#base'
import { secrets, type KubeObject, type ObjectMeta, type Secret } from '#api'
import type { Client } from '#kube'
import { createInformer, type Informer } from '#runtime'
import { certifiedKeyOf, KeyRing, marks, type CertifiedKey } from '#seal'
import { generateKeyTask, makeSelfSigned, type KeyPair } from '#x509'
import type { Settings } from './options.ts'

/** A key Secret as it is kept: the private half only as a handle. */
export interface KeptKey extends KubeObject {
  readonly metadata: ObjectMeta
  /** Absent when the Secret holds no usable key. */
  readonly key?: CertifiedKey
}

/** Generating 8,192 bits on a busy machine. */
const generateTimeoutMs = 300_000
/** Timers of the platform end at 24 days; renewal is looked at daily. */
const longestSleepMs = 86_400_000
const retryMs = 30_000
const loadBackoff = { firstMs: 1_000, capMs: 30_000 }

/** See the top of the file. */
export class KeyStore {
  readonly ring: KeyRing<CertifiedKey>
  readonly #env: Env
  readonly #client: Client
  readonly #settings: Settings
  readonly #informer: Informer<KeptKey>
  readonly #listeners: (() => void)[] = []
  /** Keys beside the watched ones: of the legacy name, and just made ones. */
  readonly #others = new Map<string, KeptKey>()
  #ready = false

  constructor(env: Env, client: Client, settings: Settings) {
    this.#env = env
    this.#client = client
    this.#settings = settings
    this.ring = new KeyRing<CertifiedKey>(env.compute)
    this.#informer = createInformer({
      env,
      client,
      resource: secrets,
      namespace: settings.keyNamespace,
      labelSelector: `${marks.sealingKey}=active`,
      keep: keptKeyOf,
      name: 'sealing-keys',
    })
    this.#informer.onChange((change) => {
      if (change.kind === 'deleted') this.#others.delete(change.object.metadata.name)
      this.#arrange()
    })
  }

  /** Whether all keys are loaded and there is at least one. */
  ready(): boolean {
    return this.#ready
  }

  /** Told whenever the set of keys has changed. Call before `run`. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener)
  }

  /**
   * Loads the keys and makes one if there is none, however long that takes; resolves when the ring
   * can be used. @throws only the signal's reason.
   */
  async load(signal: AbortSignal): Promise<void> {
    const { clock, log, random } = this.#env
    for (let failures = 1; !this.#ready; failures++) {
      try {
        await this.#loadOnce(signal)
        this.#ready = true
      } catch (thrown) {
        signal.throwIfAborted()
        log.warn('the sealing keys are not ready yet', { error: faultOf(thrown) })
        await clock.sleep(backoffMs(failures, loadBackoff, random), signal)
      }
    }
  }

  async #loadOnce(signal: AbortSignal): Promise<void> {
    await this.#informer.synced(signal)
    await this.#loadLegacy(signal)
    this.#arrange()
    const { keyCutoffMs } = this.#settings
    const newest = this.#newestMs()
    if (newest === undefined || (keyCutoffMs !== undefined && newest < keyCutoffMs)) {
      await this.generate(signal)
    }
  }

  /** Watches the keys until `signal` aborts. */
  watch(signal: AbortSignal): Promise<void> {
    return this.#informer.run(signal)
  }

  /** Makes a new key whenever the newest has become too old, until `signal` aborts. */
  async renew(signal: AbortSignal): Promise<void> {
    const { keyRenewPeriodMs: periodMs } = this.#settings
    const { clock, log } = this.#env
    if (periodMs <= 0) return
    while (!signal.aborted) {
      const dueInMs = (this.#newestMs() ?? 0) + periodMs - clock.now()
      if (dueInMs > 0) {
        await clock.sleep(Math.min(dueInMs, longestSleepMs), signal).catch(() => {})
        continue
      }
      try {
        await this.generate(signal)
      } catch (thrown) {
        if (signal.aborted) return
        log.warn('no new sealing key could be made; the present ones stay in use', {
          error: faultOf(thrown),
        })
        await clock.sleep(retryMs, signal).catch(() => {})
      }
    }
  }

  /**
   * Makes a key, stores it, reads it back, and only then uses it.
   *
   * @throws Fault of the API server, or InvalidAnswer when what was read back is not what was stored.
   */
  async generate(signal: AbortSignal): Promise<void> {
    const { keyNamespace: namespace, keyPrefix, keySize, keyTtlMs, commonName } = this.#settings
    const pair = await this.#generateKey(keySize, signal)
    const notBeforeMs = Math.floor(this.#env.clock.now() / 1000) * 1000
    const certificate = await makeSelfSigned(
      this.#env,
      { use: 'sealing', commonName, notBeforeMs, notAfterMs: notBeforeMs + keyTtlMs },
      pair,
      signal,
    )
    const stored = await this.#client.create(
      secrets,
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: {
          namespace,
          generateName: keyPrefix,
          labels: { [marks.sealingKey]: 'active' },
        },
        type: 'kubernetes.io/tls',
        data: { 'tls.crt': base64(utf8(certificate)), 'tls.key': base64(utf8(pair.privateKey)) },
      },
      { signal, fieldManager: 'controller' },
    )
    const { name } = stored.metadata
    const read = await this.#client.get(secrets, { namespace, name }, { signal })
    const kept = read === null ? undefined : keptKeyOf(read)
    if (
      kept?.key === undefined ||
      kept.key.id !== certifiedKeyOf(certificate, pair.privateKey).id
    ) {
      throw new Fault('InvalidAnswer', `the new sealing key ${namespace}/${name} did not read back`)
    }
    this.#others.set(name, kept)
    this.#env.log.info('made a sealing key', { secret: `${namespace}/${name}`, key: kept.key.id })
    this.#arrange()
  }

  async #generateKey(bits: number, signal: AbortSignal): Promise<KeyPair> {
    const { generateKey } = this.#settings
    if (generateKey !== undefined) return generateKey(bits, signal)
    const options = { timeoutMs: generateTimeoutMs, signal }
    return this.#env.compute.run(generateKeyTask, { type: 'rsa', bits }, options)
  }

  // The first versions had one key, named like the prefix and without the label.
  async #loadLegacy(signal: AbortSignal): Promise<void> {
    const { keyNamespace: namespace, keyPrefix: name } = this.#settings
    const secret = await this.#client.get(secrets, { namespace, name }, { signal })
    if (secret === null || secret.metadata.labels?.[marks.sealingKey] !== undefined) return
    this.#others.set(name, keptKeyOf(secret))
  }

  #arrange(): void {
    const kept = new Map(this.#others)
    for (const object of this.#informer.cache.list()) kept.set(object.metadata.name, object)
    const before = this.ring.keys.map(({ id }) => id).join()
    this.ring.replace(inOrder([...kept.values()], this.#settings.keyOrder))
    for (const { key, metadata } of kept.values()) {
      if (key === undefined) {
        this.#env.log.warn('a Secret with the sealing-key label holds no usable key', {
          secret: `${metadata.namespace}/${metadata.name}`,
        })
      }
    }
    if (before === this.ring.keys.map(({ id }) => id).join()) return
    for (const listener of this.#listeners) listener()
  }

  #newestMs(): number | undefined {
    const kept = [...this.#others.values(), ...this.#informer.cache.list()]
    const times = kept.filter(({ key }) => key !== undefined).map((one) => this.#orderMs(one))
    return times.length === 0 ? undefined : Math.max(...times)
  }

  #orderMs(kept: KeptKey): number {
    return orderMs(kept, this.#settings.keyOrder)
  }
}

/**
 * The usable keys, newest first; of equal ones the first created stays in front.
 */
export function inOrder(
  kept: readonly KeptKey[],
  order: Settings['keyOrder'],
): readonly CertifiedKey[] {
  const usable = kept.filter(({ key }) => key !== undefined)
  const byCreation = usable.sort((a, b) => createdMs(a) - createdMs(b))
  return byCreation
    .sort((a, b) => orderMs(b, order) - orderMs(a, order))
    .map(({ key }) => key as CertifiedKey)
}

function orderMs(kept: KeptKey, order: Settings['keyOrder']): number {
  return order === 'CertNotBefore' ? (kept.key?.certificate.notBeforeMs ?? 0) : createdMs(kept)
}

function createdMs(kept: KeptKey): number {
  return parseTime(kept.metadata.creationTimestamp) ?? 0
}

/** Reads a key Secret; never throws, since one bad Secret must not stop the others. */
export function keptKeyOf(secret: Secret): KeptKey {
  const { managedFields: _, ...metadata } = secret.metadata
  const kept = { apiVersion: 'v1', kind: 'Secret', metadata }
  const certificate = pemIn(secret, 'tls.crt')
  const key = pemIn(secret, 'tls.key')
  if (certificate === undefined || key === undefined) return kept
  try {
    return { ...kept, key: certifiedKeyOf(certificate, key) }
  } catch {
    return kept
  }
}

function pemIn(secret: Secret, name: string): string | undefined {
  const bytes = fromBase64(secret.data?.[name] ?? '')
  return bytes === undefined ? undefined : textOf(bytes)
}
