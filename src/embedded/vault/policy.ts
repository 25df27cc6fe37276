import { isObject, parseJson } from '#base'

/** What a token may do at a path. */
export type Capability =
  | 'create'
  | 'read'
  | 'update'
  | 'patch'
  | 'delete'
  | 'list'
  | 'sudo'
  | 'deny'

/** One `path "…" { capabilities = […] }` of a policy. */
export interface Rule {
  readonly path: string
  readonly capabilities: ReadonlySet<string>
}

const block = /path\s+"([^"]+)"\s*\{([^}]*)\}/g
const capabilities = /capabilities\s*=\s*\[([^\]]*)\]/

/** Rules of a policy in HCL or JSON; what is neither has no rules and so allows nothing. */
export function parsePolicy(text: string): readonly Rule[] {
  return text.trimStart().startsWith('{') ? fromJson(text) : fromHcl(text)
}

function fromHcl(text: string): readonly Rule[] {
  const rules: Rule[] = []
  for (const [, path = '', inside = ''] of text.replace(/^\s*#.*$/gm, '').matchAll(block)) {
    const names = capabilities.exec(inside)?.[1] ?? ''
    rules.push({
      path,
      capabilities: new Set([...names.matchAll(/"([a-z]+)"/g)].map((match) => match[1] ?? '')),
    })
  }
  return rules
}

function fromJson(text: string): readonly Rule[] {
  const parsed = parseJson(text)
  const paths = isObject(parsed) ? parsed['path'] : undefined
  if (!isObject(paths)) return []
  return Object.entries(paths).map(([path, rule]) => ({
    path,
    capabilities: new Set(
      isObject(rule) && Array.isArray(rule['capabilities'])
        ? rule['capabilities'].filter((name): name is string => typeof name === 'string')
        : [],
    ),
  }))
}

/**
 * Whether the rules allow `capability` at `path`: the most specific matching path decides, as in
 * Vault: exact before prefix (`*` at the end), longer before shorter; `+` stands for one segment.
 */
export function allows(rules: readonly Rule[], path: string, capability: Capability): boolean {
  let best = -1
  let granted = new Set<string>()
  for (const rule of rules) {
    const rank = match(rule.path, path)
    if (rank < 0 || rank < best) continue
    // Several policies with the same path add up.
    granted =
      rank === best ? new Set([...granted, ...rule.capabilities]) : new Set(rule.capabilities)
    best = rank
  }
  return !granted.has('deny') && granted.has(capability)
}

function match(pattern: string, path: string): number {
  const prefix = pattern.endsWith('*')
  const wanted = (prefix ? pattern.slice(0, -1) : pattern).split('/')
  const given = path.split('/')
  if (prefix ? given.length < wanted.length : given.length !== wanted.length) return -1
  for (const [i, segment] of wanted.entries()) {
    const here = given[i] ?? ''
    const last = i === wanted.length - 1
    if (segment === '+') continue
    if (prefix && last ? !here.startsWith(segment) : here !== segment) return -1
  }
  return pattern.length * 2 + (prefix ? 0 : 1) - (pattern.includes('+') ? 1 : 0)
}
