/** What a case is compared by: the state of its namespaces, with what differs between runs taken out. */
import { createHash } from 'node:crypto'

import type { Body, World } from './world.ts'

/** A case being played. */
export interface Play {
  readonly world: World
  readonly ns: string
  readonly spaces: Set<string>
  readonly shapes: readonly {
    readonly secret?: string
    readonly key: string
    readonly pattern: string
  }[]
  readonly ignore: readonly { readonly event?: string }[]
  readonly refused: object[]
  /** Owner hashes of objects seen so far, with their names. */
  readonly seen: Map<string, string>
  readonly awaitsStores: boolean
}

/** One stage as recorded. */
export interface Stage {
  readonly refused: readonly object[]
  readonly secrets: Readonly<Record<string, Body>>
  readonly resources: Readonly<Record<string, Body>>
  readonly events: readonly string[]
}

const kinds = [
  ['external-secrets.io/v1', 'externalsecrets', 'ExternalSecret', true],
  ['external-secrets.io/v1', 'secretstores', 'SecretStore', true],
  ['external-secrets.io/v1', 'clustersecretstores', 'ClusterSecretStore', false],
] as const

const sha3 = (input: string): string => createHash('sha3-224').update(input).digest('hex')
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

function goMap(map: Body | undefined, print: (value: string) => string): string {
  const keys = Object.keys(map ?? {}).sort(byBytes)
  return `map[${keys.map((key) => `${key}:${print(map?.[key] as string)}`).join(' ')}]`
}

const dataHash = (data: Body | undefined): string =>
  sha3(goMap(data, (value) => `[${[...Buffer.from(value, 'base64')].join(' ')}]`))
const metaHash = (meta: Body): string =>
  sha3(
    `{annotations:${goMap(meta['annotations'], (v) => v)} labels:${goMap(meta['labels'], (v) => v)}}`,
  )

/** The present state. */
export async function snapshot(play: Play): Promise<Stage> {
  const resources = await resourcesOf(play)
  const secrets: Record<string, Body> = {}
  const events = new Set<string>()
  for (const space of play.spaces) {
    for (const secret of await items(play, `/api/v1/namespaces/${space}/secrets`)) {
      secrets[labelOf(play, secret)] = secretOf(play, secret)
    }
    for (const event of await items(play, `/api/v1/namespaces/${space}/events`))
      note(play, events, event)
  }
  for (const event of await items(play, '/api/v1/namespaces/default/events')) {
    if (String(event['involvedObject'].name).startsWith(play.ns)) note(play, events, event)
  }
  return neutral(play, { refused: play.refused, secrets, resources, events: [...events].sort() })
}

async function items(play: Play, path: string): Promise<readonly Body[]> {
  return ((await play.world.call('GET', path)).json['items'] ?? []) as readonly Body[]
}

function labelOf({ ns }: Play, { metadata }: Body): string {
  const { namespace, name } = metadata as { namespace?: string; name: string }
  return namespace === ns || namespace === undefined ? name : `${namespace}/${name}`
}

async function resourcesOf(play: Play): Promise<Record<string, Body>> {
  const resources: Record<string, Body> = {}
  for (const [groupVersion, plural, kind, namespaced] of kinds) {
    const paths = namespaced
      ? [...play.spaces].map((space) => `/apis/${groupVersion}/namespaces/${space}/${plural}`)
      : [`/apis/${groupVersion}/${plural}`]
    for (const object of (await Promise.all(paths.map((path) => items(play, path)))).flat()) {
      const meta = object['metadata'] as Body
      if (!namespaced && !String(meta['name']).startsWith(play.ns)) continue
      if (kind === 'ExternalSecret') {
        play.seen.set(sha3(`${meta['namespace']}/${meta['name']}`), labelOf(play, object))
      }
      resources[`${kind} ${labelOf(play, object)}`] = resourceOf(kind, object)
    }
  }
  return resources
}

