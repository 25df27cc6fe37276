/** What fits a number's place in a kind of the server itself. Words as Go's decoder has them. */
import { BigNumber, utf8 } from '#base'
import { expect, it } from 'vitest'
import { badRequest } from '../errors.ts'
import { decodeJson } from '../http/body.ts'
import { misfit } from '../managed/typed.ts'
import { builtinShape } from './shapes.ts'
import { readTyped } from './strict.ts'

const deployment = builtinShape('apps.v1.Deployment')
const service = builtinShape('core.v1.ServicePort')
const meta = builtinShape('meta.v1.ObjectMeta')

function read(text: string, shape = deployment, name = 'Deployment'): unknown {
  return readTyped(decodeJson(utf8(text), badRequest).value, shape, [], name)
}

const replicas = (text: string): string => `{"spec":{"replicas":${text}}}`
const where = 'into Go struct field DeploymentSpec.spec.replicas of type int32'

it.each([
  ['{"digits":1}', 'object'],
  ['{"digits":"1"}', 'object'],
  ['3000000000', 'number 3000000000'],
  ['-2147483649', 'number -2147483649'],
  ['9007199254740993', 'number 9007199254740993'],
  ['1.5', 'number 1.5'],
])('replicas are no %s', (text, found) => {
  expect(() => read(replicas(text))).toThrow(`json: cannot unmarshal ${found} ${where}`)
})

it.each(['2147483647', '-2147483648', '0', '3'])('replicas may be %s', (text) => {
  expect(JSON.stringify(read(replicas(text)))).toContain(`"replicas":${text}`)
})

it('a field of 64 bits takes what fits in them, and no more', () => {
  const most = read('{"generation":9223372036854775807}', meta, 'ObjectMeta')
  expect(most).toMatchObject({ generation: new BigNumber('9223372036854775807') })
  expect(() => read('{"generation":9223372036854775808}', meta, 'ObjectMeta')).toThrow(
    'json: cannot unmarshal number 9223372036854775808 into Go struct field ObjectMeta.generation of type int64',
  )
})

it('a number in the place of a text is not shown', () => {
  for (const number of ['1', '1.5', '9007199254740993']) {
    expect(() => read(`{"name":${number}}`, meta, 'ObjectMeta')).toThrow(
      'json: cannot unmarshal number into Go struct field ObjectMeta.name of type string',
    )
  }
})

it('a port by number has 32 bits too', () => {
  expect(() => read('{"port":1,"targetPort":3000000000}', service, 'ServicePort')).toThrow(
    'json: cannot unmarshal number 3000000000 into Go value of type int32',
  )
})

it('apply takes a large number for one, and a map with digits for a map', () => {
  expect(misfit({ spec: { replicas: new BigNumber('9007199254740993') } }, deployment)).toBe(
    undefined,
  )
  expect(misfit({ spec: { replicas: { digits: 1 } } }, deployment)).toBe(
    '.spec.replicas: expected numeric (int or float), got map[string]interface {}',
  )
})
