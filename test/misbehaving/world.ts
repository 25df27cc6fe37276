/**
 * Two replicas of a small operator (client, informer, work queue, lease, status writer) on an embedded
 * API server that misbehaves to them, and to nobody else.
 */
import type { Log, LogFields } from '#base'
import { simEnv, type SimEnv } from '#base/env'
import {
  keyOf,
  keyText,
  leases,
  parseKey,
  resource,
  type AnyObject,
  type KubeObject,
  type Lease,
  type Resource,
} from '#api'
import {
  createKubeApi,
  planOf,
  type CallFault,
  type CallMatch,
  type EventFault,
  type FaultPlan,
  type FaultRule,
  type KubeApi,
  type KubeApiOptions,
} from '#embedded/kube-api'
import { createClient, type Client, type HttpClient } from '#kube'
import {
  createController,
  createInformer,
  createStatusWriter,
  isNewer,
  runWithLease,
  settled,
  type Change,
  type Informer,
} from '#runtime'
import { definitionOf } from '../fakes/definition.ts'

/** What the small operator reconciles: it writes `status.seen` = `spec.n`. */
export interface Thing extends KubeObject {
  readonly spec?: { readonly n: number; readonly note?: string }
  readonly status?: { readonly seen?: number }
}

export const things: Resource<Thing> = resource('test.lockstep.dev/v1', 'Thing', 'things')

export const definition: AnyObject = definitionOf('Thing', {
  group: 'test.lockstep.dev',
  scope: 'Namespaced',
  hasStatus: true,
  schema: {
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        properties: { n: { type: 'integer', minimum: 0 }, note: { type: 'string' } },
      },
      status: { type: 'object', properties: { seen: { type: 'integer' } } },
    },
  },
})

/** One call that a replica sent. */
export interface Sent {
  readonly atMs: number
  readonly verb: string
  readonly plural: string
  readonly name: string
  readonly subresource: string
  readonly by: string
}

export interface Replica {
  readonly name: string
  readonly client: HttpClient
  /** What the informer told, as `added a=1`. */
  readonly told: string[]
  readonly isLeading: () => boolean
  readonly informer: () => Informer<Thing> | undefined
}

export interface World {
  readonly env: SimEnv
  readonly api: KubeApi
  readonly replicas: readonly [Replica, Replica]
  /** Somebody to whom nothing goes wrong. */
  readonly admin: Client
  readonly sent: readonly Sent[]
  /** The replica that leads now. */
  readonly leader: () => Replica
  readonly put: (name: string, n: number, note?: string) => Promise<Thing>
  readonly remove: (name: string) => Promise<void>
  /** From now on this befalls the replicas. */
  readonly misbehave: (...rules: readonly FaultRule[]) => void
  /** Nothing goes wrong any more. @throws Error unless all is as it should be soon, and then at rest. */
  readonly recovers: (withinMs?: number) => Promise<void>
  /** Turns virtual time until it holds. @throws Error when it does not within ten minutes. */
  readonly until: (holds: () => boolean | Promise<boolean>, withinMs?: number) => Promise<void>
  /** Lines of level error, which say that there is a bug. */
  readonly bugs: readonly string[]
}

export interface WorldOptions {
  readonly seed?: number
  readonly server?: Partial<KubeApiOptions>
  /** There from the start. */
  readonly objects?: readonly object[]
  /** Sent as bearer tokens by the replicas. */
  readonly token?: string
  /** How long the replicas' informers trust a watch alone; default: theirs. */
  readonly relistMs?: number
}

const namespace = 'default'
const agent = 'lockstep'

