import { utf8 } from '#base'
import { administrator } from './auth/user.ts'
import type { Call, Core } from './core.ts'
import { badRequest } from './errors.ts'
import { emptyQuery } from './http/exchange.ts'
import { copy, isFielded, textAt, type Obj } from './object.ts'
import { entryKey } from './storage/store.ts'
import { asObject, checkNamespace } from './verbs/decode.ts'
import { createObject, writeOptions } from './verbs/write.ts'

/**
 * Creates objects as the administrator would, in order, before anybody listens.
 *
 * Definitions are taken to be good ones.
 *
 * @throws ApiError for any other object that the server would refuse.
 */
export function install(core: Core, objects: readonly object[]): void {
  for (const object of objects) installOne(core, copy(object) as Obj)
}

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
  const object = asObject(call, kind, { value: given, duplicates: [], isYaml: false })
  checkNamespace(object, namespace)
  // As kube-apiserver takes the definitions that it finds in etcd: to judge ours again would be most of
  // a start.
  const isJudged = kind.bucket === 'customresourcedefinitions.apiextensions.k8s.io'
  createObject(call, kind, object, { ...writeOptions(call, 'CreateOptions'), isJudged })
}

// A role that the server made of itself makes room for a given one of its name.
function giveWay(core: Core, bucket: string, key: string): void {
  const labels = core.store.get(bucket, key)?.object.metadata.labels ?? {}
  if (labels['kubernetes.io/bootstrapping'] !== undefined) core.store.remove(bucket, key)
}
