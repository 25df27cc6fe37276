import { at, Fault, faultOf, type FaultReason } from '#base'

/** What one of AWS' error codes means to us. */
interface Meaning {
  readonly reason: FaultReason
  readonly message: string
  readonly at?: string
  readonly hint?: string
  /** About who we are rather than about what was asked for. */
  readonly login?: true
}

const auth = 'spec.provider.aws.auth'
const denied: Meaning = {
  reason: 'AccessDenied',
  message: 'AWS denies permission',
  hint: "Allow secretsmanager:GetSecretValue on this secret to the store's keys; see aws.md.",
}
const throttled: Meaning = { reason: 'RateLimited', message: 'AWS asks to wait (throttled)' }
const failed: Meaning = { reason: 'Unavailable', message: 'AWS Secrets Manager failed' }
const unknownKey: Meaning = {
  reason: 'AccessDenied',
  message: 'AWS does not know the access key',
  at: auth,
  login: true,
}
const badSignature: Meaning = {
  reason: 'AccessDenied',
  message: 'AWS does not accept the signature',
  at: auth,
  hint: 'Is it the secret of this access key, and is the clock of the node right?',
  login: true,
}
const expired: Meaning = {
  reason: 'AccessDenied',
  message: 'the session token has expired',
  at: auth,
  login: true,
}
const notAccepted: Meaning = {
  reason: 'InvalidRef',
  message: 'AWS does not accept a request for this key or version',
  at: 'remoteRef',
}

/**
 * Codes that Secrets Manager and the gate in front of it answer with.
 *
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html and the
 * pages of the actions used.
 */
const meanings: ReadonlyMap<string, Meaning> = new Map([
  ['AccessDenied', denied],
  ['AccessDeniedException', denied],
  ['NotAuthorized', denied],
  ['UnauthorizedOperation', denied],
  ['UnrecognizedClientException', unknownKey],
  ['InvalidClientTokenId', unknownKey],
  ['InvalidAccessKeyId', unknownKey],
  ['MissingAuthenticationToken', unknownKey],
  ['MissingAuthenticationTokenException', unknownKey],
  ['OptInRequired', { ...unknownKey, message: 'the account may not use this region or service' }],
  ['IncompleteSignature', badSignature],
  ['IncompleteSignatureException', badSignature],
  ['InvalidSignatureException', badSignature],
  ['SignatureDoesNotMatch', badSignature],
  ['RequestExpired', badSignature],
  ['RequestTimeTooSkewed', badSignature],
  ['ExpiredToken', expired],
  ['ExpiredTokenException', expired],
  [
    'DecryptionFailure',
    {
      reason: 'AccessDenied',
      message: 'AWS cannot decrypt the secret with its KMS key',
      hint: 'Allow kms:Decrypt on that key, and see that it is enabled.',
    },
  ],
  ['ThrottlingException', throttled],
  ['Throttling', throttled],
  ['ThrottledException', throttled],
  ['RequestThrottled', throttled],
  ['RequestThrottledException', throttled],
  ['RequestLimitExceeded', throttled],
  ['TooManyRequestsException', throttled],
  ['LimitExceededException', throttled],
  ['InternalFailure', failed],
  ['InternalServiceError', failed],
  ['InternalServiceErrorException', failed],
  ['ServiceUnavailable', failed],
  ['ServiceUnavailableException', failed],
  ['InvalidParameterException', notAccepted],
  ['InvalidRequestException', notAccepted],
  ['ValidationException', notAccepted],
  ['ValidationError', notAccepted],
  [
    'ResourceNotFoundException',
    { reason: 'NotFound', message: 'AWS says that there is no such thing' },
  ],
  ['InvalidNextTokenException', { reason: 'InvalidAnswer', message: 'AWS lost track of its list' }],
  ['UnknownOperationException', { reason: 'Unsupported', message: 'the endpoint cannot do that' }],
])

/** A refusal as AWS words it, from an answer or from one item of a batch. */
export interface AwsRefusal {
  readonly code: string
  /** The service's text. Only ever looked at, never shown. */
  readonly text: string
  readonly status?: number
}

/** The refusal in what the SDK threw; undefined when it is none. */
export function refusalOf(thrown: unknown): AwsRefusal | undefined {
  if (!(thrown instanceof Error) || thrown instanceof Fault) return undefined
  const status = at(thrown, '$metadata', 'httpStatusCode')
  if (typeof status !== 'number') return undefined
  return { code: thrown.name, text: thrown.message, status }
}

/**
 * Whether AWS itself says that there is no such secret or no such version of it. One that waits for
 * its deletion counts as gone, as it does in the peer.
 */
export function isAbsence(refusal: AwsRefusal): boolean {
  if (refusal.code === 'ResourceNotFoundException') return true
  return (
    refusal.code === 'InvalidRequestException' && /marked (for deletion|deleted)/.test(refusal.text)
  )
}

/** Whether it is about who we are, so that asking in another way would not help. */
export function isLoginRefusal(refusal: AwsRefusal): boolean {
  return meanings.get(refusal.code)?.login === true
}

/** The Fault for a refusal. Quotes nothing of it but a code that we know. */
export function refusalFault(refusal: AwsRefusal): Fault {
  const { code, status } = refusal
  const meaning = meanings.get(code)
  const options = status === undefined ? {} : { status }
  if (meaning !== undefined) {
    return new Fault(meaning.reason, `${meaning.message} (${code})`, {
      ...options,
      ...(meaning.at === undefined ? {} : { at: meaning.at }),
      ...(meaning.hint === undefined ? {} : { hint: meaning.hint }),
    })
  }
  if (status === 401 || status === 403) {
    return new Fault('AccessDenied', `AWS denies permission (${status})`, options)
  }
  if (status === 404) {
    return new Fault('NotFound', 'the endpoint does not know what was asked (404)', options)
  }
  const what =
    status === undefined ? 'an unknown error code' : `${status} and an unknown error code`
  return new Fault('InvalidAnswer', `AWS answered ${what}`, options)
}

/**
 * Whatever the SDK threw, as a Fault. Its own errors carry the service's text and the whole answer, so
 * they are not kept as a cause.
 */
export function awsFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown
  const refusal = refusalOf(thrown)
  if (refusal !== undefined) return refusalFault(refusal)
  if (!(thrown instanceof Error)) return faultOf(thrown)
  if (thrown.name === 'AbortError') return new Fault('Cancelled', 'cancelled')
  // The SDK leaves the answer on what it throws while it reads one.
  if (Object.hasOwn(thrown, '$response')) {
    return new Fault('InvalidAnswer', 'AWS answered something that is no answer to the request')
  }
  return new Fault(
    'InternalError',
    `the AWS SDK failed (${thrown.constructor.name}); this is a bug`,
  )
}
