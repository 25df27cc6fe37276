import type { Call } from '../core.ts'
import { field, invalid, notFound, type FieldError } from '../errors.ts'
import type { Answer } from '../http/exchange.ts'
import { viewOf } from '../http/render.ts'
import { afterUpdate } from '../managed/manager.ts'
import { drop, listAt, type Obj } from '../object.ts'
import { newborn } from '../rules/index.ts'
import { entryKey } from '../storage/store.ts'
import { qualifiedFaults } from '../validate/qualified.ts'
import { answerEntry } from './answer.ts'
import { asObject, checkPlace, decodeBody } from './decode.ts'
import { isFinished, ownership, writeOptions } from './write.ts'

/** PUT on `namespaces/<name>/finalize`: changes what holds the namespace. */
export async function finalize(call: Call): Promise<Answer> {
  const { core, kind, target } = call
  const options = writeOptions(call, 'UpdateOptions')
  const next = asObject(call, kind, await decodeBody(call, kind.kind))
  checkPlace(call, next)
  const key = entryKey('', target.name)
  const before = core.store.get(kind.bucket, key)
  if (before === undefined) throw notFound(kind, target.name)
  const held = viewOf(kind, before).object
  const finalizers = listAt(next, 'spec', 'finalizers')
  const errors = finalizers.flatMap((one) => finalizerFaults(String(one)))
  if (errors.length > 0) throw invalid(kind, target.name, errors)
  const spec = finalizers.length > 0 ? { finalizers } : {}
  const object: Obj = { ...held, metadata: { ...held.metadata }, spec }
  const about = ownership(core, kind, 'finalize')
  const entries = afterUpdate(held, object, options.writer, about, newborn(kind))
  if (entries.length > 0) object.metadata.managedFields = entries
  else drop(object.metadata, 'managedFields')
  if (!isFinished(object)) return answerEntry(call, kind, core.store.put(kind.bucket, object))
  core.store.remove(kind.bucket, key)
  return answerEntry(call, kind, { object, revision: before.revision })
}

function finalizerFaults(name: string): FieldError[] {
  const faults = qualifiedFaults(name)
  const isPlain = !name.includes('/') && name !== 'kubernetes'
  if (isPlain) faults.push('name is neither a standard finalizer name nor is it fully qualified')
  return faults.map((fault) => field.invalid('spec.finalizers', name, fault))
}
