import { resource, type KubeObject } from '#api'
import { at, parseTime, stringOf } from '#base'
import type { Client } from '#kube'

const events = resource('v1', 'Event', 'events')

/** Message of the newest Warning event about this very object, of one reason if that is given. */
export async function newestWarning(
  client: Client,
  object: KubeObject,
  signal: AbortSignal,
  reason?: string,
): Promise<string | undefined> {
  const { name, namespace, uid } = object.metadata
  const { items } = await client.list(events, {
    namespace: namespace ?? 'default',
    fieldSelector: `involvedObject.name=${name},involvedObject.kind=${object.kind}`,
    signal,
  })
  const newest = items
    .filter((event) => event['type'] === 'Warning' && at(event, 'involvedObject', 'uid') === uid)
    .filter((event) => reason === undefined || event['reason'] === reason)
    .toSorted((a, b) => timeOf(b) - timeOf(a))[0]
  return newest === undefined ? undefined : stringOf(newest['message'])
}

function timeOf(event: KubeObject): number {
  const last = stringOf(at(event, 'lastTimestamp'))
  return parseTime(last ?? event.metadata.creationTimestamp) ?? 0
}
