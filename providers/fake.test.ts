import { simEnv, type SimEnv } from '#base/env'
import { at, field, stringOf, textOf } from '#base'
import {
  createPlanner,
  type ClusterReader,
  type Entry,
  type EntryOutcome,
  type ReadPlanner,
  type StoreView,
} from '#provider'
import { fake } from './fake.ts'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
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

/** A recorded case: `given.yaml` and the first stage of `then.json`. */
interface Recorded {
  readonly stores: ReadonlyMap<string, unknown>
  readonly spec: unknown
  /** Data of the one target Secret; undefined: none came to be. */
  readonly data: Readonly<Record<string, string>> | undefined
}

const corpus = `${import.meta.dirname}/../test/conformance/external-secret`

function recorded(name: string): Recorded {
  const given = parseAllDocuments(readFileSync(`${corpus}/${name}/given.yaml`, 'utf8'))
  const documents = given.map((document) => document.toJS({ maxAliasCount: 0 }) as unknown)
  const stores = documents.filter((each) => String(field(each, 'kind')).endsWith('SecretStore'))
  const then: unknown = JSON.parse(readFileSync(`${corpus}/${name}/then.json`, 'utf8'))
  const [secret] = Object.values(at(then, 'stages', 0, 'secrets') ?? {}) as unknown[]
  return {
    stores: new Map(
      stores.map((each) => [
        String(at(each, 'metadata', 'name')),
        at(each, 'spec', 'provider', 'fake'),
      ]),
    ),
    spec: field(
      documents.find((each) => field(each, 'kind') === 'ExternalSecret'),
      'spec',
    ),
    data: secret === undefined ? undefined : (field(secret, 'data') as Record<string, string>),
  }
}

/** What the values of an ExternalSecret are, as far as the provider decides it. */
async function gathered(given: Recorded, plan: ReadPlanner): Promise<Record<string, string>> {
  const data: Record<string, string> = {}
  const storeOf = (entry: unknown): StoreView => {
    const named = at(entry, 'sourceRef', 'storeRef', 'name')
    const name = String(named ?? at(given.spec, 'secretStoreRef', 'name'))
    return { ...store(given.stores.get(name)), name, uid: name }
  }
  const read = async (entry: unknown, ref: unknown): Promise<Entry> => {
    const version = stringOf(field(ref, 'version'))
    const wanted = { key: String(field(ref, 'key')), ...(version === undefined ? {} : { version }) }
    const [outcome] = await plan.read(storeOf(entry), 'apps', [wanted], live)
    if (outcome?.kind === 'entry') return outcome.entry
    throw outcome?.kind === 'failed' ? outcome.fault : new Error('Secret does not exist')
  }
  for (const entry of (field(given.spec, 'dataFrom') ?? []) as unknown[]) {
    const extract = field(entry, 'extract')
    const regexp = stringOf(at(entry, 'find', 'name', 'regexp'))
    const map =
      extract === undefined
        ? await plan.find(
            storeOf(entry),
            'apps',
            regexp === undefined ? { tags: {} } : { nameRegexp: regexp },
            live,
          )
        : (await read(entry, extract)).map(stringOf(field(extract, 'property')))
    if (map === null) throw new Error('Secret does not exist')
    for (const [key, bytes] of map) data[key] = textOf(bytes)
  }
  for (const entry of (field(given.spec, 'data') ?? []) as unknown[]) {
    const ref = field(entry, 'remoteRef')
    const bytes = (await read(entry, ref)).value(stringOf(field(ref, 'property')))
    if (bytes === null) throw new Error('Secret does not exist')
    data[String(field(entry, 'secretKey'))] = textOf(bytes)
  }
  return data
}

describe('recorded truth', () => {
  const cases = readdirSync(corpus).filter((name) => /^(data|extract|find)-/.test(name))

  it('was seen', () => {
    expect(cases.length).toBeGreaterThanOrEqual(29)
  })

  it.each(cases)('%s', async (name) => {
    const env = simEnv(1)
    const given = recorded(name)
    const result = env.clock.run(() => gathered(given, planner(env)))
    if (given.data !== undefined) expect(await result).toEqual(given.data)
    // Without a Secret there was nothing to put in, or a failure.
    else expect(await result.catch(() => ({}))).toEqual({})
  })
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

  it('says what Go says of a value that is no object: it is no secret here', async () => {
    const env = simEnv(1)
    const data = [{ key: 'text', value: 'plain text' }]
    const [outcome] = await env.clock.run(() =>
      planner(env).read(store({ data }), 'apps', [{ key: 'text' }], live),
    )
    if (outcome?.kind !== 'entry') throw new Error('no entry')
    expect(() => outcome.entry.map()).toThrow(
      "unable to unmarshal secret: invalid character 'p' looking for beginning of value",
    )
  })

  it('quotes the expression that does not compile, as Go does', async () => {
    const env = simEnv(1)
    const found = env.clock.run(() =>
      planner(env).find(store({ data: [] }), 'apps', { nameRegexp: 'a(b' }, live),
    )
    await expect(found).rejects.toThrow(
      'could not compile find.name.regexp [a(b]: error parsing regexp: missing closing ): `a(b`',
    )
  })

  it('is usable, unknown or not usable as its validationResult says', async () => {
    const env = simEnv(1)
    const validate = async (validationResult: number): Promise<unknown> => {
      const view = { ...store({ data: [], validationResult }), uid: `u${validationResult}` }
      return await env.clock.run(() => planner(env).validate(view, live))
    }
    expect(await validate(0)).toEqual({ kind: 'ready' })
    expect(await validate(1)).toEqual({ kind: 'unknown', message: 'unable to validate' })
    await expect(validate(2)).rejects.toThrow('unable to validate')
  })

  it('gives an older manifest’s valueMap as the map', async () => {
    const env = simEnv(1)
    const data = [{ key: 'm', valueMap: { a: '1', b: '2' } }]
    const [outcome] = await env.clock.run(() =>
      planner(env).read(store({ data }), 'apps', [{ key: 'm' }], live),
    )
    if (outcome?.kind !== 'entry') throw new Error('no entry')
    expect([...(outcome.entry.map()?.keys() ?? [])]).toEqual(['a', 'b'])
  })

  it('refuses what is no list of entries', async () => {
    const env = simEnv(1)
    for (const config of [undefined, {}, { data: {} }, { data: [{}] }, { data: [null] }]) {
      const validated = env.clock.run(() => planner(env).validate(store(config), live))
      await expect(validated).rejects.toMatchObject({ reason: 'InvalidSpec' })
    }
  })
})
