import { describe, expect, it } from 'vitest'
import { concatBytes, Fault, textOf, type Env, type HttpResponse } from '#base'
import { realEnv, silentLog, simEnv } from '#base/env'
import { createKubeApi, refusals, type FaultPlan, type FaultRule, type KubeApi } from '../index.ts'

/** An answer, or how the connection to it broke. */
interface Got {
  readonly status: number
  readonly headers: HttpResponse['headers']
  readonly text: string
  readonly broke: boolean
}

interface World {
  readonly env: Env
  readonly api: KubeApi
  readonly call: (method: string, path: string, body?: object) => Promise<Got>
  /** The lines of a watch, read one by one. */
  readonly watch: (query: string) => Promise<AsyncIterator<string>>
}

const base = '/api/v1/namespaces/default/secrets'
const brokenBeforeAnswer: Got = { status: 0, headers: {}, text: '', broke: true }

async function inWorld(
  env: Env,
  inProcess: boolean,
  work: (world: World) => Promise<void>,
): Promise<void> {
  const api = createKubeApi({ env })
  const listener = await env.net.listen(api.handler)
  const pool = env.net.pool()
  const stop = new AbortController()
  const exchange = async (method: string, path: string, body?: string): Promise<HttpResponse> => {
    const headers = { 'content-type': 'application/json' }
    const sent = body === undefined ? {} : { body }
    if (!inProcess) {
      const options = { dedicated: true, bodyTimeoutMs: 0, signal: stop.signal }
      return await pool.request({ method, url: listener.url + path, headers, ...sent, ...options })
    }
    const { signal } = stop
    const request = new Request(`http://any${path}`, { method, headers, ...sent, signal })
    const response = await api.handle(request)
    const found = Object.fromEntries(response.headers)
    return { status: response.status, headers: found, body: response.body ?? empty() }
  }
  try {
    await work({
      env,
      api,
      call: async (method, path, body) => {
        let answer: HttpResponse
        try {
          answer = await exchange(
            method,
            path,
            body === undefined ? undefined : JSON.stringify(body),
          )
        } catch (thrown) {
          if (thrown instanceof Fault) return brokenBeforeAnswer
          throw thrown
        }
        const { status, headers } = answer
        const parts: Uint8Array[] = []
        try {
          for await (const part of answer.body) parts.push(part)
        } catch {
          return { status, headers, text: textOf(concatBytes(parts)), broke: true }
        }
        return { status, headers, text: textOf(concatBytes(parts)), broke: false }
      },
      watch: async (query) => lines((await exchange('GET', `${base}?watch=true&${query}`)).body),
    })
  } finally {
    stop.abort(new Fault('Cancelled', 'over'))
    await pool.close()
    await listener.close()
    api.close()
  }
}

async function* empty(): AsyncGenerator<Uint8Array> {}

async function* lines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let held: Uint8Array = new Uint8Array()
  for await (const part of body) {
    held = concatBytes([held, part])
    for (let end = held.indexOf(10); end >= 0; end = held.indexOf(10)) {
      yield textOf(held.subarray(0, end))
      held = held.subarray(end + 1)
    }
  }
  if (held.length > 0) yield 'half a line'
}

const worlds: readonly [string, (work: (world: World) => Promise<void>) => Promise<void>][] = [
  [
    'in process',
    (work) => {
      const env = simEnv(3)
      return env.clock.run(() => inWorld(env, true, work))
    },
  ],
  [
    'over a simulated network',
    (work) => {
      const env = simEnv(3)
      return env.clock.run(() => inWorld(env, false, work))
    },
  ],
  ['over HTTP', (work) => inWorld(realEnv({ log: silentLog }), false, work)],
]

const secret = (name: string): object => ({
  metadata: { name, annotations: { colour: 'grün' } },
})
const writes: { readonly verbs: readonly string[] } = { verbs: ['create'] }

async function eventOf(events: AsyncIterator<string>): Promise<string> {
  const step = await events.next()
  if (step.done === true) return 'the end'
  const event = JSON.parse(step.value) as {
    type: string
    object: { code?: number; metadata: { name?: string } }
  }
  return `${event.type} ${event.object.metadata.name ?? event.object.code ?? ''}`
}

