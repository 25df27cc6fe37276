import { stringifyJson } from '#base'
import type { Call } from '../core.ts'
import type { Answer } from '../http/exchange.ts'
import { ApiError } from '../errors.ts'
import {
  collectionTypes,
  negotiate,
  servedTypes,
  servesObjects,
  type Form,
} from '../http/negotiate.ts'
import { inMetaOrder, viewOf } from '../http/render.ts'
import { yamlText } from '../http/yaml.ts'
import type { Kind } from '../kinds/kind.ts'
import { ordered } from './decode.ts'
import type { Obj } from '../object.ts'
import type { Entry } from '../storage/store.ts'
import { tableOf } from '../tables/table.ts'

const jsonHeaders = { 'content-type': 'application/json' }

/** The form this call wants objects in. @throws ApiError 406. */
export function formOf(call: Call): Form {
  const isCollection = call.target.name === '' && call.exchange.method === 'GET'
  const types = isCollection ? collectionTypes : servedTypes
  // What a Pod's short-lived containers are can be had as it is, and as nothing else.
  const isBare = call.target.subresource === 'ephemeralcontainers'
  const serves = isBare ? (): boolean => false : servesObjects
  return negotiate(call.exchange.headers.get('accept'), serves, types)
}

/** What an object, or a list, is wanted as must be what it can be. @throws ApiError 406. */
export function checkForm(kind: Kind, form: Form, isList: boolean): void {
  const wanted = isList ? 'PartialObjectMetadata' : 'PartialObjectMetadataList'
  if (form.as !== wanted) return
  const [group = ''] = kind.shapeName.split('.')
  const own = `${group}.${kind.kind}${isList ? 'List' : ''}`
  const type = kind.custom === undefined ? own : `unstructured.Unstructured${isList ? 'List' : ''}`
  const is = isList ? 'a list' : 'not a list'
  throw new ApiError(
    406,
    'NotAcceptable',
    `you requested ${wanted}, but the requested object is ${is} (*${type})`,
  )
}

/** Any value, as JSON or YAML. */
export function answerValue(value: unknown, status = 200, form?: Form): Answer {
  if (form?.media === 'yaml') {
    return { status, headers: { 'content-type': 'application/yaml' }, body: yamlText(value) }
  }
  return { status, headers: jsonHeaders, body: `${stringifyJson(value)}\n` }
}

/** A stored object in the form that was asked for. */
export function answerEntry(call: Call, kind: Kind, entry: Entry, status = 200): Answer {
  const form = formOf(call)
  const view = viewOf(kind, entry)
  if (form.media === 'json' && form.as === '') {
    return { status, headers: jsonHeaders, body: `${view.text}\n` }
  }
  return answerObject(call, kind, view.object, status, form)
}

/** An object that is not (yet) stored, in the form that was asked for. */
export function answerObject(
  call: Call,
  kind: Kind,
  object: Obj,
  status = 200,
  form: Form = formOf(call),
): Answer {
  checkForm(kind, form, false)
  if (form.as === 'PartialObjectMetadata') {
    return answerValue(partial(object, form.version), status, form)
  }
  if (form.as === 'Table') {
    const metadata = { resourceVersion: object.metadata.resourceVersion }
    return answerValue(tableOf(call, kind, [object], metadata, form.version), status, form)
  }
  return answerValue(ordered(object), status, form)
}

/** Metadata alone. @param version Of the group meta.k8s.io. */
export function partial(object: Obj, version = 'v1'): Obj {
  const apiVersion = `meta.k8s.io/${version === '' ? 'v1' : version}`
  return { kind: 'PartialObjectMetadata', apiVersion, metadata: inMetaOrder(object.metadata) }
}
