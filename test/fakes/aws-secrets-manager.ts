import { createHash, createHmac } from 'node:crypto'
import {
  at,
  base64,
  equalBytes,
  field,
  isObject,
  parseJson,
  stringOf,
  textOf,
  utf8,
  type Clock,
  type ServerRequest,
  type ServerResponse,
} from '#base'

/**
 * AWS Secrets Manager as its documentation has it: a protocol double. Contract-tested against the SDK,
 * not verified against the service.
 *
 * It refuses what the service would refuse: a wrong method, target or content type, a signature that
 * does not verify for its own keys, region and clock, a session token that is missing.
 *
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/ and
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export interface FakeSecretsManager {
  readonly handler: (request: ServerRequest) => Promise<ServerResponse>
  /** What was asked, in order; no signature in it. */
  readonly calls: readonly FakeCall[]
  /** Puts a new version; it becomes AWSCURRENT. @returns its id. */
  put(name: string, value: string | Uint8Array, tags?: Readonly<Record<string, string>>): string
  /** A secret that was never given a value. */
  putEmpty(name: string): void
  arnOf(name: string): string
  remove(name: string): void
  /** Marks for deletion: it can be described, not read. */
  scheduleDeletion(name: string): void
  /** From now on reading the secret is refused. */
  deny(name: string): void
  /** From now on an action as such is refused with this code (default AccessDeniedException). */
  refuse(action: string, code?: string): void
  allow(action: string): void
  /** Leaves a secret out of both lists of a batch's answer. */
  forget(name: string): void
  /** The code that a secret is answered with in place of its value. */
  fail(name: string, code: string): void
  /** Most entries of one page of a list. */
  pageSize: number
}

export interface FakeCall {
  readonly action: string
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>
}

export interface FakeKeys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

interface Version {
  readonly id: string
  readonly value: string | Uint8Array
}

interface Stored {
  readonly name: string
  readonly arn: string
  readonly tags: Map<string, string>
  readonly versions: Version[]
  isDeleted: boolean
}

class Refusal extends Error {
  readonly code: string
  readonly status: number

  constructor(code: string, message: string, status = 400) {
    super(message)
    this.code = code
    this.status = status
  }
}

