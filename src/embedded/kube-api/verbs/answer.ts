import { stringifyJson } from '#base'
import type { Call } from '../core.ts'
import type { Answer } from '../http/exchange.ts'
import { negotiate, servesObjects, type Form } from '../http/negotiate.ts'
import { viewOf } from '../http/render.ts'
import { yamlText } from '../http/yaml.ts'
import type { Kind } from '../kinds/kind.ts'
import { ordered } from './decode.ts'
import type { Obj } from '../object.ts'
import type { Entry } from '../storage/store.ts'
import { tableOf } from '../tables/table.ts'

const jsonHeaders = { 'content-type': 'application/json' }

/** The form this call wants objects in. @throws ApiError 406. */
export function formOf(call: Call): Form {
  return negotiate(call.exchange.headers.get('accept'), servesObjects)
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
  if (form.as === 'PartialObjectMetadata') {
    return answerValue(partial(object), status, form)
  }
  if (form.as === 'Table')
    return answerValue(
      tableOf(call, kind, [object], { resourceVersion: object.metadata.resourceVersion }),
      status,
      form,
    )
  return answerValue(ordered(object), status, form)
}

/** Metadata alone. */
export function partial(object: Obj): Obj {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata }
}
