import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { parse, parseAllDocuments, stringify } from 'yaml'
import { describe, expect, test } from 'vitest'
import { pathsOf, readAdditions, recordedFiles } from '../scripts/generate/shapes.ts'
import type { Schema } from '../scripts/generate/schema.ts'
import { differences, shapeOf, type Difference } from './crds/compare.ts'
import { problems, withDefaults } from './crds/structural.ts'

type Json = Record<string, unknown>

const root = resolve(import.meta.dirname, '..')
const additions = readAdditions(root)
const pairs = recordedFiles.map((file) => {
  const recorded = JSON.parse(text(`test/conformance/crds/${file}`)) as Json
  const manifest = parse(text(`crds/${file.replace('.json', '.yaml')}`)) as Json
  return { kind: String((recorded['names'] as Json)['kind']), recorded, manifest }
})

function text(path: string): string {
  return readFileSync(`${root}/${path}`, 'utf8')
}

describe.each(pairs)('the CRD of $kind', ({ kind, recorded, manifest }) => {
  const found = differences(withOlderVersions(kind, recorded), shapeOf(manifest))

  test('differs from the recorded shape only where additions.yaml says so', () => {
    const unexplained = found.filter((each) => whyDiffers(kind, each) === undefined)
    expect(unexplained).toEqual([])
  })

  test('holds every addition that names it', () => {
    const named = additions.filter(({ kinds, like }) => kinds.includes(kind) && like === undefined)
    const seen = new Set(found.map((each) => whyDiffers(kind, each)))
    expect(named.filter((addition) => !seen.has(addition))).toEqual([])
  })

  test('accepts whatever the recorded one accepts', () => {
    expect(found.filter((difference) => !isWider(difference))).toEqual([])
  })

  test('says nothing of metadata but its type, or the API server would refuse it', () => {
    const versions = (manifest['spec'] as Json)['versions'] as { schema: Json }[]
    for (const { schema } of versions) {
      const { properties } = schema['openAPIV3Schema'] as Schema
      expect(properties?.['metadata']).toEqual({ type: 'object' })
    }
  })

  test('has a description on every field down to the first that is not acted on', () => {
    const versions = (manifest['spec'] as Json)['versions'] as { schema: Json }[]
    for (const { schema } of versions) {
      const spec = (schema['openAPIV3Schema'] as Schema).properties?.['spec']
      const silent = Object.entries(spec?.properties ?? {}).filter(
        ([, field]) => (field.description ?? '') === '',
      )
      expect(silent).toEqual([])
    }
  })
})

/** With the versions that additions.yaml serves in the shape of a recorded one, stored as that. */
function withOlderVersions(kind: string, recorded: Json): Json {
  const versions = recorded['versions'] as readonly Json[]
  const older = additions.flatMap(({ kinds, version, like, warning }) =>
    like === undefined || !kinds.includes(kind)
      ? []
      : versions
          .filter(({ name }) => name === like)
          .map((model) => ({
            ...model,
            name: version,
            storage: false,
            deprecated: true,
            deprecationWarning: warning,
          })),
  )
  return { ...recorded, versions: [...versions, ...older] }
}

/** The addition that explains a difference. */
function whyDiffers(kind: string, difference: Difference): (typeof additions)[number] | undefined {
  return additions.find((addition) => {
    if (!addition.kinds.includes(kind) || addition.version !== difference.version) return false
    if (addition.served !== undefined) return difference.at === 'served'
    if (addition.column !== undefined) {
      return difference.at === `printer column ${addition.column.name}`
    }
    return pathsOf(addition).some((path) =>
      difference.at.startsWith(addition.add ? `${path} field` : path),
    )
  })
}

/** Whether a difference cannot make a recorded object invalid or change it. */
function isWider({ at, recorded, ours }: Difference): boolean {
  if (at === 'served') return recorded === false && ours === true
  if (at.startsWith('printer column') || at.endsWith(' field')) {
    return recorded === undefined && isOptional(ours)
  }
  if (at.endsWith(' enum')) {
    return (recorded as unknown[]).every((value) => (ours as unknown[]).includes(value))
  }
  if (at.endsWith(' nullable')) return recorded === undefined && ours === true
  if (at.endsWith(' x-kubernetes-int-or-string')) return recorded === undefined && ours === true
  return at.endsWith(' type') && recorded === 'integer' && ours === undefined
}

function isOptional(schema: unknown): boolean {
  return (schema as Schema).default === undefined
}

test('that v1beta1 is served is a known difference', () => {
  const known = JSON.parse(text('test/conformance/known-differences.json')) as Record<string, Json>
  expect(known['external-secret']).toHaveProperty('crd-v1beta1-not-served')
})

