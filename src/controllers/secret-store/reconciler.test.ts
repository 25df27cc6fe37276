import { describe, expect, it } from 'vitest'

import type { SecretStore } from '#api'
import { Fault } from '#base'
import { simEnv } from '#base/env'
import { OpenFault, type Capabilities, type Validation } from '#provider'
import type { EventNote } from '#runtime'
import { reconcile, type Deps } from './reconciler.ts'

const capabilities: Capabilities = {
  find: true,
  push: true,
  batch: 1,
  versions: false,
  events: false,
  access: 'ReadWrite',
}

function storeOf(spec: object = { provider: { vault: {} } }): SecretStore {
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'SecretStore',
    metadata: { name: 'store', namespace: 'web', uid: 'store-1', generation: 1 },
    spec: spec as NonNullable<SecretStore['spec']>,
  }
}

/** A store in a cache of one, and what was written about it. */
class Scene {
  store: SecretStore | undefined
  readonly statuses: object[] = []
  readonly notes: EventNote[] = []
  readonly deps: Deps<SecretStore>

  constructor(store: SecretStore | undefined, validate: () => Promise<Validation>) {
    this.store = store
    this.deps = {
      env: simEnv(1),
      cache: { get: () => this.store, list: () => [], by: () => [], size: 1 },
      planner: { validate, capabilities: async () => capabilities },
      status: {
        write: async (object, status) => {
          this.statuses.push(status)
          this.store = { ...object, status }
          return this.store
        },
        newest: (object) => object,
        forget: () => {},
      },
      events: { record: (_about, note) => void this.notes.push(note), flush: async () => {} },
      controllerClass: 'default',
      told: new Map(),
    }
  }

  async reconcile(): Promise<unknown> {
    return await reconcile('web/store', this.deps, AbortSignal.any([]))
  }

  get ready(): unknown {
    return this.store?.status?.conditions?.[0]
  }
}

const readyNow = async (): Promise<Validation> => ({ kind: 'ready' })

function failing(fault: Fault): () => Promise<Validation> {
  return () => Promise.reject(fault)
}

describe('a store', () => {
  it('is Ready with its capabilities once it validates, and looked at again in five minutes', async () => {
    const scene = new Scene(storeOf(), readyNow)
    expect(await scene.reconcile()).toEqual({ kind: 'after', ms: 300_000 })
    expect(scene.ready).toMatchObject({
      status: 'True',
      reason: 'Valid',
      message: 'store validated',
    })
    expect(scene.store?.status?.capabilities).toBe('ReadWrite')
    expect(scene.notes.map((note) => note.reason)).toEqual(['Valid'])
  })

  it('tells a transition once', async () => {
    const scene = new Scene(storeOf(), readyNow)
    await scene.reconcile()
    await scene.reconcile()
    expect(scene.notes).toHaveLength(1)
  })

  it('says whether it could not be opened or did not validate', async () => {
    const fault = new Fault('AccessDenied', 'permission denied')
    const unopened = new Scene(storeOf(), failing(new OpenFault(fault)))
    expect(await unopened.reconcile()).toEqual({ kind: 'failed', retry: { kind: 'backoff' } })
    expect(unopened.ready).toMatchObject({ status: 'False', message: 'unable to create client' })
    const invalid = new Scene(storeOf(), failing(fault))
    await invalid.reconcile()
    expect(invalid.ready).toMatchObject({ status: 'False', message: 'unable to validate store' })
    expect(invalid.notes).toEqual([
      { type: 'Warning', reason: 'InvalidProviderConfig', message: 'permission denied' },
    ])
  })

  it('tells a failure again when its cause is another', async () => {
    let cause = 'no route'
    const scene = new Scene(storeOf(), () => Promise.reject(new Fault('Unavailable', cause)))
    await scene.reconcile()
    cause = 'no certificate'
    await scene.reconcile()
    await scene.reconcile()
    expect(scene.notes.map((note) => note.message)).toEqual(['no route', 'no certificate'])
  })

  it('is Ready when the provider cannot tell before it is used', async () => {
    const referent = new Scene(storeOf(), async () => ({ kind: 'unknown' }))
    await referent.reconcile()
    expect(referent.ready).toMatchObject({ status: 'True', reason: 'Valid' })
    const unsure = new Scene(storeOf(), async () => ({ kind: 'unknown', message: 'cannot list' }))
    await unsure.reconcile()
    expect(unsure.ready).toMatchObject({ status: 'True', reason: 'ValidationUnknown' })
    expect(unsure.notes).toEqual([
      { type: 'Warning', reason: 'ValidationUnknown', message: 'cannot list' },
    ])
  })

  it.each([
    ['no provider', { provider: {} }],
    ['two providers', { provider: { vault: {}, fake: {} } }],
    ['an interval that is none', { provider: { vault: {} }, refreshInterval: 'soon' }],
  ])('with %s is told so', async (_name, spec) => {
    const scene = new Scene(storeOf(spec), readyNow)
    await scene.reconcile()
    expect(scene.ready).toMatchObject({ status: 'False', reason: 'InvalidProviderConfig' })
  })

  it('of another class is left alone', async () => {
    const scene = new Scene(storeOf({ provider: { vault: {} }, controller: 'theirs' }), readyNow)
    expect(await scene.reconcile()).toEqual({ kind: 'settled' })
    expect(scene.statuses).toEqual([])
  })

  it('that is gone is forgotten', async () => {
    expect(await new Scene(undefined, readyNow).reconcile()).toEqual({ kind: 'settled' })
  })
})
