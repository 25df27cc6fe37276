import { describe, expect, it } from 'vitest'

import type { ClusterSecretStore, ExternalSecret, Namespace, StoreCondition } from '#api'
import { faultOf } from '#base'
import { goString, GoRegexp } from '#go'
import {
  assertAdmitted,
  assertReady,
  isOfClass,
  referencesOf,
  selects,
  storesOf,
} from './stores.ts'

const store: ClusterSecretStore = {
  apiVersion: 'external-secrets.io/v1',
  kind: 'ClusterSecretStore',
  metadata: { name: 'shared' },
  spec: { provider: {} },
}

const web: Namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'prod-web', labels: { team: 'red' } },
}

async function admission(conditions: readonly StoreCondition[]): Promise<string> {
  const conditioned = { ...store, spec: { provider: {}, conditions } }
  const admitted = assertAdmitted(conditioned, {
    namespace: 'prod-web',
    object: async () => web,
    matches: (source, text) => new GoRegexp(goString(source)).matches(goString(text)),
  })
  return await admitted.then(
    () => 'admitted',
    (thrown: unknown) => faultOf(thrown).message,
  )
}

const denied =
  'using cluster store "shared" is not allowed from namespace "prod-web": denied by spec.condition'

describe('what a store refers to', () => {
  const auth = {
    tokenSecretRef: { name: 'token', namespace: 'vault', key: 't' },
    other: [{ secretRef: { name: 'own' } }],
    __proto__: { name: 'never' },
  }

  it('is found wherever it stands, by namespace and name', () => {
    const spec = { provider: { vault: { server: 'https://vault', auth } } } as never
    expect(referencesOf({ ...store, spec })).toEqual(['vault/token', '*/own'])
    const namespaced = {
      ...store,
      kind: 'SecretStore',
      spec,
      metadata: { name: 's', namespace: 'web' },
    }
    expect(referencesOf(namespaced as never)).toEqual(['web/token', 'web/own'])
  })

  it('is nothing where there is no provider', () => {
    expect(referencesOf(store)).toEqual([])
  })
})

describe('conditions of a ClusterSecretStore', () => {
  it.each<readonly [string, readonly StoreCondition[], string]>([
    ['admit everybody when there are none', [], 'admitted'],
    ['admit by name', [{ namespaces: ['prod-web'] }], 'admitted'],
    ['deny other names', [{ namespaces: ['other'] }], denied],
    ['admit by expression', [{ namespaceRegexes: ['^prod-'] }], 'admitted'],
    ['match an expression anywhere', [{ namespaceRegexes: ['web'] }], 'admitted'],
    ['deny what no expression matches', [{ namespaceRegexes: ['^dev-'] }], denied],
    ['admit by label', [{ namespaceSelector: { matchLabels: { team: 'red' } } }], 'admitted'],
    ['deny by label', [{ namespaceSelector: { matchLabels: { team: 'blue' } } }], denied],
    [
      'admit when any of several does',
      [{ namespaces: ['x'] }, { namespaces: ['prod-web'] }],
      'admitted',
    ],
    ['admit nobody when one is empty', [{}], denied],
  ])('%s', async (_name, conditions, outcome) => {
    expect(await admission(conditions)).toBe(outcome)
  })
})

describe('selects', () => {
  const labels = { env: 'prod', tier: 'gold' }

  it.each([
    ['In', ['prod', 'dev'], true],
    ['In', ['dev'], false],
    ['NotIn', ['dev'], true],
    ['NotIn', ['prod'], false],
    ['Exists', [], true],
    ['DoesNotExist', [], false],
  ])('understands %s %j', (operator, values, isSelected) => {
    expect(selects({ matchExpressions: [{ key: 'env', operator, values }] }, labels)).toBe(
      isSelected,
    )
  })

  it('refuses an operator it does not know', () => {
    const selector = { matchExpressions: [{ key: 'env', operator: 'Near' }] }
    expect(() => selects(selector, labels)).toThrow('"Near" is not a valid label selector operator')
  })

  it('finds no label that is only inherited', () => {
    expect(selects({ matchExpressions: [{ key: 'toString', operator: 'Exists' }] }, {})).toBe(false)
  })
})

describe('a store', () => {
  it('is waited for until its own condition is Ready', () => {
    expect(() => assertReady(store, 0)).toThrow('ClusterSecretStore "shared" is not ready')
    const ready = { type: 'Ready', status: 'True' as const }
    expect(() => assertReady({ ...store, status: { conditions: [ready] } }, 0)).not.toThrow()
  })

  it('belongs to every operator without a class, and to one class with it', () => {
    expect(isOfClass(store, 'default')).toBe(true)
    const theirs = { ...store, spec: { provider: {}, controller: 'theirs' } }
    expect(isOfClass(theirs, 'default')).toBe(false)
    expect(isOfClass(theirs, 'theirs')).toBe(true)
  })

  it('is listed once for an object that names it several times', () => {
    const es: ExternalSecret = {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { name: 'app', namespace: 'web' },
      spec: {
        secretStoreRef: { name: 'one' },
        data: [
          { secretKey: 'a', remoteRef: { key: 'k' } },
          { secretKey: 'b', remoteRef: { key: 'k' }, sourceRef: { storeRef: { name: 'one' } } },
        ],
        dataFrom: [
          {
            extract: { key: 'k' },
            sourceRef: { storeRef: { name: 'two', kind: 'ClusterSecretStore' } },
          },
        ],
      },
    }
    expect(storesOf(es)).toEqual([
      { kind: 'SecretStore', namespace: 'web', name: 'one' },
      { kind: 'ClusterSecretStore', name: 'two' },
    ])
  })
})
