/** Who asked the API server for what, and who may. */
import { isObject, type Handler } from '#base'
import { nameOf, type Manifest } from './kustomize.ts'

/** One request about a resource, as the API server's authorizer sees it. */
export interface Use {
  /** Name of a Deployment's ServiceAccount, or the user's whole name. */
  readonly account: string
  readonly verb: string
  /** `secrets`, `leases.coordination.k8s.io`, `secrets/status` … */
  readonly resource: string
  /** Empty: across the cluster. */
  readonly namespace: string
  readonly name: string
  /** Of the answer. */
  readonly status: number
}

/** One right: what a rule comes to when it is written out. */
export interface Grant {
  readonly account: string
  readonly verb: string
  readonly resource: string
  /** Absent: in every namespace. */
  readonly namespace?: string
  /** Absent: whatever its name. */
  readonly names?: readonly string[]
  /** The role it comes from. */
  readonly role: string
}

// In a namespace of its own, or in the one that it looks after.
const ours = /^system:serviceaccount:(?:lockstep-system|web):(lockstep(?:-(?!deployer).*)?)$/

/** `handler`, with every request about a resource told to `seen` once it is answered. */
export function audited(handler: Handler, seen: (use: Use) => void): Handler {
  return async (request) => {
    const answer = await handler(request)
    const what = resourceOf(request.target)
    const author = accountOf(String(request.headers['authorization'] ?? ''))
    if (what === undefined || author === undefined) return answer
    const { status } = answer
    const verb = verbOf(request.method, request.target, what.name)
    const impersonated = request.headers['impersonate-user']
    if (impersonated === undefined) {
      seen({ account: author, verb, ...what, status })
      return answer
    }
    const user = String(impersonated)
    seen(impersonation(author, user))
    seen({ account: `${short(user)} through ${author}`, verb, ...what, status })
    return answer
  }
}

/**
 * The same from a kube-apiserver's audit log: requests of ServiceAccounts about resources. Each is
 * there once however many stages of it were logged.
 */
export function usesInAudit(text: string): readonly Use[] {
  const seen = new Map<string, Use>()
  const lines = text.split('\n').slice(0, -1) // the last may be half written
  for (const use of lines.flatMap((line) => usesOf(JSON.parse(line) as AuditEvent))) {
    seen.set(JSON.stringify(use), use)
  }
  return [...seen.values()]
}

interface AuditEvent {
  readonly verb: string
  readonly user: { readonly username: string }
  readonly impersonatedUser?: { readonly username: string }
  readonly objectRef?: {
    readonly resource?: string
    readonly subresource?: string
    readonly apiGroup?: string
    readonly namespace?: string
    readonly name?: string
  }
  readonly responseStatus?: { readonly code?: number }
}

function usesOf({ verb, user, impersonatedUser, objectRef, responseStatus }: AuditEvent): Use[] {
  const { username } = user
  if (!username.startsWith('system:serviceaccount:') || objectRef?.resource === undefined) return []
  const { resource: plural, subresource, apiGroup, namespace = '', name = '' } = objectRef
  const full = subresource === undefined ? plural : `${plural}/${subresource}`
  const what = {
    verb,
    resource: apiGroup === undefined ? full : `${full}.${apiGroup}`,
    // A Namespace is said to be in itself; its rules are of the cluster.
    namespace: plural === 'namespaces' ? '' : namespace,
    name,
    status: responseStatus?.code ?? 0,
  }
  const account = short(username)
  if (impersonatedUser === undefined) return [{ account, ...what }]
  return [
    impersonation(account, impersonatedUser.username),
    { account: `${short(impersonatedUser.username)} through ${account}`, ...what },
  ]
}

function impersonation(account: string, user: string): Use {
  const [namespace = '', name = ''] = user.replace('system:serviceaccount:', '').split(':')
  return { account, verb: 'impersonate', resource: 'serviceaccounts', namespace, name, status: 0 }
}

function short(user: string): string {
  return ours.exec(user)?.[1] ?? user
}

