import { describe, expect, test } from 'vitest'
import { realEnv, simEnv } from '#base/env'
import { Fault, type Env } from '#base'
import { memoryMirror, MemoryRepository, type NewFile } from '#embedded/git'
import { render, type Rendered, type RenderRequest } from './index.ts'

const signal = new AbortController().signal

async function rendered(
  files: Record<string, NewFile>,
  extra: Partial<RenderRequest> = {},
  env: Env = simEnv(1),
): Promise<Rendered> {
  const repository = new MemoryRepository()
  const mirror = memoryMirror(repository)
  const commit = repository.commit(files, 'a change')
  await mirror.fetch('refs/heads/main', signal)
  return render(env, { mirror, commit, path: './', ...extra }, signal)
}

const named = ({ objects }: Rendered): readonly string[] =>
  objects.map(
    ({ object, origin }) => `${object.kind}/${object.metadata.name} ${origin.file}:${origin.line}`,
  )

const configMap = (name: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`

describe('plain YAML', () => {
  test('is read folders deep, several documents a file, lists opened, with its place', async () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n- ${configMap('l').replaceAll('\n', '\n  ').trim()}\n`
    const result = await rendered({
      'a.yaml': `# first\n---\n${configMap('a')}---\n---\n${configMap('b')}`,
      'x/y/z.yml': configMap('z'),
      'x/list.yaml': list,
      'notes.txt': 'no',
      'data.json': '{}',
      '.github/workflows/ci.yaml': 'on: push',
    })
    expect(named(result)).toEqual([
      'ConfigMap/a a.yaml:3',
      'ConfigMap/b a.yaml:9',
      'ConfigMap/l x/list.yaml:1',
      'ConfigMap/z x/y/z.yml:1',
    ])
  })

  test('keeps keys and numbers as kustomize reads them', async () => {
    const { objects } = await rendered({
      'a.yaml': `${configMap('a')}data:\n  n: "1"\n  yes: "2"\nmode: 0644\nbig: 12345678901234567890\n__proto__: mine\n`,
    })
    const object = objects[0]?.object
    expect(object?.['data']).toMatchObject({ n: '1', yes: '2' })
    expect(object?.['mode']).toBe(0o644)
    expect(String(object?.['big'])).toBe('12345678901234567890')
    expect(({} as Record<string, unknown>)['mine']).toBeUndefined()
  })

  test('goes to the target namespace with its labels, cluster-scoped kinds apart', async () => {
    const { objects } = await rendered(
      {
        'a.yaml': configMap('a'),
        'n.yaml':
          'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: r\nrules: []\n',
        's.yaml':
          'apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n  creationTimestamp: null\nstringData:\n  a: b\nstatus: {}\n',
      },
      { targetNamespace: 'apps', labels: { owner: 'me' } },
    )
    expect(objects.map(({ object }) => object.metadata)).toEqual([
      { name: 'a', namespace: 'apps', labels: { owner: 'me' } },
      { name: 'r', labels: { owner: 'me' } },
      { name: 's', namespace: 'apps', labels: { owner: 'me' } },
    ])
    expect(objects[2]?.object).toMatchObject({ data: { a: 'Yg==' } })
    expect(Object.keys(objects[2]?.object ?? {})).not.toContain('status')
  })

  test.each([
    ['broken YAML', { 'a.yaml': 'a: [1\nb: }\n' }, 'a.yaml:2: MalformedYAMLError'],
    [
      'equal keys',
      { 'a.yaml': `${configMap('a')}data:\n  k: 1\n  k: 2\n` },
      'a.yaml:7: MalformedYAMLError',
    ],
    [
      'a null key',
      { 'a.yaml': `${configMap('a')}data:\n  null: x\n` },
      'a.yaml:1: a mapping key is null',
    ],
    [
      'bytes that are no text',
      { 'a.yaml': new Uint8Array([0xff, 0xfe, 0x41]) },
      'a.yaml:1: the file is not UTF-8',
    ],
    [
      'no name',
      { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n' },
      'a.yaml:1: missing metadata.name',
    ],
    [
      'labels that are no strings',
      { 'a.yaml': `${configMap('a')}  labels:\n    x: 1\n` },
      'a.yaml:1: metadata.labels: "x" must be a string',
    ],
    ['deep nesting', { 'a.yaml': `a: ${'['.repeat(500)}${']'.repeat(500)}` }, 'a.yaml:1: '],
    [
      'a duplicate made by the target namespace',
      {
        'a.yaml': `${configMap('a')}  namespace: x\n`,
        'b.yaml': `${configMap('a')}  namespace: y\n`,
      },
      'b.yaml:1: may not add ConfigMap "a": it is also in a.yaml:1',
    ],
  ])('is refused as a whole for %s', async (_, files, says) => {
    const failed = rendered(files, { targetNamespace: 't' })
    await expect(failed).rejects.toMatchObject({ reason: 'InvalidManifest' })
    await expect(failed).rejects.toThrow(says)
  })

  test('that is a path which is not there, or a file, is told apart', async () => {
    const files = { 'd/a.yaml': configMap('a') }
    await expect(rendered(files, { path: './nowhere' })).rejects.toMatchObject({
      reason: 'NotFound',
    })
    await expect(rendered(files, { path: 'd/a.yaml' })).rejects.toMatchObject({
      reason: 'InvalidRef',
    })
    expect(named(await rendered(files, { path: '../../../d' }))).toEqual(['ConfigMap/a d/a.yaml:1'])
  })

  test('never follows a link', async () => {
    const result = await rendered({ 'a.yaml': { link: '/etc/hostname' }, 'b.yaml': configMap('b') })
    expect(named(result)).toEqual(['ConfigMap/b b.yaml:1'])
    expect(result.notes).toHaveLength(1)
  })
})

