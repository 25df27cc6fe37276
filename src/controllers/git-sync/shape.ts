/**
 * The form of the objects that steer a sync. The API server holds them to their definition, but a
 * definition may be older than we are, or be one that checks nothing.
 */
import { at, Fault, field, isObject, stringOf } from '#base'
import type { Condition, GitRepository, Kustomization } from '#api'
import type { InventoryEntry } from '#inventory'

type Shape =
  | 'text'
  | 'flag'
  | 'texts by name'
  | { readonly list: Shape }
  | { readonly fields: Readonly<Record<string, Shape>> }

const reference: Shape = { fields: { name: 'text', namespace: 'text' } }

const syncSpec: Shape = {
  fields: {
    commonMetadata: { fields: { labels: 'texts by name', annotations: 'texts by name' } },
    components: { list: 'text' },
    deletionPolicy: 'text',
    dependsOn: { list: { fields: { name: 'text', namespace: 'text', readyExpr: 'text' } } },
    force: 'flag',
    healthCheckExprs: { list: { fields: {} } },
    healthChecks: {
      list: { fields: { apiVersion: 'text', kind: 'text', name: 'text', namespace: 'text' } },
    },
    ignore: { list: { fields: {} } },
    images: { list: { fields: {} } },
    interval: 'text',
    namePrefix: 'text',
    nameSuffix: 'text',
    patches: { list: { fields: {} } },
    path: 'text',
    postBuild: {
      fields: {
        substitute: 'texts by name',
        substituteFrom: { list: { fields: { kind: 'text', name: 'text', optional: 'flag' } } },
        substituteStrategy: 'text',
      },
    },
    prune: 'flag',
    retryInterval: 'text',
    serviceAccountName: 'text',
    sourceRef: { fields: { apiVersion: 'text', kind: 'text', name: 'text', namespace: 'text' } },
    suspend: 'flag',
    targetNamespace: 'text',
    timeout: 'text',
    wait: 'flag',
  },
}

const sourceSpec: Shape = {
  fields: {
    ignore: 'text',
    include: { list: { fields: {} } },
    interval: 'text',
    provider: 'text',
    proxySecretRef: reference,
    recurseSubmodules: 'flag',
    ref: { fields: { branch: 'text', commit: 'text', name: 'text', semver: 'text', tag: 'text' } },
    secretRef: reference,
    sparseCheckout: { list: 'text' },
    suspend: 'flag',
    timeout: 'text',
    url: 'text',
  },
}

/** What is wrong with the form of a Kustomization's spec; undefined when nothing is. */
export function whyNoSync(sync: Kustomization): Fault | undefined {
  const found = misshapen(sync.spec, syncSpec, 'spec')
  if (found !== undefined) return found
  const missing = [
    ['spec'],
    ['spec', 'sourceRef'],
    ['spec', 'sourceRef', 'kind'],
    ['spec', 'sourceRef', 'name'],
  ].find((path) => (at(sync, ...path) ?? null) === null)
  return missing === undefined ? undefined : wrong(missing.join('.'), 'set')
}

/** What is wrong with the form of a GitRepository's spec; undefined when nothing is. */
export function whyNoSource(repository: GitRepository): Fault | undefined {
  if (!isObject(repository.spec)) return wrong('spec', 'a map')
  return misshapen(repository.spec, sourceSpec, 'spec')
}

function misshapen(value: unknown, shape: Shape, path: string): Fault | undefined {
  if (value === undefined || value === null) return undefined
  if (shape === 'text') return typeof value === 'string' ? undefined : wrong(path, 'a string')
  if (shape === 'flag') return typeof value === 'boolean' ? undefined : wrong(path, 'true or false')
  if (shape === 'texts by name') {
    if (!isObject(value)) return wrong(path, 'a map of strings')
    const found = Object.entries(value).find(([, text]) => typeof text !== 'string')
    return found === undefined ? undefined : wrong(`${path}.${found[0]}`, 'a string')
  }
  if ('list' in shape) {
    if (!Array.isArray(value)) return wrong(path, 'a list')
    return firstOf((value as readonly unknown[]).entries(), ([index, item]) => {
      const inner = `${path}[${index}]`
      return misshapen(item, shape.list, inner) ?? (item === null ? wrong(inner, 'set') : undefined)
    })
  }
  if (!isObject(value)) return wrong(path, 'a map')
  return firstOf(Object.entries(shape.fields), ([name, inner]) =>
    misshapen(field(value, name), inner, `${path}.${name}`),
  )
}

function firstOf<T, R>(items: Iterable<T>, look: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = look(item)
    if (found !== undefined) return found
  }
  return undefined
}

function wrong(path: string, form: string): Fault {
  return new Fault('InvalidSpec', `${path} must be ${form}`, { at: path })
}

/** The entries of an inventory that can be read. */
export function entriesIn(sync: Kustomization): readonly InventoryEntry[] {
  return listIn(sync, 'inventory', 'entries').flatMap((entry) => {
    const id = stringOf(field(entry, 'id'))
    const v = stringOf(field(entry, 'v'))
    return id === undefined || v === undefined ? [] : [{ id, v }]
  })
}

/** The object with only what can be read of its status; most often the same. */
export function readable<T extends GitRepository | Kustomization>(object: T): T {
  const status: unknown = object.status
  if (status === undefined) return object
  const { status: _, ...rest } = object
  if (!isObject(status)) return rest as T
  const conditions = listIn(object, 'conditions')
  const isRight =
    [undefined, conditions].includes(status['conditions'] as readonly unknown[] | undefined) &&
    conditions.every(isCondition) &&
    (status['inventory'] === undefined || listIn(object, 'inventory', 'entries').every(isEntry)) &&
    (status['artifact'] === undefined || typeof at(status, 'artifact', 'revision') === 'string')
  if (isRight) return object
  const { artifact, conditions: __, inventory, ...others } = status
  const told = {
    ...others,
    conditions: conditions.filter(isCondition),
    ...(inventory === undefined
      ? {}
      : { inventory: { entries: entriesIn(object as Kustomization) } }),
    ...(typeof field(artifact, 'revision') === 'string' ? { artifact } : {}),
  }
  return { ...rest, status: told } as unknown as T // what is left was looked at above
}

function listIn(
  object: GitRepository | Kustomization,
  ...path: readonly string[]
): readonly unknown[] {
  const list = at(object, 'status', ...path)
  return Array.isArray(list) ? (list as readonly unknown[]) : []
}

function isCondition(value: unknown): value is Condition {
  return ['type', 'status'].every((name) => typeof field(value, name) === 'string')
}

function isEntry(value: unknown): value is InventoryEntry {
  return ['id', 'v'].every((name) => typeof field(value, name) === 'string')
}
