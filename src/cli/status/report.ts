import { keyText, resource, type AnyObject, type Condition, type Resource } from '#api'
import { at, isObject, parseTime, stringOf } from '#base'
import type { Client } from '#kube'

/** A kind that `lockstep status` looks at, and the condition that tells whether it is well. */
interface Watched {
  readonly resource: Resource
  readonly condition: string
  /** Where the object keeps the time of its last success. */
  readonly refreshed?: readonly string[]
}

const watched: readonly Watched[] = [
  {
    resource: resource(
      'external-secrets.io/v1',
      'ClusterSecretStore',
      'clustersecretstores',
      'cluster',
    ),
    condition: 'Ready',
  },
  {
    resource: resource('external-secrets.io/v1', 'SecretStore', 'secretstores'),
    condition: 'Ready',
  },
  {
    resource: resource('external-secrets.io/v1', 'ExternalSecret', 'externalsecrets'),
    condition: 'Ready',
    refreshed: ['status', 'refreshTime'],
  },
  {
    resource: resource('bitnami.com/v1alpha1', 'SealedSecret', 'sealedsecrets'),
    condition: 'Synced',
  },
  {
    resource: resource('source.toolkit.fluxcd.io/v1', 'GitRepository', 'gitrepositories'),
    condition: 'Ready',
  },
  {
    resource: resource('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'kustomizations'),
    condition: 'Ready',
  },
]

/** The kinds by the names a person may type: kind, plural or singular, any case. */
export function watchedKind(name: string): Resource | undefined {
  const wanted = name.toLowerCase()
  return watched.find(
    ({ resource }) => resource.plural === wanted || resource.kind.toLowerCase() === wanted,
  )?.resource
}

/** The kinds looked after, as a person types them. */
export function watchedNames(): readonly string[] {
  return watched.map(({ resource }) => resource.kind.toLowerCase())
}

/** One object's state in a line. */
export interface StatusRow {
  readonly kind: string
  readonly namespace?: string
  readonly name: string
  readonly state: 'ready' | 'failing' | 'pending' | 'suspended'
  readonly reason: string
  readonly message: string
  /** When it last succeeded; milliseconds since 1970. */
  readonly refreshedMs?: number
  /** What the newest Warning event says, for a failing object. */
  readonly cause?: string
}

/** Which objects to look at. */
export interface StatusQuery {
  /** Absent: all namespaces. */
  readonly namespace?: string
  readonly kind?: Resource
  readonly name?: string
}

/**
 * The state of everything Lockstep looks after, in the order in which one depends on the other.
 * Kinds that the cluster does not serve are left out.
 */
export async function statusRows(
  client: Client,
  query: StatusQuery,
  signal: AbortSignal,
): Promise<readonly StatusRow[]> {
  const rows: StatusRow[] = []
  for (const kind of watched) {
    if (query.kind !== undefined && query.kind.kind !== kind.resource.kind) continue
    if ((await client.resourceOf(...nameOf(kind.resource), { signal })) === null) continue
    const scope =
      query.namespace === undefined || !kind.resource.namespaced
        ? {}
        : { namespace: query.namespace }
    const { items } = await client.list(kind.resource, { ...scope, signal })
    for (const object of items) {
      if (query.name !== undefined && object.metadata.name !== query.name) continue
      const row = rowOf(kind, object)
      rows.push(row.state === 'failing' ? await withCause(client, object, row, signal) : row)
    }
  }
  return rows
}

function nameOf(resource: Resource): [string, string] {
  return [`${resource.group}/${resource.version}`, resource.kind]
}

function rowOf(kind: Watched, object: AnyObject): StatusRow {
  const { namespace, name } = object.metadata
  const condition = conditionOf(object, kind.condition)
  const refreshed =
    kind.refreshed === undefined ? undefined : parseTime(stringOf(at(object, ...kind.refreshed)))
  return {
    kind: kind.resource.kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    state: stateOf(object, condition),
    // Sealed Secrets gives no reasons; the condition's own name says as much.
    reason: condition?.reason ?? (condition?.status === 'True' ? kind.condition : ''),
    message: condition?.message ?? '',
    ...(refreshed === undefined ? {} : { refreshedMs: refreshed }),
  }
}

function conditionOf(object: AnyObject, type: string): Condition | undefined {
  const conditions = at(object, 'status', 'conditions')
  if (!Array.isArray(conditions)) return undefined
  return (conditions as readonly unknown[]).find(
    (entry): entry is Condition => isObject(entry) && entry['type'] === type,
  )
}

function stateOf(object: AnyObject, condition: Condition | undefined): StatusRow['state'] {
  if (at(object, 'spec', 'suspend') === true) return 'suspended'
  const generation = object.metadata.generation
  const observed = condition?.observedGeneration ?? at(object, 'status', 'observedGeneration')
  const isOld = typeof observed === 'number' && generation !== undefined && observed < generation
  if (condition === undefined || isOld || condition.status === 'Unknown') return 'pending'
  return condition.status === 'True' ? 'ready' : 'failing'
}

async function withCause(
  client: Client,
  object: AnyObject,
  row: StatusRow,
  signal: AbortSignal,
): Promise<StatusRow> {
  const { items } = await client.list(resource('v1', 'Event', 'events'), {
    namespace: row.namespace ?? 'default',
    fieldSelector: `involvedObject.name=${row.name},involvedObject.kind=${row.kind}`,
    signal,
  })
  const newest = items
    .filter(
      (event) =>
        event['type'] === 'Warning' && at(event, 'involvedObject', 'uid') === object.metadata.uid,
    )
    .toSorted((a, b) => timeOf(b) - timeOf(a))[0]
  const message = newest === undefined ? undefined : stringOf(newest['message'])
  return message === undefined || message === row.message ? row : { ...row, cause: message }
}

function timeOf(event: AnyObject): number {
  return parseTime(stringOf(event['lastTimestamp']) ?? event.metadata.creationTimestamp) ?? 0
}

/** `namespace/name` of a row. */
export function rowKey(row: StatusRow): string {
  return keyText(row)
}