function resourceOf(kind: string, object: Body): Body {
  const status = (object['status'] ?? {}) as Body
  const meta = object['metadata'] as Body
  const resource: Record<string, unknown> = {
    conditions: ((status['conditions'] ?? []) as Body[])
      .map((c) => ({ type: c['type'], status: c['status'], ...pick(c, ['reason', 'message']) }))
      .sort((a, b) => byBytes(a.type as string, b.type as string)),
  }
  if (status['binding']?.name) resource['binding'] = status['binding'].name
  const version = status['syncedResourceVersion'] as string | undefined
  if (version !== undefined && version !== '') {
    const [generation, hash] = version.split('-')
    const age = generation === String(meta['generation']) ? '<generation>' : '<older generation>'
    resource['syncedResourceVersion'] =
      `${age}-${hash === metaHash(meta) ? '<metadata hash>' : hash}`
  }
  if (kind === 'ExternalSecret') resource['refreshTime'] = status['refreshTime'] ? 'set' : 'unset'
  if (status['capabilities']) resource['capabilities'] = status['capabilities']
  if (kind === 'ExternalSecret' && meta['ownerReferences']) {
    resource['ownerReferences'] = (meta['ownerReferences'] as Body[]).map(ownerOf)
    resource['labels'] = meta['labels'] ?? {}
    resource['annotations'] = meta['annotations'] ?? {}
  }
  if (meta['deletionTimestamp']) resource['deleting'] = true
  return resource
}

function pick(object: Body, names: readonly string[]): Body {
  return Object.fromEntries(
    names.filter((name) => object[name]).map((name) => [name, object[name]]),
  )
}

function ownerOf(owner: Body): Body {
  const names = ['controller', 'blockOwnerDeletion'].filter((name) => owner[name] !== undefined)
  return {
    kind: owner['kind'],
    name: owner['name'],
    ...Object.fromEntries(names.map((name) => [name, owner[name]])),
  }
}

function secretOf(play: Play, secret: Body): Body {
  const meta = secret['metadata'] as Body
  const data: Record<string, unknown> = {}
  for (const [key, value] of Object.entries((secret['data'] ?? {}) as Record<string, string>)) {
    const bytes = Buffer.from(value, 'base64')
    const text = bytes.toString('utf8')
    const shape = play.shapes.find((x) => x.key === key && (!x.secret || x.secret === meta['name']))
    if (shape !== undefined && new RegExp(shape.pattern).test(text)) data[key] = `~${shape.pattern}`
    else data[key] = Buffer.from(text, 'utf8').equals(bytes) ? text : { base64: value }
  }
  const labels = { ...(meta['labels'] as Body) } as Record<string, string>
  const annotations = { ...(meta['annotations'] as Body) } as Record<string, string>
  const by = 'reconcile.external-secrets.io/created-by'
  const owner = play.seen.get(labels[by] ?? '')
  if (owner !== undefined) labels[by] = `<hash of namespace/${owner}>`
  const hash = 'reconcile.external-secrets.io/data-hash'
  if (annotations[hash] === dataHash(secret['data'])) annotations[hash] = '<hash of data>'
  const managers = ((meta['managedFields'] ?? []) as Body[]).map(
    (f) => `${f['manager']} ${f['operation']}`,
  )
  return {
    type: secret['type'],
    data,
    ...(secret['immutable'] === undefined ? {} : { immutable: secret['immutable'] }),
    metadata: {
      labels,
      annotations,
      ownerReferences: ((meta['ownerReferences'] ?? []) as Body[]).map(ownerOf),
      ...pick(meta, ['finalizers']),
      ...(meta['deletionTimestamp'] ? { deleting: true } : {}),
    },
    managers: [...new Set(managers)].sort(),
  }
}

function note({ ns }: Play, events: Set<string>, event: Body): void {
  const about = event['involvedObject'] as Body
  if (!/external-secrets\.io/.test(String(about['apiVersion']))) return
  const space = about['namespace'] && about['namespace'] !== ns ? `${about['namespace']}/` : ''
  const what = `${about['kind']} ${space}${about['name']}`
  events.add(`${what} | ${event['type']} ${event['reason']} | ${event['message']}`)
}

/** The value with sorted keys. */
export function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  const object = value as Body
  return Object.fromEntries(
    Object.keys(object)
      .sort(byBytes)
      .map((key) => [key, ordered(object[key])]),
  )
}

function neutral(play: Play, stage: Stage): Stage {
  const { host } = new URL(play.world.server)
  const text = JSON.stringify(ordered(stage))
    .replaceAll(play.ns, '${ns}')
    .replaceAll(play.world.server, '${apiserver}')
    .replaceAll(host, '${apiserver-host}')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>')
    .replace(/supported values: (\\"[^"\\]*\\"(, )?)+/g, 'supported values: <list>')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')
  const out = JSON.parse(text) as Stage
  const ignored = (event: string): boolean =>
    play.ignore.some((rule) => new RegExp(rule.event ?? '$^').test(event))
  return { ...out, events: out.events.filter((event) => !ignored(event)) }
}
