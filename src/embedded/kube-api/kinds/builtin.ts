import { resourceText } from './data/resources.ts'
import { apiVersionOf, type Kind, type Subresource } from './kind.ts'
import { builtinShape } from './shapes.ts'

/** Buckets that two groups share. */
const sharedBuckets: Readonly<Record<string, { bucket: string; storedAs: string }>> = {
  'events.events.k8s.io': { bucket: 'events', storedAs: 'v1' },
}

/** The built-in kinds, in the order that discovery names their groups. */
export function builtinKinds(): Kind[] {
  const kinds: Kind[] = []
  let group = ''
  let version = ''
  let held: Map<string, Subresource> | undefined
  for (const line of resourceText.split('\n')) {
    if (line.startsWith('@ ')) {
      const [first = '', second] = line.slice(2).split('/')
      group = second === undefined ? '' : first
      version = second ?? first
      continue
    }
    const words = line.split(' ')
    if (words.length < 10) continue
    const row = words.map((word) => (word === '-' ? '' : word))
    const [path = '', kind = '', scope, singular = '', verbs = '', short = ''] = row
    const [categories = '', hash = '', other = '', shapeName = ''] = row.slice(6)
    const [plural = '', subresource] = path.split('/')
    if (subresource !== undefined) {
      const [otherGroup = '', otherVersion = ''] =
        other === '' ? [group, version] : other.split('/')
      held?.set(subresource, {
        name: subresource,
        kind,
        group: otherGroup,
        version: otherVersion,
        verbs: verbs.split(','),
        shapeName,
      })
      continue
    }
    held = new Map()
    const name = group === '' ? plural : `${plural}.${group}`
    const shared = sharedBuckets[name]
    kinds.push({
      group,
      version,
      plural,
      singular,
      kind,
      listKind: `${kind}List`,
      namespaced: scope === 'N',
      verbs: verbs.split(','),
      shortNames: short === '' ? [] : short.split(','),
      categories: categories === '' ? [] : categories.split(','),
      storageVersionHash: hash === '' ? undefined : hash,
      subresources: held,
      bucket: shared?.bucket ?? name,
      storedAs: shared?.storedAs ?? apiVersionOf({ group, version }),
      shape: () => builtinShape(shapeName),
      shapeName,
      custom: undefined,
    })
  }
  return kinds
}
