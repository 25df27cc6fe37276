import { describe, expect, it } from 'vitest'
import type { SealedSecret } from '#api'
import type { SecretMetadata } from '#runtime'
import { secretWakes, sealedWakes, whyUnseal } from './decide.ts'

const annotation = (name: string) => ({ [`sealedsecrets.bitnami.com/${name}`]: 'true' })

function sealedSecret(
  change: object = {},
  status: 'True' | 'False' | 'none' = 'True',
): SealedSecret {
  return {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { name: 'db', namespace: 'team', uid: 'ours', generation: 3, ...change },
    spec: {
      encryptedData: { a: 'x' },
      template: { metadata: { labels: { app: 'db' }, annotations: { note: 'x' } } },
    },
    ...(status === 'none'
      ? {}
      : { status: { observedGeneration: 3, conditions: [{ type: 'Synced', status }] } }),
  }
}

function secret(change: object = {}, foreignDataManagers = false): SecretMetadata {
  const owner = { apiVersion: 'x', kind: 'SealedSecret', name: 'db', uid: 'ours', controller: true }
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'db',
      namespace: 'team',
      labels: { app: 'db', seen: 'by others' },
      annotations: { note: 'x' },
      ownerReferences: [owner],
      ...change,
    },
    foreignDataManagers,
  }
}

const foreign = { ownerReferences: [] }

describe('nothing is opened', () => {
  it('when the generation was synced, the Secret is ours and nobody else wrote data', () => {
    expect(whyUnseal({ sealed: sealedSecret(), secret: secret() })).toBeUndefined()
  })
})

describe('it is opened', () => {
  it.each([
    ['never looked at', sealedSecret({}, 'none'), secret(), 'not synced', false],
    ['failed the last time', sealedSecret({}, 'False'), secret(), 'not synced', false],
    ['of another generation', sealedSecret({ generation: 4 }), secret(), 'changed', false],
    ['without its Secret', sealedSecret(), undefined, 'missing', false],
    ['beside a Secret without owner', sealedSecret(), secret(foreign), 'no owner', false],
    ['made anew under its name', sealedSecret({ uid: 'new' }), secret(), 'no owner', false],
    ['whose Secret others wrote', sealedSecret(), secret({}, true), 'others wrote data', true],
    ['whose label was changed', sealedSecret(), secret({ labels: { app: 'x' } }), 'labels', true],
    ['whose annotation is gone', sealedSecret(), secret({ annotations: {} }), 'annotations', true],
  ] as const)('when it was %s', (_name, sealed, secret, reason, isDrift) => {
    const why = whyUnseal({ sealed, secret })
    expect(why?.reason).toContain(reason)
    expect(why?.isDrift).toBe(isDrift)
  })
})

describe('a change of the SealedSecret', () => {
  it.each([
    ['of its spec wakes it', { generation: 4 }, true],
    ['of its scope wakes it', { annotations: annotation('cluster-wide') }, true],
    ['into another object of the name wakes it', { uid: 'new' }, true],
    ['of its labels does not', { labels: { a: 'b' } }, false],
    ['of its status does not', { resourceVersion: '9' }, false],
  ])('%s', (_name, change, wakes) => {
    expect(sealedWakes(sealedSecret(), sealedSecret(change))).toBe(wakes)
  })
})

describe('a change of the Secret wakes its SealedSecret', () => {
  const stuck = sealedSecret({}, 'False')
  it.each([
    ['when it was ours and is deleted', sealedSecret(), 'deleted', secret(), undefined, true],
    [
      'when it was managed and is deleted',
      sealedSecret(),
      'deleted',
      secret({ ...foreign, annotations: annotation('managed') }),
      undefined,
      true,
    ],
    [
      'not when it was only patched and is deleted',
      sealedSecret(),
      'deleted',
      secret({ ...foreign, annotations: annotation('patch') }),
      undefined,
      false,
    ],
    ['when it stood in the way and is deleted', stuck, 'deleted', secret(foreign), undefined, true],
    ['when it was tampered with', sealedSecret(), 'present', secret(), secret({}, true), true],
    ['when its owner was taken away', sealedSecret(), 'present', secret(), secret(foreign), true],
    [
      'when it stood in the way and is handed over',
      stuck,
      'present',
      secret(foreign),
      secret({ ...foreign, annotations: annotation('managed') }),
      true,
    ],
    ['not when we wrote it', sealedSecret(), 'present', undefined, secret(), false],
    [
      'not when others add a label',
      sealedSecret(),
      'present',
      secret(),
      secret({ labels: { app: 'db', more: 'x' } }),
      false,
    ],
    [
      'not when it is foreign and patched',
      sealedSecret(),
      'present',
      secret(foreign),
      secret(foreign),
      false,
    ],
  ] as const)('%s', (_name, sealed, kind, before, now, wakes) => {
    const change =
      kind === 'deleted'
        ? { kind, before }
        : { kind, now, ...(before === undefined ? {} : { before }) }
    expect(secretWakes(sealed, change)).toBe(wakes)
  })
})
