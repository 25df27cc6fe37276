import { simEnv } from '#base/env'
import { expect, it } from 'vitest'
import { createKubeApi } from './kube-api.ts'

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null)
    for (const one of Object.values(value)) frozen(one)
  return Object.freeze(value)
}

it('a definition that is given stays as it was given', async () => {
  const given = frozen({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.given.test', labels: { a: 'b' } },
    spec: {
      group: 'given.test',
      scope: 'Cluster',
      names: { plural: 'things', kind: 'Thing' },
      conversion: {
        strategy: 'Webhook',
        webhook: {
          conversionReviewVersions: ['v1'],
          clientConfig: { service: { namespace: 'a', name: 'b' } },
        },
      },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          deprecated: false,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: { spec: { type: 'string', nullable: false } },
            },
          },
        },
      ],
    },
    status: { storedVersions: [] },
  })
  const api = createKubeApi({ env: simEnv(1), crds: [given] })
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.given.test'
  const made = await (await api.handle(new Request(`http://any${path}`))).json()
  expect(made).toMatchObject({
    spec: {
      names: { singular: 'thing', listKind: 'ThingList' },
      conversion: { webhook: { clientConfig: { service: { port: 443 } } } },
    },
    status: { storedVersions: ['v1'] },
  })
  expect(JSON.stringify(made)).not.toContain('false')
  api.close()
})
