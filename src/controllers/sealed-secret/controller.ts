import { keyOf, keyText, sealedSecrets, secrets, type KubeObject, type SealedSecret } from '#api'
import type { Env, Handler } from '#base'
import type { Client } from '#kube'
import {
  createController,
  createInformer,
  createMetadataInformer,
  createStatusWriter,
  keepSecretMetadata,
  withoutManagedFields,
  type Cache,
  type Change,
  type EventRecorder,
  type Informer,
  type Lane,
  type Metrics,
  type SecretMetadata,
} from '#runtime'
import { sealedWakes, secretWakes, syncedOf, type SecretChange } from './decide.ts'
import { Fights } from './fights.ts'
import { certHandler } from './http.ts'
import { KeyStore } from './key-store.ts'
import { settingsOf, type SealedSecretOptions } from './options.ts'
import { reconcile, type Deps } from './reconciler.ts'
import { templateRender } from './render.ts'
import { fieldManager } from './write.ts'

/** What the controller is built from. */
export interface SealedSecretParts {
  readonly env: Env
  readonly client: Client
  /** Made with the component `sealed-secrets`, which is whom users' scripts know them from. */
  readonly events: EventRecorder
  readonly metrics?: Metrics
  readonly options: SealedSecretOptions
}

/** A controller that bin starts. */
export interface SealedSecretController {
  readonly name: string
  /** Works until `signal` aborts; waits as long as it takes for the keys to be readable. */
  run(signal: AbortSignal): Promise<void>
  /** Whether the keys are loaded, there is at least one, and all caches are filled. */
  ready(): boolean
  /** `/v1/cert.pem`, `/v1/verify`, `/v1/rotate`, `/healthz`, `/readyz`. */
  readonly handler: Handler
  /** Resolves when nothing is left to do; for tests. */
  idle(): Promise<void>
  /** RSA private operations so far; for tests. */
  operations(): number
}

/** Unseals SealedSecrets into Secrets, with the keys that Sealed Secrets uses. */
export function sealedSecretController(parts: SealedSecretParts): SealedSecretController {
  const { env, client, metrics } = parts
  const settings = settingsOf(parts.options)
  const keys = new KeyStore(env, client, settings)
  const watched = watchedIn(env, client, settings.namespaces)
  const sealedIn = watched.map(({ sealed }) => sealed)
  const secretsIn = watched.map(({ secrets }) => secrets)
  const deps: Deps = {
    env,
    client,
    sealed: together(sealedIn),
    secrets: together(secretsIn),
    parts: {
      ring: keys.ring,
      render: templateRender(env),
      acceptDeprecatedV1Data: settings.acceptDeprecatedV1Data,
    },
    status: settings.updateStatus
      ? createStatusWriter({ env, client, resource: sealedSecrets })
      : undefined,
    events: parts.events,
    fights: new Fights(env.clock),
    requests: metrics?.counter({
      name: 'sealed_secrets_controller_unseal_requests_total',
      help: 'Unsealings begun.',
    }),
    errors: metrics?.counter({
      name: 'sealed_secrets_controller_unseal_errors_total',
      help: 'Unsealings that failed, by step and namespace.',
      labels: ['reason', 'namespace'],
    }),
  }
  const loop = createController({
    name: 'sealedsecret',
    env,
    client,
    ...(metrics === undefined ? {} : { metrics }),
    reconcile: (key, signal) => reconcile(key, deps, signal),
  })

  const enqueue = (object: KubeObject, lane?: Lane): void =>
    loop.enqueue(keyText(keyOf(object)), lane)
  const onSealed = (change: Change<SealedSecret>): void => {
    if (change.kind === 'deleted') {
      deps.status?.forget(change.object)
      deps.fights.forget(keyText(keyOf(change.object)))
    } else if (change.kind === 'added') enqueue(change.object, 'new')
    else if (sealedWakes(change.previous, change.object)) enqueue(change.object)
  }
  const onSecret = (change: Change<SecretMetadata>): void => {
    const sealed = deps.sealed.get(keyOf(change.object))
    if (sealed !== undefined && secretWakes(sealed, secretChange(change))) enqueue(sealed)
  }
  for (const informer of sealedIn) informer.onChange(onSealed)
  for (const informer of secretsIn) informer.onChange(onSecret)
  keys.onChange(() => {
    for (const sealed of sealedIn.flatMap(({ cache }) => cache.list())) {
      if (syncedOf(sealed)?.status === 'False') enqueue(sealed)
    }
  })

  const informers = [...sealedIn, ...secretsIn]
  const ready = (): boolean => keys.ready() && informers.every((one) => one.hasSynced())
  return {
    name: 'sealed-secret',
    ready,
    handler: certHandler({ env, settings, ring: keys.ring, ready }),
    idle: () => loop.idle(),
    operations: () => keys.ring.operations,
    run: async (signal) => {
      const watching = [keys.watch(signal), ...informers.map((one) => one.run(signal))]
      try {
        // Nothing is decided before absence can be told from not having looked.
        await Promise.all([keys.load(signal), ...informers.map((one) => one.synced(signal))])
        await Promise.all([loop.run(signal), keys.renew(signal), ...watching])
      } catch (thrown) {
        if (!signal.aborted) throw thrown
      }
    },
  }
}

interface Watched {
  readonly sealed: Informer<SealedSecret>
  readonly secrets: Informer<SecretMetadata>
}

/** Watches on the whole cluster, or on each namespace by itself. */
function watchedIn(
  env: Env,
  client: Client,
  namespaces: readonly string[] | undefined,
): readonly Watched[] {
  return (namespaces ?? [undefined]).map((namespace) => {
    const where = { env, client, ...(namespace === undefined ? {} : { namespace }) }
    const keepSealed = (object: SealedSecret): SealedSecret => ({
      ...object,
      metadata: withoutManagedFields(object.metadata),
    })
    const keep = keepSecretMetadata((manager) => manager === fieldManager)
    return {
      sealed: createInformer({ ...where, resource: sealedSecrets, keep: keepSealed }),
      secrets: createMetadataInformer({ ...where, resource: secrets, keep }),
    }
  })
}

/** Several caches to look an object up in. */
function together<Kept extends KubeObject>(
  informers: readonly Informer<Kept>[],
): Pick<Cache<Kept>, 'get'> {
  return {
    get: (key) => {
      for (const { cache } of informers) {
        const found = cache.get(key)
        if (found !== undefined) return found
      }
      return undefined
    },
  }
}

function secretChange(change: Change<SecretMetadata>): SecretChange {
  switch (change.kind) {
    case 'added':
      return { kind: 'present', now: change.object }
    case 'updated':
      return { kind: 'present', before: change.previous, now: change.object }
    case 'deleted':
      return { kind: 'deleted', before: change.object }
  }
}
