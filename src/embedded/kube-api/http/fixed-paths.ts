/** What is served beside resources: discovery, OpenAPI, health, version. */
import { createHash } from 'node:crypto'
import { stringifyJson, utf8 } from '#base'
import type { Core } from '../core.ts'
import { ApiError, methodNotAllowed, noSuchResource } from '../errors.ts'
import { aggregated } from '../discovery/aggregated.ts'
import { apiGroup, coreVersions, groupList, resourceList } from '../discovery/plain.ts'
import { openApiDocument, openApiIndex } from '../openapi/documents.ts'
import { answerValue } from '../verbs/answer.ts'
import type { Answer, Exchange } from './exchange.ts'
import { healthAnswer } from './health.ts'
import { negotiate, notAcceptable, servedTypes, type Form } from './negotiate.ts'

/** As Go's http.Error sends it. */
export function text(body: string, status = 200): Answer {
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
  }
  return { status, headers, body }
}

/** The answer for a path that nothing is served at. */
export const notThere = (): Answer => text('404 page not found\n', 404)

/** JSON for people: two spaces deep. */
function indented(value: unknown): Answer {
  const headers = { 'content-type': 'application/json' }
  return { status: 200, headers, body: JSON.stringify(value, null, 2) }
}

/**
 * Answers a request for anything that is no resource.
 *
 * @param path Without a slash at its end.
 * @throws ApiError 405, 406 and 404.
 */
export function fixedPath(core: Core, exchange: Exchange, path: string): Answer {
  const isClosed = exchange.path.length > 1 && exchange.path.endsWith('/')
  const checks = healthAnswer(exchange, path)
  if (checks !== undefined) return isClosed ? notThere() : text(checks.text, checks.status)
  if (path === '/version') return versionAnswer(exchange)
  if (path === '/' || path === '' || path === '/index.html') {
    return indented({ paths: rootPaths(core) })
  }
  const parts = path.split('/').slice(1)
  if (parts[0] === 'openapi') return isClosed ? nothing() : openApiAnswer(core, exchange, parts)
  if (path === '/.well-known/openid-configuration') return answerValue(openIdConfiguration)
  if (path === '/openid/v1/jwks') throw notAcceptable('application/jwk-set+json')
  if (path === '/metrics') return text('')
  if (parts[0] !== 'api' && parts[0] !== 'apis') return notThere()
  if (parts.length === 1) return groupsAnswer(core, exchange, parts[0] === 'api')
  return groupAnswer(core, exchange, parts)
}

function onlyGet(exchange: Exchange): void {
  if (exchange.method !== 'GET') throw methodNotAllowed()
}

function versionAnswer(exchange: Exchange): Answer {
  onlyGet(exchange)
  const accept = exchange.headers.get('accept')
  const json = 'application/json'
  const form = negotiate(accept, () => true, json)
  if (form.media !== 'json') throw notAcceptable(json)
  return indented(version)
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
  const spec = `${String.fromCharCode(10, 3)}2.0${String.fromCharCode(18, info.length)}${info}`
  return { status: 200, headers: { 'content-type': type }, body: utf8(spec) }
}

const nothing = (): Answer => ({ status: 404, headers: {} })

function openApiAnswer(core: Core, exchange: Exchange, parts: readonly string[]): Answer {
  if (parts[1] === 'v2' && parts.length === 2) return openApiV2(exchange)
  if (parts[1] !== 'v3') return notThere()
  if (parts.length === 2) {
    const headers = { 'content-type': 'text/plain; charset=utf-8' }
    return { status: 200, headers, body: stringifyJson(openApiIndex(core)) }
  }
  const [, , root, group = '', version = ''] = parts
  const isCore = root === 'api'
  if (parts.length !== (isCore ? 4 : 5) || (!isCore && root !== 'apis')) return nothing()
  const body = isCore ? openApiDocument(core, '', group) : openApiDocument(core, group, version)
  if (body === undefined) return nothing()
  return { status: 200, headers: { 'content-type': 'application/json' }, body }
}

const openIdConfiguration = {
  issuer: 'https://kubernetes.default.svc',
  jwks_uri: 'https://kubernetes.default.svc/openid/v1/jwks',
  response_types_supported: ['id_token'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
}

// The list of groups and each group answer whatever the method is; versions only what is read.
function groupAnswer(core: Core, exchange: Exchange, parts: readonly string[]): Answer {
  const [root, group = '', versionPart] = parts
  const isCore = root === 'api'
  const isGroup = !isCore && versionPart === undefined
  const form = isGroup
    ? looseForm(exchange, () => false)
    : negotiate(exchange.headers.get('accept'), () => false)
  if (!isCore && !core.kinds.hasGroup(group)) return notThere()
  if (isGroup) return answerValue(apiGroup(core.kinds, group), 200, form)
  onlyGet(exchange)
  if (isCore) {
    if (group !== 'v1') return notThere()
    return answerValue(resourceList(core.kinds, '', 'v1'), 200, form)
  }
  if (!core.kinds.hasVersion(group, versionPart ?? '')) {
    if (!core.kinds.isBuiltin(group)) return notThere()
    throw noSuchResource()
  }
  return answerValue(resourceList(core.kinds, group, versionPart ?? ''), 200, form)
}

/** @throws ApiError 406 in the words of what is no resource of go-restful. */
function looseForm(exchange: Exchange, serves: (form: Form) => boolean): Form {
  try {
    return negotiate(exchange.headers.get('accept'), serves)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const message = `only the following media types are accepted: ${servedTypes}`
    throw new ApiError(406, 'NotAcceptable', message)
  }
}

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

function isAggregated({ as, group, version: v }: Form): boolean {
  return as === 'APIGroupDiscoveryList' && group === 'apidiscovery.k8s.io' && v === 'v2'
}

function groupsAnswer(core: Core, exchange: Exchange, isCore: boolean): Answer {
  if (isCore) onlyGet(exchange)
  const form = isCore
    ? negotiate(exchange.headers.get('accept'), isAggregated)
    : looseForm(exchange, isAggregated)
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

const ownPaths = [
  '/.well-known/openid-configuration',
  '/api',
  '/api/v1',
  '/apis',
  '/apis/',
  '/healthz',
  '/healthz/etcd',
  '/healthz/ping',
  '/livez',
  '/livez/etcd',
  '/livez/ping',
  '/metrics',
  '/openapi/v2',
  '/openapi/v3',
  '/openapi/v3/',
  '/openid/v1/jwks',
  '/readyz',
  '/readyz/etcd',
  '/readyz/ping',
  '/version',
]

function rootPaths(core: Core): string[] {
  const groups = core.kinds
    .groups()
    .flatMap(({ name, versions }) => [
      `/apis/${name}`,
      ...versions.map((one) => `/apis/${name}/${one}`),
    ])
  return [...ownPaths, ...groups].sort()
}
