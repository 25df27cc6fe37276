import { Fault, textOf, utf8 } from '#base'
import { simEnv, type SimEnv } from '#base/env'
import { describe, expect, it } from 'vitest'
import { createPlanner, type PlannerOptions, type ReadPlanner } from './plan.ts'
import type {
  ClusterReader,
  Entry,
  EntryOutcome,
  EntryRef,
  Find,
  ProviderDeps,
  ProviderKind,
  StoreContext,
} from './provider.ts'
import { OpenFault } from './open-fault.ts'
import { storeView, type StoreView } from './store-view.ts'

const live = new AbortController().signal

/** A backend whose every answer the test writes; it takes 10 ms for each call. */
class Backend {
  readonly values = new Map<string, string>()
  readonly calls: (readonly string[])[] = []
  readonly opens: { readonly by: string; readonly credential: string }[] = []
  closed = 0
  aborted = 0
  batch = 10
  takesMs = 10
  /** Asked before each call; a Fault is thrown. */
  refuse: (refs: readonly EntryRef[]) => Fault | undefined = () => undefined
  /** Changes what is answered. */
  answer: (outcomes: readonly EntryOutcome[]) => readonly EntryOutcome[] = (outcomes) => outcomes
  openFault: Fault | undefined

  readonly kind: ProviderKind = {
    name: 'test',
    capabilities: {
      find: true,
      push: false,
      batch: 1,
      versions: false,
      events: false,
      access: 'ReadOnly',
    },
    open: async (config, deps, signal) => await this.#open(config, deps, signal),
  }

  get capabilities(): ProviderKind['capabilities'] {
    return { ...this.kind.capabilities, batch: this.batch }
  }

  async #open(config: unknown, deps: ProviderDeps, signal: AbortSignal) {
    const ref = (config as { secretRef: { name: string; key: string; namespace?: string } })
      .secretRef
    const credential = textOf(await deps.cluster.secretKey(ref, signal))
    this.opens.push({ by: deps.store.consumerNamespace ?? '-', credential })
    await deps.env.clock.sleep(5, signal)
    if (this.openFault !== undefined) throw this.openFault
    deps.onLogin?.()
    const { clock } = deps.env
    const call = async <T>(
      refs: readonly EntryRef[],
      until: AbortSignal,
      work: () => T,
    ): Promise<T> => {
      this.calls.push(refs.map(({ key }) => `${credential}:${key}`))
      until.addEventListener('abort', () => this.aborted++, { once: true })
      const done = work() // what the backend holds at the moment of the call
      await clock.sleep(this.takesMs, until)
      const fault = this.refuse(refs)
      if (fault !== undefined) throw fault
      return done
    }
    return {
      capabilities: this.capabilities,
      read: async (refs: readonly EntryRef[], until: AbortSignal) =>
        this.answer(
          await call(refs, until, () => refs.map((ref) => this.#outcome(ref, credential))),
        ),
      find: async (find: Find, until: AbortSignal) =>
        await call([{ key: find.nameRegexp ?? '' }], until, () => this.#all()),
      validate: async () => await Promise.resolve({ kind: 'ready' } as const),
      close: async () => {
        this.closed++
        await Promise.resolve()
      },
    }
  }

  #outcome(ref: EntryRef, credential: string): EntryOutcome {
    const text = this.values.get(ref.key)
    return text === undefined
      ? { kind: 'absent' }
      : { kind: 'entry', entry: entryOf(`${text} by ${credential}`) }
  }

  #all(): ReadonlyMap<string, Uint8Array> {
    return new Map([...this.values].map(([key, text]) => [key, utf8(text)]))
  }
}

function entryOf(text: string): Entry {
  const bytes = utf8(text)
  return { version: '1', value: () => bytes, map: () => new Map([['all', bytes]]) }
}

interface World {
  readonly env: SimEnv
  readonly backend: Backend
  readonly planner: ReadPlanner
  /** Credentials by namespace and name. */
  readonly secrets: Map<string, string>
  readonly calls: string[]
}

