import { describe, expect, it } from 'vitest'

import { fieldManagerOf, ownerLabelOf, syncedVersionOf, targetNameOf } from './names.ts'

describe('names on a target', () => {
  it('labels a Secret with the hash of its maker, as ESO does', () => {
    expect(ownerLabelOf({ namespace: 'default', name: 'test-es' })).toBe(
      'a8e09351ea392b727f69f63683b28619fbed1174f572e728706a9ea8',
    )
  })

  it('writes under the name of the ExternalSecret, hashed once it is too long for the server', () => {
    expect(fieldManagerOf('app')).toBe('externalsecrets.external-secrets.io/app')
    expect(fieldManagerOf('x'.repeat(27))).toHaveLength(63)
    expect(fieldManagerOf('x'.repeat(28))).toMatch(
      /^externalsecrets\.external-secrets\.io\/sha3\/[0-9a-f]{56}$/,
    )
  })

  it('changes the synced version with generation, labels and annotations only', () => {
    const none = 'f47fe3c0b255b6dd8047cdffa772587bb829efe7a1cb70febeda2eb2'
    expect(syncedVersionOf({ name: 'app', generation: 3 })).toBe(`3-${none}`)
    expect(syncedVersionOf({ name: 'other', generation: 3, resourceVersion: '9' })).toBe(
      `3-${none}`,
    )
    const labelled = syncedVersionOf({ name: 'app', generation: 3, labels: { a: 'b' } })
    expect(labelled).not.toBe(`3-${none}`)
    expect(syncedVersionOf({ name: 'app', generation: 3, annotations: { a: 'b' } })).not.toBe(
      labelled,
    )
  })

  it('names the target after the ExternalSecret when the spec does not', () => {
    const es = {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { name: 'app' },
    }
    expect(targetNameOf(es)).toBe('app')
    expect(targetNameOf({ ...es, spec: { target: { name: 'other' } } })).toBe('other')
  })
})
