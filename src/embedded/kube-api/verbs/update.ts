import type { Call } from '../core.ts'
import { field, invalid, notFound } from '../errors.ts'
import type { Answer } from '../http/exchange.ts'
import { rulesOf } from '../rules/index.ts'
import { entryKey } from '../storage/store.ts'
import { answerEntry } from './answer.ts'
import { asObject, checkPlace, decodeBody } from './decode.ts'
import { createObject, updateObject, writeOptions } from './write.ts'

/** PUT on an object or its status. */
export async function update(call: Call): Promise<Answer> {
  const { kind, target, core } = call
  const options = writeOptions(call, 'UpdateOptions')
  const decoded = await decodeBody(call, kind.kind)
  const next = asObject(call, kind, decoded)
  checkPlace(call, next)
  const key = entryKey(kind.namespaced ? target.namespace : '', target.name)
  const before = core.store.get(kind.bucket, key)
  if (before === undefined) {
    if (rulesOf(kind).createOnUpdate === true && target.subresource === '') {
      return answerEntry(call, kind, createObject(call, kind, next, options), 201)
    }
    throw notFound(kind, target.name)
  }
  const version = next.metadata.resourceVersion ?? ''
  if (
    (kind.custom !== undefined || rulesOf(kind).needsVersion === true) &&
    (version === '' || version === '0')
  ) {
    throw invalid({ group: kind.group, kind: kind.plural }, target.name, [
      field.invalid('metadata.resourceVersion', 0, 'must be specified for an update'),
    ])
  }
  const { entry } = updateObject(call, kind, before, next, options)
  return answerEntry(call, kind, entry)
}
