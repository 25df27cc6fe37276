import type { Call } from '../core.ts'
import { notFound } from '../errors.ts'
import type { Answer } from '../http/exchange.ts'
import { get } from '../object.ts'
import { entryKey } from '../storage/store.ts'
import { answerEntry } from './answer.ts'
import { asObject, decodeBody } from './decode.ts'
import { isFinished } from './write.ts'

/** PUT on `namespaces/<name>/finalize`: changes what holds the namespace. */
export async function finalize(call: Call): Promise<Answer> {
  const { core, kind, target } = call
  const next = asObject(call, kind, await decodeBody(call, kind.kind))
  const key = entryKey('', target.name)
  const before = core.store.get(kind.bucket, key)
  if (before === undefined) throw notFound(kind, target.name)
  const finalizers = get(next, 'spec', 'finalizers')
  const spec = Array.isArray(finalizers) && finalizers.length > 0 ? { finalizers } : {}
  const object = { ...before.object, metadata: { ...before.object.metadata }, spec }
  if (!isFinished(object)) return answerEntry(call, kind, core.store.put(kind.bucket, object))
  core.store.remove(kind.bucket, key)
  return answerEntry(call, kind, { object, revision: before.revision })
}