function world(options: Partial<PlannerOptions> = {}): World {
  const env = simEnv(1)
  const backend = new Backend()
  const secrets = new Map([['apps/login', 'one']])
  const calls: string[] = []
  const kind: ProviderKind = {
    name: 'test',
    open: async (config, deps, signal) => await backend.kind.open(config, deps, signal),
    get capabilities() {
      return backend.capabilities
    },
  }
  const planner = createPlanner({
    env,
    loaders: { test: () => Promise.resolve(kind) },
    clusterReader: (context) => readerOver(secrets, context),
    metrics: { onCall: (call) => void calls.push(`${call.operation} ${call.failed ?? 'ok'}`) },
    ...options,
  })
  return { env, backend, planner, secrets, calls }
}

function readerOver(secrets: ReadonlyMap<string, string>, context: StoreContext): ClusterReader {
  return {
    secretKey: (ref) => {
      const namespace = ref.namespace ?? context.consumerNamespace ?? '?'
      const text = secrets.get(`${namespace}/${ref.name ?? ''}`)
      return text === undefined
        ? Promise.reject(new Fault('InvalidRef', 'no such Secret'))
        : Promise.resolve(utf8(text))
    },
    secret: () => Promise.resolve(null),
    configMap: () => Promise.resolve(null),
    token: () => Promise.resolve({ token: 't', expiresMs: 0 }),
  }
}

function store(parts: Partial<StoreView> = {}): StoreView {
  return {
    kind: 'SecretStore',
    name: 'store',
    namespace: 'apps',
    uid: 'u1',
    generation: 1,
    providerName: 'test',
    config: { secretRef: { name: 'login', key: 'token' } },
    ...parts,
  }
}

const cluster: Partial<StoreView> = { kind: 'ClusterSecretStore', uid: 'u2' }

function clusterStore(parts: Partial<StoreView> = {}): StoreView {
  const { namespace: _none, ...rest } = store({ ...cluster, ...parts })
  return rest
}

function text(outcome: EntryOutcome | undefined): string {
  if (outcome?.kind === 'entry') return textOf(outcome.entry.value() ?? utf8('null'))
  return outcome?.kind === 'failed' ? outcome.fault.reason : (outcome?.kind ?? 'nothing')
}

async function readOne(
  { planner }: World,
  key: string,
  view = store(),
  namespace = 'apps',
  signal = live,
): Promise<string> {
  return text((await planner.read(view, namespace, [{ key }], signal))[0])
}