describe('a kustomization', () => {
  const lists = (...resources: string[]): string =>
    `kind: Kustomization\nresources: ${JSON.stringify(resources)}\n`

  test('that only lists is read in process', async () => {
    const result = await rendered(
      {
        'app/kustomization.yaml': lists('a.yaml', '../base'),
        'app/a.yaml': configMap('a'),
        'app/not-listed.yaml': 'broken: [',
        'base/kustomization.yaml': lists('b.yaml'),
        'base/b.yaml': configMap('b'),
      },
      { path: 'app' },
    )
    expect(named(result)).toEqual(['ConfigMap/a app/a.yaml:1', 'ConfigMap/b base/b.yaml:1'])
    expect(result.isDeliberate).toBe(true)
  })

  test('that says more needs the binary, and says so when there is none', async () => {
    const env: Env = { ...simEnv(1), spawn: { ...realEnv().spawn, find: async () => null } }
    const files = {
      'kustomization.yaml': 'namePrefix: x-\nresources: [a.yaml]\n',
      'a.yaml': configMap('a'),
    }
    await expect(rendered(files, {}, env)).rejects.toMatchObject({ reason: 'Unsupported' })
  })

  test.each([
    'https://example.com/base',
    'github.com/org/repo//base',
    'git@example.com:a/b',
    'base?ref=main',
  ])('with a remote base is refused before anything runs: %s', async (base) => {
    const real = realEnv()
    const run = async (): Promise<never> => {
      throw new Error('must not run')
    }
    const env: Env = { ...real, spawn: { ...real.spawn, run, find: async () => '/bin/false' } }
    await expect(rendered({ 'kustomization.yaml': lists(base) }, {}, env)).rejects.toMatchObject({
      reason: 'Forbidden',
    })
  })

  test.each([
    'secretGenerator: [{name: stolen, files: [token=/etc/hostname]}]',
    'SecretGenerator: [{Name: stolen, Files: [token=/etc/hostname]}]',
    'configMapGenerator: [{name: stolen, files: [a=../../../../../../../../etc/hostname]}]',
    'resources: [/etc/hostname]',
  ])('never loads a file of the machine: %s', async (text) => {
    const real = realEnv()
    const file = (await real.spawn.find('kustomize')) ?? '/bin/false'
    const env: Env = { ...real, spawn: { ...real.spawn, find: async () => file } }
    await expect(rendered({ 'kustomization.yaml': text }, {}, env)).rejects.toMatchObject({
      reason: 'InvalidManifest',
      message: expect.stringMatching(/^kustomize build failed: "[^"]+" is not in the repository$/),
    })
  })
})

