/**
 * Puts the operator together: a client, the controllers asked for, and what they share. The one place
 * that knows all the parts; read it from top to bottom to see what runs.
 */
import type { Env, Handler } from '#base'
import { clusterReader, secretStoreControllers } from '#controllers/secret-store'
import { externalSecretController } from '#controllers/external-secret'
import { gitSyncControllers, type OpenMirror } from '#controllers/git-sync'
import { sealedSecretController } from '#controllers/sealed-secret'
import type { Client } from '#kube'
import { createPlanner, isLocalAddress, type PlannerMetrics } from '#provider'
import { providersWith, type ProviderSettings } from '#providers'
import {
  createEventRecorder,
  runAll,
  type EventRecorder,
  type Metrics,
  type Runnable,
  type RunningController,
} from '#runtime'

/** Which controllers run together; each set has rights of its own in `deploy/`. */
export type ControllerSet = 'secrets' | 'unsealer' | 'git'

/** All of them, in the order of DESIGN §2. */
export const controllerSets: readonly ControllerSet[] = ['secrets', 'unsealer', 'git']

export interface OperatorOptions {
  readonly env: Env
  readonly client: Client
  readonly metrics: Metrics
  readonly controllers: ReadonlySet<ControllerSet>
  /** Our own namespace: sealing keys live there, and Git syncs in it need no service account. */
  readonly namespace: string
  /** Folder for Git mirrors; made when absent. */
  readonly gitFolder: string
  /** Another way to open Git mirrors, for simulation. */
  readonly openMirror?: OpenMirror
  /** Let namespaced stores reach loopback and link-local addresses; for a demo on one machine. */
  readonly allowLocalEndpoints?: boolean
  readonly controllerClass?: string
  /** Namespace of the sealing keys; default: our own. */
  readonly sealingKeyNamespace?: string
  /** Bits of new sealing keys; default 4,096, as Sealed Secrets. */
  readonly sealingKeyBits?: number
  /**
   * Act on objects of this namespace only, with no right needed beyond it: ClusterSecretStores are not
   * used, and drift of what Git brought is seen when the interval has passed.
   */
  readonly watchNamespace?: string
  /** Service account that syncs outside our namespace act as when they name none. */
  readonly defaultServiceAccount?: string
  /** Whether syncs outside our namespace have to act as a service account. Default: true. */
  readonly requireServiceAccount?: boolean
  /** Whether syncs may name sources and dependencies of other namespaces. Default: false. */
  readonly allowCrossNamespace?: boolean
  /** Whether a variable that nobody sets, without a default, fails a sync; else it is empty. Default: true. */
  readonly strictSubstitution?: boolean
  /** How drift of what Git brought is seen. Default: by watches, or by interval with `watchNamespace`. */
  readonly drift?: 'watch' | 'interval'
  /** What is set for all stores of a provider. */
  readonly providers?: ProviderSettings
}

/** An operator put together, not started. */
export interface Operator extends Runnable {
  /** What is not ready yet, one line each; empty: all caches are filled. */
  pending(): readonly string[]
  /** `/v1/cert.pem` and its kin; absent without the unsealer. */
  readonly sealing?: Handler
}

/** Builds the operator. Nothing is asked of the cluster before `run`. */
export function createOperator(options: OperatorOptions): Operator {
  const recorders: EventRecorder[] = []
  const events = (component: string): EventRecorder => {
    const recorder = createEventRecorder({ env: options.env, client: options.client, component })
    recorders.push(recorder)
    return recorder
  }
  const sealed = options.controllers.has('unsealer') ? unsealer(options, events) : undefined
  const reading = options.controllers.has('secrets') ? secretsParts(options, events) : undefined
  const parts: readonly RunningController[] = [
    ...(reading?.parts ?? []),
    ...(sealed === undefined ? [] : [sealed]),
    ...(options.controllers.has('git') ? gitParts(options, events) : []),
  ]
  return {
    run: async (signal) => {
      try {
        await runAll(parts, signal)
      } finally {
        // Not before the last reconcile has ended: a read cut short would be told as a failure.
        await reading?.close()
      }
      await Promise.all(recorders.map((recorder) => recorder.flush()))
    },
    pending: () => parts.filter((part) => !part.ready()).map(({ name }) => name),
    ...(sealed === undefined ? {} : { sealing: sealed.handler }),
  }
}

