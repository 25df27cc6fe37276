/** What the API server said about a Secret it refused, in the peer's words and without values. */
import type { ExternalSecret } from '#api'
import { Fault } from '#base'
import { apiStatusOf, type ApiCause } from '#kube'

/** The same failure with the text the peer's event has; a Fault that is no refusal stays as it is. */
export function refusalOf(fault: Fault, es: ExternalSecret, secretName: string): Fault {
  const status = apiStatusOf(fault)
  if (status === undefined) return fault
  const text =
    status.reason === 'Invalid' && status.causes.length > 0
      ? `Secret "${secretName}" is invalid: ${causesText(status.causes, publicTexts(es))}`
      : status.message
  return new Fault(fault.reason, text, {
    retry: fault.retry,
    cause: fault,
    ...(fault.at === undefined ? {} : { at: fault.at }),
    ...(fault.hint === undefined ? {} : { hint: fault.hint }),
  })
}

function causesText(causes: readonly ApiCause[], known: ReadonlySet<string>): string {
  const texts = causes.map((cause) => `${cause.field}: ${withoutValue(cause.message, known)}`)
  return texts.length === 1 ? (texts[0] as string) : `[${texts.join(', ')}]`
}

const quoted = /Invalid value: "((?:[^"\\]|\\.)*)"/g

/** A quoted value is kept only if it stands in the spec as it is; a rendered one may be a secret. */
function withoutValue(message: string, known: ReadonlySet<string>): string {
  return message.replace(quoted, (whole, value: string) =>
    known.has(value) ? whole : 'Invalid value: [redacted]',
  )
}

/** Metadata that the author wrote: keys as they are, values only where nothing is rendered. */
function publicTexts(es: ExternalSecret): ReadonlySet<string> {
  const texts = new Set<string>()
  const { labels, annotations } = es.spec?.target?.template?.metadata ?? es.metadata
  for (const [key, value] of Object.entries({ ...labels, ...annotations })) {
    texts.add(key)
    if (!value.includes('{{')) texts.add(value)
  }
  return texts
}