describe('reading together', () => {
  it('reads a key once for everybody who asks within the same moment', async () => {
    const w = world()
    w.backend.values.set('a', 'A')
    const all = await w.env.clock.run(() =>
      Promise.all(Array.from({ length: 50 }, () => readOne(w, 'a'))),
    )
    expect(new Set(all)).toEqual(new Set(['A by one']))
    expect(w.backend.calls).toEqual([['one:a']])
    expect(w.planner.stats()).toMatchObject({ reads: 1, calls: 1, joined: 49, logins: 1 })
  })

  it('puts what is due together into the fewest calls the provider can do', async () => {
    const w = world()
    const keys = Array.from({ length: 25 }, (_, i) => `k${i}`)
    for (const key of keys) w.backend.values.set(key, key)
    await w.env.clock.run(() => Promise.all(keys.map((key) => readOne(w, key))))
    expect(w.backend.calls.map((call) => call.length)).toEqual([10, 10, 5])
  })

  it('has no more calls under way for a store than it may', async () => {
    const w = world({ concurrency: 3 })
    w.backend.batch = 1
    const keys = Array.from({ length: 9 }, (_, i) => `k${i}`)
    let most = 0
    let under = 0
    w.backend.refuse = () => {
      under--
      return undefined
    }
    const push = w.backend.calls.push.bind(w.backend.calls)
    w.backend.calls.push = (...calls) => {
      most = Math.max(most, ++under)
      return push(...calls)
    }
    await w.env.clock.run(() => Promise.all(keys.map((key) => readOne(w, key))))
    expect(w.backend.calls).toHaveLength(9)
    expect(most).toBe(3)
  })

  it('never lets a waiter join a read that began before its trigger', async () => {
    const w = world()
    w.backend.values.set('a', 'old')
    await w.env.clock.run(async () => {
      await readOne(w, 'other') // opens the store
      const before = readOne(w, 'a')
      await w.env.clock.sleep(6) // that read is under way and will bring what was there when it began
      w.backend.values.set('a', 'new')
      const after = readOne(w, 'a')
      expect(await before).toBe('old by one')
      expect(await after).toBe('new by one')
    })
    expect(w.backend.calls).toHaveLength(3)
  })

  it('gives one outcome for each ref, in their order, and one ref’s failure to it alone', async () => {
    const w = world()
    w.backend.values.set('a', 'A')
    w.backend.answer = (outcomes) =>
      outcomes.map((outcome, i) =>
        i === 1 ? { kind: 'failed', fault: new Fault('AccessDenied', 'no') } : outcome,
      )
    const refs = ['a', 'secret', 'gone', 'a'].map((key) => ({ key }))
    const outcomes = await w.env.clock.run(() => w.planner.read(store(), 'apps', refs, live))
    expect(outcomes.map(text)).toEqual(['A by one', 'AccessDenied', 'absent', 'A by one'])
  })

  it('takes what an answer leaves out for unknown, never for absent', async () => {
    const w = world()
    w.backend.answer = (outcomes) => outcomes.slice(0, 1)
    const outcomes = await w.env.clock.run(() =>
      w.planner.read(store(), 'apps', [{ key: 'a' }, { key: 'b' }], live),
    )
    expect(outcomes.map(text)).toEqual(['absent', 'InvalidAnswer'])
  })

  it('gives each caller bytes of its own', async () => {
    const w = world()
    w.backend.values.set('a', 'A')
    await w.env.clock.run(async () => {
      const [one, two] = await Promise.all([
        w.planner.read(store(), 'apps', [{ key: 'a' }], live),
        w.planner.read(store(), 'apps', [{ key: 'a' }], live),
      ])
      if (one[0]?.kind === 'entry') {
        one[0].entry.value()?.fill(0)
        one[0].entry.map()?.get('all')?.fill(0)
      }
      expect(text(two[0])).toBe('A by one')
      expect(text(one[0])).toBe('A by one')
    })
  })

  it('shares a find, and never lets it join one that began earlier', async () => {
    const w = world()
    w.backend.values.set('a', 'A')
    await w.env.clock.run(async () => {
      const find = { nameRegexp: '.' }
      const [one, two] = await Promise.all([
        w.planner.find(store(), 'apps', find, live),
        w.planner.find(store(), 'apps', find, live),
      ])
      expect([...one.keys()]).toEqual(['a'])
      expect(one.get('a')).not.toBe(two.get('a'))
      expect(w.backend.calls).toHaveLength(1)
      await w.planner.find(store(), 'apps', { nameRegexp: 'a' }, live)
      expect(w.backend.calls).toHaveLength(2)
    })
  })
})

describe('a batch that is refused', () => {
  it('falls back to single reads, and remembers that for this identity', async () => {
    const w = world()
    for (const key of ['a', 'b']) w.backend.values.set(key, key)
    w.backend.refuse = (refs) =>
      refs.length > 1 ? new Fault('AccessDenied', 'no batches for you') : undefined
    await w.env.clock.run(async () => {
      const refs = [{ key: 'a' }, { key: 'b' }]
      const first = await w.planner.read(store(), 'apps', refs, live)
      expect(first.map(text)).toEqual(['a by one', 'b by one'])
      expect(w.backend.calls.map((call) => call.length)).toEqual([2, 1, 1])
      await w.planner.read(store(), 'apps', refs, live)
      expect(w.backend.calls.map((call) => call.length)).toEqual([2, 1, 1, 1, 1])
    })
  })

  it('is not tried in single reads when the backend is down', async () => {
    const w = world()
    w.backend.refuse = () => new Fault('Unavailable', 'down')
    const refs = [{ key: 'a' }, { key: 'b' }]
    const outcomes = await w.env.clock.run(() => w.planner.read(store(), 'apps', refs, live))
    expect(outcomes.map(text)).toEqual(['Unavailable', 'Unavailable'])
    expect(w.backend.calls).toHaveLength(1)
  })
})