type Events = (component: string) => EventRecorder

function secretsParts(
  options: OperatorOptions,
  events: Events,
): { readonly parts: readonly RunningController[]; close(): Promise<void> } {
  const { env, client, metrics, controllerClass, watchNamespace } = options
  const planner = createPlanner({
    env,
    loaders: providersWith(options.providers ?? {}),
    clusterReader: (context) => clusterReader(client, context),
    // A cluster store is the platform team's own: it may dial what it likes.
    allowAddress: (address, store) =>
      store.kind === 'ClusterSecretStore' ||
      options.allowLocalEndpoints === true ||
      !isLocalAddress(address),
    metrics: plannerMetrics(metrics),
  })
  const shared = {
    env,
    client,
    planner,
    metrics,
    options: {
      ...(controllerClass === undefined ? {} : { controllerClass }),
      ...(watchNamespace === undefined ? {} : { namespace: watchNamespace, clusterStores: false }),
    },
  }
  const stores = secretStoreControllers({ ...shared, events: events('secret-store') })
  const consumers = externalSecretController({
    ...shared,
    events: events('external-secrets'),
    // It is the one that watches Secrets.
    onCredential: (store) => stores.forEach((each) => each.revalidate(store)),
  })
  return {
    parts: [...stores, consumers],
    close: () => planner.close(),
  }
}

/** What backends are asked: the figure that a provider's bill and quota go by. */
function plannerMetrics(metrics: Metrics): PlannerMetrics {
  const labels = ['provider', 'operation', 'result']
  const calls = metrics.counter({
    name: 'lockstep_provider_calls_total',
    help: 'Calls to secret backends; a batch counts once.',
    labels,
  })
  const refs = metrics.counter({
    name: 'lockstep_provider_refs_total',
    help: 'Entries asked for in those calls.',
    labels: ['provider'],
  })
  const seconds = metrics.histogram({
    name: 'lockstep_provider_call_seconds',
    help: 'How long those calls took.',
    labels: ['provider', 'operation'],
  })
  const logins = metrics.counter({
    name: 'lockstep_provider_logins_total',
    help: 'Logins at secret backends.',
    labels: ['provider'],
  })
  return {
    onCall: ({ provider, operation, refs: count, tookMs, failed }) => {
      calls.inc({ provider, operation, result: failed ?? 'done' })
      refs.inc({ provider }, count)
      seconds.observe(tookMs / 1000, { provider, operation })
    },
    onLogin: ({ provider }) => logins.inc({ provider }),
  }
}

function unsealer(
  options: OperatorOptions,
  events: Events,
): RunningController & { readonly handler: Handler } {
  const { env, client, metrics } = options
  return sealedSecretController({
    env,
    client,
    metrics,
    events: events('sealed-secrets'),
    options: {
      keyNamespace: options.sealingKeyNamespace ?? options.namespace,
      ...(options.sealingKeyBits === undefined ? {} : { keySize: options.sealingKeyBits }),
      ...(options.watchNamespace === undefined ? {} : { namespaces: [options.watchNamespace] }),
    },
  })
}

function gitParts(options: OperatorOptions, events: Events): readonly RunningController[] {
  const { env, client, metrics } = options
  return gitSyncControllers({
    env,
    client,
    metrics,
    events: events('kustomize-controller'),
    sourceEvents: events('source-controller'),
    options: {
      allowAddress: (address) => options.allowLocalEndpoints === true || !isLocalAddress(address),
      folder: options.gitFolder,
      systemNamespace: options.namespace,
      drift: options.drift ?? (options.watchNamespace === undefined ? 'watch' : 'interval'),
      ...(options.watchNamespace === undefined ? {} : { namespace: options.watchNamespace }),
      ...(options.openMirror === undefined ? {} : { openMirror: options.openMirror }),
      ...(options.defaultServiceAccount === undefined
        ? {}
        : { defaultServiceAccount: options.defaultServiceAccount }),
      ...(options.requireServiceAccount === undefined
        ? {}
        : { requireServiceAccount: options.requireServiceAccount }),
      ...(options.allowCrossNamespace === undefined
        ? {}
        : { allowCrossNamespace: options.allowCrossNamespace }),
      ...(options.strictSubstitution === undefined
        ? {}
        : { strictSubstitution: options.strictSubstitution }),
    },
  })
}
