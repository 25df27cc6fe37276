import { expect, it } from 'vitest'
import { builtinShape } from '../kinds/shapes.ts'
import { patchedText, touchedByMerge, touchedByOperations } from './quoted.ts'

const shape = builtinShape('core.v1.ConfigMap')
const live = {
  kind: 'ConfigMap',
  apiVersion: 'v1',
  data: { b: '<2>', a: '1' },
  metadata: { uid: 'u', labels: { z: '1', c: '2' }, name: 'n' },
}

it('leaves what a patch has not gone into as Go declares it, and sorts where it has', () => {
  const touched = touchedByMerge(live, { data: { a: 1 } })
  expect(patchedText({ ...live, data: { b: '<2>', a: 1 } }, shape, touched)).toBe(
    '{"apiVersion":"v1","data":{"a":1,"b":"\\u003c2\\u003e"},"kind":"ConfigMap","metadata":{"name":"n","uid":"u","labels":{"c":"2","z":"1"}}}',
  )
})

it('sorts metadata when the patch is about it', () => {
  const touched = touchedByMerge(live, { metadata: { labels: { q: 1 } } })
  expect(patchedText(live, shape, touched)).toContain(
    '"metadata":{"labels":{"c":"2","z":"1"},"name":"n","uid":"u"}',
  )
})

it('goes with the operations of a JSON patch to what stands above their paths', () => {
  const touched = touchedByOperations([{ op: 'add', path: '/metadata/labels/a~1b', value: '1' }])
  expect(patchedText(live, shape, touched)).toContain('"labels":{"c":"2","z":"1"},"name":"n"')
  const other = touchedByOperations([{ op: 'remove', path: '/data' }])
  expect(patchedText(live, shape, other)).toContain('"metadata":{"name":"n","uid":"u"')
})

it('takes keys named like what every object has', () => {
  const odd = JSON.parse('{"__proto__":{"a":"1"},"data":{"constructor":"x"}}') as object
  const touched = touchedByMerge(odd, JSON.parse('{"__proto__":{"a":2}}'))
  expect(patchedText(odd, shape, touched)).toBe(
    '{"__proto__":{"a":"1"},"data":{"constructor":"x"}}',
  )
})
