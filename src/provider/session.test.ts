import { Fault } from '#base'
import { simEnv, type SimEnv } from '#base/env'
import { describe, expect, it } from 'vitest'
import { Session, type Login } from './session.ts'

const live = new AbortController().signal

interface World {
  readonly env: SimEnv
  readonly session: Session
  readonly log: string[]
  /** Tokens that the backend takes. */
  readonly valid: Set<string>
  use(): Promise<string>
}

function world(login: Partial<Login> = {}, options: { readonly renewable?: boolean } = {}): World {
  const env = simEnv(1)
  const log: string[] = []
  const valid = new Set<string>()
  let count = 0
  const issue = (): Login => {
    const token = `t${++count}`
    valid.add(token)
    return { token, lifeMs: 60_000, renewable: options.renewable ?? false, ...login }
  }
  const session = new Session({
    env,
    login: async (signal) => {
      log.push('login')
      await env.clock.sleep(10, signal)
      return issue()
    },
    renew: (held) => {
      log.push('renew')
      return valid.has(held.token)
        ? Promise.resolve(held)
        : Promise.reject(new Fault('AccessDenied', 'no'))
    },
    isAlive: (token) => {
      log.push('look')
      return Promise.resolve(valid.has(token))
    },
  })
  const use = (): Promise<string> =>
    session.use(async (token) => {
      await env.clock.sleep(5)
      if (!valid.has(token)) throw new Fault('AccessDenied', 'no')
      return token
    }, live)
  return { env, session, log, valid, use }
}

describe('a login', () => {
  it('is made once for all who need it at the same time', async () => {
    const w = world()
    const tokens = await w.env.clock.run(() => Promise.all([w.use(), w.use(), w.use()]))
    expect(tokens).toEqual(['t1', 't1', 't1'])
    expect(w.log).toEqual(['login'])
  })

  it('is renewed by the first call after two thirds of its life, not before', async () => {
    const w = world({}, { renewable: true })
    await w.env.clock.run(async () => {
      await w.use()
      await w.env.clock.sleep(39_000)
      await w.use()
      expect(w.log).toEqual(['login'])
      await w.env.clock.sleep(2_000)
      await Promise.all([w.use(), w.use()])
      expect(w.log).toEqual(['login', 'renew'])
      await w.env.clock.sleep(39_000)
      await w.use()
      expect(w.log).toEqual(['login', 'renew'])
    })
  })

  it('is made anew when it cannot be renewed, or its life is over', async () => {
    const w = world({}, { renewable: true })
    await w.env.clock.run(async () => {
      await w.use()
      w.valid.clear()
      await w.env.clock.sleep(45_000)
      expect(await w.use()).toBe('t2')
      expect(w.log).toEqual(['login', 'renew', 'login'])
      await w.env.clock.sleep(3_600_000)
      expect(await w.use()).toBe('t3')
      expect(w.log.slice(3)).toEqual(['login'])
    })
  })

  it('without an end is never made again', async () => {
    const w = world({ lifeMs: 0 })
    await w.env.clock.run(async () => {
      await w.use()
      await w.env.clock.sleep(23 * 3_600_000)
      await w.use()
    })
    expect(w.log).toEqual(['login'])
  })

  it('that was taken back is made anew once, for all who were refused', async () => {
    const w = world()
    await w.env.clock.run(async () => {
      await w.use()
      w.valid.clear()
      expect(new Set(await Promise.all([w.use(), w.use(), w.use()]))).toEqual(new Set(['t2']))
    })
    expect(w.log.filter((what) => what === 'login')).toHaveLength(2)
  })

  it('is kept when the refusal was about the path', async () => {
    const w = world()
    await w.env.clock.run(async () => {
      await w.use()
      for (let i = 0; i < 3; i++) {
        const denied = w.session.use(() => Promise.reject(new Fault('AccessDenied', 'no')), live)
        await expect(denied).rejects.toMatchObject({ reason: 'AccessDenied' })
      }
    })
    expect(w.log).toEqual(['login', 'look', 'look', 'look'])
  })

  it('is not made again and again when new tokens are refused as well', async () => {
    const w = world()
    await w.env.clock.run(async () => {
      await w.session.open(live)
      w.valid.clear()
      for (let i = 0; i < 5; i++) {
        const denied = w.session.use(() => {
          w.valid.clear()
          return Promise.reject(new Fault('AccessDenied', 'no'))
        }, live)
        await expect(denied).rejects.toMatchObject({ reason: 'AccessDenied' })
      }
    })
    expect(w.log.filter((what) => what === 'login')).toHaveLength(2)
  })

  it('is not lost to the others when the one who asked first goes away', async () => {
    const w = world()
    await w.env.clock.run(async () => {
      const stop = new AbortController()
      const first = w.session.open(stop.signal)
      const second = w.use()
      await w.env.clock.sleep(5)
      stop.abort(new Fault('Cancelled', 'enough'))
      await expect(first).rejects.toMatchObject({ reason: 'Cancelled' })
      expect(await second).toBe('t1')
    })
    expect(w.log).toEqual(['login'])
  })

  it('that nobody answers ends by itself', async () => {
    const env = simEnv(1)
    const session = new Session({ env, login: () => new Promise(() => {}) })
    const opening = env.clock.run(() => session.open(live))
    await expect(opening).rejects.toMatchObject({ reason: 'Timeout' })
  })

  it('that fails is tried by the next caller', async () => {
    const env = simEnv(1)
    let fails = 1
    const session = new Session({
      env,
      login: () =>
        fails-- > 0
          ? Promise.reject(new Fault('Unavailable', 'down'))
          : Promise.resolve({ token: 't', lifeMs: 0 }),
    })
    await expect(session.open(live)).rejects.toMatchObject({ reason: 'Unavailable' })
    expect(await session.use((token) => Promise.resolve(token), live)).toBe('t')
  })
})
