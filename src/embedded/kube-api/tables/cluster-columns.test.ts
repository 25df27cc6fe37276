import { expect, it } from 'vitest'
import type { Obj } from '../object.ts'
import { clusterColumns } from './cluster-columns.ts'

function row(bucket: string, object: object): Record<string, unknown> {
  const columns = clusterColumns[bucket] ?? []
  return Object.fromEntries(columns.map(({ name, cell }) => [name, cell(object as Obj, 0)]))
}

it('shows how a node is, and what it is for', () => {
  const metadata = {
    name: 'n',
    labels: { 'node-role.kubernetes.io/worker': '', 'node-role.kubernetes.io/db': '' },
  }
  const status = {
    conditions: [{ type: 'Ready', status: 'False' }],
    addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
    nodeInfo: { kernelVersion: '6.1', architecture: 'amd64' },
  }
  expect(row('nodes', { metadata, spec: { unschedulable: true }, status })).toMatchObject({
    Status: 'NotReady,SchedulingDisabled',
    Roles: 'db,worker',
    'Internal-IP': '10.0.0.1',
    'External-IP': '<none>',
    'Kernel-Version': '6.1 (amd64)',
    'OS-Image': '<unknown>',
  })
  expect(row('nodes', { metadata: {} })).toMatchObject({ Status: 'Unknown', Roles: '<none>' })
})

it('shows limits of a quota apart from the rest', () => {
  const status = { hard: { pods: '10', 'limits.cpu': '2', cpu: '1' }, used: { cpu: '500m' } }
  expect(row('resourcequotas', { metadata: {}, status })).toMatchObject({
    Request: 'cpu: 500m/1, pods: 0/10',
    Limit: 'limits.cpu: 0/2',
  })
})

it('shows three endpoints, and how many more there are', () => {
  const addresses = ['1', '2', '3', '4'].map((last) => ({ ip: `10.0.0.${last}` }))
  const subsets = [{ addresses, ports: [{ port: 80 }] }, { addresses: [{ ip: '::1' }] }]
  expect(row('endpoints', { metadata: {}, subsets })).toMatchObject({
    Endpoints: '10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 2 more...',
  })
  expect(row('endpoints', { metadata: {} })).toMatchObject({ Endpoints: '<none>' })
})

it.each([
  [[], '', 'Pending'],
  [['Approved'], '', 'Approved'],
  [['Approved'], 'eA==', 'Approved,Issued'],
  [['Approved', 'Denied', 'Failed'], '', 'Denied,Failed'],
])('shows a request with the conditions %j as decided', (types, certificate, shown) => {
  const status = { certificate, conditions: types.map((type) => ({ type })) }
  const request = { metadata: {}, spec: { expirationSeconds: 3600 }, status }
  expect(row('certificatesigningrequests.certificates.k8s.io', request)).toMatchObject({
    Condition: shown,
    SignerName: '<none>',
    RequestedDuration: '60m',
  })
})
