/** What people expect to find in the end. */
import type { KubeObject } from '#api'
import { at } from '#base'
import { plain, type Invariants } from './invariants.ts'
import { dataOf, namespace, system, valueOf, type Wanted } from './things.ts'

/** What people have put where. */
export interface Held {
  readonly wanted: readonly Wanted[]
  /** Versions of each property of each path in Vault. */
  readonly entries: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** Versions that were sealed, by name. */
  readonly sealed: ReadonlyMap<string, number>
  /** Versions of the files in Git, by name. */
  readonly files: ReadonlyMap<string, number>
}

/** What is not as it should be; empty: all is right. */
export function whatIsWrong(held: Held, seen: Invariants): readonly string[] {
  return [
    ...held.wanted.flatMap((wanted) => wrongTarget(held, wanted, seen)),
    ...['sealed', 'other'].flatMap((name) => wrongSealed(held, name, seen)),
    ...wrongFiles(held, seen),
    ...foreignWrong(seen),
  ]
}

function wrongTarget(held: Held, wanted: Wanted, seen: Invariants): readonly string[] {
  const what = `ExternalSecret ${wanted.name}`
  const es = seen.live('ExternalSecret', `${namespace}/${wanted.name}`)
  const target = seen.live('Secret', `${namespace}/${wanted.target}`)
  const values = plain(target)
  const claimants = held.wanted.filter((one) => one.target === wanted.target)
  const isReady = readyOf(es) === 'True'
  const given = givenTo(held, wanted)
  if (given.size === 0 && wanted.find === true) return [] // kept, as its policy says
  if (claimants.length > 1) return wrongShared(held, wanted, claimants, seen, values)
  const absent = Object.keys(wanted.data).filter((key) => !given.has(key))
  if (wanted.deletion === 'Retain' && absent.length > 0) {
    return isReady ? [`${what} is Ready, though its entry is gone`] : []
  }
  if (!isReady) return [`${what} is not Ready`]
  if (given.size === 0) return target === undefined ? [] : [`Secret ${wanted.target} is there`]
  if (target === undefined) return [`Secret ${wanted.target} is missing`]
  const differs = [...given].filter(([key, value]) => values.get(key) !== value)
  const more = [...values.keys()].filter((key) => !given.has(key) && key !== 'own')
  return [...differs.map(([key]) => key), ...more].map(
    (key) => `Secret ${wanted.target}: ${key} is not what it should be`,
  )
}

function wrongShared(
  held: Held,
  wanted: Wanted,
  claimants: readonly Wanted[],
  seen: Invariants,
  values: ReadonlyMap<string, string>,
): readonly string[] {
  if (claimants[0] !== wanted) return [] // said once for all of them
  if (claimants.some((one) => givenTo(held, one).size === 0)) return [] // the kept one may be that one's
  const fits = claimants.some((one) =>
    [...givenTo(held, one)].every(([key, value]) => values.get(key) === value),
  )
  const ready = claimants.filter(
    ({ name }) => readyOf(seen.live('ExternalSecret', `${namespace}/${name}`)) === 'True',
  )
  return [
    ...(fits ? [] : [`Secret ${wanted.target} is no claimant's`]),
    ...(ready.length === 1 ? [] : [`${ready.length} claimants of ${wanted.target} are Ready`]),
  ]
}

function givenTo(held: Held, wanted: Wanted): ReadonlyMap<string, string> {
  const given = new Map<string, string>()
  if (wanted.find === true) {
    for (const [path, entry] of held.entries) {
      if (!path.startsWith('team/')) continue
      const sorted = Object.entries(dataOf(path, entry)).sort(([a], [b]) => (a < b ? -1 : 1))
      given.set(path.replace('/', '_'), JSON.stringify(Object.fromEntries(sorted)))
    }
  }
  for (const [key, origin] of Object.entries(wanted.data)) {
    const dot = origin.lastIndexOf('.')
    const version = held.entries.get(origin.slice(0, dot))?.get(origin.slice(dot + 1))
    if (version !== undefined) given.set(key, valueOf(origin, version))
  }
  return given
}

function wrongSealed(held: Held, name: string, seen: Invariants): readonly string[] {
  const secret = seen.live('Secret', `${namespace}/${name}`)
  const wanted = valueOf(`sealed/${name}.key`, held.sealed.get(name) ?? 0)
  const sealed = seen.live('SealedSecret', `${namespace}/${name}`)
  return [
    ...(plain(secret).get('key') === wanted ? [] : [`the Secret of SealedSecret ${name}`]),
    ...(readyOf(sealed, 'Synced') === 'True' ? [] : [`SealedSecret ${name} is not Synced`]),
  ]
}

function wrongFiles(held: Held, seen: Invariants): readonly string[] {
  const there = seen
    .all('ConfigMap')
    .filter(({ metadata }) => metadata.namespace === namespace)
    .filter(({ metadata }) => metadata.name !== 'kube-root-ca.crt')
  const wrong = there
    .filter(
      (map) => at(map, 'data', 'version') !== String(held.files.get(map.metadata.name) ?? 'none'),
    )
    .map(({ metadata }) => `ConfigMap ${metadata.name} differs from Git`)
  const names = new Set(there.map(({ metadata }) => metadata.name))
  const missing = [...held.files.keys()].filter((name) => !names.has(name))
  const sync = seen.live('Kustomization', `${system}/web`)
  return [
    ...wrong,
    ...missing.map((name) => `ConfigMap ${name} is missing`),
    ...(readyOf(sync) === 'True' ? [] : ['the Kustomization is not Ready']),
  ]
}

function readyOf(object: KubeObject | undefined, type = 'Ready'): string | undefined {
  const conditions = at(object, 'status', 'conditions')
  if (!Array.isArray(conditions)) return undefined
  const found = (conditions as readonly unknown[]).find((one) => at(one, 'type') === type)
  const status = at(found, 'status')
  return typeof status === 'string' ? status : undefined
}

function foreignWrong(seen: Invariants): readonly string[] {
  const foreign = plain(seen.live('Secret', `${namespace}/foreign`))
  return foreign.get('key') === 'theirs' ? [] : ['the foreign Secret is not what it was']
}
