/** What a set's writes do when the objects move between the look and the write. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configMaps, namespaces, resource, type AnyObject, type KubeObject } from '#api'
import { at, Fault, type Env, type Listener } from '#base'
import { realEnv } from '#base/env'
import { createKubeApi, type KubeApi } from '#embedded/kube-api'
import { createClient, type Client } from '#kube'
import { applySet, lackingNamespaces, type ApplyItem, type Proof, type Proofs } from './index.ts'

const deployments = resource('apps/v1', 'Deployment', 'deployments')
const widgets = resource('test.example/v1', 'Widget', 'widgets')
const widgetDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.test.example' },
  spec: {
    group: 'test.example',
    names: { kind: 'Widget', listKind: 'WidgetList', plural: 'widgets', singular: 'widget' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
      },
    ],
  },
}
const key = { namespace: 'apps', name: 'a' }
const fieldManager = 'kustomize-controller'

let env: Env
let api: KubeApi
let listener: Listener
let client: Client
beforeEach(async () => {
  env = realEnv()
  api = createKubeApi({ env, crds: [widgetDefinition] })
  listener = await env.net.listen(api.handler)
  client = createClient({ env, server: { url: listener.url } })
  await client.create(namespaces, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'apps' },
  })
})
afterEach(async () => {
  await client.close()
  await listener.close()
  api.close()
})

const configMap = (value: string, annotations?: Record<string, string>): AnyObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { ...key, ...(annotations === undefined ? {} : { annotations }) },
  data: { key: value },
})

const deployment = (app: string): AnyObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: key,
  spec: {
    selector: { matchLabels: { app } },
    template: {
      metadata: { labels: { app } },
      spec: { containers: [{ name: 'c', image: 'i:1' }] },
    },
  },
})

const widget: AnyObject = {
  apiVersion: 'test.example/v1',
  kind: 'Widget',
  metadata: key,
  spec: { size: 1 },
}

/** Runs `before` ahead of each write that counts, given how many there were. */
function disturbed(before: (write: number) => Promise<unknown>): Client & { tried(): number } {
  let writes = 0
  const from = async <T>(isTrial: boolean, work: () => Promise<T>): Promise<T> => {
    if (!isTrial) await before(++writes)
    return work()
  }
  const changed: Pick<Client, 'apply' | 'create' | 'delete' | 'patch'> & { tried(): number } = {
    apply: (of, object, options) =>
      from(options.dryRun === true, () => client.apply(of, object, options)),
    create: (of, object, options) => from(false, () => client.create(of, object, options)),
    delete: (of, at, options) => from(false, () => client.delete(of, at, options)),
    patch: (of, at, body, options) => from(false, () => client.patch(of, at, body, options)),
    tried: () => writes,
  }
  return new Proxy(client as Client & { tried(): number }, {
    get: (target, name: keyof typeof changed | keyof Client) => {
      if (Object.hasOwn(changed, name)) return changed[name as keyof typeof changed]
      const held: unknown = target[name]
      return typeof held === 'function' ? (held.bind(target) as unknown) : held
    },
  })
}

function noProofs(): Proofs {
  const held = new Map<string, Proof>()
  return {
    get: (id) => held.get(id),
    set: (id, proof) => void held.set(id, proof),
    delete: (id) => void held.delete(id),
    seen: () => undefined,
  }
}

function apply(
  object: AnyObject,
  writer: Client = client,
  force = false,
  proofs: Proofs = noProofs(),
  isSecretive = false,
): ReturnType<typeof applySet> {
  return applyAll([{ object, place: 'a.yaml:1', isSecretive }], writer, force, proofs)
}

function applyAll(
  items: readonly ApplyItem[],
  writer: Client = client,
  force = false,
  proofs: Proofs = noProofs(),
): ReturnType<typeof applySet> {
  return applySet(items, {
    discovery: client,
    client: writer,
    fieldManager,
    clock: env.clock,
    proofs,
    digestOf: (given) => JSON.stringify(given),
    force,
    noteAhead: () => Promise.resolve(),
    signal: new AbortController().signal,
  })
}

async function edit(data: object, manager = 'somebody'): Promise<void> {
  await client.patch(configMaps, key, { data }, { type: 'merge', fieldManager: manager })
}

