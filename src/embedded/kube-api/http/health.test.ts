import { expect, it } from 'vitest'
import type { Exchange } from './exchange.ts'
import { healthAnswer } from './health.ts'

const asked = (query: string): Exchange => ({
  method: 'GET',
  path: '',
  query: new URLSearchParams(query),
  headers: new Map(),
  body: () => Promise.resolve(new Uint8Array()),
  vouched: undefined,
  signal: new AbortController().signal,
})

it.each(['/livez', '/readyz', '/healthz', '/livez/etcd', '/readyz/ping', '/readyz/shutdown'])(
  '%s says that all is well',
  (path) => {
    expect(healthAnswer(asked(''), path)).toEqual({ status: 200, text: 'ok' })
  },
)

it.each(['/livez/nope', '/livez/shutdown', '/constructor', '/livezz', '/'])(
  '%s is nothing that is checked',
  (path) => {
    expect(healthAnswer(asked(''), path)).toBeUndefined()
  },
)

it('names what was checked, what was left out and what cannot be', () => {
  const { text = '' } =
    healthAnswer(asked('verbose&exclude=etcd&exclude=z&exclude=a'), '/livez') ?? {}
  expect(text).toContain('[+]ping ok\n')
  expect(text).toContain('[+]etcd excluded: ok\n')
  expect(text).toContain('warn: some health checks cannot be excluded: no matches for "a","z"\n')
  expect(text.endsWith('livez check passed\n')).toBe(true)
})
