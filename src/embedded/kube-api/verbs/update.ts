import type { Call } from '../core.ts'
import { badRequest, conflict, field, invalid, notFound } from '../errors.ts'
import type { Answer } from '../http/exchange.ts'
import { rulesOf } from '../rules/index.ts'
import { entryKey, type Entry } from '../storage/store.ts'
import { drop, type Obj } from '../object.ts'
import { dropTwins } from '../validate/references.ts'
import { answerEntry } from './answer.ts'
import { asObject, checkPlace, decodeBody } from './decode.ts'
import { createObject, updateObject, writeOptions } from './write.ts'

/** PUT on an object or its status. */
export async function update(call: Call): Promise<Answer> {
  const { kind, target, core } = call
  const options = writeOptions(call, 'UpdateOptions')
  const decoded = await decodeBody(call, kind.kind)
  const next = asObject(call, kind, decoded)
  if ((next.metadata.name ?? '') === '') {
    throw badRequest(
      `the name of the object (${target.name} based on URL) was undeterminable: name must be provided`,
    )
  }
  checkPlace(call, next)
  call.warnings.push(...dropTwins(next, ''))
  const key = entryKey(kind.namespaced ? target.namespace : '', target.name)
  const before = core.store.get(kind.bucket, key)
  if (before === undefined) {
    if (rulesOf(kind).createOnUpdate === true && target.subresource === '') {
      checkUid(call, next, undefined)
      drop(next.metadata, 'resourceVersion')
      return answerEntry(call, kind, createObject(call, kind, next, options), 201)
    }
    throw notFound(kind, target.name)
  }
  checkUid(call, next, before)
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

/** Refuses to replace an object of another uid, in the words of the storage. @throws ApiError 409. */
export function checkUid({ kind, target }: Call, next: Obj, before: Entry | undefined): void {
  const { uid } = next.metadata
  const held = before?.object.metadata.uid ?? ''
  if (uid === undefined || uid === '' || uid === held) return
  const group = kind.custom === undefined ? '' : `${kind.group}/`
  const place = target.namespace === '' ? '' : `${target.namespace}/`
  throw conflict(
    kind,
    target.name,
    `StorageError: invalid object, Code: 4, Key: /registry/${group}${kind.plural}/${place}${target.name}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${held}`,
  )
}
