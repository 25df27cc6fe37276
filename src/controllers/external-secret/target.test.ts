import { describe, expect, it } from 'vitest'

import type { ExternalSecret, ManagedFields, Secret } from '#api'
import { base64, utf8 } from '#base'
import { dataHash } from '#go'
import { createdByLabel, dataHashAnnotation, fieldManagerOf, managedLabel } from './names.ts'
import { policyOf } from './policy.ts'
import { StepFailed } from './step.ts'
import { targetSecret, type Overlay } from './target.ts'

const es: ExternalSecret = {
  apiVersion: 'external-secrets.io/v1',
  kind: 'ExternalSecret',
  metadata: { name: 'app', namespace: 'web', uid: 'es-1' },
}

function asking(target: NonNullable<ExternalSecret['spec']>['target']): ExternalSecret {
  return { ...es, spec: target === undefined ? {} : { target } }
}

function overlay(data: Readonly<Record<string, string>>, more: Partial<Overlay> = {}): Overlay {
  return {
    type: undefined,
    data: new Map(Object.entries(data).map(([key, value]) => [key, utf8(value)])),
    labels: new Map(),
    annotations: new Map(),
    finalizers: [],
    ...more,
  }
}

function secret(data: Readonly<Record<string, string>>, metadata: object = {}): Secret {
  const encoded = Object.entries(data).map(([key, value]) => [key, base64(utf8(value))])
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { name: 'app', namespace: 'web', uid: 's-1', resourceVersion: '5', ...metadata },
    data: Object.fromEntries(encoded) as Record<string, string>,
  }
}

function build(object: ExternalSecret, wanted: Overlay, existing?: Secret): Secret {
  return targetSecret(object, policyOf(object), wanted, existing) as Secret
}

function stepOf(work: () => unknown): string {
  try {
    work()
  } catch (thrown) {
    if (thrown instanceof StepFailed) return `${thrown.step}: ${thrown.fault.message}`
    throw thrown
  }
  return 'nothing thrown'
}

function ownedFields(fields: object): ManagedFields {
  return {
    manager: fieldManagerOf('app'),
    operation: 'Update',
    apiVersion: 'v1',
    fieldsType: 'FieldsV1',
    fieldsV1: fields as Record<string, unknown>,
  }
}

const foreignOwner = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  name: 'web',
  uid: 'd-1',
  controller: true,
}

