/** What a cluster looks like, in the form the recordings have it, and how it is compared. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { coreEvents, sealedSecrets, secrets, type Secret } from '#api'
import { maskSealed, shown } from '../sealed-values.ts'
import type { HttpAnswer, Lab } from './lab.ts'

const keyLabel = 'sealedsecrets.bitnami.com/sealed-secrets-key'
const reasons = ['Unsealed', 'ErrUnsealFailed', 'ErrUpdateFailed']

type Plain = Readonly<Record<string, unknown>>

export interface ConditionView {
  readonly type: string
  readonly status: string
  readonly message?: string
  readonly times?: string
}
export interface SealedView {
  readonly generation?: number
  readonly observedGeneration?: number
  readonly conditions?: readonly ConditionView[]
}
export interface EventView {
  readonly object: string
  readonly type?: string
  readonly reason?: string
  readonly message?: string
  readonly from?: string
  readonly uid: boolean
}
export interface State {
  readonly secrets: Plain
  readonly sealedSecrets: Readonly<Record<string, SealedView>>
  readonly events: readonly EventView[]
}

const defined = (object: Plain): Plain =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
const some = (map: Plain | undefined): Plain | undefined =>
  map !== undefined && Object.keys(map).length > 0 ? map : undefined

function secretView(secret: Secret, owners: ReadonlyMap<string, string>): Plain {
  const data = Object.entries(secret.data ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => {
      const bytes = Buffer.from(value, 'base64')
      const text =
        bytes.length > 2000 ? `${bytes.length} bytes: ${shown(bytes).slice(0, 40)}` : shown(bytes)
      return [key, text] as const
    })
  return defined({
    type: secret.type,
    immutable: secret.immutable,
    data: Object.fromEntries(data),
    labels: some(secret.metadata.labels),
    annotations: some(secret.metadata.annotations),
    finalizers: secret.metadata.finalizers,
    owners: secret.metadata.ownerReferences?.map((owner) => ({
      ...owner,
      uid: owners.get(owner.uid) ?? owner.uid,
    })),
  })
}

/** Everything the recordings look at, in these namespaces. */
export async function observe(lab: Lab, names: readonly string[], times: boolean): Promise<State> {
  const { client } = lab
  const seenSecrets: Record<string, unknown> = {}
  const seenSealed: Record<string, SealedView> = {}
  const events = new Map<string, EventView>()
  for (const namespace of names) {
    const sealed = await client.list(sealedSecrets, { namespace })
    const owners = new Map(
      sealed.items.map(({ metadata }) => [
        metadata.uid ?? '',
        `uid of SealedSecret ${metadata.name}`,
      ]),
    )
    for (const secret of (await client.list(secrets, { namespace })).items) {
      if (secret.metadata.labels?.[keyLabel] !== undefined) continue
      seenSecrets[`${namespace}/${secret.metadata.name}`] = secretView(secret, owners)
    }
    for (const { metadata, status } of sealed.items) {
      seenSealed[`${namespace}/${metadata.name}`] = defined({
        generation: metadata.generation,
        observedGeneration: status?.observedGeneration,
        conditions: status?.conditions?.map((one) =>
          defined({
            type: one.type,
            status: one.status,
            reason: one.reason,
            message: one.message ?? '',
            times: times ? timesOf(one.lastUpdateTime, one.lastTransitionTime) : undefined,
          }),
        ),
      })
    }
    for (const event of (await client.list(coreEvents, { namespace })).items) {
      if (event.involvedObject.kind !== 'SealedSecret') continue
      const view = {
        object: `${namespace}/${event.involvedObject.name}`,
        type: event.type ?? '',
        reason: event.reason ?? '',
        message: event.message ?? '',
        from: event.source?.component ?? event.reportingComponent ?? '',
        uid: event.involvedObject.uid !== undefined,
      }
      events.set(JSON.stringify(view), view)
    }
  }
  return { secrets: seenSecrets, sealedSecrets: seenSealed, events: [...events.values()] }
}

function timesOf(updated = '', transition = ''): string {
  if (updated === transition) return 'update = transition'
  return updated > transition ? 'update after transition' : 'wrong order'
}

/** Paths at which two values differ, as sentences. */
export function difference(expected: unknown, actual: unknown, path = ''): string[] {
  if (isDeepStrictEqual(expected, actual)) return []
  const isMap = (value: unknown): value is Plain => typeof value === 'object' && value !== null
  if (isMap(expected) && isMap(actual) && Array.isArray(expected) === Array.isArray(actual)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)])
    return [...keys].flatMap((key) => difference(expected[key], actual[key], `${path}.${key}`))
  }
  return [`${path}: ${JSON.stringify(actual)} in place of ${JSON.stringify(expected)}`]
}

