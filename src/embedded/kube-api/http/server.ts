import type { Call, Core } from '../core.ts'
import { flag } from '../core.ts'
import { ApiError, badRequest, methodNotAllowed, noSuchResource, notFound } from '../errors.ts'
import { entryKey } from '../storage/store.ts'
import { assertAllowed, type Attributes } from '../auth/authorize.ts'
import { impersonated } from '../auth/impersonate.ts'
import { review, reviewKinds } from '../verbs/reviews.ts'
import { requestToken } from '../verbs/token.ts'
import { readScale, writeScale } from '../verbs/scale.ts'
import { selectedName } from '../storage/selectors.ts'
import type { User } from '../auth/user.ts'
import { answerEntry, answerValue, formOf } from '../verbs/answer.ts'
import { create } from '../verbs/create.ts'
import { remove, removeAll } from '../verbs/delete.ts'
import { list, tooLarge } from '../verbs/list.ts'
import { finalize } from '../verbs/finalize.ts'
import { patch } from '../verbs/patch.ts'
import { evictPod } from '../verbs/eviction.ts'
import { bindPod, insidePod, isInsidePod } from '../verbs/pods.ts'
import { isProxied, proxied } from '../verbs/proxy.ts'
import { update } from '../verbs/update.ts'
import { watch, watchRevision } from '../verbs/watch.ts'
import { isGoDuration } from '../kinds/go-duration.ts'
import type { Kind } from '../kinds/kind.ts'
import { warningHeader, type Answer, type Exchange } from './exchange.ts'
import { fixedPath, notThere } from './fixed-paths.ts'
import { plainJson, wantsYaml, type Form } from './negotiate.ts'
import { targetOf, type Target } from './target.ts'

/** Answers one request. Never throws: what goes wrong becomes a Status. */
export async function serve(core: Core, exchange: Exchange): Promise<Answer> {
  try {
    return await route(core, exchange)
  } catch (thrown) {
    return failure(core, exchange, thrown)
  }
}

function failure(core: Core, exchange: Exchange, thrown: unknown): Answer {
  if (thrown instanceof ApiError) {
    const isYaml = wantsYaml(exchange.headers.get('accept'))
    const form: Form = isYaml ? { ...plainJson, media: 'yaml' } : plainJson
    const answer = answerValue(statusOf(thrown), thrown.code, form)
    return { ...answer, headers: { ...answer.headers, ...thrown.headers } }
  }
  core.env.log.error('the embedded API server failed', {
    error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
  })
  return answerValue(new ApiError(500, 'InternalError', 'Internal error occurred').status(), 500)
}

function statusOf(error: ApiError): object {
  const status = error.status()
  const next = (error as { next?: unknown }).next
  return typeof next === 'string' ? { ...status, metadata: { continue: next } } : status
}

async function route(core: Core, exchange: Exchange): Promise<Answer> {
  const { path } = exchange
  const target = targetOf(path)
  const author = core.authenticator.user(exchange)
  checkTimeout(exchange.query)
  const asked = attributesOf(exchange, author, target)
  const user = impersonated(exchange, asked, core.authorizer)
  assertAllowed(core.authorizer, { ...asked, user })
  if (target !== undefined) return await resource(core, exchange, user, target)
  return fixedPath(core, exchange, asked.path)
}

// How long a client is ready to wait changes nothing here, where nothing takes long; it must be a time.
function checkTimeout(query: URLSearchParams): void {
  const text = query.get('timeout') ?? ''
  if (text === '' || query.has('watch') || isGoDuration(text)) return
  const unit = /^[-+]?[\d.]*\d[\d.]*([^\d.]*)/.exec(text)
  const quoted = JSON.stringify(text)
  const why =
    unit === null
      ? `invalid duration ${quoted}`
      : unit[1] === ''
        ? `missing unit in duration ${quoted}`
        : `unknown unit ${JSON.stringify(unit[1])} in duration ${quoted}`
  throw badRequest(`invalid timeout specified in the request URL - time: ${why}`)
}

const pathVerbs: Readonly<Record<string, string>> = {
  GET: 'get',
  POST: 'post',
  PUT: 'put',
  PATCH: 'patch',
  DELETE: 'delete',
}

/** A request as the authorizer sees it. */
function attributesOf(exchange: Exchange, user: User, target: Target | undefined): Attributes {
  if (target === undefined) {
    const { method, path } = exchange
    const nothing = {
      group: '',
      version: '',
      resource: '',
      subresource: '',
      namespace: '',
      name: '',
    }
    return {
      user,
      verb: pathVerbs[method] ?? method.toLowerCase(),
      ...nothing,
      path: path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path,
    }
  }
  const verb = verbOf(exchange, target)
  const { group, version: v, plural, subresource, namespace, name } = named(exchange, target, verb)
  const inside = plural === 'namespaces' && group === '' ? name : namespace
  const about = { group, version: v, resource: plural, subresource, namespace: inside, name }
  return { user, verb, ...about, path: '' }
}