describe('what is no object is told with file, line and field', () => {
  const cases: readonly (readonly [string, string, string, RegExp])[] = [
    ['a number for metadata', 'metadata: 5', 'a.yaml:2:metadata', /metadata\.name/],
    ['a list for labels', 'metadata: {name: a, labels: [1]}', 'a.yaml:2:metadata.labels', /map/],
    ['a number for a name', 'metadata: {name: 7}', 'a.yaml:2:metadata.name', /metadata\.name/],
    [
      'a list for a namespace',
      'metadata: {name: a, namespace: [x]}',
      'a.yaml:2:metadata.namespace',
      /string/,
    ],
  ]
  test.each(cases)('%s', async (_, text, at, says) => {
    const files = { 'a.yaml': `# first\napiVersion: v1\nkind: ConfigMap\n${text}\n` }
    await expect(rendered(files)).rejects.toMatchObject({
      reason: 'InvalidManifest',
      at,
      message: expect.stringMatching(says) as string,
    })
  })

  test('an item of a list, by its place in it', async () => {
    const list = `apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}, canary]\n`
    await expect(rendered({ 'a.yaml': list })).rejects.toMatchObject({
      at: 'a.yaml:1:items[1]',
      message: 'a.yaml:1: items[1] is no Kubernetes object',
    })
    const inner = `apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a, labels: x}}]\n`
    await expect(rendered({ 'a.yaml': inner })).rejects.toMatchObject({
      at: 'a.yaml:1:items[0].metadata.labels',
    })
  })
})

describe('variables', () => {
  const many = Array.from({ length: 50 }, (_, i) => `${configMap(`c${i}`)}data:\n  k: USES\n`)
  const manifests = (use: string): Record<string, NewFile> => ({
    'a.yaml': many.join('---\n').replaceAll('USES', `'${use}'`),
  })
  const secret = 'CANARY-'.repeat(400)
  const substitution = {
    sources: [{ kind: 'Secret', name: 'vars', data: new Map([['v', secret]]) }],
    inline: {},
  }

  test('are put in by a worker, which can be ended', async () => {
    const asked: string[] = []
    const env = realEnv()
    const compute: Env['compute'] = {
      run: (task, input, options) => {
        asked.push(task.id)
        return env.compute.run(task, input, options)
      },
    }
    const extra = { substitution: { sources: [], inline: { v: 'x' } } }
    const result = await rendered(manifests('${v}'), extra, { ...env, compute })
    expect(result.objects[7]?.object).toMatchObject({ data: { k: 'x' } })
    expect(asked).toEqual(['render/substitute'])
  })

  test('share one budget over all objects, and what goes beyond it is named without its value', async () => {
    const thrown = rendered(manifests('${v%%*q}'.repeat(200)), { substitution }, realEnv())
    await expect(thrown).rejects.toMatchObject({
      reason: 'InvalidManifest',
      message: expect.stringMatching(
        /ConfigMap\.v1\.\[noGrp\]\/c\d+.*all objects take more than 20000000 steps/,
      ) as string,
    })
    await expect(thrown).rejects.not.toThrow('CANARY')
    await expect(
      rendered(manifests('${v%%*q}'), { substitution }, realEnv()),
    ).resolves.toBeDefined()
  })

  test.each([false, true])(
    'that are no text are told where one is asked for (strict: %s)',
    async (strict) => {
      const text = { kind: 'ConfigMap', name: 'first', data: new Map([['x', 'hidden']]) }
      const bytes = { kind: 'Secret', name: 'vars', data: new Map(), textless: ['x'] }
      const asked = (use: string, inline: Record<string, string> = {}): Promise<Rendered> =>
        rendered(
          { 'a.yaml': `${configMap('a')}data:\n  k: ${use}\n` },
          { substitution: { sources: [text, bytes], inline, strict } },
          realEnv(),
        )
      for (const use of ['${x}', '${x:-y}']) {
        await expect(asked(use)).rejects.toThrow('the value of x in Secret/vars is no text')
      }
      const [first] = (await asked('${x}', { x: 'inline' })).objects
      expect(first?.object).toMatchObject({ data: { k: 'inline' } })
      await expect(asked('plain')).resolves.toBeDefined()
    },
  )

  test('that take longer than their time are told so', async () => {
    const compute: Env['compute'] = {
      run: () => Promise.reject(new Fault('Timeout', 'render/substitute took longer')),
    }
    await expect(
      rendered(manifests('${v}'), { substitution }, { ...simEnv(1), compute }),
    ).rejects.toMatchObject({ reason: 'Timeout', at: 'spec.postBuild' })
  })
})
