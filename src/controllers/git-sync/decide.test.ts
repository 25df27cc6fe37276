import { describe, expect, it } from 'vitest'
import type { Kustomization, ObjectKey } from '#api'
import type { Cache } from '#runtime'
import { namespaceOr, whyNotAllowed, whyNotReady } from './decide.ts'

type Spec = NonNullable<Kustomization['spec']>

const sync = (name: string, spec: Partial<Spec> = {}): Kustomization => ({
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  metadata: { namespace: 'apps', name, generation: 1 },
  spec: {
    interval: '10m',
    prune: true,
    sourceRef: { kind: 'GitRepository', name: 'src' },
    ...spec,
  },
})

const of = (...all: readonly Kustomization[]): Cache<Kustomization> => {
  const get = ({ namespace, name }: ObjectKey): Kustomization | undefined =>
    all.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name)
  return { get } as unknown as Cache<Kustomization>
}

const rules = { requireServiceAccount: false, allowCrossNamespace: false }

describe('a reference with an empty namespace', () => {
  const toSource = (namespace: string): Partial<Spec> => ({
    sourceRef: { kind: 'GitRepository', name: 'src', namespace },
  })

  it('is one into the own namespace', () => {
    expect(namespaceOr('', 'apps')).toBe('apps')
    expect(namespaceOr(undefined, 'apps')).toBe('apps')
    expect(namespaceOr('other', 'apps')).toBe('other')
  })

  it('is allowed, unlike one elsewhere', () => {
    const dependsOn = [{ name: 'base', namespace: '' }]
    expect(whyNotAllowed(sync('app', { ...toSource(''), dependsOn }), rules)).toBeUndefined()
    expect(whyNotAllowed(sync('app', toSource('other')), rules)?.reason).toBe('Forbidden')
    const foreign = sync('app', { dependsOn: [{ name: 'base', namespace: 'other' }] })
    expect(whyNotAllowed(foreign, rules)?.at).toBe('spec.dependsOn')
  })

  it('finds the dependency, which must have come as far when its source is the same', () => {
    const app = sync('app', { ...toSource(''), dependsOn: [{ name: 'base', namespace: '' }] })
    const ready = { type: 'Ready', status: 'True', reason: 'x', message: '' } as const
    const base = (lastAppliedRevision: string): Kustomization => ({
      ...sync('base'),
      status: {
        observedGeneration: 1,
        conditions: [ready],
        lastAppliedRevision,
        lastAttemptedRevision: 'new',
      },
    })
    expect(whyNotReady(app, of())?.message).toContain("'apps/base' not found")
    expect(whyNotReady(app, of(base('new')))).toBeUndefined()
    expect(whyNotReady(app, of(base('old')))?.message).toContain("'apps/base' is not ready")
  })
})
