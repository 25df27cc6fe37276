import { at, Fault, field, isObject, stringOf } from '#base'
import { parseApiVersion } from '#api'
import type { CallOptions, DiscoveredResource } from './client.ts'
import { goodJson, notKubernetes } from './answer.ts'
import type { About } from './status.ts'
import type { Transport } from './transport.ts'

const accept = [
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  'application/json',
].join(',')

/** The kinds served, and the group versions that could not be asked about. */
export interface Discovered {
  readonly resources: readonly DiscoveredResource[]
  /** `group/version` of an aggregated API whose server does not answer: its kinds are unknown. */
  readonly unknown: ReadonlySet<string>
}

/** Asks what is served: two calls where aggregated discovery is known, else one a group version. */
export async function discoverAll(
  transport: Transport,
  options: CallOptions = {},
): Promise<Discovered> {
  const resources: DiscoveredResource[] = []
  const unknown = new Set<string>()
  for (const path of ['/api', '/apis']) {
    const body = await ask(transport, path, options)
    if (field(body, 'kind') === 'APIGroupDiscoveryList') readAggregated(body, resources, unknown)
    else {
      for (const groupVersion of groupVersionsOf(path, body)) {
        await readPlain(transport, groupVersion, options, resources, unknown)
      }
    }
  }
  return { resources, unknown }
}

async function ask(transport: Transport, path: string, options: CallOptions): Promise<unknown> {
  const about: About = { verb: `discover ${path}` }
  const answer = await transport.exchange({
    method: 'GET',
    target: path,
    headers: { accept },
    mostBytes: 64 * 1024 * 1024,
    bulk: true,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  const body = goodJson(about, answer)
  if (!isObject(body)) throw notKubernetes(about)
  return body
}

function readAggregated(body: unknown, into: DiscoveredResource[], unknown: Set<string>): void {
  for (const item of listOf(field(body, 'items'))) {
    const group = stringOf(at(item, 'metadata', 'name')) ?? ''
    for (const served of listOf(field(item, 'versions'))) {
      const version = stringOf(field(served, 'version')) ?? ''
      if (field(served, 'freshness') === 'Stale') unknown.add(apiVersion(group, version))
      for (const entry of listOf(field(served, 'resources'))) {
        into.push({
          group,
          version,
          plural: stringOf(field(entry, 'resource')) ?? '',
          kind: stringOf(at(entry, 'responseKind', 'kind')) ?? '',
          namespaced: field(entry, 'scope') === 'Namespaced',
          shortNames: textsOf(field(entry, 'shortNames')),
          verbs: textsOf(field(entry, 'verbs')),
        })
      }
    }
  }
}

function groupVersionsOf(path: string, body: unknown): readonly string[] {
  if (path === '/api') return textsOf(field(body, 'versions'))
  return listOf(field(body, 'groups')).flatMap((group) =>
    listOf(field(group, 'versions'))
      .map((version) => stringOf(field(version, 'groupVersion')))
      .filter((text) => text !== undefined),
  )
}

async function readPlain(
  transport: Transport,
  groupVersion: string,
  options: CallOptions,
  into: DiscoveredResource[],
  unknown: Set<string>,
): Promise<void> {
  const { group, version } = parseApiVersion(groupVersion)
  let body: unknown
  try {
    body = await ask(transport, `${group === '' ? '/api' : '/apis'}/${groupVersion}`, options)
  } catch (thrown) {
    options.signal?.throwIfAborted()
    // One broken extension API must not hide all the others.
    if (!(thrown instanceof Fault)) throw thrown
    unknown.add(groupVersion)
    return
  }
  for (const entry of listOf(field(body, 'resources'))) {
    const plural = stringOf(field(entry, 'name')) ?? ''
    if (plural === '' || plural.includes('/')) continue // a subresource
    into.push({
      group,
      version,
      plural,
      kind: stringOf(field(entry, 'kind')) ?? '',
      namespaced: field(entry, 'namespaced') === true,
      shortNames: textsOf(field(entry, 'shortNames')),
      verbs: textsOf(field(entry, 'verbs')),
    })
  }
}

function apiVersion(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : []
}

function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((entry) => typeof entry === 'string')
}