describe('the comparison', () => {
  test.each(pairs)('sees a change of any single value in $kind', ({ recorded }) => {
    let planted = 0
    for (const path of leaves(recorded)) {
      const changed = structuredClone(recorded)
      change(changed, path)
      if (differences(recorded, changed).length === 0) {
        expect.fail(`a change at ${path.join(' / ')} was not seen`)
      }
      planted += 1
    }
    expect(planted).toBeGreaterThan(15) // UUID, which has no field at all, has 16
  })

  test('sees a field that is missing and one that is too many', () => {
    const { recorded } = pairs[0]!
    const changed = structuredClone(recorded)
    const spec = (changed['versions'] as { schema: Schema }[])[0]!.schema.properties!['spec']!
    spec.properties = { ...spec.properties, extra: { type: 'string' } }
    delete spec.properties['target']
    expect(differences(recorded, changed).map(({ at }) => at)).toEqual([
      'spec.target field',
      'spec.extra field',
    ])
  })
})

/** Paths of plain values; of a big schema, an even share, so that the test stays quick. */
function leaves(value: unknown): string[][] {
  const all: string[][] = []
  const visit = (inner: unknown, path: string[]): void => {
    if (typeof inner !== 'object' || inner === null) all.push(path)
    else for (const [key, child] of Object.entries(inner)) visit(child, [...path, key])
  }
  visit(value, [])
  const step = Math.ceil(all.length / 120)
  return all.filter((_path, index) => index % step === 0)
}

function change(root: Json, path: readonly string[]): void {
  let parent = root
  for (const key of path.slice(0, -1)) parent = parent[key] as Json
  const last = path.at(-1)!
  const value = parent[last]
  parent[last] = typeof value === 'boolean' ? !value : `${String(value)}x`
}

describe('what is generated', () => {
  const run = (...flags: string[]): { status: number | null; stderr: string } =>
    spawnSync(process.execPath, [`${root}/scripts/generate.ts`, ...flags], { encoding: 'utf8' })

  test('is fresh', () => {
    const { status, stderr } = run('--check')
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })

  test('is named when it is stale, missing or left over, and made good again', () => {
    const copy = mkdtempSync(`${tmpdir()}/lockstep-generate-`)
    try {
      for (const folder of ['crds', 'src/api/generated', 'test/conformance/crds']) {
        cpSync(`${root}/${folder}`, `${copy}/${folder}`, { recursive: true })
      }
      writeFileSync(`${copy}/crds/REFERENCE.md`, 'edited by hand')
      rmSync(`${copy}/src/api/generated/shared.ts`)
      writeFileSync(`${copy}/crds/old.example.com_things.yaml`, '')

      const { status, stderr } = run('--check', '--root', copy)
      expect(status).toBe(1)
      expect(stderr.split('\n')).toEqual([
        'stale: src/api/generated/shared.ts',
        'stale: crds/REFERENCE.md',
        'no longer generated: crds/old.example.com_things.yaml',
        'hint: run `npm run generate`',
        '',
      ])
      expect(run('--root', copy).status).toBe(0)
      expect(run('--check', '--root', copy).status).toBe(0)
    } finally {
      rmSync(copy, { recursive: true })
    }
  })

  test('refuses a sentence about a field that does not exist', () => {
    const copy = mkdtempSync(`${tmpdir()}/lockstep-generate-`)
    try {
      for (const folder of ['crds', 'src/api/generated', 'test/conformance/crds']) {
        cpSync(`${root}/${folder}`, `${copy}/${folder}`, { recursive: true })
      }
      const file = `${copy}/crds/descriptions/kustomization.yaml`
      writeFileSync(file, readFileSync(file, 'utf8').replace('spec.prune:', 'spec.prunes:'))
      const { status, stderr } = run('--check', '--root', copy)
      expect(status).toBe(1)
      expect(stderr).toContain('Kustomization has no field spec.prunes')
    } finally {
      rmSync(copy, { recursive: true })
    }
  })
})

const examples = readdirSync(`${root}/crds/examples`).map((file) => {
  const object = parse(text(`crds/examples/${file}`)) as Json
  return { file, object, schema: schemaFor(object) }
})

function schemaFor(object: Json): Schema {
  for (const { kind, manifest } of pairs) {
    if (object['kind'] !== kind) continue
    const spec = manifest['spec'] as { group: string; versions: { name: string; schema: Json }[] }
    const version = spec.versions.find(
      ({ name }) => object['apiVersion'] === `${spec.group}/${name}`,
    )
    if (version !== undefined) return version.schema['openAPIV3Schema'] as Schema
  }
  throw new Error(`no kind for ${String(object['apiVersion'])} ${String(object['kind'])}`)
}

describe('the examples', () => {
  test.each(pairs)('show $kind at least twice', ({ kind }) => {
    expect(examples.filter(({ object }) => object['kind'] === kind).length).toBeGreaterThan(1)
  })

  test.each(examples)('$file is accepted, with the same defaults as ever', async (example) => {
    const stored = withDefaults(example.schema, example.object)
    expect(problems(example.schema, stored)).toEqual([])
    await expect(stringify(stored, { singleQuote: true })).toMatchFileSnapshot(
      `crds/with-defaults/${example.file}`,
    )
  })

  test.each(examples)('$file is refused once a field is misspelt', ({ object, schema }) => {
    const wrong = { ...object, spec: { ...(object['spec'] as Json), inteval: '1m' } }
    expect(problems(schema, withDefaults(schema, wrong))).toEqual(['spec.inteval: unknown field'])
  })
})

