import { describe, expect, it } from 'vitest'

import type { ExternalSecret, GeneratorRef, KubeObject, ObjectKey, Resource } from '#api'
import { Fault } from '#base'
import type { Client } from '#kube'
import type { Generator } from '#provider'
import { drawsOneValue, generatorTexts, isGenerated, readGenerators } from './generators.ts'

const { signal } = new AbortController()

function drawing(...refs: readonly object[]): ExternalSecret {
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: 'app', namespace: 'web' },
    spec: { dataFrom: refs.map((ref) => ({ sourceRef: { generatorRef: ref as GeneratorRef } })) },
  }
}

/** A server that has these objects, by kind and key. */
function serverWith(objects: Readonly<Record<string, object | Fault>>): Pick<Client, 'get'> {
  return {
    get: async <T extends KubeObject>(
      { kind }: Resource<T>,
      { namespace = '', name }: ObjectKey,
    ): Promise<T | null> => {
      const found = objects[`${kind} ${namespace}/${name}`]
      if (found instanceof Fault) throw found
      return found === undefined ? null : (found as T)
    },
  }
}

async function read(
  es: ExternalSecret,
  objects: Readonly<Record<string, object | Fault>> = {},
  clusterWide = true,
): Promise<{ readonly areOurs: boolean; readonly found: Generator | Fault }> {
  const deps = { client: serverWith(objects), controllerClass: 'mine', clusterWide }
  const { areOurs, at } = await readGenerators(es, deps, signal)
  const outcome = at(0)
  return { areOurs, found: outcome.kind === 'done' ? outcome.value : outcome.fault }
}

async function refusal(
  ref: object,
  objects: Readonly<Record<string, object | Fault>> = {},
  clusterWide = true,
): Promise<string> {
  const { found } = await read(drawing(ref), objects, clusterWide)
  return found instanceof Fault ? found.message : 'was found'
}

describe('a reference to a generator', () => {
  it('finds the one of its own namespace', async () => {
    const objects = { 'Password web/p': { spec: { length: 7 } }, 'Password other/p': {} }
    const ref = {
      apiVersion: 'generators.external-secrets.io/v1alpha1',
      kind: 'Password',
      name: 'p',
    }
    expect((await read(drawing(ref), objects)).found).toEqual({
      kind: 'Password',
      spec: { length: 7 },
    })
  })

  it('takes a generator without a spec for one that says nothing', async () => {
    const ref = { kind: 'SSHKey', name: 'k' }
    const { found } = await read(drawing(ref), { 'SSHKey web/k': {} })
    expect(found).toEqual({ kind: 'SSHKey', spec: {} })
  })

  it('finds what a ClusterGenerator stands for', async () => {
    const generator = { fakeSpec: { data: { a: '1' } } }
    const objects = { 'ClusterGenerator /g': { spec: { kind: 'Fake', generator } } }
    const { found } = await read(drawing({ kind: 'ClusterGenerator', name: 'g' }), objects)
    expect(found).toEqual({ kind: 'Fake', spec: { data: { a: '1' } } })
  })

  it.each<[string, object, string]>([
    [
      'that is not there',
      { kind: 'UUID', name: 'x' },
      'UUID.generators.external-secrets.io "x" not found',
    ],
    [
      'of another group',
      { apiVersion: 'apps/v1', kind: 'Fake', name: 'x' },
      'terminal error: generatorRef may only reference the generators group, but got apps',
    ],
    [
      'of no group',
      { apiVersion: 'v1', kind: 'Fake', name: 'x' },
      'terminal error: generatorRef may only reference the generators group, but got ',
    ],
    [
      'of another version',
      { apiVersion: 'generators.external-secrets.io/v2', kind: 'Fake', name: 'x' },
      'terminal error: generatorRef references unknown GVK generators.external-secrets.io/v2, Kind=Fake',
    ],
    [
      'of what is no group and version',
      { apiVersion: 'a/b/c', kind: 'Fake', name: 'x' },
      'terminal error: generatorRef has invalid APIVersion: unexpected GroupVersion string: a/b/c',
    ],
    [
      'that is not built',
      { kind: 'Webhook', name: 'x' },
      'generators of kind Webhook are not built into Lockstep yet',
    ],
    [
      'named like what every object has',
      { kind: 'constructor', name: 'x' },
      'generators of kind constructor are not built into Lockstep yet',
    ],
  ])('is refused for one %s', async (_name, ref, text) => {
    expect(await refusal(ref)).toBe(`unable to get generator: ${text}`)
  })

  it('says what keeps the server from giving it', async () => {
    const denied = new Fault('AccessDenied', 'get Fake web/x: forbidden')
    const unknown = new Fault('NotFound', 'get Fake web/x: the server does not serve this kind')
    const ref = { kind: 'Fake', name: 'x' }
    expect(await refusal(ref, { 'Fake web/x': denied })).toBe(
      'unable to get generator: get Fake web/x: forbidden',
    )
    expect(await refusal(ref, { 'Fake web/x': unknown })).toBe(
      'unable to get generator: no matches for kind "Fake" in version "generators.external-secrets.io/v1alpha1"',
    )
  })

  it('says of a ClusterGenerator what is wrong with it', async () => {
    const ref = { kind: 'ClusterGenerator', name: 'g' }
    const of = (kind: string, generator: object): Record<string, object> => ({
      'ClusterGenerator /g': { spec: { kind, generator } },
    })
    expect(await refusal(ref, of('SSHKey', { fakeSpec: {} }))).toBe(
      'unable to get generator: terminal error: invalid ClusterGenerator: when kind is SSHKey, SSHKeySpec must be set',
    )
    expect(await refusal(ref, of('Grafana', { grafanaSpec: {} }))).toContain('kind Grafana are not')
    expect(await refusal(ref, of('Fake', { fakeSpec: {} }), false)).toContain(
      'ClusterGenerators are not used where Lockstep looks after one namespace',
    )
  })
})

