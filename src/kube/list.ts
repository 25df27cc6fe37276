import { Fault, field, at, limits, stringOf } from '#base'
import type { KubeObject, Resource } from '#api'
import type { ListOptions, ListResult } from './client.ts'
import { goodJson, notKubernetes } from './answer.ts'
import { collectionPath, queryText } from './paths.ts'
import type { About } from './status.ts'
import type { Transport } from './transport.ts'

const restarts = 3

/**
 * Reads a whole list in pages of one version. When that version expires between two pages the list
 * is begun again, and the last time asked for in one piece, which cannot expire.
 */
export async function listPages<T>(
  transport: Transport,
  resource: Resource<KubeObject>,
  options: ListOptions,
  accept: string,
  itemOf: (item: unknown) => T,
): Promise<ListResult<T>> {
  for (let turn = 0; ; turn++) {
    const limit = turn < restarts ? limits.listPageItems : undefined
    try {
      return await onePass(transport, resource, options, accept, itemOf, limit)
    } catch (thrown) {
      const expired = thrown instanceof Fault && thrown.reason === 'Expired'
      if (!expired || limit === undefined) throw thrown
    }
  }
}

async function onePass<T>(
  transport: Transport,
  resource: Resource<KubeObject>,
  options: ListOptions,
  accept: string,
  itemOf: (item: unknown) => T,
  limit: number | undefined,
): Promise<ListResult<T>> {
  const about: About = { verb: 'list', resource, key: { namespace: options.namespace } }
  const items: T[] = []
  let next: string | undefined
  let resourceVersion: string | undefined
  do {
    const query = queryText({
      labelSelector: options.labelSelector,
      fieldSelector: options.fieldSelector,
      limit,
      continue: next,
    })
    const answer = await transport.exchange({
      method: 'GET',
      target: collectionPath(resource, options.namespace) + query,
      headers: { accept },
      mostBytes: limits.listPageBytes,
      bulk: true,
      timeoutMs: 2 * limits.kubeTimeoutMs,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
    const body = goodJson(about, answer)
    const version = stringOf(at(body, 'metadata', 'resourceVersion')) ?? versionless(body, resource)
    const page = field(body, 'items')
    // A null list is how Go writes an empty one.
    if (version === undefined || (page !== null && !Array.isArray(page))) throw notKubernetes(about)
    resourceVersion ??= version
    for (const item of (page ?? []) as readonly unknown[]) items.push(itemOf(item))
    next = stringOf(at(body, 'metadata', 'continue'))
  } while (next !== undefined && next !== '')
  return { items, resourceVersion }
}

// Lists that are made up on the way, as ComponentStatus and what metrics servers answer, have no version;
// their kind says that they are lists all the same. Nothing can be watched from there.
function versionless(body: unknown, { kind }: { readonly kind: string }): string | undefined {
  return stringOf(field(body, 'kind')) === `${kind}List` ? '' : undefined
}
