/**
 * Writes src/embedded/kube-api/auth/bootstrap-text.ts: the roles and bindings that kube-apiserver makes of itself when
 * it starts for the first time.
 *
 *   node scripts/kube-roles.ts
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { realEnv, silentLog } from '#base/env'
import { startControlPlane } from '../test/real/control-plane.ts'

interface Rule {
  readonly verbs: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}

interface Item {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
  }
  readonly rules?: readonly Rule[] | null
  readonly aggregationRule?: {
    readonly clusterRoleSelectors: readonly {
      readonly matchLabels: Readonly<Record<string, string>>
    }[]
  }
  readonly roleRef?: { readonly kind: string; readonly name: string }
  readonly subjects?: readonly {
    readonly kind: string
    readonly name: string
    readonly namespace?: string
  }[]
}

const mark = 'kubernetes.io/bootstrapping'

function pairs(map: Readonly<Record<string, string>>): string {
  return Object.entries(map)
    .filter(([key]) => key !== mark)
    .map(([key, value]) => ` ${key}=${value}`)
    .join('')
}

function ruleText(rule: Rule): string {
  const list = (words: readonly string[] | undefined): string =>
    (words ?? []).map((one) => (one === '' ? '""' : one)).join(' ')
  const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } = rule
  const parts = [verbs, apiGroups, resources, resourceNames, nonResourceURLs].map(list)
  return `  ${parts
    .join(' | ')
    .trimEnd()
    .replace(/(?: \|)+$/, '')}`
}

function textOf(kind: string, { metadata, ...item }: Item): string[] {
  const name =
    metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`
  const head = `${kind} ${name}${pairs(metadata.labels ?? {})}`
  if (item.roleRef !== undefined) {
    const subjects = (item.subjects ?? []).map(
      ({ kind: of, name: who, namespace = '' }) =>
        `${of}:${namespace === '' ? who : `${namespace}/${who}`}`,
    )
    return [head, `  ${item.roleRef.kind} ${item.roleRef.name} -> ${subjects.join(' ')}`]
  }
  const selectors = item.aggregationRule?.clusterRoleSelectors
  // What is gathered from others is gathered anew.
  if (selectors !== undefined) {
    return [head, ...selectors.map(({ matchLabels }) => `  from${pairs(matchLabels)}`)]
  }
  return [head, ...(item.rules ?? []).map(ruleText)]
}

const env = realEnv({ log: silentLog })
const plane = await startControlPlane()
const tls = typeof plane.access.tls === 'function' ? await plane.access.tls() : plane.access.tls
const pool = env.net.pool(tls === undefined ? {} : { tls })

async function itemsOf(plural: string): Promise<readonly Item[]> {
  const url = `${plane.url}/apis/rbac.authorization.k8s.io/v1/${plural}?labelSelector=${mark}`
  const { body } = await pool.request({ method: 'GET', url, headers: {} })
  const parts: Uint8Array[] = []
  for await (const part of body) parts.push(part)
  return (JSON.parse(Buffer.concat(parts).toString()) as { items: Item[] }).items
}

try {
  const lines: string[] = []
  for (const [kind, plural] of [
    ['ClusterRole', 'clusterroles'],
    ['ClusterRoleBinding', 'clusterrolebindings'],
    ['Role', 'roles'],
    ['RoleBinding', 'rolebindings'],
  ] as const) {
    for (const item of await itemsOf(plural)) lines.push(...textOf(kind, item))
  }
  const file = fileURLToPath(
    new URL('../src/embedded/kube-api/auth/bootstrap-text.ts', import.meta.url),
  )
  writeFileSync(
    file,
    `/** Written by scripts/kube-roles.ts from Kubernetes 1.36.1; not edited by hand. */\nexport const bootstrapText: string = \`\n${lines.join('\n')}\n\`\n`,
  )
  console.log(`${file}: ${lines.length} lines, ${readFileSync(file).length} bytes`)
} finally {
  await pool.close()
  await plane.close()
}