async function resource(
  core: Core,
  exchange: Exchange,
  user: User,
  target: Target,
): Promise<Answer> {
  const verb = verbOf(exchange, target)
  if (!core.kinds.hasGroup(target.group)) return notThere()
  const isServed = core.kinds.hasVersion(target.group, target.version)
  if (!isServed && !core.kinds.isBuiltin(target.group)) return notThere()
  if (isProxied(target)) return await proxied(core, exchange, target)
  const kind = core.kinds.find(target.group, target.version, target.plural)
  if (kind === undefined && !core.kinds.isBuiltin(target.group)) return notThere()
  if (kind === undefined || target.rest.length > 0) {
    throw noSuchResource()
  }
  // Custom kinds are looked for where they can be; elsewhere is nothing.
  const isElsewhere =
    kind.namespaced === (target.namespace === '') && !(kind.namespaced && isOfAll(verb))
  if (kind.custom !== undefined && isElsewhere) return notThere()
  if (kind.namespaced !== (target.namespace !== '') && (target.name !== '' || !kind.namespaced))
    throw noSuchResource()
  if (target.subresource !== '' && !kind.subresources.has(target.subresource)) {
    const isScale = kind.custom !== undefined && ['scale', 'status'].includes(target.subresource)
    throw isScale ? notFound(kind, target.name) : noSuchResource()
  }
  const call: Call = { core, exchange, user, kind, target, query: exchange.query, warnings: [] }
  const deprecation = kind.custom?.deprecationWarning ?? outdated.get(kind.bucket)
  if (deprecation !== undefined) call.warnings.push(deprecation)
  // What there was to warn of is told beside a refusal, too.
  const answer = await perform(call, kind, verb).catch((thrown: unknown) =>
    failure(core, exchange, thrown),
  )
  return call.warnings.length === 0 ? answer : { ...answer, warnings: call.warnings }
}

const outdated: ReadonlyMap<string, string> = new Map([
  ['endpoints', 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'],
  ['componentstatuses', 'v1 ComponentStatus is deprecated in v1.19+'],
])

function isOfAll(verb: string): boolean {
  return verb === 'list' || verb === 'watch'
}

const collectionVerbs: Readonly<Record<string, string>> = {
  GET: 'list',
  HEAD: 'list',
  POST: 'create',
  DELETE: 'deletecollection',
}
const objectVerbs: Readonly<Record<string, string>> = {
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
  POST: 'create',
}

/** What RBAC calls it. */
export function verbOf(exchange: Exchange, target: Target): string {
  const { method } = exchange
  if (target.name !== '') {
    if (target.watch && method === 'GET') return 'watch'
    return objectVerbs[method] ?? method.toLowerCase()
  }
  if (method === 'GET' && (target.watch || flag(exchange.query, 'watch'))) return 'watch'
  return collectionVerbs[method] ?? method.toLowerCase()
}

// A list by name is about that object.
function named(exchange: Exchange, target: Target, verb: string): Target {
  if (target.name !== '' || (verb !== 'list' && verb !== 'watch')) return target
  try {
    return { ...target, name: selectedName(exchange.query) ?? '' }
  } catch {
    return target
  }
}

async function perform(call: Call, kind: Kind, verb: string): Promise<Answer> {
  const { target } = call
  const served =
    target.subresource === ''
      ? kind.verbs
      : (kind.subresources.get(target.subresource)?.verbs ?? [])
  const isObjectPost = target.name !== '' && target.subresource === '' && verb === 'create'
  const isNameless = target.name === '' && (verb === 'patch' || verb === 'put')
  const isHead = call.exchange.method === 'HEAD'
  if (!served.includes(verb) || isObjectPost || isNameless || isHead) {
    throw kind.custom !== undefined && target.subresource !== ''
      ? notSupportedVerb(kind, verb)
      : methodNotAllowed()
  }
  if (verb === 'deletecollection' && kind.namespaced && target.namespace === '')
    throw methodNotAllowed()
  checkName(target.name)
  if (verb !== 'watch') formOf(call) // what cannot be answered is not done either
  if (Object.hasOwn(reviewKinds, kind.bucket)) return await review(call, kind)
  if (target.subresource === 'finalize') return await finalize(call)
  if (target.subresource === 'token') return await requestToken(call)
  if (isInsidePod(call)) return insidePod(call)
  if (target.subresource === 'eviction') return await evictPod(call)
  if (target.subresource === 'binding' || kind.bucket === 'bindings') return await bindPod(call)
  if (target.subresource === 'scale')
    return verb === 'get' ? readScale(call) : await writeScale(call, verb)
  switch (verb) {
    case 'get':
      return read(call)
    case 'list':
      return list(call)
    case 'watch':
      return watch(call)
    case 'create':
      return await create(call)
    case 'update':
      return await update(call)
    case 'patch':
      return await patch(call)
    case 'delete':
      return await remove(call)
    case 'deletecollection':
      return await removeAll(call)
    default:
      throw methodNotAllowed()
  }
}

// What could be no part of a key.
function checkName(name: string): void {
  const why =
    name === '.' || name === '..'
      ? `may not be '${name}'`
      : name.includes('%')
        ? "may not contain '%'"
        : undefined
  if (why !== undefined) throw badRequest(`Name parameter invalid: ${JSON.stringify(name)}: ${why}`)
}

function notSupportedVerb(kind: Kind, verb: string): ApiError {
  const message = `${verb} is not supported on resources of kind "${kind.plural}.${kind.group}"`
  return new ApiError(405, 'MethodNotAllowed', message, { group: kind.group, kind: kind.plural })
}

function read(call: Call): Answer {
  const { core, kind, target } = call
  const entry = core.store.get(
    kind.bucket,
    entryKey(kind.namespaced ? target.namespace : '', target.name),
  )
  checkVersion(call)
  if (entry === undefined) throw notFound(kind, target.name)
  return answerEntry(call, kind, entry)
}

// A get may ask for a state at least as new as a version.
function checkVersion(call: Call): void {
  const version = call.query.get('resourceVersion') ?? ''
  if (version === '' || version === '0') return
  const asked = watchRevision(version)
  if (asked > call.core.store.revision) throw tooLarge(asked, call.core.store.revision)
}

/** The headers of an answer, warnings included. */
export function headersOf(answer: Answer): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {
    'cache-control': 'no-cache, private',
    ...answer.headers,
  }
  if (answer.warnings !== undefined)
    headers['warning'] = [...new Set(answer.warnings)].map(warningHeader)
  return headers
}