describe.each(worlds)('a planned fault of a call, %s', (_where, run) => {
  it.each([
    ['a delay', { kind: 'delay', ms: 20 }, 201, true],
    ['a late answer', { kind: 'delay', ms: 20, done: true }, 201, true],
    ['a refusal', { kind: 'answer', answer: refusals.unavailable }, 503, false],
    ['a word of a proxy', { kind: 'answer', answer: refusals.badGateway }, 502, false],
    [
      'a time-out after the deed',
      { kind: 'answer', answer: refusals.timeout, done: true },
      504,
      true,
    ],
    ['a broken connection', { kind: 'reset' }, 0, false],
    ['a lost reply', { kind: 'loseReply' }, 0, true],
  ] as const)('%s: what is said, and whether it is done', (_what, fault, status, isDone) =>
    run(async ({ api, call }) => {
      api.faults.use([{ calls: writes, fault, times: 1 }])
      expect((await call('POST', base, secret('a'))).status).toBe(status)
      expect((await call('GET', `${base}/a`)).status).toBe(isDone ? 200 : 404)
      expect(api.faults.counts.get(`call: ${fault.kind}`)).toBe(1)
    }),
  )

  it('answers late what it has done at once', () =>
    run(async ({ api, call, env }) => {
      api.faults.use([{ calls: writes, fault: { kind: 'delay', ms: 200, done: true }, times: 1 }])
      const before = env.clock.monotonic()
      const creating = call('POST', base, secret('a'))
      while ((await call('GET', `${base}/a`)).status !== 200) await env.clock.sleep(1)
      const doneMs = env.clock.monotonic() - before
      expect((await creating).status).toBe(201)
      expect(env.clock.monotonic() - before).toBeGreaterThanOrEqual(doneMs + 1)
      expect(env.clock.monotonic() - before).toBeGreaterThanOrEqual(199)
    }))

  it('names a time to come back', () =>
    run(async ({ api, call }) => {
      const answer = { ...refusals.tooMany, retryAfter: 7 }
      api.faults.use([{ calls: {}, fault: { kind: 'answer', answer } }])
      const got = await call('GET', base)
      expect([got.status, got.headers['retry-after']]).toEqual([429, '7'])
      expect(JSON.parse(got.text)).toMatchObject({
        kind: 'Status',
        reason: 'TooManyRequests',
        details: { retryAfterSeconds: 7 },
      })
    }))

  it('breaks inside the answer, inside a character if it is asked to', () =>
    run(async ({ api, call }) => {
      await call('POST', base, secret('a'))
      api.faults.use([{ calls: {}, fault: { kind: 'cut', at: 'character' } }])
      const got = await call('GET', `${base}/a`)
      expect([got.status, got.broke]).toEqual([200, true])
      expect(got.text.endsWith('gr\uFFFD')).toBe(true)
    }))

  it('answers as a replica that lags behind', () =>
    run(async ({ api, call, watch }) => {
      const old = JSON.parse((await call('POST', base, secret('old'))).text) as {
        metadata: { resourceVersion: string }
      }
      const revision = Number(old.metadata.resourceVersion)
      await call('POST', base, secret('new'))
      await call('DELETE', `${base}/old`)
      api.faults.use([{ calls: {}, fault: { kind: 'stale', revision } }])
      const listed = JSON.parse((await call('GET', base)).text) as {
        metadata: { resourceVersion: string }
        items: { metadata: { name: string } }[]
      }
      expect(listed.metadata.resourceVersion).toBe(String(revision))
      expect(listed.items.map((item) => item.metadata.name)).toEqual(['old'])
      expect((await call('GET', `${base}/old`)).status).toBe(200)
      expect((await call('GET', `${base}/new`)).status).toBe(404)
      expect((await call('GET', `${base}?resourceVersion=${revision + 1}`)).status).toBe(504)
      // What it writes goes to the one storage that all replicas share.
      expect((await call('POST', base, secret('new'))).status).toBe(409)
      const events = await watch(`resourceVersion=${revision - 1}`)
      expect(await eventOf(events)).toBe('ADDED old')
    }))

  it('is away for a while, and then serves watches from the present only', () =>
    run(async ({ env, api, call, watch }) => {
      const from = api.revision()
      const events = await watch(`resourceVersion=${from}`)
      await call('POST', base, secret('a'))
      expect(await eventOf(events)).toBe('ADDED a')
      api.restart({ downMs: 30 })
      await expect(events.next()).rejects.toThrow()
      expect(await call('GET', base)).toEqual(brokenBeforeAnswer)
      await env.clock.sleep(40)
      expect((await call('GET', `${base}/a`)).status).toBe(200)
      expect(await eventOf(await watch(`resourceVersion=${from}`))).toBe('ERROR 410')
      const again = await watch(`resourceVersion=${api.revision()}`)
      await call('POST', base, secret('b'))
      expect(await eventOf(again)).toBe('ADDED b')
    }))
})

