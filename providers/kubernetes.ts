import { secrets, type Secret } from '#api'
import { at, field, Fault, faultOf, parseJson, stringOf, textOf } from '#base'
import { convertKeys } from '#go'
import { createClient, type Client } from '#kube'
import {
  marshalByteMap,
  nameMatcher,
  type Capabilities,
  type EntryOutcome,
  type EntryRef,
  type Find,
  type Provider,
  type ProviderDeps,
  type ProviderKind,
  type Validation,
} from '#provider'
import { guarded, serverAccess } from './kubernetes/access.ts'
import { dataOf, metadataEntry, secretEntry } from './kubernetes/entry.ts'

const capabilities: Capabilities = {
  find: true,
  push: false,
  batch: 1,
  versions: false,
  events: false,
  access: 'ReadWrite',
}

/**
 * Secrets of one namespace of this or another cluster.
 *
 * - `key`: name of the Secret
 * - `property`: one key of its data, or `key.path` into JSON inside it; absent, all keys as JSON
 * - `version`: has no meaning here and is passed over
 * - Needs `get` on secrets in the remote namespace, for find `list`; for validation, nothing more.
 *
 * Source: https://external-secrets.io/latest/provider/kubernetes/
 */
export const kubernetes: ProviderKind = { name: 'kubernetes', capabilities, open }

async function open(config: unknown, deps: ProviderDeps, signal: AbortSignal): Promise<Provider> {
  const server = await serverAccess(config, deps, signal)
  const client = createClient({ env: guarded(deps.env, deps.allowAddress), server })
  return new KubernetesProvider(client, stringOf(field(config, 'remoteNamespace')) ?? 'default')
}

class KubernetesProvider implements Provider {
  readonly capabilities: Capabilities = capabilities
  readonly #client: Client
  readonly #namespace: string

  constructor(client: Client, namespace: string) {
    this.#client = client
    this.#namespace = namespace
  }

  async read(refs: readonly EntryRef[], signal: AbortSignal): Promise<readonly EntryOutcome[]> {
    return await Promise.all(refs.map((ref) => this.#outcome(ref, signal)))
  }

  async #outcome(ref: EntryRef, signal: AbortSignal): Promise<EntryOutcome> {
    try {
      const secret = await this.#get(ref.key, signal)
      // The peer tells a Secret that is not there apart only in extract; its words for a single key.
      if (secret === null) return { kind: 'absent', message: `secrets "${ref.key}" not found` }
      const entry = ref.metadata === true ? metadataEntry(secret) : secretEntry(secret)
      return { kind: 'entry', entry }
    } catch (thrown) {
      if (thrown instanceof Fault) return { kind: 'failed', fault: thrown }
      throw thrown
    }
  }

  async #get(name: string, signal: AbortSignal): Promise<Secret | null> {
    assertName(name)
    try {
      return await this.#client.get(secrets, { namespace: this.#namespace, name }, { signal })
    } catch (thrown) {
      throw ownWords(thrown, `cannot get secret "${name}" from namespace "${this.#namespace}"`)
    }
  }

  async find(find: Find, signal: AbortSignal): Promise<ReadonlyMap<string, Uint8Array>> {
    if (find.nameRegexp === undefined && find.tags === undefined) {
      throw new Fault('InvalidSpec', 'find needs a name or tags', { at: 'find' })
    }
    const matches = find.nameRegexp === undefined ? () => true : nameMatcher(find.nameRegexp)
    const labelSelector = selectorOf(find.tags)
    const found = new Map<string, Uint8Array>()
    for (const secret of await this.#list(labelSelector, signal)) {
      const { name } = secret.metadata
      if (matches(name)) found.set(name, marshalByteMap(dataOf(secret), false))
    }
    return convertKeys(found, find.conversionStrategy)
  }

  async #list(labelSelector: string, signal: AbortSignal): Promise<readonly Secret[]> {
    const namespace = this.#namespace
    try {
      const options = { namespace, signal, ...(labelSelector === '' ? {} : { labelSelector }) }
      return (await this.#client.list(secrets, options)).items
    } catch (thrown) {
      throw ownWords(thrown, `cannot list secrets of namespace "${namespace}"`)
    }
  }

