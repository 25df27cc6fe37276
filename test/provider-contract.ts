import { Fault, textOf, utf8, type HttpRequest } from '#base'
import { simEnv, type SimEnv } from '#base/env'
import type { ClusterReader, Entry, EntryOutcome, Provider, ProviderKind } from '#provider'
import { describe, expect, it } from 'vitest'
import { inspect } from 'node:util'

/** A backend under the suite's control, in a world of its own. */
export interface Backend {
  /** What stands under `spec.provider.<name>`. */
  readonly config: unknown
  readonly cluster: ClusterReader
  /** From now on the key may not be read, though it is there. Absent where nothing is ever refused. */
  readonly deny?: (key: string) => void
}

/** For what a provider declares that it cannot do: such a test is not there, rather than skipped. */
const skip = (): void => {}
const when = (holds: boolean): typeof it | typeof skip => (holds ? it : skip)

/** How the suite makes a backend of one kind. */
export interface Harness {
  /**
   * Starts a backend that holds these entries. Where versions exist, they are put in order and the last
   * one is the newest.
   */
  start(env: SimEnv, entries: readonly SeedEntry[]): Promise<Backend>
  /** Which requests of the provider read an entry; absent: it makes none, all stands in the store. */
  readonly isRead?: (request: HttpRequest) => boolean
  /** Name of the second version put under one key, where versions exist. */
  readonly secondVersion?: string
  /** Whether a missing property is absence (null) or, as the peer has it, a failure. */
  readonly missingProperty: 'null' | 'fault'
  /** Whether values may be any bytes. */
  readonly binary: boolean
}

export interface SeedEntry {
  readonly key: string
  /** Base64 where the harness is binary, else text. */
  readonly properties: Readonly<Record<string, string>>
  readonly version?: string
}

const canary = 'c4n4ry-s3cr3t'
const live = new AbortController().signal

/**
 * What every provider does alike. Skips only what the provider or its harness declares that it cannot
 * do.
 */