describe('an abort', () => {
  it('ends one caller’s wait and leaves the shared read to the others', async () => {
    const w = world()
    w.backend.values.set('a', 'A')
    await w.env.clock.run(async () => {
      const stop = new AbortController()
      const one = readOne(w, 'a', store(), 'apps', stop.signal)
      const two = readOne(w, 'a')
      await w.env.clock.sleep(9) // under way
      stop.abort(new Fault('Cancelled', 'enough'))
      await expect(one).rejects.toMatchObject({ reason: 'Cancelled' })
      expect(await two).toBe('A by one')
    })
    expect(w.backend.calls).toHaveLength(1)
    expect(w.backend.aborted).toBe(0)
  })

  it('ends the call once nobody waits for it', async () => {
    const w = world()
    w.backend.takesMs = 1_000_000
    await w.env.clock.run(async () => {
      const stop = new AbortController()
      const waits = [1, 2].map(() => readOne(w, 'a', store(), 'apps', stop.signal))
      await w.env.clock.sleep(20)
      stop.abort(new Fault('Cancelled', 'enough'))
      await Promise.allSettled(waits)
      await w.env.clock.sleep(1)
    })
    expect(w.backend.aborted).toBe(1)
  })

  it('of all who want one key leaves the batch to those who want the others', async () => {
    const w = world()
    w.backend.values.set('b', 'B')
    await w.env.clock.run(async () => {
      const stop = new AbortController()
      const a = readOne(w, 'a', store(), 'apps', stop.signal)
      const b = readOne(w, 'b')
      await w.env.clock.sleep(9) // both are under way in one call
      stop.abort(new Fault('Cancelled', 'enough'))
      await expect(a).rejects.toMatchObject({ reason: 'Cancelled' })
      expect(await b).toBe('B by one')
    })
    expect(w.backend.calls).toEqual([['one:a', 'one:b']])
    expect(w.backend.aborted).toBe(0)
  })

  it('before the start leaves the others in line', async () => {
    const w = world()
    w.backend.values.set('a', 'A')
    await w.env.clock.run(async () => {
      const stop = new AbortController()
      const one = readOne(w, 'a', store(), 'apps', stop.signal)
      const two = readOne(w, 'a')
      stop.abort(new Fault('Cancelled', 'enough'))
      await expect(one).rejects.toMatchObject({ reason: 'Cancelled' })
      expect(await two).toBe('A by one')
    })
  })

  it('before it starts keeps the read from being made', async () => {
    const w = world()
    await w.env.clock.run(async () => {
      const stop = new AbortController()
      const wait = readOne(w, 'a', store(), 'apps', stop.signal)
      stop.abort(new Fault('Cancelled', 'enough'))
      await expect(wait).rejects.toMatchObject({ reason: 'Cancelled' })
      await w.env.clock.sleep(100)
    })
    expect(w.backend.calls).toHaveLength(0)
  })

  it('of a provider that does not listen still frees its caller in time', async () => {
    const w = world()
    w.backend.answer = () => {
      throw new Error('never')
    }
    w.backend.takesMs = 10 ** 9
    const outcome = await w.env.clock.run(() => readOne(w, 'a'))
    expect(outcome).toBe('Timeout')
    expect(w.env.clock.monotonic()).toBeLessThan(60_000)
  })
})