/** Runs `work` in virtual time; two Things are reconciled and one replica leads when it begins. */
export async function inMisbehavingWorld(
  work: (world: World) => Promise<void>,
  options: WorldOptions = {},
): Promise<void> {
  const bugs: string[] = []
  const env = simEnv(options.seed ?? 21, { log: listening(bugs) })
  await env.clock.run(async () => {
    const sent: Sent[] = []
    const api = createKubeApi({
      env,
      crds: [definition, ...(options.objects ?? [])],
      ...options.server,
      users: { admin: { name: 'admin', groups: ['system:masters'] }, ...options.server?.users },
    })
    const listener = await env.net.listen(api.handler)
    const admin = createClient({
      env,
      server: { url: listener.url, authorization: () => Promise.resolve('Bearer admin') },
    })
    const bothLead: number[] = []
    let leading = 0
    const leads = (isLeading: boolean): void => {
      leading += isLeading ? 1 : -1
      if (leading > 1) bothLead.push(env.clock.monotonic())
    }
    const watched = watchPromises(api)
    const use = (rules: readonly FaultRule[]): void =>
      api.faults.use(watching(rules.map(forReplicas), sent, env))
    const replicas = ['one', 'two'].map((name) =>
      startReplica(name, env, listener.url, options, leads, watched.onTold),
    ) as unknown as readonly [Replica & Stop, Replica & Stop]
    const until = async (
      holds: () => boolean | Promise<boolean>,
      withinMs = 600_000,
    ): Promise<void> => {
      const before = env.clock.monotonic()
      while (!(await holds())) {
        if (env.clock.monotonic() - before > withinMs) {
          throw new Error(`it did not come to hold within ${withinMs} ms`)
        }
        await env.clock.sleep(100)
      }
    }
    const leader = (): Replica => {
      const found = replicas.find((replica) => replica.isLeading())
      if (found === undefined) throw new Error('nobody leads')
      return found
    }
    const isWell = async (): Promise<boolean> => {
      const found = replicas.find((replica) => replica.isLeading())
      const cache = found?.informer()?.cache
      if (cache === undefined) return false
      const { items } = await admin.list(things)
      return (
        items.every(({ spec, status }) => status?.seen === spec?.n) &&
        items.length === cache.size &&
        items.every(
          (item) =>
            cache.get(keyOf(item))?.metadata.resourceVersion === item.metadata.resourceVersion,
        )
      )
    }
    const world: World = {
      env,
      api,
      replicas,
      admin,
      sent,
      leader,
      until,
      put: async (name, n, note) => {
        const held = await admin.get(things, { namespace, name })
        const spec = { n, ...(note === undefined ? {} : { note }) }
        if (held !== null) return await admin.update(things, { ...held, spec })
        return await admin.create(things, {
          apiVersion: 'test.lockstep.dev/v1',
          kind: 'Thing',
          metadata: { namespace, name },
          spec,
        })
      },
      remove: async (name) => {
        await admin.delete(things, { namespace, name })
      },
      misbehave: (...rules) => use(rules),
      recovers: async (withinMs = 400_000) => {
        use([])
        await until(isWell, withinMs)
        const atRest = api.revision()
        const renewals = (await admin.get(leases, lease))?.metadata.resourceVersion ?? ''
        const before = sent.length
        await env.clock.sleep(60_000)
        expectNoCalls(sent.slice(before))
        await until(isWell, 1)
        await expectSilence(admin, api, Number(renewals), atRest)
      },
      bugs,
    }
    use([])
    await world.put('a', 1)
    await world.put('b', 1)
    await until(isWell)
    await env.clock.sleep(1_000) // so that what is counted from now on is what came of it
    try {
      await work(world)
      if (bothLead.length > 0) throw new Error(`two led at ${bothLead.join(', ')} ms`)
      if (watched.broken.length > 0) throw new Error(watched.broken.join('; '))
      if (bugs.length > 0) throw new Error(`logged as bugs: ${bugs.join(', ')}`)
    } finally {
      api.faults.use(undefined)
      await Promise.all(replicas.map((replica) => replica.stop()))
      await listener.close()
      api.close()
    }
  })
}

const lease = { namespace, name: 'operator' }

/** Tells of a change, and which informer told it. */
type OnTold = (change: Change<Thing>, teller: object) => void

/**
 * Looks at every change that an informer tells and every status that is stored: nothing is told as
 * deleted that is there, nothing old after something newer, and no status is written but that of the spec beside it.
 */
function watchPromises(api: KubeApi): { readonly broken: readonly string[]; onTold: OnTold } {
  const broken: string[] = []
  const deletions = new Set<string>()
  const statuses = new Map<string, number>()
  api.subscribe(({ type, entry }) => {
    const { kind, metadata, spec, status } = entry.object as Partial<Thing>
    const { name = '', uid = '' } = metadata ?? {}
    if (kind !== 'Thing') return
    if (type === 'DELETED') deletions.add(`${name} ${uid}`)
    const seen = status?.seen
    if (seen === undefined || seen === statuses.get(uid)) return
    statuses.set(uid, seen)
    if (seen !== spec?.n) broken.push(`${name}=${spec?.n} got the status of another spec: ${seen}`)
  })
  const newest = new WeakMap<object, Map<string, string>>()
  return {
    broken,
    onTold: ({ kind, object }, teller) => {
      const { name, uid = '', resourceVersion = '' } = object.metadata
      if (kind === 'deleted') {
        if (!deletions.has(`${name} ${uid}`)) broken.push(`told as deleted: ${name}`)
        return
      }
      const told = newest.get(teller) ?? new Map<string, string>()
      newest.set(teller, told)
      const before = told.get(name)
      if (before !== undefined && !isNewer(resourceVersion, before)) {
        broken.push(`${kind} ${name} ${resourceVersion} was told after ${before}`)
      }
      told.set(name, resourceVersion)
    },
  }
}

