import type { Call } from '../core.ts'
import { badRequest } from '../errors.ts'
import type { Answer } from '../http/exchange.ts'
import { dropTwins } from '../validate/references.ts'
import { answerEntry } from './answer.ts'
import { asObject, checkNamespace, decodeBody } from './decode.ts'
import { createObject, writeOptions } from './write.ts'

/** POST on a collection. */
export async function create(call: Call): Promise<Answer> {
  const { kind, target } = call
  const options = writeOptions(call, 'CreateOptions')
  const decoded = await decodeBody(call, kind.kind)
  const object = asObject(call, kind, decoded)
  if (kind.namespaced && target.namespace === '') {
    throw badRequest('an empty namespace may not be set during creation')
  }
  checkNamespace(object, kind.namespaced ? target.namespace : '')
  call.warnings.push(...dropTwins(object, ''))
  return answerEntry(call, kind, createObject(call, kind, object, options), 201)
}
