import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { describe as addWords, notActedOn, refused, type Descriptions } from './descriptions.ts'
import { generatedFiles } from './files.ts'
import type { Crd, Schema } from './schema.ts'
import { widen, type Addition } from './shapes.ts'
import { constantName, typescriptFiles } from './typescript.ts'

const text: Schema = { type: 'string' }

function crd(spec: Schema, names: Partial<Crd['names']> = {}): Crd {
  return {
    group: 'external-secrets.io',
    scope: 'Namespaced',
    names: {
      kind: 'ExternalSecret',
      listKind: 'ExternalSecretList',
      plural: 'externalsecrets',
      singular: 'externalsecret',
      ...names,
    },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: {},
        selectableFields: [],
        additionalPrinterColumns: [],
        schema: { type: 'object', properties: { metadata: { type: 'object' }, spec } },
      },
    ],
  }
}

const about = { why: 'a test', kinds: ['ExternalSecret'], version: 'v1' }

test('the same input gives the same files, byte for byte', () => {
  const root = resolve(import.meta.dirname, '../..')
  expect([...generatedFiles(root)]).toEqual([...generatedFiles(root)])
})

test('an addition stands in its place among the fields, and leaves the recorded shape as it was', () => {
  const recorded = crd({ type: 'object', properties: { a: text, c: text } })
  const before = structuredClone(recorded)
  const wide = widen(recorded, [{ ...about, path: 'spec.b', add: text }])
  const spec = wide.versions[0]?.schema.properties?.['spec']
  expect(Object.keys(spec?.properties ?? {})).toEqual(['a', 'b', 'c'])
  expect(recorded).toEqual(before)
})

test.each<[string, Addition, string]>([
  ['a field that is there', { ...about, path: 'spec.a', add: text }, 'spec.a is recorded already'],
  [
    'a value of a field that is not there',
    { ...about, path: 'spec.x', enum: ['y'] },
    'no field spec.x',
  ],
  [
    'a field of a parent that is not there',
    { ...about, path: 'spec.x.y', add: text },
    'no field spec.x',
  ],
  [
    'a version that is not there',
    { ...about, version: 'v2', served: true },
    'ExternalSecret has no v2',
  ],
])('an addition is refused when it adds %s', (_what, addition, message) => {
  expect(() => widen(crd({ type: 'object', properties: { a: text } }), [addition])).toThrow(message)
})

test('words go to the most exact path, and stop where nothing is done', () => {
  const ref = (): Schema => ({
    type: 'object',
    properties: { name: { ...text }, key: { ...text } },
  })
  const properties = { one: ref(), two: ref(), later: ref(), no: ref() }
  const spec: Schema = { type: 'object', properties }
  const words: Descriptions = {
    kind: 'A kind.',
    conditions: [],
    fields: new Map([
      ['spec', 'All of it.'],
      ['spec.one', 'One.'],
      ['spec.two', 'Two.'],
      ['spec.no', 'refused'],
      ['*.two.name', 'Name of two.'],
      ['spec.one.*', 'Of one.'],
      ['*.two.key', 'Key of two.'],
    ]),
  }
  const described = addWords(crd(spec), words).versions[0]?.schema.properties?.['spec']
  const wordsAt = (...path: string[]): string | undefined =>
    path.reduce<Schema | undefined>((at, name) => at?.properties?.[name], described)?.description
  expect(wordsAt('one', 'name')).toBe('Of one.')
  expect(wordsAt('two', 'name')).toBe('Name of two.')
  expect(wordsAt('later')).toBe(notActedOn)
  expect(wordsAt('later', 'name')).toBeUndefined()
  expect(wordsAt('no')).toBe(refused)
})

test('a type is written as people write it', () => {
  const spec: Schema = {
    type: 'object',
    required: ['mode'],
    properties: {
      mode: { type: 'string', enum: ['On', 'Off'], default: 'On', description: 'Whether.' },
      size: { 'x-kubernetes-int-or-string': true },
      labels: { type: 'object', additionalProperties: text, nullable: true },
      modes: { type: 'array', items: { type: 'string', enum: ['On', 'Off'] } },
      free: { type: 'object' },
    },
  }
  const file = typescriptFiles([crd(spec)]).get('external-secret.ts')
  expect(file?.split('export interface ExternalSecretSpec ')[1]?.split('\n}')[0]).toBe(`{
  /** Whether. Default: \`On\`. */
  readonly mode: 'On' | 'Off'
  readonly size?: number | string
  readonly labels?: Readonly<Record<string, string>> | null
  readonly modes?: readonly ('On' | 'Off')[]
  readonly free?: Readonly<Record<string, unknown>>`)
})

test('two shapes never share a name', () => {
  const entry = (field: string): Schema => ({
    type: 'array',
    items: {
      type: 'object',
      properties: { remoteRef: { type: 'object', properties: { [field]: text } } },
    },
  })
  const from: Schema = {
    type: 'array',
    items: { type: 'object', properties: { extract: { type: 'object', properties: { b: text } } } },
  }
  const spec: Schema = { type: 'object', properties: { data: entry('a'), dataFrom: from } }
  expect(() => typescriptFiles([crd(spec)])).toThrow('two shapes want to be called RemoteRef')
  const same: Schema = { type: 'object', properties: { data: entry('b'), dataFrom: from } }
  expect(() => typescriptFiles([crd(same)])).not.toThrow()
})

test.each([
  ['ExternalSecret', 'externalsecrets', 'externalSecrets'],
  ['GitRepository', 'gitrepositories', 'gitRepositories'],
  ['ClusterSecretStore', 'clustersecretstores', 'clusterSecretStores'],
])('%s is exported as its plural', (kind, plural, constant) => {
  expect(constantName(crd({}, { kind, plural }))).toBe(constant)
})
