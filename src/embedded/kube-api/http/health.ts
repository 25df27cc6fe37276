import type { Exchange } from './exchange.ts'

// What this server has of what kube-apiserver checks; all is well as long as it answers.
const checked = [
  'ping',
  'log',
  'etcd',
  'poststarthook/start-apiextensions-controllers',
  'poststarthook/crd-informer-synced',
  'poststarthook/rbac/bootstrap-roles',
]

const checksOf: Readonly<Record<string, readonly string[]>> = {
  healthz: checked,
  livez: checked,
  readyz: [...checked, 'informer-sync', 'shutdown'],
}

interface Health {
  readonly status: number
  readonly text: string
}

/**
 * `/livez`, `/readyz`, `/healthz` and one check of each, such as `/livez/etcd`; undefined for other paths
 * and checks that there are not. `?verbose` names them all, `?exclude=` leaves one out.
 */
export function healthAnswer({ query }: Exchange, path: string): Health | undefined {
  const [, group = '', name = ''] = /^\/(\w+)(?:\/(.+))?$/.exec(path) ?? []
  const checks = Object.hasOwn(checksOf, group) ? checksOf[group] : undefined
  if (checks === undefined) return undefined
  if (name !== '') return checks.includes(name) ? { status: 200, text: 'ok' } : undefined
  if (!query.has('verbose')) return { status: 200, text: 'ok' }
  const left = query.getAll('exclude')
  const lines = checks.map((one) =>
    left.includes(one) ? `[+]${one} excluded: ok` : `[+]${one} ok`,
  )
  const unknown = left.filter((one) => !checks.includes(one)).toSorted()
  if (unknown.length > 0) {
    lines.push(
      `warn: some health checks cannot be excluded: no matches for ${unknown.map((one) => JSON.stringify(one)).join(',')}`,
    )
  }
  return { status: 200, text: `${lines.join('\n')}\n${group} check passed\n` }
}
