import type { Core } from '../core.ts'
import { nowText } from '../core.ts'
import type { CustomVersion, ColumnDefinition } from '../kinds/custom.ts'
import type { Kind, Subresource } from '../kinds/kind.ts'
import { copy, get, isFielded, listAt, textAt, type Obj } from '../object.ts'
import type { Shape } from '../kinds/shape.ts'
import type { Schema } from '../schema/schema.ts'
import { shapeOfSchema } from '../schema/to-shape.ts'
import { createHash } from 'node:crypto'

const bucket = 'customresourcedefinitions.apiextensions.k8s.io'

const verbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch']

/** Serves the kinds of every definition in the store, and tells each what has become of it. */
export function startDefinitions(core: Core): () => void {
  return core.store.subscribe(bucket, (event) => {
    const definition = event.entry.object
    const name = definition.metadata.name ?? ''
    if (event.type === 'DELETED') core.kinds.setCustom(name, [])
    else {
      core.kinds.setCustom(name, kindsOf(core, definition))
      if (!isEstablished(definition)) establish(core, definition)
    }
  })
}

function isEstablished(definition: Obj): boolean {
  return listAt(definition, 'status', 'conditions').some(
    (one) => textAt(one, 'type') === 'Established' && textAt(one, 'status') === 'True',
  )
}

function establish(core: Core, definition: Obj): void {
  const now = nowText(core)
  const spec = definition['spec'] as {
    names: object
    versions: { name: string; storage: boolean }[]
  }
  const stored = spec.versions.filter((one) => one.storage).map((one) => one.name)
  const condition = (type: string, reason: string, message: string): object => ({
    type,
    status: 'True',
    lastTransitionTime: now,
    reason,
    message,
  })
  core.store.put(bucket, {
    ...definition,
    metadata: { ...definition.metadata },
    status: {
      conditions: [
        condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
        condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
      ],
      acceptedNames: copy(spec.names),
      storedVersions: stored,
    },
  })
}

function kindsOf(core: Core, definition: Obj): Kind[] {
  const group = textAt(definition, 'spec', 'group')
  const names = get(definition, 'spec', 'names')
  const plural = textAt(names, 'plural')
  const storage = listAt(definition, 'spec', 'versions').find((one) => get(one, 'storage') === true)
  const storedAs = `${group}/${textAt(storage, 'name')}`
  core.store.open(`${plural}.${group}`, true)
  return listAt(definition, 'spec', 'versions')
    .filter((version) => get(version, 'served') === true)
    .map((version) => kindOf(definition, version, group, names, plural, storedAs, storage))
}

function storageHash(kind: string): string {
  return createHash('sha256').update(kind).digest().subarray(0, 8).toString('base64')
}

// Names what to use instead: the newest version that is served and not deprecated, if it is newer.
function deprecation(definition: Obj, group: string, version: string, kind: string): string {
  const better = listAt(definition, 'spec', 'versions')
    .filter((one) => get(one, 'served') === true && get(one, 'deprecated') !== true)
    .map((one) => textAt(one, 'name'))
    .sort((a, b) => (isNewerVersion(a, b) ? -1 : 1))
    .find((name) => isNewerVersion(name, version))
  const instead = better === undefined ? '' : `; use ${group}/${better} ${kind}`
  return `${group}/${version} ${kind} is deprecated${instead}`
}

// v2 > v1 > v2beta1 > v1beta2 > v1alpha1 > anything else, by its letters.
function isNewerVersion(a: string, b: string): boolean {
  const rank = (name: string): readonly number[] => {
    const [, major = '0', stage, minor = '0'] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(name) ?? []
    const stages = { alpha: 1, beta: 2 } as const
    const isOdd = !/^v\d+(?:(?:alpha|beta)\d+)?$/.test(name)
    const level = isOdd ? 0 : stage === undefined ? 3 : stages[stage as keyof typeof stages]
    return [level, Number(major), Number(minor)]
  }
  const [ours, theirs] = [rank(a), rank(b)]
  for (const [i, part] of ours.entries()) {
    if (part !== theirs[i]) return part > (theirs[i] ?? 0)
  }
  return false
}

function kindOf(
  definition: Obj,
  version: unknown,
  group: string,
  names: unknown,
  plural: string,
  storedAs: string,
  storage: unknown,
): Kind {
  const kind = textAt(names, 'kind')
  const versionName = textAt(version, 'name')
  const schema = get(version, 'schema', 'openAPIV3Schema') as Schema | undefined
  const subresources = new Map<string, Subresource>()
  const sub = (name: string, of: string, g: string, v: string): void =>
    void subresources.set(name, {
      name,
      kind: of,
      group: g,
      version: v,
      verbs: ['get', 'patch', 'update'],
      shapeName: '',
    })
  const hasStatus = get(version, 'subresources', 'status') !== undefined
  if (hasStatus) sub('status', kind, group, versionName)
  const scale = get(version, 'subresources', 'scale')
  if (isFielded(scale)) sub('scale', 'Scale', 'autoscaling', 'v1')
  // Made when the first object comes: of a definition that nobody uses it would be most of the work.
  let shape: Shape | undefined
  const custom: CustomVersion = {
    definition: definition.metadata.name ?? '',
    schema,
    storedSchema:
      version === storage
        ? undefined
        : (get(storage, 'schema', 'openAPIV3Schema') as Schema | undefined),
    hasStatus,
    scale: isFielded(scale)
      ? {
          spec: textAt(scale, 'specReplicasPath'),
          status: textAt(scale, 'statusReplicasPath'),
          selector: textAt(scale, 'labelSelectorPath') || undefined,
        }
      : undefined,
    columns: listAt(version, 'additionalPrinterColumns') as readonly ColumnDefinition[],
    selectable: listAt(version, 'selectableFields').map((one) =>
      textAt(one, 'jsonPath').replace(/^\./, ''),
    ),
    deprecationWarning:
      get(version, 'deprecated') === true
        ? textAt(version, 'deprecationWarning') || deprecation(definition, group, versionName, kind)
        : undefined,
    preserveUnknownFields: get(definition, 'spec', 'preserveUnknownFields') === true,
  }
  return {
    group,
    version: versionName,
    plural,
    singular: textAt(names, 'singular') || kind.toLowerCase(),
    kind,
    listKind: textAt(names, 'listKind') || `${kind}List`,
    namespaced: textAt(definition, 'spec', 'scope') === 'Namespaced',
    verbs,
    shortNames: listAt(names, 'shortNames') as readonly string[],
    categories: listAt(names, 'categories') as readonly string[],
    storageVersionHash: storageHash(`${storedAs}/${kind}`),
    subresources,
    bucket: `${plural}.${group}`,
    storedAs,
    shape: () => (shape ??= shapeOfSchema(schema)),
    shapeName: '',
    custom,
  }
}