function sameMessage(expected = '', actual = '', says: readonly string[]): boolean {
  if (expected === actual) return true
  const fragments = says.filter((text) => expected.includes(text))
  return fragments.length > 0 && fragments.every((text) => actual.includes(text))
}

const synced = (view: SealedView | undefined): ConditionView | undefined =>
  view?.conditions?.find(({ type }) => type === 'Synced')

function bare(all: State['sealedSecrets']): Plain {
  return Object.fromEntries(
    Object.entries(all).map(([key, view]) => {
      const one = synced(view)
      const conditions =
        one === undefined
          ? undefined
          : defined({ type: one.type, status: one.status, times: one.times })
      return [key, defined({ ...view, conditions })]
    }),
  )
}

/** What differs from a recorded state; empty when nothing does. */
export function stateDifferences(
  expected: State,
  actual: State,
  says: readonly string[],
): string[] {
  const wrong = difference(expected.secrets, actual.secrets, 'secrets')
  wrong.push(...difference(bare(expected.sealedSecrets), bare(actual.sealedSecrets), 'sealed'))
  for (const [key, view] of Object.entries(expected.sealedSecrets)) {
    const [one, two] = [synced(view), synced(actual.sealedSecrets[key])]
    if (one !== undefined && two !== undefined && !sameMessage(one.message, two.message, says)) {
      wrong.push(`condition of ${key}: ${two.message} in place of ${one.message}`)
    }
    const first = actual.sealedSecrets[key]?.conditions?.[0]
    if (two !== undefined && first?.type !== 'Synced') wrong.push(`${key}: Synced is not the first`)
  }
  const match = (one: EventView, two: EventView): boolean =>
    (['object', 'type', 'reason', 'from', 'uid'] as const).every(
      (name) => one[name] === two[name],
    ) && sameMessage(one.message, two.message, says)
  for (const event of expected.events) {
    if (!actual.events.some((one) => match(event, one))) {
      wrong.push(`no event ${JSON.stringify(event)} among ${JSON.stringify(actual.events)}`)
    }
  }
  for (const event of actual.events) {
    const known = expected.events.some(
      ({ object, reason }) => object === event.object && reason === event.reason,
    )
    if (reasons.includes(event.reason ?? '') && !known) wrong.push(`event ${JSON.stringify(event)}`)
  }
  return wrong
}

/** The generated key Secrets, as the recordings show them. */
export async function generatedKeys(lab: Lab, namespace: string): Promise<readonly Plain[]> {
  const list = await lab.client.list(secrets, { namespace, labelSelector: keyLabel })
  return list.items
    .filter(({ metadata }) => !metadata.name.startsWith('fixed-'))
    .map(({ metadata, type, data = {} }) => {
      const pem = (name: string): Buffer => Buffer.from(data[name] ?? '', 'base64')
      const certificate = new X509Certificate(pem('tls.crt'))
      const details = certificate.publicKey.asymmetricKeyDetails
      const hours =
        (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / 3_600_000
      return {
        name:
          metadata.generateName === undefined
            ? metadata.name
            : metadata.name.replace(/.{5}$/, '*****'),
        generateName: metadata.generateName,
        type,
        keys: Object.keys(data).sort(),
        labels: metadata.labels,
        annotations: metadata.annotations ?? {},
        privateKey: pem('tls.key').toString().split('\n')[0],
        certificate: {
          subject: certificate.subject ?? '',
          selfIssued: certificate.subject === certificate.issuer,
          bits: details?.modulusLength,
          exponent: Number(details?.publicExponent),
          hours: Math.round(hours),
          fitsPrivateKey: certificate.checkPrivateKey(createPrivateKey(pem('tls.key'))),
        },
      }
    })
}

/** An answer of the HTTP endpoints, as the recordings show it. */
export function replyView(
  reply: HttpAnswer,
  certificates: ReadonlyMap<string, string>,
  found: string[],
): Plain {
  let body: unknown = maskSealed(reply.body, found)
  for (const [name, pem] of certificates) {
    if ((body as string).trim() === pem.trim()) body = `<certificate ${name}>\n`
  }
  body = (body as string).replace(
    /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g,
    '<certificate of a generated key>',
  )
  if ((body as string).startsWith('{')) body = JSON.parse(body as string)
  const { headers } = reply
  return defined({
    status: reply.status,
    contentType: headers['content-type'],
    limit: headers['x-ratelimit-limit'],
    remaining: headers['x-ratelimit-remaining'],
    retryAfter: headers['retry-after'] === undefined ? undefined : 'given',
    body,
  })
}
