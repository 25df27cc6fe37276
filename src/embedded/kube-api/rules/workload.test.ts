import { expect, it } from 'vitest'
import type { Core } from '../core.ts'
import type { Obj } from '../object.ts'
import { daemonRules } from './workload.ts'

const count = 'deprecated.daemonset.template.generation'

function set(container: object): Obj {
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [container] } }
  const metadata = { name: 'd', annotations: { [count]: '1' } }
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec: { template } }
}

it.each([
  ['the same fields in another order', { image: 'a:1', name: 'c' }, '1'],
  ['another image', { name: 'c', image: 'a:2' }, '2'],
])('the templates of a DaemonSet are counted: %s', (_, container, expected) => {
  const next = set(container)
  daemonRules.prepareUpdate?.(next, set({ name: 'c', image: 'a:1' }), {} as Core, '')
  expect(next.metadata.annotations?.[count]).toBe(expected)
})
