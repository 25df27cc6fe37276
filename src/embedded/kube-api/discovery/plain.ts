import type { Kinds } from '../kinds/registry.ts'
import { apiVersionOf, type Kind } from '../kinds/kind.ts'

/** `/apis/<group>/<version>`, or `/api/v1`. */
export function resourceList(kinds: Kinds, group: string, version: string): object {
  const groupVersion = apiVersionOf({ group, version })
  return {
    kind: 'APIResourceList',
    // The core list has none, as ever.
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion,
    resources: kinds.in(group, version).flatMap(resourcesOf),
  }
}

function resourcesOf(kind: Kind): object[] {
  const own = {
    name: kind.plural,
    singularName: kind.singular,
    namespaced: kind.namespaced,
    kind: kind.kind,
    verbs: kind.custom?.shownVerbs ?? kind.verbs,
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
    ...(kind.storageVersionHash === undefined
      ? {}
      : { storageVersionHash: kind.storageVersionHash }),
  }
  const parts = [...kind.subresources.values()].map((sub) => ({
    name: `${kind.plural}/${sub.name}`,
    singularName: '',
    namespaced: kind.namespaced,
    ...(sub.group === kind.group && sub.version === kind.version
      ? {}
      : { group: sub.group, version: sub.version }),
    kind: sub.kind,
    verbs: sub.verbs,
  }))
  return [own, ...parts]
}

function groupOf(name: string, versions: readonly string[]): object {
  const all = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }))
  return { name, versions: all, preferredVersion: all[0] }
}

/** `/apis`. */
export function groupList(kinds: Kinds): object {
  const groups = kinds.groups().map(({ name, versions }) => groupOf(name, versions))
  return { kind: 'APIGroupList', apiVersion: 'v1', groups }
}

/** `/apis/<group>`; undefined when there is none. */
export function apiGroup(kinds: Kinds, name: string): object | undefined {
  const found = kinds.groups().find((group) => group.name === name)
  return found === undefined
    ? undefined
    : { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(name, found.versions) }
}

/** `/api`. */
export function coreVersions(serverAddress: string): object {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  }
}