export function describeProvider(kind: ProviderKind, harness: Harness): void {
  const seed: readonly SeedEntry[] = [
    { key: 'first', properties: { user: 'ann', password: canary, empty: '' } },
    { key: 'second', properties: { user: 'bob', password: canary } },
  ]

  /** Opens the provider over a fresh backend and runs `work` to its end in virtual time. */
  async function withProvider(
    work: (provider: Provider, env: SimEnv, backend: Backend) => Promise<void>,
    entries: readonly SeedEntry[] = seed,
  ): Promise<void> {
    const env = simEnv(1)
    await env.clock.run(async () => {
      const backend = await harness.start(env, entries)
      const { config, cluster } = backend
      const store = { kind: 'SecretStore', name: 'store', namespace: 'apps' } as const
      const provider = await kind.open(config, { env, log: env.log, store, cluster }, live)
      await work(provider, env, backend)
      env.net.plan = () => undefined
      await provider.close()
    })
  }

  /** Lets `befall` decide about requests that read an entry. */
  function planReads(env: SimEnv, befall: SimEnv['net']['plan']): void {
    env.net.plan = (request) => (harness.isRead?.(request) === true ? befall(request) : undefined)
  }

  async function failure(provider: Provider, key = 'first', signal = live): Promise<Fault> {
    const outcome = await one(provider, key, signal)
    if (outcome.kind === 'failed') return outcome.fault
    if (outcome.kind === 'absent') throw new Error('said to be absent')
    throw new Error('said to be there')
  }

  const networked = harness.isRead !== undefined

  describe(`the contract of providers, kept by ${kind.name}`, () => {
    it('gives the value of a property that is there', async () => {
      await withProvider(async (provider) => {
        expect(textOf(valueIn(await one(provider, 'first'), 'user'))).toBe('ann')
      })
    })

    it('gives all properties of an entry as a map', async () => {
      await withProvider(async (provider) => {
        const map = entryIn(await one(provider, 'second')).map()
        expect(map === null ? null : [...map.keys()].sort()).toEqual(['password', 'user'])
        expect(textOf(map?.get('user') ?? utf8('?'))).toBe('bob')
      })
    })

    it('gives an empty value as empty, not as absent', async () => {
      await withProvider(async (provider) => {
        expect(valueIn(await one(provider, 'first'), 'empty')).toHaveLength(0)
      })
    })

    it('says absent when the backend says that there is no such entry', async () => {
      await withProvider(async (provider) => {
        expect(await one(provider, 'nowhere')).toMatchObject({ kind: 'absent' })
      })
    })

    it('tells a missing property from a missing entry, and quotes nothing', async () => {
      await withProvider(async (provider) => {
        const entry = entryIn(await one(provider, 'first'))
        if (harness.missingProperty === 'null') {
          expect(entry.value('nothing')).toBeNull()
          expect(entry.map('nothing')).toBeNull()
          return
        }
        const fault = thrownBy(() => entry.value('nothing'))
        expect(fault.reason).toBe('NotFound')
        expectNoCanary(fault)
      })
    })

    it('gives one outcome for each ref, in their order, also for a ref asked twice', async () => {
      await withProvider(async (provider) => {
        const refs = ['second', 'nowhere', 'first', 'second'].map((key) => ({ key }))
        const outcomes = await provider.read(refs, live)
        expect(outcomes.map((each) => each.kind)).toEqual(['entry', 'absent', 'entry', 'entry'])
        expect(textOf(valueIn(outcomes[2] as EntryOutcome, 'user'))).toBe('ann')
      })
    })

    it('refuses to spread what is no map, and quotes nothing of it', async () => {
      await withProvider(async (provider) => {
        const entry = entryIn(await one(provider, 'first'))
        const fault = thrownBy(() => entry.map('password'))
        expect(['InvalidAnswer', 'NotFound']).toContain(fault.reason)
        // A provider whose values stand in the store for all to see may quote a character of them.
        if (networked) expectNoCanary(fault, canary.slice(0, 1) + "'")
        expectNoCanary(fault)
      })
    })

    it('takes __proto__ and its kin for ordinary keys and properties', async () => {
      const odd = JSON.parse('{"__proto__":"p","constructor":"c","toString":"t"}') as Record<
        string,
        string
      >
      await withProvider(
        async (provider) => {
          const entry = entryIn(await one(provider, 'odd'))
          expect(textOf(entry.value('__proto__') ?? utf8('?'))).toBe('p')
          expect(textOf(entry.value('constructor') ?? utf8('?'))).toBe('c')
          expect([...(entry.map() ?? [])].map(([key]) => key).sort()).toEqual([
            '__proto__',
            'constructor',
            'toString',
          ])
          expect((await one(provider, '__proto__')).kind).not.toBe('entry')
          expect({}).not.toHaveProperty('p')
        },
        [{ key: 'odd', properties: odd }],
      )
    })

    it('does not find inherited names in an entry', async () => {
      await withProvider(async (provider) => {
        const entry = entryIn(await one(provider, 'first'))
        for (const name of ['hasOwnProperty', '__proto__', 'valueOf']) {
          if (harness.missingProperty === 'null') expect(entry.value(name)).toBeNull()
          else expect(thrownBy(() => entry.value(name)).reason).toBe('NotFound')
        }
      })
    })

    it('proves that the store can be used', async () => {
      await withProvider(async (provider) => {
        expect(await provider.validate(live)).toEqual({ kind: 'ready' })
      })
    })

    it('stops at once when it was cancelled before', async () => {
      await withProvider(async (provider) => {
        const stop = new AbortController()
        stop.abort(new Fault('Cancelled', 'enough'))
        const outcome = await outcomeOrThrown(provider, stop.signal)
        expect(outcome.reason).toBe('Cancelled')
      })
    })

    when(kind.capabilities.versions)('reads the version that is asked for', async () => {
      await withProvider(
        async (provider) => {
          const version = harness.secondVersion ?? '2'
          const [pinned, missing] = await provider.read(
            [
              { key: 'k', version },
              { key: 'k', version: '99' },
            ],
            live,
          )
          expect(textOf(valueIn(pinned as EntryOutcome, 'v'))).toBe('two')
          expect(entryIn(pinned as EntryOutcome).version).toBe(version)
          expect(missing).toMatchObject({ kind: 'absent' })
        },
        ['one', 'two', 'three'].map((v, i) => ({
          key: 'k',
          properties: { v },
          version: String(i + 1),
        })),
      )
    })

    when(harness.binary)('keeps every byte of a value', async () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
      await withProvider(
        async (provider) => {
          expect(valueIn(await one(provider, 'bin'), 'bytes')).toEqual(bytes)
        },
        [{ key: 'bin', properties: { bytes: Buffer.from(bytes).toString('latin1') } }],
      )
    })

    when(kind.capabilities.find)('finds entries by a part of their name', async () => {
      await withProvider(async (provider) => {
        const find = provider.find?.bind(provider)
        const found = await find?.({ nameRegexp: 'fir|cond' }, live)
        expect([...(found?.keys() ?? [])].sort()).toEqual(['first', 'second'])
        expect([...((await find?.({ nameRegexp: '^irst' }, live)) ?? [])]).toEqual([])
        await expect(find?.({ nameRegexp: 'a(b' }, live)).rejects.toMatchObject({
          reason: 'InvalidSpec',
        })
      })
    })

    when(networked && kind.capabilities.find)(
      'fails a find whose reads fail, rather than find less',
      async () => {
        await withProvider(async (provider, env) => {
          planReads(env, () => ({ kind: 'answer', status: 503, body: canary }))
          const found = provider.find?.({ nameRegexp: '.' }, live)
          await expect(found).rejects.toMatchObject({ reason: 'Unavailable' })
        })
      },
    )

    when(networked)('does not take a refusal for absence', async () => {
      await withProvider(async (provider, _env, backend) => {
        backend.deny?.('first')
        const fault = await failure(provider)
        expect(fault.reason).toBe('AccessDenied')
        expectNoCanary(fault)
      })
    })

    const bad: readonly [string, number, string, readonly string[]][] = [
      ['a page in HTML', 200, `<html>${canary}</html>`, ['InvalidAnswer']],
      ['a page in HTML with 404', 404, `<html>${canary}</html>`, ['InvalidAnswer', 'NotFound']],
      ['truncated JSON', 200, `{"data":{"data":{"password":"${canary}`, ['InvalidAnswer']],
      ['an empty body', 200, '', ['InvalidAnswer']],
      ['null', 200, 'null', ['InvalidAnswer']],
      ['a list', 200, `["${canary}"]`, ['InvalidAnswer']],
      ['data of another type', 200, `{"data":"${canary}"}`, ['InvalidAnswer']],
      ['403', 403, `{"errors":["${canary}"]}`, ['AccessDenied']],
      [
        '404 for another reason',
        404,
        `{"errors":["no handler ${canary}"]}`,
        ['InvalidAnswer', 'NotFound'],
      ],
      ['500', 500, canary, ['Unavailable']],
      ['503', 503, `{"errors":["${canary}"]}`, ['Unavailable']],
      ['an unknown status', 418, `{"errors":["${canary}"]}`, ['InvalidAnswer']],
      ['a redirect', 302, canary, ['InvalidAnswer', 'Forbidden']],
      ['an oversize answer', 200, `"${'x'.repeat(9_000_000)}"`, ['TooLarge']],
    ]
    for (const [name, status, body, reasons] of networked ? bad : []) {
      it(`answers ${name} with a Fault that quotes nothing, never with absence`, async () => {
        await withProvider(async (provider, env) => {
          planReads(env, () => ({ kind: 'answer', status, body }))
          const fault = await failure(provider)
          expect(reasons).toContain(fault.reason)
          expectNoCanary(fault)
        })
      })
    }

    when(networked)('waits as long as a 429 asks', async () => {
      await withProvider(async (provider, env) => {
        planReads(env, () => ({
          kind: 'answer',
          status: 429,
          body: canary,
          headers: { 'retry-after': '17' },
        }))
        const fault = await failure(provider)
        expect(fault.reason).toBe('RateLimited')
        expect(fault.retry).toEqual({ kind: 'after', ms: 17_000 })
        expectNoCanary(fault)
      })
    })

    when(networked)('says so when nobody answers, and when the answer breaks off', async () => {
      await withProvider(async (provider, env) => {
        planReads(env, () => ({ kind: 'refuse' }))
        expect((await failure(provider)).reason).toBe('Unavailable')
        planReads(env, () => ({ kind: 'cut', afterBytes: 20 }))
        expect((await failure(provider)).reason).toBe('Unavailable')
      })
    })

    when(networked)('gives up a slow read when it is cancelled', async () => {
      await withProvider(async (provider, env) => {
        planReads(env, () => ({ kind: 'delay', ms: 3_600_000 }))
        const stop = new AbortController()
        env.clock.timer(1_000, () => stop.abort(new Fault('Cancelled', 'enough')))
        const startedMs = env.clock.monotonic()
        const outcome = await outcomeOrThrown(provider, stop.signal)
        expect(outcome.reason).toBe('Cancelled')
        expect(env.clock.monotonic() - startedMs).toBe(1_000)
      })
    })

    when(networked)('recovers once the backend does', async () => {
      await withProvider(async (provider, env) => {
        planReads(env, () => ({ kind: 'refuse' }))
        expect((await failure(provider)).reason).toBe('Unavailable')
        env.net.plan = () => undefined
        expect(textOf(valueIn(await one(provider, 'first'), 'user'))).toBe('ann')
      })
    })
  })
}

