import { createHash } from 'node:crypto'
import { stringifyJson, utf8 } from '#base'
import type { Call, Core } from '../core.ts'
import { flag } from '../core.ts'
import { ApiError, methodNotAllowed, noSuchResource, notFound } from '../errors.ts'
import { aggregated } from '../discovery/aggregated.ts'
import { apiGroup, coreVersions, groupList, resourceList } from '../discovery/plain.ts'
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
import { isProxied, proxied } from '../verbs/proxy.ts'
import { update } from '../verbs/update.ts'
import { watch, watchRevision } from '../verbs/watch.ts'
import type { Kind } from '../kinds/kind.ts'
import { warningHeader, type Answer, type Exchange } from './exchange.ts'
import { openApiDocument, openApiIndex } from '../openapi/documents.ts'
import { negotiate, notAcceptable, plainJson, wantsYaml, type Form } from './negotiate.ts'
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

const textHeaders = { 'content-type': 'text/plain; charset=utf-8' }

function text(body: string, status = 200): Answer {
  return { status, headers: textHeaders, body }
}

const notThere = (): Answer => text('404 page not found\n', 404)

async function route(core: Core, exchange: Exchange): Promise<Answer> {
  const { path } = exchange
  const target = targetOf(path)
  const author = core.authenticator.user(exchange)
  const asked = attributesOf(exchange, author, target)
  const user = impersonated(exchange, asked, core.authorizer)
  assertAllowed(core.authorizer, { ...asked, user })
  if (target !== undefined) return await resource(core, exchange, user, target)
  return fixedPath(core, exchange, asked.path)
}

const health = /^\/(livez|readyz|healthz)(\/ping)?$/

function fixedPath(core: Core, exchange: Exchange, path: string): Answer {
  if (health.test(path)) return text('ok')
  if (path === '/version') return answerValue(version)
  if (path === '/' || path === '') return answerValue({ paths: rootPaths(core) })
  const parts = path.split('/').slice(1)
  if (parts[0] === 'openapi') return openApiAnswer(core, exchange, parts)
  if (parts[0] === '.well-known' && parts[1] === 'openid-configuration')
    return answerValue(openIdConfiguration)
  if (path === '/openid/v1/jwks') throw notAcceptable('application/jwk-set+json')
  if (path === '/metrics') return text('')
  if (parts[0] !== 'api' && parts[0] !== 'apis') return notThere()
  if (parts.length === 1) return groupsAnswer(core, exchange, parts[0] === 'api')
  return groupAnswer(core, exchange, parts)
}

// Version 2 is only asked for what version 3 does not have; it is served, and empty.
function openApiV2(exchange: Exchange): Answer {
  const accept = exchange.headers.get('accept') ?? ''
  if (!accept.includes('proto-openapi')) {
    return answerValue({
      swagger: '2.0',
      info: { title: 'Kubernetes', version: 'v1.36.1' },
      paths: {},
    })
  }
  const type = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'
  const name = 'Kubernetes'
  const info = String.fromCharCode(10, name.length) + name + String.fromCharCode(18, 7) + 'v1.36.1'
  const text = `${String.fromCharCode(10, 3)}2.0${String.fromCharCode(18, info.length)}${info}`
  return { status: 200, headers: { 'content-type': type }, body: utf8(text) }
}

function openApiAnswer(core: Core, exchange: Exchange, parts: readonly string[]): Answer {
  if (parts[1] === 'v2') return openApiV2(exchange)
  const json = { 'content-type': 'text/plain; charset=utf-8' }
  if (parts[1] !== 'v3') return notThere()
  if (parts.length === 2)
    return { status: 200, headers: json, body: stringifyJson(openApiIndex(core)) }
  const [, , root, group = '', version] = parts
  const body =
    root === 'api' ? openApiDocument(core, '', group) : openApiDocument(core, group, version ?? '')
  if (body === undefined) return notThere()
  return { status: 200, headers: { 'content-type': 'application/json' }, body }
}

const openIdConfiguration = {
  issuer: 'https://kubernetes.default.svc',
  jwks_uri: 'https://kubernetes.default.svc/openid/v1/jwks',
  response_types_supported: ['id_token'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
}

function groupAnswer(core: Core, exchange: Exchange, parts: readonly string[]): Answer {
  const form = negotiate(exchange.headers.get('accept'), () => false)
  const [root, group = '', versionPart] = parts
  const isCore = root === 'api'
  if (!isCore && !core.kinds.hasGroup(group)) return notThere()
  if (exchange.method !== 'GET' && exchange.method !== 'HEAD') throw methodNotAllowed()
  if (isCore) {
    if (group !== 'v1') return notThere()
    return answerValue(resourceList(core.kinds, '', 'v1'), 200, form)
  }
  if (versionPart === undefined) return answerValue(apiGroup(core.kinds, group), 200, form)
  if (!core.kinds.hasVersion(group, versionPart)) throw noSuchResource()
  return answerValue(resourceList(core.kinds, group, versionPart), 200, form)
}

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

function groupsAnswer(core: Core, exchange: Exchange, isCore: boolean): Answer {
  if (exchange.method !== 'GET' && exchange.method !== 'HEAD') throw methodNotAllowed()
  const form = negotiate(
    exchange.headers.get('accept'),
    ({ as, group, version: v }) =>
      as === 'APIGroupDiscoveryList' && group === 'apidiscovery.k8s.io' && v === 'v2',
  )
  if (form.as !== 'APIGroupDiscoveryList') {
    const host = exchange.headers.get('host') ?? 'localhost'
    return answerValue(isCore ? coreVersions(host) : groupList(core.kinds), 200, form)
  }
  const body = stringifyJson(aggregated(core.kinds, isCore))
  const etag = `"${createHash('sha512').update(body).digest('hex').toUpperCase()}"`
  const headers = {
    'content-type': aggregatedType,
    etag,
    vary: 'Accept',
    'cache-control': 'public',
  }
  if (exchange.headers.get('if-none-match') === etag)
    return { status: 304, headers: { etag, vary: 'Accept' } }
  return { status: 200, headers, body }
}

const version = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.1',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: 'linux/amd64',
}

function rootPaths(core: Core): string[] {
  const groups = core.kinds
    .groups()
    .flatMap(({ name, versions }) => [
      `/apis/${name}`,
      ...versions.map((one) => `/apis/${name}/${one}`),
    ])
  return [
    '/api',
    '/api/v1',
    '/apis',
    ...groups.sort(),
    '/healthz',
    '/livez',
    '/metrics',
    '/openapi/v2',
    '/openapi/v3',
    '/readyz',
    '/version',
  ]
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
  const deprecation = kind.custom?.deprecationWarning
  if (deprecation !== undefined) call.warnings.push(deprecation)
  // What there was to warn of is told beside a refusal, too.
  const answer = await perform(call, kind, verb).catch((thrown: unknown) =>
    failure(core, exchange, thrown),
  )
  return call.warnings.length === 0 ? answer : { ...answer, warnings: call.warnings }
}

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
  if (verb !== 'watch') formOf(call) // what cannot be answered is not done either
  if (Object.hasOwn(reviewKinds, kind.bucket)) return await review(call, kind)
  if (target.subresource === 'finalize') return await finalize(call)
  if (target.subresource === 'token') return await requestToken(call)
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
  const headers: Record<string, string | string[]> = { ...answer.headers }
  if (answer.warnings !== undefined)
    headers['warning'] = [...new Set(answer.warnings)].map(warningHeader)
  return headers
}
