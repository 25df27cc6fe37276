import { Fault } from '#base'
import type { EntryOutcome, EntryRef } from '#provider'
import type { APIErrorType, SecretValueEntry } from '@aws-sdk/client-secrets-manager'
import type { AwsClient } from './client.ts'
import { secretEntry, tagsEntry } from './entry.ts'
import { awsFault, isAbsence, isLoginRefusal, refusalFault, refusalOf } from './faults.ts'
import { pagesOf } from './pages.ts'

/** Secrets in one call, by the service's own limit. */
export const batchSize = 20

const doing = 'read from AWS Secrets Manager'

/** Whether a ref may share a call: batches give newest values only, and one bad id spoils them all. */
export function isBatchable(ref: EntryRef, id: string): boolean {
  return ref.version === undefined && ref.metadata !== true && /^[\w/+=.@!:-]{1,2048}$/.test(id)
}

/** What became of one ref, read by a call of its own. Absence is what AWS itself says. */
export async function readOne(
  client: AwsClient,
  ref: EntryRef,
  id: string,
  signal: AbortSignal,
): Promise<EntryOutcome> {
  try {
    if (ref.metadata === true) return await readTags(client, ref, id, signal)
    const value = await client.value(id, ref.version, signal)
    return { kind: 'entry', entry: secretEntry(ref.key, value) }
  } catch (thrown) {
    signal.throwIfAborted()
    const refusal = refusalOf(thrown)
    if (refusal !== undefined && isAbsence(refusal)) return { kind: 'absent' }
    return { kind: 'failed', fault: awsFault(thrown).within(doing) }
  }
}

async function readTags(
  client: AwsClient,
  ref: EntryRef,
  id: string,
  signal: AbortSignal,
): Promise<EntryOutcome> {
  const secret = await client.describe(id, signal)
  if (typeof secret.ARN !== 'string') {
    throw new Fault('InvalidAnswer', 'AWS described a secret without naming it')
  }
  const tags = (secret.Tags ?? []).flatMap(({ Key, Value }) =>
    typeof Key === 'string' ? [[Key, Value ?? ''] as const] : [],
  )
  return { kind: 'entry', entry: tagsEntry(ref.key, new Map(tags)) }
}

/** Answers of one batch: what each id was answered with. */
export interface Batch {
  outcome(ref: EntryRef, id: string): EntryOutcome
}

/**
 * Reads up to 20 secrets in one call.
 *
 * @returns undefined when AWS does not accept these ids together, so that each has to be asked for.
 * @throws Fault AccessDenied when batches as such are not allowed, and for whatever fails as a whole.
 */
export async function readBatch(
  client: AwsClient,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Batch | undefined> {
  const values: SecretValueEntry[] = []
  const errors: APIErrorType[] = []
  try {
    for await (const page of pagesOf((token) => client.values(ids, token, signal))) {
      values.push(...(page.SecretValues ?? []))
      errors.push(...(page.Errors ?? []))
    }
  } catch (thrown) {
    signal.throwIfAborted()
    const refusal = refusalOf(thrown)
    const fault = awsFault(thrown).within(doing)
    if (refusal === undefined) throw fault
    // Wrong keys would be refused for each single read as well.
    if (isLoginRefusal(refusal)) return { outcome: () => ({ kind: 'failed', fault }) }
    if (fault.reason === 'InvalidRef' || fault.reason === 'NotFound') return undefined
    throw fault
  }
  return { outcome: (ref, id) => outcomeIn(ref, id, values, errors) }
}

function outcomeIn(
  ref: EntryRef,
  id: string,
  values: readonly SecretValueEntry[],
  errors: readonly APIErrorType[],
): EntryOutcome {
  const value = values.find(({ Name, ARN }) => id === Name || isArnOf(id, ARN))
  const error = errors.find(({ SecretId }) => id === SecretId || isArnOf(id, SecretId))
  if (value !== undefined && error === undefined) {
    try {
      return { kind: 'entry', entry: secretEntry(ref.key, value) }
    } catch (thrown) {
      return { kind: 'failed', fault: awsFault(thrown).within(doing) }
    }
  }
  if (error === undefined || value !== undefined) {
    const fault = new Fault('InvalidAnswer', 'AWS did not say what became of this secret')
    return { kind: 'failed', fault: fault.within(doing) }
  }
  const refusal = { code: error.ErrorCode ?? '', text: error.Message ?? '' }
  if (isAbsence(refusal)) return { kind: 'absent' }
  return { kind: 'failed', fault: refusalFault(refusal).within(doing) }
}

/** Whether `arn` is the full name of what `id` calls by its name or by an ARN without the last part. */
function isArnOf(id: string, arn: string | undefined): boolean {
  if (typeof arn !== 'string') return false
  if (id === arn) return true
  // AWS appends a hyphen and six characters of its own to the name.
  const named = /^(arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:)(.+)-[A-Za-z0-9]{6}$/.exec(arn)
  if (named === null) return false
  return id.startsWith('arn:') ? id === `${named[1]}${named[2]}` : id === named[2]
}