describe('the controller class', () => {
  const fake = (controller?: string): object => ({ spec: { controller } })

  it.each([
    [undefined, true],
    ['', true],
    ['mine', true],
    ['theirs', false],
  ])('of a Fake (%s) decides whose its ExternalSecrets are', async (controller, areOurs) => {
    const es = drawing({ kind: 'UUID', name: 'gone' }, { kind: 'Fake', name: 'f' })
    expect((await read(es, { 'Fake web/f': fake(controller) })).areOurs).toBe(areOurs)
  })

  it('of a Fake inside of a ClusterGenerator does as well', async () => {
    const generator = { fakeSpec: { controller: 'theirs' } }
    const objects = { 'ClusterGenerator /g': { spec: { kind: 'Fake', generator } } }
    const es = drawing({ kind: 'ClusterGenerator', name: 'g' })
    expect((await read(es, objects)).areOurs).toBe(false)
  })
})

describe('an ExternalSecret', () => {
  it('is one of generated values when an entry has nothing but a generator', () => {
    const ref = { kind: 'Fake' as const, name: 'f' }
    const es = drawing(ref)
    const extract = { key: 'k' }
    const mixed = { ...es, spec: { dataFrom: [{ extract, sourceRef: { generatorRef: ref } }] } }
    expect([isGenerated(es), isGenerated(mixed), isGenerated(drawing())]).toEqual([
      true,
      false,
      false,
    ])
    const data = [{ secretKey: 'a', remoteRef: extract, sourceRef: { generatorRef: ref } }]
    expect([drawsOneValue(es), drawsOneValue({ ...es, spec: { data } })]).toEqual([false, true])
  })

  it('is found by the generators it names', () => {
    const es = drawing(
      { kind: 'Fake', name: 'f' },
      { kind: 'ClusterGenerator', name: 'g' },
      { kind: 'Webhook', name: 'w' },
    )
    expect(generatorTexts(es)).toEqual(['Fake/web/f', 'ClusterGenerator//g'])
  })
})