describe('an identity', () => {
  it('never reads for another: stores of two namespaces share nothing', async () => {
    const w = world()
    w.secrets.set('team/login', 'two')
    w.backend.values.set('a', 'A')
    const both = await w.env.clock.run(() =>
      Promise.all([
        readOne(w, 'a'),
        readOne(w, 'a', store({ namespace: 'team', uid: 'u9' }), 'team'),
      ]),
    )
    expect(both).toEqual(['A by one', 'A by two'])
    expect(w.backend.calls).toHaveLength(2)
  })

  it('is each consumer’s own where a cluster store takes credentials from its consumers', async () => {
    const w = world()
    w.secrets.set('team/login', 'two')
    w.backend.values.set('a', 'A')
    await w.env.clock.run(async () => {
      const read = (namespace: string): Promise<string> =>
        readOne(w, 'a', clusterStore(), namespace)
      expect(await Promise.all([read('apps'), read('team')])).toEqual(['A by one', 'A by two'])
      expect(await Promise.all([read('none'), read('apps')])).toEqual(['InvalidRef', 'A by one'])
      expect(await w.planner.validate(clusterStore(), live)).toEqual({ kind: 'unknown' })
    })
    expect(w.backend.opens.map(({ by }) => by)).toEqual(['apps', 'team'])
  })

  it('is shared by all consumers where a cluster store names the namespace', async () => {
    const w = world()
    const config = { secretRef: { name: 'login', key: 'token', namespace: 'apps' } }
    await w.env.clock.run(async () => {
      const view = clusterStore({ config })
      await Promise.all(['x', 'y', 'z'].map((namespace) => readOne(w, 'a', view, namespace)))
      expect(await w.planner.validate(view, live)).toEqual({ kind: 'ready' })
    })
    expect(w.backend.opens).toHaveLength(1)
    expect(w.backend.calls).toHaveLength(1)
  })

  it('ends when its credentials change; the next read is made with the new ones', async () => {
    const w = world()
    w.backend.values.set('a', 'A')
    await w.env.clock.run(async () => {
      expect(await readOne(w, 'a')).toBe('A by one')
      w.secrets.set('apps/login', 'two')
      await w.env.clock.sleep(1_001)
      expect(await readOne(w, 'a')).toBe('A by two')
      expect(w.backend.closed).toBe(1)
      w.secrets.delete('apps/login')
      await w.env.clock.sleep(1_001)
      expect(await readOne(w, 'a')).toBe('InvalidRef')
    })
  })

  it('is looked at anew by each validation', async () => {
    const w = world()
    await w.env.clock.run(async () => {
      await w.planner.validate(store(), live)
      w.secrets.set('apps/login', 'two')
      await w.env.clock.sleep(1)
      await w.planner.validate(store(), live)
      expect(w.backend.opens.map(({ credential }) => credential)).toEqual(['one', 'two'])
    })
  })

  it('is looked at before every call where that is asked for', async () => {
    const w = world({ credentialsMs: 0 })
    await w.env.clock.run(async () => {
      w.backend.values.set('a', 'A')
      expect(await readOne(w, 'a')).toBe('A by one')
      w.secrets.set('apps/login', 'two')
      expect(await readOne(w, 'a')).toBe('A by two')
    })
  })

  it('ends when the store changes, or is forgotten, after its last call', async () => {
    const w = world()
    w.backend.values.set('a', 'A')
    await w.env.clock.run(async () => {
      const old = readOne(w, 'a')
      await w.env.clock.sleep(9)
      const next = readOne(w, 'a', store({ generation: 2 }))
      expect(await old).toBe('A by one')
      expect(await next).toBe('A by one')
      expect(w.backend.opens).toHaveLength(2)
      expect(w.backend.closed).toBe(1)
      w.planner.forget('u1')
      expect(w.backend.closed).toBe(2)
      expect(await readOne(w, 'a')).toBe('A by one')
      expect(w.backend.opens).toHaveLength(3)
    })
  })

  it('ends when nobody has read for it for half an hour, at the next store that is opened', async () => {
    const w = world()
    await w.env.clock.run(async () => {
      await readOne(w, 'a')
      await w.env.clock.sleep(20 * 60_000)
      await readOne(w, 'a')
      await w.env.clock.sleep(20 * 60_000)
      await readOne(w, 'a', store({ uid: 'other' }))
      expect(w.backend.closed).toBe(0)
      await w.env.clock.sleep(31 * 60_000)
      await readOne(w, 'a', store({ uid: 'third' }))
      expect(w.backend.closed).toBe(2)
      expect(w.planner.stats().open).toBe(1)
    })
  })

  it('logs in once, however many ask at the same time', async () => {
    const w = world()
    w.backend.batch = 1
    const keys = Array.from({ length: 30 }, (_, i) => `k${i}`)
    await w.env.clock.run(() => Promise.all(keys.map((key) => readOne(w, key))))
    expect(w.planner.stats()).toMatchObject({ logins: 1, open: 1 })
  })

  it('costs nothing while nobody reads', async () => {
    const w = world()
    await w.env.clock.run(() => readOne(w, 'a'))
    const calls = w.calls.length
    await w.env.clock.advance(24 * 3_600_000)
    expect(w.calls).toHaveLength(calls)
    expect(w.env.clock.untilNextMs()).toBeUndefined()
  })
})

