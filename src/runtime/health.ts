import type { Env, Listener, ServerResponse } from '#base'
import type { Metrics } from './metrics.ts'

export interface HealthOptions {
  readonly env: Env
  /** Default 0.0.0.0: the kubelet and Prometheus come from outside. */
  readonly host?: string
  readonly port: number
  readonly metrics?: Pick<Metrics, 'render'>
  /** Whether all is ready, or what is not yet, one line each. Nothing secret. */
  readonly ready: () => boolean | readonly string[]
}

/**
 * Serves /metrics, /healthz (the process answers) and /readyz (every cache has synced). Close the
 * listener to stop.
 */
export async function serveHealth(options: HealthOptions): Promise<Listener> {
  return await options.env.net.listen(
    async (request) => {
      if (request.method !== 'GET' && request.method !== 'HEAD') return text(405, 'only GET\n')
      switch (request.target.split('?')[0]) {
        case '/healthz':
        case '/livez':
          return text(200, 'ok\n')
        case '/readyz': {
          const ready = options.ready()
          const missing = typeof ready === 'boolean' ? (ready ? [] : ['starting']) : ready
          return missing.length === 0
            ? text(200, 'ok\n')
            : text(503, `${missing.map((what) => `not ready: ${what}`).join('\n')}\n`)
        }
        case '/metrics': {
          if (options.metrics === undefined) return text(404, 'not found\n')
          const { text: body, contentType } = await options.metrics.render()
          return { status: 200, headers: { 'content-type': contentType }, body }
        }
        default:
          return text(404, 'not found\n')
      }
    },
    { host: options.host ?? '0.0.0.0', port: options.port },
  )
}

function text(status: number, body: string): ServerResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body }
}