// At rest there is the lease, and a watch whose time was up: it may be told 410, list, and begin anew.
function expectNoCalls(sent: readonly Sent[]): void {
  const calls = sent.filter(({ by, plural }) => by === 'replica' && plural !== 'leases')
  const watches = calls.filter(({ verb }) => verb === 'watch').length
  const lists = calls.filter(({ verb }) => verb === 'list').length
  if (calls.length > watches + lists || watches > 2 || lists > 1) {
    throw new Error(`not at rest: ${calls.map(({ verb, name }) => `${verb} ${name}`).join(', ')}`)
  }
}

// Whatever was written in the last minute was the lease: everything else is at rest.
async function expectSilence(
  admin: Client,
  api: KubeApi,
  renewedAt: number,
  atRest: number,
): Promise<void> {
  const { items } = await admin.list(things)
  const newest = Math.max(...items.map((item) => Number(item.metadata.resourceVersion)))
  if (newest > atRest) throw new Error('things are written though nothing changed')
  const live: Lease | null = await admin.get(leases, lease)
  if (Number(live?.metadata.resourceVersion) <= renewedAt) throw new Error('nobody renews')
  if (api.revision() - atRest > 60) throw new Error('more is written than the lease')
}

interface Stop {
  readonly stop: () => Promise<void>
}

function startReplica(
  name: string,
  env: SimEnv,
  url: string,
  { token, relistMs }: WorldOptions,
  onLeading: (isLeading: boolean) => void,
  onTold: OnTold,
): Replica & Stop {
  const client = createClient({
    env,
    server: {
      url,
      authorization: () => Promise.resolve(token === undefined ? undefined : `Bearer ${token}`),
    },
  })
  const told: string[] = []
  const stop = new AbortController()
  let informer: Informer<Thing> | undefined
  let leading = false
  const onLead = async (signal: AbortSignal): Promise<void> => {
    leading = true
    onLeading(true)
    const current = createInformer({
      env,
      client,
      resource: things,
      keep: (it: Thing) => it,
      ...(relistMs === undefined ? {} : { relistMs }),
    })
    informer = current
    const writer = createStatusWriter({ env, client, resource: things })
    const controller = createController({
      env,
      name: 'things',
      reconcile: async (key, reconciling) => {
        const held = current.cache.get(parseKey(key))
        if (held === undefined) return settled
        await writer.write(writer.newest(held), { seen: held.spec?.n ?? -1 }, reconciling)
        return settled
      },
    })
    current.onChange((change) => {
      onTold(change, current)
      told.push(`${change.kind} ${change.object.metadata.name}=${change.object.spec?.n ?? ''}`)
      controller.enqueue(keyText(keyOf(change.object)))
    })
    const over = new AbortController()
    const onAbort = (): void => {
      leading = false
      onLeading(false)
      over.abort(signal.reason)
    }
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    await Promise.all([current.run(over.signal), controller.run(over.signal)])
  }
  const running = runWithLease({ env, client, ...lease, identity: name, onLead }, stop.signal)
  return {
    name,
    client,
    told,
    isLeading: () => leading,
    informer: () => informer,
    stop: async () => {
      stop.abort()
      await running
      await client.close()
    },
  }
}

/** The rule, for calls of the replicas alone. */
function forReplicas(rule: FaultRule): FaultRule {
  const narrowed = <M extends CallMatch>(match: M): M => ({
    ...match,
    where: (call) =>
      call.headers.get('user-agent') === agent &&
      call.headers.get('authorization') !== 'Bearer admin' &&
      match.where?.(call) !== false,
  })
  return 'calls' in rule
    ? { ...rule, calls: narrowed(rule.calls) }
    : { ...rule, events: narrowed(rule.events) }
}

// Notes what the replicas send on its way to the plan.
function watching(rules: readonly FaultRule[], sent: Sent[], env: SimEnv): FaultPlan {
  const plan = planOf(rules, env.random)
  return {
    onCall: (call): CallFault | readonly CallFault[] | undefined => {
      const { verb, plural, name, subresource, headers } = call
      const by = headers.get('authorization') === 'Bearer admin' ? 'admin' : 'replica'
      sent.push({ atMs: env.clock.monotonic(), verb, plural, name, subresource, by })
      return plan.onCall?.(call)
    },
    onEvent: (event, call): EventFault | undefined => plan.onEvent?.(event, call),
  }
}

function listening(bugs: string[]): Log {
  const log: Log = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (message: string, fields?: LogFields) => {
      const { error } = fields ?? {}
      const why = error instanceof Error ? (error.cause ?? error) : error
      bugs.push(`${message}: ${why instanceof Error ? (why.stack ?? why.message) : String(why)}`)
    },
    child: () => log,
  }
  return log
}