async function one(provider: Provider, key: string, signal = live): Promise<EntryOutcome> {
  const [outcome] = await provider.read([{ key }], signal)
  if (outcome === undefined) throw new Error('no outcome')
  return outcome
}

async function outcomeOrThrown(provider: Provider, signal: AbortSignal): Promise<Fault> {
  try {
    const outcome = await one(provider, 'first', signal)
    if (outcome.kind === 'failed') return outcome.fault
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown
  }
  throw new Error('was not cancelled')
}

function entryIn(outcome: EntryOutcome): Entry {
  if (outcome.kind === 'entry') return outcome.entry
  throw outcome.kind === 'failed' ? outcome.fault : new Error('absent')
}

function valueIn(outcome: EntryOutcome, property: string): Uint8Array {
  const value = entryIn(outcome).value(property)
  if (value === null) throw new Error(`no property ${property}`)
  return value
}

function thrownBy(work: () => unknown): Fault {
  try {
    work()
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown
    throw thrown
  }
  throw new Error('nothing was thrown')
}

/** Nothing that a log could print of the Fault, its causes included, holds the secret. */
function expectNoCanary(fault: Fault, text = canary): void {
  expect(inspect(fault, { depth: 10, showHidden: true })).not.toContain(text)
  expect(fault.message + (fault.hint ?? '') + (fault.at ?? '')).not.toContain(text)
}
