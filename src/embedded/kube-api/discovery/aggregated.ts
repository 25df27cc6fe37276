import type { Kinds } from '../kinds/registry.ts'
import type { Kind } from '../kinds/kind.ts'

/** `/api` or `/apis` in one answer: APIGroupDiscoveryList v2. */
export function aggregated(kinds: Kinds, isCore: boolean): object {
  const groups = isCore ? [{ name: '', versions: ['v1'] }] : kinds.groups()
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map(({ name, versions }) => ({
      metadata: name === '' ? {} : { name },
      versions: versions.map((version) => ({
        version,
        resources: kinds.in(name, version).map(resourceOf),
        freshness: 'Current',
      })),
    })),
  }
}

function resourceOf(kind: Kind): object {
  const isCustom = kind.custom !== undefined
  const own = isCustom ? { group: kind.group, version: kind.version } : { group: '', version: '' }
  const subresources = [...kind.subresources.values()].map((sub) => ({
    subresource: sub.name,
    responseKind: {
      ...(sub.group === kind.group && sub.version === kind.version
        ? own
        : { group: sub.group, version: sub.version }),
      kind: sub.kind,
    },
    verbs: sub.verbs,
  }))
  return {
    resource: kind.plural,
    responseKind: { ...own, kind: kind.kind },
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: kind.custom?.shownVerbs ?? kind.verbs,
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
    ...(subresources.length === 0 ? {} : { subresources }),
  }
}
