/** A CRD as a manifest. */
import { stringify } from 'yaml'
import type { Crd, Schema, Version } from './schema.ts'

/** `external-secrets.io_externalsecrets.yaml` */
export function manifestName(crd: Crd): string {
  return `${crd.group}_${crd.names.plural}.yaml`
}

/** The CustomResourceDefinition as YAML text. */
export function manifest(crd: Crd): string {
  const document = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { labels: labelsOf(crd), name: `${crd.names.plural}.${crd.group}` },
    spec: {
      conversion: { strategy: 'None' },
      group: crd.group,
      names: crd.names,
      scope: crd.scope,
      versions: crd.versions.map(versionOf),
    },
  }
  const text = stringify(document, { lineWidth: 100, aliasDuplicateObjects: false })
  return `# Written by \`npm run generate\`; change crds/descriptions or crds/additions.yaml instead.\n${text}`
}

// The peer's own label is kept: `kubectl get crd -l` and its chart's clean-up select by it.
function labelsOf(crd: Crd): Record<string, string> {
  return {
    'app.kubernetes.io/part-of': 'lockstep',
    ...(/(^|\.)external-secrets\.io$/.test(crd.group) && {
      'external-secrets.io/component': 'controller',
    }),
  }
}

function versionOf(version: Version): Record<string, unknown> {
  return {
    name: version.name,
    served: version.served,
    storage: version.storage,
    ...(version.deprecated === true && { deprecated: true }),
    ...(version.deprecationWarning !== undefined && {
      deprecationWarning: version.deprecationWarning,
    }),
    subresources: version.subresources,
    ...(version.selectableFields.length > 0 && { selectableFields: version.selectableFields }),
    additionalPrinterColumns: version.additionalPrinterColumns,
    schema: { openAPIV3Schema: ordered(version.schema) },
  }
}

/** The description first, then what the field is, then what is inside it. */
function ordered(schema: Schema): Record<string, unknown> {
  const { description, type, properties, items, additionalProperties, ...rest } = schema
  return {
    ...(description !== undefined && { description }),
    ...(type !== undefined && { type }),
    ...Object.fromEntries(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))),
    ...(items && { items: ordered(items) }),
    ...(additionalProperties && { additionalProperties: ordered(additionalProperties) }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, child]) => [name, ordered(child)]),
      ),
    }),
  }
}
