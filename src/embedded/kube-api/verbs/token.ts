import { timeText } from '#base'
import { defaultAudience, type Bound } from '../auth/tokens.ts'
import type { Call } from '../core.ts'
import { badRequest, conflict, field, invalid, notFound } from '../errors.ts'
import type { Answer } from '../http/exchange.ts'
import type { Kind } from '../kinds/kind.ts'
import { builtinShape } from '../kinds/shapes.ts'
import { afterUpdate } from '../managed/manager.ts'
import { FieldSet } from '../managed/field-set.ts'
import { drop, get, isFielded, listAt, textAt, type Obj } from '../object.ts'
import { entryKey } from '../storage/store.ts'
import { nowText } from '../core.ts'
import { answerObject } from './answer.ts'
import { asObject, decodeBody } from './decode.ts'
import { writeOptions } from './write.ts'

const group = 'authentication.k8s.io'

/** POST on `serviceaccounts/<name>/token`. */
export async function requestToken(call: Call): Promise<Answer> {
  const { core, target } = call
  const kind = requestKind(call.kind)
  const options = writeOptions({ ...call, kind }, 'CreateOptions')
  const request = asObject(call, kind, await decodeBody(call, kind.kind))
  const account = core.store.get('serviceaccounts', entryKey(target.namespace, target.name))
  if (account === undefined) throw notFound(call.kind, target.name)
  const { name = '', namespace = '' } = request.metadata
  if (namespace !== '' && namespace !== target.namespace) {
    throw badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    )
  }
  if (name !== '' && name !== target.name) {
    const why = 'must match the service account name if specified'
    throw invalid({ group, kind: 'TokenRequest' }, target.name, [
      field.invalid('metadata.name', name, why),
    ])
  }
  const spec = request['spec']
  const seconds = get(spec, 'expirationSeconds') ?? 3600
  if (typeof seconds !== 'number') throw badRequest('spec.expirationSeconds is no number')
  request['spec'] = { ...(spec as object), expirationSeconds: seconds }
  drop(request, 'status')
  const about = {
    shape: builtinShape('authentication.v1.TokenRequest'),
    ignored: FieldSet.empty,
    now: nowText(core),
  }
  const born = {
    spec: {
      audiences: null,
      boundObjectRef: isFielded(get(spec, 'boundObjectRef')) ? {} : null,
    },
    status: {},
  }
  const managedFields = afterUpdate(undefined, request, options.writer, about, born)
  const why =
    seconds < 600
      ? 'may not specify a duration less than 10 minutes'
      : seconds > 2 ** 32
        ? 'may not specify a duration larger than 2^32 seconds'
        : undefined
  if (why !== undefined) {
    throw invalid({ group, kind: 'TokenRequest' }, '', [
      field.invalid('spec.expirationSeconds', seconds, why),
    ])
  }
  const asked = listAt(spec, 'audiences') as readonly string[]
  const audiences = asked.length === 0 ? [defaultAudience] : asked
  const held = get(spec, 'boundObjectRef')
  const reference = isFielded(held) ? held : null
  const uid = account.object.metadata.uid ?? ''
  const token = core.tokens.issue({
    namespace: target.namespace,
    account: target.name,
    uid,
    audiences,
    seconds,
    bound: reference === null ? undefined : boundTo(call, reference),
  })
  const now = core.env.clock.now()
  return answerObject(
    call,
    kind,
    {
      kind: 'TokenRequest',
      apiVersion: `${group}/v1`,
      metadata: {
        name: target.name,
        namespace: target.namespace,
        uid,
        creationTimestamp: timeText(now),
        managedFields,
      },
      spec: { audiences, expirationSeconds: seconds, boundObjectRef: reference },
      status: { token, expirationTimestamp: timeText(now + seconds * 1000) },
    },
    201,
  )
}

function requestKind(accounts: Kind): Kind {
  return {
    ...accounts,
    group,
    version: 'v1',
    plural: 'tokenrequests',
    kind: 'TokenRequest',
    storedAs: `${group}/v1`,
    bucket: 'tokenrequests',
    subresources: new Map(),
    shape: () => builtinShape('authentication.v1.TokenRequest'),
    shapeName: 'authentication.v1.TokenRequest',
  }
}

const bindable: Readonly<Record<string, string>> = { Secret: 'secrets', Pod: 'pods', Node: 'nodes' }

function boundTo(call: Call, reference: unknown): Bound {
  const kind = textAt(reference, 'kind')
  const name = textAt(reference, 'name')
  const version = textAt(reference, 'apiVersion')
  const plural =
    !version.includes('/') && Object.hasOwn(bindable, kind) ? bindable[kind] : undefined
  if (plural === undefined) {
    const [group = '', of = ''] = version.includes('/') ? version.split('/') : ['', version]
    throw badRequest(`cannot bind token to object of type ${group}/${of}, Kind=${kind}`)
  }
  if (name === '') throw badRequest('Name parameter required.')
  const namespace = plural === 'nodes' ? '' : call.target.namespace
  const entry = call.core.store.get(plural, entryKey(namespace, name))
  if (entry === undefined) throw notFound({ group: '', plural, kind }, name)
  const account = call.target.name
  if (kind === 'Pod' && accountOf(entry.object) !== account) {
    throw badRequest(
      `cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name.`,
    )
  }
  const uid = entry.object.metadata.uid ?? ''
  const wanted = textAt(reference, 'uid')
  if (wanted !== '' && wanted !== uid) {
    const why = `the UID in the bound object reference (${wanted}) does not match the UID in record. The object might have been deleted and then recreated`
    throw conflict({ group: '', plural: kind, kind }, name, why)
  }
  return { kind, name, uid }
}

function accountOf(pod: Obj): string {
  return textAt(pod, 'spec', 'serviceAccountName')
}