describe('targetSecret', () => {
  it('makes a new Secret with owner, labels and hash', () => {
    const made = build(es, overlay({ a: '1' }))
    expect(made.type).toBe('Opaque')
    expect({ ...made.data }).toEqual({ a: base64(utf8('1')) })
    expect(made.metadata.labels?.[managedLabel]).toBe('true')
    expect(made.metadata.labels?.[createdByLabel]).toHaveLength(56)
    expect(made.metadata.annotations?.[dataHashAnnotation]).toBe(
      dataHash(new Map([['a', utf8('1')]])),
    )
    expect(made.metadata.ownerReferences).toEqual([
      {
        apiVersion: 'external-secrets.io/v1',
        kind: 'ExternalSecret',
        name: 'app',
        uid: 'es-1',
        controller: true,
        blockOwnerDeletion: true,
      },
    ])
  })

  it('adopts a Secret that nobody owns: data replaced, foreign metadata and type kept', () => {
    const existing = {
      ...secret({ old: 'x' }, { labels: { team: 'red' }, annotations: { note: 'keep' } }),
      type: 'example.com/own',
    }
    const made = build(es, overlay({ a: '1' }), existing)
    expect(Object.keys(made.data ?? {})).toEqual(['a'])
    expect(made.type).toBe('example.com/own')
    expect(made.metadata.labels?.['team']).toBe('red')
    expect(made.metadata.annotations?.['note']).toBe('keep')
    expect(made.metadata.resourceVersion).toBe('5')
  })

  it('keeps the keys of others under Merge, and drops its own that are no longer wanted', () => {
    const existing = secret(
      { old: 'x', mine: 'y' },
      { managedFields: [ownedFields({ 'f:data': { '.': {}, 'f:mine': {} } })] },
    )
    const made = build(asking({ creationPolicy: 'Merge' }), overlay({ a: '1' }), existing)
    expect(Object.keys(made.data ?? {}).sort()).toEqual(['a', 'old'])
    expect(made.metadata.ownerReferences ?? []).toEqual([])
    expect(made.metadata.labels?.[createdByLabel]).toBeUndefined()
  })

  it('drops labels it once copied and no longer has', () => {
    const existing = secret(
      { a: '1' },
      {
        labels: { tier: 'gold', theirs: '1' },
        managedFields: [ownedFields({ 'f:metadata': { 'f:labels': { 'f:tier': {} } } })],
      },
    )
    const { labels } = build(es, overlay({ a: '1' }), existing).metadata
    expect(labels?.['tier']).toBeUndefined()
    expect(labels?.['theirs']).toBe('1')
  })

  it('gives ownership up when the policy is no longer Owner', () => {
    const owned = build(es, overlay({ a: '1' }))
    const made = build(asking({ creationPolicy: 'Orphan' }), overlay({ a: '1' }), owned)
    expect(made.metadata.ownerReferences).toEqual([])
    expect(made.metadata.labels?.[createdByLabel]).toBeUndefined()
  })

  it('renews the owner reference of an ExternalSecret that was made anew', () => {
    const owned = build({ ...es, metadata: { ...es.metadata, uid: 'es-0' } }, overlay({ a: '1' }))
    const made = build(es, overlay({ a: '1' }), owned)
    expect(made.metadata.ownerReferences?.map((owner) => owner.uid)).toEqual(['es-1'])
  })

  it('leaves the target of another ExternalSecret alone', () => {
    const theirs = build({ ...es, metadata: { ...es.metadata, name: 'first' } }, overlay({}))
    expect(stepOf(() => build(es, overlay({ a: '1' }), theirs))).toBe(
      'owned: unable to mutate secret app: secret is owned by another ExternalSecret: first',
    )
  })

  it('does not take over what another controller owns', () => {
    const theirs = secret({}, { ownerReferences: [foreignOwner] })
    expect(stepOf(() => build(es, overlay({ a: '1' }), theirs))).toMatch(
      /^own: unable to mutate secret app: could not set controller reference on secret: Object web\/app is already owned by another Deployment controller web$/,
    )
  })

  it('keeps the data of an existing Secret when it is to be immutable', () => {
    const made = build(asking({ immutable: true }), overlay({ a: 'new' }), secret({ a: 'old' }))
    expect({ ...made.data }).toEqual({ a: base64(utf8('old')) })
    expect(made.immutable).toBe(true)
  })

  it('takes __proto__ as an ordinary key', () => {
    const made = build(es, overlay({}, { data: new Map([['__proto__', utf8('x')]]) }))
    expect(JSON.stringify(made.data)).toBe(`{"__proto__":"${base64(utf8('x'))}"}`)
  })

  it.each([['kubernetes.io/service-account-token'], ['bootstrap.kubernetes.io/token']])(
    'refuses a target of type %s',
    (type) => {
      expect(stepOf(() => build(es, overlay({ a: '1' }, { type })))).toBe(
        `write: a target of type ${type} is not allowed`,
      )
    },
  )

  it('refuses the sealing-key label, also when it was rendered', () => {
    const labels = new Map([['sealedsecrets.bitnami.com/sealed-secrets-key', 'active']])
    expect(stepOf(() => build(es, overlay({ a: '1' }, { labels })))).toMatch(/^write: .*label/)
  })

  it('never writes into a Secret that is a credential of the cluster', () => {
    const token = { ...secret({ token: 't' }), type: 'kubernetes.io/service-account-token' }
    expect(stepOf(() => build(es, overlay({ a: '1' }), token))).toMatch(/^write: /)
  })
})
