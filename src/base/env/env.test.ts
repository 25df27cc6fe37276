import { describe, expect, it } from 'vitest'
import { Fault } from '../fault.ts'
import { textOf } from '../bytes.ts'
import type { Env, HttpResponse } from './env.ts'
import { realEnv } from './real.ts'
import { simEnv } from './sim.ts'

async function textOfBody(response: HttpResponse): Promise<string> {
  let text = ''
  for await (const chunk of response.body) text += textOf(chunk)
  return text
}

const both: readonly [string, () => Env, (work: () => Promise<void>, env: Env) => Promise<void>][] =
  [
    ['real', () => realEnv(), (work) => work()],
    [
      'simulated',
      () => simEnv(1),
      (work, env) => (env as ReturnType<typeof simEnv>).clock.run(work),
    ],
  ]

describe.each(both)('the %s world', (_name, make, run) => {
  it('carries a request to a listener and its answer back', async () => {
    const env = make()
    await run(async () => {
      const listener = await env.net.listen(async (request) => {
        let body = ''
        for await (const chunk of request.body) body += textOf(chunk)
        return { status: 201, headers: { 'x-seen': request.target }, body: body.toUpperCase() }
      })
      const pool = env.net.pool()
      const answer = await pool.request({
        method: 'POST',
        url: `${listener.url}/a?b=c`,
        body: 'hi',
      })
      expect(answer.status).toBe(201)
      expect(answer.headers['x-seen']).toBe('/a?b=c')
      expect(await textOfBody(answer)).toBe('HI')
      await listener.close()
      await expect(pool.request({ method: 'GET', url: listener.url })).rejects.toMatchObject({
        reason: 'Unavailable',
      })
      await pool.close()
    }, env)
  })

  it('ends a stream when the listener closes', async () => {
    const env = make()
    await run(async () => {
      const listener = await env.net.listen((request) =>
        Promise.resolve({
          status: 200,
          body: (async function* () {
            yield new Uint8Array([65])
            await new Promise<void>((resolve) =>
              request.signal.addEventListener('abort', () => resolve(), { once: true }),
            )
            throw new Fault('Unavailable', 'gone')
          })(),
        }),
      )
      const pool = env.net.pool()
      const answer = await pool.request({ method: 'GET', url: listener.url, dedicated: true })
      const iterator = answer.body[Symbol.asyncIterator]()
      expect(textOf((await iterator.next()).value as Uint8Array)).toBe('A')
      const next = iterator.next()
      next.catch(() => {})
      await listener.close()
      await expect(next).rejects.toMatchObject({ reason: 'Unavailable' })
      await pool.close()
    }, env)
  })

  it('frees its connection when a body is cancelled before it was read', async () => {
    const env = make()
    await run(async () => {
      const listener = await env.net.listen(() =>
        Promise.resolve({ status: 200, body: new Uint8Array(1_000_000) }),
      )
      const pool = env.net.pool({ maxConnections: 1 })
      for (let exchanges = 0; exchanges < 3; exchanges++) {
        const answer = await pool.request({ method: 'GET', url: listener.url })
        await answer.body[Symbol.asyncIterator]().return?.()
      }
      await listener.close()
      await pool.close()
    }, env)
  })

  it('gives up a wait when its signal is aborted', async () => {
    const env = make()
    await run(async () => {
      const stop = new AbortController()
      const wait = env.clock.sleep(60_000, stop.signal)
      stop.abort(new Fault('Cancelled', 'enough'))
      await expect(wait).rejects.toMatchObject({ reason: 'Cancelled' })
    }, env)
  })
})

describe('the real world', () => {
  it('says that a certificate cannot be read, and nothing of what it holds', async () => {
    const pool = realEnv().net.pool({ tls: { cert: 'hunter2', key: 'hunter2' } })
    const failure = pool.request({ method: 'GET', url: 'https://127.0.0.1:9/' })
    await expect(failure).rejects.toMatchObject({
      reason: 'InvalidSpec',
      message: '127.0.0.1:9: the certificates or key for it cannot be read',
    })
    await pool.close()
  })
})

describe('the simulated world', () => {
  it('gives the same randomness for the same seed, another for another', () => {
    expect(simEnv(7).entropy.uuid()).toBe(simEnv(7).entropy.uuid())
    expect(simEnv(7).random.next()).not.toBe(simEnv(8).random.next())
  })

  it('passes days in no time', async () => {
    const env = simEnv(1)
    const before = env.clock.now()
    await env.clock.run(() => env.clock.sleep(20 * 3_600_000))
    expect(env.clock.now() - before).toBe(20 * 3_600_000)
  })
})
