import type { HttpHeaders } from '#base'
import type { Core } from '../core.ts'
import { ApiError, notFound } from '../errors.ts'
import type { Answer, Exchange } from '../http/exchange.ts'
import type { Target } from '../http/target.ts'
import { entryKey } from '../storage/store.ts'

/** Whether a path asks for `services/NAME/proxy`. */
export function isProxied(target: Target): boolean {
  return target.group === '' && target.plural === 'services' && target.subresource === 'proxy'
}

/**
 * Hands a request on to a Service. There is no network behind this server: whoever made it says what
 * answers for which Service; a Service that nothing answers for has no endpoints.
 */
export async function proxied(core: Core, exchange: Exchange, target: Target): Promise<Answer> {
  const { service, port } = addressOf(target.name)
  const kind = core.kinds.find('', 'v1', 'services')
  const isThere =
    kind !== undefined &&
    core.store.get(kind.bucket, entryKey(target.namespace, service)) !== undefined
  if (!isThere) throw notFound({ group: '', plural: 'services', kind: 'Service' }, service)
  const query = exchange.query.toString()
  const reply = await core.serviceProxy?.({
    namespace: target.namespace,
    service,
    port,
    path: `/${target.rest.join('/')}${query === '' ? '' : `?${query}`}`,
    method: exchange.method,
    headers: Object.fromEntries(
      // The caller's credentials are for this server alone.
      [...exchange.headers].filter(([name]) => name !== 'authorization' && name !== 'host'),
    ),
    body: await exchange.body(),
  })
  if (reply === null || reply === undefined) {
    throw new ApiError(
      503,
      'ServiceUnavailable',
      `no endpoints available for service ${JSON.stringify(target.name)}`,
    )
  }
  return {
    status: reply.status,
    headers: singleHeaders(reply.headers ?? {}),
    ...(reply.body === undefined ? {} : { body: reply.body }),
  }
}

/** `[scheme:]name[:port]`. */
function addressOf(name: string): { readonly service: string; readonly port: string } {
  const parts = name.split(':')
  if (parts.length === 3) return { service: parts[1] ?? '', port: parts[2] ?? '' }
  return { service: parts[0] ?? '', port: parts[1] ?? '' }
}

function singleHeaders(headers: HttpHeaders): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : value.join(', '),
    ]),
  )
}