describe('a store that is down', () => {
  it('is left alone for a while, then tried by one call before the others follow', async () => {
    const w = world()
    w.backend.batch = 1
    w.backend.refuse = () => new Fault('Unavailable', 'connection refused')
    await w.env.clock.run(async () => {
      await Promise.all(['a', 'b', 'c'].map((key) => readOne(w, key)))
      expect(w.backend.calls).toHaveLength(3) // one wave, so one failure
      const [outcome] = await w.planner.read(store(), 'apps', [{ key: 'd' }], live)
      expect(outcome).toMatchObject({ fault: { reason: 'Unavailable', retry: { kind: 'after' } } })
      expect(w.backend.calls).toHaveLength(3)

      await w.env.clock.sleep(1_000)
      const wave = Promise.all(['a', 'b', 'c'].map((key) => readOne(w, key)))
      await w.env.clock.sleep(5)
      expect(w.backend.calls).toHaveLength(4)
      w.backend.refuse = () => undefined
      expect(await wave).toEqual(['absent', 'absent', 'absent'])
      expect(w.backend.calls).toHaveLength(6)
    })
  })

  it('is asked once a pause, however many wait, and all are back within a minute of it', async () => {
    const w = world()
    w.backend.batch = 1
    w.backend.refuse = () => new Fault('Unavailable', 'connection refused')
    const done = new Set<string>()
    const retryUntilDone = async (key: string): Promise<void> => {
      for (;;) {
        const [outcome] = await w.planner.read(store(), 'apps', [{ key }], live)
        if (outcome?.kind === 'absent') return void done.add(key)
        const retry = outcome?.kind === 'failed' ? outcome.fault.retry : undefined
        // A key's own patience grows to five minutes; the store's pause is what counts.
        await w.env.clock.sleep(retry?.kind === 'after' ? retry.ms : 300_000)
      }
    }
    await w.env.clock.run(async () => {
      const keys = Array.from({ length: 200 }, (_, i) => `k${i}`)
      const all = Promise.all(keys.map(retryUntilDone))
      await w.env.clock.sleep(600_000)
      // Not each of the 200 for itself, making the pause longer each time.
      expect(w.backend.calls.length).toBeLessThan(16 + 100)
      w.backend.refuse = () => undefined
      await w.env.clock.sleep(60_000)
      expect(done.size).toBe(200)
      await all
    })
  })

  it('waits as long as a 429 asks', async () => {
    const w = world()
    w.backend.refuse = () =>
      new Fault('RateLimited', 'slow down', { retry: { kind: 'after', ms: 120_000 } })
    await w.env.clock.run(async () => {
      expect(await readOne(w, 'a')).toBe('RateLimited')
      await w.env.clock.sleep(110_000)
      expect(await readOne(w, 'a')).toBe('RateLimited')
      expect(w.backend.calls).toHaveLength(1)
      w.backend.refuse = () => undefined
      await w.env.clock.sleep(11_000)
      expect(await readOne(w, 'a')).toBe('absent')
    })
  })

  it('is not what a denied or absent path makes it: they stay one object’s matter', async () => {
    const w = world()
    w.backend.values.set('b', 'B')
    w.backend.refuse = (refs) =>
      refs[0]?.key === 'a' ? new Fault('AccessDenied', 'no') : undefined
    await w.env.clock.run(async () => {
      expect(await readOne(w, 'a')).toBe('AccessDenied')
      expect(await readOne(w, 'b')).toBe('B by one')
    })
  })

  it('is not asked for a login again and again when it refuses it', async () => {
    const w = world()
    w.backend.openFault = new Fault('AccessDenied', 'wrong role')
    await w.env.clock.run(async () => {
      for (let i = 0; i < 5; i++) expect(await readOne(w, `k${i}`)).toBe('AccessDenied')
      expect(w.backend.opens).toHaveLength(1)
      w.backend.openFault = undefined
      await w.env.clock.sleep(1_000)
      expect(await readOne(w, 'a')).toBe('absent')
    })
  })

  it('is noticed to be back by its own validation', async () => {
    const w = world()
    w.backend.refuse = () =>
      new Fault('Unavailable', 'down', { retry: { kind: 'after', ms: 300_000 } })
    await w.env.clock.run(async () => {
      expect(await readOne(w, 'a')).toBe('Unavailable')
      w.backend.refuse = () => undefined
      await w.env.clock.sleep(1)
      await w.planner.validate(store(), live)
      expect(await readOne(w, 'a')).toBe('absent')
    })
  })

  it('is tried again inside one read as often as its retrySettings say', async () => {
    const w = world()
    let left = 2
    w.backend.refuse = () => (left-- > 0 ? new Fault('Unavailable', 'down') : undefined)
    w.backend.values.set('a', 'A')
    const view = store({ retrySettings: { maxRetries: 3, retryInterval: '2s' } })
    await w.env.clock.run(async () => {
      expect(await readOne(w, 'a', view)).toBe('A by one')
    })
    expect(w.backend.calls).toHaveLength(3)
  })
})