interface Refusal {
  readonly at: string
  readonly message: string
}

const cases = readdirSync(`${root}/test/conformance/external-secret`)
  .filter((name) => name.startsWith('crd-') && !name.endsWith('.json'))
  .map((name) => {
    const folder = `test/conformance/external-secret/${name}`
    const [header, ...given] = parseAllDocuments(text(`${folder}/given.yaml`)).map(
      (document) => document.toJS() as Json,
    )
    const then = JSON.parse(text(`${folder}/then.json`)) as { stages: { refused?: Refusal[] }[] }
    return { name, title: String(header?.['title']), given, refused: then.stages[0]?.refused ?? [] }
  })
  // Kinds that are not served yet have recorded cases as well.
  .filter(({ given }) => given.every((object) => pairs.some(({ kind }) => kind === object['kind'])))

describe('what the peer recorded as refused', () => {
  test('was found', () => {
    expect(cases.length).toBeGreaterThan(8)
  })

  const known = JSON.parse(text('test/conformance/known-differences.json')) as Record<string, Json>
  const isKnown = (name: string): boolean => Object.hasOwn(known['external-secret'] ?? {}, name)

  test.each(cases.filter(({ name }) => !isKnown(name)))(
    'is refused here, at the same field: $title',
    ({ given, refused }) => {
      const ours = given.map((object) => {
        const schema = schemaFor(object)
        return problems(schema, withDefaults(schema, object)).map((line) => line.split(': ')[0])
      })
      for (const { at, message } of refused) {
        const path =
          /unknown field "([^"]+)"/.exec(message)?.[1] ?? /is invalid: ([^:]+):/.exec(message)?.[1]
        const problem = ours[Number(at.replace('given ', '')) - 1]
        // A map where a list belongs: the peer calls its keys unknown before it looks at types.
        expect(
          problem?.some((found) => path === found || path?.startsWith(`${found}.`)),
          message,
        ).toBe(true)
      }
      const accepted = ours.filter((found) => found.length === 0).length
      expect(accepted).toBe(given.length - refused.length)
    },
  )

  test('is accepted here only where that is a known difference', () => {
    for (const { given } of cases.filter(({ name }) => isKnown(name))) {
      for (const object of given) expect(problems(schemaFor(object), object)).toEqual([])
    }
  })
})

describe('the schemas refuse', () => {
  const refused: readonly [string, string, (spec: Json) => Json, string][] = [
    [
      'a key that a Secret cannot hold',
      'externalsecret-one-key.yaml',
      (spec) => ({ ...spec, data: [{ secretKey: 'a/b', remoteRef: { key: 'x' } }] }),
      'spec.data[0].secretKey: does not match ^[-._a-zA-Z0-9]+$',
    ],
    [
      'an entry without a remote key',
      'externalsecret-one-key.yaml',
      (spec) => ({ ...spec, data: [{ secretKey: 'a', remoteRef: {} }] }),
      'spec.data[0].remoteRef.key: is required',
    ],
    [
      'two backends in one store',
      'secretstore-fake.yaml',
      () => ({ provider: { fake: { data: [] }, kubernetes: {} } }),
      'spec.provider: too many fields',
    ],
    [
      'a store without a backend',
      'secretstore-fake.yaml',
      () => ({ provider: {} }),
      'spec.provider: too few fields',
    ],
    [
      'an address that is no URL',
      'gitrepository-branch.yaml',
      (spec) => ({ ...spec, url: 'git@example.com:x' }),
      'spec.url: does not match ^(http|https|ssh)://.*$',
    ],
    [
      'a service account without a provider that uses it',
      'gitrepository-branch.yaml',
      (spec) => ({ ...spec, serviceAccountName: 'x' }),
      "spec: serviceAccountName can only be set when provider is 'azure' or 'aws'",
    ],
    [
      'both kinds of kubeconfig',
      'kustomization-app.yaml',
      (spec) => ({
        ...spec,
        kubeConfig: { configMapRef: { name: 'a' }, secretRef: { name: 'b' } },
      }),
      'spec.kubeConfig: exactly one of spec.kubeConfig.configMapRef or spec.kubeConfig.secretRef must be specified',
    ],
    ['no sealed values', 'sealedsecret-strict.yaml', () => ({}), 'spec.encryptedData: is required'],
  ]

  test.each(refused)('%s', (_what, file, edit, problem) => {
    const { object, schema } = examples.find((example) => example.file === file)!
    const edited = { ...object, spec: edit(object['spec'] as Json) }
    expect(problems(schema, withDefaults(schema, edited))).toContain(problem)
  })
})
