import type { Env, Handler } from '#base'
import { allowAll } from './auth/authorize.ts'
import { createRbac } from './auth/rbac.ts'
import { defaultAudience, Tokens } from './auth/tokens.ts'
import { createAuthenticator } from './auth/authenticate.ts'
import type { User } from './auth/user.ts'
import { startControllers } from './controllers/index.ts'
import type { Core } from './core.ts'
import { Faults } from './faults/faults.ts'
import type { FaultPlan, FaultRule } from './faults/plan.ts'
import { fetchDoor, handlerOf } from './http/doors.ts'
import { Kinds } from './kinds/registry.ts'
import { Store, type LogEvent } from './storage/store.ts'
import type { ServiceProxy } from './service-proxy.ts'
import { install } from './install.ts'

export interface KubeApiOptions {
  readonly env: Env
  /** Definitions (or any other objects) that are there from the start. Definitions are not judged. */
  readonly crds?: readonly object[]
  /** Bearer tokens that are known beside those of ServiceAccounts. */
  readonly users?: Readonly<Record<string, User>>
  /** Whether requests without credentials are the administrator's. Default true. */
  readonly anonymousIsAdmin?: boolean
  /** Default: by the Roles and ClusterRoles that are stored. */
  readonly authorization?: 'allow-all' | 'rbac'
  /** PEM; published in each namespace as `kube-root-ca.crt`. */
  readonly rootCa?: string
  /** Answers for Services, reached through `services/<name>/proxy`. */
  readonly serviceProxy?: ServiceProxy
  /** How long history is kept, in milliseconds; 0: for ever. Default 300,000. */
  readonly compactEveryMs?: number
  /** What goes wrong; default: nothing. Also to be set later, by `faults.use`. */
  readonly faults?: FaultPlan | readonly FaultRule[]
}

/** A running API server in memory. */
export interface KubeApi {
  /** Fetch-style, in this process. */
  readonly handle: (request: Request) => Promise<Response>
  /** For `env.net.listen`; what real and simulated clients reach. */
  readonly handler: Handler
  /** The revision of the newest write. */
  revision(): number
  /**
   * Calls `listener` with each event of the log from now on, in order, while the write that caused it
   * is still under way. What it is given is the server's own: not to be changed. @returns how to stop.
   */
  subscribe(listener: (event: LogEvent) => void): () => void
  /** Forgets history up to `revision`; default: all of it. */
  compact(revision?: number): void
  /** What goes wrong, and how often it has. */
  readonly faults: Faults
  /**
   * Breaks every watch and forgets what watches are served from, as a restart over the same storage
   * does: a watch from an older version is told 410. Refuses connections for `downMs` (default 0).
   */
  restart(options?: { readonly downMs?: number }): void
  /** Ends every watch and all timers. */
  close(): void
}

/** Starts an API server. It listens nowhere by itself: give `handler` to `env.net.listen`. */
export function createKubeApi(options: KubeApiOptions): KubeApi {
  const { env } = options
  const closing = new AbortController()
  const users = new Map(Object.entries(options.users ?? {}))
  const store = new Store()
  const tokens = new Tokens(store, env.clock, env.entropy)
  const core: Core = {
    env,
    store,
    kinds: new Kinds(),
    authenticator: createAuthenticator(
      (token) => users.get(token),
      (token) => {
        const found = tokens.review(token, [defaultAudience])
        return found.kind === 'known' ? found.user : undefined
      },
      options.anonymousIsAdmin ?? true,
    ),
    authorizer: options.authorization === 'allow-all' ? allowAll : createRbac(store),
    tokens,
    rootCa: options.rootCa ?? '',
    serviceProxy: options.serviceProxy,
    closed: closing.signal,
    faults: new Faults(env, options.faults),
    cuts: new Set(),
    customWatches: new Map(),
  }
  const stopControllers = startControllers(core)
  install(core, options.crds ?? [])
  const stopCompacting = compactNowAndThen(core, options.compactEveryMs ?? 300_000)
  return {
    handle: fetchDoor(core),
    handler: handlerOf(core),
    revision: () => store.revision,
    subscribe: (listener) => store.subscribeAll(listener),
    compact: (revision) => store.compact(revision ?? store.revision),
    faults: core.faults,
    restart: ({ downMs = 0 } = {}) => {
      core.faults.restarted(downMs)
      store.restart()
      for (const cut of core.cuts) cut()
    },
    close: () => {
      stopCompacting()
      stopControllers()
      closing.abort()
    },
  }
}

// Keeps the history of the last period, and at most that of two.
function compactNowAndThen(core: Core, everyMs: number): () => void {
  if (everyMs <= 0) return () => {}
  let mark = core.store.revision
  let timer = core.env.clock.timer(everyMs, tick)
  function tick(): void {
    core.store.compact(mark)
    mark = core.store.revision
    timer = core.env.clock.timer(everyMs, tick)
  }
  return () => timer.cancel()
}
