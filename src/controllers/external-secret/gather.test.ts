import { describe, expect, it } from 'vitest'

import type { ExternalSecret } from '#api'
import { Fault, faultOf, textOf, utf8, type Outcome } from '#base'
import type { Entry, EntryOutcome, EntryRef, StoreView } from '#provider'
import type { Generator } from '#provider'
import { gather, type Gathered } from './gather.ts'
import type { DeletionPolicy } from './policy.ts'

const view: StoreView = {
  kind: 'SecretStore',
  name: 'store',
  namespace: 'web',
  uid: 'store-1',
  generation: 1,
  providerName: 'fake',
  config: {},
}

function entryOf(value: string, properties: Readonly<Record<string, string>> = {}): EntryOutcome {
  const entry: Entry = {
    value: (property) => {
      if (property === undefined) return utf8(value)
      const text = properties[property]
      return text === undefined ? null : utf8(text)
    },
    map: () => new Map(Object.entries(properties).map(([key, text]) => [key, utf8(text)])),
  }
  return { kind: 'entry', entry }
}

/** What was asked, and of which store. */
interface Asked {
  readonly store: string
  readonly refs: readonly EntryRef[]
}

async function gathered(
  spec: NonNullable<ExternalSecret['spec']>,
  answers: Readonly<Record<string, EntryOutcome>>,
  options: {
    readonly deletion?: DeletionPolicy
    readonly asked?: Asked[]
    readonly generators?: readonly Outcome<Generator>[]
    readonly made?: string[]
  } = {},
): Promise<Gathered> {
  const es: ExternalSecret = {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: 'app', namespace: 'web' },
    spec: { secretStoreRef: { name: 'store' }, ...spec },
  }
  return await gather(
    es,
    options.deletion ?? 'Retain',
    {
      planner: {
        read: async (store, _namespace, refs) => {
          options.asked?.push({ store: store.name, refs })
          return refs.map((ref) => answers[ref.key] ?? { kind: 'absent' })
        },
        find: async () => new Map([['/a/b', utf8('found')]]),
      },
      openStore: async ({ name }) => {
        if (name === 'closed') throw new Fault('StoreNotReady', 'SecretStore "closed" is not ready')
        return { ...view, name }
      },
      transform: (template, key) => template + key,
      generators: { at: (index) => options.generators?.[index] as Outcome<Generator> },
      generate: async (generator) => {
        options.made?.push(generator.kind)
        if (generator.kind === 'UUID') throw new Fault('InvalidSpec', 'not this time')
        return new Map([['password', utf8('made')]])
      },
    },
    AbortSignal.any([]),
  )
}

function texts({ values }: Gathered): Record<string, string> {
  return Object.fromEntries([...values].map(([key, value]) => [key, textOf(value)]))
}

async function failure(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => 'nothing thrown',
    (thrown: unknown) => faultOf(thrown).message,
  )
}

const one = { secretKey: 'a', remoteRef: { key: 'k' } }

