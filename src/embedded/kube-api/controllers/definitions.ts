import type { Core } from '../core.ts'
import { nowText } from '../core.ts'
import type { CustomVersion, ColumnDefinition } from '../kinds/custom.ts'
import type { Kind, Subresource } from '../kinds/kind.ts'
import { copy, get, isFielded, listAt, textAt, type Obj } from '../object.ts'
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
    .map((version) => kindOf(definition, version, group, names, plural, storedAs))
}

function kindOf(
  definition: Obj,
  version: unknown,
  group: string,
  names: unknown,
  plural: string,
  storedAs: string,
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
  const uid = definition.metadata.uid ?? ''
  const shape = shapeOfSchema(schema)
  const custom: CustomVersion = {
    definition: definition.metadata.name ?? '',
    schema,
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
        ? textAt(version, 'deprecationWarning') || `${group}/${versionName} ${kind} is deprecated`
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
    storageVersionHash: createHash('sha256')
      .update(`${uid}${group}${versionName}${kind}`)
      .digest('base64')
      .slice(0, 12),
    subresources,
    bucket: `${plural}.${group}`,
    storedAs,
    shape: () => shape,
    shapeName: '',
    custom,
  }
}
