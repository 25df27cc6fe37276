import type { HttpHeaders, ServerResponse } from '#base'

/** A request to a Service through the API server. */
export interface ProxyRequest {
  readonly namespace: string
  readonly service: string
  readonly port: string
  readonly path: string
  readonly method: string
  readonly headers: HttpHeaders
  readonly body: Uint8Array
}

/** Answers for the Services of this cluster; null: there is nothing behind that name. */
export type ServiceProxy = (request: ProxyRequest) => Promise<ServerResponse | null>
