/**
 * Writes src/embedded/kube-api/auth/bootstrap-json.ts: the roles and bindings that kube-apiserver makes of itself when
 * it starts for the first time.
 *
 *   node scripts/kube-roles.ts
 */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { realEnv, silentLog } from '#base/env'
import { startControlPlane } from '../test/real/control-plane.ts'

interface Item {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
  }
  readonly rules?: readonly object[] | null
  readonly aggregationRule?: object
  readonly roleRef?: object
  readonly subjects?: readonly object[]
}

const mark = 'kubernetes.io/bootstrapping'

// What every one of them carries is added when they are made.
function lineOf(kind: string, { metadata, ...item }: Item): string {
  const { name, namespace, labels } = metadata
  const uid = uidOf(`${kind} ${namespace ?? ''}/${name}`)
  const { rules, roleRef, subjects, aggregationRule } = item
  return JSON.stringify({
    kind,
    metadata: { name, namespace, uid, labels },
    rules,
    aggregationRule,
    subjects,
    roleRef,
  })
}

/** A uid that follows from the name: it is the same in every run. */
function uidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  const [a, b, c, d, e] = [
    [0, 8],
    [8, 12],
    [13, 16],
    [17, 20],
    [20, 32],
  ].map(([from, to]) => hex.slice(from, to))
  return `${a}-${b}-4${c}-8${d}-${e}`
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
    for (const item of await itemsOf(plural)) lines.push(lineOf(kind, item))
  }
  const file = fileURLToPath(
    new URL('../src/embedded/kube-api/auth/bootstrap-json.ts', import.meta.url),
  )
  writeFileSync(
    file,
    `/** Written by scripts/kube-roles.ts from Kubernetes 1.36.1; not edited by hand. */\nexport const bootstrapJson: string = String.raw\`[\n${lines.join(',\n')}\n]\`\n`,
  )
  console.log(`${file}: ${lines.length} lines, ${readFileSync(file).length} bytes`)
} finally {
  await pool.close()
  await plane.close()
}