function accountOf(authorization: string): string | undefined {
  const claims = authorization.replace('Bearer ', '').split('.')[1]
  if (claims === undefined) return undefined // no token, or one of the fixed ones
  const parsed: unknown = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8'))
  return isObject(parsed) ? short(String(parsed['sub'])) : undefined
}

function resourceOf(target: string): Pick<Use, 'resource' | 'namespace' | 'name'> | undefined {
  const [path = ''] = target.split('?')
  const parts = path.split('/').slice(1).map(decodeURIComponent)
  const isCore = parts[0] === 'api'
  const group = isCore ? '' : (parts[1] ?? '')
  let rest = parts.slice(isCore ? 2 : 3)
  let namespace = ''
  if (rest[0] === 'namespaces' && rest.length > 2) {
    namespace = rest[1] ?? ''
    rest = rest.slice(2)
  }
  const [plural, name = '', subresource] = rest
  if (plural === undefined || !['api', 'apis'].includes(parts[0] ?? '')) return undefined
  const full = subresource === undefined ? plural : `${plural}/${subresource}`
  return { resource: group === '' ? full : `${full}.${group}`, namespace, name }
}

function verbOf(method: string, target: string, name: string): string {
  switch (method) {
    case 'GET':
      if (/[?&]watch=(true|1)/.test(target)) return 'watch'
      return name === '' ? 'list' : 'get'
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    case 'PATCH':
      return 'patch'
    default:
      return name === '' ? 'deletecollection' : 'delete'
  }
}

/** All rights that the manifests give to accounts. */
export function grantsIn(manifests: readonly Manifest[]): readonly Grant[] {
  const roles = new Map(manifests.map((one) => [nameOf(one), one]))
  return manifests.flatMap((binding): Grant[] => {
    if (!binding.kind.endsWith('RoleBinding')) return []
    const { roleRef, subjects } = binding as unknown as Binding
    const { namespace } = binding.metadata
    const within = roleRef.kind === 'Role' ? `${namespace}/` : ''
    const role = roles.get(`${roleRef.kind} ${within}${roleRef.name}`)
    if (role === undefined) throw new Error(`${nameOf(binding)}: no ${roleRef.name}`)
    const rules = role['rules'] as readonly Rule[]
    return subjects.flatMap(({ name: account }) =>
      rules.flatMap((rule) => written(rule, account, namespace, roleRef.name)),
    )
  })
}

interface Binding {
  readonly roleRef: { readonly kind: string; readonly name: string }
  readonly subjects: readonly { readonly name: string }[]
}

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly verbs: readonly string[]
}

function written(
  rule: Rule,
  account: string,
  namespace: string | undefined,
  role: string,
): Grant[] {
  return rule.apiGroups.flatMap((group) =>
    rule.resources.flatMap((plural) =>
      rule.verbs.map((verb) => ({
        account,
        verb,
        role,
        resource: group === '' ? plural : `${plural}.${group}`,
        ...(namespace === undefined ? {} : { namespace }),
        ...(rule.resourceNames === undefined ? {} : { names: rule.resourceNames }),
      })),
    ),
  )
}

/** Whether a right was what allowed a request. */
export function covers(grant: Grant, use: Use): boolean {
  return (
    grant.account === use.account &&
    grant.verb === use.verb &&
    grant.resource === use.resource &&
    (grant.namespace === undefined || grant.namespace === use.namespace) &&
    (grant.names === undefined || grant.names.includes(use.name))
  )
}

/** A right in words: `patch externalsecrets.external-secrets.io`. */
export function textOfGrant({ verb, resource, namespace, names }: Grant): string {
  const named = names === undefined ? '' : ` named ${names.join(', ')}`
  return `${verb} ${resource}${named}${namespace === undefined ? '' : ` in ${namespace}`}`
}

/** A request in words. */
export function textOfUse({ account, verb, resource, namespace, name, status }: Use): string {
  return `${account}: ${verb} ${resource} ${namespace}/${name} (${status})`
}
