import { keyOf, keyText, sealedSecrets, secrets, type SealedSecret } from '#api'
import type { Env, Handler } from '#base'
import type { Client } from '#kube'
import {
  createController,
  createInformer,
  createMetadataInformer,
  createStatusWriter,
  keepSecretMetadata,
  withoutManagedFields,
  type Change,
  type EventRecorder,
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
  const inNamespace = settings.namespace === undefined ? {} : { namespace: settings.namespace }
  const keys = new KeyStore(env, client, settings)
  const sealedInformer = createInformer({
    env,
    client,
    resource: sealedSecrets,
    ...inNamespace,
    keep: (object: SealedSecret): SealedSecret => ({
      ...object,
      metadata: withoutManagedFields(object.metadata),
    }),
  })
  const secretInformer = createMetadataInformer({
    env,
    client,
    resource: secrets,
    ...inNamespace,
    keep: keepSecretMetadata((manager) => manager === fieldManager),
  })
  const deps: Deps = {
    env,
    client,
    sealed: sealedInformer.cache,
    secrets: secretInformer.cache,
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
    ...(metrics === undefined ? {} : { metrics }),
    reconcile: (key, signal) => reconcile(key, deps, signal),
  })

  sealedInformer.onChange((change) => {
    if (change.kind === 'deleted') {
      deps.status?.forget(change.object)
      deps.fights.forget(keyText(keyOf(change.object)))
    } else if (change.kind === 'added') loop.enqueue(keyText(keyOf(change.object)), 'new')
    else if (sealedWakes(change.previous, change.object))
      loop.enqueue(keyText(keyOf(change.object)))
  })
  secretInformer.onChange((change) => {
    const sealed = sealedInformer.cache.get(keyOf(change.object))
    if (sealed !== undefined && secretWakes(sealed, secretChange(change))) {
      loop.enqueue(keyText(keyOf(sealed)))
    }
  })
  keys.onChange(() => {
    for (const sealed of sealedInformer.cache.list()) {
      if (syncedOf(sealed)?.status === 'False') loop.enqueue(keyText(keyOf(sealed)))
    }
  })

  const ready = (): boolean =>
    keys.ready() && sealedInformer.hasSynced() && secretInformer.hasSynced()
  return {
    name: 'sealed-secret',
    ready,
    handler: certHandler({ env, settings, ring: keys.ring, ready }),
    idle: () => loop.idle(),
    operations: () => keys.ring.operations,
    run: async (signal) => {
      const watching = [keys.watch(signal), sealedInformer.run(signal), secretInformer.run(signal)]
      try {
        // Nothing is decided before absence can be told from not having looked.
        await Promise.all([
          keys.load(signal),
          sealedInformer.synced(signal),
          secretInformer.synced(signal),
        ])
        await Promise.all([loop.run(signal), keys.renew(signal), ...watching])
      } catch (thrown) {
        if (!signal.aborted) throw thrown
      }
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