describe('a store', () => {
  it('that cannot be opened is told from one that does not validate', async () => {
    const w = world()
    w.secrets.clear()
    await w.env.clock.run(async () => {
      const validation = w.planner.validate(store(), live)
      await expect(validation).rejects.toBeInstanceOf(OpenFault)
      await expect(w.planner.validate(store(), live)).rejects.toMatchObject({
        reason: 'InvalidRef',
      })
    })
  })

  it('of a provider that is not built says which are', async () => {
    const w = world()
    await w.env.clock.run(async () => {
      const [outcome] = await w.planner.read(
        store({ providerName: 'doppler' }),
        'apps',
        [{ key: 'a' }],
        live,
      )
      expect(outcome).toMatchObject({
        fault: {
          reason: 'Unsupported',
          message: 'provider "doppler" is not built into Lockstep yet',
          hint: 'Use one of: test.',
        },
      })
      await expect(
        w.planner.validate(store({ uid: 'u5', providerName: '__proto__' }), live),
      ).rejects.toMatchObject({ reason: 'Unsupported', message: 'unknown provider "__proto__"' })
    })
  })

  it('is seen as a view of its object, or as the mistake in it', () => {
    const object = (provider: unknown, kind = 'SecretStore') => ({
      apiVersion: 'external-secrets.io/v1',
      kind,
      metadata: { name: 's', namespace: 'apps', uid: 'u', generation: 3 },
      spec: { provider, retrySettings: { maxRetries: 2, retryInterval: '1s' } },
    })
    expect(storeView(object({ fake: { data: [] } }))).toEqual({
      kind: 'SecretStore',
      name: 's',
      namespace: 'apps',
      uid: 'u',
      generation: 3,
      providerName: 'fake',
      config: { data: [] },
      retrySettings: { maxRetries: 2, retryInterval: '1s' },
    })
    expect(() => storeView(object({}))).toThrow('names no provider')
    expect(() => storeView(object(undefined))).toThrow('names no provider')
    expect(() => storeView(object({ fake: {}, vault: {} }))).toThrow('2 providers (fake, vault)')
  })
})
