import type { CallSeen } from '#kube'
import type { Lane } from './controller.ts'

/** What a reconcile came to, for the metrics. */
export interface Reconciled {
  readonly lane: Lane
  /** `settled`, `after`, `failed`, or the reason of a Fault that was thrown. */
  readonly result: string
  readonly waitedMs: number
  readonly tookMs: number
}

/** What a controller reports; a part of {@link Metrics}. */
export interface ControllerMetrics {
  reconciled(controller: string, seen: Reconciled): void
  /** `counts` is asked whenever metrics are read. */
  watchQueue(
    controller: string,
    counts: () => {
      readonly ready: Readonly<Record<Lane, number>>
      readonly active: number
      readonly waiting: number
    },
  ): void
}

/** Label names and values; never a value that came out of a secret, nor an unbounded one. */
export type Labels = Readonly<Record<string, string>>

export interface Counter {
  inc(labels?: Labels, by?: number): void
}

export interface Gauge {
  set(value: number, labels?: Labels): void
  remove(labels: Labels): void
}

export interface Histogram {
  /** @param seconds Durations are in seconds, as Prometheus has them. */
  observe(seconds: number, labels?: Labels): void
}

interface MetricOptions {
  /** Snake case with its unit: `lockstep_reconcile_seconds`. */
  readonly name: string
  readonly help: string
  readonly labels?: readonly string[]
}

/** One process's metrics, in a registry of their own. */
export interface Metrics extends ControllerMetrics {
  counter(options: MetricOptions): Counter
  gauge(options: MetricOptions): Gauge
  /** A gauge read only when metrics are asked for; `collect` sets its values anew each time. */
  collected(options: MetricOptions, collect: (set: Gauge['set']) => void): void
  histogram(options: MetricOptions & { readonly bucketsSeconds?: readonly number[] }): Histogram
  /** Counts a call to the API server; pass it to `createClient` as `onCall`. */
  apiCall(seen: CallSeen): void
  /** Counts restarts of a watch; pass it to informers as `onRestart`. */
  watchRestarted(name: string, why: string): void
  /** Everything in Prometheus' text format, and the content type to send it under. */
  render(): Promise<{ readonly text: string; readonly contentType: string }>
}

const callBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const workBuckets = [...callBuckets, 60, 300]

/** Metrics over prom-client, which is loaded only now. */
export async function createMetrics(): Promise<Metrics> {
  const prom = (await import('prom-client')).default
  const registry = new prom.Registry()
  const registers = [registry]
  const common = (
    options: MetricOptions,
  ): { name: string; help: string; labelNames: string[] } => ({
    name: options.name,
    help: options.help,
    labelNames: [...(options.labels ?? [])],
  })

  const metrics: Omit<
    Metrics,
    'reconciled' | 'watchQueue' | 'apiCall' | 'watchRestarted' | 'render'
  > = {
    counter: (options) => {
      const counter = new prom.Counter({ ...common(options), registers })
      return { inc: (labels = {}, by = 1) => counter.inc({ ...labels }, by) }
    },
    gauge: (options) => {
      const gauge = new prom.Gauge({ ...common(options), registers })
      return {
        set: (value, labels = {}) => gauge.set({ ...labels }, value),
        remove: (labels) => gauge.remove({ ...labels }),
      }
    },
    collected: (options, collect) => {
      const gauge: InstanceType<typeof prom.Gauge> = new prom.Gauge({
        ...common(options),
        registers,
        collect: () => {
          gauge.reset()
          collect((value, labels = {}) => gauge.set({ ...labels }, value))
        },
      })
    },
    histogram: (options) => {
      const histogram = new prom.Histogram({
        ...common(options),
        buckets: [...(options.bucketsSeconds ?? workBuckets)],
        registers,
      })
      return { observe: (seconds, labels = {}) => histogram.observe({ ...labels }, seconds) }
    },
  }

  const own = ownMetrics(metrics)
  return {
    ...metrics,
    ...own,
    render: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
  }
}

function ownMetrics(
  make: Pick<Metrics, 'counter' | 'collected' | 'histogram'>,
): Pick<Metrics, 'reconciled' | 'watchQueue' | 'apiCall' | 'watchRestarted'> {
  const reconcileSeconds = make.histogram({
    name: 'lockstep_reconcile_seconds',
    help: 'How long reconciles took.',
    labels: ['controller'],
  })
  const waitSeconds = make.histogram({
    name: 'lockstep_queue_wait_seconds',
    help: 'How long ready keys waited for a worker.',
    labels: ['controller', 'lane'],
  })
  const reconciles = make.counter({
    name: 'lockstep_reconcile_total',
    help: 'Reconciles by what they came to; a reason when one failed.',
    labels: ['controller', 'result'],
  })
  const queues = new Map<string, Parameters<ControllerMetrics['watchQueue']>[1]>()
  make.collected(
    {
      name: 'lockstep_queue_depth',
      help: 'Keys in the work queue: ready by lane, active, or waiting for their time.',
      labels: ['controller', 'state'],
    },
    (set) => {
      for (const [controller, counts] of queues) {
        const { ready, active, waiting } = counts()
        for (const [lane, depth] of Object.entries(ready)) set(depth, { controller, state: lane })
        set(active, { controller, state: 'active' })
        set(waiting, { controller, state: 'waiting' })
      }
    },
  )
  const callSeconds = make.histogram({
    name: 'lockstep_api_call_seconds',
    help: 'Time until the API server answered, by method and status; status 0: no answer.',
    labels: ['method', 'status'],
    bucketsSeconds: callBuckets,
  })
  const restarts = make.counter({
    name: 'lockstep_watch_restart_total',
    help: 'Watches that ended, by what ended them.',
    labels: ['informer', 'why'],
  })
  return {
    reconciled: (controller, seen) => {
      reconcileSeconds.observe(seen.tookMs / 1000, { controller })
      waitSeconds.observe(seen.waitedMs / 1000, { controller, lane: seen.lane })
      reconciles.inc({ controller, result: seen.result })
    },
    watchQueue: (controller, counts) => {
      queues.set(controller, counts)
    },
    apiCall: (seen) =>
      callSeconds.observe(seen.tookMs / 1000, {
        method: seen.method,
        status: String(seen.status),
      }),
    watchRestarted: (informer, why) => restarts.inc({ informer, why }),
  }
}
