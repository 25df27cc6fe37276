import { utf8 } from '#base'
import { administrator } from './auth/user.ts'
import type { Call, Core } from './core.ts'
import { badRequest } from './errors.ts'
import { emptyQuery } from './http/exchange.ts'
import { copy, isFielded, listAt, textAt, type Obj } from './object.ts'
import { entryKey } from './storage/store.ts'
import { asObject, checkNamespace } from './verbs/decode.ts'
import { createObject, writeOptions } from './verbs/write.ts'

/**
 * Creates objects as the administrator would, in order, before anybody listens.
 *
 * Definitions are taken as kube-apiserver takes those that it finds in etcd: to be good ones, whose schemas
 * are kept as they are given. To read, copy and judge ours would be most of a start.
 *
 * @param objects Definitions among them must not be changed any more.
 * @throws ApiError for any other object that the server would refuse.
 */
export function install(core: Core, objects: readonly object[]): void {
  for (const object of objects) installOne(core, object as Obj)
}

const definitions = 'customresourcedefinitions.apiextensions.k8s.io'

const never = new AbortController().signal

function installOne(core: Core, given: Obj): void {
  const kind = core.kinds.byKind(given.apiVersion, given.kind)
  if (kind === undefined) throw badRequest(`no kind ${given.kind} in ${given.apiVersion}`)
  const namespace = kind.namespaced ? (given.metadata.namespace ?? 'default') : ''
  const call: Call = {
    core,
    exchange: {
      method: 'POST',
      path: '',
      query: emptyQuery,
      headers: new Map([['user-agent', 'lockstep']]),
      body: () => Promise.resolve(utf8('')),
      vouched: administrator,
      signal: never,
    },
    user: administrator,
    kind,
    target: {
      group: kind.group,
      version: kind.version,
      plural: kind.plural,
      namespace,
      name: '',
      subresource: '',
      rest: [],
      watch: false,
    },
    query: emptyQuery,
    warnings: [],
  }
  if (!isFielded(given.metadata)) throw badRequest('metadata is missing')
  giveWay(core, kind.bucket, entryKey(namespace, textAt(given, 'metadata', 'name')))
  const isJudged = kind.bucket === definitions
  const object = isJudged
    ? ownDefinition(given)
    : asObject(call, kind, { value: copy(given), duplicates: [], isYaml: false })
  checkNamespace(object, namespace)
  createObject(call, kind, object, { ...writeOptions(call, 'CreateOptions'), isJudged })
}

// With parts of its own for what is filled in on the way.
function ownDefinition({ kind, apiVersion, metadata, spec }: Obj): Obj {
  if (!isFielded(spec)) throw badRequest('spec is missing')
  const versions = listAt(spec, 'versions').map((one) => (isFielded(one) ? { ...one } : one))
  const conversion = isFielded(spec['conversion']) ? { conversion: copy(spec['conversion']) } : {}
  return {
    kind,
    apiVersion,
    metadata: { ...metadata },
    spec: { ...spec, ...conversion, versions },
  }
}

// A role that the server made of itself makes room for a given one of its name.
function giveWay(core: Core, bucket: string, key: string): void {
  const labels = core.store.get(bucket, key)?.object.metadata.labels ?? {}
  if (labels['kubernetes.io/bootstrapping'] !== undefined) core.store.remove(bucket, key)
}