describe('gather', () => {
  it('lets data win over dataFrom, and later entries over earlier ones', async () => {
    const spec = {
      dataFrom: [{ extract: { key: 'one' } }, { extract: { key: 'two' } }],
      data: [one],
    }
    const answers = {
      one: entryOf('', { a: '1', b: '1', c: '1' }),
      two: entryOf('', { b: '2' }),
      k: entryOf('data'),
    }
    expect(texts(await gathered(spec, answers))).toEqual({ a: 'data', b: '2', c: '1' })
  })

  it('asks a store for each entry once, however often it is drawn from', async () => {
    const asked: Asked[] = []
    const spec = {
      data: [
        { secretKey: 'a', remoteRef: { key: 'k', property: 'x' } },
        { secretKey: 'b', remoteRef: { key: 'k', property: 'y' } },
        { secretKey: 'c', remoteRef: { key: 'k', version: '2' } },
      ],
    }
    const answers = { k: entryOf('v', { x: '1', y: '2' }) }
    expect(texts(await gathered(spec, answers, { asked }))).toEqual({ a: '1', b: '2', c: 'v' })
    expect(asked).toEqual([{ store: 'store', refs: [{ key: 'k' }, { key: 'k', version: '2' }] }])
  })

  it('fails as a whole, naming the entry, when one value cannot be read', async () => {
    const fault = new Fault('AccessDenied', 'permission denied')
    const answers = { k: entryOf('v'), l: { kind: 'failed' as const, fault } }
    const spec = { data: [one, { secretKey: 'b', remoteRef: { key: 'l' } }] }
    for (const deletion of ['Retain', 'Delete', 'Merge'] as const) {
      expect(await failure(gathered(spec, answers, { deletion }))).toBe(
        'error processing spec.data[1] (key: l), err: permission denied',
      )
    }
  })

  it('takes absence for a failure under Retain, and tells of it under Delete and Merge', async () => {
    const spec = { data: [one], dataFrom: [{ extract: { key: 'gone' } }] }
    expect(await failure(gathered(spec, {}))).toBe(
      'error processing spec.dataFrom[0].extract, err: Secret does not exist',
    )
    const result = await gathered(spec, { k: entryOf('v') }, { deletion: 'Delete' })
    expect(texts(result)).toEqual({ a: 'v' })
    expect(result.missing.map((note) => note.message)).toEqual([
      'secret does not exist at provider using spec.dataFrom[0]',
    ])
  })

  it("never takes a refusal in the peer's own words for absence", async () => {
    const answers = { k: { kind: 'absent' as const, message: 'secrets "k" not found' } }
    expect(await failure(gathered({ data: [one] }, answers, { deletion: 'Delete' }))).toBe(
      'error processing spec.data[0] (key: k), err: secrets "k" not found',
    )
  })

  it('reads from the store that an entry names', async () => {
    const asked: Asked[] = []
    const spec = { data: [{ ...one, sourceRef: { storeRef: { name: 'other' } } }] }
    await gathered(spec, { k: entryOf('v') }, { asked })
    expect(asked.map(({ store }) => store)).toEqual(['other'])
  })

  it('says which store it waits for', async () => {
    const spec = { secretStoreRef: { name: 'closed' }, data: [one] }
    expect(await failure(gathered(spec, {}))).toBe(
      'error processing spec.data[0] (key: k), err: SecretStore "closed" is not ready',
    )
  })

  it('says when no store is named at all', async () => {
    expect(await failure(gathered({ secretStoreRef: {}, data: [one] }, {}))).toContain(
      'no store is named',
    )
  })

  it('converts found names, but leaves them to a rewrite where there is one', async () => {
    const find = { name: { regexp: '.' } }
    expect(texts(await gathered({ dataFrom: [{ find }] }, {}))).toEqual({ _a_b: 'found' })
    const rewrite = [{ regexp: { source: '/', target: '.' } }]
    expect(texts(await gathered({ dataFrom: [{ find, rewrite }] }, {}))).toEqual({
      '.a.b': 'found',
    })
  })

  it('refuses a key that no Secret can have', async () => {
    const rewrite = [{ regexp: { source: 'zzz', target: '' } }]
    const spec = { dataFrom: [{ extract: { key: 'k' }, rewrite }] }
    expect(await failure(gathered(spec, { k: entryOf('', { 'a/b': '1' }) }))).toBe(
      "error processing spec.dataFrom[0].extract, err: invalid secret keys (TIP: use rewrite or conversionStrategy to change keys): key has invalid character /, only alphanumeric, '-', '.' and '_' are allowed: a/b",
    )
    const long = await failure(gathered(spec, { k: entryOf('', { ['x'.repeat(300)]: '1' }) }))
    expect(long).toContain('key has length 300 but max is 253')
  })

  it('quotes no value when one does not decode', async () => {
    const spec = {
      data: [{ secretKey: 'a', remoteRef: { key: 'k', decodingStrategy: 'Base64' as const } }],
    }
    const message = await failure(gathered(spec, { k: entryOf('hunter2!') }))
    expect(message).toBe(
      'error processing spec.data[0] (key: k), err: error applying decoding strategy Base64 to data: illegal base64 data at input byte 7',
    )
  })

  it('refuses a null byte where it is told to', async () => {
    const ref = { key: 'k', nullBytePolicy: 'Fail' as const }
    const spec = { data: [{ secretKey: 'a', remoteRef: ref }] }
    expect(await failure(gathered(spec, { k: entryOf('a\0b') }))).toContain('null byte')
  })

  describe('with a generator', () => {
    const drawn = { sourceRef: { generatorRef: { kind: 'Password' as const, name: 'p' } } }
    const password: Outcome<Generator> = { kind: 'done', value: { kind: 'Password', spec: {} } }
    const uuid: Outcome<Generator> = { kind: 'done', value: { kind: 'UUID' } }

    it('takes what it makes, under the keys that the rewrite gives them', async () => {
      const rewrite = [{ regexp: { source: '^', target: 'db.' } }]
      const spec = { dataFrom: [{ ...drawn, rewrite }], data: [one] }
      const found = await gathered(spec, { k: entryOf('v') }, { generators: [password] })
      expect(texts(found)).toEqual({ 'db.password': 'made', a: 'v' })
      expect(found.sources[0]).toEqual({
        from: 'spec.dataFrom[0]',
        keys: ['db.password'],
        store: { kind: 'Password', name: 'p' },
        isMade: true,
      })
    })

    it('needs no store, and none is asked', async () => {
      const asked: Asked[] = []
      const spec = { secretStoreRef: {}, dataFrom: [drawn] }
      expect(texts(await gathered(spec, {}, { asked, generators: [password] }))).toEqual({
        password: 'made',
      })
      expect(asked).toEqual([])
    })

    it('makes nothing once an earlier entry has failed', async () => {
      const made: string[] = []
      const spec = { dataFrom: [{ extract: { key: 'gone' } }, drawn] }
      const options = { made, generators: [password, password] }
      expect(await failure(gathered(spec, {}, options))).toContain('Secret does not exist')
      expect(made).toEqual([])
    })

    it('names the entry whose generator is missing or refuses, absence or not', async () => {
      const gone: Outcome<Generator> = { kind: 'failed', fault: new Fault('InvalidRef', 'no p') }
      for (const deletion of ['Retain', 'Delete', 'Merge'] as const) {
        const spec = { dataFrom: [drawn] }
        const missing = gathered(spec, {}, { deletion, generators: [gone] })
        expect(await failure(missing)).toBe(
          'error processing spec.dataFrom[0].sourceRef.generatorRef, err: no p',
        )
        const refusing = gathered(spec, {}, { deletion, generators: [uuid] })
        expect(await failure(refusing)).toBe(
          'error processing spec.dataFrom[0].sourceRef.generatorRef, err: error using generator: not this time',
        )
      }
    })

    it('refuses a key that no Secret can have', async () => {
      const rewrite = [{ regexp: { source: 'password', target: 'a b' } }]
      const spec = { dataFrom: [{ ...drawn, rewrite }] }
      expect(await failure(gathered(spec, {}, { generators: [password] }))).toContain(
        'generatorRef, err: invalid secret keys (TIP',
      )
    })

    it('reads the store where an entry has both, as the peer does', async () => {
      const spec = { dataFrom: [{ ...drawn, extract: { key: 'k' } }] }
      const answers = { k: entryOf('', { x: '1' }) }
      expect(texts(await gathered(spec, answers, { generators: [password] }))).toEqual({ x: '1' })
    })
  })

  it('is content with an object that asks for nothing', async () => {
    expect(texts(await gathered({}, {}))).toEqual({})
  })
})