describe('an object that changes between the look and the write', () => {
  it('is looked at anew before it is written', async () => {
    await apply(configMap('v'))
    // A person adds a key by kubectl after the trial: the look that counts has to see that.
    const writer = disturbed(async (write) => {
      if (write === 1) await edit({ more: 'x' }, 'kubectl-edit')
    })
    const { changes } = await apply(configMap('w'), writer)
    expect(changes).toEqual([{ subject: 'ConfigMap/apps/a', action: 'configured' }])
    expect((await client.get(configMaps, key))?.data).toEqual({ key: 'w' })
  })

  it('is left to its author who has it made only once', async () => {
    const author = { 'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent' }
    const writer = disturbed(async (write) => {
      if (write === 1) await client.create(configMaps, configMap('theirs'))
    })
    const { changes } = await apply(configMap('ours', author), writer)
    expect(changes).toEqual([{ subject: 'ConfigMap/apps/a', action: 'skipped' }])
    expect((await client.get(configMaps, key))?.data).toEqual({ key: 'theirs' })
  })

  it('is made again when it is deleted meanwhile', async () => {
    await apply(configMap('v'))
    const writer = disturbed(async (write) => {
      if (write === 1) await client.delete(configMaps, key)
    })
    const { changes } = await apply(configMap('w'), writer)
    expect(changes).toEqual([{ subject: 'ConfigMap/apps/a', action: 'created' }])
  })

  it('and never stands still is given up for now, told with its file', async () => {
    await apply(configMap('v'))
    const writer = disturbed((write) => edit({ turn: String(write) }))
    await expect(apply(configMap('w'), writer)).rejects.toMatchObject({
      reason: 'Conflict',
      at: 'a.yaml:1',
      retry: { kind: 'backoff' },
    })
    expect((await client.get(configMaps, key))?.data).toMatchObject({ key: 'v' })
    expect(writer.tried()).toBe(5)
  })
})

describe('an object that holds a value of a Secret', () => {
  it('says that its namespace goes away, and nothing that the server said', async () => {
    const finalizers = ['example.com/hold']
    await client.create(configMaps, {
      ...configMap('v'),
      metadata: { ...key, name: 'b', finalizers },
    })
    await client.delete(namespaces, { name: 'apps' })
    const applied = apply(configMap('a secret value'), client, false, noProofs(), true)
    await expect(applied).rejects.toMatchObject({
      message: expect.stringMatching(
        /in namespace apps because it is being terminated \(a\.yaml:1\)$/,
      ) as unknown,
    })
  })
})

describe('the namespaces that a set lacks', () => {
  const lacking = async (items: readonly ApplyItem[]): Promise<readonly string[]> => {
    const thrown: unknown = await applyAll(items).catch((fault: unknown) => fault)
    expect(thrown).toBeInstanceOf(Fault)
    return [...lackingNamespaces((thrown as Fault).within('apply'))]
  }
  const inside = (namespace: string, index = 0): ApplyItem => ({
    object: { ...configMap('v'), metadata: { namespace, name: `c${index}` } },
    place: `${index}.yaml:1`,
  })

  it('are those that are missing or on their way out, also beyond what is told', async () => {
    const finalizers = ['example.com/hold']
    await client.create(configMaps, { ...configMap('v'), metadata: { ...key, finalizers } })
    await client.delete(namespaces, { name: 'apps' })
    const many = Array.from({ length: 30 }, (_, index) => inside(`gone-${index}`, index))
    const all = [...many.map(({ object }) => object.metadata.namespace), 'apps']
    expect(new Set(await lacking([...many, inside('apps', 31)]))).toEqual(new Set(all))
  })

  it('are none where something else is refused, whatever its words are', async () => {
    const words = 'namespaces "other" not found, in namespace third because it is being terminated'
    const object = { ...configMap('v'), data: { [words]: 'x' } }
    expect(await lacking([{ object, place: 'a.yaml:1' }])).toEqual([])
    expect(lackingNamespaces(new Fault('Unavailable', words))).toEqual(new Set())
  })
})

describe('an object that kubectl applied', () => {
  const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'
  const byHand = async (): Promise<void> => {
    await client.create(configMaps, configMap('by hand', { [lastApplied]: '{}' }), {
      fieldManager: 'kubectl-client-side-apply',
    })
  }
  const ends: readonly (readonly [string, string, () => Promise<unknown>])[] = [
    ['stands still', 'configured', () => Promise.resolve()],
    ['changes', 'configured', () => edit({ more: 'x' }, 'kubectl-edit')],
    [
      'loses what kubectl left on it',
      'configured',
      async () => {
        const metadata = { annotations: { [lastApplied]: null } }
        await client.patch(configMaps, key, { metadata }, { type: 'merge' })
      },
    ],
    ['is deleted', 'created', () => client.delete(configMaps, key)],
    [
      'is made anew',
      'configured',
      async () => {
        await client.delete(configMaps, key)
        await byHand()
      },
    ],
    [
      'is made anew by another tool',
      'configured',
      async () => {
        await client.delete(configMaps, key)
        await client.create(configMaps, configMap('theirs'), { fieldManager: 'kubectl-create' })
      },
    ],
  ]
  it.each(ends)('and that %s before it is taken over is as in Git: %s', async (_, action, act) => {
    await byHand()
    const writer = disturbed(async (write) => {
      if (write === 1) await act()
    })
    const { changes } = await apply(configMap('w'), writer)
    expect(changes).toEqual([{ subject: 'ConfigMap/apps/a', action }])
    const live = await client.get(configMaps, key)
    expect(live?.data).toEqual({ key: 'w' })
    expect(live?.metadata.annotations ?? {}).toEqual({})
    const managers = live?.metadata.managedFields?.map(({ manager }) => manager)
    expect(managers).toEqual([fieldManager])
  })
})

