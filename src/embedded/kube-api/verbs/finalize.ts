import type { Call } from '../core.ts'
import { field, invalid, notFound, type FieldError } from '../errors.ts'
import type { Answer } from '../http/exchange.ts'
import { listAt } from '../object.ts'
import { entryKey } from '../storage/store.ts'
import { qualifiedFaults } from '../validate/qualified.ts'
import { answerEntry } from './answer.ts'
import { asObject, checkPlace, decodeBody } from './decode.ts'
import { checkUid } from './update.ts'
import { updateObject, writeOptions } from './write.ts'

/** PUT on `namespaces/<name>/finalize`: changes what holds the namespace. */
export async function finalize(call: Call): Promise<Answer> {
  const { core, kind, target } = call
  const options = writeOptions(call, 'UpdateOptions')
  const next = asObject(call, kind, await decodeBody(call, kind.kind))
  checkPlace(call, next)
  const key = entryKey('', target.name)
  const before = core.store.get(kind.bucket, key)
  if (before === undefined) throw notFound(kind, target.name)
  checkUid(call, next, before)
  const finalizers = listAt(next, 'spec', 'finalizers')
  const errors = finalizers.flatMap((one) => finalizerFaults(String(one)))
  if (errors.length > 0) throw invalid(kind, target.name, errors)
  next['spec'] = finalizers.length > 0 ? { finalizers } : {}
  return answerEntry(call, kind, updateObject(call, kind, before, next, options).entry)
}

function finalizerFaults(name: string): FieldError[] {
  const faults = qualifiedFaults(name)
  const isPlain = !name.includes('/') && name !== 'kubernetes'
  if (isPlain) faults.push('name is neither a standard finalizer name nor is it fully qualified')
  return faults.map((fault) => field.invalid('spec.finalizers', name, fault))
}
