import { simEnv } from '#base/env'
import { expect, it } from 'vitest'
import { createKubeApi } from '../kube-api.ts'
import { get, listAt, textAt } from '../object.ts'

const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const annotation = 'api-approved.kubernetes.io'

function definition(group: string, approval: string): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `things.${group}`, annotations: { [annotation]: approval } },
    spec: {
      group,
      scope: 'Cluster',
      names: { plural: 'things', kind: 'Thing' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object' } },
        },
      ],
    },
  }
}

async function approvalAfter(group: string, approval: string): Promise<unknown> {
  const api = createKubeApi({ env: simEnv(1) })
  const send = async (method: string, at: string, body?: object): Promise<unknown> => {
    const request = new Request(`http://any${at}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return (await api.handle(request)).json()
  }
  await send('POST', path, definition(group, approval))
  const made = await send('GET', `${path}/things.${group}`)
  api.close()
  const found = listAt(get(made, 'status'), 'conditions').find(
    (one) => textAt(one, 'type') === 'KubernetesAPIApprovalPolicyConformant',
  )
  return found === undefined
    ? undefined
    : [get(found, 'status'), get(found, 'reason'), get(found, 'message')]
}

it.each([
  [
    'apps.k8s.io',
    'https://github.com/x',
    ['True', 'ApprovedAnnotation', 'approved in https://github.com/x'],
  ],
  [
    'apps.k8s.io',
    'unapproved, legacy',
    ['False', 'UnapprovedAnnotation', 'not approved: "unapproved, legacy"'],
  ],
  ['apps.example.io', 'https://github.com/x', undefined],
])('a definition in %s with the approval %s says so', async (group, approval, said) => {
  expect(await approvalAfter(group, approval)).toEqual(said)
})