describe('an object that has to be replaced', () => {
  it('is not deleted when it was mended before the deletion', async () => {
    await apply(deployment('old'))
    const old = await client.get(deployments, key)
    let mended: KubeObject | undefined
    const writer = disturbed(async (write) => {
      if (write !== 1) return
      await client.delete(deployments, key)
      mended = await client.create(deployments, deployment('new'))
    })
    await apply(deployment('new'), writer, true)
    const live = await client.get(deployments, key)
    expect(live?.metadata.uid).toBe(mended?.metadata.uid)
    expect(live?.metadata.uid).not.toBe(old?.metadata.uid)
  })

  it('is replaced although its status moves all the while', async () => {
    await apply(deployment('old'))
    let moves = 0
    const writer = disturbed(async (write) => {
      if (write !== 1) return
      moves++
      const annotations = { moved: 'yes' }
      await client.patch(deployments, key, { metadata: { annotations } }, { type: 'merge' })
    })
    const { changes } = await apply(deployment('new'), writer, true)
    expect(changes).toEqual([{ subject: 'Deployment/apps/a', action: 'created' }])
    expect(moves).toBe(1)
  })

  it('is there afterwards, however often it moved before it was deleted', async () => {
    for (let moves = 3; moves <= 5; moves++) {
      await apply(deployment('old'))
      const writer = disturbed(async (write) => {
        if (write > moves) return
        const annotations = { moved: String(write) }
        await client.patch(deployments, key, { metadata: { annotations } }, { type: 'merge' })
      })
      const given = await apply(deployment('new'), writer, true).catch((thrown: unknown) => thrown)
      const live = await client.get(deployments, key)
      expect(live).not.toBeNull()
      // Given up with what was there, or replaced: never in between.
      const app = at(live, 'spec', 'selector', 'matchLabels', 'app')
      expect(app).toBe(given instanceof Fault ? 'old' : 'new')
      await client.delete(deployments, key)
    }
  })
})

describe('what was applied before and is not watched', () => {
  const kinds = [
    ['a ConfigMap', resource('v1', 'ConfigMap', 'configmaps'), configMap('v')],
    ['a Deployment', deployments, deployment('old')],
    ['a custom resource', widgets, widget],
  ] as const
  const marks = { team: 'a', 'kustomize.toolkit.fluxcd.io/name': 'app' }
  const marked = (object: AnyObject): AnyObject => ({
    ...object,
    metadata: { ...object.metadata, labels: marks, annotations: { note: 'a' } },
  })
  it.each(kinds)('gets its labels and annotations back: %s', async (_, of, object) => {
    const proofs = noProofs()
    await apply(marked(object), client, false, proofs)
    for (const metadata of [
      { labels: { team: null } },
      { labels: { team: 'b' } },
      { labels: { 'kustomize.toolkit.fluxcd.io/name': null } },
      { annotations: { note: null } },
    ]) {
      await client.patch(of, key, { metadata }, { type: 'merge', fieldManager: 'kubectl-label' })
      const { changes } = await apply(marked(object), client, false, proofs)
      expect(changes).toMatchObject([{ action: 'configured' }])
      const live = await client.get(of, key)
      expect(live?.metadata.labels).toEqual(marks)
      expect(live?.metadata.annotations).toEqual({ note: 'a' })
    }
  })

  it.each(kinds)('is not written at rest, and costs one trial: %s', async (_, of, object) => {
    const proofs = noProofs()
    await apply(marked(object), client, false, proofs)
    const before = api.revision()
    for (let pass = 1; pass <= 3; pass++) {
      const writer = disturbed(() => Promise.resolve())
      const { changes } = await apply(marked(object), writer, false, proofs)
      expect(changes).toMatchObject([{ action: 'unchanged' }])
      expect(writer.tried()).toBe(0)
    }
    expect(api.revision()).toBe(before)
    if (of.kind === 'ConfigMap') return
    // Its status moves: what was seen is not what is there, and one apply changes nothing.
    const status = { status: { observedGeneration: 1 } }
    await client.patch(of, key, status, { type: 'merge', subresource: 'status' })
    const moved = api.revision()
    const tried: number[] = []
    for (let pass = 1; pass <= 2; pass++) {
      const writer = disturbed(() => Promise.resolve())
      const { changes } = await apply(marked(object), writer, false, proofs)
      expect(changes).toMatchObject([{ action: 'unchanged' }])
      tried.push(writer.tried())
    }
    expect(tried).toEqual([1, 0])
    expect(api.revision()).toBe(moved)
  })
})

it('costs one trial and one write, whether or not there is something to change', async () => {
  const asked: string[] = []
  const counting = new Proxy(client, {
    get: (target, name: keyof Client) => {
      const held: unknown = target[name]
      if (typeof held !== 'function') return held
      return (...given: unknown[]): unknown => {
        asked.push(name)
        return (held as (...all: unknown[]) => unknown).apply(target, given)
      }
    },
  })
  await apply(configMap('v'), counting)
  await apply(configMap('w'), counting)
  expect(asked).toEqual(['apply', 'apply', 'apply', 'apply'])
})