describe.each(worlds)('a planned fault of an event, %s', (_where, run) => {
  const meaning = (fault: FaultRule['fault']): FaultRule[] => [
    { events: { plural: 'secrets', name: 'a' }, fault, times: 1 } as FaultRule,
  ]

  it.each([
    ['lost', { kind: 'drop' }, ['ADDED b', 'ADDED c']],
    ['told twice', { kind: 'duplicate' }, ['ADDED a', 'ADDED a', 'ADDED b', 'ADDED c']],
    ['late', { kind: 'delay', ms: 20 }, ['ADDED a', 'ADDED b', 'ADDED c']],
    ['told after the next', { kind: 'reorder', behind: 1 }, ['ADDED b', 'ADDED a', 'ADDED c']],
    ['in two pieces', { kind: 'split', at: 'character', ms: 5 }, ['ADDED a', 'ADDED b', 'ADDED c']],
    ['a giant', { kind: 'giant', bytes: 100_000 }, ['ADDED a', 'ADDED b', 'ADDED c']],
    ['the end', { kind: 'end' }, ['the end']],
    ['an error', { kind: 'error', answer: refusals.expired }, ['ERROR 410', 'the end']],
  ] as const)('%s', (_what, fault, expected) =>
    run(async ({ api, call, watch }) => {
      const events = await watch(`resourceVersion=${api.revision()}`)
      api.faults.use(meaning(fault))
      for (const name of ['a', 'b', 'c']) await call('POST', base, secret(name))
      const told: string[] = []
      for (const _ of expected) told.push(await eventOf(events))
      expect(told).toEqual(expected)
    }),
  )

  it('cut in the middle', () =>
    run(async ({ api, call, watch }) => {
      const events = await watch(`resourceVersion=${api.revision()}`)
      api.faults.use(meaning({ kind: 'cut', at: 'half' }))
      await call('POST', base, secret('a'))
      await expect(events.next()).rejects.toThrow()
    }))

  it('a deletion that is not told shows the next of the name as a change', () =>
    run(async ({ api, call, watch }) => {
      await call('POST', base, secret('a'))
      const events = await watch(`resourceVersion=${api.revision()}`)
      api.faults.use([{ events: { types: ['DELETED'] }, fault: { kind: 'coalesce' } }])
      await call('DELETE', `${base}/a`)
      await call('POST', base, secret('a'))
      expect(await eventOf(events)).toBe('MODIFIED a')
    }))

  it('a stall leaves the connection open and says nothing more', () =>
    run(async ({ env, api, call, watch }) => {
      const events = await watch(`resourceVersion=${api.revision()}`)
      api.faults.use(meaning({ kind: 'stall' }))
      await call('POST', base, secret('a'))
      await call('POST', base, secret('b'))
      let heard = false
      const hear = (): void => {
        heard = true
      }
      void events.next().then(hear, () => {})
      await env.clock.sleep(100)
      expect(heard).toBe(false)
    }))
})

describe('a plan', () => {
  const statuses = async (seed: number): Promise<string> => {
    const env = simEnv(seed)
    const fault = { kind: 'answer', answer: refusals.internal } as const
    const api = createKubeApi({ env, faults: [{ calls: {}, fault, rate: 0.5 }] })
    const found: number[] = []
    for (let i = 0; i < 40; i++) {
      found.push((await api.handle(new Request(`http://any${base}`))).status)
    }
    api.close()
    return found.join(' ')
  }

  it('strikes as the seed has it, the same in every run', async () => {
    const first = await statuses(5)
    expect(await statuses(5)).toBe(first)
    expect(await statuses(6)).not.toBe(first)
    expect(first).toContain('500')
    expect(first).toContain('200')
  })

  it('may be a function of the call, which sees who asks and what for', async () => {
    const env = simEnv(1)
    const asked: string[] = []
    const plan: FaultPlan = {
      onCall: ({ verb, plural, namespace, name, subresource, headers }) => {
        asked.push([verb, plural, namespace, name, subresource, headers.get('x-life')].join(' '))
        return [
          { kind: 'delay', ms: 10 },
          { kind: 'answer', answer: refusals.unauthorized },
        ]
      },
    }
    const api = createKubeApi({ env, faults: plan })
    const headers = { 'x-life': 'one' }
    const request = new Request(`http://any${base}/a/status`, { method: 'PATCH', headers })
    const answer = api.handle(request)
    await env.clock.advance(10)
    expect((await answer).status).toBe(401)
    expect(asked).toEqual(['patch secrets default a status one'])
    api.faults.use(undefined)
    expect((await api.handle(new Request(`http://any${base}`))).status).toBe(200)
    api.close()
  })
})