export function createFakeSecretsManager(options: {
  readonly clock: Clock
  readonly region: string
  readonly keys: FakeKeys
}): FakeSecretsManager {
  const { clock, region, keys } = options
  const secrets = new Map<string, Stored>()
  const denied = new Set<string>()
  const forgotten = new Set<string>()
  const failing = new Map<string, string>()
  const refused = new Map<string, string>()
  const calls: FakeCall[] = []
  let versions = 0

  function stored(name: string): Stored {
    const known = secrets.get(name)
    if (known !== undefined) return known
    const suffix = createHash('sha256').update(name).digest('hex').slice(0, 6)
    const secret: Stored = {
      name,
      arn: `arn:aws:secretsmanager:${region}:123456789012:secret:${name}-${suffix}`,
      tags: new Map(),
      versions: [],
      isDeleted: false,
    }
    secrets.set(name, secret)
    return secret
  }

  function lookUp(id: unknown): Stored {
    if (typeof id !== 'string' || id === '' || id.length > 2048) {
      throw new Refusal('InvalidParameterException', 'Invalid secret id.')
    }
    const found = [...secrets.values()].find(
      ({ name, arn }) => id === name || id === arn || id === arn.slice(0, -7),
    )
    // Who may not read a secret is not told whether it is there.
    const name = found?.name ?? id
    if (denied.has(name)) {
      throw new Refusal('AccessDeniedException', `User is not authorized to perform on ${name}`)
    }
    if (found !== undefined) return found
    throw new Refusal(
      'ResourceNotFoundException',
      "Secrets Manager can't find the specified secret.",
    )
  }

  function valueOf(id: unknown, stage: string | undefined, version?: string): object {
    const secret = lookUp(id)
    const code = failing.get(secret.name)
    if (code !== undefined) throw new Refusal(code, `failure of ${secret.name}`)
    if (secret.isDeleted) {
      throw new Refusal(
        'InvalidRequestException',
        "You can't perform this operation on the secret because it was marked for deletion.",
      )
    }
    const newest = secret.versions.length - 1
    const stages: Readonly<Record<string, number>> = { AWSCURRENT: newest, AWSPREVIOUS: newest - 1 }
    const found =
      version === undefined
        ? secret.versions[stages[stage ?? 'AWSCURRENT'] ?? -1]
        : secret.versions.find((each) => each.id === version)
    if (found === undefined) {
      throw new Refusal(
        'ResourceNotFoundException',
        "Secrets Manager can't find the specified secret value for staging label or version.",
      )
    }
    return {
      ARN: secret.arn,
      Name: secret.name,
      CreatedDate: 1_700_000_000.123,
      VersionId: found.id,
      VersionStages: ['AWSCURRENT'],
      ...(typeof found.value === 'string'
        ? { SecretString: found.value }
        : { SecretBinary: base64(found.value) }),
    }
  }

  function batch(body: unknown): object {
    const ids = field(body, 'SecretIdList')
    if (!Array.isArray(ids) || ids.length === 0 || ids.length > 20) {
      throw new Refusal('InvalidParameterException', 'SecretIdList must have 1 to 20 items.')
    }
    if (ids.some((id) => typeof id !== 'string' || !/^[\w/+=.@!:-]+$/.test(id))) {
      throw new Refusal('ValidationException', 'An id does not match the pattern.')
    }
    const values: object[] = []
    const errors: object[] = []
    for (const id of ids as readonly string[]) {
      if (forgotten.has(id)) continue
      try {
        values.push(valueOf(id, 'AWSCURRENT'))
      } catch (thrown) {
        if (!(thrown instanceof Refusal)) throw thrown
        errors.push({ SecretId: id, ErrorCode: thrown.code, Message: thrown.message })
      }
    }
    // In no promised order.
    return { SecretValues: values.toReversed(), Errors: errors }
  }

  function list(body: unknown): object {
    const filters = field(body, 'Filters')
    const fits = (secret: Stored): boolean =>
      !secret.isDeleted &&
      (Array.isArray(filters) ? filters : []).every((filter) => fitsFilter(secret, filter))
    const all = [...secrets.values()].filter(fits)
    const token = stringOf(field(body, 'NextToken'))
    const from = token === undefined ? 0 : Number(/^page-(\d+)$/.exec(token)?.[1] ?? Number.NaN)
    if (Number.isNaN(from)) throw new Refusal('InvalidNextTokenException', 'no such token')
    const asked = field(body, 'MaxResults')
    const size = Math.min(fake.pageSize, typeof asked === 'number' ? asked : 100)
    const page = all.slice(from, from + size).map(({ name, arn, tags }) => ({
      ARN: arn,
      Name: name,
      Tags: [...tags].map(([Key, Value]) => ({ Key, Value })),
    }))
    return {
      SecretList: page,
      ...(from + size < all.length ? { NextToken: `page-${from + size}` } : {}),
    }
  }

  function act(action: string, body: unknown): object {
    const code = refused.get(action)
    if (code !== undefined) throw new Refusal(code, `${action} is refused`)
    switch (action) {
      case 'GetSecretValue':
        return valueOf(
          field(body, 'SecretId'),
          stringOf(field(body, 'VersionStage')),
          stringOf(field(body, 'VersionId')),
        )
      case 'BatchGetSecretValue':
        return batch(body)
      case 'DescribeSecret': {
        const secret = lookUp(field(body, 'SecretId'))
        const tags = [...secret.tags].map(([Key, Value]) => ({ Key, Value }))
        return { ARN: secret.arn, Name: secret.name, Tags: tags }
      }
      case 'ListSecrets':
        return list(body)
      default:
        throw new Refusal('UnknownOperationException', 'unknown operation')
    }
  }

  const fake: FakeSecretsManager = {
    calls,
    pageSize: 100,
    put: (name, value, tags = {}) => {
      const id = `00000000-0000-4000-8000-${String(++versions).padStart(12, '0')}`
      const secret = stored(name)
      secret.versions.push({ id, value })
      for (const [key, text] of Object.entries(tags)) secret.tags.set(key, text)
      return id
    },
    putEmpty: (name) => void stored(name),
    arnOf: (name) => stored(name).arn,
    remove: (name) => void secrets.delete(name),
    scheduleDeletion: (name) => {
      stored(name).isDeleted = true
    },
    deny: (name) => void denied.add(name),
    refuse: (action, code = 'AccessDeniedException') => void refused.set(action, code),
    allow: (action) => void refused.delete(action),
    forget: (name) => void forgotten.add(name),
    fail: (name, code) => void failing.set(name, code),
    handler: async (request) => {
      const bytes = await bodyOf(request)
      const date = new Date(clock.now()).toUTCString()
      try {
        checkShape(request)
        checkSignature(request, bytes, { region, keys, nowMs: clock.now() })
        const action = header(request, 'x-amz-target').replace('secretsmanager.', '')
        const body = parseJson(textOf(bytes))
        calls.push({ action, body, headers: withoutSignature(request) })
        return answer(200, act(action, body), date)
      } catch (thrown) {
        if (!(thrown instanceof Refusal)) throw thrown
        return answer(
          thrown.status,
          { __type: thrown.code, Message: thrown.message, message: thrown.message },
          date,
        )
      }
    },
  }
  return fake
}

