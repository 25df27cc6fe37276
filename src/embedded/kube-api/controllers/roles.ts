import { equalJson, utf8 } from '#base'
import { bootstrapObjects } from '../auth/bootstrap.ts'
import { administrator } from '../auth/user.ts'
import { nowText, type Core } from '../core.ts'
import { serve } from '../http/server.ts'
import { get, listAt, type Obj } from '../object.ts'
import { matchesLabels } from '../rules/label-query.ts'
import { entryKey } from '../storage/store.ts'
import { Later } from './later.ts'

const group = 'rbac.authorization.k8s.io'
const bucket = `clusterroles.${group}`

/** Makes the roles that are there from the start, and keeps ClusterRoles that gather others' rules up to date. */
export function startRoles(core: Core): () => void {
  for (const object of bootstrapObjects(nowText(core))) {
    const plural = `${object.kind.toLowerCase()}s`
    core.store.put(`${plural}.${group}`, object)
  }
  for (const role of gatherers(core)) {
    core.store.put(bucket, { ...role, metadata: { ...role.metadata }, rules: gathered(core, role) })
  }
  let isStopped = false
  let running = Promise.resolve()
  const gatherAll = async (): Promise<void> => {
    for (const { metadata } of gatherers(core)) {
      if (!isStopped) await gather(core, metadata.name ?? '')
    }
  }
  const later = new Later(core, () => {
    running = running.then(gatherAll)
  })
  const stop = core.store.subscribe(bucket, () => later.ask(''))
  return () => {
    isStopped = true
    stop()
    later.stop()
  }
}

function rolesOf(core: Core): Obj[] {
  return Array.from(core.store.entries(bucket), ([, { object }]) => object)
}

// In this order what some gather from others is there before it is gathered again.
function gatherers(core: Core): Obj[] {
  const order = ['view', 'edit', 'admin']
  const rank = ({ metadata }: Obj): number => order.indexOf(metadata.name ?? '')
  return rolesOf(core)
    .filter((role) => get(role, 'aggregationRule') !== undefined)
    .sort((a, b) => rank(a) - rank(b))
}

function gathered(core: Core, role: Obj): unknown[] {
  const rules = new Map<string, unknown>()
  const others = rolesOf(core)
    .filter((one) => one.metadata.name !== role.metadata.name)
    .sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1))
  for (const selector of listAt(role, 'aggregationRule', 'clusterRoleSelectors')) {
    for (const other of others) {
      if (!matchesLabels(selector, other.metadata.labels ?? {})) continue
      for (const rule of listAt(other, 'rules')) {
        const text = textOfRule(rule)
        if (!rules.has(text)) rules.set(text, rule)
      }
    }
  }
  return [...rules.values()]
}

const parts = ['verbs', 'apiGroups', 'resources', 'resourceNames', 'nonResourceURLs'] as const

function textOfRule(rule: unknown): string {
  return JSON.stringify(parts.map((part) => listAt(rule, part)))
}

// Ends when the rules are stored, so that who gathers this role next finds them. Does not throw.
async function gather(core: Core, name: string): Promise<void> {
  // What another role's turn has changed, or taken away, counts.
  const role = core.store.get(bucket, entryKey('', name))?.object
  if (role === undefined || get(role, 'aggregationRule') === undefined) return
  const rules = gathered(core, role)
  if (equalJson(rules, listAt(role, 'rules'))) return
  const body = { apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata: { name }, rules }
  const { status } = await serve(core, {
    method: 'PATCH',
    path: `/apis/${group}/v1/clusterroles/${encodeURIComponent(name)}`,
    query: new URLSearchParams({
      fieldManager: 'clusterrole-aggregation-controller',
      force: 'true',
    }),
    headers: new Map([['content-type', 'application/apply-patch+yaml']]),
    body: () => Promise.resolve(utf8(JSON.stringify(body))),
    vouched: administrator,
    signal: new AbortController().signal,
  })
  if (status < 400) return
  core.env.log.error('the embedded API server could not gather the rules of a role', {
    role: name,
    status,
  })
}
