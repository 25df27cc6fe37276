import { simEnv, type SimEnv } from '#base/env'
import { textOf } from '#base'
import {
  createPlanner,
  type ClusterReader,
  type EntryOutcome,
  type ReadPlanner,
  type StoreView,
} from '#provider'
import { fake } from './fake.ts'
import { describe, expect, it } from 'vitest'
import { describeProvider } from '../test/provider-contract.ts'

const live = new AbortController().signal

const never = (): never => {
  throw new Error('the fake provider reads nothing of the cluster')
}
const nothing: ClusterReader = { secretKey: never, secret: never, configMap: never, token: never }

function planner(env: SimEnv): ReadPlanner {
  return createPlanner({
    env,
    loaders: { fake: () => Promise.resolve(fake) },
    clusterReader: () => nothing,
  })
}

function store(config: unknown): StoreView {
  return {
    kind: 'SecretStore',
    name: 'store',
    namespace: 'apps',
    uid: 'u1',
    generation: 1,
    providerName: 'fake',
    config,
  }
}

function textIn(outcome: EntryOutcome | undefined, property?: string): string | null {
  if (outcome?.kind !== 'entry') throw new Error(`no entry but ${outcome?.kind ?? 'nothing'}`)
  const bytes = outcome.entry.value(property)
  return bytes === null ? null : textOf(bytes)
}

describeProvider(fake, {
  missingProperty: 'null',
  secondVersion: '2',
  binary: false,
  start: (_env, entries) =>
    Promise.resolve({
      config: {
        data: entries.map(({ key, properties, version }) => ({
          key,
          value: JSON.stringify(properties),
          ...(version === undefined ? {} : { version }),
        })),
      },
      cluster: nothing,
    }),
})

describe('the fake provider', () => {
  it('reads a value by key and version, and says absent for anything else', async () => {
    const env = simEnv(1)
    const plan = planner(env)
    const data = [
      { key: 'k', value: 'plain' },
      { key: 'k', value: 'two', version: 'v2' },
    ]
    const refs = [
      { key: 'k' },
      { key: 'k', version: 'v2' },
      { key: 'k', version: 'v3' },
      { key: 'x' },
    ]
    const outcomes = await env.clock.run(() => plan.read(store({ data }), 'apps', refs, live))
    expect(textIn(outcomes[0])).toBe('plain')
    expect(textIn(outcomes[1])).toBe('two')
    expect(outcomes.slice(2).map(({ kind }) => kind)).toEqual(['absent', 'absent'])
  })
})