function fitsFilter(secret: Stored, filter: unknown): boolean {
  const values = field(filter, 'Values')
  const [value] = Array.isArray(values) ? values : []
  if (typeof value !== 'string') throw new Refusal('InvalidParameterException', 'a filter is empty')
  switch (field(filter, 'Key')) {
    case 'name':
      return secret.name.startsWith(value)
    case 'tag-key':
      return [...secret.tags.keys()].some((key) => key.startsWith(value))
    default:
      throw new Refusal('ValidationException', 'unknown filter')
  }
}

function answer(status: number, body: object, date: string): ServerResponse {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', date, 'x-amzn-requestid': 'r-1' },
    body: JSON.stringify(body),
  }
}

function checkShape(request: ServerRequest): void {
  if (request.method !== 'POST' || request.target !== '/') {
    throw new Refusal('UnknownOperationException', 'not a POST of /', 404)
  }
  if (header(request, 'content-type') !== 'application/x-amz-json-1.1') {
    throw new Refusal('SerializationException', 'wrong content type')
  }
}

/** Verifies Signature Version 4, worked out anew from its definition. */
function checkSignature(
  request: ServerRequest,
  body: Uint8Array,
  { region, keys, nowMs }: { region: string; keys: FakeKeys; nowMs: number },
): void {
  const text = header(request, 'authorization')
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      text,
    )
  if (parts === null) throw new Refusal('IncompleteSignatureException', 'no signature')
  const [, accessKey, day, scopeRegion, service, signed = '', signature = ''] = parts
  if (accessKey !== keys.accessKeyId) {
    throw new Refusal(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    )
  }
  const names = signed.split(';')
  for (const must of ['host', 'x-amz-date', 'x-amz-target', 'content-type']) {
    if (!names.includes(must)) throw new Refusal('InvalidSignatureException', `${must} not signed`)
  }
  if (keys.sessionToken !== undefined) {
    if (header(request, 'x-amz-security-token') !== keys.sessionToken) {
      throw new Refusal('UnrecognizedClientException', 'session token is missing')
    }
    if (!names.includes('x-amz-security-token')) {
      throw new Refusal('InvalidSignatureException', 'session token is not signed')
    }
  }
  const time = header(request, 'x-amz-date')
  const sentMs = Date.parse(
    time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  )
  if (!(Math.abs(sentMs - nowMs) <= 300_000)) {
    throw new Refusal('InvalidSignatureException', 'Signature expired')
  }
  const scope = `${time.slice(0, 8)}/${region}/secretsmanager/aws4_request`
  const canonical = [
    request.method,
    '/',
    '',
    ...names.map((name) => `${name}:${header(request, name).trim()}`),
    '',
    signed,
    sha256(body),
  ].join('\n')
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(utf8(canonical))].join('\n')
  const key = [time.slice(0, 8), region, 'secretsmanager', 'aws4_request'].reduce<Uint8Array>(
    (secret, part) => hmac(secret, part),
    utf8(`AWS4${keys.secretAccessKey}`),
  )
  const expected = Buffer.from(hmac(key, toSign)).toString('hex')
  const isRight = scopeRegion === region && service === 'secretsmanager' && day === time.slice(0, 8)
  if (!isRight || !equalBytes(utf8(expected), utf8(signature))) {
    throw new Refusal('InvalidSignatureException', 'The signature does not match.')
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function hmac(key: Uint8Array, text: string): Uint8Array {
  return createHmac('sha256', key).update(text).digest()
}

function header(request: ServerRequest, name: string): string {
  return stringOf(at({ ...request.headers }, name)) ?? ''
}

function withoutSignature(request: ServerRequest): Readonly<Record<string, string>> {
  const entries = Object.entries(isObject(request.headers) ? request.headers : {})
  return Object.fromEntries(
    entries.flatMap(([name, value]) =>
      name === 'authorization' || typeof value !== 'string' ? [] : [[name, value]],
    ),
  )
}

async function bodyOf(request: ServerRequest): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of request.body) parts.push(part)
  return Buffer.concat(parts)
}