  /** Asks the cluster what we may do there. What cannot be asked is unknown, as in the peer. */
  async validate(signal: AbortSignal): Promise<Validation> {
    try {
      if (await this.#mayGet(signal)) return { kind: 'ready' }
    } catch (thrown) {
      signal.throwIfAborted()
      return { kind: 'unknown', message: ownWords(thrown, 'could not verify permissions').message }
    }
    throw new Fault('AccessDenied', 'client is not allowed to get secrets', {
      hint: `Bind a Role with get on secrets in namespace ${this.#namespace} to the store's identity.`,
    })
  }

  async #mayGet(signal: AbortSignal): Promise<boolean> {
    const namespace = this.#namespace
    const access = await this.#review(
      'selfsubjectaccessreviews',
      'SelfSubjectAccessReview',
      { resourceAttributes: { namespace, verb: 'get', resource: 'secrets' } },
      signal,
    )
    if (at(access, 'status', 'allowed') === true) return true
    // A Role may name single Secrets: that shows in the list of rules alone.
    const rules = await this.#review(
      'selfsubjectrulesreviews',
      'SelfSubjectRulesReview',
      { namespace },
      signal,
    )
    const list = at(rules, 'status', 'resourceRules')
    return (
      Array.isArray(list) &&
      list.some((rule) => holds(rule, 'verbs', 'get') && holds(rule, 'resources', 'secrets'))
    )
  }

  async #review(
    plural: string,
    kind: string,
    spec: unknown,
    signal: AbortSignal,
  ): Promise<unknown> {
    const apiVersion = 'authorization.k8s.io/v1'
    const answer = await this.#client.raw('POST', `/apis/${apiVersion}/${plural}`, {
      signal,
      body: JSON.stringify({ apiVersion, kind, spec }),
      headers: { 'content-type': 'application/json', accept: 'application/json' },
    })
    if (answer.status === 200 || answer.status === 201) return parseJson(textOf(answer.body))
    throw new Fault('InvalidAnswer', `the API server answered ${answer.status}`, {
      status: answer.status,
    })
  }

  async close(): Promise<void> {
    await this.#client.close()
  }
}

function holds(rule: unknown, list: string, wanted: string): boolean {
  const values = field(rule, list)
  return Array.isArray(values) && (values.includes(wanted) || values.includes('*'))
}

/** A name goes into a path: what no Secret can be called is refused before it is asked for. */
function assertName(name: string): void {
  if (/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name) && name.length <= 253) return
  throw new Fault('InvalidRef', 'the key is no name that a Secret can have', {
    at: 'remoteRef.key',
  })
}

/** A label selector. @throws Fault InvalidSpec for what is no label. */
function selectorOf(tags: Readonly<Record<string, string>> | undefined): string {
  const label = /^([a-zA-Z0-9.-]+\/)?[a-zA-Z0-9]([a-zA-Z0-9._-]*[a-zA-Z0-9])?$/
  const value = /^([a-zA-Z0-9]([a-zA-Z0-9._-]*[a-zA-Z0-9])?)?$/
  const entries = Object.entries(tags ?? {})
  for (const [key, text] of entries) {
    if (label.test(key) && value.test(text)) continue
    throw new Fault('InvalidSpec', `"${key}" and its value are no label`, { at: 'find.tags' })
  }
  return entries.map(([key, text]) => `${key}=${text}`).join(',')
}

/** The failure without what the other cluster wrote about it. */
function ownWords(thrown: unknown, doing: string): Fault {
  if (!(thrown instanceof Fault)) return faultOf(thrown)
  if (thrown.reason === 'Cancelled') return thrown
  const why = words[thrown.reason] ?? 'it failed'
  const status = thrown.status === undefined ? '' : ` (${thrown.status})`
  return new Fault(thrown.reason, `${doing}: ${why}${status}`, {
    retry: thrown.retry,
    ...(thrown.status === undefined ? {} : { status: thrown.status }),
    ...(thrown.reason === 'AccessDenied'
      ? { hint: 'Bind a Role with get (for find: list) on secrets there.' }
      : {}),
  })
}

const words: Readonly<Partial<Record<Fault['reason'], string>>> = {
  AccessDenied: 'access denied',
  Forbidden: 'this address may not be reached',
  InvalidAnswer: 'the address does not answer like an API server',
  InvalidRef: 'the reference does not resolve',
  InvalidSpec: 'the request was refused',
  NotFound: 'the API server does not serve secrets there',
  RateLimited: 'asked to wait',
  Timeout: 'no answer in time',
  TooLarge: 'the answer is too large',
  Unavailable: 'unavailable',
}
